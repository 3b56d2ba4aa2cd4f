"""/reindex: a process beside the bot, followed in one message, stopped safely."""

import asyncio
import contextlib
import fcntl
import json
import sqlite3
import sys

import pytest
from pydantic import SecretStr

from bot.__main__ import run
from bot.bulletin import Bulletin
from bot.database import BotData
from bot.doors import Doors
from bot.handlers.reindexing import closing_html, progress_html
from bot.outbox import Letter
from bot.phrases import phrases_in
from bot.reindexing import End, Reindexing, Run, Stage, last_run, remember
from bot.settings import BotSettings
from index.lock import FILE_NAME as LOCK
from scripts.simulator.api import TOKEN
from scripts.simulator.post import group, person, private_chat
from tests.support.collections import OTTERS, TEA, Desk

WORDS = phrases_in("en").admin
ADMIN = 7
COUNTS = {"read": 2, "new": 1, "changed": 0, "unchanged": 1, "removed": 0, "failed_files": 0}
OUTCOME = {
    **COUNTS,
    "failed": [],
    "paragraphs": 1234,
    "embedded": 3,
    "generation": 8,
    "seconds": 12.2,
}


def python(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program)


def says(*told: object, then: str = "") -> tuple[str, ...]:
    """A door that says these objects, and then does something."""
    lines = "".join(f"print({json.dumps(each)!r}, flush=True);" for each in told)
    return python(f"import sys, time; {lines} {then}")


WAITS = "sys.stdin.read(); sys.exit(130)"
STAGE = {"stage": "embedding", "done": 64, "total": 640}


@pytest.fixture
def serve(telegram, library, tmp_path):
    @contextlib.asynccontextmanager
    async def serving(command: tuple[str, ...], other=None):
        settings = BotSettings(
            token=SecretStr(TOKEN),
            api_url=telegram.address,
            data=tmp_path / "bot",
            admins=(ADMIN, ADMIN + 1),
        )
        stop = asyncio.Event()
        doors = Doors(reindex=command)
        bot = asyncio.create_task(run(settings, other or library, stop=stop, doors=doors))
        try:
            yield
        finally:
            stop.set()
            await bot

    return serving


def shown(telegram, chat: int = ADMIN) -> str:
    return telegram.current(chat)["text"] if telegram.sent else ""


async def test_a_reindex_is_shown_in_one_message_and_its_articles_are_quoted(
    tmp_path, telegram, post, serve
):
    desk = Desk(tmp_path)
    desk.write("otters.txt", OTTERS)
    await asyncio.to_thread(desk.reindex)
    desk.write("tea.txt", TEA)
    desk.write("empty.txt", "")
    library = await asyncio.to_thread(desk.library)
    command = (sys.executable, "-m", "tests.support.reindex", str(desk.folder))

    async with serve((*command, str(desk.articles)), library):
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "generation 2" in shown(telegram))
        ending = shown(telegram)
        await telegram.push(post.says("What did the clipper Larkspur land at Tidewater?"))
        await telegram.until(lambda: len(telegram.sent) == 2)
    await asyncio.to_thread(library.close)

    assert telegram.texts()[0] == "Reindexing\nStarting …"
    first, *rest = ending.splitlines()
    assert first.startswith("Reindexed in ")
    assert rest == [
        "Articles: 1 new, 0 changed, 0 removed, 1 unchanged.",
        "Paragraphs: 2 embedded, 5 in all.",
        "1 file failed:",
        "• empty.txt: the file is empty",
    ]
    assert telegram.buttons(ADMIN, telegram.numbers[0]) == {}
    assert "The clipper Larkspur landed ninety chests of tea" in telegram.texts()[1]


