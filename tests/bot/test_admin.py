"""The bot's admins, in their private chat: how it is doing, and what is added to the sources."""

import asyncio
import contextlib
import json
import logging
import os
import sqlite3
import sys
import time
from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.__main__ import run
from bot.database import BotData
from bot.doors import Doors, Refused, ask
from bot.health import MOST_KINDS, Health, Room, room_of
from bot.incoming import KEPT_S, folder_in, place_for, sweep
from bot.limits import DOWNLOAD_BYTES
from bot.phrases import phrases_in
from bot.settings import BotSettings
from bot.unanswered import record
from scripts.simulator.api import TOKEN
from scripts.simulator.post import group, person, private_chat
from tests.support.collections import TEA, Desk
from tests.support.library import SEARCHED, FakeLibrary
from tests.support.visit import visiting
from tests.support.web import web_server

WORDS = phrases_in("en").admin
ADMIN = 7
NIGHT = "Sea otters hold hands while they sleep, so that the tide does not part them."
FEED = (
    "<rss version='2.0'><channel><title>Harbour &amp; Tides</title><item><title>Otters</title>"
    f"<guid>1</guid><description>{NIGHT}</description>"
    "<pubDate>Mon, 08 May 2017 09:00:00 GMT</pubDate></item></channel></rss>"
)
FRONT = (
    "<!DOCTYPE html><html><head><title>How otters sleep</title>"
    '<link rel="alternate" type="application/rss+xml" href="/feed"></head>'
    f"<body><article><h1>How otters sleep</h1>{f'<p>{NIGHT}</p>' * 3}</article>"
)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder of articles and a list of sources, as the doors find them in the settings."""
    desk = Desk(tmp_path)
    (tmp_path / "own.toml").write_text("# ours\n")
    monkeypatch.setenv("INDEX_URL", str(desk.folder))
    monkeypatch.setenv("INDEX_SOURCES", f"{tmp_path / 'own.toml'},{desk.articles}")
    return desk


@pytest.fixture
def web():
    with web_server() as web:
        yield web


@pytest.fixture
def serve(telegram, library, tmp_path, desk, web):
    @contextlib.asynccontextmanager
    async def serving(other=None, **doors):
        settings = BotSettings(
            token=SecretStr(TOKEN),
            api_url=telegram.address,
            data=tmp_path / "bot",
            admins=(ADMIN,),
        )
        stop = asyncio.Event()
        own = Doors(
            reindex=_module("reindex", str(desk.folder), str(desk.articles)),
            sources=_module("sources", str(web.port)),
            collection=tmp_path,
            **doors,
        )
        work = run(settings, other or library, stop=stop, doors=own)
        bot = asyncio.create_task(work)
        try:
            yield
        finally:
            stop.set()
            await bot

    return serving


def _module_of(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"scripts.{name}")


def _module(name: str, *words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"tests.support.{name}", *words)


def shown(telegram, chat: int = ADMIN) -> str:
    return telegram.current(chat)["text"] if telegram.sent else ""


class Hand:
    """Presses buttons by what they say."""

    def __init__(self, telegram, post) -> None:
        self._telegram, self._post = telegram, post

    async def press(self, label: str, message: int | None = None, by=None) -> None:
        number = self._telegram.numbers[message] if message is not None else None
        data = self._telegram.buttons(ADMIN, number)[label]
        under = self._telegram.current(ADMIN, number)
        await self._telegram.push(self._post.presses(under, data, by))


@pytest.fixture
def hand(telegram, post):
    return Hand(telegram, post)


def document(post, name: str | None, identifier: str, chat=None, *, size: int = 100, **more):
    told = {"file_id": identifier, "file_unique_id": identifier, "file_size": size}
    told |= {"file_name": name} if name is not None else {}
    update = post.says("", chat, document=told, **more)
    del update["message"]["text"], update["message"]["entities"]
    return update


def kept_aside(tmp_path) -> list[str]:
    return names(folder_in(tmp_path / "bot"))


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


# Files.


async def test_a_file_is_shown_confirmed_put_among_the_sources_and_quoted(
    tmp_path, telegram, post, serve, desk, hand
):
    desk.write("otters.txt", NIGHT)
    await asyncio.to_thread(desk.reindex)
    library = await asyncio.to_thread(desk.library)
    telegram.files["tea1"] = TEA.encode()

    async with serve(library):
        await telegram.push(document(post, "../../Tea & ships.TXT", "tea1"))
        await telegram.until(lambda: "File" in shown(telegram))
        preview, buttons = shown(telegram), list(telegram.buttons(ADMIN))
        assert len(kept_aside(tmp_path)) == 1
        assert names(desk.articles) == ["otters.txt"]
        await hand.press("Add")
        await telegram.until(lambda: "Added" in shown(telegram))
        assert shown(telegram) == "Added as Tea-ships.txt. A reindex reads it."
        await hand.press("Reindex now")
        await telegram.until(lambda: "generation 2" in shown(telegram))
        await telegram.push(post.says("What did the clipper Larkspur land at Tidewater?"))
        await telegram.until(lambda: len(telegram.sent) == 3)
    await asyncio.to_thread(library.close)

    assert preview.splitlines() == [
        "File: Tea arrives",
        "1 article, 2 paragraphs",
        "The clipper Larkspur landed ninety chests of tea at Tidewater on Monday.",
    ]
    assert buttons == ["Add", "Cancel"]
    assert (desk.articles / "Tea-ships.txt").read_text() == TEA
    assert kept_aside(tmp_path) == []
    assert telegram.buttons(ADMIN, telegram.numbers[0]) == {}
    assert "ninety chests of tea" in telegram.texts()[-1]


async def test_a_file_that_is_cancelled_is_deleted(tmp_path, telegram, post, serve, desk, hand):
    telegram.files["tea1"] = TEA.encode()
    async with serve():
        await telegram.push(document(post, "tea.txt", "tea1"))
        await telegram.until(lambda: "File" in shown(telegram))
        await hand.press("Cancel")
        await telegram.until(lambda: "Nothing" in shown(telegram))

    assert shown(telegram) == "Nothing was added."
    assert telegram.buttons(ADMIN) == {}
    assert (kept_aside(tmp_path), names(desk.articles)) == ([], [])


async def test_a_file_of_many_articles_and_faults_is_told_of(telegram, post, serve):
    rows = [
        f'{{"title": "Kelp <1>", "publisher": "Tides", "date": "2017-05-03", "text": "{NIGHT}"}}',
        '{"title": "Kelp 2", "text": "Kelp & tea are green and grow near the harbour."}',
        "otters",
    ]
    telegram.files["kelp"] = "\n".join(rows).encode()
    async with serve():
        await telegram.push(document(post, "kelp.jsonl", "kelp"))
        await telegram.until(lambda: "File" in shown(telegram))

    assert shown(telegram).splitlines() == [
        "File: Kelp <1>",
        "2 articles, 2 paragraphs",
        "Tides · 3 May 2017",
        NIGHT,
        "1 part cannot be read:",
        "• line 3 of 3: not valid JSON (Expecting value)",
    ]


@pytest.mark.parametrize("name", ["tides.xyz", None])
async def test_a_file_of_no_use_is_refused_and_deleted(name, tmp_path, telegram, post, serve):
    telegram.files["odd"] = b"  "
    async with serve():
        await telegram.push(document(post, name, "odd"))
        await telegram.until(lambda: "cannot" in shown(telegram))

    assert shown(telegram) == "That cannot be added:\nthe file is empty"
    assert kept_aside(tmp_path) == []


async def test_a_file_that_is_too_large_is_refused_with_what_to_do(telegram, post, serve):
    too_large = (
        "Telegram gives me files of at most 20 MB. Put this one into a folder among the sources, "
        "and read it with scripts/run reindex."
    )
    telegram.fail("getFile", 400, "Bad Request: file is too big")
    async with serve():
        await telegram.push(document(post, "a.txt", "a", size=DOWNLOAD_BYTES + 1))
        await telegram.until(lambda: shown(telegram) == too_large)
        await telegram.push(document(post, "b.txt", "b"))
        await telegram.until(lambda: len(telegram.sent) == 2 and shown(telegram) == too_large)

    assert len(telegram.made("getFile")) == 1


async def test_a_file_that_telegram_does_not_hand_over_is_asked_for_again(telegram, post, serve):
    telegram.fail("getFile", 502, "Bad Gateway")
    async with serve():
        await telegram.push(document(post, "a.txt", "a"))
        await telegram.until(lambda: "again" in shown(telegram))
        await telegram.push(document(post, "b.txt", "unknown"))
        await telegram.until(lambda: len(telegram.sent) == 2 and "again" in shown(telegram))

    assert shown(telegram) == "I could not get that file from Telegram. Please send it again."


async def test_a_file_that_waited_too_long_is_asked_for_again(
    tmp_path, telegram, post, serve, hand
):
    telegram.files["tea1"] = TEA.encode()
    async with serve():
        await telegram.push(document(post, "tea.txt", "tea1"))
        await telegram.until(lambda: "File" in shown(telegram))
        (name,) = kept_aside(tmp_path)
        day_ago = time.time() - KEPT_S - 1
        os.utime(folder_in(tmp_path / "bot") / name, (day_ago, day_ago))
    async with serve():
        await hand.press("Add")
        await telegram.until(lambda: "not here" in shown(telegram))

    assert shown(telegram) == "That file is not here any more. Please send it again."
    assert kept_aside(tmp_path) == []


async def test_two_presses_add_a_file_once(tmp_path, telegram, post, serve, desk, hand):
    telegram.files["tea1"] = TEA.encode()
    async with serve():
        await telegram.push(document(post, "tea.txt", "tea1"))
        await telegram.until(lambda: "File" in shown(telegram))
        data, under = telegram.buttons(ADMIN)["Add"], telegram.current(ADMIN)
        await telegram.push(post.presses(under, data), post.presses(under, data))
        await telegram.until(lambda: len(telegram.made("answerCallbackQuery")) == 2)
        await telegram.until(lambda: "Added" in shown(telegram))

    assert names(desk.articles) == ["tea.txt"]
    assert shown(telegram) == "Added as tea.txt. A reindex reads it."


async def test_files_of_others_are_not_taken(tmp_path, telegram, post, serve, library):
    telegram.files["tea1"] = TEA.encode()
    captioned = document(post, "a.txt", "tea1", private_chat(99), caption="Who sails?")
    in_group = document(post, "a.txt", "tea1", group())
    async with serve():
        await telegram.push(in_group, document(post, "tea.txt", "tea1", private_chat(99)))
        await telegram.until(lambda: len(telegram.sent) == 1)
        await telegram.push(captioned)
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert telegram.texts()[0] == (
        "Files are only taken from the bot's admins. Ask me a question instead."
    )
    assert library.asked == ["Who sails?"]
    assert telegram.made("getFile") == []
    assert kept_aside(tmp_path) == []


def test_what_is_kept_aside_has_nothing_of_the_senders_name_but_a_plain_suffix(tmp_path):
    names = [place_for(name, tmp_path).name for name in ("../a.txt", "b.t x", "c.é", "..", "")]

    assert [name[16:] for name in names] == [".txt", "", "", "", ""]
    assert len({name[:16] for name in names}) == 5


def test_only_what_has_waited_for_a_day_is_swept(tmp_path):
    sweep(tmp_path)
    old, new = place_for("a.txt", tmp_path), place_for("b.txt", tmp_path)
    for file in (old, new):
        file.write_text(NIGHT)
    day_ago = time.time() - KEPT_S - 1
    os.utime(old, (day_ago, day_ago))

    sweep(tmp_path)

    assert list(folder_in(tmp_path).iterdir()) == [new]


def test_a_file_that_vanishes_while_others_are_swept_stops_nothing(tmp_path):
    # A link that leads nowhere is listed, and is not there when it is looked at.
    gone, old = place_for("a.txt", tmp_path), place_for("b.txt", tmp_path)
    gone.symlink_to(tmp_path / "nowhere")
    old.write_text(NIGHT)
    day_ago = time.time() - KEPT_S - 1
    os.utime(old, (day_ago, day_ago))

    sweep(tmp_path)

    assert [each.name for each in folder_in(tmp_path).iterdir()] == [gone.name]


async def test_what_comes_from_outside_stands_behind_the_options_of_a_door(
    tmp_path, telegram, library, post
):
    said = tmp_path / "said"
    odd = {"where": "--page", "kind": "page", "articles": 1, "name": "x", "target": "x"}
    odd |= {"title": "", "publisher": "", "published": "", "begins": "", "faulty": 0}
    odd["paragraphs"] = 1
    told = f"open({str(said)!r}, 'a').write(json.dumps(sys.argv[1:]) + '\\n'); "
    code = f"import json, sys; {told}print(json.dumps({odd!r}))"
    door = (sys.executable, "-c", code)
    async with visiting(telegram, library, tmp_path, admins=(ADMIN,)) as visit:
        visit.office = replace(visit.office, doors=Doors(door, door, door))
        await visit.hears(post.says("/addsource --follow --yes"))
        await visit.presses(ADMIN, WORDS.add)
        telegram.files["f"] = b"otters"
        await visit.hears(document(post, "--yes", "f"))
        await visit.presses(ADMIN, WORDS.add)

    looked, added, read, kept = map(json.loads, said.read_text().splitlines())
    assert looked == ["add", "--json", "--name=--yes", "--", "https://--follow"]
    assert added == ["add", "--yes", "--json", "--page", "--name=--yes", "--", "--page"]
    assert read[:-1] == ["--json", "--name=--yes", "--"]
    assert kept[:-1] == ["--yes", "--json", "--name=--yes", "--"]
    assert read[-1] == kept[-1]
    assert read[-1].startswith(str(folder_in(tmp_path)))


@pytest.mark.parametrize("door", [("sources", "add"), ("add",)])
async def test_a_door_reads_nothing_behind_the_dashes_as_an_option(door, desk):
    name, *verb = door
    refused = await ask(_module_of(name), *verb, "--json", "--", "--help")

    assert isinstance(refused, Refused)
    assert "--help" in refused.reason


# Feeds and pages.


async def test_addsource_shows_a_pages_feed_and_adds_it_once_that_is_confirmed(
    tmp_path, telegram, post, serve, web, hand
):
    web.serve("/feed", FEED)
    page = web.serve("/", FRONT)
    async with serve():
        await telegram.push(post.says(f"/addsource {page} Our <Harbour>"))
        await telegram.until(lambda: "cannot" in shown(telegram))
        await telegram.push(post.says(f"/addsource {page} Our Harbour"))
        await telegram.until(lambda: "Feed" in shown(telegram))
        preview, buttons = shown(telegram), list(telegram.buttons(ADMIN))
        assert (tmp_path / "own.toml").read_text() == "# ours\n"
        await hand.press("Add, with the articles' pages")
        await telegram.until(lambda: "Added" in shown(telegram))

    assert preview.splitlines() == [
        "Feed: Harbour & Tides",
        "http://harbour.example/feed",
        "1 article:",
        "• 2017-05-08 Otters",
        "The feed has summaries only, it seems; the articles' pages can be read too.",
    ]
    assert buttons == ["Add", "Add, with the articles' pages", "Add only this page", "Cancel"]
    assert shown(telegram) == "Added as Our Harbour. A reindex reads it."
    assert list(telegram.buttons(ADMIN)) == ["Reindex now"]
    assert (tmp_path / "own.toml").read_text() == (
        '# ours\n\n[[source]]\nname = "Our Harbour"\nfeed = "http://harbour.example/feed"\n'
        "follow = true\n"
    )


async def test_a_link_from_an_admin_is_shown_and_can_be_added_as_a_page(
    tmp_path, telegram, post, serve, web, hand
):
    web.serve("/feed", FEED)
    async with serve():
        await telegram.push(post.says(web.serve("/", FRONT)))
        await telegram.until(lambda: "Feed" in shown(telegram))
        await hand.press("Add only this page")
        await telegram.until(lambda: "Added" in shown(telegram))
        await telegram.push(post.says(web.serve("/", FRONT)))
        await telegram.until(lambda: len(telegram.sent) == 2 and "Feed" in shown(telegram))
        await hand.press("Cancel")
        await telegram.until(lambda: shown(telegram) == "Nothing was added.")

    assert (tmp_path / "own.toml").read_text() == (
        '# ours\n\n[[source]]\nname = "harbour.example"\npage = "http://harbour.example/"\n'
    )


async def test_a_page_without_a_feed_is_added_as_it_is(tmp_path, telegram, post, serve, web, hand):
    page = web.serve("/otters", FRONT.replace("alternate", "next"))
    async with serve():
        await telegram.push(post.says(page))
        await telegram.until(lambda: "Page" in shown(telegram))
        preview, buttons = shown(telegram), list(telegram.buttons(ADMIN))
        await hand.press("Add")
        await telegram.until(lambda: "Added" in shown(telegram))

    assert preview.splitlines() == ["Page: How otters sleep", page, f"• {NIGHT}"]
    assert buttons == ["Add", "Cancel"]
    assert f'page = "{page}"' in (tmp_path / "own.toml").read_text()


async def test_a_source_that_has_gone_meanwhile_is_not_added(telegram, post, serve, web, hand):
    feed = web.serve("/feed", FEED)
    async with serve():
        await telegram.push(post.says(feed))
        await telegram.until(lambda: "Feed" in shown(telegram))
        web.serve("/feed", status=410)
        await hand.press("Add")
        await telegram.until(lambda: "cannot" in shown(telegram))

    assert shown(telegram).startswith("That cannot be added:\n")
    assert telegram.buttons(ADMIN) == {}


async def test_an_address_of_this_machine_and_a_path_are_refused(telegram, post, serve):
    async with serve():
        await telegram.push(post.says("/addsource http://127.0.0.1/feed"))
        await telegram.until(lambda: "cannot" in shown(telegram))
        await telegram.push(post.says("/addsource /etc"))
        await telegram.until(lambda: len(telegram.sent) == 2 and "cannot" in shown(telegram))
        await telegram.push(post.says("/addsource"))
        await telegram.until(lambda: len(telegram.sent) == 3)

    first, second, third = (telegram.current(ADMIN, n)["text"] for n in telegram.numbers)
    assert first.startswith("That cannot be added:\n127.0.0.1 is")
    assert second.startswith("That cannot be added:\n")
    assert third.startswith("Put the address of a feed or page after the command")


async def test_links_of_others_and_questions_of_admins_stay_questions(
    telegram, post, serve, library
):
    async with serve():
        await telegram.push(post.says("https://harbour.example/", private_chat(99)))
        await telegram.push(post.says("Is https://harbour.example/ about otters?"))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert sorted(library.asked) == [
        "Is https://harbour.example/ about otters?",
        "https://harbour.example/",
    ]


# /status and /unanswered.


async def test_status_says_how_everything_is(tmp_path, telegram, post, serve, caplog):
    logger = logging.getLogger("bot.tides")
    async with serve():
        await telegram.until(lambda: len(telegram.made("getUpdates")) >= 2)
        logger.error("otters %s", "77:AAFakeTokenOfAnotherBot")
        logging.getLogger("bot.kelp").warning("no error")
        await telegram.push(post.says("/status"))
        await telegram.until(lambda: telegram.sent)

    lines = shown(telegram).splitlines()
    assert lines[:3] == [
        "Collection: generation 7, 1,234 articles, published 17 September 2017, 10:00.",
        "Last /reindex: none yet.",
        "Waiting: 0 messages, 0 questions being looked up; 0 messages could not be read.",
    ]
    assert lines[3].startswith("Telegram last answered ")
    assert lines[4] == "Errors since the start: 1 (bot.tides 1)."
    assert lines[5].startswith("Disk: the collection ")
    assert lines[6].startswith("Up for ")
    assert "Quotewire" in lines[6]
    assert lines[6].endswith("hash")
    assert len(lines) == 7
    assert "AAFake" not in shown(telegram)


class Undated(FakeLibrary):
    def status(self):
        return replace(SEARCHED, published_at="")


async def test_a_collection_of_an_unknown_day_is_told_of(telegram, post, serve):
    async with serve(Undated()):
        await telegram.push(post.says("/status"))
        await telegram.until(lambda: telegram.sent)

    assert shown(telegram).splitlines()[0].endswith(" 1,234 articles, published —.")


class Broken(FakeLibrary):
    def status(self):
        raise OSError("otters")


async def test_status_is_told_even_of_a_broken_collection(tmp_path, telegram, post, serve):
    async with serve(
        Broken(),
    ):
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "generation 1" in shown(telegram))
    async with serve(Broken()):
        await telegram.push(post.poison())
        await telegram.push(post.says("/status"))
        await telegram.until(lambda: len(telegram.sent) == 2)

    lines = shown(telegram).splitlines()
    assert lines[0].startswith("Something went wrong on my side (reference ")
    assert lines[1].startswith("Last /reindex: ")
    assert lines[1].endswith(", done.")
    assert lines[2].endswith("; 1 messages could not be read.")


async def test_unanswered_questions_are_listed_and_cleared_once_that_is_sure(
    tmp_path, telegram, post, serve, hand
):
    async with BotData(tmp_path / "bot" / "bot.db") as data:
        for asked in ("Who fed <them>?", "who fed <them>", "What is kelp?"):
            await record(data, asked)
    async with serve():
        await telegram.push(post.says("/unanswered"))
        await telegram.until(lambda: telegram.sent)
        listed = shown(telegram)
        await hand.press("Clear the list")
        await telegram.until(lambda: "Cancel" in telegram.buttons(ADMIN))
        await hand.press("Cancel")
        await telegram.until(lambda: "Clear the list" in telegram.buttons(ADMIN))
        assert shown(telegram) == listed
        await hand.press("Clear the list")
        await telegram.until(lambda: "Yes, clear it" in telegram.buttons(ADMIN))
        await hand.press("Yes, clear it")
        await telegram.until(lambda: shown(telegram) == "The list is cleared.")
        await telegram.push(post.says("/unanswered"))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert listed.splitlines() == [
        "2 different questions got no answer, asked most often first:",
        "2 × Who fed <them>?",
        "1 × What is kelp?",
        "",
        "In a terminal, scripts/run golden --from-bot makes golden questions of them: each reindex"
        " then shows whether they are answered.",
    ]
    assert telegram.texts()[-1] == "No question is known that got no answer."


async def test_every_command_is_for_admins_and_for_private_chats(telegram, post, serve):
    commands = ("status", "unanswered", "addsource")
    async with serve():
        for command in commands:
            await telegram.push(post.says(f"/{command}", private_chat(99)))
            await telegram.push(post.says(f"/{command}@quotewire_bot", group()))
        await telegram.until(lambda: len(telegram.sent) == 6)

    assert telegram.texts(99) == 3 * ["That is for admins only."]
    assert telegram.texts(-100_5) == 3 * ["That I do only in our private chat."]


async def test_a_button_whose_matter_is_not_known_any_more_does_nothing(
    tmp_path, telegram, post, serve, hand
):
    async with BotData(tmp_path / "bot" / "bot.db") as data:
        await record(data, "What is kelp?")
    async with serve():
        await telegram.push(post.says("/unanswered"))
        await telegram.until(lambda: telegram.sent)
        with contextlib.closing(sqlite3.connect(tmp_path / "bot" / "bot.db")) as db, db:
            kept = "select count(*) from sheets"
            await telegram.until(lambda: db.execute(kept).fetchone()[0] == 1)
            db.execute("update sheets set told = '{}'")
        await hand.press("Clear the list")
        await telegram.until(lambda: telegram.made("answerCallbackQuery"))
        await hand.press("Clear the list", by=person(99))
        await telegram.until(lambda: len(telegram.made("answerCallbackQuery")) == 2)

    told = [answered["text"] for answered in telegram.made("answerCallbackQuery")]
    assert told == ["That is over already.", "That is for admins only."]


# The parts.


def test_errors_are_counted_by_their_logger_and_only_while_it_runs():
    health = Health(clock=lambda: 5.0)
    with health.watching():
        for number in range(MOST_KINDS + 2):
            logging.getLogger(f"otters.{number}").error("kelp")
        logging.getLogger("otters.0").critical("kelp")
        logging.getLogger("otters.0").warning("kelp")
    logging.getLogger("otters.0").error("kelp")

    assert health.errors["otters.0"] == 2
    assert health.errors["others"] == 2
    assert len(health.errors) == MOST_KINDS + 1


def test_health_tells_since_when():
    now = [5.0]
    health = Health(clock=lambda: now[0])
    assert (health.up_s, health.heard_s) == (0.0, None)
    now[0] = 9.0
    health.polled()
    now[0] = 15.0
    assert (health.up_s, health.heard_s) == (10.0, 6.0)


def test_the_room_of_a_folder_is_that_of_its_files(tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "a").write_bytes(b"otter")
    (tmp_path / "b").write_bytes(b"kelp")
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")

    used = room_of(tmp_path).used

    assert used == 9 + (tmp_path / "gone").lstat().st_size
    assert room_of(tmp_path, most=1).used in {4, 5, used - 9}
    assert isinstance(room_of(tmp_path), Room)


def test_what_is_said_of_amounts():
    assert WORDS.room(5 * 2**20, None, 3 * 2**30).endswith(": the bot's data 5 MB, free 3 GB.")
    assert WORDS.never_heard == "<b>Telegram</b> has not answered yet."
    assert WORDS.no_errors == "<b>Errors</b> since the start: none."
    assert WORDS.last_reindex("today", "failed").endswith(": today, failed.")
    assert WORDS.page(WORDS.untitled, "x") == "<b>Page</b>: without a title\nx"


async def test_a_door_that_takes_too_long_or_is_not_there_is_refused():
    slow = (sys.executable, "-c", "import time; time.sleep(600)")
    odd = (sys.executable, "-c", "print('otters')")
    many = (sys.executable, "-c", "print('[1]')")

    assert await ask(slow, patience_s=0.5) == Refused("it took longer than 0 s")
    assert await ask(("/nowhere/otter",)) == Refused("No such file or directory")
    assert await ask(odd) == Refused("")
    assert await ask(many) == Refused("")
