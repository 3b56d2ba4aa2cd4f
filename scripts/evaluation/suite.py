"""Read a suite: a folder with questions.jsonl and either corpus.jsonl or articles to read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.article import Article, Credit, Span
from index.errors import IndexFault

Row = Mapping[str, Any]

BREAK = "\n\n"
SEED_ARTICLE = "seed-lwj"


class NoSuite(IndexFault):
    """A folder is not a suite, or a line of it cannot be read."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its gold: passage ids (of corpus.jsonl), or snippets of the paragraph.

    `history` are the questions that were asked before a follow-up, in order.
    """

    id: str
    question: str
    gold: frozenset[str]
    articles: frozenset[str]
    answers: tuple[str, ...]
    answerable: bool
    kind: str
    history: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suite:
    """Questions on one collection.

    `names` gives a passage's id by (origin, start). `articles` are given by origin; they are empty
    where the folder's own files are to be read.
    """

    name: str
    folder: Path
    questions: tuple[Asked, ...]
    articles: Mapping[str, Sequence[Article]] = field(default_factory=dict)
    names: Mapping[tuple[str, int], str] = field(default_factory=dict)


def read_suites(folder: Path) -> Iterator[Suite]:
    """The suites of a folder: one a language and, where questions have one, a scope."""
    questions = list(rows_of(folder / "questions.jsonl"))
    if not (folder / "corpus.jsonl").is_file():
        yield Suite(folder.name, folder, tuple(_asked(row, {}) for row in questions))
        return
    corpus = list(rows_of(folder / "corpus.jsonl"))
    languages = sorted({str(row.get("lang", "")) for row in corpus})
    for language in languages:
        name = f"{folder.name}/{language}" if len(languages) > 1 else folder.name
        mine = [row for row in questions if row.get("lang", "") == language]
        passages = [row for row in corpus if row.get("lang", "") == language]
        yield from _by_scope(name, folder, mine, passages)


def rows_of(path: Path) -> Iterator[Row]:
    """The objects of a file of JSON lines. Raises NoSuite, naming the line that cannot be read."""
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise NoSuite(
            f"{path} cannot be read ({error}); a suite is a folder with questions.jsonl"
            " or pairs.jsonl"
        ) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise NoSuite(f"line {number} of {path} is not JSON ({error})") from error


def _by_scope(
    name: str, folder: Path, questions: Sequence[Row], corpus: Sequence[Row]
) -> Iterator[Suite]:
    """A suite over the whole corpus, and one over the seed article for what holds of it alone."""
    of_seed = [row for row in questions if row.get("scope") == "seed"]
    others = [row for row in questions if row.get("scope") != "seed"]
    yield _suite(name, folder, others, corpus)
    if of_seed:
        seed = [row for row in corpus if row["doc_id"] == SEED_ARTICLE]
        yield _suite(name, folder, of_seed, seed)


def _suite(name: str, folder: Path, questions: Sequence[Row], corpus: Sequence[Row]) -> Suite:
    by_article: dict[str, list[Row]] = {}
    for row in corpus:
        by_article.setdefault(str(row["doc_id"]), []).append(row)
    articles = {origin: (_article(rows),) for origin, rows in by_article.items()}
    names = {
        (origin, span.start): str(row["id"])
        for origin, rows in by_article.items()
        for row, span in zip(rows, articles[origin][0].spans, strict=True)
    }
    homes = {str(row["id"]): str(row["doc_id"]) for row in corpus}
    asked = tuple(_asked(row, homes) for row in questions)
    return Suite(name, folder, asked, articles, names)


def _article(rows: Sequence[Row]) -> Article:
    """An article whose paragraphs are the corpus' passages as they are."""
    spans, at = [], 0
    for row in rows:
        end = at + len(str(row["text"]))
        spans.append(Span(at, end))
        at = end + len(BREAK)
    first = rows[0]
    credit = Credit(
        title=str(first.get("title", "")),
        publisher=str(first.get("source", "")),
        published=str(first.get("date", "")),
        url=str(first.get("url", "")),
    )
    text = BREAK.join(str(row["text"]) for row in rows)
    return Article(text, tuple(spans), credit, language=str(first.get("lang", "")))


def _asked(row: Row, homes: Mapping[str, str]) -> Asked:
    """A question; `homes` tells the article that a gold passage belongs to."""
    gold = frozenset(_texts(row, "gold_ids") + _texts(row, "also_ids") + _texts(row, "gold"))
    return Asked(
        id=str(row["id"]),
        question=str(row["question"]),
        gold=gold,
        articles=frozenset(_article_names(row) or [homes.get(each, "") for each in gold]),
        answers=tuple(_texts(row, "answers")),
        answerable=bool(row["answerable"]),
        kind=str(row.get("kind", "")),
        history=tuple(_texts(row, "history")[::2]),  # a person and the bot, by turns
    )


def _article_names(row: Row) -> list[str]:
    return [str(row["doc_id"])] if row.get("doc_id") else []


def _texts(row: Row, key: str) -> list[str]:
    values = row.get(key) or []
    return [str(value) for value in values] if isinstance(values, list) else []
