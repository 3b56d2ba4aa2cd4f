"""One bot for a token and for a data folder: claims that end with the process, however it ends."""

import fcntl
import hashlib
import os
import socket
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

FILE_NAME = "bot.lock"

_TRIES, _PAUSE_S = 5, 0.1
"""Somebody may be looking whether the claim is held, and holds it himself for that moment."""

_LONGEST_HOLDER = 400

Sleep = Callable[[float], object]


class Taken(Exception):  # noqa: N818 - named as the errors of index are
    """Another bot has it, or it cannot be claimed; the message says who, and what to do."""


class Claim:
    """Files that this process alone has locked."""

    def __init__(self) -> None:
        self._files: list[int] = []

    def add(self, file: int) -> None:
        """Count a locked file among them."""
        self._files.append(file)

    def touch(self) -> None:
        """Note on each, by its time, that the bot lives; it is never old to a cleaner of /tmp."""
        for file in self._files:
            with suppress(OSError):
                os.utime(file)


@contextmanager
def claimed(
    *, data: Path, token: str, runtime: Path, sleep: Sleep = time.sleep
) -> Iterator[Claim]:
    """Be the one bot over a data folder, and for a token among those of this `runtime` folder.

    Raises Taken where another process is.
    """
    claim = Claim()
    holder = f"process {os.getpid()} on {socket.gethostname()} since {_now()}"
    with ExitStack() as open_files:
        for lock in (
            _lock_of_data(data, holder, sleep),
            _lock_of_token(token, runtime, f"{holder}, with BOT_DATA={data}", sleep),
        ):
            claim.add(open_files.enter_context(lock))
        yield claim


def runtime_folder(environ: Mapping[str, str]) -> Path:
    """Where a user's processes can find each other's claims until the machine starts anew."""
    given = environ.get("XDG_RUNTIME_DIR", "")
    if given.startswith("/"):
        return Path(given) / "quotewire"
    return Path(tempfile.gettempdir()) / f"quotewire-{os.geteuid()}"


def holder_of(data: Path) -> str | None:
    """Who holds the claim on a data folder, as the file says; None where nobody does."""
    try:
        file = os.open(data / FILE_NAME, os.O_RDONLY | _SAFELY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder_in(file)
    finally:
        os.close(file)
    return None


def silent_s(data: Path) -> float:
    """Seconds since the holder of a data folder last gave a sign of life there."""
    return max(0.0, time.time() - (data / FILE_NAME).stat().st_mtime)


# A link put there by another leads nowhere, and what is no file does not make us wait.
_SAFELY = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@contextmanager
def _lock_of_data(data: Path, holder: str, sleep: Sleep) -> Iterator[int]:
    try:
        make_private(data)
        file = _open(data / FILE_NAME)
    except OSError as error:
        raise Taken(
            f"{data / FILE_NAME} cannot be used ({error.strerror or error});"
            f" check who owns {data}, which BOT_DATA names"
        ) from error
    with _locked(
        file,
        holder,
        f"{data} is in use by another bot, {{}}; stop that one first, or give this one a folder"
        " of its own with BOT_DATA",
        sleep,
    ):
        yield file


@contextmanager
def _lock_of_token(token: str, runtime: Path, holder: str, sleep: Sleep) -> Iterator[int]:
    name = f"token-{hashlib.sha256(token.encode()).hexdigest()[:32]}.lock"
    try:
        file = _open_among(runtime, name)
    except OSError as error:
        raise Taken(
            f"{runtime} cannot be used ({error.strerror or error}); it must be a folder that"
            " belongs to the user of this bot and to nobody else: remove it, or set"
            " XDG_RUNTIME_DIR to a folder of that user"
        ) from error
    with _locked(
        file,
        holder,
        "this BOT_TOKEN is in use by another bot, {}; stop that one first, or ask @BotFather"
        " for a token of its own",
        sleep,
    ):
        yield file


@contextmanager
def _locked(file: int, holder: str, taken: str, sleep: Sleep) -> Iterator[None]:
    """Hold an open file's lock, with the holder's name written in it, and close it."""
    try:
        if not _lock(file, sleep):
            raise Taken(taken.format(_holder_in(file)))
        # The lock is what counts: a full disk may keep the name out of it.
        with suppress(OSError):
            os.ftruncate(file, 0)
            os.pwrite(file, holder.encode(), 0)
        yield
        with suppress(OSError):
            os.ftruncate(file, 0)
    finally:
        os.close(file)


def _lock(file: int, sleep: Sleep) -> bool:
    for attempt in range(_TRIES):
        if attempt:
            sleep(_PAUSE_S)
        with suppress(BlockingIOError):
            # The kernel lets go when the process ends, however it ends.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
    return False


def _open(path: Path | str, folder: int | None = None) -> int:
    """Open a file of our own for locking, made where it is missing. Raises OSError."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | _SAFELY, 0o600, dir_fd=folder)
    try:
        _require(_is_plain(os.fstat(file)), f"{path} is no file of its own")
        os.fchmod(file, 0o600)
    except OSError:
        os.close(file)
        raise
    return file


def _open_among(runtime: Path, name: str) -> int:
    """The same in a folder that lies where anybody may write, which must be ours alone."""
    make_private(runtime)
    folder = os.open(runtime, os.O_RDONLY | os.O_DIRECTORY | _SAFELY)
    try:
        _require(_is_ours_alone(os.fstat(folder)), f"{runtime} is open to others")
        return _open(name, folder)
    finally:
        os.close(folder)


def _is_plain(about: os.stat_result) -> bool:
    return stat.S_ISREG(about.st_mode) and about.st_nlink == 1


def _is_ours_alone(about: os.stat_result) -> bool:
    return about.st_uid == os.geteuid() and not about.st_mode & 0o077


def _require(condition: bool, otherwise: str) -> None:  # noqa: FBT001 - as an assertion
    if not condition:
        raise OSError(otherwise)


def make_private(folder: Path) -> None:
    """Make a folder where there is none, its owner's alone whatever the umask."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        folder.chmod(0o700)


def _holder_in(file: int) -> str:
    with suppress(OSError):
        text = os.pread(file, _LONGEST_HOLDER, 0).decode("utf-8", "replace")
        if shown := "".join(each for each in text if each.isprintable()):
            return shown
    return "a process that has not said its number"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
