"""The whole way: sources.toml, a visit to the web, a reindex, and a quote with its credit."""

from contextlib import closing

import pytest

from index.fetching.fetcher import Fetcher, Policy
from index.fetching.gather import gather
from index.fetching.listing import read_listing
from index.plan import Choice
from index.reindex import Options, reindex
from tests.support.web import Page, by_turns, web_server

NIGHT = "Sea otters hold hands while they sleep, so that the tide does not part them."
TEA = "The clipper Larkspur landed ninety chests of tea at Tidewater on Monday."
KELP = "The storm of May drove the kelp ashore, and eleven pups with it."
LISTED = """
[[source]]
name = "wire"
feed = "http://harbour.example/feed"
publisher = "The Wire"

[[source]]
name = "tides"
page = "http://harbour.example/tides"

[[source]]
folder = "articles"
match = "*.txt"
publisher = "The Archive"
language = "en"
"""


def rss(*texts):
    items = (f"<item><guid>{t[:9]}</guid><description>{t}</description></item>" for t in texts)
    return f"<rss version='2.0'><channel><title>W</title>{''.join(items)}</channel></rss>"


PAGE = (
    '<!DOCTYPE html><html><head><title>Kelp</title><meta property="og:site_name" content="Tides">'
    f"</head><body><article><h1>Kelp</h1><p>{KELP}</p><p>{KELP} So it was.</p></article>"
)


class Road:
    """Goes the whole way once, for the collection of a desk."""

    def __init__(self, desk, web):
        self.desk = desk
        self.web = web
        self.file = desk.articles.parent / "sources.toml"
        self.file.write_text(LISTED)

    def go(self):
        listing = read_listing([], self.file)
        network = {"look_up": self.web.look_up, "network": self.web.network}
        with closing(Fetcher(Policy(between_s=0, tries=1), **network)) as fetcher:
            reports = gather(listing.sources, self.desk.folder, fetcher, all_of_them=True)
        outcome = reindex(
            listing.roots(self.desk.folder),
            self.desk.folder,
            self.desk.model,
            options=Options(choice=_choice(listing)),
            progress=lambda *_: None,
        )
        return reports, outcome

    def credits(self, *questions):
        with closing(self.desk.library()) as library:
            found = [library.ask(question).passages[0].credit for question in questions]
        return [(credit.publisher, credit.title) for credit in found]


def _choice(listing):
    def told(path):
        source = listing.source_of(path)
        return (source.publisher, source.language) if source else ("", "")

    return Choice(listing.wants, told)


@pytest.fixture
def road(desk):
    with web_server() as web:
        yield Road(desk, web)


def test_feeds_pages_and_folders_are_quoted_with_their_credit(road, desk):
    desk.write("otters.md", "# Not matched\n\nOtters are mentioned here as well, by chance.")
    road.web.serve("/feed", rss(NIGHT))
    road.web.serve("/tides", PAGE)

    _, outcome = road.go()

    assert (outcome.new, outcome.failed) == (4, ())
    assert road.credits("who drove kelp ashore?", "what did the clipper Larkspur land?") == [
        ("Tides", "Kelp"),
        ("The Archive", "Tea arrives"),
    ]


def test_what_left_the_feed_is_still_quoted_and_a_dead_source_too(road):
    road.web.serve("/tides", PAGE)
    road.web.play(
        "/feed", by_turns(Page(rss(NIGHT).encode()), Page(rss(TEA).encode()), Page(status=404))
    )

    outcomes = [road.go() for _ in range(3)]

    assert [outcome.removed for _, outcome in outcomes] == [0, 0, 0]
    assert [outcome.new for _, outcome in outcomes] == [4, 1, 0]
    assert outcomes[2][0][0].failed == "the server answered 404 (not found)"


def test_a_pattern_or_a_publisher_that_is_changed_holds_at_the_next_run(road, desk):
    road.web.serve("/tides", PAGE)
    road.web.serve("/feed", rss(NIGHT))
    road.go()
    road.file.write_text(LISTED.replace("The Archive", "The Old Archive").replace("*.txt", "tea*"))

    _, outcome = road.go()

    assert (outcome.changed, outcome.removed) == (1, 1)
    assert road.credits("what did the clipper Larkspur land?") == [
        ("The Old Archive", "Tea arrives")
    ]


def test_a_run_in_which_nothing_changed_changes_nothing(road, desk):
    road.web.serve("/tides", PAGE)
    road.web.serve("/feed", rss(NIGHT))
    road.go()

    _, outcome = road.go()

    assert (outcome.new, outcome.changed, outcome.removed, outcome.embedded) == (0, 0, 0, 0)
    assert outcome.generation == 1


def test_a_listed_folder_that_is_not_there_keeps_what_was_read_and_is_told(road, desk):
    road.web.serve("/tides", PAGE)
    road.web.serve("/feed", rss(NIGHT))
    road.go()
    desk.articles.rename(desk.articles.with_name("elsewhere"))

    _, outcome = road.go()

    assert (outcome.removed, [failure.file for failure in outcome.failed]) == (
        0,
        [str(desk.articles)],
    )