async def test_progress_is_edited_in_and_a_press_cancels(telegram, post, serve, tmp_path):
    async with serve(says(STAGE, then=WAITS)):
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "64 of 640" in shown(telegram))
        assert shown(telegram) == "Reindexing\nEmbedding paragraphs: 64 of 640"
        cancel = telegram.buttons(ADMIN)["Cancel"]
        await telegram.push(post.presses(telegram.current(ADMIN), cancel))
        await telegram.until(lambda: "cancelled" in shown(telegram))

    assert shown(telegram).startswith("Reindexing was cancelled. The articles are as they were;")
    assert telegram.buttons(ADMIN) == {}
    (answered,) = telegram.made("answerCallbackQuery")
    assert answered["text"] == "Stopping at the next safe moment …"
    assert len(telegram.sent) == 1
    with contextlib.closing(sqlite3.connect(tmp_path / "bot" / "bot.db")) as db:
        ((value,),) = db.execute("select value from state where name = 'last reindex'").fetchall()
    assert json.loads(value)["end"] == "cancelled"


async def test_a_second_reindex_points_to_the_one_that_runs(telegram, post, serve):
    async with serve(says(STAGE, then=WAITS)):
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "64 of 640" in shown(telegram))
        await telegram.push(post.says("/reindex"))
        await telegram.push(post.says("/reindex", private_chat(ADMIN + 1)))
        await telegram.until(lambda: len(telegram.sent) == 3)

    here = next(sent for sent in telegram.sent[1:] if sent["chat_id"] == ADMIN)
    assert here["text"] == "A reindex is running already: this message shows how far it is."
    assert here["reply_parameters"]["message_id"] == telegram.numbers[0]
    (there,) = telegram.texts(ADMIN + 1)
    assert there == "Another admin has begun a reindex, which is still running."


async def test_with_the_bot_the_reindex_ends_and_says_so(telegram, post, serve, tmp_path):
    ended = tmp_path / "ended"
    mark = f"sys.stdin.read(); open({str(ended)!r}, 'w').write('yes')"
    async with serve(says(STAGE, then=mark)):
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "64 of 640" in shown(telegram))

    assert ended.read_text() == "yes"
    assert shown(telegram) == (
        "Reindexing stopped, since the bot did. The articles are as they were; /reindex goes on "
        "where it was."
    )


async def test_a_message_left_by_a_bot_that_was_killed_says_so_when_it_is_pressed(
    telegram, post, serve, tmp_path
):
    async with serve(says(STAGE, then=WAITS)):
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "64 of 640" in shown(telegram))
        cancel = telegram.buttons(ADMIN)["Cancel"]
        with contextlib.closing(sqlite3.connect(tmp_path / "bot" / "bot.db")) as db:
            rows = db.execute("select * from sheets").fetchall()
    with contextlib.closing(sqlite3.connect(tmp_path / "bot" / "bot.db")) as db, db:
        db.execute("delete from sheets")
        db.executemany(f"insert into sheets values ({','.join('?' * len(rows[0]))})", rows)
    telegram.shown[ADMIN, telegram.numbers[0]]["text"] = "Reindexing\nEmbedding: 64 of 640"

    async with serve(says()):
        await telegram.push(post.presses(telegram.current(ADMIN), cancel))
        await telegram.until(lambda: "stopped" in shown(telegram))

    assert telegram.made("answerCallbackQuery")[-1]["text"] == "That is over already."


async def test_a_collection_that_another_process_reindexes_is_said_in_words(
    tmp_path, telegram, post, serve
):
    desk = Desk(tmp_path)
    desk.folder.mkdir()
    command = (sys.executable, "-m", "tests.support.reindex", str(desk.folder))
    with (desk.folder / LOCK).open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("process 5 on harbour since 2017-09-16")
        lock.flush()
        async with serve((*command, str(desk.articles))):
            await telegram.push(post.says("/reindex"))
            await telegram.until(lambda: "Another process" in shown(telegram))

    assert shown(telegram).splitlines() == [
        "Another process is reindexing, in a terminal or by itself. Try again when it is through.",
        f"{desk.folder} is being reindexed by process 5 on harbour since 2017-09-16;"
        " wait for it to end, or stop it",
    ]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (python("import sys; sys.exit('no <model> for 4242:AAFakeTokenThat')"), "no <model> for"),
        (("/nowhere/otter",), "No such file or directory"),
    ],
)
async def test_a_reindex_that_breaks_down_says_why(command, reason, telegram, post, serve):
    async with serve(command):
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "failed" in shown(telegram))
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: len(telegram.sent) == 2)

    said = telegram.shown[ADMIN, telegram.numbers[0]]["text"]
    assert said.startswith(f"Reindexing failed. The articles are as they were.\n{reason}")
    assert "AAFake" not in said


