"""The trials of the whole bot, each in little: what they find, and that they can find it."""

import asyncio
import json
import logging
import random
from collections import Counter

import pytest

from index.errors import Unreadable
from index.live import follow
from index.reindex import Model, Options, reindex
from scripts import trial
from scripts.simulator import description
from scripts.simulator.api import FakeTelegram
from scripts.simulator.faults import confound, faults, muddled
from scripts.simulator.post import Post
from scripts.trials.files import Case, Spoilt, _told, read_all, samples, spoilt
from scripts.trials.invention import Inventor
from scripts.trials.kills import Killed, kill
from scripts.trials.soak import Soak, reindex_by_the_door, soak
from scripts.trials.standing import Standing, standing
from scripts.trials.updates import Faults, Fed, feed
from tests.support.collections import HashEmbedder
from tests.support.seeding import SEEDS

described = pytest.mark.skipif(
    not description.available(), reason="the Bot API's description is not beside the repository"
)


@pytest.fixture(autouse=True)
def _waits_are_told_as_timedelta(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.mark.parametrize("webhook", [False, True])
async def test_kills_amid_faults_lose_no_question(webhook):
    killed = await kill(questions=12, kills=2, webhook=webhook, silent_s=0.1)

    assert (killed.lost, killed.left, killed.kills) == (0, Counter(), 2)
    assert killed.well


def test_a_lost_question_and_one_answered_twice_for_no_reason_are_told():
    assert not Killed(9, lost=1).well
    assert not Killed(9, twice=2, unmarked=1).well
    assert Killed(9, twice=2, unmarked=1, unsure=1).well


@described
async def test_invented_updates_stop_nothing():
    fed = await feed(300, seed=3)

    stopped = [told for told in fed.failed if told.startswith(("bot.crew", "bot.polling"))]
    assert (fed.updates, fed.sentinels, fed.silent, stopped) == (300, 3, 0, [])


@described
async def test_updates_as_described_fail_nowhere(caplog):
    fed = await feed(200, seed=4, spoilt=False)

    assert (fed.silent, fed.failed) == (0, Counter())


@described
def test_the_same_seed_invents_the_same_updates():
    one, other = ([Inventor(5).spoilt(7) for _ in range(2)] for _ in range(2))

    assert [list(each) for each in one] == [list(each) for each in other]


def test_silence_and_growth_are_told():
    assert Fed(rss_half_mb=100, rss_end_mb=104).well
    assert not Fed(rss_half_mb=100, rss_end_mb=120).well
    assert not Fed(silent=1).well


def test_an_error_is_counted_without_its_numbers():
    heard = []
    record = logging.LogRecord("bot.x", 40, "", 1, "update 12 fell, reference ab12", (), None)

    Faults(heard.append).emit(record)

    assert heard == ["bot.x: … fell, …"]


def test_spoilt_files_are_read_or_refused():
    found = read_all(spoilt(samples(SEEDS), 40, seed=2), 40)

    assert (found.files, found.crashed, found.hung) == (40, Counter(), [])
    assert found.read + found.refused == 40
    assert found.read > 5
    assert found.refused > 5


def test_a_file_that_takes_too_long_is_a_hang_and_the_others_are_read():
    cases = iter([Case("slow.txt", b"Otters sleep.\n\n" * 60_000), Case("a.txt", b"Tea is hot.")])

    found = read_all(cases, 2, most_s=0.0)

    assert found.hung[0] == "slow.txt"
    assert not found.well


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Unreadable("no"), "refused"),
        (Unreadable("no\nno"), "a reason of several lines: no\nno"),
        (KeyError("x"), "KeyError at test_trials.py"),
    ],
)
def test_what_a_reader_raises_is_told(fault, told, tmp_path):
    def raising(path):
        raise fault

    assert _told(tmp_path / "a.txt", raising).startswith(told)


def test_a_crash_counts_against_the_files():
    assert Spoilt(files=1, read=1).well
    assert not Spoilt(files=1, crashed=Counter({"txt: boom": 1})).well


def test_a_soak_is_judged_by_answers_errors_memory_and_files():
    flat = [
        (1, 20.0, Standing(300, 40)),
        (2, 20.0, Standing(400, 40)),
        (3, 20.0, Standing(410, 42)),
    ]

    assert Soak(asked=5, answered=5, minutes=flat).well
    assert not Soak(asked=5, answered=4, minutes=flat).well
    assert not Soak(asked=5, answered=5, put_off=1, minutes=flat).well
    assert not Soak(asked=5, answered=5, minutes=flat, errors=["boom"]).well
    assert not Soak(asked=5, answered=5, minutes=flat[:1]).well
    assert not Soak(minutes=[*flat, (4, 20.0, Standing(900, 40))]).well
    assert not Soak(minutes=[*flat, (4, 20.0, Standing(400, 90))]).well


def test_what_a_process_holds_is_told_and_nothing_of_one_that_is_gone():
    assert standing().rss_mb > 10
    assert standing().files > 2
    assert standing(2**30) == Standing(0.0, 0)


def test_every_fault_is_met_by_polling_and_by_sending():
    telegram, chance = FakeTelegram(), random.Random(1)

    met = {confound(telegram, chance, silent_s=2) for _ in range(500)}

    assert met == {
        f"{each}: {name}" for each in ("getUpdates", "sendMessage") for name in faults()
    }
    assert faults(silent_s=2)["silence"]["silent_s"] == 2


def test_a_muddled_batch_has_all_and_one_of_them_twice():
    updates = [Post().says("why?") | {"update_id": n} for n in range(5)]

    batch = muddled(updates, random.Random(1))

    assert len(batch) == 6
    assert {update["update_id"] for update in batch} == set(range(5))
    assert muddled([], random.Random(1)) == []


def test_the_door_tells_its_figures_and_ends_as_it_went(capsys):
    assert trial.main(["files", "--count", "6", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"] == 6

    assert trial.main(["files", "--count", "2"]) == 0
    assert capsys.readouterr().out.endswith("well\n")
    assert logging.getLogger("bot").propagate, "what is logged afterwards is heard again"


async def test_a_soak_answers_everything_while_articles_change():
    model = Model(HashEmbedder.name, HashEmbedder)

    async def publish(folder):
        await asyncio.to_thread(
            reindex,
            *([folder / "seeds"], folder / "index", model),
            options=Options(),
            progress=lambda *_: None,
        )
        return ""

    found = await soak(
        rate=20,
        minutes=2,
        minute_s=3,
        publish=publish,
        opened=lambda collection: follow(collection, model, threshold=0.0),
    )

    assert (found.asked, found.answered, found.put_off, found.errors) == (120, 120, 0, [])
    assert (found.generations, [minute for minute, _, _ in found.minutes]) == (3, [1, 2])


async def test_a_reindex_that_fails_is_told(tmp_path):
    (tmp_path / "index").write_text("in the way")

    told = await reindex_by_the_door(tmp_path)

    assert told.startswith("reindex ended with ")
