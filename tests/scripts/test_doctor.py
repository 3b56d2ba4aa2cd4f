"""The doctor: what it says of each thing, what it mends, and what it never says."""

import asyncio
import json
import os
import shutil
import sqlite3
import stat
import time
from contextlib import closing
from email.utils import formatdate

import pytest
from aiohttp import web

from bot.database import BotData
from bot.inbox import Inbox, Item
from bot.memory import Kind, Memory, Sheet
from bot.settings import BotSettings
from index import Finding, IndexSettings, Verdict, inspect_collection
from scripts import doctor, reindex
from scripts.checkup import machine, memory
from scripts.checkup.settings import look_at_settings
from scripts.checkup.telegram import look_at_telegram
from scripts.simulator.api import TOKEN, FakeTelegram, Refusal, telegram_server
from tests.support.collections import OTTERS, TEA


class Telegram(FakeTelegram):
    """A Telegram that also tells of the webhook, and what time it thinks it is."""

    def __init__(self):
        super().__init__()
        self.told, self.ahead_s, self.body = {}, 0, None
        self.me = {"can_read_all_group_messages": True, "supports_guest_queries": True}
        self.server_error = False
        self._methods["getWebhookInfo"] = self._webhook_info

    async def _get_me(self, fields):
        return {**await super()._get_me(fields), **self.me}

    async def _webhook_info(self, _):
        if self.server_error:
            raise Refusal(502, "Bad Gateway")
        return {"url": self.webhook, "pending_update_count": 0, **self.told}

    async def answer(self, request):
        if self.body is not None:
            return web.Response(body=self.body)
        response = await super().answer(request)
        response.headers["Date"] = formatdate(time.time() + self.ahead_s, usegmt=True)
        return response


@pytest.fixture
async def telegram():
    async with telegram_server(Telegram()) as fake:
        yield fake
    assert fake.problems == []


@pytest.fixture
def ask(telegram):
    """What the doctor finds at Telegram, by check; the last one where a check has several."""

    async def asked(*, running=False, token=TOKEN, **more):
        settings = BotSettings(token=token, api_url=telegram.address, **more)
        findings = await asyncio.to_thread(
            lambda: list(look_at_telegram(settings, running=running))
        )
        return {each.check: each for each in findings}

    return asked


def verdicts(findings):
    return {check: each.verdict.value for check, each in findings.items()}


# Telegram.


async def test_a_bot_with_which_all_is_well(ask):
    findings = await ask()

    assert verdicts(findings) == dict.fromkeys(
        ["token", "privacy mode", "inline", "guest mode", "webhook", "updates", "clock"], "ok"
    )
    assert findings["token"].told == "Telegram knows it as @quotewire_bot"
    assert findings["updates"].told == "0 wait at Telegram"
    assert "nobody is seen to poll from here" in findings["webhook"].told


async def test_nothing_but_questions_about_the_bot_is_asked(ask, telegram):
    await ask()

    assert [call.method for call in telegram.calls] == ["getMe", "getWebhookInfo"]


async def test_privacy_inline_and_groups_are_explained(ask, telegram):
    telegram.me = {"supports_inline_queries": False, "can_join_groups": False}

    findings = await ask()

    assert verdicts(findings)["privacy mode"] == "note"
    assert findings["privacy mode"].advice.startswith("for mentions: /setprivacy at @BotFather")
    assert findings["inline"].advice == "to have it: /setinline at @BotFather"
    assert findings["groups"].advice == "to have it: /setjoingroups"


async def test_a_token_that_telegram_does_not_know(ask):
    findings = await ask(token="12:wrong")

    assert verdicts(findings) == {"token": "wrong", "clock": "ok"}
    assert findings["token"].told == "Telegram does not know it"


@pytest.mark.parametrize(
    ("status", "verdict", "told"),
    [(404, "wrong", "is no Bot API server"), (502, "unseen", "Telegram answers 502 (Bad")],
)
async def test_other_refusals_are_told_apart(ask, telegram, status, verdict, told):
    telegram.fail("getMe", status, "Bad \x1b[31mGateway")

    findings = await ask()

    assert verdicts(findings)["token"] == verdict
    assert told in findings["token"].told
    assert "\x1b" not in findings["token"].told


