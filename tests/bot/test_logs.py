"""Neither the token nor people's words reach the log, and its lines say what they belong to."""

import asyncio
import errno
import faulthandler
import io
import json
import logging
import os
import re
import sqlite3
import subprocess
import sys
import threading
import warnings
from contextlib import closing
from types import SimpleNamespace

import pytest
from pydantic import SecretStr
from telegram.error import Conflict, InvalidToken, NetworkError

from bot.logs import (
    Form,
    JsonLines,
    Level,
    Redaction,
    TextLines,
    begin_request,
    configure,
    describe,
    explained,
    reference,
)
from bot.settings import BotSettings, load_bot_settings
from index import ROOT, NoCollection
from scripts.simulator.api import TOKEN as FAKE
from scripts.simulator.post import group, private_chat
from tests.support.library import FakeLibrary

TOKEN = "4242:AAFakeTokenThatMustNeverBeWritten_0123456"
SHORT = "77:short"
MARK = "xylophone"
SECRET = "Webhook-Secret_9"


def fail(error: Exception) -> None:
    raise error


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(written):
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.Formatter("%(message)s"))
    handler.addFilter(Redaction(SHORT))
    logger = logging.getLogger("test.redaction")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("secret", "line"),
    [
        (f"POST https://api.telegram.org/bot{TOKEN}/getMe", "/bot<token>/getMe"),
        ("POST https://api.telegram.org/bot1:a/getMe", "/bot<token>/getMe"),
        (f"The token `{TOKEN}` was rejected", "The token `<token>` was rejected"),
        (f"by its value {SHORT}", "by its value <token>"),
        ("by its second half short", "by its second half <secret>"),
        ("in an address 4242%3AAAFakeTokenThatMustNever", "in an address <token>"),
        ("through http://ada:tide@proxy.example:80/", "through http://<login>@proxy.example:80/"),
    ],
)
def test_a_token_is_blackened_in_a_message(secret, line, logger, written):
    logger.warning("%s", secret)

    assert line in written.getvalue()


def test_of_an_error_in_a_record_only_its_place_is_written_unless_it_is_telegrams(logger, written):
    with pytest.raises(NetworkError) as caught:
        fail_after(KeyError(MARK), NetworkError(f"https://api.telegram.org/bot{TOKEN}/getMe"))

    logger.error("it failed", exc_info=caught.value, stack_info=True)

    assert "NetworkError: https://api.telegram.org/bot<token>/getMe\nfrom KeyError\n" in (
        written.getvalue()
    )
    assert "test_logs.py" in written.getvalue()
    assert not re.search(f"AAFake|{MARK}", written.getvalue())


def fail_after(first: Exception, error: Exception) -> None:
    try:
        raise first
    except KeyError as cause:
        raise error from cause


def test_a_line_whose_arguments_do_not_fit_shows_none_of_them(logger, written, capsys):
    logger.warning("%d", MARK)

    assert written.getvalue() == "a line that cannot be written (TypeError)\n"
    assert capsys.readouterr().err == ""


def test_times_and_ports_are_not_taken_for_tokens(logger, written):
    logger.warning("at 2017:09 on 127.0.0.1:8443/path")

    assert written.getvalue() == "at 2017:09 on 127.0.0.1:8443/path\n"


def test_a_strangers_error_is_described_by_its_place_alone():
    words = "my" + " secret"
    with pytest.raises(KeyError) as caught:
        fail(KeyError(words))

    described = describe(caught.value)

    assert described.startswith("KeyError\n  File ")
    assert words not in described


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoCollection("nothing is indexed; run reindex"), "NoCollection: nothing is indexed; run"),
        (NetworkError(f"bot{TOKEN} " + "x" * 900), "NetworkError: bot<token> xxx"),
        (InvalidToken(TOKEN), "Telegram does not know this token; if that stays, it was revoked:"),
        (Conflict("terminated"), "another process polls with this token, or did a moment ago"),
    ],
)
def test_known_errors_are_described_in_a_line(error, said):
    assert explained(error).startswith(said)
    assert len(explained(error)) <= 300


def test_of_the_systems_errors_the_reason_is_told():
    with pytest.raises(OSError, match="full") as caught:
        fail(OSError(errno.ENOSPC, "the disk is full", f"/{MARK}"))

    assert describe(caught.value).startswith("OSError: the disk is full\n")
    assert MARK not in describe(caught.value)


