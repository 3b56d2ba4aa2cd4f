"""Gathering: what feeds and pages give is kept as files, and no bad day loses any of it."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from index.article import Credit
from index.errors import Unreadable
from index.fetching.fetcher import Fetcher, Policy
from index.fetching.gather import PAGES_A_VISIT, gather, next_due
from index.fetching.source import Kind, Source
from index.readers import fetched, read
from index.retiring import moment_of
from tests.support.printing import column, pdf
from tests.support.web import Page, by_turns, endless_body, web_server

NIGHT = "Sea otters hold hands while they sleep, so that the tide does not part them."
TEA = "The clipper Larkspur landed ninety chests of tea at Tidewater on Monday."
WHOLE = f"{NIGHT} {TEA} " * 14
ATOM = '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">{}</feed>'


def rss(*items, title="Harbour Times", language=""):
    told = f"<language>{language}</language>" if language else ""
    return (
        f'<rss version="2.0"><channel><title>{title}</title>{told}{"".join(items)}</channel></rss>'
    )


def item(name, text=NIGHT, day="Mon, 08 May 2017 09:00:00 GMT", more=""):
    dated = f"<pubDate>{day}</pubDate>" if day else ""
    return (
        f"<item><guid>{name}</guid><title>On {name}</title>{dated}{more}"
        f"<link>http://harbour.example/{name}</link><description>{text}</description></item>"
    )


def page(text=WHOLE, head=""):
    paragraphs = text.replace(". ", ".</p><p>")
    return (
        f"<!DOCTYPE html><html><head><title>On otters</title>{head}</head><body><article>"
        f"<h1>On otters</h1><p>{paragraphs}</p></article></body></html>"
    )


class Harbour:
    """A web, a collection's folder and a calendar."""

    def __init__(self, web, folder):
        self.web = web
        self.folder = folder
        self.day = datetime(2017, 5, 10, tzinfo=UTC)
        self.source = Source("harbour", Kind.FEED, "http://harbour.example/feed")
        self.stages = []

    def serve(self, *items, **told):
        self.web.serve("/feed", rss(*items, **told), content_type="application/rss+xml")

    def gather(self, *sources, later=timedelta(days=1), all_of_them=False, **policy):
        self.day += later
        given = {"between_s": 0, "silence_s": 20, **policy}
        fetcher = Fetcher(
            Policy(**given),
            look_up=self.web.look_up,
            network=self.web.network,
            sleep=lambda _: None,
        )
        try:
            return gather(
                sources or (self.source,),
                self.folder,
                fetcher,
                now=lambda: self.day,
                progress=lambda *report: self.stages.append(report),
                all_of_them=all_of_them,
            )
        finally:
            fetcher.close()

    def files(self, name="harbour"):
        kept = (self.folder / "fetched" / name).iterdir()
        return sorted(path for path in kept if not path.name.startswith("."))

    def articles(self, name="harbour"):
        found = [article for path in self.files(name) for article in _read(path)]
        return {article.credit.title: article for article in found}


def _read(path):
    data = path.read_bytes()
    return fetched.articles(data) if fetched.looks_right(data[:50].decode()) else read(path)


@pytest.fixture
def harbour(tmp_path):
    with web_server() as web:
        yield Harbour(web, tmp_path)


def counts(gathered):
    return gathered.seen, gathered.new, gathered.changed, gathered.unchanged


def test_every_entry_becomes_a_file_that_is_read_as_its_article(harbour):
    harbour.serve(item("otters"), item("tea", TEA), language="en-gb")

    (report,) = harbour.gather()

    assert counts(report) == (2, 2, 0, 0)
    otters = harbour.articles()["On otters"]
    assert otters.text == NIGHT
    assert otters.language == "en"
    assert otters.credit == Credit(
        title="On otters",
        publisher="Harbour Times",
        published="2017-05-08T09:00:00+00:00",
        url="http://harbour.example/otters",
    )
    assert harbour.stages == [("fetching", 0, 1), ("fetching", 1, 1)]


