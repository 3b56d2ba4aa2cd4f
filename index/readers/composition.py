"""Blocks and what is told about them, composed into one article."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from index.article import Article, Credit
from index.errors import Unreadable
from index.paragraphs import SHORT_LINE, Block, Kind, lay_out
from index.readers.credits import completed, web_address
from index.trailer import is_furniture, split_trailer

_OPENING = 3  # blocks at the top among which a page repeats its title


def compose(
    blocks: Iterable[Block],
    credit: Credit,
    *,
    entry: str = "",
    language: str = "",
    hosted: bool = False,
) -> Article:
    """The article of these blocks, its trailer read into the credit and share buttons left out.

    What the source tells itself goes before what the trailer tells, but for whose an article is
    where it is only `hosted`, on a page or in a feed. Raises Unreadable where no text is left.
    """
    body = _without_title([block for block in blocks if not _is_furniture(block)], credit.title)
    body, trailing = _without_trailer(body)
    text, spans = lay_out(body)
    if not spans:
        raise Unreadable("no article text found")
    carried = hosted and _is_anothers(trailing, credit)
    told = _carried(credit, trailing) if carried else completed(credit, trailing)
    via = "" if letters(told.via) == letters(told.publisher) else told.via
    credit = replace(told, via=via, url=web_address(told.url))
    return Article(text, spans, credit, entry, language)


def _is_furniture(block: Block) -> bool:
    """Whether a block is only buttons, or a list of short things with a button among them."""
    lines = [line.removeprefix("• ") for line in block.text.split("\n")]
    buttons = [is_furniture(line) for line in lines]
    if block.kind is Kind.LIST and any(buttons):
        return all(len(line) < SHORT_LINE for line in lines)
    return all(buttons)


def _without_title(blocks: Sequence[Block], title: str) -> list[Block]:
    """The blocks but for one at the top that only says the title again."""
    wanted = letters(title)
    for at, block in enumerate(blocks[:_OPENING]):
        if wanted and len(block.text) < 2 * len(title) + 20 and letters(block.text) == wanted:
            return [*blocks[:at], *blocks[at + 1 :]]
    return list(blocks)


def letters(text: str) -> str:
    """Only the letters and digits, to compare texts that differ in how they are set."""
    return "".join(filter(str.isalnum, text.casefold()))


def _is_anothers(trailing: Credit, credit: Credit) -> bool:
    """Whether a trailer names and links to a publisher who is not the one that is told."""
    named = bool(trailing.publisher and trailing.url)
    return named and letters(trailing.publisher) != letters(credit.publisher)


def _carried(credit: Credit, trailing: Credit) -> Credit:
    """The credit of an article that was taken from where its trailer says."""
    via = trailing.via or credit.via or credit.publisher
    return replace(credit, publisher=trailing.publisher, via=via, url=trailing.url)


def _without_trailer(blocks: Sequence[Block]) -> tuple[list[Block], Credit]:
    text, _ = lay_out(blocks)
    kept, credit = split_trailer(text)
    body: list[Block] = []
    left = len(kept)
    for block in blocks:
        if left <= 0:
            break
        shown = block.text.strip()[:left]
        body.append(replace(block, text=shown))
        left -= len(shown) + 2 if shown else 0
    while body and body[-1].kind is Kind.HEADING:  # it headed what was left out
        body.pop()
    return body, credit