def record(message="published %s", *args):
    made = logging.LogRecord("bot.otters", logging.INFO, "otters.py", 1, message, args, None)
    made.created = 1_505_520_000.25
    return made


async def test_all_that_a_request_logs_carries_its_id_and_so_does_its_apology():
    async def lines():
        request = begin_request()
        told = record("published %s", "seven")
        Redaction().filter(told)
        return request, reference(), TextLines().format(told), json.loads(JsonLines().format(told))

    first, second = await asyncio.gather(
        asyncio.create_task(lines()), asyncio.create_task(lines())
    )
    outside = record()
    Redaction().filter(outside)

    for request, referred, text, told in (first, second):
        assert referred == request
        assert text.endswith(f" INFO bot.otters [{request}]: published seven")
        assert told == {
            "time": "2017-09-16T00:00:00.250+00:00",
            "level": "info",
            "logger": "bot.otters",
            "request": request,
            "message": "published seven",
        }
    assert first[0] != second[0]
    assert TextLines().format(outside).endswith(" INFO bot.otters: published %s")
    assert "request" not in json.loads(JsonLines().format(outside))
    assert reference() != reference()


def test_the_form_and_the_weight_of_the_log_are_settings():
    told = load_bot_settings({"BOT_LOG_FORMAT": "json", "BOT_LOG_LEVEL": "debug"}, None)

    assert (told.log_format, told.log_level) == ("json", "debug")
    assert (BotSettings().log_format, BotSettings().log_level) == ("text", "info")


@pytest.mark.parametrize("form", ["text", "json"])
async def test_a_busy_run_writes_no_secret_and_no_words_of_people(form, telegram, post, tmp_path):
    telegram.fail("getMe", 409, "Conflict")
    telegram.fail("getUpdates", 502, body=f"<html>{FAKE}</html>".encode())
    telegram.fail("getUpdates", 200, body=f'{{"ok": true, "result": [{{"text": "{MARK}'.encode())
    telegram.fail("sendMessage", 429, parameters={"retry_after": 1})
    telegram.fail("sendMessage", 400, f"Bad Request: can't parse entities near bot{FAKE}")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.noisy"),
        cwd=ROOT,
        env={
            **{key: each for key, each in os.environ.items() if not key.startswith("BOT_")},
            "BOT_TOKEN": FAKE,
            "NOISY_SECRET": SECRET,
            "BOT_ADMINS": "1",
            "BOT_API_URL": telegram.address,
            "BOT_DATA": str(tmp_path / "bot"),
            "BOT_LOG_FORMAT": form,
            "BOT_LOG_LEVEL": "debug",
            "BOT_METRICS_PORT": "0",
            "PYTHONWARNINGS": "always",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    ways = ("", "abstain", "crash", "fault", "thread", "warn", "library")
    asked = [post.says(f"{way} {MARK}", private_chat(n)) for n, way in enumerate(ways, 20)]
    poison = post.poison()
    poison["message"]["text"] = MARK

    await telegram.push(*asked, poison, post.says(f"/watch {MARK}", private_chat(40)))
    await telegram.push(post.says(f"gossip about the {MARK}", group()), post.queries(MARK))
    await telegram.push(post.edits(asked[0], f"crash {MARK}"))
    await telegram.push(post.says("/status", private_chat(1)))
    await telegram.until(lambda: {*range(20, 27), 40, 1} <= {m["chat_id"] for m in telegram.sent})
    await telegram.until(lambda: any("generation 7" in text for text in telegram.texts(1)))
    await telegram.until(lambda: telegram.made("answerInlineQuery"))
    process.terminate()
    out, err = await process.communicate()

    written = (out + err).decode()
    [reported] = [text for text in telegram.texts(22) if "reference" in text]
    [request] = re.findall(r"reference (\w{6})", reported)
    assert f"a question failed, reference {request}: ValueError" in written
    assert (f'"request": "{request}"' if form == "json" else f" [{request}]: ") in written
    for said in ("the thread loud died: KeyError", "uncaught: RuntimeError", "numbers at http"):
        assert said in written
    assert "calling https://api.telegram.org/bot<token> and <secret>/getMe" in written
    if form == "json":
        ours = [line for line in written.splitlines() if line.startswith("{")]
        assert len([json.loads(line) for line in ours]) > 5
    assert blabbed(written) == []
    assert blabbed("\n".join(telegram.texts(1))) == []
    for file in (tmp_path / "bot").iterdir():
        assert FAKE.partition(":")[2].encode() not in file.read_bytes()
    assert columns_with(MARK, tmp_path / "bot" / "bot.db") <= KEPT


KEPT = {
    ("inbox", "payload"),  # of what waits or could not be read
    ("sheets", "told"),
    ("sheets", "turn"),
    ("watches", "question"),
    ("watches", "key"),
    ("unanswered", "question"),
    ("unanswered", "key"),
    ("votes", "question"),
}
"""Where people's words are kept, until they expire."""


def blabbed(text: str) -> list[str]:
    """The lines that hold a secret or somebody's words."""
    hidden = (FAKE.partition(":")[2], SECRET, MARK)
    return [line for line in text.splitlines() if any(each in line for each in hidden)]


def columns_with(word, file):
    """The columns of a file's tables in which a word stands."""
    with closing(sqlite3.connect(file)) as db:
        tables = [
            row[0] for row in db.execute("select name from sqlite_master where type='table'")
        ]
        return {
            (table, column[1])
            for table in tables
            for column in db.execute(f"pragma table_info({table})").fetchall()
            if db.execute(
                f"select 1 from {table} where cast({column[1]} as text) like ?", (f"%{word}%",)
            ).fetchone()
        }


async def test_what_a_thread_of_the_desk_logs_belongs_to_the_question(
    telegram, post, start, caplog
):
    seen = []

    def reply(_):
        seen.append(reference())
        raise ValueError

    async with start(FakeLibrary(reply)):
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    assert f"reference {seen[0]})" in telegram.texts()[0]


def test_every_secret_setting_is_hidden():
    class Grown(BotSettings):
        webhook_secret: SecretStr | None = None

    told = Grown(token=SecretStr(FAKE), webhook_secret=SecretStr(SECRET))

    assert told.secrets == (FAKE, SECRET)
    assert BotSettings().secrets == ()


@pytest.fixture
def configured(capsys, monkeypatch):
    """Logging as `main` sets it up, undone afterwards."""
    root, factory = logging.getLogger(), logging.getLogRecordFactory()
    loggers = [root, *(logging.getLogger(name) for name in ("bot", "index"))]
    before, handlers, dumps = [each.level for each in loggers], list(root.handlers), on_fault()
    for module, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, hook, getattr(module, hook))
    yield lambda **options: configure((FAKE, SECRET), **options)
    logging.captureWarnings(capture=False)
    logging.setLogRecordFactory(factory)
    root.handlers[:] = handlers
    for each, level in zip(loggers, before, strict=True):
        each.setLevel(level)
    if not dumps:
        faulthandler.disable()