def test_what_has_left_the_feed_stays_and_what_changed_is_changed(harbour):
    harbour.serve(item("otters"), item("tea", TEA))
    harbour.gather()
    harbour.serve(
        item("tea", f"{TEA} It was green."), item("kelp", "The storm drove kelp ashore.")
    )

    (report,) = harbour.gather()

    assert counts(report) == (2, 1, 1, 0)
    assert set(harbour.articles()) == {"On otters", "On tea", "On kelp"}
    assert harbour.articles()["On tea"].text == f"{TEA} It was green."


def test_a_feed_that_has_not_changed_is_not_sent_again(harbour):
    harbour.web.serve("/feed", rss(item("otters")), etag='"1"')
    harbour.gather()

    (report,) = harbour.gather()

    assert counts(report) == (1, 0, 0, 1)
    assert harbour.web.asked[-1].headers["If-None-Match"] == '"1"'


def test_a_source_of_which_something_else_is_asked_is_read_anew_at_once(harbour):
    harbour.web.serve("/feed", rss(item("otters")), etag='"1"')
    harbour.web.serve("/tides", rss(item("tea", TEA)), etag='"1"')
    harbour.gather()
    told = replace(harbour.source, publisher="The Times")
    moved = replace(told, where="http://harbour.example/tides")

    reports = [*harbour.gather(told, later=timedelta(0)), *harbour.gather(moved)]

    assert list(map(counts, reports)) == [(1, 0, 1, 0), (1, 1, 0, 0)]


def test_a_folder_that_was_emptied_is_filled_again(harbour):
    harbour.web.serve("/feed", rss(item("otters")), etag='"1"')
    harbour.gather()
    for path in harbour.files():
        path.unlink()

    assert harbour.gather()[0].new == 1


@pytest.mark.parametrize(
    ("published", "moment"),
    [
        ("2017", "2017-01-01T00:00:00+00:00"),
        ("2017-04", "2017-04-01T00:00:00+00:00"),
        ("2017-04-30T23:00:00-02:00", "2017-05-01T01:00:00+00:00"),
        ("2018-01-01", "2017-05-10T00:00:00+00:00"),
        ("0001-01-01T00:00:00+14:00", "2017-05-10T00:00:00+00:00"),
        ("", "2017-05-10T00:00:00+00:00"),
    ],
)
def test_dates_of_any_precision_are_compared_as_moments(harbour, published, moment):
    assert moment_of(published, harbour.day) == moment


def test_the_same_feed_again_leaves_every_file_as_it_is(harbour):
    harbour.serve(item("otters"))
    harbour.gather()
    before = [path.stat().st_mtime_ns for path in harbour.files()]

    (report,) = harbour.gather()

    assert counts(report) == (1, 0, 0, 1)
    assert [path.stat().st_mtime_ns for path in harbour.files()] == before


def test_a_source_is_asked_when_it_is_due_and_a_failing_one_ever_later(harbour):
    harbour.web.serve("/feed", status=404)

    hours = [hour for hour in range(1, 17) if harbour.gather(later=timedelta(hours=1))]

    assert hours == [1, 3, 7, 15]


def test_a_failing_source_is_asked_once_a_day_at_the_least(harbour):
    harbour.web.serve("/feed", status=404)

    asked = [len(harbour.gather(later=timedelta(days=1))) for _ in range(10)]

    assert asked == [1] * 10


def test_the_next_visit_is_to_the_source_that_is_due_first(harbour):
    harbour.serve(item("otters"))
    often = replace(harbour.source, name="often", every_s=900)
    folder = Source("folder", Kind.FOLDER, str(harbour.folder))
    harbour.gather(harbour.source, often)

    due = next_due([harbour.source, often, folder], harbour.folder, harbour.day)

    assert due == harbour.day + timedelta(minutes=15)
    assert next_due([folder], harbour.folder, harbour.day) is None


def test_a_clock_that_is_put_back_by_years_does_not_keep_a_source_waiting_for_them(harbour):
    harbour.serve(item("otters"))
    harbour.gather(later=timedelta(days=4000))
    harbour.day -= timedelta(days=4000)

    due = next_due([harbour.source], harbour.folder, harbour.day)
    (report,) = harbour.gather(later=timedelta(0))

    assert due == harbour.day
    assert counts(report) == (1, 0, 0, 1)


