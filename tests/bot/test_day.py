"""A day in a busy group, as a transcript that can be read: tests/data/day/transcript.txt."""

from tests.support.day import TRANSCRIPT, played


async def test_a_day_in_a_busy_group_goes_as_it_is_written_down(tmp_path):
    transcript, day = await played(tmp_path)

    assert transcript == TRANSCRIPT.read_text("utf-8"), "see python -m tests.support.day"
    assert day.problems == []
    assert day.broken_silence == []
    assert day.messages >= 480
