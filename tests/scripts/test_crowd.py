"""The trial of a crowd: what it measures, and what it says of that."""

import pytest

from scripts.trials.crowd import Crowd, crowd_ratio, main, percentile, told
from scripts.trials.rote import Rote


def test_the_ratio_is_of_the_slowest_hundredth():
    calm, flooded = (0.010,) * 98 + (0.040, 0.050), (0.010,) * 98 + (0.060, 0.070)

    assert percentile(calm, 50) == 0.010
    assert Crowd(calm, flooded).ratio == pytest.approx(1.4)


@pytest.mark.parametrize(("slowest", "verdict"), [(0.03, "below"), (0.05, "NOT below")])
def test_the_figures_are_told_with_a_verdict(slowest, verdict):
    slowest_ms = round(slowest * 1000)
    crowd = Crowd((0.02,) * 4, (0.02, 0.02, slowest, slowest))

    assert told(crowd).splitlines() == [
        "undisturbed: 4 answers to others, p50 20 ms, p99 20 ms",
        f"disturbed: 4 answers to others, p50 {slowest_ms} ms, p99 {slowest_ms} ms",
        f"ratio {slowest / 0.02:.2f}, {verdict} 2",
    ]


async def test_everybody_else_is_answered_while_one_floods_and_one_chat_must_wait():
    crowd = await crowd_ratio(cost_s=0.0, phase_s=0.5)

    assert (len(crowd.calm), len(crowd.flooded)) == (10, 10)


def test_the_door_ends_as_the_verdict_says(capsys):
    assert main(["--cost", "0", "--phase", "0.3", "--rounds", "1"]) in {0, 1}

    assert "answers to others" in capsys.readouterr().out


def test_the_library_knows_one_thing():
    library = Rote(cost_s=0)

    assert library.ask("why?").passages[0].text == library.passages([1, 2])[1].text
    assert library.passages([2]) == library.fates({}) == {}
    assert (library.search("tea").total, library.latest().total, library.publishers()) == (
        0,
        0,
        (),
    )
    assert library.reading(1) is library.titled("x") is library.around(1) is None
    assert library.why("why?", 1, evidence=0.9) is None
    assert library.status().articles == 1
    library.close()
