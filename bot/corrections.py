"""What has become of what was quoted: notes above a message, and the table `quoted` of bot.db."""

import json
import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from html import escape, unescape
from typing import Any

from bot.cutting import clip
from bot.database import BotData
from bot.limits import MESSAGE_UNITS
from bot.memory import Quote, Sheet
from bot.phrases.watches import WatchWords
from bot.render import named, utf16_units
from index import Fate

_NEW_TEXT, _OLD_TEXT = 600, 80
_MOST_NOTES = 3
_SHORTEST_QUOTE = 60
_BETWEEN = "\n\n"
_QUOTE = re.compile(r"(<blockquote(?: expandable)?>)(.*?)(</blockquote>)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Note:
    """That a quoted passage reads otherwise (`now`), or is withdrawn (""), since a day, ISO.

    `paragraph` is the one that has taken its place; 0 where none has.
    """

    quote: str
    now: str
    on: str
    paragraph: int = 0


Say = Callable[[str, str], str]


def corrected_html(html: str, notes: Sequence[Note], words: WatchWords) -> str:
    """A message's HTML below its notes, its quotes cut shorter where there is no room for both.

    "" where there is no room even so.
    """
    block = notes_html(notes, words.changed, words.withdrawn, words)
    room = MESSAGE_UNITS - 1 - utf16_units(block + _BETWEEN)
    quotes = _QUOTE.findall(html)
    frame = utf16_units(html) - sum(utf16_units(inner) for _, inner, _ in quotes)
    if utf16_units(html) <= room:
        return f"{block}{_BETWEEN}{html}"
    share = (room - frame) // max(1, len(quotes))
    if share < _SHORTEST_QUOTE:
        return ""
    shorter = _QUOTE.sub(lambda quote: f"{quote[1]}{_cut(quote[2], share)}{quote[3]}", html)
    return f"{block}{_BETWEEN}{shorter}"


def reply_html(notes: Sequence[Note], words: WatchWords) -> str:
    """The notes as a message of their own."""
    return notes_html(notes, words.changed_above, words.withdrawn_above, words)


def notes_html(notes: Sequence[Note], changed: Say, withdrawn: Say, words: WatchWords) -> str:
    """Each note with the new text where there is one."""
    lines = []
    for note in notes[-_MOST_NOTES:]:
        quote, day = named(note.quote, _OLD_TEXT), words.day(note.on)
        if note.now:
            new = _clipped(note.now, _NEW_TEXT)
            lines.append(f"{changed(quote, day)}\n<blockquote>{new}</blockquote>")
        else:
            lines.append(withdrawn(quote, day))
    return _BETWEEN.join(lines)


def after(sheet: Sheet, fates: Mapping[int, Fate]) -> tuple[Sheet, tuple[Note, ...]]:
    """A sheet as it is once its quotes met their fates, and what there is to say of that.

    There is nothing to say of a passage that stands elsewhere, or under another number, as it was.
    """
    quotes: list[Quote] = []
    notes = notes_of(sheet)
    said = False
    for quote in sheet.quotes:
        fate = fates.get(quote.paragraph)
        if fate is None:
            quotes.append(quote)
            continue
        now = fate.now
        if now is not None:
            quotes.append(Quote(now.paragraph, now.article, now.text))
        if now is None or not same_words(now.text, quote.text):
            note = Note(quote.text, now.text if now else "", fate.on, now.paragraph if now else 0)
            notes = _noted(notes, note, quote.paragraph)
            said = True
    told = {**sheet.told, "notes": [asdict(note) for note in notes]}
    if "found" in told:
        told["found"] = [_moved(each, sheet.quotes, fates) for each in told["found"]]
    return replace(sheet, told=told, quotes=tuple(quotes)), notes if said else ()


def notes_of(sheet: Sheet) -> tuple[Note, ...]:
    """The notes that a message bears already."""
    return tuple(Note(**each) for each in sheet.told.get("notes", ()))


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but spaces."""
    return one.split() == other.split()


def _noted(notes: Sequence[Note], note: Note, paragraph: int) -> tuple[Note, ...]:
    """The notes with another; it replaces what was said when the same quote changed before."""
    earlier = next((each for each in notes if each.paragraph == paragraph), None)
    if earlier is None:
        return (*notes, note)
    return (*(each for each in notes if each is not earlier), replace(note, quote=earlier.quote))


def _moved(entry: list[Any], quotes: Sequence[Quote], fates: Mapping[int, Fate]) -> list[Any]:
    """An entry of given.Found, at the paragraph's new place where its text is just as it was."""
    fate = fates.get(entry[0])
    texts = {quote.paragraph: quote.text for quote in quotes}
    if fate is None or fate.now is None or texts.get(entry[0]) != fate.now.text:
        return entry
    return [fate.now.paragraph, fate.now.article, *entry[2:]]


def _cut(inner: str, room: int) -> str:
    """The content of a quote of ours, or as many of its first words as there is room for."""
    if utf16_units(inner) <= room:
        return inner
    return _clipped(unescape(_TAG.sub("", inner)), room)


def _clipped(text: str, room: int) -> str:
    valid = text.encode("utf-8", "replace").decode("utf-8")
    cost = lambda told: utf16_units(escape(told, quote=False))  # noqa: E731 - one use
    return escape(clip(valid, room=room, cost=cost), quote=False)


class Quoted:
    """What messages of ours quote, as far as they are remembered."""

    def __init__(self, data: BotData) -> None:
        self._data = data

    async def paragraphs(self, *, limit: int) -> list[int]:
        """The paragraphs that are quoted, those of the newest messages first."""
        query = """
            select paragraph from quoted join sheets using (chat, message)
            group by paragraph order by max(kept_at) desc limit ?
        """
        rows = await self._data.run(lambda db: db.execute(query, (limit,)).fetchall())
        return [paragraph for (paragraph,) in rows]

    async def texts(self, paragraphs: Sequence[int]) -> dict[int, tuple[str, str]]:
        """The article and the text under which each paragraph was quoted last."""
        marks = ", ".join("?" * len(paragraphs))
        query = f"select paragraph, article, text from quoted where paragraph in ({marks})"  # noqa: S608 - marks only
        rows = await self._data.run(lambda db: db.execute(query, tuple(paragraphs)).fetchall())
        return {paragraph: (article, text) for paragraph, article, text in rows}

    async def messages(self, paragraphs: Sequence[int], *, limit: int) -> list[tuple[int, int]]:
        """The messages, by chat and number, that quote one of the paragraphs, newest first."""
        marks = ", ".join("?" * len(paragraphs))
        query = f"""
            select chat, message from quoted join sheets using (chat, message)
            where paragraph in ({marks})
            group by chat, message order by max(kept_at) desc, message desc limit ?
        """  # noqa: S608 - marks only
        values = (*paragraphs, limit)
        return await self._data.run(lambda db: db.execute(query, values).fetchall())

    async def update(self, chat: int, message: int, sheet: Sheet, *, before: Sheet) -> None:
        """Keep what a message shows now, unless somebody has turned it over meanwhile.

        It is as old as it was: a correction is no new answer, which could be followed up.
        """
        await self._data.run(lambda db: _update(db, (chat, message), sheet, before))


def _update(db: sqlite3.Connection, where: tuple[int, int], sheet: Sheet, before: Sheet) -> None:
    changed = db.execute(
        "update sheets set told = ? where (chat, message) = (?, ?) and token = ? and told = ?",
        (json.dumps(sheet.told), *where, before.token, json.dumps(before.told)),
    )
    if not changed.rowcount:
        return
    db.execute("delete from quoted where (chat, message) = (?, ?)", where)
    db.executemany(
        "insert into quoted values (?, ?, ?, ?, ?, ?)",
        [
            (*where, place, quote.paragraph, quote.article, quote.text)
            for place, quote in enumerate(sheet.quotes)
        ],
    )