def on_fault():
    return faulthandler.is_enabled()


def test_even_a_handler_that_came_later_sees_no_secret(configured, written):
    configured()
    late = logging.StreamHandler(written)
    stranger = logging.getLogger("stranger.late")
    stranger.propagate = False
    stranger.addHandler(late)

    stranger.warning("calling bot%s with %s", FAKE, {"secret": SECRET})

    assert written.getvalue() == "calling bot<token> with {'secret': '<secret>'}\n"


@pytest.mark.filterwarnings("always")
def test_each_last_word_is_a_line_of_the_log_and_the_settings_hold(configured, capsys):
    configured()
    configured(form=Form.JSON, level=Level.ERROR)
    error = ValueError(FAKE)
    told = SimpleNamespace(exc_type=ValueError, exc_value=error, thread=None)
    bare = SimpleNamespace(exc_type=MemoryError, exc_value=None, thread=threading.current_thread())

    sys.excepthook(ValueError, error, None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    for each in (told, bare):
        threading.excepthook(each)
        sys.unraisablehook(each)
    logging.getLogger("bot").warning("too light")
    warnings.warn(SECRET, stacklevel=1)

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["level"], line["message"]) for line in lines[:5]] == [
        ("critical", "uncaught: ValueError"),
        ("error", "the thread nameless died: ValueError"),
        ("error", "an error while tidying up: ValueError"),
        ("error", "the thread MainThread died: MemoryError"),
        ("error", "an error while tidying up: MemoryError"),
    ]
    assert [line["logger"] for line in lines[5:]] == ["py.warnings"]
    assert "UserWarning: <secret>" in lines[5]["message"]
