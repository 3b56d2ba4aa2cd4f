"""Finding the feed of a page, where it says so, where it hides it, and where there is none."""

import pytest

from index.errors import Unreadable
from index.fetching.discovery import discover, newest
from index.fetching.fetcher import Fetcher, Policy
from index.fetching.source import Kind
from tests.support.printing import column, pdf
from tests.support.web import web_server

NIGHT = "Sea otters hold hands while they sleep, so that the tide does not part them. " * 5
FEED = (
    "<rss version='2.0'><channel><title>Harbour Times</title>"
    "<item><title>Old</title><pubDate>Mon, 01 May 2017 09:00:00 GMT</pubDate></item>"
    "<item><title>New</title><pubDate>Mon, 08 May 2017 09:00:00 GMT</pubDate></item>"
    "<item><link>http://harbour.example/x</link></item></channel></rss>"
)
EMPTY = "<rss version='2.0'><channel><title>Comments</title></channel></rss>"


@pytest.fixture
def web():
    with web_server() as web:
        yield web


@pytest.fixture
def fetcher(web):
    fetcher = Fetcher(Policy(between_s=0), look_up=web.look_up, network=web.network)
    yield fetcher
    fetcher.close()


def front(*links):
    return f"<!DOCTYPE html><html><head><title>Harbour</title>{''.join(links)}</head><p>{NIGHT}"


def link(href, kind="application/rss+xml"):
    return f'<link rel="alternate" type="{kind}" href="{href}">'


def test_the_address_of_a_feed_is_that_feed(web, fetcher):
    url = web.serve("/feed", FEED)

    offer = discover(url, fetcher)

    assert (offer.kind, offer.where, offer.feed.title) == (Kind.FEED, url, "Harbour Times")


def test_the_address_of_a_pdf_is_that_page(web, fetcher):
    url = web.serve("/a.pdf", pdf(column(NIGHT[:60])), content_type="application/pdf")
    web.serve("/feed", FEED)

    offer = discover(url, fetcher)

    assert (offer.kind, offer.where, offer.article.text) == (Kind.PAGE, url, NIGHT[:60].strip())


def test_the_first_feed_that_a_page_names_and_that_holds_anything_is_found(web, fetcher):
    links = link("comments"), link("/news", "application/atom+xml; x=1"), link("//q.example/r")
    url = web.serve("/front/", front(*links))
    web.serve("/front/comments", EMPTY)
    web.serve("/news", FEED)

    offer = discover(url, fetcher)

    assert (offer.kind, offer.where) == (Kind.FEED, "http://harbour.example/news")
    assert offer.others == ("http://q.example/r",)


def test_links_are_relative_to_the_base_that_a_page_names(web, fetcher):
    url = web.serve("/front", front('<base href="http://quay.example/a/">', link("feed")))
    web.serve("/a/feed", FEED, host="quay.example")

    assert discover(url, fetcher).where == "http://quay.example/a/feed"


def test_a_page_that_names_no_feed_is_searched_at_the_usual_places(web, fetcher):
    url = web.serve("/front", front(link("/print.css", "text/css"), link("javascript:x()")))
    web.serve("/rss.xml", FEED)

    offer = discover(url, fetcher)

    assert (offer.where, offer.others) == ("http://harbour.example/rss.xml", ())


def test_without_any_feed_the_page_is_offered(web, fetcher):
    offer = discover(web.serve("/front", front()), fetcher)

    assert (offer.kind, offer.article.text) == (Kind.PAGE, NIGHT.strip())


def test_the_page_itself_is_offered_where_that_is_wished(web, fetcher):
    url = web.serve("/front", front(link("/news")))
    web.serve("/news", FEED)

    assert discover(url, fetcher, page_itself=True).where == url
    assert web.paths() == ["/front"]


def test_what_is_neither_is_refused(web, fetcher):
    url = web.serve("/x", b'{"a": 1}', content_type="application/json")

    with pytest.raises(Unreadable, match="not a feed"):
        discover(url, fetcher)


def test_a_feed_inside_the_network_is_passed_over(web, fetcher):
    url = web.serve("/front", front(link("http://127.0.0.1/feed"), link("/news")))
    web.serve("/feed", FEED, host="127.0.0.1")
    web.serve("/news", FEED)

    assert discover(url, fetcher).where == "http://harbour.example/news"
    assert "127.0.0.1" not in {asked.host for asked in web.asked}


def test_the_newest_entries_come_first_and_those_without_a_date_last(web, fetcher):
    feed = discover(web.serve("/feed", FEED), fetcher).feed

    assert list(newest(feed, 9)) == [
        "2017-05-08  New",
        "2017-05-01  Old",
        "http://harbour.example/x",
    ]
