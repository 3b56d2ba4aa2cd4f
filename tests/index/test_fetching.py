"""Fetching over a web of every manner: polite where it is polite, and bounded where it is not."""

import gzip

import pytest

from index.errors import Unreadable
from index.fetching.fetcher import Fetcher, Known, Policy
from tests.support.web import (
    Page,
    broken_off,
    by_turns,
    dripping_body,
    dripping_head,
    endless_body,
    silent,
    web_server,
)

OTTERS = b"<html><title>Otters</title><p>Sea otters hold hands while they sleep.</html>"


@pytest.fixture
def web():
    with web_server() as web:
        yield web


@pytest.fixture
def fetching(web):
    """Makes fetchers that live in this web and note how long they would have slept."""
    made = []

    def make(**policy):
        slept = []
        given = {"between_s": 0, "most_s": 20, "silence_s": 20, **policy}
        fetcher = Fetcher(
            Policy(**given), look_up=web.look_up, network=web.network, sleep=slept.append
        )
        fetcher.slept = slept
        made.append(fetcher)
        return fetcher

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def fetcher(fetching):
    return fetching()


def reason(fetcher, url):
    with pytest.raises(Unreadable) as refused:
        fetcher.fetch(url)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_a_page_comes_with_its_type_charset_and_what_to_ask_by_next_time(web, fetcher):
    url = web.serve(
        "/otters",
        OTTERS,
        content_type="Text/HTML; charset=KOI8-R",
        etag='"7"',
        last_modified="Mon, 08 May 2017 09:00:00 GMT",
    )

    got = fetcher.fetch(url)

    assert (got.url, got.body) == (url, OTTERS)
    assert (got.content_type, got.charset) == ("text/html", "koi8-r")
    assert got.known == Known('"7"', "Mon, 08 May 2017 09:00:00 GMT")


def test_what_has_not_changed_is_not_sent_again(web, fetcher):
    tagged = web.serve("/tagged", OTTERS, etag='"7"')
    dated = web.serve("/dated", OTTERS, last_modified="Mon, 08 May 2017 09:00:00 GMT")

    again = [fetcher.fetch(url, fetcher.fetch(url).known) for url in (tagged, dated)]

    assert [got.body for got in again] == [None, None]


def test_the_agent_says_who_it_is_and_keeps_no_cookies(web, fetcher):
    url = web.serve("/otters", OTTERS, headers={"Set-Cookie": "fish=herring; Path=/"})

    fetcher.fetch(url)
    fetcher.fetch(url)

    last = web.asked[-1].headers
    assert last["User-Agent"] == "Quotewire (a bot that quotes news with their source)"
    assert "Cookie" not in last


def test_redirects_are_followed_and_the_last_address_told(web, fetcher):
    web.serve("/new", OTTERS)
    web.redirect("/middle", "http://quay.example/old")
    web.redirect("/old", "http://harbour.example/new", host="quay.example")

    assert fetcher.fetch("http://harbour.example/middle").url == "http://harbour.example/new"


def test_redirects_that_lead_round_end(web, fetcher):
    web.redirect("/there", "/back")
    url = web.redirect("/back", "/there")

    assert reason(fetcher, url) == "redirected more than 5 times"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("http://127.0.0.1/admin", "127.0.0.1 is inside this machine's own network"),
        ("http://inner.example/", "inner.example (10.0.0.7) is inside this machine's own network"),
        (
            "file:///etc/passwd",
            "only http and https addresses are fetched, not file:///etc/passwd",
        ),
        ("http://me:secret@harbour.example/", "an address with a password in it is not fetched"),
        ("http://[::1", "it redirects to what is no address"),
    ],
)
def test_a_redirect_is_checked_like_an_address(web, fetcher, target, said):
    web.names["inner.example"] = ["10.0.0.7"]

    assert reason(fetcher, web.redirect("/out", target)).startswith(said)


def test_a_private_address_is_never_asked_unless_that_is_allowed(web, fetching):
    web.serve("/", OTTERS, host="127.0.0.1")

    said = reason(fetching(), "http://127.0.0.1/")

    assert said == "127.0.0.1 is inside this machine's own network; INDEX_PRIVATE=true allows that"
    assert web.asked == []
    assert fetching(private=True).fetch("http://127.0.0.1/").body == OTTERS


def test_one_private_address_among_public_ones_is_one_too_many(web, fetcher):
    web.names["rebound.example"] = ["93.184.216.34", "169.254.169.254"]

    assert "169.254.169.254" in reason(fetcher, "http://rebound.example/")
    assert web.asked == []


def test_a_name_that_nobody_has_is_told(fetcher):
    said = reason(fetcher, "http://nowhere.test/")

    assert said == "nowhere.test is not found; is the name right, and the network up?"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "the server answered 401 (it wants a password)"),
        (404, "the server answered 404 (not found)"),
        (410, "the server answered 410 (gone for good)"),
        (418, "the server answered 418"),
    ],
)
def test_a_refusal_is_told_at_once(web, fetcher, status, said):
    url = web.serve("/gone", status=status)

    assert reason(fetcher, url) == said
    assert web.paths() == ["/gone"]


def test_a_server_in_trouble_is_asked_again_ever_later(web, fetcher):
    url = web.serve("/ill", status=500)

    assert reason(fetcher, url) == "the server answered 500"
    assert web.paths() == ["/ill"] * 3
    assert fetcher.slept == [1.0, 2.0]


