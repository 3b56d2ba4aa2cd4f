"""Put the bot together from PTB's parts, and introduce it to Telegram."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import Update
from telegram.error import InvalidToken
from telegram.ext import Application, ApplicationBuilder, CallbackContext, TypeHandler

from bot.chats import Chats
from bot.database import BotData
from bot.desk import Desk
from bot.doors import DOORS, Doors
from bot.handlers.dispatch import concerns, message_of, put_off, see_to
from bot.handlers.errors import report
from bot.inbox import State
from bot.limits import UPDATES
from bot.logs import begin_request, describe
from bot.memory import Memory
from bot.menu import describe_bot, offer_commands
from bot.metrics import Metrics
from bot.office import Office
from bot.outbox import Outbox, reply_to
from bot.pace import Pace
from bot.privacy import DAY_S
from bot.reindexing import Reindexing
from bot.settings import BotSettings
from bot.tries import until_done
from bot.wire import Wire, proxy_of
from index import IndexFault, UnknownSetting

logger = logging.getLogger(__name__)

Bot = Application[Any, Any, Any, Any, Any, Any]
"""PTB's Application; nothing of ours depends on its six parameters."""

NOT_SET = "BOT_TOKEN is not set; ask @BotFather for a token and put it in .env"

UNKNOWN_TO_TELEGRAM = (
    "Telegram does not know the token in BOT_TOKEN; put the one that @BotFather shows into .env"
    " (or check BOT_API_URL, if the server is your own)"
)

_CONNECTIONS = 64


class TokenRefused(IndexFault):
    """Telegram does not know the token, and never did since the start."""


def build(  # noqa: PLR0913 - what an office stands on, and what tests do otherwise
    settings: BotSettings,
    desk: Desk,
    data: BotData,
    chats: Chats,
    *,
    doors: Doors = DOORS,
    pace: Pace | None = None,
    metrics: Metrics | None = None,
) -> tuple[Bot, Office]:
    """The bot, which takes updates from `process_update` alone and polls nothing by itself."""
    if settings.token is None:
        raise UnknownSetting(NOT_SET)
    # Without it PTB tells waiting times in a way that it warns about each time.
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    metrics, proxy = metrics or Metrics(), proxy_of(settings.api_url)
    application: Bot = (
        ApplicationBuilder()
        .token(settings.token.get_secret_value())
        .base_url(f"{settings.api_url}/bot")
        .base_file_url(f"{settings.api_url}/file/bot")
        .updater(None)
        .job_queue(None)
        .request(Wire(metrics, connections=_CONNECTIONS, proxy=proxy))
        .get_updates_request(Wire(metrics, proxy=proxy))
        .build()
    )
    bot = application.bot
    outbox = Outbox(bot, pace=pace or Pace(), moved=chats.move)
    memory = Memory(data, kept_s=settings.remember_days * DAY_S)
    office = Office(
        *(bot, desk, outbox, data, memory, chats, settings),
        doors=doors,
        metrics=metrics,
        reindexing=Reindexing(doors.reindex),
    )
    _connect(application, office)
    return application, office


async def introduce(
    application: Bot,
    *,
    admins: Sequence[int] = (),
    polls: bool = True,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Learn who the bot is, end any webhook if it polls, show the commands.

    Tried until Telegram answers; TokenRefused if it does not know the token.
    """
    try:
        await until_done("getMe", application.initialize, sleep=sleep, for_good=(InvalidToken,))
    except InvalidToken as error:
        raise TokenRefused(UNKNOWN_TO_TELEGRAM) from error
    if polls:
        # While a webhook is set, polling is refused.
        await until_done("deleteWebhook", application.bot.delete_webhook, sleep=sleep)
    await offer_commands(application.bot, admins)
    await describe_bot(application.bot)
    logger.info("serving as @%s", application.bot.username)


async def leave(application: Bot) -> None:
    """Close the connections, whether or not the introduction was finished."""
    await application.shutdown()
    await application.bot.shutdown()


def read(office: Office, raw: dict[str, Any]) -> Update | None:
    """The update that the JSON describes, None if the bot has nothing to say to it.

    Raises anything when it is no update.
    """
    update = Update.de_json(raw, office.bot)
    return update if concerns(update, office) else None


async def handle(application: Bot, office: Office, raw: dict[str, Any]) -> State:
    """See to a stored update, and say what has become of it."""
    begin_request()
    kind = next((each for each in raw if each in UPDATES), "other")
    logger.debug("update %s: %s", raw.get("update_id"), kind)
    office.metrics.update(kind)
    try:
        update = read(office, raw)
    except Exception as error:  # noqa: BLE001 - it could be read once: kept for a look
        logger.error("a stored update cannot be read: %s", type(error).__name__)  # noqa: TRY400
        return State.ASIDE
    if update:
        await application.process_update(update)
    return State.DONE


async def refuse(office: Office, raw: dict[str, Any]) -> None:
    """Tell who has sent too much at once to wait."""
    begin_request()
    if update := read(office, raw):
        await put_off(update, office)


async def give_up(office: Office, raw: dict[str, Any]) -> None:
    """Tell who sent an update that the bot can do nothing with it, if anybody is there to tell."""
    reference = begin_request()
    try:
        update = read(office, raw)
        if message := message_of(update):
            words = office.scene(message).phrases.answers
            logger.error("a message is given up, reference %s", reference)
            await office.outbox.send(reply_to(message, words.failed(reference)))
    except Exception as error:  # noqa: BLE001 - it has done enough harm
        logger.warning("nor could it be told, reference %s: %s", reference, describe(error))


def _connect(application: Bot, office: Office) -> None:
    async def on_update(update: Update, _: CallbackContext[Any, Any, Any, Any]) -> None:
        await see_to(update, office)

    async def on_error(update: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
        if context.error:
            await report(context.error, message_of(update), office)

    application.add_handler(TypeHandler(Update, on_update))
    application.add_error_handler(on_error)
