"""Tell whoever asks while the model is loaded that the answer will come, and where."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace

from telegram import Message
from telegram.error import TelegramError

from bot.logs import describe
from bot.office import Office
from bot.outbox import Letter, reply_to
from bot.scene import Scene

logger = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""How long nothing is said: by then most answers are there."""


@dataclass(slots=True)
class Note:
    """The message, if any, that stands where the answer will."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    sent: Message | None = None

    def replaced_by(self, letter: Letter) -> Letter | None:
        """The letter as a change of the note; None where there is no note."""
        if self.sent is None:
            return None
        return replace(letter, reply_to=None, edits=self.sent.message_id)


@asynccontextmanager
async def while_warming(message: Message, scene: Scene, office: Office) -> AsyncIterator[Note]:
    """Tell of the warming up if the block takes long and the library is not ready."""
    note = Note()
    if office.desk.warm:
        yield note
        return
    telling = asyncio.create_task(_tell(note, message, scene, office))
    try:
        yield note
    except BaseException:
        telling.cancel()
        raise
    finally:
        note.over.set()
        await asyncio.wait({telling})


async def _tell(note: Note, message: Message, scene: Scene, office: Office) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            await note.over.wait()
    if note.over.is_set() or office.desk.warm:
        return
    try:
        note.sent = await office.outbox.send(reply_to(message, scene.phrases.answers.warming_up))
    except TelegramError as error:
        logger.warning("nobody is told of the warming up: %s", describe(error))
