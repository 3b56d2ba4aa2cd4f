"""What was said in a scene, as it is kept beside the picture of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scripts.gallery.scenes import Place


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message: its label, and whether it calls back, copies or opens a page."""

    label: str
    action: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands at the end; `text` is Telegram's HTML where the bot wrote it.

    Without a `by` it is a notice of Telegram's own. `reply_to` is a place in the recording.
    """

    by: str
    text: str
    is_bot: bool = False
    reply_to: int | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    is_edited: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """A whole conversation, seen by `viewer`."""

    place: Place
    title: str
    viewer: str
    messages: tuple[Message, ...]


def as_json(recording: Recording) -> str:
    """The recording as it is committed: readable, and the same for the same messages."""
    return json.dumps(asdict(recording), ensure_ascii=False, indent=2) + "\n"


def read_recording(file: Path) -> Recording:
    """The recording that a file holds."""
    kept = json.loads(file.read_text("utf-8"))
    return Recording(
        place=Place(kept["place"]),
        title=kept["title"],
        viewer=kept["viewer"],
        messages=tuple(map(_message, kept["messages"])),
    )


def _message(kept: Mapping[str, Any]) -> Message:
    rows = tuple(tuple(Button(**each) for each in row) for row in kept["buttons"])
    return Message(**{**kept, "buttons": rows})
