"""What Telegram's answer to a message is worth, and what its silence may mean."""

from collections.abc import Iterator
from contextlib import contextmanager

from telegram import Message
from telegram.error import TelegramError, TimedOut

from bot.wire import NotSent


@contextmanager
def readable() -> Iterator[None]:
    """Have what is no answer of Telegram's, though it came with a 200, told as its error."""
    try:
        yield
    except TelegramError:
        raise
    except Exception as error:  # PTB stumbles over it in whatever way
        raise TelegramError("Telegram's answer cannot be read") from error


def as_message(sent: object) -> Message:
    """What is said to be the message that was sent; TypeError if it is none."""
    if not isinstance(sent, Message):
        raise TypeError("no message")
    return sent


def may_have_arrived(error: TelegramError) -> bool:
    """Whether the message may have been sent although no answer, or no readable one, came back."""
    if isinstance(error, NotSent):
        return False
    # Telegram's own errors come from nothing, or from an explanation that could not be read.
    refused = error.__cause__ is None or isinstance(error.__cause__, TelegramError)
    return isinstance(error, TimedOut) or not refused