async def test_it_is_for_admins_and_for_private_chats(telegram, post, serve):
    async with serve(says()):
        await telegram.push(post.says("/reindex", private_chat(99)))
        await telegram.push(post.says("/reindex@quotewire_bot", group()))
        stranger = post.says("/reindex@quotewire_bot", group(-100_9), **{"from": person(99)})
        await telegram.push(stranger)
        await telegram.until(lambda: len(telegram.sent) == 3)

    assert telegram.texts(99) == ["That is for admins only."]
    assert telegram.texts(-100_5) == ["That I do only in our private chat."]
    assert telegram.texts(-100_9) == ["That is for admins only."]


async def test_a_reindex_that_cannot_be_shown_is_not_begun(telegram, post, serve):
    telegram.fail("sendMessage", 403, "Forbidden: bot was blocked by the user")
    async with serve(says({"outcome": OUTCOME})):
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: len(telegram.made("sendMessage")) == 1)
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "generation 8" in shown(telegram))

    assert telegram.texts() == ["Reindexing\nStarting …"]


async def test_status_tells_that_one_runs(telegram, post, serve):
    async with serve(says(STAGE, then=WAITS)):
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "64 of 640" in shown(telegram))
        await telegram.push(post.says("/status"))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert telegram.texts()[1].splitlines()[1] == "A reindex is running."
    assert ": the bot's data " in telegram.texts()[1]


async def test_a_press_by_somebody_else_does_nothing(telegram, post, serve):
    async with serve(says(STAGE, then=WAITS)):
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "64 of 640" in shown(telegram))
        cancel = telegram.buttons(ADMIN)["Cancel"]
        await telegram.push(post.presses(telegram.current(ADMIN), cancel, person(99)))
        await telegram.until(lambda: telegram.made("answerCallbackQuery"))
        assert shown(telegram) == "Reindexing\nEmbedding paragraphs: 64 of 640"

    assert telegram.made("answerCallbackQuery")[0]["text"] == "That is for admins only."


# The parts.


class Clock:
    def __init__(self, *moments: float) -> None:
        self._moments = iter(moments)

    def __call__(self) -> float:
        return next(self._moments)


async def test_the_rate_is_that_of_the_stage():
    told = [("reading", 10, 10), ("embedding", 64, 640), ("embedding", 192, 640)]
    command = says(
        *({"stage": name, "done": done, "total": total} for name, done, total in told),
        {"outcome": OUTCOME},
    )
    stages = []

    ended = await Reindexing(command, clock=Clock(0, 100, 102)).run(stages.append)

    assert stages == [
        Stage("reading", 10, 10),
        Stage("embedding", 64, 640),
        Stage("embedding", 192, 640, rate=64.0),
    ]
    assert [stage.left_s for stage in stages] == [None, None, 7.0]
    assert (ended.end, ended.outcome) == (End.DONE, OUTCOME)


async def test_lines_that_are_no_objects_or_without_end_are_passed_over():
    program = (
        "import json; print('otters'); print('[1]'); print('x' * 1_000_000);"
        "print(json.dumps({'outcome': {'generation': 3}}))"
    )

    ended = await Reindexing(python(program)).run(lambda _: None)

    assert (ended.end, ended.outcome) == (End.DONE, {"generation": 3})


async def test_one_that_does_not_stop_is_ended():
    reindexing = Reindexing(says(STAGE, then="time.sleep(600)"), grace_s=0.1)
    begun = asyncio.Event()
    running = asyncio.create_task(reindexing.run(lambda _: begun.set()))
    await begun.wait()

    reindexing.cancel()

    assert (await running).end is End.CANCELLED


async def test_a_wish_to_stop_that_comes_before_the_process_is_heard():
    reindexing = Reindexing(says(STAGE, then=WAITS))
    reindexing.claim()
    reindexing.cancel()

    assert (await reindexing.run(lambda _: None)).end is End.CANCELLED


async def test_a_wish_to_stop_while_the_process_is_made_is_heard():
    reindexing = Reindexing(says(STAGE, then=WAITS))
    running = asyncio.create_task(reindexing.run(lambda _: None))
    await asyncio.sleep(0)
    reindexing.cancel()

    assert (await running).end is End.CANCELLED


