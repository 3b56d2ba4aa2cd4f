"""What the bot tells machines of itself: numbers, health, and the files that read them."""

import asyncio
import json
import re
import socket
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import replace

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from telegram.error import TimedOut

from bot.desk import Apology, Trouble
from bot.health import Health
from bot.meters import Levels, Meters
from bot.metrics import Metrics, Stage
from bot.monitor import Pulse, metrics_for
from bot.settings import BotSettings, load_bot_settings
from bot.wire import Wire
from index import ROOT, UnknownSetting
from scripts.simulator.post import group, private_chat
from scripts.simulator.stage import performing
from tests.support.library import SEARCHED, FakeLibrary, SlowLibrary, answer, passage

DEPLOY = ROOT / "docs" / "deploy"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Watcher:
    """Who fetches the numbers."""

    def __init__(self, port: int) -> None:
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False)

    async def numbers(self) -> dict[str, float]:
        """Every sample by its name, with the values of its labels."""
        said = (await self.client.get("/metrics")).raise_for_status().text
        return samples(said)

    async def until(self, reached, patience_s: float = 30) -> dict[str, float]:
        async with asyncio.timeout(patience_s):
            while not reached(numbers := await self.numbers()):  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.02)
        return numbers

    async def health(self) -> tuple[int, dict[str, object]]:
        told = await self.client.get("/healthz")
        return told.status_code, told.json()