@pytest.mark.parametrize("body", [b"<html>a login page</html>", b"[1]", b"x" * 3_000_000])
async def test_what_is_no_answer_of_a_bot_api_is_not_taken_for_one(ask, telegram, body):
    telegram.body = body

    assert verdicts(await ask())["token"] == "unseen"


async def test_a_telegram_that_cannot_be_reached_is_said_to_be_so():
    settings = BotSettings(token=TOKEN, api_url="http://127.0.0.1:9")

    token, clock = look_at_telegram(settings, running=False)

    assert (token.verdict, clock.verdict) == (Verdict.UNSEEN, Verdict.NOTE)
    assert token.told == "http://127.0.0.1:9 cannot be reached (ConnectError)"


@pytest.mark.parametrize(
    ("address", "told"),
    [("http://api.invalid", True), ("https://api.invalid", False), ("http://[::1]:1", False)],
)
def test_a_token_that_leaves_the_machine_in_the_open_is_told(address, told):
    settings = BotSettings(token=TOKEN, api_url=address)

    findings = {each.check: each for each in look_at_telegram(settings, running=False)}

    assert ("BOT_API_URL" in findings) is told
    if told:
        assert findings["BOT_API_URL"].verdict == "note"
        assert findings["BOT_API_URL"].advice == "use https, or a server on this machine"


async def test_without_a_token_it_is_said_what_that_means(ask, telegram):
    findings = await ask(token=None)

    assert verdicts(findings) == {"token": "note", "telegram": "ok", "clock": "ok"} or verdicts(
        findings
    ) == {"token": "note", "telegram": "ok", "clock": "note"}
    assert findings["token"].advice == "put BOT_TOKEN=... as @BotFather gave it into .env"
    away = BotSettings(api_url="http://127.0.0.1:9")
    assert [each.verdict for each in look_at_telegram(away, running=False)] == [Verdict.NOTE] * 3


async def test_a_webhook_is_told_by_its_host_alone(ask, telegram):
    telegram.webhook = "https://otter.example/secret-path"

    idle, busy = await ask(), await ask(running=True)

    assert verdicts(idle)["webhook"] == "note"
    assert idle["webhook"].told == "one is set, to otter.example; the bot ends it when it starts"
    assert verdicts(busy)["webhook"] == "wrong"
    assert "Telegram refuses polling" in busy["webhook"].told


async def test_what_waits_and_what_went_wrong_is_told(ask, telegram):
    telegram.told = {
        "pending_update_count": 1_234,
        "last_error_message": "Connection timed out",
        "last_error_date": 1_700_000_000,
    }

    idle, busy = await ask(), await ask(running=True)

    assert (verdicts(idle)["updates"], verdicts(busy)["updates"]) == ("ok", "wrong")
    assert idle["updates"].told == "1,234 wait at Telegram"
    assert idle["webhook error"].told == "2023-11-14 22:13 UTC: Connection timed out"
    telegram.told["last_error_date"] = "soon"
    assert (await ask())["webhook error"].told.startswith("at some time: ")


async def test_where_the_webhook_cannot_be_asked_for_it_is_said(ask, telegram):
    telegram.server_error = True

    assert verdicts(await ask())["updates"] == "unseen"


@pytest.mark.parametrize(
    ("ahead_s", "verdict", "told"),
    [
        (3_600, "wrong", "3,600 s behind Telegram's: old and new"),
        (-3_600, "wrong", "3,600 s ahead of Telegram's: old and new"),
        (-20, "note", "20 s ahead of"),
    ],
)
async def test_a_clock_that_is_off_is_told(ask, telegram, ahead_s, verdict, told):
    telegram.ahead_s = ahead_s

    findings = await ask()

    assert verdicts(findings)["clock"] == verdict
    number, _, rest = told.partition(" s ")
    seconds, _, said = findings["clock"].told.partition(" s ")
    assert abs(int(seconds.replace(",", "")) - int(number.replace(",", ""))) <= 5
    assert said.startswith(rest)