def test_a_server_that_recovers_is_read(web, fetcher):
    busy = Page(status=429, headers={"Retry-After": "7"})
    url = web.play("/busy", by_turns(busy, Page(status=503), Page(OTTERS)))

    assert fetcher.fetch(url).body == OTTERS
    assert fetcher.slept == [7.0, 2.0]


def test_a_server_that_asks_for_an_hour_is_left_in_peace(web, fetcher):
    url = web.serve("/busy", status=503, headers={"Retry-After": "3600"})

    assert reason(fetcher, url) == "the server answered 503"
    assert fetcher.slept == []


def test_a_body_that_never_ends_is_cut_by_size(web, fetching):
    url = web.play("/endless", endless_body)

    said = reason(fetching(most_bytes=2**20), url)

    assert said == "larger than 1 MB, so it was not read"


@pytest.mark.parametrize("manner", [dripping_body, dripping_head])
def test_what_comes_letter_by_letter_is_cut_by_time(web, fetching, manner):
    url = web.play("/slow", manner(web.over))

    said = reason(fetching(most_s=0.3, tries=1), url)

    assert said == "it was still not read after 0.3 seconds"


def test_a_server_that_says_nothing_is_given_up(web, fetching):
    url = web.play("/silent", silent(web.over))

    said = reason(fetching(silence_s=0.1, tries=2), url)

    assert said == "harbour.example did not answer in time"
    assert web.paths() == ["/silent", "/silent"]


def test_half_a_body_is_none(web, fetching):
    said = reason(fetching(), web.play("/half", broken_off))

    assert said.startswith("harbour.example cannot be reached (peer closed connection")


def test_a_connection_that_is_refused_is_told(web, fetching):
    web.port = 1

    assert reason(fetching(), "http://harbour.example/") == (
        "harbour.example cannot be reached (Connection refused)"
    )


def test_a_server_without_the_certificate_that_it_needs_is_told(fetching):
    said = reason(fetching(), "https://harbour.example/")

    assert said.startswith("harbour.example cannot be reached (")


def test_the_next_address_is_asked_where_one_does_not_answer(web, fetcher):
    web.names["harbour.example"] = ["93.184.216.35", "93.184.216.34"]
    web.dead.add("93.184.216.35")

    assert fetcher.fetch(web.serve("/otters", OTTERS)).body == OTTERS


def test_a_packed_body_is_unpacked_and_its_padding_left(web, fetcher):
    packed = gzip.compress(OTTERS[:30]) + gzip.compress(OTTERS[30:]) + bytes(9)
    url = web.serve("/packed", packed, headers={"Content-Encoding": "gzip"})

    assert fetcher.fetch(url).body == OTTERS


def test_a_gzip_bomb_is_not_unpacked(web, fetching):
    bomb = gzip.compress(bytes(200 * 2**20))
    url = web.serve("/bomb", bomb, headers={"Content-Encoding": "gzip"})

    said = reason(fetching(most_bytes=2**20), url)

    assert said == "larger than 1 MB, so it was not read"


@pytest.mark.parametrize(
    ("encoding", "body", "said"),
    [
        ("gzip", OTTERS, "its gzip data is damaged"),
        ("gzip", gzip.compress(OTTERS)[:-12], "it broke off before its end"),
        ("br", OTTERS, 'packed as "br", which was not asked for'),
    ],
)
def test_packing_that_cannot_be_undone_is_told(web, fetcher, encoding, body, said):
    url = web.serve("/packed", body, headers={"Content-Encoding": encoding})

    assert reason(fetcher, url) == said


def test_a_film_is_not_read(web, fetcher):
    url = web.serve("/film", b"RIFF", content_type="video/mp4")

    assert reason(fetcher, url) == "it is video/mp4, which holds no articles"


def test_robots_txt_is_respected_on_every_redirect(web, fetcher):
    web.serve("/robots.txt", "User-agent: *\nDisallow: /private/", content_type="text/plain")
    hidden = web.serve("/private/diary", OTTERS)
    leads_there = web.redirect("/open", "/private/diary")

    assert reason(fetcher, hidden) == "the site's robots.txt does not allow it"
    assert reason(fetcher, leads_there) == "the site's robots.txt does not allow it"
    assert web.paths() == ["/open"]
    assert [asked.path for asked in web.asked].count("/robots.txt") == 1


def test_a_site_whose_robots_txt_cannot_be_had_is_not_read(web, fetcher):
    web.serve("/robots.txt", status=503)
    url = web.serve("/otters", OTTERS)

    assert reason(fetcher, url) == "its robots.txt cannot be had: the server answered 503"
    assert web.paths() == []


def test_a_site_without_robots_txt_or_that_hides_it_is_read(web, fetcher):
    web.serve("/robots.txt", status=403)

    assert fetcher.fetch(web.serve("/otters", OTTERS)).body == OTTERS


def test_a_host_is_given_its_rest_and_the_time_that_it_asks_for(web, fetching):
    web.serve("/robots.txt", "User-agent: quotewire\nCrawl-delay: 4", content_type="text/plain")
    url = web.serve("/otters", OTTERS)
    clock = [100.0]
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        clock[0] += seconds

    fetcher = Fetcher(
        Policy(), look_up=web.look_up, network=web.network, sleep=sleep, clock=lambda: clock[0]
    )
    fetcher.fetch(url)
    fetcher.fetch(url)
    fetcher.close()

    assert slept == [1.0, 4.0]
