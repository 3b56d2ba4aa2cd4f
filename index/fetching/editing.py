"""Change sources.toml and leave every line as somebody wrote it: add below, or comment out."""

import json
import tomllib
from pathlib import Path
from typing import Any

from index.errors import UnknownSetting
from index.fetching.listing import header_lines
from index.fetching.source import Source

_Told = dict[str, str | bool]


def add_table(file: Path, told: _Told) -> None:
    """Append a [[source]] to the file, which is made where there is none.

    Raises UnknownSetting, and leaves the file as it was, where it would not be understood.
    """
    text = file.read_text("utf-8-sig") if file.exists() else ""
    lines = "".join(f"{key} = {_value(value)}\n" for key, value in told.items())
    joint = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    addition = f"{joint}[[source]]\n{lines}"
    if _sources(text + addition) != [*_sources(text), told]:
        raise UnknownSetting(f"{file} cannot be added to; write this at its end:\n{addition}")
    with file.open("a", encoding="utf-8") as open_file:
        open_file.write(addition)


def comment_out(source: Source) -> None:
    """Put a # before each line of the source's table; the lines stay otherwise as they are.

    Raises UnknownSetting, and leaves the file as it was, where that would change another source.
    """
    file = Path(source.listed)
    lines = file.read_text("utf-8").splitlines(keepends=True)
    before = _sources("".join(lines))
    headers = header_lines("".join(lines))
    if source.line not in headers or len(headers) != len(before):
        raise _by_hand(source)
    number = headers.index(source.line)
    end = headers[number + 1] - 1 if number + 1 < len(headers) else len(lines)
    end = _without_lead(lines, source.line, end)
    for at in range(source.line - 1, end):
        if lines[at].strip():
            lines[at] = f"# {lines[at]}"
    if _sources("".join(lines)) != [*before[:number], *before[number + 1 :]]:
        raise _by_hand(source)
    file.write_text("".join(lines), "utf-8")


def _without_lead(lines: list[str], start: int, end: int) -> int:
    """Where a table ends, without the comments that lead up to the next one."""
    while end > start and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _sources(text: str) -> list[Any]:
    try:
        told = tomllib.loads(text.removeprefix("\ufeff"))
    except ValueError:
        return [None]
    found = told.get("source", [])
    return found if isinstance(found, list) else [None]


def _by_hand(source: Source) -> UnknownSetting:
    return UnknownSetting(
        f"{source.listed} is written in a way that is not safely changed; delete the table of"
        f" {source.name} yourself{f', on line {source.line}' if source.line else ''}"
    )


def _value(value: str | bool) -> str:  # noqa: FBT001 - it is one of TOML's values
    # JSON's texts and truths are TOML's too, but for this one character, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
