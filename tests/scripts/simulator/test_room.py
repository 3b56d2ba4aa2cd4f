"""A simulated group in the terminal: lines in, and what would be seen in Telegram out."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.simulator.api import FakeTelegram
from scripts.simulator.lines import Deed, Line, read_line
from scripts.simulator.stage import on_stage
from scripts.simulator.terminal import simulate
from tests.support.library import FakeLibrary, answer, passage

HEAD = "    How otters sleep · Tidewater Weekly · 16 September 2017"
BUTTONS = ["    (1) Context  (2) Article  (3) Why?", "    (4) 👍  (5) 👎  (6) Copy"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hello", Line("you", Deed.SAY, "hello")),
        ("/ask who: me?", Line("you", Deed.SAY, "/ask who: me?")),
        ("https://a.example", Line("you", Deed.SAY, "https://a.example")),
        ("ada: hi", Line("ada", Deed.SAY, "hi")),
        ("ada in private: hi", Line("ada", Deed.SAY, "hi", chat="private")),
        ("ada #news: hi", Line("ada", Deed.SAY, "hi", topic="news")),
        ("ada reply to 3: and?", Line("ada", Deed.REPLY, "and?", number=3)),
        ("ada #news reply 3: and?", Line("ada", Deed.REPLY, "and?", topic="news", number=3)),
        ("ada edit: oh", Line("ada", Deed.EDIT, "oh")),
        ("ada edit 4: oh", Line("ada", Deed.EDIT, "oh", number=4)),
        ("press: 2", Line("you", Deed.PRESS, "2")),
        ("edit: oh", Line("you", Deed.EDIT, "oh")),
        ("reply to 3: and?", Line("you", Deed.REPLY, "and?", number=3)),
        (": hm", Line("you", Deed.SAY, ": hm")),
        ("ada press: 2", Line("ada", Deed.PRESS, "2")),
        ("ada press on 4: More", Line("ada", Deed.PRESS, "More", number=4)),
    ],
)
def test_a_line_says_who_does_what(typed, meant):
    assert read_line(typed) == meant


@given(st.text(max_size=60))
def test_any_line_means_something(typed):
    line = read_line(typed)

    assert line.deed in Deed
    assert line.who


async def played(library: FakeLibrary, folder: Path, *lines: str, **settings: object) -> list[str]:
    seen: list[str] = []
    fake = FakeTelegram()
    async with on_stage(library, folder, fake=fake, **settings) as room:
        for line in lines:
            seen += await room.do(read_line(line))
    assert fake.problems == []
    return seen


async def test_people_see_messages_buttons_edits_and_notices(tmp_path):
    short = FakeLibrary(lambda question: answer(passage("Otters sleep."), question=question))
    seen = await played(
        short,
        tmp_path,
        "good morning",
        "ada: @quotewire_bot how do otters sleep?",
        "bo press: Context",
        "bo press: 1",
        "bo press: 👍",
        "bo press: Copy",
        "bo press: 9",
        "bo press on 77: 1",
        "ada reply to 3: and where?",
        "ada edit: and when?",
        "ada reply: and who?",
    )

    quote = [HEAD, "  | Otters sleep."]
    assert seen == [
        "[1] you: good morning",
        "[2] ada: @quotewire_bot how do otters sleep?",
        *("[3] Quotewire (to 2):", *quote, *BUTTONS),
        "bo presses Context",
        *("[3] Quotewire (edited):", HEAD, "", "    Before.", "", "  | Otters sleep.", ""),
        *("    After.", "    (1) ‹ Answer  (2) Context  (3) Article  (4) Why?"),
        "bo presses ‹ Answer",
        *("[3] Quotewire (edited):", *quote, *BUTTONS),
        "bo presses 👍",
        "    notice: Thank you.",
        "Copy asks nothing of the bot: it opens or copies.",
        "There is no button 9.",
        "There is no message 77.",
        "[4] ada (to 3): and where?",
        *("[5] Quotewire (to 4):", *quote, *BUTTONS),
        "[4] ada (edited): and when?",
        *("[5] Quotewire (edited):", *quote, *BUTTONS),
        "Which message? Write its number, as in ada reply 2: ...",
    ]


async def test_topics_private_chats_and_admins_are_told_apart(tmp_path):
    seen = await played(
        FakeLibrary(lambda question: answer(question=question)),
        tmp_path,
        "ada #rafts: /ask what is a raft?",
        "ada in private: and a pup?",
        "anonymous: /settings",
        "anonymous press: Done",
        "ada: /settings",
    )

    assert [line for line in seen if line.startswith(("[", "anonymous"))] == [
        "[1] ada #rafts: /ask what is a raft?",
        "[2] Quotewire (to 1):",
        "[3] ada (in private): and a pup?",
        "[4] Quotewire (to 3):",
        "[5] anonymous: /settings",
        "[6] Quotewire (to 5):",
        "anonymous presses Done",
        "[6] Quotewire (edited):",
        "[7] ada: /settings",
        "[8] Quotewire (to 7):",
    ]
    assert seen[-1] == "    That is for admins only."


async def test_lines_are_played_until_the_end_or_until_somebody_leaves(tmp_path):
    seen: list[str] = []
    lines = iter(["# a remark", "", "you: hello", "/quit", "you: too late"])

    await simulate(FakeLibrary(), lines, seen.append)

    assert seen == ["[1] you: hello"]


async def test_a_chat_that_there_is_not_makes_nothing_public(tmp_path):
    [said] = await played(FakeLibrary(), tmp_path, "ada in privat: /ask why?")

    assert said == "There is no chat privat; write: ada in private: ..."


async def test_without_buttons_there_is_nothing_to_press(tmp_path):
    assert await played(FakeLibrary(), tmp_path, "ada press: 1") == ["No message has buttons."]


async def test_what_the_bot_does_by_itself_is_seen_too(tmp_path):
    library = FakeLibrary()
    async with on_stage(library, tmp_path) as room:
        await room.do(read_line("ada: hello"))
        assert await room.watch() == []
