"""The last resort itself breaks down without a word of what was written."""

from datetime import UTC, datetime

from telegram import Chat, Message

from bot.handlers.errors import report


class Confused:
    """An office that cannot make sense of a message."""

    def scene(self, message):
        raise KeyError(message.text)


async def test_a_message_that_cannot_even_be_apologised_for_is_logged_without_its_words(caplog):
    message = Message(1, datetime.now(UTC), Chat(7, Chat.PRIVATE), text="my secret")

    await report(ValueError("my secret"), message, Confused())

    assert "a message failed, reference" in caplog.text
    assert "nor could it be told, reference" in caplog.text
    assert "my secret" not in caplog.text