def test_a_source_that_is_not_due_is_asked_when_all_are_to_be(harbour):
    harbour.serve(item("otters"))
    harbour.gather()

    assert harbour.gather(later=timedelta(0)) == ()
    assert len(harbour.gather(later=timedelta(0), all_of_them=True)) == 1


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"status": 404}, "the server answered 404 (not found)"),
        ({"status": 500}, "the server answered 500"),
        ({"body": page()}, "a web page, not a feed; scripts/run sources add finds the feed"),
        ({"body": ""}, "not a feed"),
        ({"body": b"\x00\x01\x02" * 99}, "binary data, not text"),
        ({"body": b"%PDF-1.4"}, "a PDF file, not text"),
        ({"body": "{" * 100_000, "content_type": "application/json"}, ""),
        ({"play": endless_body}, "larger than 1 MB, so it was not read"),
        (
            {"status": 302, "headers": {"Location": "http://127.0.0.1/feed"}},
            "127.0.0.1 is inside this machine's own network",
        ),
    ],
)
def test_a_dead_source_keeps_its_articles_and_the_rest_go_on(harbour, how, said):
    harbour.serve(item("otters"))
    harbour.web.serve("/tea", rss(item("tea")))
    other = Source("tea", Kind.FEED, "http://harbour.example/tea")
    harbour.gather()
    harbour.web.serve("/feed", **how)

    dead, alive = harbour.gather(harbour.source, other, most_bytes=2**20)

    assert dead.failed.startswith(said)
    assert "\n" not in dead.failed
    assert set(harbour.articles()) == {"On otters"}
    assert (alive.new, alive.failed) == (1, "")


def test_a_feed_that_comes_back_is_read_again(harbour):
    harbour.web.play("/feed", by_turns(Page(status=404), Page(rss(item("otters")).encode())))

    reports = [*harbour.gather(), *harbour.gather()]

    assert [bool(report.failed) for report in reports] == [True, False]
    state = json.loads((harbour.folder / "fetched" / "harbour" / ".state.json").read_bytes())
    assert (state["failures"], state["error"]) == (0, "")


def test_a_feed_is_read_even_if_the_server_calls_it_a_page(harbour):
    harbour.web.serve("/feed", rss(item("otters")), content_type="text/html; charset=koi8-r")

    assert harbour.gather()[0].new == 1


def test_the_charset_of_the_server_is_believed_only_where_nothing_else_tells(harbour):
    text = "Морские выдры спят, держась за руки, чтобы течение их не разлучило."
    declared = '<?xml version="1.0" encoding="windows-1251"?>' + rss(item("declared", text))
    told = rss(item("told", text))
    wrong = rss(item("wrong", text))
    served = {
        "declared": (declared.encode("cp1251"), "text/xml; charset=iso-8859-1"),
        "told": (told.encode("koi8-r"), "text/xml; charset=koi8-r"),
        "wrong": (wrong.encode(), "text/xml; charset=iso-8859-1"),
    }
    for name, (body, kind) in served.items():
        harbour.web.serve(f"/{name}", body, content_type=kind)

    harbour.gather(*(Source(n, Kind.FEED, f"http://harbour.example/{n}") for n in served))

    texts = [harbour.articles(name)[f"On {name}"].text for name in served]
    assert texts == [text, text, text]


def test_a_publisher_and_language_that_are_told_fill_in_for_the_feed(harbour):
    taken = "<source url='http://q.example/'>The Quay</source>"
    harbour.serve(item("otters"), item("tea", TEA, more=taken))
    told = Source("harbour", Kind.FEED, harbour.source.where, publisher="The Times", language="en")

    harbour.gather(told)

    found = harbour.articles()
    assert found["On otters"].credit.publisher == "The Times"
    assert found["On otters"].language == "en"
    assert (found["On tea"].credit.publisher, found["On tea"].credit.via) == (
        "The Quay",
        "The Times",
    )


