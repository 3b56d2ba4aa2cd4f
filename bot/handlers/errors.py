"""The last resort: log what no handler expected, and tell the person that it went wrong."""

import logging
import secrets

from telegram import Message
from telegram.error import TelegramError

from bot.logs import describe
from bot.office import Office
from bot.outbox import reply_to

logger = logging.getLogger(__name__)


async def report(error: Exception, message: Message | None, office: Office) -> None:
    """Log the error under an id and reply with it, unless Telegram itself was the trouble."""
    reference = secrets.token_hex(3)
    logger.error("a message failed, reference %s: %s", reference, describe(error))
    if message is None or isinstance(error, TelegramError):
        return
    try:
        await office.outbox.send(
            reply_to(message, office.scene(message).phrases.answers.failed(reference))
        )
    except TelegramError as refusal:
        logger.warning("nor could it be told, reference %s: %s", reference, describe(refusal))
