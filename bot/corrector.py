"""Correct what was quoted: once a passage has changed or left, its message says so."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.corrections import (
    Note,
    Quoted,
    after,
    corrected_html,
    reply_html,
    same_words,
)
from bot.desk import Apology, Library
from bot.given import from_json, passage_of
from bot.handlers.answers import answer_buttons
from bot.handlers.watch import buttons_of_alert
from bot.logs import describe
from bot.memory import Kind, Sheet
from bot.office import Office
from bot.outbox import Letter
from bot.phrases import phrases_in
from bot.rights import is_served
from bot.scene import Scene
from index import Fate, Quotable

logger = logging.getLogger(__name__)

MOST_EDITS = 200
"""Messages that are corrected after one publication, the newest first."""

MOST_IN_CHAT = 20
"""Messages of one chat that are."""

_PARAGRAPHS = 50_000
_AT_ONCE = 500
_LEFT = 5_000
_SOUGHT = 100  # passages that are looked for elsewhere
_WORDS = 10
_SPAN_S = 6.0  # between the edits in one chat, so that answers find room among them
_PATIENCE_S = 1_800.0


class Corrector:
    """Looks at what messages of ours quote, and edits those whose quotes no longer stand.

    An edit is made before it is kept, as the same edit again changes nothing: so it is neither
    lost nor seen twice, whenever the process is killed.
    """

    def __init__(
        self,
        office: Office,
        *,
        patience_s: float = _PATIENCE_S,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._office = office
        self._quoted = Quoted(office.data)
        self._patience_s = patience_s
        self._sleep = sleep

    async def look(self) -> bool:
        """Correct what the newest generation has made untrue; False if some must wait."""
        fates = await self._fates()
        if fates is None:
            return False
        if not fates:
            return True
        messages = await self._quoted.messages(list(fates)[:_LEFT], limit=MOST_EDITS)
        chats = groupby(sorted(messages, key=lambda where: where[0]), key=lambda where: where[0])
        works = [self._correct_chat(tuple(group), fates) for _, group in chats]
        try:
            async with asyncio.timeout(self._patience_s):
                return all(await asyncio.gather(*works))
        except TimeoutError:
            return False

    async def _fates(self) -> dict[int, Fate] | None:
        """What became of the quoted paragraphs that left; None if that cannot be known now."""
        paragraphs = await self._quoted.paragraphs(limit=_PARAGRAPHS)
        found: dict[int, Fate] = {}
        for at in range(0, len(paragraphs), _AT_ONCE):
            texts = await self._quoted.texts(paragraphs[at : at + _AT_ONCE])
            fates = await self._office.desk.aside(_fates_of(texts))
            if isinstance(fates, Apology):
                return None
            found |= fates
        return found

    async def _correct_chat(
        self, messages: Sequence[tuple[int, int]], fates: Mapping[int, Fate]
    ) -> bool:
        complete = True
        newest = sorted(messages, key=lambda where: -where[1])[:MOST_IN_CHAT]
        for place, (chat, message) in enumerate(newest):
            if place:
                await self._sleep(_SPAN_S)
            if not is_served(chat, self._office):
                break  # nothing more is said there
            try:
                await self._correct(chat, message, fates)
            except (TelegramError, _NotNow) as error:
                logger.warning("a correction is put off: %s", describe(error))
                complete = False
        return complete

    async def _correct(self, chat: int, message: int, fates: Mapping[int, Fate]) -> None:
        before = await self._office.memory.sheet(chat, message)
        if before is None:
            return
        now, notes = after(before, self._seen(chat, fates))
        if notes and "html" in before.told:
            now = await self._shown(_Message(chat, message, now), notes)
        await self._quoted.update(chat, message, now, before=before)

    def _seen(self, chat: int, fates: Mapping[int, Fate]) -> Mapping[int, Fate]:
        """The fates as far as a chat may see them, which may keep to some sources since."""
        only = self._office.chats.of(chat).sources
        return {
            each: Fate(None, fate.on)
            if only and fate.now and fate.now.credit.publisher not in only
            else fate
            for each, fate in fates.items()
        }

    async def _shown(self, message: "_Message", notes: tuple[Note, ...]) -> Sheet:
        """The sheet as its message shows it, after an edit or else a reply."""
        sheet = message.sheet
        scene = self._scene(message)
        original = str(sheet.told.get("uncorrected", sheet.told["html"]))
        words = scene.phrases.watches
        html = corrected_html(original, notes, words)
        if not html:
            await self._reply(message, reply_html(notes, words))
            return sheet
        buttons = await self._buttons(sheet, scene)
        letter = Letter(message.chat, html, buttons=buttons, edits=message.number, urgent=False)
        if await self._edited(letter):
            return replace(sheet, told={**sheet.told, "html": html, "uncorrected": original})
        await self._reply(message, reply_html(notes, words))
        return sheet

    async def _edited(self, letter: Letter) -> bool:
        """Whether the message says it now, or nobody can see it any more."""
        try:
            await self._office.outbox.send(letter)
        except (BadRequest, Forbidden, ChatMigrated) as error:
            if "can't be edited" in str(error).lower():
                return False
            logger.info("nothing to correct: %s", type(error).__name__)
        return True

    async def _reply(self, message: "_Message", html: str) -> None:
        try:
            await self._office.outbox.send(
                Letter(message.chat, html, reply_to=message.number, silent=True, urgent=False)
            )
        except (BadRequest, Forbidden) as error:
            logger.info("a correction could not be told: %s", type(error).__name__)

    async def _buttons(self, sheet: Sheet, scene: Scene) -> InlineKeyboardMarkup | None:
        if sheet.kind is Kind.ALERT:
            return await buttons_of_alert(sheet, scene.phrases, self._office)
        kept = from_json(sheet.told)
        if kept is None:
            return None
        ids = [each.paragraph for each in kept.on_page]
        only = scene.settings.sources
        held = await self._office.desk.aside(lambda library: library.passages(ids, only=only))
        if isinstance(held, Apology):
            raise _NotNow
        shown = tuple(
            passage_of(each, held[each.paragraph])
            for each in kept.on_page
            if each.paragraph in held
        )
        return answer_buttons(kept, shown, sheet.token, scene) if shown else None

    def _scene(self, message: "_Message") -> Scene:
        language = str(message.sheet.told.get("language", "en"))
        scene = self._office.scene_of(message.chat, None, language)
        return replace(scene, phrases=phrases_in(language))


class _NotNow(Exception):  # noqa: N818 - nobody else sees it
    pass


@dataclass(frozen=True, slots=True)
class _Message:
    chat: int
    number: int
    sheet: Sheet


def _fates_of(texts: Mapping[int, tuple[str, str]]) -> Callable[[Library], dict[int, Fate]]:
    def look(library: Library) -> dict[int, Fate]:
        fates = library.fates(texts)
        gone = [each for each, fate in fates.items() if fate.now is None][:_SOUGHT]
        for each in gone:
            if elsewhere := _elsewhere(library, texts[each][1]):
                fates[each] = Fate(elsewhere, fates[each].on)
        return fates

    return look


def _elsewhere(library: Library, text: str) -> Quotable | None:
    """The same text in another article."""
    words = re.findall(r"\w+", text)[:_WORDS]
    if not words:
        return None
    found = library.search(f'"{" ".join(words)}"', limit=5).found
    same = (each.paragraph for each in found if same_words(each.paragraph.text, text))
    return next(same, None)