def test_an_entry_without_a_text_is_counted_and_not_kept(harbour):
    harbour.serve(item("otters", text=""))

    (report,) = harbour.gather()

    assert (report.seen, report.empty, report.new) == (1, 1, 0)


# Following.


def following(harbour, **told):
    return Source("harbour", Kind.FEED, harbour.source.where, follow=True, **told)


def test_a_summary_is_followed_to_its_page_when_asked(harbour):
    harbour.serve(item("otters", text="Sea otters hold hands while…"))
    harbour.web.serve("/otters", page().encode("cp1252"), content_type="text/html; charset=cp1252")

    harbour.gather(following(harbour))
    harbour.gather(following(harbour))

    otters = harbour.articles()["On otters"]
    assert TEA in otters.text
    assert otters.credit.publisher == "Harbour Times"
    assert otters.credit.published == "2017-05-08T09:00:00+00:00"
    assert harbour.web.paths() == ["/feed", "/otters", "/feed"]


def test_a_page_that_cannot_be_had_leaves_the_summary_and_is_tried_three_times(harbour):
    harbour.web.serve("/feed", rss(item("otters")), etag='"1"')

    for _ in range(5):
        harbour.gather(following(harbour))

    assert harbour.articles()["On otters"].text == NIGHT
    assert harbour.web.paths().count("/otters") == 3


def test_a_page_that_comes_later_takes_the_place_of_the_summary(harbour):
    harbour.serve(item("otters"))
    harbour.gather(following(harbour))
    harbour.web.serve("/otters", page())

    (report,) = harbour.gather(following(harbour))

    assert counts(report) == (1, 0, 1, 0)
    assert [path.suffix for path in harbour.files()] == [".html"]


def test_a_page_with_less_than_its_summary_is_not_taken(harbour):
    harbour.serve(item("otters"))
    harbour.web.serve("/otters", page("Please accept cookies."))

    harbour.gather(following(harbour))

    assert harbour.articles()["On otters"].text == NIGHT


def test_no_more_than_so_many_pages_are_followed_in_one_visit(harbour):
    names = [f"o{number}" for number in range(PAGES_A_VISIT + 3)]
    harbour.web.serve("/feed", rss(*map(item, names)), etag='"1"')
    for name in names:
        harbour.web.serve(f"/{name}", page())

    suffixes = []
    for _ in range(2):
        harbour.gather(following(harbour))
        suffixes.append([path.suffix for path in harbour.files()].count(".html"))

    assert suffixes == [PAGES_A_VISIT, PAGES_A_VISIT + 3]


def test_a_page_stays_when_its_entry_changes_and_the_page_is_gone(harbour):
    harbour.serve(item("otters"))
    harbour.web.serve("/otters", page())
    harbour.gather(following(harbour))
    harbour.web.serve("/otters", status=404)
    harbour.serve(item("otters", text=TEA))

    for source in (following(harbour), harbour.source):
        harbour.gather(source)

    assert [path.suffix for path in harbour.files()] == [".html"]


def test_a_page_inside_the_network_is_not_followed(harbour):
    inside = item("otters").replace("http://harbour.example/otters", "http://127.0.0.1/otters")
    harbour.serve(inside)
    harbour.web.serve("/otters", page(), host="127.0.0.1")

    harbour.gather(following(harbour))

    assert harbour.articles()["On otters"].text == NIGHT
    assert "127.0.0.1" not in {asked.host for asked in harbour.web.asked}


# Pages.


def test_a_page_is_kept_as_it_came_with_what_is_told_of_it(harbour):
    url = harbour.web.serve("/otters", page())
    source = Source("otters", Kind.PAGE, url, publisher="The Times -->", language="en")

    (report,) = harbour.gather(source)

    assert counts(report) == (1, 1, 0, 0)
    (path,) = harbour.files("otters")
    assert path.read_bytes().partition(b"\n")[2] == page().encode()
    article = harbour.articles("otters")["On otters"]
    assert (article.credit.publisher, article.credit.url) == ("The Times -->", url)
    assert article.language == "en"


