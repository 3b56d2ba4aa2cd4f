"""What tests of backups share: other places, what is in them, and backups that were changed."""

import hashlib
import io
import json
import signal
import sqlite3
import subprocess
import sys
import tarfile
from contextlib import closing

from index import ROOT
from index.backup import Places
from index.restoring import restore

BOT_VERSION = 3  # of the newest bot.db that is known in these tests
COUNT = "Who counted forty otters?"


def quiet(*_) -> None:
    """Progress that nobody looks at."""


def elsewhere(root) -> Places:
    return Places(root / "new" / "data", root / "new" / "bot", root / "new" / "names.txt")


def contents(folder) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(str(path.relative_to(folder)) for path in files)


def inbox(places) -> list[tuple[int]]:
    with closing(sqlite3.connect(places.bot / "bot.db")) as db:
        return db.execute("select seq from inbox").fetchall()


def quoted(desk, places) -> str:
    desk.folder = places.folder
    library = desk.library()
    text = library.ask(COUNT).passages[0].text
    library.close()
    return text


def repacked(source, target, change):
    """The backup with its files, by name, as `change` leaves them."""
    with tarfile.open(source) as tar:
        files = {member.name: tar.extractfile(member).read() for member in tar}
    change(files)
    with tarfile.open(target, "w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target


def listed_anew(files):
    """Make the list of a backup that was changed agree with what is in it."""
    told = json.loads(files["backup.json"])
    told["files"] = {
        name: [len(data), hashlib.sha256(data).hexdigest()]
        for name, data in files.items()
        if name != "backup.json"
    }
    files["backup.json"] = json.dumps(told).encode()


def take_back(path, places, *, replace=False, progress=quiet):
    """Restore a backup, with nobody looking at how far it is."""
    restore(path, places, replace=replace, bot_version=BOT_VERSION, progress=progress)


_KILLED = """
import os, signal, sys
from pathlib import Path
from index.backup import Places, back_up
from tests.support.backups import take_back

stage, work, path, *places = sys.argv[1:]

def progress(told, *_):
    if told == stage:
        os.kill(os.getpid(), signal.SIGKILL)

work = {"back_up": back_up, "restore": take_back}[work]
work(Path(path), Places(*map(Path, places)), progress=progress)
"""


def killed_at(stage, work, path, places):
    """Let a process back up or restore until it tells of the stage, and is killed there."""
    told = [stage, work, path, places.folder, places.bot, places.aliases]
    ended = subprocess.run([sys.executable, "-c", _KILLED, *told], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
