"""What is given back: an answer, and the passages that it quotes."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from index.article import Credit


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph quoted word for word as evidence.

    `text` is exactly `article_text[start:end]` of the stored article and `best` is the slice of
    `text` that is its best sentence. `evidence` is from 0 to 1 and means the same for every
    question. `also` names other publishers whose article carries the same paragraph. `page` is
    the one of a printed file on which it begins, 0 where there are none.
    """

    paragraph: int
    article: str
    start: int
    end: int
    text: str
    best: tuple[int, int]
    evidence: float
    credit: Credit
    also: tuple[str, ...] = ()
    page: int = 0

    @property
    def best_sentence(self) -> str:
        """The sentence of the passage that answers best."""
        return self.text[self.best[0] : self.best[1]]


@dataclass(frozen=True, slots=True)
class Status:
    """What the collection holds: counts, days covered (ISO, "" if unknown), generation, model."""

    articles: int
    paragraphs: int
    publishers: int
    earliest: str
    latest: str
    generation: int
    published_at: str
    model: str


@dataclass(frozen=True, slots=True)
class Window:
    """The days from `first` to `last`, both included; open where they are date.min or date.max.

    `told` lets in what was published outside of it and tells of a day within.
    """

    first: date = date.min
    last: date = date.max
    told: bool = False

    def holds(self, day: date) -> bool:
        """Whether a day lies within."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Filters:
    """What an answer must keep to, whatever its evidence.

    `sources` are publishers as the collection spells them, `unknown` those asked for that it does
    not have; `phrases` stand in a passage word for word, the words of `without` do not; `article`
    is a key. `only` are the publishers that may be seen at all, where not all may; `after` is the
    generation behind which a paragraph must have come in.
    """

    window: Window = Window()
    sources: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    article: str = ""
    only: tuple[str, ...] = ()
    after: int = 0

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class Turn:
    """What a follow-up follows: the question that was searched, and what was shown for it.

    `question` is whole, its filters written out, as Answer.question gives it. `shown` counts the
    passages given so far; `article` is the key of the first one's article, `published` and
    `publisher` its credit.
    """

    question: str
    shown: int = 0
    article: str = ""
    published: str = ""
    publisher: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A question and its circumstances.

    The answer's first `skip` passages are passed over and `limit` given. `today` is what "last
    week" is reckoned from, the day it is here unless given. `after` is what the question may
    follow up. `only` are the publishers that may be seen at all, where not all may. With `since`,
    only paragraphs that came in after that generation are searched.
    """

    question: str
    limit: int = 3
    skip: int = 0
    today: date | None = None
    after: Turn | None = None
    only: tuple[str, ...] = ()
    since: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The passages that answer a question, best first; none when the collection does not say.

    `question` is what was really searched, with typos mended, follow-ups made whole and filters
    written out: asked again as it stands it gives the same; `words` is that without the filters.
    `mended` has the words that were mended, as typed and as read; `completed` tells that a
    follow-up was made whole; `loosened` are phrases in quotation marks that nothing to the point
    holds, so that it was searched without them; `unread` is what looks like a limit and could not
    be read as one. `more` counts further passages that pass the
    threshold, `skipped` those passed over. `searched` is what was looked through. `strongest` is
    the evidence of the best candidate, quoted or not; 0 where there was none.
    """

    question: str
    passages: tuple[Passage, ...]
    searched: Status
    more: int = 0
    words: str = ""
    skipped: int = 0
    filters: Filters = field(default_factory=Filters)
    loosened: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    mended: tuple[tuple[str, str], ...] = ()
    completed: bool = False
    strongest: float = 0.0

    @property
    def turn(self) -> Turn:
        """What a follow-up of this answer follows."""
        shown = self.skipped + len(self.passages)
        if not self.passages:
            return Turn(self.question, shown)
        first = self.passages[0]
        credit = first.credit
        return Turn(self.question, shown, first.article, credit.published, credit.publisher)

    @property
    def abstained(self) -> bool:
        """Whether nothing in the collection answers the question."""
        return not self.passages


@dataclass(frozen=True, slots=True)
class Source:
    """A whole stored article: where it was read from, its text and its credit."""

    origin: str
    text: str
    credit: Credit


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A passage's neighbours: the paragraph texts before and after it, "" at the ends."""

    before: str
    quote: str
    after: str
    credit: Credit


@dataclass(frozen=True, slots=True)
class Quotable:
    """A stored paragraph: its id, its article's key and credit, and its place in that text.

    `others` are the credits that the article has elsewhere; `page` is the one that it begins on,
    0 where there are none.
    """

    paragraph: int
    article: str
    start: int
    end: int
    text: str
    credit: Credit
    others: tuple[Credit, ...] = ()
    page: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """An article to read: its key and credit, and its paragraphs in order, by id and text.

    `others` are the credits that it has elsewhere; `changed` is when it last changed after it had
    come into the collection, ISO, "" if it never did.
    """

    article: str
    credit: Credit
    paragraphs: tuple[tuple[int, str], ...]
    others: tuple[Credit, ...] = ()
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A paragraph that holds words looked for; `marks` are where, as slices of its text."""

    paragraph: Quotable
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """What a search for words found, best first, of `total` (which stops at a bound).

    `words` is what was looked for without the filters; `every` tells that each paragraph holds
    all of them, and not just some.
    """

    words: str
    found: tuple[Match, ...]
    total: int
    every: bool = True
    filters: Filters = field(default_factory=Filters)
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in a list: its key, its credit, how many paragraphs it has, and its first."""

    article: str
    credit: Credit
    paragraphs: int
    first: int


@dataclass(frozen=True, slots=True)
class Listing:
    """Articles in the order asked for, of `total`.

    `sources` are the publishers that were asked for, as the collection spells them; `unknown` is
    a name that is none of them, or of several, and `nearest` the few that may have been meant.
    """

    articles: tuple[Listed, ...]
    total: int
    sources: tuple[str, ...] = ()
    unknown: str = ""
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publisher:
    """A publisher with how many articles there are of it, and of which days (ISO, "" unknown)."""

    name: str
    articles: int
    earliest: str
    latest: str


class Happened(StrEnum):
    """What may happen to an article in the collection."""

    SEEN = "seen"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an article: what, when (ISO), and its title from then on."""

    what: Happened
    at: str
    title: str


class Where(StrEnum):
    """Where a word of a question stands."""

    PASSAGE = "passage"
    ARTICLE = "article"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Trace:
    """A word or name of a question, where it stands, and as which words if not as asked."""

    word: str
    where: Where
    told: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """What a passage was chosen by: its question's words, its evidence, and what was enough.

    `nearer` tells that it is near the question in meaning, beyond the words that they share.
    """

    traces: tuple[Trace, ...]
    evidence: float
    threshold: float
    nearer: bool = False


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a paragraph that has left the collection.

    `now` is the paragraph that stands in its place; None where its article, or all that is like
    it, has left too. `on` is when that was published here, ISO.
    """

    now: Quotable | None
    on: str
