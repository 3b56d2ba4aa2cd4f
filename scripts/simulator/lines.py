"""What a line typed into the simulator means: who does what in which chat."""

import re
from dataclasses import dataclass
from enum import StrEnum

_LINE = re.compile(
    r"""(?:(?!(?:reply|edit|press)\b)(?P<who>[\w-]+))?
        (?:\s+in\s+(?P<chat>[\w-]+))?
        (?:\s+\#(?P<topic>[\w-]+))?
        (?:\s*\b(?P<do>reply|edit|press)(?:\s+(?:to\s+|on\s+)?(?P<number>\d+))?)?
        \s*:\s*(?P<text>.*)""",
    re.VERBOSE | re.DOTALL,
)


class Deed(StrEnum):
    """What somebody does."""

    SAY = "say"
    REPLY = "reply"
    EDIT = "edit"
    PRESS = "press"


@dataclass(frozen=True, slots=True)
class Line:
    """Who does what: `number` is the message that is meant, 0 for the last; `text` what is said.

    Of a press, `text` is the button, by its number or its label.
    """

    who: str
    deed: Deed
    text: str
    chat: str = ""
    topic: str = ""
    number: int = 0


def read_line(line: str, *, who: str = "you") -> Line:
    """The line as it is meant: without a name in front of it, `who` says all of it.

    `ada: text`, `ada in private: text`, `ada #topic: text`, `ada reply 3: text`, `ada edit: text`,
    `ada press: 2`, and `press: 2` for oneself.
    """
    found = _LINE.fullmatch(line.strip())
    nobody = found and not (found["who"] or found["do"])
    name = ((found and found["who"]) or "").lower()
    if not found or nobody or name in {"http", "https"} or line.lstrip().startswith("/"):
        return Line(who, Deed.SAY, line.strip())
    return Line(
        found["who"] or who,
        Deed(found["do"] or "say"),
        found["text"].strip(),
        found["chat"] or "",
        found["topic"] or "",
        int(found["number"] or 0),
    )
