"""Ask an earlier question with another question word: "when?", "by whom?", "which group?"."""

import re
from dataclasses import dataclass

from index.followup.phrasing import Word, dates_in, halves, listed, names_in, words_of
from index.words import fold, stops

_BE = frozenset(["is", "are", "was", "were"])
_DO = frozenset(["do", "does", "did"])
_AMOUNTS = frozenset(["many", "much", "long", "far", "often", "come"])
_KINDS = frozenset(["which", "what", "whose"])
_COLON = re.compile(r"^(?P<asks>[^:?]{2,40}): (?P<rest>.+)$")
_OPENING = re.compile(
    r"^(?P<first>(?:in|on|at|near|during|after|before|since|by|with)\b[^,]{2,60}), "
    r"(?P<rest>(?:who|whom|what|which|whose|when|where|why|how)\b.+)$",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(
    r"^(?:when|where|why|how|[a-z]+ whom|(?:on |in |at |with )?(?:what|which) \w+) "
    r"(?:(?P<be>is|are|was|were) "
    r"(?P<one>some(?:body|thing))|was it that (?P<it>some(?:body|thing)))"
    r" (?P<rest>.+)$",
    re.IGNORECASE,
)


def question_word(text: str) -> tuple[str, bool] | None:
    """The question word that is all that a text asks, with its noun: "which group", "by whom".

    True goes with "who did it?", where the verb stands for the earlier one; None where a text
    asks more than a question word.
    """
    words = words_of(text)
    plain = [word.plain for word in words]
    at = int(len(plain) > 1 and plain[0] in listed("preposition") | listed("place"))
    # Arabic min is "who" as well as "from".
    at = 0 if at and plain[0] in listed("question") and plain[1] not in listed("question") else at
    if len(plain) <= at or plain[at] not in listed("question") or len(words) > 9:
        return None
    asks = plain[at]
    end = at + 1
    if asks == "how" and plain[end : end + 1] and plain[end] in _AMOUNTS:
        end += 1
    if asks == "how" and plain[at + 1 : at + 2] == ["come"]:
        asks, plain[at] = "why", "why"
    counting = asks in _KINDS or plain[end - 1] in {"many", "much", "сколько", "كم"}
    if counting or (asks.startswith("как") and asks != "как"):
        while end < min(len(plain), at + 5) and _in_noun(words[end]):
            end += 1
    tail = set(plain[end:])
    if not tail <= listed("bare") or any(is_verbal(each) for each in plain[at + 1 : end]):
        return None
    while plain[end - 1] == "of":
        end -= 1
    whom = asks in {"who", "what", "кто", "что", "من"} and end == at + 1 and bool(tail)
    somebody = bool(tail & _PERSONS) and not tail & _EVENT
    told = "why" if asks == "why" else text[words[0].start : words[end - 1].end]
    return told, whom or somebody


_PERSONS = frozenset({"he", "she", "they", "him", "her", "them", "он", "она", "они", "هو", "هي"})
_EVENT = frozenset({"do", "did", "done", "happen", "happened", "happening", "occur", "occurred"})


def _in_noun(word: Word) -> bool:
    empty = listed("bare") | listed("auxiliary") | listed("pronoun") | listed("question")
    if word.plain in {"of", "kind", "sort", "type", "people", "other"}:
        return True
    return word.plain not in empty | stops("en")


def is_verbal(plain: str) -> bool:
    """Whether a word is likely to be a verb in the past: "died", "arrested"."""
    return plain in listed("verbal") or (len(plain) > 4 and plain.endswith("ed"))


def ask_instead(question: str, asks: str) -> str:
    """The question with another question word, all that it is about kept, as a question again."""
    core = halves(question)[0]
    asks = _with_preposition(asks.lower() if asks.isupper() else asks, core)
    asks = asks[:1].upper() + asks[1:]
    arabic = "؟" if "؟" in question or "\u0600" < asks[0] < "\u0700" else "?"
    beside = re.search(r"^(.*?) \(([^()]+)\)$", core)
    if beside and not _says_something(beside[1]):
        return f"{asks}: {beside[2]}{arabic}"
    if beside:
        return f"{_asked(_as_asked(beside[1]), asks)} ({beside[2]}){arabic}"
    opening = _OPENING.match(core)
    if opening and not _adverbial(core.split(" ")[0] if opening["rest"] else core):
        opening = None
    if opening:
        first = opening["first"]
        return f"{_asked(opening['rest'], asks)} {first[:1].lower()}{first[1:]}{arabic}"
    return _asked(_as_asked(core), asks) + arabic


_PREPOSITION_OF = {
    "on": frozenset({"day", "date"}),
    "with": frozenset({"weapon", "weapons", "bomb", "bombs", "gun", "guns", "explosives"}),
    "in": frozenset({"year", "month", "city", "town", "place", "province", "region", "village"}),
}


def _with_preposition(asks: str, core: str) -> str:
    """What asks for a day, place or weapon, with the preposition that it needs: "on what day"."""
    plain = [word.plain for word in words_of(asks)]
    if plain[0] not in {"what", "which"} or len(plain) < 2:
        return asks
    if plain[-1] == "country":
        shape = _shape(core)
        return asks if shape and not shape.helper and not _adverbial(shape.asked) else f"in {asks}"
    found = [link for link, nouns in _PREPOSITION_OF.items() if plain[-1] in nouns]
    return f"{found[0]} {asks}" if found else asks


def _says_something(text: str) -> bool:
    vague = listed("bare") | listed("question") | listed("auxiliary") | listed("pronoun")
    return any(word.plain not in vague for word in words_of(text))


def _as_asked(core: str) -> str:
    """A question as it was before its question word was exchanged."""
    found = _SOMEBODY.match(core)
    if not found:
        return core
    who = "Who" if (found["one"] or found["it"]) == "somebody" else "What"
    return " ".join(filter(None, (who, found["be"], found["rest"])))


def _asked(core: str, asks: str) -> str:
    words = words_of(core)
    if not words or (not core.isascii() and words[0].plain not in _english()):
        return _plainly(core, asks)
    colon = _COLON.match(core)
    if colon and words[0].plain in listed("question"):
        return f"{asks}: {colon['rest']}"
    if words[0].plain in listed("auxiliary"):
        return _after_yes_or_no(core, asks)
    shape = _shape(core)
    if shape is None:
        return f"{asks}: {core}"
    return _circumstance(shape, asks) if _adverbial(asks) else _thing(shape, asks)


def _english() -> frozenset[str]:
    return frozenset(word for word in listed("question") | listed("auxiliary") if word.isascii())


def _plainly(core: str, asks: str) -> str:
    """In languages whose word order stays: the new question word where the old one was."""
    words = words_of(core)
    if words and words[0].plain in listed("question"):
        return asks + core[words[0].end :]
    return f"{asks}: {core}"


def _adverbial(asks: str) -> bool:
    """Whether a question word asks for a circumstance and not for who or what."""
    plain = [word.plain for word in words_of(asks)]
    if plain[0] in listed("place") | listed("preposition"):
        return True
    if plain[0] in _KINDS and plain[-1] in listed("ground") - {"country"}:
        return True
    return plain[0] in {"when", "where", "why"} or (
        plain[0] == "how" and plain[1:2] not in (["many"], ["much"])
    )


def _after_yes_or_no(core: str, asks: str) -> str:
    if _adverbial(asks):
        return f"{asks} {core[:1].lower()}{core[1:]}"
    return f"{asks}: {core.partition(' ')[2]}"


@dataclass(frozen=True, slots=True)
class _Shape:
    """An English question in parts: question word, its noun, the auxiliary, and the rest."""

    asks: str
    noun: str
    helper: str
    rest: str

    @property
    def asked(self) -> str:
        """All that asks: "which group"."""
        return " ".join(filter(None, (self.asks, self.noun)))

    @property
    def end(self) -> str:
        """All behind what asks."""
        return " ".join(filter(None, (self.helper, self.rest)))

    @property
    def thing(self) -> str:
        """What stands for the thing asked for once it is not asked for any more."""
        if not self.noun:
            return "somebody" if self.asks in {"who", "whom"} else "something"
        if self.asks.startswith("how"):
            return self.noun.removeprefix("of ")
        return f"the {self.noun}"


def _shape(core: str) -> _Shape | None:
    words = words_of(core)
    at = int(len(words) > 1 and words[0].plain in listed("place") | listed("preposition"))
    if len(words) <= at or words[at].plain not in listed("question"):
        return None
    end = at + 1
    if words[at].plain == "how" and len(words) > end and words[end].plain in _AMOUNTS:
        end += 1
    asks = core[: words[end - 1].end]
    helpers = listed("auxiliary")
    place = next((i for i in range(end, min(len(words), end + 6)) if words[i].plain in helpers), 0)
    counts = words[at].plain in _KINDS or asks.lower().startswith(("how many", "how much"))
    if place and (place == end or counts or at):
        noun = core[words[end - 1].end : words[place].start].strip()
        rest = core[words[place].end :].strip()
        return _Shape(asks.lower(), noun, words[place].text, rest)
    return _Shape(asks.lower(), "", "", core[words[end - 1].end :].strip())


def _circumstance(shape: _Shape, asks: str) -> str:
    """When, where, why, by whom: the thing asked for before becomes somebody or something."""
    if _adverbial(shape.asked):
        return f"{asks} {shape.end}" if shape.helper else f"{asks}: {shape.rest}"
    if not shape.helper:
        if asks.lower() == "by whom" and shape.asks == "who":
            return f"Who {shape.rest}"
        return " ".join(filter(None, (asks, "was it that", _subject(shape), shape.rest)))
    if shape.helper.lower() in _DO:
        return f"{asks} {shape.helper} {_with_object(shape.rest, shape.thing)}"
    if not shape.noun and shape.helper.lower() in _BE and _defines(shape.rest):
        return f"{asks} {shape.helper} {shape.rest}"
    return f"{asks} {shape.helper} {shape.thing} {shape.rest}"


def _subject(shape: _Shape) -> str:
    if shape.asks in {"who", "whom", "what"}:
        return shape.thing
    return "the" if shape.asks in _KINDS else ""


def _defines(rest: str) -> bool:
    words = words_of(rest)
    return bool(words) and (words[0].plain in {"the", "a", "an"} or words[0].capital)


def _with_object(rest: str, thing: str) -> str:
    """The object behind its verb, which is taken to end at the first preposition."""
    linking = listed("place") | listed("preposition")
    for word in words_of(rest)[2:]:
        if word.plain in linking:
            return f"{rest[: word.start]}{thing} {rest[word.start :]}"
    return f"{rest} {thing}"


def _thing(shape: _Shape, asks: str) -> str:
    """Who, which group, how many: asked in the place of the thing that was asked for before."""
    being, person = shape.helper.lower() in _BE, asks.lower() in {"who", "whom"}
    if person and being and shape.asked == "what":
        return f"By whom {shape.helper} something {shape.rest}"
    if _adverbial(shape.asked):
        return f"By whom {shape.end}" if person and being else f"{asks}: {shape.rest}"
    if person and shape.noun:
        who = f"{asks} {shape.helper} the {shape.thing.removeprefix('the ')} {shape.rest}"
        return who if being else f"{asks}: {shape.thing} {shape.end}"
    return _counted(shape, asks)


def _counted(shape: _Shape, asks: str) -> str:
    """How many, which group: with a noun of its own, or else with that of the question."""
    plain = asks.lower()
    helper = _agreeing(shape.helper, plain)
    bare = plain in {"how many", "how much", "which", "what", "whose"}
    if shape.noun and not bare and not shape.asks.startswith("how"):
        return f"{asks}: {shape.thing} {shape.end}"
    noun = shape.noun.removeprefix("of ") if bare else ""
    return " ".join(filter(None, (asks, noun, helper, shape.rest)))


def _agreeing(helper: str, asks: str) -> str:
    """The auxiliary as the new subject has it: "how many were", "which group was"."""
    if asks.startswith("how many") or asks.endswith("s"):
        return {"was": "were", "is": "are"}.get(helper, helper)
    return {"were": "was", "are": "is"}.get(helper, helper) if " " in asks else helper


# What a pronoun stands for


def carried(question: str, *, whole: bool = False) -> str:
    """What a question is about, for another to be about it: its names, its place and its dates.

    With `whole`, or where it names nothing, all but its question word.
    """
    core = _as_asked(halves(question)[0])
    kept = re.search(r"^(.*?) \(([^()]+)\)$", core)
    if kept and (not whole or not _says_something(kept[1])):
        return kept[2]
    if kept:
        core = f"{kept[1]} {kept[2]}"
    names, dates = names_in(core), dates_in(core)
    if whole or not (names or dates):
        return _statement(core)
    told = [core[start:end].removesuffix("'s") for start, end in _linked_spans(core)]
    told = [re.sub(r"(?i)^the ", "", each) for each in told]
    return ", ".join(dict.fromkeys(told))


def _linked_spans(core: str) -> list[tuple[int, int]]:
    """Names and dates with the prepositions of place and time before them, neighbours as one."""
    places = listed("place") | {"on", "since", "during", "the"}
    spans: list[tuple[int, int]] = []
    for start, end in sorted(names_in(core) + dates_in(core)):
        first = start
        for word in reversed(words_of(core[:start])[-2:]):
            if word.plain not in places or core[word.end : first].strip():
                break
            first = word.start
        if spans and first < start and not core[spans[-1][1] : first].strip(" ,"):
            spans[-1] = spans[-1][0], end
        else:
            spans.append((first, end))
    return spans


def _statement(core: str) -> str:
    """A question without its question word and auxiliary."""
    colon = _COLON.match(core)
    if colon:
        return colon["rest"]
    words = words_of(core)
    if words and words[0].plain in listed("auxiliary"):
        core = core[words[0].end :].strip()
    shape = _shape(core) or _Shape("", "", "", core)
    said = " ".join(filter(None, (shape.noun.removeprefix("of "), shape.rest))) or core
    return " ".join(each for each in said.split(" ") if fold(each) not in listed("pronoun"))
