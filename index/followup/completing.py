"""Make a follow-up a whole question by fixed rules: "and in Raqqa?", "when?", "more"."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from index.answer import Turn
from index.followup.asking import ask_instead, carried, question_word
from index.followup.exchange import exchange
from index.followup.phrasing import (
    Word,
    content_of,
    dates_in,
    halves,
    inside,
    listed,
    names_in,
    polished,
    words_of,
)
from index.followup.referring import refers
from index.followup.sources import is_said_by, only_phrase, source_asked
from index.times import day_of, span_of
from index.words import stem

LONGEST = 1_000
"""No question made here is longer, in characters."""

_LONGEST_FOLLOW_UP = 200
# Operators that are put in each other's place; "on", "in" and "exact" are never added here.
_KIND_OF = {
    **{name: name for name in ("from", "before", "after", "article", "on", "in", "exact")},
    "source": "from",
    "since": "after",
    "until": "before",
}
_WHEN = ("before", "after", "on", "in")
_LIFTED = {"anybody": ("from",), "anytime": _WHEN}
_OPERATOR = re.compile(
    rf"(?<!\S)(?P<kind>{'|'.join(_KIND_OF)}):(?:\"[^\"]*\"|[^\s\"]\S*)", re.IGNORECASE
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_QUOTED = re.compile(r"\"[^\"]*\"")
_TAIL = re.compile(r"(?:(?:^|\s+)(?:-\w\S*|\"[^\"]*\"))+\s*$")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up made whole: the question to search, and the passages to pass over."""

    question: str
    skip: int = 0


@dataclass(frozen=True, slots=True)
class _Parts:
    """A canonical question taken apart: its words, and its operators as they are written."""

    words: str
    operators: tuple[tuple[str, str], ...] = ()

    def under(self, operators: tuple[tuple[str, str], ...]) -> "_Parts":
        """The same words under other operators, each in place of those of its kind."""
        kinds = {kind for kind, _ in operators if kind}  # phrases and -words add up
        kept = tuple(each for each in self.operators if each[0] not in kinds)
        return _Parts(self.words, kept + operators)

    def without(self, *kinds: str) -> "_Parts":
        """The same without the operators of some kinds."""
        return _Parts(self.words, tuple(each for each in self.operators if each[0] not in kinds))

    def asking(self, words: str) -> "_Parts":
        """Other words under the same operators."""
        return _Parts(words, self.operators)

    def __str__(self) -> str:
        told = " ".join(text for _, text in self.operators)[:LONGEST]
        room = max(0, LONGEST - len(told) - 1)
        words = self.words if len(self.words) <= room else _cut(self.words, room)
        return f"{words} {told}".strip()


def follow_up(text: str, turn: Turn, *, publishers: Collection[str] = ()) -> FollowUp | None:
    """What a text asks for that follows up a turn; None where it is a question of its own.

    `publishers` are those of the collection, as it spells them.
    """
    if len(text) > _LONGEST_FOLLOW_UP or not turn.question.strip():
        return None
    earlier, said = _take_apart(turn.question[: 2 * LONGEST]), _take_apart(text)
    if said.operators and not said.words:
        return FollowUp(str(earlier.under(said.operators)))
    if ":" in text and source_asked(text, publishers):
        return _source(text, earlier, publishers)
    text = polished(said.words)
    if said.operators and not _led(text)[0] and content_of(text):
        return None  # who sets limits anew asks anew
    whole = (
        _command(said.words, earlier, turn)
        or _command(text, earlier, turn)
        or _source(text, earlier, publishers)
        or _reworded(text, earlier)
    )
    if whole is None or not said.operators:
        return whole
    return FollowUp(str(_take_apart(whole.question).under(said.operators)))


def _cut(text: str, room: int) -> str:
    return text[:room].rpartition(" ")[0] or text[:room]


def _take_apart(question: str) -> _Parts:
    """The words and the operators of a question; quoted phrases and -words only at its end."""
    operators = tuple(
        (_KIND_OF[found["kind"].lower()], found[0]) for found in _OPERATOR.finditer(question)
    )
    words = _OPERATOR.sub(" ", question)
    tail = _TAIL.search(words)
    if tail and tail.start():
        operators = (("", tail[0].strip()), *operators)
        words = words[: tail.start()]
    return _Parts(" ".join(words.split()), operators)


def _plain(text: str) -> str:
    return " ".join(word.plain for word in words_of(text))


def _bare(plain: str) -> str:
    """A folded text without a connective before it."""
    for lead in sorted(listed("lead") | listed("filler"), key=len, reverse=True):
        plain = plain.removeprefix(lead + " ")
    return plain


# More of it, older, newer, the same article


def _command(text: str, earlier: _Parts, turn: Turn) -> FollowUp | None:
    plain = _plain(text)
    wordings = {plain, _bare(plain)}
    for limit, kinds in _LIFTED.items():
        if wordings & listed(limit):
            return FollowUp(str(earlier.without(*kinds)))
    if wordings & listed("same"):
        told = (("article", f"article:{turn.article}"),) if turn.article else ()
        return FollowUp(str(earlier.under(told)))
    if wordings & listed("older"):
        return _dated(earlier, turn, "before")
    if wordings & listed("newer"):
        return _dated(earlier, turn, "after")
    if wordings & listed("more") or _asks_who_else(text, earlier):
        return FollowUp(str(earlier), turn.shown)
    return None


