"""Guest mode: called by name in a chat where the bot is no member, it may reply once."""

import logging
from dataclasses import replace

from telegram import InlineQueryResultArticle, Message
from telegram.error import TelegramError

from bot.addressing import Request, Wish, request_in
from bot.desk import Apology
from bot.handlers.ask import apology
from bot.handlers.results import article_button, message_result
from bot.handlers.text import incoming
from bot.logs import describe
from bot.office import Office
from bot.render import answer_html
from bot.scene import Scene
from index import Answer

logger = logging.getLogger(__name__)


def request_of_guest(message: Message, office: Office) -> Request | None:
    """What is wanted of the bot as a guest, None if nothing: whatever is said there is to it."""
    if not message.guest_query_id:
        return None
    return request_in(replace(incoming(message, office.me), private=True), office.me)


async def reply_as_guest(message: Message, office: Office) -> None:
    """Reply with quotes of what the groups of the person may see, or say how to ask."""
    request = request_of_guest(message, office)
    # The chat's number may be that of another chat, so only what the person set holds.
    person = message.from_user
    scene = office.scene_of(
        person.id if person else 0, None, person.language_code if person else None
    )
    if request and request.wish is Wish.ANSWER:
        result = await _answered(message, request.text, scene, office)
    else:
        words = scene.phrases
        result = message_result("how", words.lookups.guest_how, title=words.lookups.answer_title)
    try:
        await message.answer_guest_query(result)
    except TelegramError as error:
        logger.warning("a call as a guest was not answered: %s", describe(error))


async def _answered(
    message: Message, question: str, scene: Scene, office: Office
) -> InlineQueryResultArticle:
    today, words = message.date.astimezone(scene.zone).date(), scene.phrases
    person = message.from_user.id if message.from_user else 0
    only = await office.sources_anywhere(person, scene.settings.sources)
    if only is None:
        said = words.lookups.nothing_inline
        return message_result("nothing", said, title=words.lookups.answer_title)
    outcome = await office.desk.look(
        office.metrics.looking(lambda library: library.ask(question, today=today, only=only))
    )
    office.metrics.question(outcome)
    if isinstance(outcome, Apology):
        said = apology(outcome, words.answers)
        return message_result("trouble", said, title=words.lookups.answer_title)
    return _result(outcome, scene, office)


def _result(answer: Answer, scene: Scene, office: Office) -> InlineQueryResultArticle:
    first = answer.passages[0] if answer.passages else None
    return message_result(
        f"{answer.searched.generation}.{first.paragraph if first else 0}",
        answer_html(answer, scene.phrases.answers),
        title=scene.phrases.lookups.answer_title,
        below=article_button(first, scene, office.bot.username) if first else None,
    )
