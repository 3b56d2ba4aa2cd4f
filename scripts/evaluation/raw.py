"""How well files are read: each kind of them, compared with what is known to be in it."""

import ast
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index import IndexFault
from index.article import Article
from index.errors import Unreadable
from index.readers import feed, read
from index.readers.decoding import decode
from index.readers.fragments import text_of_fragment

Row = Mapping[str, Any]  # a line of expected.jsonl

SHARES = ("must", "must_not", "title", "date", "entries")


@dataclass(slots=True)
class Kind:
    """What has become of the files of one kind: [met, wanted] for each sort of claim.

    `empty` are the feeds that are understood and have no text to quote.
    """

    files: int = 0
    read: int = 0
    empty: int = 0
    refused: int = 0
    crashed: int = 0
    claims: dict[str, list[int]] = field(default_factory=dict)

    def claim(self, name: str, *, met: int, of: int) -> None:
        """Count claims of one sort."""
        tally = self.claims.setdefault(name, [0, 0])
        tally[0] += met
        tally[1] += of

    def figures(self) -> dict[str, float]:
        """The counts, and the share of each sort of claim that any file makes."""
        counts: dict[str, float] = {
            "files": self.files,
            "read": self.read,
            "empty": self.empty,
            "refused": self.refused,
            "crashed": self.crashed,
        }
        made = {name: self.claims[name] for name in SHARES if self.claims.get(name, [0, 0])[1]}
        return counts | {name: met / of for name, (met, of) in made.items()}


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of each kind of file, under "raw/KIND", and each file that fell short."""

    kinds: dict[str, Kind]
    refused: tuple[tuple[str, str], ...]  # file, reason
    missed: tuple[tuple[str, str], ...]  # file, what was wanted of it

    @property
    def figures(self) -> dict[str, dict[str, float]]:
        """The figures that floors are held to."""
        return {f"raw/{name}": kind.figures() for name, kind in self.kinds.items()}


def examine(folder: Path) -> Report:
    """Read every file that `folder`/expected.jsonl lists.

    Texts are compared without white space, punctuation and case. Raises IndexFault where there is
    no such list.
    """
    kinds: dict[str, Kind] = {}
    refused: list[tuple[str, str]] = []
    missed: list[tuple[str, str]] = []
    for row in _rows(folder):
        kind = kinds.setdefault(row["kind"], Kind())
        kind.files += 1
        articles, reason = _read(folder / row["file"], kind)
        if reason:
            refused.append((row["file"], reason))
        for name, wanted, met in _claims(row, folder / row["file"], articles):
            kind.claim(name, met=met, of=1)
            if not met:
                missed.append((row["file"], f"{name}: {wanted}"))
    return Report(kinds, tuple(refused), tuple(missed))


def shown(report: Report, *, worst: int = 0) -> str:
    """The table, the reasons of the files refused, and the first `worst` claims not met."""
    head = ["kind", "files", "read", "empty", "refused", "crashed", *SHARES]
    rows = [head, *([name, *_cells(kind)] for name, kind in report.kinds.items())]
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    reasons: dict[str, list[str]] = {}
    for file, reason in report.refused:
        reasons.setdefault(reason, []).append(file)
    lines += [""] * bool(reasons)
    for reason, files in sorted(reasons.items(), key=lambda each: -len(each[1])):
        lines.append(f"{len(files)}: {reason} ({', '.join(files[:3])}{', …' * (len(files) > 3)})")
    lines += [f"{file}: {wanted}" for file, wanted in report.missed[:worst]]
    return "\n".join(lines)


def as_json(report: Report) -> dict[str, object]:
    """The report as it is printed for programs."""
    return {
        "raw": {name.removeprefix("raw/"): each for name, each in report.figures.items()},
        "refused": [{"file": file, "reason": reason} for file, reason in report.refused],
        "missed": [{"file": file, "wanted": wanted} for file, wanted in report.missed],
    }


def _rows(folder: Path) -> list[Row]:
    try:
        lines = (folder / "expected.jsonl").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise IndexFault(f"no list of files in {folder}: expected.jsonl ({error})") from error


def _read(path: Path, kind: Kind) -> tuple[Sequence[Article], str]:
    """The articles of a file, or none and the reason why."""
    try:
        articles = read(path)
    except Unreadable as error:
        empty = _is_feed(path)
        kind.empty += empty
        kind.refused += not empty
        return (), str(error)
    except Exception as error:  # noqa: BLE001 - a reader that crashes is what we are looking for
        kind.crashed += 1
        return (), f"crashed with {type(error).__name__}: {error}"
    kind.read += 1
    return articles, ""


def _is_feed(path: Path) -> bool:
    try:
        feed.entries(path.read_bytes())
    except Unreadable:
        return False
    return True


def _cells(kind: Kind) -> Iterator[str]:
    yield from map(str, (kind.files, kind.read, kind.empty, kind.refused, kind.crashed))
    for name in SHARES:
        met, of = kind.claims.get(name, (0, 0))
        yield f"{met}/{of} {met / of:.3f}" if of else "-"


# What is claimed of a file: the sort of claim, what was wanted, and how it went.

_Claim = tuple[str, str, bool]


def _claims(row: Row, path: Path, articles: Sequence[Article]) -> Iterator[_Claim]:
    quoted = _letters("".join(a.text[s.start : s.end] for a in articles for s in a.spans))
    for must in row["must"]:
        yield "must", must, _letters(must) in quoted
    for never in row["must_not"] if articles else ():
        yield "must_not", never, _letters(never) not in quoted
    if row["title"]:
        yield "title", row["title"], _is_titled(row["title"], articles)
    if date := row["date"][:10]:
        yield "date", date, any(a.credit.published[:10] == date for a in articles)
    if row["kind"] == "feed":
        yield from _claims_of_feed(row, path)


def _is_titled(wanted: str, articles: Sequence[Article]) -> bool:
    """Whether the article has this title, or each article of a book begins its own with it."""
    titles = [_letters(article.credit.title) for article in articles]
    if len(titles) > 1:
        return all(title.startswith(_letters(wanted)) for title in titles)
    return titles == [_letters(wanted)]


def _claims_of_feed(row: Row, path: Path) -> Iterator[_Claim]:
    """That no entry is lost, and that it says what the test of feedparser's own says it does."""
    data = path.read_bytes()
    try:
        found = feed.entries(data)
    except Unreadable:
        found = feed.Feed("", "", ())
    expected = row.get("expect", "").partition("-->")[0].strip()
    told = dict(_told(expected))
    wanted = row.get("entries") or told.pop("entries", None) or _count_entries(data)
    for number in range(int(wanted)):
        yield "entries", f"entry {number + 1}", number < len(found.entries)
    for where, value in told.items():
        name = "title" if where.endswith("title") else "must"
        yield name, f"{where} {value}", _letters(value) == _letters(_SAID[where](found))


