"""Tell whether a question leaves out, or says with a pronoun, what an earlier one told."""

import re

from index.followup.asking import is_verbal
from index.followup.phrasing import Word, content_of, dates_in, inside, listed, names_in, words_of


def refers(text: str, *, led: bool) -> bool:
    """Whether a question cannot be understood without the one before it.

    It is short, and a pronoun in it stands for nothing that it tells itself. A question `led` by
    "and" or "but" may have names of its own.
    """
    if _elliptical(text):
        return True
    words, content, pronouns = words_of(text), content_of(text), _pronouns(text)
    if not pronouns or words[0].plain not in _openings() or len(content) > 8:
        return False
    return led or _unexplained(text, content, pronouns)


def _elliptical(text: str) -> bool:
    """Whether a text asks for more on a thing unnamed: "how many died?", "who was the pilot?"."""
    words = words_of(text)
    told = {word.plain for word in words}
    anybody = words[0].plain in listed("auxiliary") and told & _ANYBODY
    if names_in(text) or not (anybody or words[0].plain in listed("question")):
        return False
    held = [word for word in content_of(text) if word.plain not in {"many", "much", "people"}]
    if len(held) != 1 or held[-1].end != words[-1].end:
        return False
    pilot = told & {"was", "were"} and words[-2].plain == "the"
    return is_verbal(held[0].plain) or bool(pilot)


_ANYBODY = frozenset({"anybody", "anyone", "somebody", "someone", "anything", "people"})


def _pronouns(text: str) -> list[Word]:
    """The pronouns that stand for something; not "is there", "said that the", "this week"."""
    words, dates = words_of(text), dates_in(text)
    found = []
    for at, word in enumerate(words):
        before = words[at - 1].plain if at else ""
        after = words[at + 1] if at + 1 < len(words) else None
        idle = word.plain == "there" and before in listed("auxiliary")
        joins = word.plain == "that" and after and (after.plain in _STARTS or after.capital)
        if word.plain in listed("pronoun") and not (idle or joins or inside(word, dates)):
            found.append(word)
    return found


_STARTS = frozenset({"the", "a", "an", "he", "she", "they", "it", "there", "his", "their", "all"})


def _unexplained(text: str, content: list[Word], pronouns: list[Word]) -> bool:
    """Whether pronouns stand for nothing that the text itself tells."""
    last = pronouns[-1]
    if len(content) > 4 or dates_in(text):
        return False
    if names_in(text):
        return _refers_back(text, names_in(text)[0][0], last.start)
    told = [word for word in content if word.end <= last.start]
    own = last.plain in {"his", "her", "their", "its"} and last.end != words_of(text)[-1].end
    return not told or not (own or _CLAUSE.search(text[told[0].start : last.start]))


def _openings() -> frozenset[str]:
    return listed("question") | listed("auxiliary") | listed("pronoun") | listed("preposition")


_CLAUSE = re.compile(
    r",|\b(?:and|but|or|who|which|that|when|where|after|before|while|because|if|что|и|но)\b"
)


def _refers_back(text: str, name: int, pronoun: int) -> bool:
    """Whether a pronoun behind a name stands in the same clause, and so not for that name."""
    near = text[pronoun:].rstrip(" ?؟!.")
    return pronoun > name and not _CLAUSE.search(text[name:pronoun]) and len(near) < 8