# Settings and the machine.


def test_settings_that_are_wrong_are_told_one_a_line_with_the_nearest(tmp_path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("BOT_TOKN=1\nINDEX_BATCH=many\nBOTTOKEN=2\nTELEGRAM_X=1\nHF_HOME=x\n")

    given = look_at_settings({}, dotenv)

    assert (given.bot, given.index) == (None, None)
    assert [(each.verdict.value, each.told, each.advice) for each in given.findings] == [
        ("wrong", "BOT_TOKN is not a setting; did you mean BOT_TOKEN?", "edit .env"),
        (
            "wrong",
            'INDEX_BATCH cannot be "many"; what is wanted is a whole number from 1 to 4096',
            "edit .env",
        ),
        ("note", "BOTTOKEN in .env is not read", "did you mean BOT_TOKEN?"),
    ]


def test_settings_that_would_do_nothing_are_told(tmp_path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("INDEX_DATA=/srv/news\n")
    (refused,) = look_at_settings({}, dotenv).findings
    names = tmp_path / "names.txt"
    _, missing = look_at_settings({"INDEX_ALIASES": str(names)}, tmp_path / "no").findings

    assert refused.verdict.value == "wrong"
    assert refused.told.endswith("to keep the collection in /srv/news, set INDEX_URL=/srv/news")
    assert missing.verdict.value == "note"
    assert missing.told == f"INDEX_ALIASES names {names}, which does not exist"


def test_a_dotenv_that_cannot_be_parsed_is_told_once(tmp_path):
    dotenv = tmp_path / ".env"
    dotenv.write_text("what is this\x00'")
    dotenv.write_bytes(b"\xff\xfe")

    (only,) = look_at_settings({}, dotenv).findings

    assert only.told.endswith("is not UTF-8 text; save it as UTF-8 and try again")


def test_rights_that_let_others_in_are_wrong(tmp_path):
    dotenv, data = tmp_path / ".env", tmp_path / "bot"
    dotenv.write_text(f"BOT_TOKEN={TOKEN}\n")
    dotenv.chmod(0o644)
    data.mkdir()
    (data / "bot.db").touch(0o644)
    bot, index = BotSettings(data=data), IndexSettings(url=str(tmp_path / "none"))

    before = {each.check: each for each in machine.look_at_rights(bot, index, dotenv)}
    dotenv.chmod(0o600)
    (data / "bot.db").chmod(0o600)
    after = {each.check: each.verdict.value for each in machine.look_at_rights(bot, index, dotenv)}

    assert before["rights of .env"].advice == f"type: chmod 600 {dotenv}"
    assert before["rights of bot.db"].verdict is Verdict.WRONG
    assert after == {
        "rights of .env": "ok",
        "rights of BOT_DATA": "ok",
        "rights of INDEX_URL": "note",
    }


def test_folders_out_of_sight_are_told_and_the_rest_is_looked_at(tmp_path):
    hidden = tmp_path / ("o" * 300)  # no file system takes such a name
    bot, index = BotSettings(data=hidden), IndexSettings(url=str(hidden))

    told = [memory.look_at_memory(hidden / "bot.db", running=False), *inspect_collection(index)]
    rights = [*machine.look_at_rights(bot, index, tmp_path / ".env")]
    (room,) = machine.look_at_disks([hidden], free=lambda _: 9**12)

    assert [(each.check, each.verdict.value) for each in told] == [
        ("bot.db", "unseen"),
        ("collection", "unseen"),
    ]
    assert [each.check for each in rights] == ["rights of BOT_DATA", "rights of INDEX_URL"]
    assert room.verdict is Verdict.OK


def test_folders_that_cannot_be_written_are_wrong(tmp_path, monkeypatch):
    (tmp_path / "library.db").touch()
    shut = {tmp_path / "library.db"}
    monkeypatch.setattr(os, "access", lambda path, _: path not in shut)
    settings = BotSettings(data=tmp_path)

    (files,) = machine.look_at_rights(settings, None, tmp_path / ".env")
    shut.add(tmp_path)
    (folder,) = machine.look_at_rights(settings, None, tmp_path / ".env")

    assert files.told == f"library.db in {tmp_path} cannot be written by this user"
    assert folder.told == f"{tmp_path} cannot be written by this user"


@pytest.mark.parametrize(
    ("free", "verdict"), [(10**7, "wrong"), (5 * 10**8, "note"), (9**12, "ok")]
)
def test_the_room_on_a_disk_is_told_once(tmp_path, free, verdict):
    folders = [tmp_path, tmp_path / "not" / "there"]

    (only,) = machine.look_at_disks(folders, free=lambda _: free)

    assert only.verdict.value == verdict


def test_a_disk_without_names_for_files_is_full(tmp_path, monkeypatch):
    there = os.statvfs(tmp_path)
    fields = list(there)
    fields[5], fields[6], fields[7] = 1_000_000, 3, 3
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result(fields))

    (only,) = machine.look_at_disks([tmp_path], free=lambda _: 10**12)

    assert only.told == f"{tmp_path} has no room for more files"


def test_too_few_open_files_are_told(monkeypatch):
    monkeypatch.setattr(machine.resource, "getrlimit", lambda _: (64, 64))
    assert machine.look_at_files().advice == "type: ulimit -n 1024, before you start the bot"

    monkeypatch.setattr(machine.resource, "getrlimit", lambda _: (-1, -1))
    assert machine.look_at_files() == Finding("open files", Verdict.OK, "no limit")


def test_versions_and_the_time_zone_are_told():
    assert machine.look_at_versions().told.startswith("Python 3.")
    assert machine.look_at_zone(BotSettings(time_zone="Europe/Berlin")).told == (
        "Europe/Berlin (BOT_TIME_ZONE)"
    )


# bot.db.


@pytest.fixture
async def remembered(tmp_path):
    """A bot.db of a thousand messages."""
    path = tmp_path / "bot" / "bot.db"
    async with BotData(path) as data:
        remember = Memory(data)
        await remember.keep(7, 1, Sheet(Kind.ANSWER))
        await data.run(
            lambda db: db.executemany(
                "insert into sheets values (7, ?, '', 'answer', 0, ?, null, 1e9)",
                [(n, "x" * 200) for n in range(2, 1_000)],
            )
        )
        await Inbox(data).keep([Item(1, {"text": "my secret"}, 7, 1_000_000)])
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma journal_mode = delete")
    return path


async def test_a_bot_db_that_is_whole_and_one_that_is_not_there(remembered, tmp_path):
    missing = memory.look_at_memory(tmp_path / "bot.db", running=False)
    whole = memory.look_at_memory(remembered, running=False, quick=True)

    assert (missing.verdict, whole.verdict) == (Verdict.NOTE, Verdict.OK)
    assert whole.told.endswith("not in use")


async def test_a_bot_that_runs_is_seen_by_the_lock_on_its_file(remembered, tmp_path):
    assert not memory.is_open(remembered)
    holder = await asyncio.create_subprocess_exec(
        *("python", "-c", _HOLDER, str(remembered)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    await holder.stdout.readline()

    seen = memory.is_open(remembered)
    told = list(memory.salvage(remembered))
    holder.stdin.close()
    await holder.wait()

    assert seen
    assert told == [f"{remembered} is in use; stop the bot, then type: scripts/run doctor --fix"]
    assert not memory.is_open(tmp_path / "none")


_HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("pragma journal_mode = wal")
db.execute("select count(*) from sheets").fetchone()
print("holding", flush=True)
sys.stdin.read()
"""


async def test_a_bot_db_of_a_newer_version_is_told(remembered):
    with closing(sqlite3.connect(remembered)) as db:
        db.execute("pragma user_version = 99")

    told = memory.look_at_memory(remembered, running=False)

    assert told.told.startswith("it is of version 99, and this program knows those up to")
    assert not told.mends


async def test_of_a_damaged_bot_db_all_that_can_be_read_is_saved(remembered):
    data = bytearray(remembered.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096] = b"\xa5" * 4096
    remembered.write_bytes(bytes(data))
    before = memory.look_at_memory(remembered, running=False)

    put_aside, saved = await asyncio.to_thread(lambda: list(memory.salvage(remembered)))

    assert (before.verdict, before.mends) == (Verdict.WRONG, True)
    assert put_aside.startswith(f"{remembered} was damaged and is now bot.db.damaged-")
    assert memory.look_at_memory(remembered, running=False).verdict is Verdict.OK
    with closing(sqlite3.connect(remembered)) as db:
        (count,) = db.execute("select count(*) from sheets").fetchone()
        assert db.execute("select chat from inbox").fetchall() == [(7,)]
    assert 900 <= count < 1_000
    assert saved == f"saved into a new bot.db: inbox 1, sheets {count:,}"
    rights = {stat.S_IMODE(file.stat().st_mode) for file in remembered.parent.iterdir()}
    assert rights == {0o600}


async def test_of_a_file_that_is_none_nothing_is_saved_and_it_is_kept_aside(remembered):
    remembered.write_bytes(b"a letter, not a database" * 100)

    told = await asyncio.to_thread(lambda: list(memory.salvage(remembered)))

    assert told[1] == "saved into a new bot.db: nothing could be read"
    (aside,) = remembered.parent.glob("bot.db.damaged-*")
    assert aside.read_bytes() == b"a letter, not a database" * 100


# The door.


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = tmp_path_factory.mktemp("built")
    (root / "articles").mkdir()
    (root / "articles" / "otters.txt").write_text(OTTERS)
    (root / "articles" / "tea.txt").write_text(TEA)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INDEX_URL", str(root / "data"))
        assert reindex.main([str(root / "articles"), "--json"]) == 0
    return root


@pytest.fixture
def room(built, tmp_path, telegram, monkeypatch):
    """A copy of the collection, and a bot that Telegram knows, as the settings name them."""
    shutil.copytree(built / "data", tmp_path / "data")
    for name, value in {
        "INDEX_URL": tmp_path / "data",
        "BOT_DATA": tmp_path / "data",
        "BOT_API_URL": telegram.address,
        "BOT_TOKEN": TOKEN,
    }.items():
        monkeypatch.setenv(name, str(value))
    return tmp_path


async def opened(*argv):
    return await asyncio.to_thread(doctor.main, argv)


async def test_where_all_is_well_every_check_has_a_line_and_the_status_is_0(room, capsys):
    assert await opened() == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "all is well"
    assert {line.split()[0] for line in lines[:-1]} <= {"ok", "note"}
    assert [line[7:].partition(":")[0] for line in lines[:-1]] == [
        *("settings", "token", "privacy mode", "inline", "guest mode", "webhook", "updates"),
        *("clock", "time zone", "rights of BOT_DATA", "rights of INDEX_URL", "bot.db"),
        *("collection", "database", "texts", "articles", "words", "vectors", "vectors file"),
        *("generations", "model", "disk", "open files", "versions"),
    ]


async def test_what_is_derived_is_mended_and_nothing_else_is_touched(room, capsys):
    (room / "data" / "vectors-1.faiss").write_bytes(b"cut")
    with closing(sqlite3.connect(room / "data" / "library.db")) as db, db:
        db.execute("delete from words_docsize")
        db.execute("delete from vectors")
        db.execute("update articles set url = 'https://otter.example' where title like 'Sea%'")

    assert await opened() == 1
    assert await opened("--fix", "--json") == 1

    out = capsys.readouterr().out.splitlines()
    assert "3 wrong" not in out[-2]
    told = json.loads(out[-1])
    wrong = [each["check"] for each in told["findings"] if each["verdict"] == "wrong"]
    assert (told["status"], wrong) == (1, ["articles"])
    assert told["mended"] == [
        "the table of words is made anew",
        "5 texts are embedded again; start a running bot again to have them searched",
        "the vectors file is written anew",
    ]
    with closing(sqlite3.connect(room / "data" / "library.db")) as db:
        query = "select url from articles where title like 'Sea%'"
        assert db.execute(query).fetchone() == ("https://otter.example",)


async def test_a_damaged_bot_db_is_begun_anew(room, capsys):
    (room / "data" / "bot.db").write_bytes(b"a letter" * 1_000)

    assert await opened("--quick") == 1
    assert await opened("--quick", "--fix") == 0

    out = capsys.readouterr().out
    assert "stop the bot, then type: scripts/run doctor --fix" in out
    assert "mending: saved into a new bot.db: nothing could be read" in out


async def test_a_reindex_that_runs_is_not_disturbed(room, capsys):
    from index.lock import reindex_lock

    (room / "data" / "vectors-1.faiss").unlink()
    with reindex_lock(room / "data"):
        assert await opened("--fix", "--quick") == 1

    assert "mending: nothing of the collection: " in capsys.readouterr().out


async def test_without_token_or_collection_it_says_what_to_type(room, capsys, monkeypatch):
    monkeypatch.setenv("BOT_TOKEN", "")
    monkeypatch.setenv("INDEX_URL", str(room / "new"))
    monkeypatch.setenv("BOT_DATA", str(room / "new"))

    assert await opened("--fix") == 0

    out = capsys.readouterr().out
    assert (
        f"note   collection: there is none in {room / 'new'} yet; type: scripts/run reindex" in out
    )
    assert not (room / "new").exists()


async def test_what_is_out_of_sight_gives_2_and_wrong_settings_1(room, capsys, monkeypatch):
    monkeypatch.setenv("BOT_API_URL", "http://127.0.0.1:9")
    assert await opened("--quick") == 2
    assert capsys.readouterr().out.endswith("1 could not be looked at\n")

    monkeypatch.setenv("BOT_QUEU", "1")
    monkeypatch.setenv("INDEX_URL", "postgresql://ada:secret@host/otters")
    assert await opened("--quick", "--fix") == 1
    out = capsys.readouterr().out
    assert "wrong  settings: BOT_QUEU is not a setting; did you mean BOT_QUEUE?; edit .env" in out
    assert "secret" not in out


async def test_neither_the_token_nor_peoples_words_are_said(room, telegram, capfd):
    async with BotData(room / "data" / "bot.db") as data:
        await Inbox(data).keep([Item(1, {"text": "my secret"}, 7, 1_000_000)])
    telegram.told = {"last_error_message": f"no way to bot{TOKEN}", "last_error_date": 1}

    await opened()
    await opened("--json")

    said = "".join(capfd.readouterr())
    assert TOKEN not in said
    assert TOKEN.partition(":")[2] not in said
    assert "my secret" not in said
    assert "Sea otters hold hands" not in said


def test_a_library_that_is_missing_is_told(monkeypatch):
    monkeypatch.setattr(machine, "_LIBRARIES", ("no-such-otter",))

    assert machine.look_at_versions().told == "no-such-otter is not installed"


async def test_a_bot_db_that_cannot_be_reached_is_out_of_sight(remembered, monkeypatch):
    with closing(sqlite3.connect(remembered, isolation_level=None)) as db:
        db.execute("begin exclusive")
        told = memory.look_at_memory(remembered, running=False)

    assert (told.verdict, told.mends) == (Verdict.UNSEEN, False)
    assert "cannot be looked at (database is locked)" in told.told


async def test_a_webhook_that_is_wanted_is_compared(telegram):
    class Wanting(BotSettings):
        webhook_url: str = "https://otter.example/hook"

    def webhook(*, running):
        settings = Wanting(token=TOKEN, api_url=telegram.address)
        found = look_at_telegram(settings, running=running)
        return next(each for each in found if each.check == "webhook")

    none = await asyncio.to_thread(lambda: webhook(running=True))
    idle = await asyncio.to_thread(lambda: webhook(running=False))
    telegram.webhook = "https://otter.example/hook"
    right = await asyncio.to_thread(lambda: webhook(running=True))

    assert (none.verdict, idle.verdict) == (Verdict.WRONG, Verdict.NOTE)
    assert none.told == "Telegram sends to none, and not where BOT_WEBHOOK_URL says"
    assert (right.verdict, right.told) == (Verdict.OK, "set to otter.example")
