"""Tell which letters a text is written in, for words in different ones never match."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

# Scripts that one language mixes count as one.
_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK"}


@lru_cache(maxsize=4_096)
def script_of(mark: str) -> str:
    """The script of a letter, as Unicode names it: "LATIN", "ARABIC"; "" where it has none."""
    script = unicodedata.name(mark, "").partition(" ")[0] if mark.isalpha() else ""
    return _TOGETHER.get(script, script)


def main_script(terms: Iterable[str]) -> str:
    """The script that most of some terms begin with; "" where none begins with a letter."""
    counted = Counter(script for term in terms if (script := script_of(term[0])))
    return counted.most_common(1)[0][0] if counted else ""
