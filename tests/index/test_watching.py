"""When a watch reads: after changes that have settled, after failures, now and then anyway."""

from pathlib import Path

from index.errors import Locked, UnknownSetting
from index.watching import Pace, Stopped, Watcher, stamp_of

OTTERS = Path("otters.txt")
TEA = Path("tea.txt")


class Harbour:
    """A clock turned by hand, and the changes that its hours bring; `ends_at` stops the watch."""

    def __init__(self, changes=(), *, ends_at: float = 100.0) -> None:
        self.now = 0.0
        self.coming = sorted(changes)
        self.ends_at = ends_at
        self.written: dict[Path, tuple[int, int]] = {}
        self.runs: list[float] = []
        self.said: list[str] = []
        self.visits: list[float] = []
        self.faults: list[Exception] = []
        self.takes_s = 0.0

    def wait(self, timeout_s: float) -> set[Path]:
        arrives = self.coming[0][0] if self.coming else self.ends_at
        self.now = max(self.now, min(self.now + timeout_s, arrives))
        found = {path for moment, path in self.coming if moment <= self.now}
        self.coming = [each for each in self.coming if each[0] > self.now]
        self.written |= {path: (1, round(self.now * 1000)) for path in found}
        return found

    def run(self) -> None:
        self.runs.append(self.now)
        self.now += self.takes_s
        if self.faults:
            raise self.faults.pop(0)

    def watch(self, **pace: float) -> list[float]:
        """Watch to the end; the moments of the runs."""
        Watcher(
            self,
            self.run,
            self.said.append,
            stopped=lambda: self.now >= self.ends_at,
            visit=lambda: self.visits.append(self.now),
            clock=lambda: self.now,
            stamp=self.written.get,
            pace=Pace(**pace),
        ).follow()
        return self.runs


def test_all_is_read_at_the_start_and_nothing_more_without_a_change():
    harbour = Harbour()

    assert harbour.watch() == [0.0]
    assert harbour.said == []


def test_a_machine_that_slept_for_a_day_reads_once_when_it_wakes():
    harbour = Harbour([(86_400.0, OTTERS)], ends_at=86_410.0)
    nap = harbour.wait

    def asleep(timeout_s: float) -> set[Path]:
        harbour.now = max(harbour.now, 86_400.0)  # the wait lasted as long as the lid was shut
        return nap(timeout_s)

    harbour.wait = asleep

    assert harbour.watch() == [0.0, 86_401.0]


def test_a_file_is_read_once_it_has_been_still_for_a_second():
    assert Harbour([(10.0, OTTERS)]).watch() == [0.0, 11.0]


def test_a_file_that_is_still_being_written_is_waited_for():
    parts = [(10.0, OTTERS), (10.5, OTTERS), (11.0, OTTERS)]

    assert Harbour(parts).watch() == [0.0, 12.0]


def test_a_file_that_grows_without_a_word_is_waited_for():
    harbour = Harbour([(10.0, OTTERS)])
    sizes = iter([(1, 0), (2, 0), (2, 0)])
    harbour.written = type("Growing", (dict,), {"get": lambda *_: next(sizes)})()

    assert harbour.watch() == [0.0, 12.0]


def test_a_file_that_never_rests_is_read_all_the_same():
    endless = [(10 + step / 4, OTTERS) for step in range(400)]

    assert Harbour(endless, ends_at=21).watch() == [0.0, 15.0, 20.25]


def test_thousands_of_changes_at_once_are_one_run():
    burst = [(10 + number / 10_000, Path(f"{number}.txt")) for number in range(5_000)]

    assert Harbour(burst).watch() == [0.0, 11.4999]


def test_whatever_comes_during_a_run_is_one_more_run():
    harbour = Harbour([(1.0, OTTERS), (2.0, TEA), (3.0, OTTERS)])
    harbour.takes_s = 8.0

    assert harbour.watch() == [0.0, 9.0]


def test_all_is_looked_at_now_and_then_for_shares_that_tell_of_nothing():
    assert Harbour(ends_at=700).watch(full_s=300) == [0.0, 300.0, 600.0]


def test_schedules_are_seen_to_at_every_nap():
    harbour = Harbour(ends_at=9)
    harbour.watch(nap_s=3)

    assert harbour.visits == [3.0, 6.0, 9.0]


def test_a_run_that_fails_is_told_once_and_tried_ever_later():
    harbour = Harbour(ends_at=200)
    harbour.faults = [OSError("the disk is full") for _ in range(5)]

    assert harbour.watch(longest_retry_s=30) == [0.0, 5.0, 15.0, 35.0, 65.0, 95.0]
    assert harbour.said == ["the disk is full; it is tried again"]


def test_a_change_during_the_wait_after_a_failure_shortens_it():
    harbour = Harbour([(20.0, OTTERS)])
    harbour.faults = [UnknownSetting("sources.toml, line 3: no"), *3 * [OSError("full")]]

    assert harbour.watch(retry_s=10)[:3] == [0.0, 10.0, 30.0]


def test_the_lock_of_a_reindex_by_hand_is_waited_for_and_is_no_failure():
    harbour = Harbour()
    harbour.faults = [Locked("data is being reindexed by process 7") for _ in range(3)]

    assert harbour.watch() == [0.0, 2.0, 4.0, 6.0]
    assert harbour.said == ["data is being reindexed by process 7; it is tried again"]


def test_a_fault_of_ours_is_told_and_the_watch_goes_on(caplog):
    harbour = Harbour()
    harbour.faults = [ValueError("kelp")]

    assert harbour.watch() == [0.0, 5.0]
    assert harbour.said == ["that could not be done (ValueError: kelp); it is tried again"]
    assert "a run failed unexpectedly: ValueError" in caplog.text


def test_a_watch_that_is_stopped_in_the_middle_of_a_run_says_nothing_of_it():
    harbour = Harbour(ends_at=3)
    harbour.faults = [Stopped()]

    assert harbour.watch() == [0.0]
    assert harbour.said == []


def test_a_file_has_another_stamp_once_it_is_written_to(tmp_path):
    path = tmp_path / "otters.txt"
    before = stamp_of(path)
    path.write_text("otters")

    assert before is None
    assert stamp_of(path) == (6, path.stat().st_mtime_ns)
