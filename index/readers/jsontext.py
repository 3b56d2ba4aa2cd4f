"""JSON that strangers wrote, parsed within bounds."""

import json
from typing import Any

from index.errors import Unreadable

_LIMIT = 6_000_000  # parts: each becomes an object of some hundred bytes


def parsed(text: str) -> Any:
    """What the JSON text says. Raises Unreadable, with the parser's reason in one line."""
    if sum(map(text.count, '"[{')) > _LIMIT:
        raise Unreadable("not valid JSON (too deep or too large)")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "too deep or too large"
        raise Unreadable(f"not valid JSON ({reason})") from error
