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
from bot.chats import Chats
from bot.crew import Crew, Room
from bot.database import BotData, BotDataUnusable
from bot.desk import Desk, Library
from bot.doors import DOORS, Doors
from bot.inbox import Inbox
from bot.incoming import sweep
from bot.monitor import Monitor, metrics_for
from bot.newsroom import Newsroom
from bot.office import Office
from bot.pace import Pace
from bot.polling import Poller
from bot.privacy import expire_hourly
from bot.settings import BotSettings, load_bot_settings
from bot.watcher import WATCH, Supervisor, hosted
from index import ROOT, IndexFault, UnknownSetting, load_index_settings, open_library

logger = logging.getLogger("bot")

Work = Callable[[], Coroutine[None, None, None]]

DRAIN_S = 10.0
"""How long answers may still take once the bot is told to stop."""

_BESIDE_QUESTIONS = 32
"""Updates handled at once beyond the questions that may wait, so that those can be told "busy"."""


def main() -> int:
    """Serve until a signal; 0 after that, 2 when a setting or the collection is in the way."""
    try:
        settings = load_bot_settings(os.environ, ROOT / ".env")
        if settings.token is None:
            raise UnknownSetting(application.NOT_SET)
        logs.configure(settings.secrets, form=settings.log_format, level=settings.log_level)
        index_settings = load_index_settings(os.environ, ROOT / ".env")
        library = open_library(index_settings)
    except IndexFault as fault:
        print(logs.redacted(str(fault)), file=sys.stderr)  # noqa: T201 - the log may not be there yet
        return 2
    except KeyboardInterrupt:
        return 130
    try:
        beside = Supervisor(WATCH) if index_settings.watch else None
        doors = replace(DOORS, collection=index_settings.folder)
        asyncio.run(serve_until_signalled(settings, library, beside=beside, doors=doors))
    except BotDataUnusable as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - a plain sentence, as for the settings
        return 2
    except Exception as error:  # noqa: BLE001 - Python's own last words would show the token
        logger.critical("the bot broke down: %s", logs.describe(error))
        return 1
    finally:
        library.close()
    return 0


async def run(  # noqa: PLR0913 - by name, and most of them for tests alone
    settings: BotSettings,
    library: Library,
    *,
    stop: asyncio.Event,
    drain_s: float = DRAIN_S,
    doors: Doors = DOORS,
    pace: Pace | None = None,
) -> None:
    """Serve until `stop` is set, then finish what has begun, for `drain_s` at most.

    What is not answered by then is taken up at the next start. The library stays open. `pace` is
    Telegram's unless another is given.
    """
    logs.quiet_libraries()
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
            try:
                await _unless(stop, partial(application.introduce, bot, admins=settings.admins))
                if not stop.is_set():
                    room = Room(settings.queue + _BESIDE_QUESTIONS)
                    await _serve(bot, office, stop, room=room, drain_s=drain_s)
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
) -> None:
    """Run until SIGINT or SIGTERM, with what is `beside`; a second one ends it without waiting."""
    stop = asyncio.Event()
    serving = asyncio.current_task()

    def on_signal() -> None:
        # The second signal is from somebody who does not want to wait.
        if stop.is_set() and serving:
            serving.cancel()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    try:
        async with hosted(beside):
            await run(settings, library, stop=stop, doors=doors)
    except asyncio.CancelledError:
        logger.warning("stopped without waiting")


async def _serve(
    bot: application.Bot, office: Office, stop: asyncio.Event, *, room: Room, drain_s: float
) -> None:
    inbox = Inbox(office.data)
    crew = Crew(
        inbox,
        partial(application.handle, bot, office),
        room,
        refuse=partial(application.refuse, office),
    )
    poller = Poller(
        bot.bot,
        inbox,
        read=partial(application.read, office),
        arrived=crew.wake,
        polled=office.health.polled,
    )
    expiring = partial(expire_hourly, office.data, office.settings)
    await asyncio.to_thread(sweep, office.settings.data)
    with office.health.watching():
        try:
            works = (poller.run, crew.run, Newsroom(office).run, Monitor(office).run, expiring)
            await _unless(stop, *works)
            logger.info("stopping")
            await crew.drain(drain_s)
        finally:
            await crew.drain(0)


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
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(work())


async def _waiting_for(stop: asyncio.Event) -> None:
    await stop.wait()


if __name__ == "__main__":
    sys.exit(main())