def test_a_page_that_is_a_pdf_or_a_text_keeps_its_link_and_what_is_told_of_it(harbour):
    report = harbour.web.serve("/a.pdf", pdf(column(NIGHT)), content_type="application/pdf")
    letter = harbour.web.serve(
        "/a.txt", NIGHT.replace(".", " – said Zoë.").encode("cp1252"),
        content_type="text/plain; charset=windows-1252",
    )  # fmt: skip
    sources = [
        Source(name, Kind.PAGE, url, publisher="The Tide")
        for name, url in (("report", report), ("letter", letter))
    ]

    harbour.gather(*sources)

    (printed,), (written,) = (read(harbour.files(each.name)[0]) for each in sources)
    assert (printed.text, printed.credit.url) == (NIGHT, report)
    assert (written.text[-21:], written.credit.url) == ("part them – said Zoë.", letter)
    assert printed.credit.publisher == written.credit.publisher == "The Tide"


def test_an_entry_that_links_to_a_pdf_keeps_what_its_feed_tells_of_it(harbour):
    harbour.serve(item("otters", text=TEA))
    whole = pdf(column(NIGHT), column(TEA))
    harbour.web.serve("/otters", whole, content_type="application/pdf")

    harbour.gather(following(harbour))

    article = harbour.articles()["On otters"]
    assert article.text == f"{NIGHT} {TEA}"
    assert article.credit == Credit(
        title="On otters",
        publisher="Harbour Times",
        published="2017-05-08T09:00:00+00:00",
        url="http://harbour.example/otters",
    )


def test_an_entry_that_links_to_a_pdf_of_pictures_keeps_its_own_text(harbour):
    harbour.serve(item("otters"))
    harbour.web.serve("/otters", pdf([]), content_type="application/pdf")

    harbour.gather(following(harbour))

    assert harbour.articles()["On otters"].text == NIGHT


def test_a_page_without_an_article_does_not_replace_one(harbour):
    url = harbour.web.serve("/otters", page())
    source = Source("otters", Kind.PAGE, url)
    harbour.gather(source)
    harbour.web.serve("/otters", "<html><body></body></html>")

    (report,) = harbour.gather(source)

    assert report.failed == "no article text found"
    assert TEA in harbour.articles("otters")["On otters"].text


def test_a_page_of_plain_text_is_kept_as_it_is(harbour):
    url = harbour.web.serve("/tea", TEA, content_type="text/plain")

    harbour.gather(Source("tea", Kind.PAGE, url))

    assert [path.name for path in harbour.files("tea")] == ["page.txt"]
    assert harbour.articles("tea")[""].text == TEA


def test_a_page_that_has_not_changed_is_not_sent_again(harbour):
    url = harbour.web.serve("/otters", page(), etag='"1"')
    source = Source("otters", Kind.PAGE, url)

    reports = [*harbour.gather(source), *harbour.gather(source, later=timedelta(days=2))]

    assert list(map(counts, reports)) == [(1, 1, 0, 0), (1, 0, 0, 1)]


def test_an_entry_that_a_feed_has_twice_is_one(harbour):
    harbour.serve(item("otters"), item("otters", TEA))

    (report,) = harbour.gather()

    assert (report.new, harbour.articles()["On otters"].text) == (1, NIGHT)


def test_what_is_neither_page_nor_text_is_not_kept(harbour):
    url = harbour.web.serve("/x", b"PK\x03\x04", content_type="application/zip")

    (report,) = harbour.gather(Source("x", Kind.PAGE, url))

    assert report.failed == "it is application/zip, which is not read"


# Retiring.


def dated(number):
    return item(f"o{number}", day=f"{number:02} May 2017 09:00:00 GMT")


def test_articles_are_retired_by_age_and_do_not_come_back(harbour):
    harbour.serve(dated(1), dated(8))
    source = Source("harbour", Kind.FEED, harbour.source.where, keep_days=7)

    reports = [harbour.gather(source)[0] for _ in range(2)]
    assert set(harbour.articles()) == {"On o8"}
    later = harbour.gather(source, later=timedelta(days=30))[0]

    assert [report.new for report in reports] == [1, 0]
    assert (later.retired, later.new, harbour.files()) == (1, 0, [])


