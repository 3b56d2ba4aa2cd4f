"""Whether the settings can be read, and names in .env that nothing reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bot.settings import BotSettings
from index import (
    Finding,
    IndexSettings,
    UnknownSetting,
    load_index_settings,
    read_dotenv,
    read_settings,
    setting_names,
)
from index.findings import fine, note, wrong

_NEAR = 0.7


@dataclass(frozen=True, slots=True)
class Given:
    """The settings as far as they can be read, and what was found on the way."""

    bot: BotSettings | None
    index: IndexSettings | None
    findings: tuple[Finding, ...]


def look_at_settings(environ: Mapping[str, str], dotenv: Path) -> Given:
    """Read both kinds of settings; one that is wrong does not hide the other."""
    bot = index = None
    faults: list[str] = []
    try:
        bot = read_settings(BotSettings, environ, dotenv)
    except UnknownSetting as fault:
        faults += str(fault).splitlines()
    try:
        index = load_index_settings(environ, dotenv)
    except UnknownSetting as fault:
        faults += [line for line in str(fault).splitlines() if line not in faults]
    found = [wrong("settings", fault, f"edit {dotenv.name}") for fault in faults]
    if not found:
        found.append(fine("settings", _told(dotenv)))
    return Given(bot, index, (*found, *_unread(dotenv), *_missing(index)))


def _told(dotenv: Path) -> str:
    return f"{dotenv} is read" if dotenv.is_file() else f"there is no {dotenv}; defaults hold"


def _missing(index: IndexSettings | None) -> Iterator[Finding]:
    """A file of names that was named and is not there: it may come later, or be misspelt."""
    if index and "aliases" in index.model_fields_set and not index.aliases.exists():
        told = f"INDEX_ALIASES names {index.aliases}, which does not exist"
        yield note("settings", told, "make that file, or see how it is spelled")


def _unread(dotenv: Path) -> Iterator[Finding]:
    """Names in the file that carry no prefix of ours, but look as if they should."""
    known = [*setting_names(BotSettings), *setting_names(IndexSettings)]
    try:
        names = [name for name, _ in read_dotenv(dotenv)]
    except UnknownSetting:
        return
    for name in dict.fromkeys(names):
        if name.upper().startswith(("BOT_", "INDEX_")):
            continue
        if near := get_close_matches(name.upper(), known, 1, _NEAR):
            told = f"{name[:40]} in {dotenv.name} is not read"
            yield note("settings", told, f"did you mean {near[0]}?")
