"""Tell texts that say nearly the same, by prints of them that are short enough to be kept."""

import re
import unicodedata
from functools import lru_cache
from zlib import crc32

_GRAM = 8  # characters: any script, and a changed word touches few of them
_KEPT = 64

ALIKE = 0.8
"""What two texts share that say the same."""

CHANGED = 0.5
"""What two paragraphs of one article share of which one was made from the other."""


def print_of(text: str) -> str:
    """A print of a text's letters and figures; case, spaces and punctuation do not count."""
    plain = "".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))
    grams = {plain[at : at + _GRAM] for at in range(max(1, len(plain) - _GRAM + 1))}
    least = sorted({crc32(gram.encode("utf-8", "replace")) for gram in grams})[:_KEPT]
    return "".join(f"{each:08x}" for each in least)


def likeness(one: str, other: str) -> float:
    """How much of what two texts consist of is in both, from 0 to 1, by their prints.

    Estimated as by Broder, "On the resemblance and containment of documents" (1997): what part of
    the least hashes of both together is found in each.
    """
    first, second = _hashes(one), _hashes(other)
    if first.isdisjoint(second):
        return 0.0
    least = sorted(first | second)[:_KEPT]
    return sum(each in first and each in second for each in least) / len(least)


@lru_cache(maxsize=8_192)
def _hashes(kept: str) -> frozenset[str]:
    return frozenset(kept[at : at + 8] for at in range(0, len(kept), 8))
