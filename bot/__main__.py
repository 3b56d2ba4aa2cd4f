"""Start the bot, and stop it when asked to."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from functools import partial

from bot import application, logs
from bot.attempts import Attempts
from bot.chats import Chats
from bot.claim import Claim, Taken, claimed, runtime_folder
from bot.crew import Crew, Room
from bot.database import BotData, BotDataUnusable
from bot.desk import Desk, Library
from bot.doors import DOORS, Doors
from bot.inbox import Inbox
from bot.incoming import sweep
from bot.monitor import Monitor, metrics_for
from bot.newsroom import Newsroom
from bot.notify import notifier_of
from bot.office import Office
from bot.pace import Pace
from bot.polling import Poller
from bot.privacy import expire_hourly
from bot.settings import BotSettings, load_bot_settings
from bot.watchdog import Lifeline, Watchdog, watched
from bot.watcher import WATCH, Supervisor, hosted
from bot.webhook import Place, Webhook, place_of
from index import (
    ROOT,
    IndexFault,
    IndexSettings,
    UnknownSetting,
    load_index_settings,
    open_branches,
)

logger = logging.getLogger("bot")

Work = Callable[[], Coroutine[None, None, None]]
Opened = Callable[[IndexSettings], Library]

_BESIDE_QUESTIONS = 32
"""Updates handled at once beyond the questions that may wait, so that those can be told "busy"."""


def main(*, opened: Opened = open_branches) -> int:
    """Serve until a signal; 0 after that, 2 when something that must be mended is in the way."""
    try:
        settings = load_bot_settings(os.environ, ROOT / ".env")
        if settings.token is None:
            raise UnknownSetting(application.NOT_SET)
        token = settings.token.get_secret_value()
        logs.configure(settings.secrets, form=settings.log_format, level=settings.log_level)
        index_settings = load_index_settings(os.environ, ROOT / ".env")
        runtime = runtime_folder(os.environ)
        with claimed(data=settings.data, token=token, runtime=runtime) as claim:
            return _serve_over(opened, index_settings, settings, claim)
    except (IndexFault, Taken, BotDataUnusable) as fault:
        print(logs.redacted(str(fault)), file=sys.stderr)  # noqa: T201 - the log may not be there yet
        return 2
    except KeyboardInterrupt:
        return 130


def _serve_over(
    opened: Opened, index_settings: IndexSettings, settings: BotSettings, claim: Claim
) -> int:
    notifier = notifier_of(os.environ, process=os.getpid())
    notifier.status("opening the collection")
    library = opened(index_settings)
    beside = Supervisor(WATCH) if index_settings.watch else None
    doors = replace(DOORS, collection=index_settings.folder)
    lifeline = Lifeline(notifier, touch=claim.touch)
    try:
        asyncio.run(
            serve_until_signalled(settings, library, beside=beside, doors=doors, lifeline=lifeline)
        )
    except (BotDataUnusable, IndexFault):
        raise
    except Exception as error:  # noqa: BLE001 - Python's own last words would show the token
        logger.critical("the bot broke down: %s", logs.describe(error))
        return 1
    finally:
        library.close()
        notifier.close()
    return 0


async def run(  # noqa: PLR0913 - by name, and most of them for tests alone
    settings: BotSettings,
    library: Library,
    *,
    stop: asyncio.Event,
    drain_s: float | None = None,
    doors: Doors = DOORS,
    pace: Pace | None = None,
    lifeline: Lifeline | None = None,
) -> None:
    """Serve until `stop` is set, then finish what has begun, for `drain_s` at most.

    What is not answered by then is taken up at the next start. The library stays open. `drain_s`
    is that of the settings and `pace` Telegram's unless others are given.
    """
    logs.quiet_libraries()
    lifeline = lifeline or Lifeline()
    drain_s = settings.drain_s if drain_s is None else drain_s
    desk = Desk(library, patience_s=settings.patience_s, room=settings.queue)
    try:
        async with BotData(settings.data / "bot.db") as data:
            chats = Chats(data)
            await chats.load()
            bot, office = application.build(
                *(settings, desk, data, chats),
                doors=doors,
                pace=pace,
                metrics=metrics_for(settings),
            )
            watchdog = Watchdog(
                settings.watchdog_s, health=office.health, data=data, lifeline=lifeline
            )
            try:
                async with watched(watchdog):
                    lifeline.notifier.status("introducing itself to Telegram")
                    place = await place_of(settings, data)
                    introduce = partial(
                        application.introduce, bot, admins=settings.admins, polls=place is None
                    )
                    await _unless(stop, introduce)
                    if not stop.is_set():
                        lifeline.notifier.ready("serving")
                        await _serve(bot, office, stop, place=place, drain_s=drain_s)
            finally:
                await office.reindexing.close()
                await application.leave(bot)
    finally:
        desk.close()


async def serve_until_signalled(
    settings: BotSettings,
    library: Library,
    *,
    beside: Supervisor | None = None,
    doors: Doors = DOORS,
    lifeline: Lifeline | None = None,
) -> None:
    """Run until SIGINT or SIGTERM, with what is `beside`; a second one ends it without waiting."""
    stop = asyncio.Event()
    serving = asyncio.current_task()

    def on_signal() -> None:
        # The second signal is from somebody who does not want to wait.
        if stop.is_set() and serving:
            serving.cancel()
        stop.set()
        if lifeline:
            lifeline.notifier.stopping()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    try:
        async with hosted(beside):
            await run(settings, library, stop=stop, doors=doors, lifeline=lifeline)
    except asyncio.CancelledError:
        logger.warning("stopped without waiting")


async def _serve(
    bot: application.Bot,
    office: Office,
    stop: asyncio.Event,
    *,
    place: Place | None,
    drain_s: float,
) -> None:
    inbox = Inbox(office.data, fresh_s=office.settings.fresh_s)
    attempts = Attempts(
        inbox,
        partial(application.handle, bot, office),
        give_up=partial(application.give_up, office),
    )
    crew = Crew(
        inbox,
        attempts.handle,
        Room(office.settings.queue + _BESIDE_QUESTIONS),
        refuse=partial(application.refuse, office),
    )
    source = _source(bot, office, inbox, place, arrived=crew.wake)
    await attempts.recall()
    expiring = partial(expire_hourly, office.data, office.settings)
    await asyncio.to_thread(sweep, office.settings.data)
    with office.health.watching():
        try:
            works = (source.run, crew.run, Newsroom(office).run, Monitor(office).run, expiring)
            await _unless(stop, *works)
            office.health.rests()
            logger.info("stopping")
            await crew.drain(drain_s)
        finally:
            await crew.drain(0)


def _source(
    bot: application.Bot,
    office: Office,
    inbox: Inbox,
    place: Place | None,
    *,
    arrived: Callable[[], None],
) -> Poller | Webhook:
    """Where updates come from: they are fetched, or brought to a place."""
    read, health = partial(application.read, office), office.health
    if place:
        return Webhook(bot.bot, inbox, place, read=read, arrived=arrived, heard=health.polled)
    return Poller(
        *(bot.bot, inbox),
        read=read,
        arrived=arrived,
        polled=health.polled,
        tried=health.tried,
    )


async def _unless(stop: asyncio.Event, *works: Work) -> None:
    """Run the works together until they end or `stop` is set, whichever comes first."""
    working = asyncio.create_task(_together(works))
    stopping = asyncio.create_task(_waiting_for(stop))
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


async def _together(works: Iterable[Work]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work())
    except BaseExceptionGroup as several:
        if len(several.exceptions) > 1:
            raise
        raise several.exceptions[0] from None


async def _waiting_for(stop: asyncio.Event) -> None:
    await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
