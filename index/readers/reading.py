"""What a file gave: its articles, and what of it could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.article import Article
from index.errors import Unreadable

_TOLD_ONE_BY_ONE = 20


@dataclass(frozen=True, slots=True)
class Reading:
    """The articles of a file, and a line for each part of it that is not among them, and why.

    `skipped` names the files inside an archive that are of no kind that is read, as pictures are.
    """

    articles: tuple[Article, ...]
    faults: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def reading_of(
    articles: Sequence[Article], faults: Sequence[str], skipped: Sequence[str] = ()
) -> Reading:
    """The reading of a file of many parts, whose faults beyond a score are only counted.

    Raises Unreadable, with the first fault, where no part of the file gave an article.
    """
    if not articles:
        raise Unreadable(faults[0] if faults else "no article text found")
    told = list(faults[:_TOLD_ONE_BY_ONE])
    if len(faults) > len(told):
        told.append(f"and {len(faults) - len(told):,} more parts of it")
    return Reading(tuple(articles), tuple(told), tuple(skipped))
