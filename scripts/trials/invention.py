"""Invent updates: as the Bot API describes them, and spoilt in ways that nobody describes."""

import json
import random
import re
import time
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from scripts.simulator import description
from scripts.simulator.post import Json, entities_in

_DEPTH = 4
_QUESTIONS = (
    *("how do otters sleep?", "/ask who was hurt near the harbour?", "/start", "/help", "/latest"),
    *(
        "/search otters",
        "/settings",
        "/watch otters",
        "/watches",
        "/status",
    ),
    *("/sources", "/unanswered", "/why", "/cancel", "and in September?", "كيف تنام؟", "как?"),
)
# These read all that is kept of unreadable updates, which in a trial are a third of all.
_SELDOM = ("/privacy", "/forget")
_ODD = (
    *("", " ", "\0", "\ud800", "a\udc00b", "\u202e\u200f", "e\u0301" * 50, "😀" * 300, "<b>&amp;"),
    *("%s{}", "'; drop table inbox; --", "\n" * 500, "NaN", "-1", "/ask@" + "x" * 90, "\ufeff?"),
)
_HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**53, 2**63, -(2**63) - 1, 2**70, 1e308, -0.0, 1.5),
    *("", "?", [], {}, [[]], [None], {"": {}}, [{"a": [1]}]),
)


class Inventor:
    """Makes updates, the same from the same seed and description."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - no secret comes of it
        self._types: Json = description.types()

    def valid(self, number: int) -> Json:
        """An update that the description allows."""
        kinds = [field for field in self._types["Update"]["fields"] if not field["required"]]
        field = kinds[0] if self._chance.random() < 0.5 else self._chance.choice(kinds)
        told = self._value(field, 0)
        if isinstance(told, dict) and self._chance.random() < 0.6:
            self._address(told)
        return {"update_id": number, field["name"]: told}

    def spoilt(self, number: int) -> Json:
        """An update that is wrong in one to four places; its number is right."""
        update = self.valid(number)
        for _ in range(self._chance.randint(1, 4)):
            if places := list(_places(update)):
                self._spoil(*self._chance.choice(places))
        if self._chance.random() < 0.02:
            update[self._chance.choice(("unheard_of", "message", "poll"))] = _deep(200)
        update["update_id"] = number
        return update

    def _address(self, told: Json) -> None:
        """Have a person ask the bot something, so that more is done than to look away."""
        person = self._chance.randint(1, 400)
        told["from"] = {"id": person, "is_bot": False, "first_name": "Ada"}
        if "chat" in told:
            told["chat"] = {"id": person, "type": "private", "first_name": "Ada"}
        if "text" in told or self._chance.random() < 0.5:
            seldom = self._chance.random() < 0.002
            told["text"] = self._chance.choice(_SELDOM if seldom else _QUESTIONS)
            told["entities"] = entities_in(told["text"])

    def _simplest(self, kinds: list[str], depth: int) -> str:
        """One of the kinds; deep down, one without parts where there is one."""
        plain = [kind for kind in kinds if kind not in self._types]
        return self._chance.choice(plain if plain and depth > _DEPTH else kinds)

    def _object(self, name: str, depth: int) -> Any:
        described = self._types[name]
        if subtypes := described.get("subtypes"):
            return self._of(self._simplest(subtypes, depth), depth + 1)
        share = 0.25 / (depth + 1)
        return {
            field["name"]: self._value(field, depth + 1)
            for field in described.get("fields", [])
            if field["required"]
            or (depth < _DEPTH and self._chance.random() < share)
            or field["name"] in {"text", "from"}
        }

    def _value(self, field: Json, depth: int) -> Any:
        name, kind = field["name"], self._chance.choice(field["types"])
        if kind == "Integer" and "date" in name:
            return int(time.time()) - self._chance.choice((0, 1, 60, 86_400))
        if kind == "String" and (said := re.findall(r"“([^”]+)”", field["description"])):
            return self._chance.choice(said)
        return self._of(kind, depth)

    def _of(self, kind: str, depth: int) -> Any:  # noqa: PLR0911 - a table of kinds
        if kind.startswith("Array of "):
            inner = kind.removeprefix("Array of ")
            size = 0 if depth > _DEPTH else self._chance.randint(0, 2)
            return [self._of(inner, depth) for _ in range(size)]
        match kind:
            case "Integer":
                return self._chance.choice((0, 1, 7, 42, 4_242, 100_000, 2**31, -100_5))
            case "Float":
                return self._chance.uniform(-90, 90)
            case "Boolean":
                return self._chance.random() < 0.5
            case "True":
                return True
            case "String":
                return self._chance.choice((*_QUESTIONS, "x", "a" * 64, "1", "en", "Ada"))
            case _:
                return self._object(kind, depth)

    def _spoil(self, holder: Any, key: Any) -> None:
        if self._chance.random() < 0.2:
            del holder[key]
            return
        was = holder[key]
        holder[key] = self._chance.choice(
            (
                *(deepcopy(self._chance.choice(_HOSTILE)), self._chance.choice(_ODD)),
                *("ab 😀<" * self._chance.choice((100, 5_000)), [was], {"id": was, "type": was}),
            )
        )


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value that can be given another value: what holds it, and its key."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, held in list(inner):
        yield value, key
        if isinstance(held, dict | list):
            yield from _places(held)


def _deep(levels: int) -> Json:
    return dict(json.loads('{"a":' * levels + "1" + "}" * levels))