def test_articles_are_retired_by_number_the_oldest_first(harbour):
    harbour.serve(dated(1), dated(2), dated(3))
    source = Source("harbour", Kind.FEED, harbour.source.where, keep_newest=2)
    harbour.gather(source)
    harbour.serve(dated(2), dated(3), dated(4), dated(1))

    (report,) = harbour.gather(source)

    assert set(harbour.articles()) == {"On o3", "On o4"}
    assert (report.new, report.retired) == (1, 1)


def test_an_entry_without_a_date_is_as_old_as_its_first_day_here(harbour):
    harbour.serve(item("otters", day=""))
    source = Source("harbour", Kind.FEED, harbour.source.where, keep_days=3)

    kept = []
    for _ in range(5):
        harbour.gather(source)
        kept.append(len(harbour.files()))

    assert kept == [1, 1, 1, 1, 0]


def test_a_rule_that_comes_later_holds_for_what_is_there(harbour):
    harbour.serve(item("otters", day=""))
    harbour.gather()
    harbour.serve()
    for path in harbour.files():
        os.utime(path, (harbour.day.timestamp(), harbour.day.timestamp()))
    source = Source("harbour", Kind.FEED, harbour.source.where, keep_days=3)

    kept = [len(harbour.gather(source) and harbour.files()) for _ in range(5)]

    assert kept == [1, 1, 1, 0, 0]


def test_nothing_is_retired_without_a_rule(harbour):
    harbour.serve(dated(1))
    harbour.gather()

    (report,) = harbour.gather(later=timedelta(days=4000))

    assert report.retired == 0
    assert set(harbour.articles()) == {"On o1"}


# Bad days of our own.


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"failures": "x"}', b"\xff", b'{"odd": 1}']
)
def test_a_damaged_memory_is_forgotten(harbour, damage):
    harbour.serve(item("otters"))
    harbour.gather()
    (harbour.folder / "fetched" / "harbour" / ".state.json").write_bytes(damage)

    (report,) = harbour.gather()

    assert counts(report) == (1, 0, 0, 1)


def test_a_run_that_is_stopped_keeps_whole_files_and_begins_again(harbour):
    class Stop(Fetcher):
        def fetch(self, url, *known):
            if url.endswith("/tea"):
                raise KeyboardInterrupt
            return super().fetch(url, *known)

    harbour.serve(item("otters"), item("tea"))
    harbour.web.serve("/otters", page())
    fetcher = Stop(Policy(between_s=0), look_up=harbour.web.look_up, network=harbour.web.network)

    with pytest.raises(KeyboardInterrupt):
        gather([following(harbour)], harbour.folder, fetcher)

    fetcher.close()
    assert {path.suffix for path in harbour.files()} <= {".html", ".jsonl"}
    assert harbour.gather(following(harbour))[0].failed == ""
    assert set(harbour.articles()) == {"On otters", "On tea"}


def test_a_fault_of_ours_is_told_and_stops_nothing(harbour, caplog):
    class Odd(Fetcher):
        def fetch(self, url, *known):
            raise ZeroDivisionError

    fetcher = Odd(Policy())
    (report,) = gather([harbour.source], harbour.folder, fetcher)
    fetcher.close()

    assert report.failed == "an unexpected ZeroDivisionError, which is a fault of ours"


def test_a_folder_that_cannot_be_written_to_is_told(harbour):
    harbour.serve(item("otters"))
    (harbour.folder / "fetched").write_text("a file where the folder should be")

    (report,) = harbour.gather()

    assert report.failed.startswith("what was fetched cannot be kept (")


def test_the_first_line_of_a_page_is_read_back_whatever_is_told():
    told = {"title": "a --> b", "publisher": "Q -- é", "published": "2017-05-08"}

    (article,) = fetched.articles(fetched.with_credit(b"<html><p>" + WHOLE.encode(), told))

    assert article.credit.publisher == "Q -- é"
    assert article.credit.published == "2017-05-08"


def test_a_damaged_first_line_tells_nothing():
    with pytest.raises(Unreadable):
        fetched.articles(b"<!-- fetched by Quotewire: {oh -->\n")
