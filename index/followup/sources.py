"""Read which publisher a follow-up asks for: "only Reuters", "what does the BBC say?"."""

import re
from collections.abc import Collection

from index.filters.mastheads import mastheads_of
from index.followup.phrasing import dates_in, halves, listed, words_of
from index.names import shipped_aliases

_WRITTEN = re.compile(r"(?:from|source):\s*(?P<name>[^\"\s][^\":]*)", re.IGNORECASE)
_ONLY = re.compile(
    r"(?P<only>only|just|solely|только|лишь|فقط)\s+"
    r"(?P<link>(?:(?:what|articles?|reports?)\s+)?(?:from|by|of|из|от|по|с|من|عن)\s+)?(?P<name>.+)"
    r"|(?:from |by |من |عن |от )?(?P<first>.+?) (?:only|только|فقط)",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"(?:and\s+)?what\s+(?:does|do|did|has|have|is|are|was|were)\s+(?P<a>.+?)\s+(?:say|said|"
    r"saying|report|reported|reporting|write|written|writing|wrote)"
    r"(?:\s+(?:about|on|of)\s+(?:it|this|that|the same))?"
    r"|according\s+to\s+(?P<b>.+)|что\s+(?:пишет|пишут|говорит|сообщает)\s+(?P<c>.+)"
    r"|по\s+данным\s+(?P<d>.+)|ماذا\s+(?:تقول|يقول|كتبت|قالت)\s+(?P<e>.+)"
    r"|(?:حسب|بحسب|وفقا ل|وفقًا ل)\s*(?P<f>.+)",
    re.IGNORECASE,
)
_MENTIONED = re.compile(
    r"(?:(?:and|but)\s+)?(?:(?:what|how)\s+about\s+|from\s+|in\s+|by\s+)?(?P<name>.+)",
    re.IGNORECASE,
)

Key = tuple[str, ...]


def source_asked(text: str, publishers: Collection[str]) -> str | None:
    """The publisher that a text asks to keep to, as the collection spells it; None if for none.

    After "only" a name that the collection does not have is given back as it stands.
    """
    plain = halves(text)[0].strip()
    if written := _WRITTEN.fullmatch(plain):
        return _publisher(written["name"], publishers)
    if says := _SAYS.fullmatch(plain):
        return _publisher(next(filter(None, says.groups())), publishers)
    if only := _ONLY.fullmatch(plain):
        return _only(only, publishers)
    mentioned = _MENTIONED.fullmatch(plain)
    if not mentioned:
        return None
    # A lone name may be a search of its own: it has to be asked, or to be all of a name.
    whole = [each for each in publishers if _key(each) == _key(plain)]
    asked = mentioned["name"] != plain or "?" in text or "؟" in text or whole
    return _publisher(mentioned["name"], publishers) if asked else None


def is_said_by(text: str) -> bool:
    """Whether a text asks what somebody says, and nothing else."""
    says = _SAYS.fullmatch(halves(text)[0].strip())
    key = _key(next(filter(None, says.groups()))) if says else ()
    return bool(set(key) - listed("pronoun"))


def only_phrase(text: str) -> str | None:
    """The place or date that a text asks to keep to: "only in Raqqa", "just yesterday"."""
    only = _ONLY.fullmatch(halves(text)[0].strip())
    if not only or only["link"]:
        return None
    name = (only["name"] or only["first"]).strip()
    return name if _is_place_or_date(name) else None


def _is_place_or_date(name: str) -> bool:
    words = words_of(name)
    linked = bool(words) and words[0].plain in listed("place") - {"from"}
    return linked or bool(dates_in(name)) or bool(shipped_aliases().find(_key(name)))


def _only(found: re.Match[str], publishers: Collection[str]) -> str | None:
    name = (found["name"] or found["first"]).strip()
    known = _publisher(name, publishers, sure=True)
    words = words_of(name)
    if known or not words or _is_place_or_date(name):
        return known
    # "just kidding" and "only civilians" name nobody; "only Reuters" and "from reuters" do.
    named = found["link"] or words[-1].capital or not name.isascii()
    plausible = named and len(words) <= 6 and not words[-1].text.endswith("ing")
    return _quotable(re.sub(r"(?i)^the\s+", "", name)) if plausible else None


def _publisher(name: str, publishers: Collection[str], *, sure: bool = False) -> str | None:
    """The publisher that a name stands for; None if it stands for none, or for more than one.

    Unless `sure`, what is known as a place, person or group is not taken for a part of a name.
    """
    found = mastheads_of(publishers).named(name)
    if not found:
        return None
    part = _key(name) != _key(found[0])
    if part and not sure and (dates_in(name) or shipped_aliases().find(_key(name))):
        return None
    return _quotable(found[0])


def _key(name: str) -> Key:
    words = tuple(word.plain for word in words_of(name))
    return words[1:] if words[:1] == ("the",) else words


def _quotable(name: str) -> str | None:
    """A name as it can stand between quotation marks."""
    return " ".join(name.replace('"', " ").split()) or None