def _asks_who_else(text: str, earlier: _Parts) -> bool:
    """Whether a text asks for others of what was asked: "who else was hurt?"."""
    if not {"else", "ещё", "еще"} & {word.plain for word in words_of(text)}:
        return False
    mine = {stem(word.plain, "en") for word in content_of(text)} - {"else"}
    return bool(mine) and mine <= {stem(word.plain, "en") for word in words_of(earlier.words)}


def _dated(earlier: _Parts, turn: Turn, kind: str) -> FollowUp:
    """The question before or after the day of the passage shown; where none is known, more of it.

    "after:" lets in the day that it names, "before:" does not. No article is older than itself.
    """
    days = span_of(day_of(turn.published))
    if days is None:
        return FollowUp(str(earlier), turn.shown)
    day = (days[0] if kind == "before" else days[1] + timedelta(1)).isoformat()
    other = "after" if kind == "before" else "before"
    bounds = [_DAY.search(text) for key, text in earlier.operators if key == other]
    held = [bound[0] for bound in bounds if bound]
    # Stepping back to before where stepping forth had begun leaves what that had asked.
    if any(bound >= day if other == "after" else bound <= day for bound in held):
        earlier = earlier.without(other)
    return FollowUp(str(earlier.without("article").under(((kind, f"{kind}:{day}"),))))


def _source(text: str, earlier: _Parts, publishers: Collection[str]) -> FollowUp | None:
    """The question kept to one publisher, where a text asks for that."""
    if name := source_asked(text, publishers):
        # An article has one source: another's view of it lies outside.
        told = (("from", f'from:"{name}"'),)
        return FollowUp(str(earlier.without("article").under(told)))
    if is_said_by(text) and not names_in(text):
        return _beside(text, carried(earlier.words), earlier)
    return None


# Another place, another question word, a pronoun


def _reworded(text: str, earlier: _Parts) -> FollowUp | None:
    led, rest = _led(text)
    words = words_of(rest)
    if not words or {word.plain for word in words} <= listed("idle"):
        return None
    if asked := question_word(rest):
        asks, stands = asked
        if stands:
            return _beside(rest, carried(earlier.words, whole=True), earlier)
        return FollowUp(str(earlier.asking(ask_instead(earlier.words, asks))))
    if words[0].plain in listed("question") | listed("auxiliary"):
        return _given_more(rest, earlier, led=led)
    phrase = only_phrase(text)
    if phrase or _is_phrase(rest, led=led, asked="?" in text or "؟" in text):
        rest = phrase or rest
        made = exchange(earlier.words, rest)
        if made and not all(each in made for each in _QUOTED.findall(earlier.words)):
            made = f"{earlier.words} {halves(rest)[0]}"  # exact words stay exact
        # A new day takes the place of the days that were asked for before.
        kept = earlier.without(*_WHEN) if dates_in(rest) else earlier
        return FollowUp(str(kept.asking(made))) if made else None
    return _given_more(rest, earlier, led=led)


def _led(text: str) -> tuple[bool, str]:
    """Whether a text begins with a connective such as "and" or "what about", and the rest."""
    led, known = False, listed("lead") | listed("filler")
    for _ in range(3):
        words = words_of(text)
        size = next(
            (
                count
                for count in (4, 3, 2, 1)
                if len(words) > count and " ".join(word.plain for word in words[:count]) in known
            ),
            0,
        )
        if size:
            led = led or " ".join(word.plain for word in words[:size]) in listed("lead")
            text = text[words[size].start :]
        elif _arabic_and(words):
            return True, text[words[0].start + 1 :]
        else:
            break
    return led, text


def _arabic_and(words: list[Word]) -> bool:
    """Whether an Arabic text begins with wa, "and", written together with its first word."""
    first = words[0].plain if words else ""
    known = listed("place") | listed("question") | listed("preposition")
    return first.startswith("و") and first[1:] in known


def _is_phrase(text: str, *, led: bool, asked: bool) -> bool:
    """Whether a text is a part of a question only: few words, and a sign that it follows on."""
    words, content = words_of(text), content_of(text)
    told = {word.plain for word in words if not inside(word, dates_in(text))}
    if (
        len(content) > 4
        or len(words) > 9
        or (told and told <= listed("idle") | listed("bare") | _CLAUSAL)
    ):
        return False
    asking = (listed("question") | listed("auxiliary") | _CLAUSAL) - listed("place")
    whole = names_in(text) + dates_in(text)
    if told & asking or not (content or whole):
        return False
    linked = words[0].plain in listed("place") | listed("preposition")
    if led or (linked and (asked or (whole and len(words) < 5))):
        return True
    return asked and any(end - start >= len(halves(text)[0]) for start, end in whole)


_CLAUSAL = frozenset({"i", "you", "we", "he", "she", "they", "it", "not", "that's", "it's"})


def _beside(text: str, about: str, earlier: _Parts) -> FollowUp | None:
    core, mark = halves(text)
    if not about:
        return None
    core = core[:1].upper() + core[1:]
    return FollowUp(str(earlier.asking(f"{core} ({about}){mark or '?'}")))


def _given_more(text: str, earlier: _Parts, *, led: bool) -> FollowUp | None:
    """A question that leaves out what the earlier one names, with that beside it."""
    if not refers(text, led=led) or _plain(text) in listed("own"):
        return None
    return _beside(text, carried(earlier.words, whole=not content_of(text)), earlier)
