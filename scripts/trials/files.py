"""Spoil files of every kind and have them read: each is read or refused in a line, in time."""

import logging
import multiprocessing
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from scripts.trials.standing import standing

MOST_S = 60.0
_MOST_BYTES = 1 << 19


@dataclass(slots=True)
class Spoilt:
    """What became of the files."""

    files: int = 0
    read: int = 0
    refused: int = 0
    crashed: Counter[str] = field(default_factory=Counter)
    hung: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    slowest: str = ""
    rss_half_mb: float = 0.0
    rss_end_mb: float = 0.0
    seconds: float = 0.0

    @property
    def well(self) -> bool:
        """Whether nothing crashed or hung, and memory stood still over the last half."""
        grown = self.rss_end_mb - self.rss_half_mb
        return not self.crashed and not self.hung and grown <= self.rss_half_mb * 0.1


@dataclass(frozen=True, slots=True)
class Case:
    """One spoilt file: its name, and its bytes."""

    name: str
    data: bytes


def samples(*folders: Path) -> list[Case]:
    """The files of the folders that a reader wants, as they are."""
    from index.readers import wants

    found = (path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file())
    return [Case(path.name, path.read_bytes()) for path in found if wants(path)]


def spoilt(cases: Sequence[Case], count: int, *, seed: int) -> Iterator[Case]:
    """That many files, each one of the cases with one to eight wounds; the same from one seed."""
    for number in range(count):
        chance = random.Random(f"{seed}/{number}")  # noqa: S311 - no secret comes of it
        case, other = chance.choice(cases), chance.choice(cases)
        data = bytearray(case.data)
        for _ in range(chance.randint(1, 8)):
            _wound(data, other.data, chance)
        name = other.name if chance.random() < 0.1 else case.name
        yield Case(f"{number}-{name}", bytes(data[:_MOST_BYTES]))


def _wound(  # noqa: C901 - a table of ways
    data: bytearray, other: bytes, chance: random.Random
) -> None:
    start = chance.randrange(len(data) + 1)
    end = min(len(data), start + chance.choice((1, 8, 200, 5_000)))
    piece = bytes(data[start:end])
    match chance.randrange(7):
        case 0:
            for _ in range(chance.randint(1, 30)):
                if data:
                    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        case 1:
            del data[start:]
        case 2:
            del data[start:end]
        case 3:
            data[start:start] = piece * chance.choice((1, 10, 300))
        case 4:
            cut = chance.randrange(len(other) + 1)
            data[start:end] = other[cut : cut + chance.choice((8, 200, 5_000))]
        case 5:
            data[start:end] = chance.randbytes(end - start)
        case _:
            data[start:start] = chance.choice(_MARKS) * chance.choice((1, 50, 5_000))


_MARKS = (
    *(b"<div>", b"<p", b"[", b"{", b'"', b"&", b"\xff\xfe", b"\0", b"\xed\xa0\x80", b"\r", b"#"),
    *(b"<!--", b"]]>", b"%PDF-1.7\n", b"PK\x03\x04", b"From: \n", b"<item>", b"99999999999", b"("),
)


def read_all(cases: Iterator[Case], count: int, *, most_s: float = MOST_S) -> Spoilt:
    """Read the files one by one in a process of their own, which is replaced when it hangs."""
    found, began = Spoilt(), time.monotonic()
    worker = _Worker()
    with closing(worker):
        for case in cases:
            outcome = worker.read(case, most_s)
            found.files += 1
            _note(found, case, outcome)
            if found.files == count // 2:
                found.rss_half_mb = worker.rss_mb
        found.rss_end_mb = worker.rss_mb
    found.seconds = time.monotonic() - began
    return found


@dataclass(frozen=True, slots=True)
class _Outcome:
    seconds: float
    told: str  # "" for what was read, a reason after "refused", a fault after "crashed"


def _note(found: Spoilt, case: Case, outcome: _Outcome) -> None:
    if outcome.seconds > found.slowest_s:
        found.slowest_s, found.slowest = outcome.seconds, case.name
    if not outcome.told:
        found.read += 1
    elif outcome.told == "refused":
        found.refused += 1
    elif outcome.told == "hung":
        found.hung.append(case.name)
    else:
        found.crashed[f"{case.name.rpartition('.')[2]}: {outcome.told}"] += 1


class _Worker:
    """A process that reads; a new one when the last has hung or died."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        # Ours, since a process that is killed tidies nothing up.
        self._folder = tempfile.TemporaryDirectory(prefix="quotewire-")
        self._start()

    def _start(self) -> None:
        self._ours, theirs = self._context.Pipe()
        self._process = self._context.Process(
            target=_work, args=(theirs, self._folder.name), daemon=True
        )
        self._process.start()
        theirs.close()
        self._ours.recv()  # it is ready, its libraries loaded

    @property
    def rss_mb(self) -> float:
        return standing(self._process.pid or 0).rss_mb

    def read(self, case: Case, most_s: float) -> _Outcome:
        began = time.monotonic()
        try:
            self._ours.send((case.name, case.data))
            if self._ours.poll(most_s):
                return _Outcome(time.monotonic() - began, self._ours.recv())
            told = "hung"
        except (EOFError, OSError):
            told = "the process died"
        self._end()
        self._start()
        return _Outcome(time.monotonic() - began, told)

    def close(self) -> None:
        self._end()
        self._folder.cleanup()

    def _end(self) -> None:
        self._process.kill()
        self._process.join()
        self._ours.close()


def _work(pipe: Connection, folder: str) -> None:
    """Read what comes until the other end is closed, and say of each what became of it."""
    from index.readers import look_into

    logging.disable(logging.CRITICAL)
    pipe.send("ready")
    while True:
        try:
            name, data = pipe.recv()
        except EOFError:
            return
        path = Path(folder) / name
        path.write_bytes(data)
        pipe.send(_told(path, look_into))
        path.unlink()


def _told(path: Path, look_into: Callable[[Path], object]) -> str:
    import traceback

    from index.errors import Unreadable

    try:
        look_into(path)
    except Unreadable as fault:
        return "refused" if "\n" not in str(fault) else f"a reason of several lines: {fault}"
    except BaseException as error:  # noqa: BLE001 - that there is any is what is looked for
        where = traceback.extract_tb(error.__traceback__)
        ours = [each for each in where if "/index/" in each.filename] or where[-1:]
        return (
            f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}: {error}"
        )
    return ""