def samples(said: str) -> dict[str, float]:
    return {
        " ".join((sample.name.removeprefix("quotewire_"), *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


@pytest.fixture
def watched(telegram, tmp_path):
    """The bot with a port of its own, at an unhurried Telegram, and who watches it."""

    @asynccontextmanager
    async def at(library, **settings):
        port = free_port()
        watcher = Watcher(port)
        async with (
            watcher.client,
            performing(telegram, library, tmp_path / "bot", metrics_port=port, **settings),
        ):
            await telegram.until(lambda: len(telegram.made("getUpdates")) > 1)
            yield watcher

    return at


def reply(question: str):
    if "nobody" in question:
        return answer(question=question)
    if "crash" in question:
        raise ValueError(question)
    return answer(passage(), question=question)


async def test_every_question_is_counted_by_its_outcome(telegram, post, watched):
    async with watched(FakeLibrary(reply)) as watcher:
        says = ("otters?", "otters??", "nobody?", "crash?")
        await telegram.push(*(post.says(said, private_chat(n)) for n, said in enumerate(says, 5)))
        await telegram.push(post.queries("otters"), post.says("gossip", group()))
        await telegram.until(
            lambda: len(telegram.sent) == 4 and telegram.made("answerInlineQuery")
        )
        told = await watcher.until(
            lambda told: told["stage_seconds_count whole"] == 4 and not told["inbox_waiting"]
        )

    assert {
        name: told[f"questions_total {name}"] for name in (*Trouble, "answered", "abstained")
    } == {
        **dict.fromkeys(Trouble, 0.0),
        "answered": 3.0,
        "abstained": 1.0,
        "failed": 1.0,
    }
    assert told["evidence_sum answered"] == pytest.approx(3 * 0.9)
    assert told["evidence_sum abstained"] == pytest.approx(0.3)
    counts = {stage: told[f"stage_seconds_count {stage}"] for stage in Stage}
    assert counts == {"wait": 5, "library": 5, "render": 4, "send": 4, "whole": 4}
    assert told["updates_total message"] == 4
    assert told["updates_total inline_query"] == 1
    assert told["telegram_calls_total sendMessage ok"] == 4
    assert told["telegram_calls_total getMe ok"] == 1
    assert told["logged_errors_total bot.desk"] == 1


async def test_the_queues_the_collection_and_the_process_are_told_as_they_stand(
    telegram, post, watched
):
    slow = SlowLibrary()

    async with watched(slow, queue=9) as watcher:
        await telegram.push(*(post.says("why?", private_chat(n)) for n in (5, 6)))
        told = await watcher.until(lambda told: told["desk_open"] == 2 and told["generation"] == 7)
        slow.go.set()
        await telegram.until(lambda: len(telegram.sent) == 2)
        after = await watcher.until(lambda told: not told["inbox_waiting"])

    assert (told["desk_room"], told["inbox_waiting"], told["inbox_aside"]) == (9, 2, 0)
    assert (told["articles"], told["paragraphs"], told["healthy"]) == (1_234, 9_876, 1)
    assert told["generation_age_seconds"] > 7 * 365 * 86_400
    assert 0 <= told["last_poll_age_seconds"] < 60
    assert told["process_resident_memory_bytes"] > 10_000_000
    assert 3 < told["process_open_fds"] < told["process_max_fds"]
    assert (after["desk_open"], after["outbox_letters"], after["inbox_oldest_seconds"]) == (
        0,
        0,
        0,
    )
    assert after["alerts_unsent"] == 0


async def test_what_telegram_refuses_is_counted_by_kind_and_its_silences_by_length(
    telegram, post, watched
):
    telegram.fail("sendMessage", 429, "Too Many Requests", parameters={"retry_after": 1})
    telegram.fail("sendMessage", 502, "Bad Gateway")
    telegram.fail("sendMessage", 200, hang_up=True)
    telegram.fail("sendMessage", 418, "I'm a teapot", chat=8)

    async with watched(FakeLibrary()) as watcher:
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: len(telegram.made("sendMessage")) >= 3)
        await telegram.push(post.says("why?", private_chat(8)))
        await telegram.until(lambda: any(each["chat_id"] == 8 for each in telegram.sent))
        told = await watcher.until(lambda told: told.get("telegram_calls_total sendMessage ok"))

    calls = {
        name: value for name, value in told.items() if name.startswith("telegram_calls_total")
    }
    assert calls["telegram_calls_total sendMessage flood"] == 1
    assert calls["telegram_calls_total sendMessage server_error"] == 1
    assert calls["telegram_calls_total sendMessage network"] == 1
    assert calls["telegram_calls_total sendMessage other"] == 1
    assert (told["flood_waits_total"], told["flood_wait_seconds_total"]) == (1, 1)


async def test_a_bot_in_good_health_says_so(telegram, watched):
    async with watched(FakeLibrary()) as watcher:
        status, told = await watcher.health()

    assert status == 200
    assert {name: told[name] for name in ("ok", "heard", "responsive", "collection", "inbox")} == (
        dict.fromkeys(("ok", "heard", "responsive", "collection", "inbox"), True)
    )
    assert (told["heard_s"] < 120, told["late_s"] < 5, told["up_s"] >= 0) == (True, True, True)


class Closed(FakeLibrary):
    def status(self):
        raise OSError("no such disk")


async def test_a_collection_that_cannot_be_read_is_no_good_health(telegram, watched):
    async with watched(Closed()) as watcher:
        await watcher.until(lambda told: told["healthy"] == 0)
        status, told = await watcher.health()
        numbers = await watcher.numbers()

    assert (status, told["ok"], told["collection"], told["inbox"]) == (503, False, False, True)
    assert str(numbers["generation"]) == "nan"


async def test_an_inbox_that_cannot_be_written_is_no_good_health(telegram, watched, tmp_path):
    async with watched(FakeLibrary()) as watcher:
        with closing(sqlite3.connect(tmp_path / "bot" / "bot.db")) as other:
            other.execute("drop table state")
            other.execute("drop table alerts")
        status, told = await watcher.health()
        numbers = await watcher.numbers()

    assert (status, told["inbox"], told["heard"]) == (503, False, True)
    unknown = ("inbox_waiting", "inbox_aside", "inbox_oldest_seconds", "alerts_unsent")
    assert [str(numbers[name]) for name in unknown] == ["nan"] * 4
    assert numbers["healthy"] == 0


async def test_an_inbox_that_somebody_else_holds_is_not_waited_for(telegram, watched, tmp_path):
    async with watched(FakeLibrary()) as watcher:
        with closing(sqlite3.connect(tmp_path / "bot" / "bot.db")) as other:
            other.execute("begin immediate")
            status, told = await watcher.health()
            other.rollback()

    assert (status, told["inbox"]) == (503, False)


async def test_an_unknown_day_of_publication_gives_no_age(telegram, watched):
    library = FakeLibrary()
    library.now = replace(SEARCHED, published_at="")

    async with watched(library) as watcher:
        told = await watcher.until(lambda told: told["generation"] == 7)

    assert str(told["generation_age_seconds"]) == "nan"


async def test_a_telegram_that_is_silent_is_counted_and_a_call_that_we_give_up_is_not():
    meters, never = Meters(), asyncio.Event()

    async def listen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await never.wait()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot1:a/sendMessage"
    wire = Wire(meters, read_s=0.1)
    async with server, wire:
        with pytest.raises(TimedOut):
            await wire.do_request(address, "POST")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await wire.do_request(address, "POST", read_timeout=30)
        never.set()
    told = samples(meters.exposition(Levels(), {}).decode())

    calls = {name: value for name, value in told.items() if name.startswith("telegram_calls")}
    assert calls == {"telegram_calls_total sendMessage timeout": 1}


async def test_a_silence_that_cannot_be_read_is_counted_as_none(telegram, post, watched):
    telegram.fail("sendMessage", 429, body=b'{"ok": false, "parameters": 5}')

    async with watched(FakeLibrary()) as watcher:
        await telegram.push(post.says("why?"))
        told = await watcher.until(lambda told: told["flood_waits_total"])

    assert (told["flood_waits_total"], told["flood_wait_seconds_total"]) == (1, 0)


async def test_no_more_than_a_few_are_answered_at_once(telegram, watched):
    async with watched(FakeLibrary()) as watcher:
        told = await asyncio.gather(*(watcher.client.get("/healthz") for _ in range(40)))

    assert {each.status_code for each in told} <= {200, 503}
    assert all(each.text == "too many ask at once\n" for each in told if each.status_code == 503)
    assert any(each.status_code == 200 for each in told)


async def test_what_is_not_there_is_not_found_and_nothing_can_be_posted(telegram, watched):
    async with watched(FakeLibrary()) as watcher:
        assert (await watcher.client.get("/")).status_code == 404
        assert (await watcher.client.post("/metrics", content=b"x" * 9_000)).status_code == 405


async def test_a_port_that_is_taken_is_told_and_questions_are_answered(
    telegram, post, tmp_path, caplog
):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with performing(telegram, FakeLibrary(), tmp_path / "bot", metrics_port=port):
            await telegram.push(post.says("why?"))
            await telegram.until(lambda: telegram.sent)

    assert f"not served: 127.0.0.1 port {port} cannot be had (" in caplog.text
    assert "change BOT_METRICS_PORT" in caplog.text


async def test_without_a_port_nothing_is_counted():
    assert type(metrics_for(BotSettings())) is Metrics
    nothing = Metrics()
    nothing.question(answer())
    nothing.spent(Stage.SEND, 1)
    nothing.update("message")
    nothing.called("getMe", "ok", 1)
    nothing.silenced(1)
    nothing.reindexed("done")
    assert nothing.looking(len)("otter") == 5


def test_a_port_is_a_number_or_nothing():
    assert load_bot_settings({"BOT_METRICS_PORT": ""}, None).metrics_port is None
    assert load_bot_settings({"BOT_METRICS_PORT": "9464"}, None).metrics_port == 9464
    with pytest.raises(UnknownSetting, match="a free port, or 0 for any; empty is off"):
        load_bot_settings({"BOT_METRICS_PORT": "70000"}, None)


async def test_a_late_heart_is_measured():
    now, pauses = iter([0.0, 8.0, 9.0, 9.5, 10.0]), iter((1, 2))
    slept, never = asyncio.Event(), asyncio.Event()

    async def sleep(_: float) -> None:
        if next(pauses, None) is None:
            slept.set()
            await never.wait()

    pulse = Pulse(clock=lambda: next(now), sleep=sleep)
    beating = asyncio.create_task(pulse.beat())
    await slept.wait()
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)

    assert (pulse.late_s, pulse.latest_s) == (0.0, 7.5)


def test_silence_counts_from_the_start_until_telegram_is_heard():
    now = [100.0]
    health = Health(clock=lambda: now[0])
    now[0] = 230.0
    never = (health.heard_s, health.up_s)
    health.polled()
    now[0] = 240.0

    assert (never, health.heard_s) == ((None, 130.0), 10.0)


def test_labels_are_of_closed_sets_whatever_comes():
    meters = Meters()
    meters.update("a kind that somebody made up")
    meters.question(Apology(Trouble.LATE))

    told = samples(meters.exposition(Levels(), {"bot.desk": 2}).decode())

    assert told["updates_total other"] == 1
    assert told["questions_total late"] == 1
    assert not any("made up" in name for name in told)


def test_a_reindex_is_counted_by_its_end():
    meters = Meters()
    meters.reindexed("failed")

    told = samples(meters.exposition(Levels(), {}).decode())

    assert (told["reindexes_total failed"], told["reindexes_total done"]) == (1, 0)


# The files that read the numbers.


def exported() -> set[str]:
    """The names of all samples, with those that only appear once something has happened."""
    meters = Meters()
    meters.called("getMe", "ok", 1)
    meters.exposition(Levels(), {"bot.desk": 1})
    return meters.names()


def named_in(expressions) -> set[str]:
    return {
        name for each in expressions for name in re.findall(r"\b(?:quotewire|process)_\w+", each)
    }


def expressions_of_the_dashboard():
    board = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
    return [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]


def rules():
    told = yaml.safe_load((DEPLOY / "alerts.yml").read_text("utf-8"))
    return [rule for group in told["groups"] for rule in group["rules"]]


def test_the_dashboard_and_the_alerts_read_numbers_that_there_are():
    read = named_in([*expressions_of_the_dashboard(), *(rule["expr"] for rule in rules())])

    assert len(read) > 20
    assert sorted(read - exported()) == []


def test_every_number_is_explained_in_operating_and_nothing_else_is():
    text = (ROOT / "docs" / "operating.md").read_text("utf-8")
    section = text.partition("## Watching it")[2].partition("\n## ")[0]
    told = set(re.findall(r"`((?:quotewire|process)_\w+)`", section))

    assert told == Meters().families()


def test_every_alert_says_what_it_is_and_what_to_do():
    for rule in rules():
        assert rule["annotations"].keys() == {"summary", "description"}
        assert rule["labels"]["severity"] in {"page", "ticket"}
    assert {"QuotewireHearsNothing", "QuotewireDeskFull", "QuotewireFails"} <= {
        rule["alert"] for rule in rules()
    }
    assert len({rule["alert"] for rule in rules()}) == len(rules())


def test_the_dashboard_asks_for_its_data_source_and_its_panels_do_not_overlap():
    board = json.loads((DEPLOY / "grafana.json").read_text("utf-8"))
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    cells = [
        (x, y)
        for panel in board["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]

    assert [each["name"] for each in board["templating"]["list"]] == ["datasource", "job"]
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert len(set(cells)) == len(cells)
    assert all(panel["targets"] for panel in panels)
    assert board["schemaVersion"] >= 39
