"""What was found when something was looked at: a verdict, in words, with what to do next."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """All is well, something is to be known, something is wrong, or it could not be seen."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `advice` is what to do about it.

    `mends` means that what is wrong is derived from something else, and can be made anew.
    """

    check: str
    verdict: Verdict
    told: str
    advice: str = ""
    mends: bool = False


def fine(check: str, told: str) -> Finding:
    """All is well."""
    return Finding(check, Verdict.OK, told)


def note(check: str, told: str, advice: str = "", *, mends: bool = False) -> Finding:
    """Something is to be known."""
    return Finding(check, Verdict.NOTE, told, advice, mends)


def wrong(check: str, told: str, advice: str, *, mends: bool = False) -> Finding:
    """Something is wrong."""
    return Finding(check, Verdict.WRONG, told, advice, mends)


def unseen(check: str, told: str, advice: str = "") -> Finding:
    """It could not be seen."""
    return Finding(check, Verdict.UNSEEN, told, advice)
