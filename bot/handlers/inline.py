"""Inline mode: passages to choose from while a question is typed in any chat."""

import logging
from datetime import datetime, timedelta

from telegram import Chat, InlineQuery, InlineQueryResultArticle, InlineQueryResultsButton
from telegram.error import TelegramError

from bot import deeplinks
from bot.desk import Apology
from bot.handlers.results import passage_result
from bot.limits import INLINE_RESULTS
from bot.logs import describe
from bot.office import Office
from bot.scene import Scene
from index import Answer

logger = logging.getLogger(__name__)

SHORTEST = 3
"""Characters from which on it is looked up."""

PAGE = 10
"""Results that are given at once; more come as the person scrolls."""

MOST = min(30, INLINE_RESULTS)
"""Results of one question, over all pages."""

CACHED = timedelta(seconds=60)
"""How long Telegram may give the same person the same results without asking again."""


async def suggest(query: InlineQuery, office: Office) -> None:
    """Give the passages that answer what somebody has typed so far, if that is still so."""
    # Who scrolls on has stopped typing.
    await office.newest.see_to(
        query.from_user.id,
        lambda: _suggest(query, office),
        at_once=bool(query.offset),
    )


async def _suggest(query: InlineQuery, office: Office) -> None:
    person, question = query.from_user, query.query.strip()
    # An inline query does not tell its chat: what holds is what the person set in private, and
    # no more is shown than each group that keeps to some sources and has the person in it allows.
    scene = office.scene_of(person.id, None, person.language_code)
    words = scene.phrases.lookups
    if len(question) < SHORTEST:
        await _answer(query, label=words.type_more)
        return
    generation, skip = _place(query.offset)
    only = await _only(query, scene, office)
    if only is None:
        await _answer(query, label=words.nothing_inline, cached=timedelta(0))
        return
    today = datetime.now(scene.zone).date()
    outcome = await office.desk.look(
        office.metrics.looking(
            lambda library: library.ask(question, limit=PAGE, skip=skip, today=today, only=only)
        )
    )
    if not skip:
        office.metrics.question(outcome)
    if isinstance(outcome, Apology):
        await _answer(query, label=words.trouble_inline, cached=timedelta(0))
    elif generation not in {None, outcome.searched.generation}:
        # What was shown before is of another generation, whose further results are not these.
        await _answer(query)
    elif outcome.abstained and not skip:
        await _answer(query, label=words.nothing_inline)
    else:
        results = _results(outcome, scene, office)
        await _answer(query, results, next_offset=_next(outcome, skip))


async def _only(query: InlineQuery, scene: Scene, office: Office) -> tuple[str, ...] | None:
    """The sources to which a query keeps, () for all; None where nothing may be shown."""
    if query.chat_type == Chat.SENDER:  # typed to the bot itself
        return scene.settings.sources
    return await office.sources_anywhere(query.from_user.id, scene.settings.sources)


async def _answer(
    query: InlineQuery,
    results: list[InlineQueryResultArticle] | None = None,
    *,
    label: str = "",
    next_offset: str = "",
    cached: timedelta = CACHED,
) -> None:
    """Answer with results, or with a button above none that leads to the private chat.

    The words are in the person's language, so that nobody else is given them from the cache.
    """
    button = InlineQueryResultsButton(label, start_parameter=deeplinks.ASK) if label else None
    try:
        await query.answer(
            results or [],
            cache_time=cached,
            is_personal=True,
            next_offset=next_offset,
            button=button,
        )
    except TelegramError as error:
        # Mostly "query is too old": the person has typed on, or has left.
        logger.info("an inline query was not answered: %s", describe(error))


def _results(answer: Answer, scene: Scene, office: Office) -> list[InlineQueryResultArticle]:
    generation = answer.searched.generation
    return [
        passage_result(each, generation, scene, office.bot.username) for each in answer.passages
    ]


def _next(answer: Answer, skip: int) -> str:
    """Where the next page begins, "" where there is none; bound to the generation searched."""
    behind = skip + len(answer.passages)
    if not answer.more or behind >= MOST:
        return ""
    return f"{answer.searched.generation}.{behind}"


def _place(offset: str) -> tuple[int | None, int]:
    """The generation and the place that an offset of ours names; the beginning if it is none."""
    generation, dot, skip = offset.partition(".")
    known = dot and all(part.isascii() and part.isdigit() for part in (generation, skip))
    if not known or len(offset) > 40:
        return None, 0
    return int(generation), min(int(skip), MOST)
