"""A text or caption: find out what it wants from the bot, and see to it."""

from telegram import Message, MessageEntity

from bot import phrases
from bot.addressing import Incoming, Mark, Me, Request, Wish, request_in
from bot.handlers.ask import answer
from bot.handlers.help import explain
from bot.handlers.start import welcome
from bot.office import Office
from bot.outbox import reply_to


async def receive(message: Message, me: Me, office: Office) -> None:
    """Reply, unless the message is not for the bot."""
    match request_of(message, me):
        case Request(Wish.ANSWER, question):
            await answer(message, question, office)
        case Request(Wish.START):
            await welcome(message, office)
        case Request(Wish.HELP):
            await explain(message, office)
        case Request(Wish.HINT):
            await office.outbox.send(reply_to(message, phrases.HOW_TO_ASK))
        case Request(Wish.UNKNOWN):
            await office.outbox.send(reply_to(message, phrases.UNKNOWN_COMMAND))


def request_of(message: Message, me: Me) -> Request | None:
    """What the message wants from the bot, None if nothing."""
    return request_in(incoming(message, me), me)


def incoming(message: Message, me: Me) -> Incoming:
    """The facts of the message that decide."""
    marks = message.entities or message.caption_entities
    return Incoming(
        text=message.text or message.caption or "",
        marks=tuple(map(_mark, marks)),
        private=message.chat.type == message.chat.PRIVATE,
        by_machine=_by_machine(message, me),
        answers_us=_answers_us(message, me),
    )


def _mark(entity: MessageEntity) -> Mark:
    user = entity.user.id if entity.user else None
    return Mark(entity.type, entity.offset, entity.length, user)


def _by_machine(message: Message, me: Me) -> bool:
    if message.is_automatic_forward:
        return True
    if message.via_bot and message.via_bot.id == me.id:
        return True
    # People who speak as their group or channel come as a bot of Telegram's, with a sender_chat.
    return bool(message.from_user and message.from_user.is_bot and not message.sender_chat)


def _answers_us(message: Message, me: Me) -> bool:
    answered = message.reply_to_message
    if not answered or not answered.from_user or answered.from_user.id != me.id:
        return False
    # In a topic, what replies to nothing else is a reply to the notice of the topic's creation.
    return answered.forum_topic_created is None
