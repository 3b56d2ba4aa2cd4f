"""Tell in plain words what is well and what is not, and what to type next; --fix mends."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from index import ROOT, Finding, IndexFault, Verdict
from scripts.terminal.opening import guarded

WELL, WRONG, UNSEEN = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Look at everything. Exit status 0 all is well, 1 something is wrong, 2 out of sight."""
    asked = _parser().parse_args(argv)
    with _hushed():
        return guarded(lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    from bot.logs import quiet_libraries

    quiet_libraries()
    say = _silent if asked.json else _say
    findings = _told(_findings(quick=asked.quick), say)
    mended = []
    if asked.fix:
        for told in _mend(findings):
            mended.append(told)
            say(f"mending: {told}")
        if mended:
            findings = _told(_findings(quick=asked.quick), say)
    status = status_of(findings)
    _say(as_object(findings, mended, status) if asked.json else _closing(findings, status))
    return status


def _told(findings: Iterable[Finding], say: Callable[[str], None]) -> list[Finding]:
    """The findings, each said as soon as it is there."""
    told = []
    for finding in findings:
        told.append(finding)
        say(as_line(finding))
    return told


def _say(line: str) -> None:
    from bot.logs import redacted

    print(redacted(line), flush=True)


def _silent(_: str) -> None:
    """What a program reads is said at the end, at once."""


def status_of(findings: Iterable[Finding]) -> int:
    """The exit status of what was found: what is wrong goes before what was out of sight."""
    verdicts = {finding.verdict for finding in findings}
    if Verdict.WRONG in verdicts:
        return WRONG
    return UNSEEN if Verdict.UNSEEN in verdicts else WELL


def as_line(finding: Finding) -> str:
    """A finding in one line: the verdict, of what, what was found, and what to do."""
    advice = f"; {finding.advice}" if finding.advice else ""
    told = " ".join(f"{finding.told}{advice}".split())
    return f"{finding.verdict.value:<6} {finding.check}: {told}"


def as_object(findings: Iterable[Finding], mended: Sequence[str], status: int) -> str:
    """The findings as one JSON object."""
    told = {
        "status": status,
        "findings": [asdict(finding) for finding in findings],
        "mended": list(mended),
    }
    return json.dumps(told, ensure_ascii=False)


def _findings(*, quick: bool) -> Iterator[Finding]:
    from index import inspect_collection
    from scripts.checkup import machine, memory
    from scripts.checkup.settings import look_at_settings
    from scripts.checkup.telegram import look_at_telegram

    given = look_at_settings(os.environ, ROOT / ".env")
    yield from given.findings
    folders = []
    if given.bot is not None:
        path = given.bot.data / "bot.db"
        running = memory.is_open(path)
        yield from look_at_telegram(given.bot, running=running)
        yield machine.look_at_zone(given.bot)
        yield from machine.look_at_rights(given.bot, given.index, ROOT / ".env")
        yield memory.look_at_memory(path, running=running, quick=quick)
        folders.append(given.bot.data)
    if given.index is not None:
        yield from inspect_collection(given.index, quick=quick)
        if "://" not in given.index.url:
            folders.append(given.index.folder)
    yield from machine.look_at_disks(folders)
    yield machine.look_at_files()
    yield machine.look_at_versions()


def _mend(findings: Sequence[Finding]) -> Iterator[str]:
    """Mend what can be made anew; what each step did."""
    from index import mend_collection
    from scripts.checkup.memory import salvage
    from scripts.checkup.settings import look_at_settings

    given = look_at_settings(os.environ, ROOT / ".env")
    mendable = {finding.check for finding in findings if finding.mends}
    if "bot.db" in mendable and given.bot is not None:
        yield from salvage(given.bot.data / "bot.db")
    if mendable - {"bot.db"} and given.index is not None:
        try:
            yield from mend_collection(given.index)
        except IndexFault as fault:
            yield f"nothing of the collection: {fault}"


def _closing(findings: Sequence[Finding], status: int) -> str:
    if status == WELL:
        return "all is well"
    counts = {
        verdict: sum(finding.verdict is verdict for finding in findings)
        for verdict in (Verdict.WRONG, Verdict.UNSEEN)
    }
    parts = [
        f"{count} {words}"
        for count, words in zip(counts.values(), ("wrong", "could not be looked at"), strict=True)
        if count
    ]
    return ", ".join(parts)


@contextmanager
def _hushed() -> Iterator[None]:
    """What is looked at tells of itself in findings; its log would say it twice."""
    loggers = [logging.getLogger(name) for name in ("index", "bot")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run doctor",
        description="Look at settings, token, Telegram's side, clock, disk, rights, the"
        " collection, the model and the bot's memory, and say of each in one line whether it is"
        " ok, something to note, wrong, or could not be seen, and what to type next. The bot may"
        " run meanwhile; nothing is changed without --fix. Exit status: 0 all is well, 1 something"
        " is wrong, 2 something could not be looked at.",
    )
    parser.add_argument("--quick", action="store_true", help="leave out what reads every text")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--fix",
        action="store_true",
        help="make anew what is derived (indexes, words, vectors and their file), and begin a new"
        " bot.db where it is damaged, with what can be saved of the old one, which is kept aside",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
