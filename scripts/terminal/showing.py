"""How an answer looks in a terminal: source above, quote below it, best sentence bold."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from bot.phrases import phrases_in
from bot.searched import searched_line
from index import Answer, Credit, Passage, Status, Surroundings

INDENT = "    "
ENGLISH = phrases_in("en").answers


@dataclass(frozen=True, slots=True)
class Look:
    """How wide the terminal is, and what to put around the best sentence."""

    width: int = 80
    strong: tuple[str, str] = ("*", "*")


def look_of(*, terminal: bool, width: int) -> Look:
    """Bold on a terminal, asterisks where there is none; never wider than 100 columns."""
    strong = ("\033[1m", "\033[0m") if terminal else ("*", "*")
    return Look(width=max(30, min(width, 100)), strong=strong)


def answer_text(answer: Answer, look: Look, *, first: int = 1, more: str = "/more") -> str:
    """The whole answer as lines of text; passages are numbered from `first`.

    `more` is what to type for the passages that are left.
    """
    line = _harmless(searched_line(answer, ENGLISH))
    if answer.abstained:
        return "\n".join(filter(None, (line, nothing_found(answer))))
    numbered = enumerate(answer.passages, start=first)
    parts = [line] if line else []
    parts += [passage_text(passage, number, look) for number, passage in numbered]
    if answer.more:
        parts.append(f"{answer.more} more: {more}")
    return "\n\n".join(parts)


def passage_text(passage: Passage, number: int, look: Look) -> str:
    """One numbered passage: its source, its link, then its words."""
    lines = [f"{number}. {source_line(passage.credit, page=passage.page)}"]
    if passage.credit.url:
        lines.append(f"{INDENT[:3]}{_harmless(passage.credit.url)}")
    if passage.also:
        lines.append(f"{INDENT[:3]}also carried by {_harmless(', '.join(passage.also))}")
    start, end = passage.best
    lines += _quoted(passage.text, look, strong=(start, end))
    return "\n".join(lines)


def surroundings_text(around: Surroundings, look: Look) -> str:
    """A quote between the paragraphs before and after it; the quote is the bold one."""
    parts = [source_line(around.credit)]
    for text, strong in (
        (around.before, (0, 0)),
        (around.quote, (0, len(around.quote))),
        (around.after, (0, 0)),
    ):
        if text:
            parts.append("\n".join(_quoted(text, look, strong=strong)))
    return "\n\n".join(parts)


def source_line(credit: Credit, *, page: int = 0) -> str:
    """Title, publisher, via, date and page, as many as are known."""
    publisher = f"{credit.publisher} via {credit.via}" if credit.via else credit.publisher
    parts = [credit.title, publisher, credit.published[:10], ENGLISH.page(page) if page else ""]
    return _harmless(" · ".join(part for part in parts if part)) or "source unknown"


def nothing_found(answer: Answer) -> str:
    """That the collection does not say, and what was searched."""
    if answer.skipped:
        return ENGLISH.no_more
    if answer.filters.unknown and not answer.filters.sources:
        return _harmless(ENGLISH.no_such_source(answer.filters.unknown))
    if answer.filters and not answer.words:
        return ENGLISH.nothing_to_look_for
    if answer.filters:
        return ENGLISH.nothing_within
    return f"Nothing in the collection answers that. Searched: {extent(answer.searched)}."


def extent(status: Status) -> str:
    """What a collection holds, in words."""
    days = ""
    if status.earliest:
        days = f", published {status.earliest} to {status.latest}"
    articles = f"{status.articles:,} article{'s' if status.articles != 1 else ''}"
    publishers = f"{status.publishers:,} publisher{'s' if status.publishers != 1 else ''}"
    return f"{articles} of {publishers}{days}"


def as_object(answer: Answer) -> str:
    """The answer as one JSON object."""
    return json.dumps(
        {
            "question": answer.question,
            "abstained": answer.abstained,
            "passages": [_passage_object(passage) for passage in answer.passages],
        },
        ensure_ascii=False,
    )


def _passage_object(passage: Passage) -> dict[str, object]:
    credit = passage.credit
    return {
        "text": passage.text,
        "best_sentence": passage.best_sentence,
        "evidence": round(passage.evidence, 4),
        "title": credit.title,
        "publisher": credit.publisher,
        "via": credit.via,
        "published": credit.published,
        "url": credit.url,
        "page": passage.page,
        "article": passage.article,
        "paragraph": passage.paragraph,
        "also": list(passage.also),
    }


def _quoted(text: str, look: Look, *, strong: tuple[int, int]) -> Sequence[str]:
    """The text wrapped and indented, with the marks of its strong slice."""
    text = _harmless(text)
    start, end = strong
    if start < end:
        opening, closing = look.strong
        text = f"{text[:start]}{opening}{text[start:end]}{closing}{text[end:]}"
    return [
        row
        for line in text.splitlines()
        for row in textwrap.wrap(
            line,
            look.width,
            initial_indent=INDENT,
            subsequent_indent=INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )
    ]


def _harmless(text: str) -> str:
    """A text of the same length, without the control characters that could command a terminal."""
    return "".join(char if char == "\n" or char.isprintable() else " " for char in text)