def _first(found: feed.Feed) -> feed.Entry:
    return found.entries[0] if found.entries else feed.Entry("")


_SAID: Mapping[str, Callable[[feed.Feed], str]] = {
    "feed.title": lambda found: found.title,
    "entries.0.title": lambda found: _first(found).title,
    "entries.0.summary": lambda found: text_of_fragment(_first(found).summary_html),
    "entries.0.description": lambda found: text_of_fragment(_first(found).summary_html),
    "entries.0.content.0.value": lambda found: text_of_fragment(_first(found).content_html),
}


def _told(expected: str) -> Iterator[tuple[str, str]]:
    """What an expression of feedparser's tests says of our nouns: `feed.title == 'Tide'`."""
    try:
        tree = ast.parse(expected, mode="eval")
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Constant):
            where, value = _place(node.left), str(node.comparators[0].value)
            text = text_of_fragment(value) if where in _SAID else value
            if where == "entries" or (where in _SAID and _letters(text)):
                yield where, text


def _place(node: ast.expr) -> str:
    """`entries[0]['title']` as "entries.0.title", `len(entries)` as "entries"."""
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(value, name):
            return f"{_place(value)}.{name}"
        case ast.Subscript(value, ast.Constant(str() | int() as key)):
            return f"{_place(value)}.{key}"
        case ast.Call(ast.Name("len"), [ast.Name("entries")]):
            return "entries"
    return ""


def _count_entries(data: bytes) -> int:
    text = re.sub(r"<!--.*?-->", "", decode(data), flags=re.DOTALL)
    return len(re.findall(r"<(?:\w+:)?(?:item|entry)[\s>/]", text, re.IGNORECASE))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))
