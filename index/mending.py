"""Mend a question's typos: a word that nobody knows becomes the nearest the collection has."""

from collections.abc import Callable, Collection, Iterable

from index.names import mend, shipped_aliases
from index.words import spot

Mended = tuple[tuple[str, str], ...]

TRIED = 8  # unknown words of a question; a text with more is not mistyped, it is noise


def mend_question(
    text: str,
    *,
    known: Callable[[str], bool],
    near: Callable[[str], Iterable[str]],
    word: Callable[[str], str],
    names: Collection[str] | None = None,
) -> tuple[str, Mended]:
    """The question with every unknown word replaced by the known word it was meant to be.

    With it the words that were replaced, as typed and as read.

    A word is known if its term is `known` or among the terms of the `names` in force, the shipped
    ones unless given. `word` spells a term as a word that the model can read.
    """
    names = shipped_aliases().terms if names is None else names
    pieces: list[str] = []
    mended: list[tuple[str, str]] = []
    at = tried = 0
    for term, start, end in spot(text):
        if start < at or "-" in text[start:end] or known(term) or term in names:
            continue
        if (tried := tried + 1) > TRIED:
            break
        name = start > 0 and text[start].isupper()
        better = mend(term, known, near, name=name)
        if better == term:
            continue
        pieces += [text[at:start], word(better)]
        mended.append((text[start:end], word(better)))
        at = end
    return "".join([*pieces, text[at:]]), tuple(mended)
