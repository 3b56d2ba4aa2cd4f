"""What is given back: an answer, and the passages that it quotes."""

from dataclasses import dataclass

from index.article import Credit


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph quoted word for word as evidence.

    `text` is exactly `article_text[start:end]` of the stored article and `best` is the slice of
    `text` that is its best sentence. `evidence` is from 0 to 1 and means the same for every
    question. `also` names other publishers whose article carries the same paragraph.
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
class Answer:
    """The passages that answer a question, best first; none when the collection does not say.

    `more` counts further passages that pass the threshold. `searched` is what was looked through.
    """

    question: str
    passages: tuple[Passage, ...]
    searched: Status
    more: int = 0

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
