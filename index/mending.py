"""Mend a question's typos: a word that nobody knows becomes the nearest the collection has."""

from collections.abc import Callable, Iterable

from index.names import mend, shipped_aliases
from index.words import spot

LONGEST = 20  # mended words a question; a text with more is not mistyped, it is noise


def mend_question(
    text: str,
    *,
    known: Callable[[str], bool],
    near: Callable[[str], Iterable[str]],
    word: Callable[[str], str],
) -> str:
    """The question with every unknown word replaced by the known word it was meant to be.

    A word is known if its term is `known` or part of a shipped name. `word` spells a term as a
    word that the model can read.
    """
    names = shipped_aliases().terms
    pieces, at, mended = [], 0, 0
    for term, start, end in spot(text):
        if start < at or "-" in text[start:end] or known(term) or term in names:
            continue
        name = start > 0 and text[start].isupper()
        better = mend(term, known, near, name=name)
        if better == term or mended == LONGEST:
            continue
        pieces += [text[at:start], word(better)]
        at, mended = end, mended + 1
    return "".join([*pieces, text[at:]])
