"""A text or caption: find out what it wants from the bot, and see to it."""

from telegram import Message, MessageEntity

from bot.addressing import Incoming, Mark, Me, Request, Wish, request_in
from bot.chats import Mode
from bot.handlers.ask import answer, answer_again
from bot.handlers.commands import give
from bot.office import Office
from bot.outbox import reply_to, topic_of


async def receive(message: Message, office: Office, *, edited: bool = False) -> None:
    """Reply, unless the message is not for the bot; an edit is only ever a question mended."""
    request, scene = request_of(message, office), office.scene(message)
    if edited:
        if request and request.wish in {Wish.ANSWER, Wish.OVERHEARD}:
            overheard = request.wish is Wish.OVERHEARD
            await answer_again(message, request.text, scene, office, overheard=overheard)
        return
    match request:
        case Request(Wish.ANSWER, question):
            await answer(message, question, scene, office)
        case Request(Wish.OVERHEARD, question):
            await answer(message, question, scene, office, overheard=True)
        case Request(Wish.COMMAND, rest, name):
            await give(name, message, rest, scene, office)
        case Request(Wish.HINT):
            await office.outbox.send(reply_to(message, scene.phrases.answers.how_to_ask))
        case Request(Wish.UNKNOWN):
            await office.outbox.send(reply_to(message, scene.phrases.rooms.unknown_command))


def request_of(message: Message, office: Office) -> Request | None:
    """What the message wants from the bot, None if nothing."""
    settings = office.chats.of(message.chat.id, topic_of(message))
    me = office.me
    return request_in(incoming(message, me, listening=settings.mode is Mode.QUESTIONS), me)


def incoming(message: Message, me: Me, *, listening: bool = False) -> Incoming:
    """The facts of the message that decide."""
    marks = message.entities or message.caption_entities
    return Incoming(
        text=message.text or message.caption or "",
        marks=tuple(map(_mark, marks)),
        private=message.chat.type == message.chat.PRIVATE,
        by_machine=_by_machine(message, me),
        answers_us=_answers_us(message, me),
        listening=listening,
        replied=_replied(message, me),
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


def _replied(message: Message, me: Me) -> str:
    """What somebody else said in the message that this one replies to."""
    replied = message.reply_to_message
    if not replied or _answers_us(message, me):
        return ""
    return replied.text or replied.caption or ""


def _answers_us(message: Message, me: Me) -> bool:
    answered = message.reply_to_message
    if not answered or not answered.from_user or answered.from_user.id != me.id:
        return False
    # In a topic, what replies to nothing else is a reply to the notice of the topic's creation.
    return answered.forum_topic_created is None
