"""/about and /stats: what the bot is, and what it has read."""

from datetime import datetime

from telegram import Message

from bot.desk import Apology
from bot.handlers.ask import apology
from bot.office import Office
from bot.outbox import reply_to
from bot.render import named
from bot.scene import Scene
from index import Status

_MODEL = 100


async def about(message: Message, _: str, scene: Scene, office: Office) -> None:
    """Reply with what the bot is, what it has read and how to ask."""
    outcome = await office.desk.look(lambda library: library.status())
    html = (
        apology(outcome, scene.phrases.answers)
        if isinstance(outcome, Apology)
        else scene.phrases.lookups.about(
            outcome.articles, outcome.publishers, outcome.earliest, outcome.latest
        )
    )
    await office.outbox.send(reply_to(message, html))


async def stats(message: Message, _: str, scene: Scene, office: Office) -> None:
    """Reply with the collection in figures."""
    outcome = await office.desk.look(lambda library: library.status())
    html = (
        apology(outcome, scene.phrases.answers)
        if isinstance(outcome, Apology)
        else _figures(outcome, scene)
    )
    await office.outbox.send(reply_to(message, html))


def _figures(status: Status, scene: Scene) -> str:
    words = scene.phrases.lookups
    return words.stats(
        articles=status.articles,
        passages=status.paragraphs,
        publishers=status.publishers,
        dates=words.from_to(status.earliest, status.latest),
        generation=status.generation,
        published=_moment(status.published_at, scene),
        model=named(status.model, _MODEL),
    )


def _moment(iso: str, scene: Scene) -> str:
    """A moment as the chat's clocks tell it; "" where it is unknown."""
    try:
        moment = datetime.fromisoformat(iso).astimezone(scene.zone)
    except ValueError:
        return ""
    day = scene.phrases.day(moment.date().isoformat())
    return scene.phrases.lookups.moment(day, f"{moment:%H:%M}", scene.zone.key)
