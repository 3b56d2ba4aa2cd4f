"""Hold a request against the published description of the Bot API, where that is at hand."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import bot

PATH = Path(bot.__file__).parents[2] / "shared" / "bot-api" / "api.json"


def available() -> bool:
    """Whether the description is at hand."""
    return PATH.is_file()


def types() -> dict[str, Any]:
    """The types by name, each with its fields or subtypes."""
    found: dict[str, Any] = _description()["types"]
    return found


def faults(method: str, fields: dict[str, Any]) -> list[str]:
    """What is wrong with a request, one line each; nothing where there is no description."""
    if not available():
        return []
    found = _description()["methods"].get(method)
    if found is None:
        return [f"there is no method {method}"]
    return _wrong(method, found.get("fields", []), fields)


def _wrong(where: str, known: list[dict[str, Any]], given: dict[str, Any]) -> list[str]:
    names = {field["name"] for field in known}
    wrong = [f"{where}: unknown field {name}" for name in given if name not in names]
    for field in known:
        name = field["name"]
        if name not in given:
            wrong += [f"{where}: {name} is missing"] if field["required"] else []
        elif not any(_fits(kind, given[name]) for kind in field["types"]):
            wrong.append(f"{where}: {name} is not {' or '.join(field['types'])}")
    return wrong


def _fits(kind: str, value: Any) -> bool:
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        return isinstance(value, list) and all(_fits(inner, item) for item in value)
    match kind:
        case "String" | "InputFile":
            return isinstance(value, str)
        case "Integer":
            return type(value) is int
        case "Float":
            return type(value) in {int, float}
        case "Boolean" | "True":
            return type(value) is bool
        case _:
            return _is_object(kind, value)


def _is_object(kind: str, value: Any) -> bool:
    described = _description()["types"].get(kind, {})
    if not isinstance(value, dict):
        return False
    if subtypes := described.get("subtypes"):
        return any(_is_object(subtype, value) for subtype in subtypes)
    return not _wrong(kind, described.get("fields", []), value)


@cache
def _description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(PATH.read_text("utf-8"))
    return found
