"""Looking things up: words, the newest articles, publishers, and a whole article page by page."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from bot.chats import Chats
from bot.database import BotData
from bot.deeplinks import at_paragraph
from index import Credit, Filters, Listed, Matches, Quotable, Reading
from scripts.simulator.api import parsed
from scripts.simulator.post import Json, group
from tests.support.collections import OTTERS, TEA, Desk
from tests.support.library import SEARCHED, FakeLibrary


@pytest.fixture
def keeps_to(tmp_path):
    """Has the private chat with Ada keep to some sources; before the bot is started."""

    async def keep(*names: str) -> None:
        async with BotData(tmp_path / "bot" / "bot.db") as data:
            await Chats(data).set(7, sources=names)

    return keep


def credit(number: int = 1, publisher: str = "Tidewater Weekly") -> Credit:
    return Credit(
        title=f"Otters, part {number}",
        publisher=publisher,
        published=f"2017-09-{number:02}",
        url=f"https://tidewater.example/{number}",
    )


def shelf(count: int, publisher: str = "Tidewater Weekly") -> FakeLibrary:
    """A library with so many articles of three paragraphs each, the first of which tells kelp."""
    library = FakeLibrary()
    add(library, range(1, count + 1), publisher)
    return library


def add(library: FakeLibrary, numbers: range, publisher: str) -> None:
    for number in numbers:
        told, key = credit(number, publisher), f"{number}.md"
        texts = (f"Otter {number} sleeps in the kelp.", "It holds hands.", "The tide is <low>.")
        ids = [number * 10 + place for place in range(3)]
        paragraphs = tuple(zip(ids, texts, strict=True))
        library.readings[key] = Reading(key, told, paragraphs)
        library.listed += (Listed(key, told, 3, ids[0]),)
        library.held |= {
            each: Quotable(each, key, 0, len(text), text, told) for each, text in paragraphs
        }


@pytest.fixture
def kept(telegram, tmp_path):
    """When the newest message of a chat was last remembered; 0 where it is not."""

    def when(chat: int) -> float:
        number = telegram.current(chat)["message_id"]
        with closing(sqlite3.connect(tmp_path / "bot" / "bot.db")) as db:
            query = "select kept_at from sheets where chat = ? and message = ?"
            row = db.execute(query, (chat, number)).fetchone()
        return row[0] if row else 0

    return when


@pytest.fixture
def say(telegram, post, kept):
    """Say something, and wait until the bot has replied, and remembers it if it has buttons."""

    async def said(text: str, chat: Json | None = None) -> None:
        before = len(telegram.sent)
        await telegram.push(post.says(text, chat))
        await telegram.until(lambda: len(telegram.sent) > before)
        where = chat["id"] if chat else 7
        if "reply_markup" in telegram.current(where):
            await telegram.until(lambda: kept(where))

    return said


@pytest.fixture
def press(telegram, post, kept):
    """Press a button of the newest message, and wait until it shows something else."""

    async def pressed(label: str, chat: int = 7, *, data: str = "", fails: bool = False) -> None:
        edits, before = len(telegram.edited), kept(chat)
        data = data or telegram.buttons(chat)[label]
        await telegram.push(post.presses(telegram.current(chat), data))
        await telegram.until(lambda: len(telegram.edited) > edits)
        if not fails:
            await telegram.until(lambda: kept(chat) > before)

    return pressed


def text(telegram, chat: int = 7) -> str:
    """What people see of the newest message."""
    return telegram.current(chat)["text"]


def labels(telegram, chat: int = 7) -> list[list[str]]:
    """The buttons of the newest message, row by row."""
    rows = telegram.current(chat).get("reply_markup", {}).get("inline_keyboard", [])
    return [[each["text"] for each in row] for row in rows]


def pieces(telegram, kind: str) -> list[str]:
    """The formatted pieces of what was sent or edited last."""
    told = [call for call in telegram.calls if call.method in {"sendMessage", "editMessageText"}]
    return parsed(told[-1].fields).of(kind)


# Words.


async def test_a_search_shows_the_passages_with_the_words_bold(telegram, say, start):
    async with start(shelf(2)):
        await say("/search kelp")

    assert text(telegram) == (
        "kelp: 2 passages\n\n"
        "1. Otters, part 1 · Tidewater Weekly · 1 September 2017\n"
        "Otter 1 sleeps in the kelp.\n\n"
        "2. Otters, part 2 · Tidewater Weekly · 2 September 2017\n"
        "Otter 2 sleeps in the kelp."
    )
    assert pieces(telegram, "bold") == ["kelp", "kelp", "kelp"]
    assert pieces(telegram, "blockquote") == [
        "Otter 1 sleeps in the kelp.",
        "Otter 2 sleeps in the kelp.",
    ]
    assert labels(telegram) == [["1", "2"]]


async def test_a_search_is_paged_by_buttons_in_the_same_message(telegram, say, press, start):
    where = group()["id"]
    async with start(shelf(12)):
        await say("/search kelp", group())
        first = labels(telegram, where)
        await press("›", where)
        second = text(telegram, where), labels(telegram, where)
        await press("›", where)

    assert first == [["1", "2", "3", "4", "5"], ["1/3", "›"]]
    assert second[0].startswith("kelp: 12 passages\n\n1. Otters, part 6 · ")
    assert second[1] == [["1", "2", "3", "4", "5"], ["‹", "2/3", "›"]]
    assert text(telegram, where).startswith("kelp: 12 passages\n\n1. Otters, part 11 · ")
    assert labels(telegram, where) == [["1", "2"], ["‹", "3/3"]]
    assert len(telegram.sent) == 1


async def test_a_press_is_answered_before_the_page_is_turned(telegram, say, press, start):
    async with start(shelf(6)):
        await say("/search kelp")
        await press("›")

    methods = [call.method for call in telegram.calls]
    assert methods.index("answerCallbackQuery") < methods.index("editMessageText")
    assert telegram.made("answerCallbackQuery")[0].get("text") is None


async def test_the_buttons_of_a_search_work_after_a_restart(telegram, say, press, start):
    library = shelf(6)
    async with start(library):
        await say("/search kelp")
    async with start(library):
        await press("›")

    assert text(telegram) == (
        "kelp: 6 passages\n\n"
        "1. Otters, part 6 · Tidewater Weekly · 6 September 2017\n"
        "Otter 6 sleeps in the kelp."
    )


async def test_the_place_between_the_arrows_does_nothing(telegram, post, say, start):
    async with start(shelf(6)):
        await say("/search kelp")
        await telegram.push(post.presses(telegram.current(7), telegram.buttons(7)["1/2"]))
        await telegram.until(lambda: telegram.made("answerCallbackQuery"))

    assert telegram.made("answerCallbackQuery")[0].get("text") is None
    assert telegram.edited == []


async def test_a_page_that_is_no_more_turns_to_the_last_one(telegram, say, press, start):
    library = shelf(12)
    async with start(library):
        await say("/search kelp")
        library.held = {each: library.held[each] for each in list(library.held)[:18]}
        data = far(telegram.buttons(7)["›"], 2)
        await press("", data=data)

    assert text(telegram).startswith("kelp: 6 passages\n\n1. Otters, part 6 · ")
    assert labels(telegram) == [["1"], ["‹", "2/2"]]


def far(data: str, page: int) -> str:
    """The same button, leading to another page."""
    return f"{data.rpartition('.')[0]}.{page}"


class Noting(FakeLibrary):
    """Notes how many it was asked to pass over."""

    skips = ()

    def latest(self, source="", *, skip=0, limit=10, only=()):
        self.skips += (skip,)
        return super().latest(source, skip=skip, limit=limit, only=only)


async def test_a_forged_page_passes_over_no_more_than_a_list_can_have(telegram, say, press, start):
    library = Noting()
    add(library, range(1, 10), "Tidewater Weekly")
    async with start(library):
        await say("/latest")
        await press("", data=far(telegram.buttons(7)["›"], 10**18 - 1))

    assert library.skips == (0, 8_000_000, 8)
    assert labels(telegram) == [["1"], ["‹", "2/2"]]


async def test_a_search_in_vain_says_what_was_searched(telegram, say, start):
    async with start(shelf(2)):
        await say("/search <walrus>")

    assert text(telegram) == "I found nothing for <walrus>. I searched 1,234 articles."
    assert labels(telegram) == []


async def test_a_search_keeps_to_the_sources_of_the_chat(telegram, say, start, keeps_to):
    library = shelf(2)
    add(library, range(3, 5), "Kelp & Co")
    await keeps_to("Kelp & Co")
    async with start(library):
        await say("/search kelp")
        found = text(telegram)
        await say("/search walrus")

    assert found.startswith("kelp: 2 passages\n\n1. Otters, part 3 · Kelp & Co · ")
    assert text(telegram) == "I found nothing for walrus. I searched the articles of Kelp & Co."


async def test_a_search_without_words_gets_a_hint(telegram, say, start):
    async with start():
        await say("/search")

    assert text(telegram) == (
        "Put the words after the command: /search harbour fire. "
        "I show the passages that hold them."
    )


class Limited(FakeLibrary):
    """Finds what it was given, under limits."""

    def __init__(self, matches: Matches) -> None:
        super().__init__()
        self.matches = matches

    def search(self, words, **_):
        return self.matches


async def test_a_search_with_limits_but_no_words_asks_for_words(telegram, say, start):
    async with start(Limited(Matches("", (), 0, filters=Filters(sources=("Kelp & Co",))))):
        await say("/search source:Kelp")

    assert text(telegram) == ("Tell me also what to look for: a name, a place, or what happened.")


async def test_a_search_under_limits_tells_them(telegram, say, start):
    limits = Filters(sources=("Kelp & Co",), phrases=("holds hands",))
    async with start(Limited(Matches("", (), 0, filters=limits, unread=("since Sunday",)))):
        await say('/search source:Kelp "holds hands" since Sunday')

    assert text(telegram) == (
        "I found nothing for holds hands. I searched the articles of Kelp & Co.\n"
        "only Kelp & Co · with “holds hands” · “since Sunday” not understood as a limit"
    )


async def test_a_search_that_finds_some_of_the_words_says_so(telegram, say, start):
    library = shelf(1)
    some = library.search("kelp")
    async with start(Limited(Matches("kelp fire", some.found, 1, every=False))):
        await say("/search kelp fire")

    assert text(telegram).startswith(
        "kelp fire: 1 passage\nNo passage holds all of these words; these hold some of them.\n\n1."
    )


class Broken(FakeLibrary):
    """Fails once it is told to."""

    broken = True

    def search(self, words, **more):
        if self.broken:
            raise ValueError("the disk is gone")
        return super().search(words, **more)

    latest = titled = search


async def test_a_search_that_fails_is_apologised_for(telegram, say, start):
    async with start(Broken()):
        await say("/search kelp")

    assert text(telegram).startswith("Something went wrong on my side (reference ")


async def test_a_page_that_cannot_be_looked_up_keeps_its_buttons(telegram, say, press, start):
    library = Broken()
    library.broken = False
    add(library, range(1, 7), "Tidewater Weekly")
    async with start(library):
        await say("/search kelp")
        library.broken = True
        await press("›", fails=True)

    assert text(telegram).startswith("Something went wrong on my side (reference ")
    assert labels(telegram) == [["1", "2", "3", "4", "5"], ["1/2", "›"]]


async def test_a_list_that_cannot_be_remembered_is_shown_all_the_same(
    telegram, post, say, start, tmp_path, caplog
):
    async with start(shelf(1)):
        await say("/about")
        with closing(sqlite3.connect(tmp_path / "bot" / "bot.db")) as db:
            db.execute("drop table sheets")
        await telegram.push(post.says("/search kelp"), post.says("/article Otters", group()))
        await telegram.until(lambda: len(telegram.sent) == 3)

    assert telegram.texts(7)[1].startswith("kelp: 1 passage")
    assert telegram.texts(group()["id"])[0].startswith("Otters, part 1 · ")
    errors = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert [each.partition(":")[0] for each in errors] == ["a list is not remembered"] * 2


# The newest articles.


async def test_the_newest_articles_are_listed_and_one_is_opened(telegram, say, press, start):
    async with start(shelf(9)):
        await say("/latest")
        first = text(telegram), labels(telegram)
        await press("›")
        await press("1")
        opened = text(telegram), labels(telegram)
        await press("‹ Back to the list")

    assert first[0].startswith(
        "The newest articles\n\n1. Otters, part 1 · Tidewater Weekly · 1 September 2017\n\n2. "
    )
    assert first[1] == [["1", "2", "3", "4", "5", "6", "7", "8"], ["1/2", "›"]]
    assert opened == (
        "Otters, part 9 · Tidewater Weekly · 9 September 2017\n\n"
        "Otter 9 sleeps in the kelp.\n\nIt holds hands.\n\nThe tide is <low>.",
        [["Open the page"], ["‹ Back to the list"]],
    )
    assert labels(telegram) == [["1"], ["‹", "2/2"]]
    assert len(telegram.sent) == 1


async def test_the_newest_articles_of_one_source(telegram, say, start):
    library = shelf(2)
    add(library, range(3, 5), "Kelp & Co")
    async with start(library):
        await say("/latest Kelp & Co", group())

    assert text(telegram, group()["id"]) == (
        "The newest articles of Kelp & Co\n\n"
        "1. Otters, part 3 · Kelp & Co · 3 September 2017\n\n"
        "2. Otters, part 4 · Kelp & Co · 4 September 2017"
    )


async def test_an_unknown_source_is_told_with_the_nearest_names(telegram, say, start):
    library = shelf(1)
    add(library, range(3, 5), "Kelp & Co")
    async with start(library):
        await say("/latest Tidewater Weakly")
        near = text(telegram)
        await say("/latest <Zzz>")

    assert near == (
        "I have no source called “Tidewater Weakly”. Did you mean Tidewater Weekly? See /sources."
    )
    assert text(telegram) == "I have no source called “<Zzz>”. See /sources."


async def test_articles_without_publishers_are_no_empty_collection(telegram, say, start):
    async with start():
        await say("/sources")

    assert text(telegram) == (
        "None of my articles names its publisher. See /latest for what there is."
    )


async def test_where_there_is_nothing_that_is_said(telegram, say, start, keeps_to, library):
    library.now = replace(SEARCHED, articles=0)
    async with start():
        await say("/latest")
        await say("/sources")
    await keeps_to("Kelp & Co")
    async with start():
        await say("/latest")
        await say("/sources")

    assert telegram.texts() == [
        "I have no articles yet.",
        "I have no articles yet.",
        "I have no articles of Kelp & Co.",
        "I have no articles of Kelp & Co.",
    ]


async def test_a_button_of_a_page_that_has_been_left_opens_nothing(
    telegram, post, say, press, start
):
    async with start(shelf(9)):
        await say("/latest")
        old = telegram.buttons(7)["1"]
        await press("›")
        await telegram.push(post.presses(telegram.current(7), old))
        await telegram.until(lambda: len(telegram.made("answerCallbackQuery")) == 2)

    assert telegram.made("answerCallbackQuery")[1]["text"] == (
        "This message has changed, or is too old for its buttons."
    )
    assert len(telegram.edited) == 1


async def test_an_article_that_has_left_since_it_was_listed(telegram, say, press, start):
    library = shelf(2)
    async with start(library):
        await say("/latest")
        del library.readings["1.md"]
        await press("1")

    assert text(telegram) == "This article has left the collection."
    assert labels(telegram) == [["‹ Back to the list"]]


async def test_a_list_that_has_become_shorter_turns_to_its_last_page(telegram, say, press, start):
    library = shelf(9)
    async with start(library):
        await say("/latest")
        library.listed = library.listed[:3]
        await press("›")

    assert labels(telegram) == [["1", "2", "3"]]


# Publishers.


async def test_the_publishers_are_listed_with_counts_and_dates(telegram, say, start):
    library = shelf(2)
    add(library, range(3, 4), "Kelp & <Co>")
    async with start(library):
        await say("/sources")

    assert text(telegram) == (
        "2 sources\n\n"
        "Tidewater Weekly: 2 articles, 3 May 2016 to 16 September 2017\n"
        "Kelp & <Co>: 1 article, 3 May 2016 to 16 September 2017"
    )


async def test_many_publishers_are_paged(telegram, say, press, start):
    library = FakeLibrary()
    for number in range(1, 24):
        add(library, range(number, number + 1), f"Paper {number}")
    async with start(library):
        await say("/sources")
        first = labels(telegram)
        await press("›")

    assert first == [["1/2", "›"]]
    assert text(telegram) == (
        "23 sources\n\n"
        "Paper 21: 1 article, 3 May 2016 to 16 September 2017\n"
        "Paper 22: 1 article, 3 May 2016 to 16 September 2017\n"
        "Paper 23: 1 article, 3 May 2016 to 16 September 2017"
    )


async def test_a_chat_that_keeps_to_some_sources_is_shown_these(telegram, say, start, keeps_to):
    library = shelf(2)
    add(library, range(3, 5), "Kelp & Co")
    await keeps_to("Kelp & Co")
    async with start(library):
        await say("/sources")

    assert text(telegram) == ("1 source\n\nKelp & Co: 2 articles, 3 May 2016 to 16 September 2017")


# One article.


def long_article() -> FakeLibrary:
    """An article of three pages."""
    library = FakeLibrary()
    texts = [f"Paragraph {number}. " + "Otters sleep in the kelp. " * 40 for number in range(6)]
    paragraphs = tuple((100 + number, text.strip()) for number, text in enumerate(texts))
    library.readings["long.md"] = Reading("long.md", credit(), paragraphs)
    library.held = {
        each: Quotable(each, "long.md", 0, len(text), text, credit()) for each, text in paragraphs
    }
    return library


async def test_an_article_is_found_by_words_of_its_title_and_paged(telegram, say, press, start):
    library = long_article()
    async with start(library):
        await say("/article Otters")
        first = text(telegram), labels(telegram)
    async with start(library):
        await press("›")

    assert first[0].startswith(
        "Otters, part 1 · Tidewater Weekly · 1 September 2017\n\nParagraph 0. Otters sleep"
    )
    assert "Paragraph 1." in first[0]
    assert "Paragraph 2." not in first[0]
    assert first[1] == [["1/3", "›"], ["Open the page"]]
    assert "\n\nParagraph 2. Otters sleep" in text(telegram)
    assert labels(telegram) == [["‹", "2/3", "›"], ["Open the page"]]


async def test_a_link_opens_an_article_at_the_quoted_paragraph(telegram, say, start):
    async with start(long_article()):
        await say(f"/start {at_paragraph(104)}")

    [quoted] = pieces(telegram, "blockquote")
    assert quoted.startswith("Paragraph 4. Otters sleep in the kelp.")
    assert labels(telegram) == [["‹", "3/3"], ["Open the page"]]
    assert telegram.buttons(7)["Open the page"] == "https://tidewater.example/1"


async def test_a_passage_of_a_search_is_opened_in_its_article(telegram, say, press, start):
    async with start(shelf(2)):
        await say("/search hands")
        await press("2")

    assert pieces(telegram, "blockquote") == ["It holds hands."]
    assert text(telegram).startswith("Otters, part 2 · ")


async def test_an_opened_article_is_paged_and_left_for_its_list(telegram, say, press, start):
    library = long_article()
    library.listed = (Listed("long.md", credit(), 6, 100),)
    async with start(library):
        await say("/latest")
        await press("1")
        await press("›")
        second = text(telegram), labels(telegram)
        await press("‹ Back to the list")

    assert "\n\nParagraph 2. Otters sleep" in second[0]
    assert second[1] == [["‹", "2/3", "›"], ["Open the page"], ["‹ Back to the list"]]
    assert text(telegram).startswith("The newest articles\n\n1. Otters, part 1")


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("/article walrus & co", "I have no article with walrus & co in its title. Try /search."),
        (
            "/article",
            "Put words of its title after the command: /article otters sleep. "
            "Or choose one from /latest.",
        ),
        (f"/start {at_paragraph(999)}", "This article has left the collection."),
        ("/start p_tooLONG", "Ask me a question and I answer with quotes"),
        ("/start ask", "Ask me a question and I answer with quotes"),
    ],
)
async def test_where_no_article_is_meant_that_is_said(telegram, say, start, said, reply):
    async with start(long_article()):
        await say(said)

    assert text(telegram).startswith(reply)
    assert labels(telegram) == []


async def test_an_article_that_leaves_while_it_is_read(telegram, say, press, start):
    library = long_article()
    async with start(library):
        await say("/article Otters")
        library.readings = {}
        await press("›")

    assert text(telegram) == "This article has left the collection."
    assert labels(telegram) == []


async def test_an_article_of_a_source_that_the_chat_leaves_out_is_not_shown(
    telegram, say, start, keeps_to
):
    await keeps_to("Kelp & Co")
    async with start(long_article()):
        await say(f"/start {at_paragraph(104)}")

    assert text(telegram) == "This article has left the collection."


async def test_an_article_that_cannot_be_looked_up_is_apologised_for(telegram, say, start):
    async with start(Broken()):
        await say("/article Otters")

    assert text(telegram).startswith("Something went wrong on my side (reference ")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://tidewater.example/1",
        "https://localhost/1",
        "https://[::1",
        "https://ü.example/1",
    ],
)
async def test_an_address_that_telegram_would_refuse_is_no_button(telegram, say, start, url):
    library = FakeLibrary()
    library.readings["1.md"] = Reading("1.md", Credit(title="Otters", url=url), ((1, "Kelp."),))
    async with start(library):
        await say("/article Otters")

    assert labels(telegram) == []
    assert text(telegram) == "Otters\n\nKelp."


# Over a real collection.


async def test_what_is_looked_up_in_a_real_collection_can_be_read(
    telegram, say, press, start, tmp_path
):
    desk = Desk(tmp_path)
    desk.write("otters.txt", OTTERS)
    desk.write("tea.txt", TEA)
    await asyncio.to_thread(desk.reindex)
    library = await asyncio.to_thread(desk.library)

    async with start(library):
        await say("/search tide harbour master")
        found = text(telegram), pieces(telegram, "bold")
        await press("1")
        opened = pieces(telegram, "blockquote")
        await say("/article harbour")
        titled = text(telegram)
        await say("/search lantern")
    await asyncio.to_thread(library.close)

    assert found[1][0] == "tide harbour master"
    assert "No passage holds all of these words; these hold some of them." in found[0]
    assert len(opened) == 1
    assert opened[0] in OTTERS
    assert titled.startswith("Sea otters of the harbour\n\nSea otters hold hands")
    assert pieces(telegram, "bold") == ["lantern", "Lantern"]


@pytest.mark.parametrize("asked", ["/search kelp", "/latest"])
async def test_a_forged_page_of_a_real_collection_shows_the_last(
    telegram, say, press, start, tmp_path, asked
):
    desk = Desk(tmp_path)
    for number in range(9):
        desk.write(f"{number}.txt", f"Kelp {number}\n\nThe kelp drifted ashore, part {number}.")
    await asyncio.to_thread(desk.reindex)
    library = await asyncio.to_thread(desk.library)

    async with start(library):
        await say(asked)
        await press("", data=far(telegram.buttons(7)["›"], 10**18 - 1))
    await asyncio.to_thread(library.close)

    assert labels(telegram)[-1] == ["‹", "2/2"]
