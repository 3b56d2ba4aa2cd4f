"""What tests of backups share: other places, what is in them, and backups that were changed."""

import hashlib
import io
import json
import sqlite3
import tarfile
from contextlib import closing

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


def take_back(path, places, *, replace=False):
    """Restore a backup, with nobody looking at how far it is."""
    restore(path, places, replace=replace, bot_version=BOT_VERSION, progress=quiet)
