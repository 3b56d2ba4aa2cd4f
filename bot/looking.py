"""A closer look at one passage: the paragraphs around it, and why it was chosen."""

from html import escape

from bot.cutting import clip, window
from bot.limits import MESSAGE_UNITS
from bot.phrases.answers import AnswerWords
from bot.render import named, quote_html, source_of, utf16_units
from index import Passage, Surroundings, Trace, Where, Why

_QUOTE, _AROUND = 1_600, 800
_WORD, _TRACES = 60, 20


def context_html(around: Surroundings, passage: Passage, words: AnswerWords) -> str:
    """The source, and the quote between the paragraphs before and after it."""
    parts = [
        source_of(passage, words),
        _last_of(around.before),
        quote_html(passage, _QUOTE),
        _first_of(around.after),
    ]
    return "\n\n".join(filter(None, parts))


def why_html(why: Why, passage: Passage, words: AnswerWords) -> str:
    """Which words of the question stand in the passage, which around it, and which nowhere."""
    lines = [source_of(passage, words), ""]
    for where, said in (
        (Where.PASSAGE, words.in_passage),
        (Where.ARTICLE, words.in_article),
        (Where.NOWHERE, words.nowhere),
    ):
        traces = [each for each in why.traces if each.where is where][:_TRACES]
        if traces:
            lines.append(said(", ".join(_trace(each, words) for each in traces)))
    if why.nearer:
        lines.append(words.near_in_meaning)
    lines += ["", words.evidence(round(100 * why.evidence), round(100 * why.threshold))]
    html = "\n".join(lines)
    return html if utf16_units(html) < MESSAGE_UNITS else "\n".join((lines[0], "", lines[-1]))


def _trace(trace: Trace, words: AnswerWords) -> str:
    asked = f"<b>{named(trace.word, _WORD)}</b>"
    return words.told_as(asked, named(trace.told, _WORD)) if trace.told else asked


def _first_of(text: str) -> str:
    """The beginning of a paragraph, up to a sentence end if it must be cut."""
    if not text:
        return ""
    _, end = window(text, (0, 0), room=_AROUND, cost=_cost)
    return escape(text[:end], quote=False) + (" …" if end < len(text) else "")


def _last_of(text: str) -> str:
    """The end of a paragraph, cut in front where it must be."""
    if _cost(text) <= _AROUND:
        return escape(text, quote=False)
    kept = clip(text[::-1], room=_AROUND, cost=_cost).removesuffix("…")[::-1]
    return f"… {escape(kept.lstrip(), quote=False)}"


def _cost(text: str) -> int:
    return utf16_units(escape(text))
