"""The last resort: log what no handler expected, and tell the person that it went wrong."""

import logging

from telegram import Message
from telegram.error import TelegramError

from bot.logs import describe, reference
from bot.office import Office
from bot.outbox import reply_to

logger = logging.getLogger(__name__)


async def report(error: Exception, message: Message | None, office: Office) -> None:
    """Log the error under an id and reply with it, unless Telegram itself was the trouble."""
    told = reference()
    logger.error("a message failed, reference %s: %s", told, describe(error))
    if message is None or isinstance(error, TelegramError):
        return
    try:
        await office.outbox.send(
            reply_to(message, office.scene(message).phrases.answers.failed(told))
        )
    except Exception as refusal:  # noqa: BLE001 - PTB would log whatever it says
        logger.warning("nor could it be told, reference %s: %s", told, describe(refusal))
