"""Bring alerts to the chats that watch: each once, at the chat's hours, and not too many."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby

from telegram.error import BadRequest, Forbidden

from bot.alerts import Bulletin, News, bulletin
from bot.desk import Apology
from bot.given import passage_of
from bot.handlers.watched import stop_buttons
from bot.likeness import ALIKE, CHANGED, likeness
from bot.logs import describe
from bot.memory import Kind, Quote, Sheet
from bot.office import Office
from bot.outbox import Letter
from bot.quiet import digest_after, is_quiet
from bot.rights import is_served
from bot.scene import Scene
from bot.watches import Alert, Pile, Watches
from index import Quotable, Turn

logger = logging.getLogger(__name__)

ALERTS_AN_HOUR = 6
"""Alerting messages that a chat gets within an hour; what is beyond that comes as one."""

_HOUR_S = 3600.0
_PAUSE_S, _LONGEST_PAUSE_S = 30.0, 3600.0
_READERS = 2
_UNREACHABLE = (
    "not enough rights",
    "have no rights",
    "chat not found",
    "need administrator rights",
    "write_forbidden",
    "chat_restricted",
    "peer_id_invalid",
    "deactivated",
    "chat was deleted",
)


_CLOCK_SET_BACK = timedelta(hours=1)
"""What was found so long after now was found before the clock was set back."""


class Courier:
    """Sends the alerts that wait in bot.db, many chats at once, in each one message at a time.

    An alert is noted as sent once Telegram has said so. What Telegram took just before the
    process was killed, or before the connection broke, comes again: that is the one way in which
    an alert can come twice, and in none can it be lost.
    """

    def __init__(self, office: Office, *, clock: Callable[[], float] = time.time) -> None:
        self._office = office
        self._clock = clock
        self._watches = Watches(office.data, clock=clock)
        self._reading = asyncio.Semaphore(_READERS)
        self._serving: dict[int, asyncio.Task[None]] = {}
        self._troubled: dict[int, _Trouble] = {}

    async def look(self) -> None:
        """Begin to send what is due."""
        now = self._clock()
        troubled = (chat for chat, each in self._troubled.items() if each.lasts(now))
        piles = await self._watches.waiting(besides={*self._serving, *troubled})
        for chat, group in groupby(_by_place(piles), _chat):
            if chat in self._serving:
                continue
            if not is_served(chat, self._office):
                # Its watches stay, as BOT_CHATS may name it again.
                self._troubled[chat] = _Trouble(self._clock() + _LONGEST_PAUSE_S, _PAUSE_S)
                continue
            task = asyncio.create_task(self._serve(chat, tuple(group)))
            self._serving[chat] = task
            task.add_done_callback(partial(self._served, chat))

    def _served(self, chat: int, _: asyncio.Task[None]) -> None:
        self._serving.pop(chat, None)

    async def leave(self, patience_s: float = 5.0) -> None:
        """Wait for what is on its way, and leave the rest for the next start."""
        tasks = list(self._serving.values())
        if tasks:
            await asyncio.wait(tasks, timeout=patience_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, chat: int, piles: tuple[Pile, ...]) -> None:
        try:
            for _, group in groupby(piles, _topic):
                await self._serve_topic(chat, tuple(group))
        except _Unreachable:
            logger.info("a chat cannot be written to any more; its watches stop")
            await self._watches.stop_all(chat)
        except _PutOff:
            self._put_off(chat)
        except Exception as error:  # noqa: BLE001 - Telegram's trouble, or that of bot.db
            logger.warning("alerts are put off: %s", describe(error))
            self._put_off(chat)
        else:
            self._troubled.pop(chat, None)

    async def _serve_topic(self, chat: int, piles: tuple[Pile, ...]) -> None:
        watch = piles[0].watch
        scene = self._office.scene_of(chat, watch.topic, watch.language)
        sent = await self._watches.messages(chat, within_s=_HOUR_S)
        now = datetime.fromtimestamp(self._clock(), UTC).astimezone(scene.zone)
        due = [each for each in piles if _is_due(each, now, scene)]
        for batch in batches(due, room=ALERTS_AN_HOUR - sent):
            await self._bring(batch, scene, silent=is_quiet(now, scene.settings.quiet))

    async def _bring(self, piles: Sequence[Pile], scene: Scene, *, silent: bool) -> None:
        """Send what waits for some watches as one message, and note that it was sent."""
        # Somebody may have stopped one while the others were sent.
        piles = [pile for pile in piles if await self._watches.one(pile.watch.number)]
        alerts = [alert for pile in piles for alert in pile.alerts]
        held = await self._held(alerts, scene)
        before = [await self._watches.told(pile.watch) for pile in piles]
        # Many alerts are compared with many, and questions go on meanwhile.
        news = await asyncio.to_thread(
            lambda: [
                news_of(pile, held, told, only=scene.settings.sources)
                for pile, told in zip(piles, before, strict=True)
            ]
        )
        told = [(pile, each) for pile, each in zip(piles, news, strict=True) if each.passages]
        if not told:
            await self._watches.sent(alerts, None)
            return
        message = bulletin([each for _, each in told], scene.phrases)
        sheet = _sheet(message, [pile for pile, _ in told], scene)
        buttons = stop_buttons([pile.watch for pile, _ in told], sheet.token, scene.phrases)
        letter = Letter(
            scene.chat, message.html, scene.topic, buttons=buttons, silent=silent, urgent=False
        )
        await self._send(letter, sheet, alerts)

    async def _send(self, letter: Letter, sheet: Sheet, alerts: Sequence[Alert]) -> None:
        try:
            sent = await self._office.outbox.send(letter)
        except (Forbidden, BadRequest) as error:
            await self._give_up(alerts, error)
            return
        # Nothing comes between, as a kill here has the alerts come again.
        await self._watches.sent(alerts, sent.message_id)
        await self._office.memory.keep(sent.chat.id, sent.message_id, sheet)

    async def _give_up(self, alerts: Sequence[Alert], error: Forbidden | BadRequest) -> None:
        reason = str(error).lower()
        if isinstance(error, Forbidden) or any(each in reason for each in _UNREACHABLE):
            raise _Unreachable
        logger.error("an alert was refused, and is dropped: %s", describe(error))
        await self._watches.sent(alerts, None)

    async def _held(self, alerts: Iterable[Alert], scene: Scene) -> dict[int, Quotable]:
        """The texts of alerts that are still in the collection, and may be seen in the chat."""
        ids = [alert.found.paragraph for alert in alerts]
        only = scene.settings.sources
        async with self._reading:
            held = await self._office.desk.aside(lambda library: library.passages(ids, only=only))
        if isinstance(held, Apology):
            raise _PutOff
        return held

    def _put_off(self, chat: int) -> None:
        before = self._troubled.get(chat)
        pause = min(before.pause * 2, _LONGEST_PAUSE_S) if before else _PAUSE_S
        self._troubled[chat] = _Trouble(self._clock() + pause, pause)


@dataclass(frozen=True, slots=True)
class _Trouble:
    until: float
    pause: float

    def lasts(self, now: float) -> bool:
        """Whether it is still to be waited for; a clock that was set back makes it no longer."""
        return 0 < self.until - now <= self.pause


class _PutOff(Exception):  # noqa: N818 - nobody else sees it
    pass


class _Unreachable(Exception):  # noqa: N818 - nobody else sees it
    pass


def batches(piles: Sequence[Pile], *, room: int) -> list[tuple[Pile, ...]]:
    """Which watches are told of together, in `room` messages at most.

    The daily ones make one message; of the others each has its own while there is room, and the
    last takes all that are left.
    """
    daily = tuple(pile for pile in piles if pile.watch.daily)
    singly = [(pile,) for pile in piles if not pile.watch.daily]
    found = [*([daily] if daily else []), *singly]
    if len(found) <= room or room <= 0:
        return found[: max(room, 0)]
    rest = tuple(pile for batch in found[room - 1 :] for pile in batch)
    return [*found[: room - 1], rest]


def news_of(
    pile: Pile,
    held: Mapping[int, Quotable],
    told: Sequence[tuple[str, str]] = (),
    *,
    only: tuple[str, ...] = (),
) -> News:
    """What there is to tell of a watch: passages that are still held and say what is new.

    `told` are the articles and prints of what it was told before. A changed paragraph of the same
    article is no news either: there the message that quotes it is corrected.
    """
    passages, known = [], list(told)
    for alert in pile.alerts:
        found = alert.found
        if found.paragraph not in held or _is_known(alert, known):
            continue
        known.append(("", alert.digest))
        passages.append(passage_of(found, held[found.paragraph], only=only))
    return News(pile.watch.question, tuple(passages), sum(each.more for each in pile.alerts))


def _is_known(alert: Alert, known: Iterable[tuple[str, str]]) -> bool:
    return any(
        likeness(alert.digest, digest) >= (CHANGED if article == alert.found.article else ALIKE)
        for article, digest in known
    )


def _sheet(message: Bulletin, piles: Sequence[Pile], scene: Scene) -> Sheet:
    quotes = tuple(Quote(each.paragraph, each.article, each.text) for each in message.shown)
    told = {
        "role": "alert",
        "html": message.html,
        "language": scene.phrases.language,
        "watches": [pile.watch.number for pile in piles],
    }
    return Sheet(Kind.ALERT, told=told, quotes=quotes, turn=_turn(message, piles))


def _turn(message: Bulletin, piles: Sequence[Pile]) -> Turn | None:
    """What a reply to an alert follows up; nothing where it tells of several watches."""
    if len(piles) != 1 or not message.shown:
        return None
    first = message.shown[0]
    credit, shown = first.credit, len(message.shown)
    question = piles[0].watch.question
    return Turn(question, shown, first.article, credit.published, credit.publisher)


def _is_due(pile: Pile, now: datetime, scene: Scene) -> bool:
    if not pile.watch.daily:
        return True
    found = datetime.fromtimestamp(pile.alerts[0].found_at, UTC).astimezone(scene.zone)
    if found - now > _CLOCK_SET_BACK:
        return True
    return digest_after(found, scene.settings.quiet).timestamp() <= now.timestamp()


def _by_place(piles: Iterable[Pile]) -> list[Pile]:
    return sorted(piles, key=lambda pile: (pile.watch.chat, pile.watch.topic or 0))


def _chat(pile: Pile) -> int:
    return pile.watch.chat


def _topic(pile: Pile) -> int:
    return pile.watch.topic or 0
