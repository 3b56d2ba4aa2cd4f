"""Compare a question with passages by pieces of words, where no stemmer joins all forms of one.

Russian changes a word's end, Arabic its beginning too, and names are spelt in more than one way.
Pieces of four letters meet where the words as wholes do not (character n-grams, after McNamee and
Mayfield).
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cache

from index.scoring import Spelling
from index.words import SPACELESS, analyse, fold, spot, words_of

PIECE = 4  # letters, a space at either end of the word included
_RUN = 16  # words in a long sentence
_LEAD_CREDIT = 0.8  # as for whole words

Pieces = frozenset[str]


def pieces_of(word: str) -> Pieces:
    """The pieces of a folded word; in scripts without spaces, its pairs."""
    if SPACELESS.match(word):
        return frozenset(analyse(word))
    padded = f" {word} "
    return frozenset(padded[at : at + PIECE] for at in range(max(1, len(padded) - PIECE + 1)))


def spellings(question: str, passages: Sequence[tuple[str, str]]) -> list[Spelling]:
    """How far each passage, told as its text and its article's lead, holds the question's pieces.

    The passages themselves tell how rare a piece is.
    """
    asked = asked_pieces(question)
    held = cache(lambda word: pieces_of(word) & asked)
    lead_held = cache(lambda lead: _union(list(map(held, words_of(lead)))))
    told = [list(map(held, words_of(text))) for text, _ in passages]
    whole = [_union(words) for words in told]
    share = _sharing(asked, whole)
    return [
        Spelling(
            letters=share(mine) + _LEAD_CREDIT * share(lead_held(lead) - mine),
            nearby=max(map(share, _runs(words))),
        )
        for (_, lead), words, mine in zip(passages, told, whole, strict=True)
    ]


def asked_pieces(question: str) -> Pieces:
    """The pieces of a question's words, its stop words left out."""
    words = {fold(question[start:end]) for _, start, end in spot(question)}
    return _union([pieces_of(word) for word in words])


def _sharing(asked: Pieces, held: Sequence[Pieces]) -> Callable[[Collection[str]], float]:
    """What gives the share that some pieces make of those asked for, each by its rarity."""
    counts = Counter(piece for pieces in held for piece in pieces)
    rarity = {
        piece: math.log(1 + (len(held) - counts[piece] + 0.5) / (counts[piece] + 0.5))
        for piece in asked
    }
    total = math.fsum(rarity.values()) or 1.0
    # fsum, as the order of a set is another in every process.
    return lambda pieces: math.fsum(rarity[piece] for piece in pieces) / total


def _runs(words: Sequence[Pieces]) -> list[Pieces]:
    """The pieces of each run of a sentence's length, half overlapping."""
    half = _RUN // 2
    starts = range(0, max(1, len(words) - half), half)
    return [_union(words[at : at + _RUN]) for at in starts]


def _union(sets: Sequence[Pieces]) -> Pieces:
    return frozenset().union(*sets)