async def test_what_was_published_in_spite_of_a_wish_to_stop_is_told():
    then = f"sys.stdin.read(); print({json.dumps({'outcome': OUTCOME})!r})"
    reindexing = Reindexing(says(STAGE, then=then))
    ended = await reindexing.run(lambda _: reindexing.cancel())

    assert ended.end is End.DONE


async def test_work_that_breaks_makes_room_for_another(caplog):
    async def breaks() -> None:
        raise ValueError("otters")

    reindexing = Reindexing(says())
    assert reindexing.claim()
    assert not reindexing.claim()
    reindexing.begin(breaks(), place=None)
    await reindexing.close()

    assert reindexing.claim()
    assert "a reindex was not followed to its end: ValueError" in caplog.text


async def test_how_the_last_run_ended_is_remembered(tmp_path):
    ended = Run(End.DONE, {**OUTCOME, "failed": [{"file": "a", "reason": "b"}]}, "", 5.0)
    async with BotData(tmp_path / "bot.db") as data:
        assert await last_run(data) is None
        await remember(data, Run(End.FAILED, reason="tides", ended_at=4.0))
        assert await last_run(data) == Run(End.FAILED, None, "tides", 4.0)
        await remember(data, ended)

        assert await last_run(data) == Run(End.DONE, OUTCOME, "", 5.0)


def test_progress_says_stage_count_rate_time_left_and_failures():
    assert progress_html(Stage("embedding", 640, 6_400, 120.4, 2), WORDS).splitlines() == [
        "<b>Reindexing</b>",
        "Embedding paragraphs: 640 of 6,400",
        "120 a second, 48 seconds left",
        "2 failures so far",
    ]
    assert progress_html(Stage("reading", 2, 7, 0.25), WORDS).splitlines()[2] == (
        "0.2 a second, 20 seconds left"
    )
    assert progress_html(Stage("loading the model", 0, 1), WORDS) == (
        "<b>Reindexing</b>\nLoading the model …"
    )
    assert progress_html(Stage("counting otters", 0, 1), WORDS).endswith("Working …")


def test_the_end_tells_the_figures_and_the_first_few_files_that_failed():
    failed = [{"file": f"/harbour/{n}<b>.txt", "reason": "it is & empty"} for n in range(7)]
    outcome = {**OUTCOME, "failed": failed, "failed_files": 7}

    assert closing_html(Run(End.DONE, outcome), WORDS).splitlines() == [
        "<b>Reindexed</b> in 12 seconds: generation 8.",
        "Articles: 1 new, 0 changed, 0 removed, 1 unchanged.",
        "Paragraphs: 3 embedded, 1,234 in all.",
        "7 files failed:",
        *(f"• {n}&lt;b&gt;.txt: it is &amp; empty" for n in range(5)),
        "…",
    ]


async def until(condition) -> None:
    while not condition():  # noqa: ASYNC110 - a task makes it come true
        await asyncio.sleep(0)


class Sent:
    """Takes its time for every letter."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.go = asyncio.Event()

    async def send(self, letter: Letter) -> None:
        self.letters.append(letter.html)
        await self.go.wait()


async def test_of_what_is_shown_meanwhile_only_the_newest_is_sent():
    sent = Sent()
    async with Bulletin(sent.send, span_s=0.01) as bulletin:
        bulletin.show(Letter(7, "1"))
        await until(lambda: sent.letters)
        for number in range(2, 500):
            bulletin.show(Letter(7, str(number)))
        sent.go.set()
        await until(lambda: len(sent.letters) == 2)
        bulletin.show(Letter(7, "499"))
        await bulletin.end(Letter(7, "over"))

    assert sent.letters == ["1", "499", "over"]


async def test_an_edit_that_fails_ends_nothing(telegram, post, serve):
    async with serve(says(STAGE, {"outcome": OUTCOME})):
        telegram.fail("editMessageText", 400, "Bad Request: something odd")
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "editMessageText" in [call.method for call in telegram.calls])
        await telegram.push(post.says("/reindex"))
        await telegram.until(lambda: "generation 8" in shown(telegram))
