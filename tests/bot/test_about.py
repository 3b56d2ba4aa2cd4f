"""/about and /stats: what the bot is, and what it has read."""

from dataclasses import replace

import pytest

from bot.phrases import phrases_in
from scripts.simulator.post import group
from tests.support.library import SEARCHED, FakeLibrary

words = phrases_in("en").lookups


async def test_about_says_what_it_is_has_read_and_that_no_model_writes(telegram, post, start):
    async with start():
        await telegram.push(post.says("/about", group()))
        await telegram.until(lambda: telegram.sent)

    assert telegram.texts() == [
        "I answer questions with quotes from news articles: word for word, each with its title, "
        "publisher, date and link.\n\n"
        "I have read 1,234 articles. There are 12 publishers. The oldest is of 3 May 2016, the "
        "newest of 16 September 2017.\n\n"
        "No language model writes anything here. What I say is quoted, or one of a few fixed "
        "sentences; if the articles do not answer, I say so.\n\n"
        "Ask in private, or in a group with /ask who was hurt?. Look around with /search, "
        "/latest and /sources; more in /help."
    ]


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("UTC", "17 September 2017, 10:00 (UTC)"),
        ("Pacific/Auckland", "17 September 2017, 22:00 (Pacific/Auckland)"),
    ],
)
async def test_stats_gives_the_collection_in_figures(telegram, post, start, zone, moment):
    async with start(time_zone=zone):
        await telegram.push(post.says("/stats"))
        await telegram.until(lambda: telegram.sent)

    assert telegram.texts() == [
        "The collection\n"
        "Articles: 1,234\n"
        "Passages: 9,876\n"
        "Publishers: 12\n"
        "Published: 3 May 2016 to 16 September 2017\n"
        f"Edition: 7, of {moment}\n"
        "Model: hash"
    ]


async def test_stats_leaves_out_what_is_unknown(telegram, post, start):
    library = FakeLibrary()
    library.now = replace(SEARCHED, earliest="", latest="", published_at="", model="a<b>")
    async with start(library):
        await telegram.push(post.says("/stats"))
        await telegram.until(lambda: telegram.sent)

    assert telegram.texts() == [
        "The collection\nArticles: 1,234\nPassages: 9,876\nPublishers: 12\nEdition: 7\nModel: a<b>"
    ]


class Broken(FakeLibrary):
    def status(self):
        raise ValueError("the disk is gone")


@pytest.mark.parametrize("command", ["/about", "/stats"])
async def test_trouble_is_apologised_for(telegram, post, start, command):
    async with start(Broken()):
        await telegram.push(post.says(command))
        await telegram.until(lambda: telegram.sent)

    assert telegram.texts()[0].startswith("Something went wrong on my side (reference ")


@pytest.mark.parametrize(
    ("holds", "said"),
    [
        ((0, 0, "", ""), "I have no articles yet."),
        ((1, 0, "", ""), "I have read 1 article."),
        ((2, 1, "2017", "2017"), "I have read 2 articles. There is 1 publisher. Published: 2017"),
        ((2, 0, "", "2017-09"), "I have read 2 articles. Published: September 2017"),
    ],
)
def test_what_was_read_is_told_as_far_as_it_is_known(holds, said):
    assert words.have_read(*holds) == said


@pytest.mark.parametrize(
    ("days", "said"), [(("2017", "2017"), "2017"), (("", "2017-09"), "September 2017")]
)
def test_one_date_is_told_alone(days, said):
    assert words.from_to(*days) == said


@pytest.mark.parametrize(
    ("extent", "said"),
    [
        (("Kelp", 1, "", ""), "Kelp: 1 article"),
        (("Kelp", 2, "2017", "2017"), "Kelp: 2 articles, 2017"),
    ],
)
def test_a_publisher_is_told_with_the_days_that_are_known(extent, said):
    assert words.publisher(*extent) == said
