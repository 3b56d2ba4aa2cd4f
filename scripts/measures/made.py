"""A large made collection, written straight into a store: text, words and vectors as if real."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, product
from pathlib import Path

import numpy as np

from index.article import Article, Credit, Span
from index.plan import stamp_of
from index.prepare import article_digest, lead_of
from index.store import Generation, Kept, KeptFile, KeptParagraph, Matrix, article_key, open_store
from index.store.records import digest_of, paragraph_id, sameness_of
from index.words import analyse, stem
from scripts.evaluation.feeding import unit_rows

EACH = 8  # paragraphs an article
WIDTH = 384
CENTRES = 4_000
BATCH = 2_500  # articles a transaction

_SYLLABLES = [a + b for a in "bcdfglmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er")]
_VOCABULARY = 200_000  # of a million paragraphs
_CONTENT = 38  # words of a paragraph that are indexed
_FLAT = 20
"""Zipf-Mandelbrot: a word's frequency falls as 1 / (rank + 20).

With 38 words a paragraph the first is in .18 of them, the tenth in .13, the hundredth in .034, the
thousandth in .004, as the stems of news measure (MUC-4: .19, .11, .036, .005).
"""
_GLUE = ("the", "of", "and", "in", "that", "was", "for", "with", "by", "after", "from", "were")
_NOISE = 0.8
"""Of a cloud beside its centres': as many ways lead from a vector to its neighbours as MiniLM has
for real news (an intrinsic dimension of some 20 about each).
"""
_SCALE = 0.05, 0.15


@dataclass(frozen=True, slots=True)
class Made:
    """An article's number, and its paragraphs as the words that are indexed."""

    number: int
    paragraphs: tuple[tuple[str, ...], ...]

    @property
    def credit(self) -> Credit:
        """Its title, publisher and day."""
        day = date(2015, 1, 1) + timedelta(days=self.number % 3_600)
        title = " ".join(self.paragraphs[0][:6])
        return Credit(title, f"Paper {self.number % 50}", published=day.isoformat())

    @property
    def texts(self) -> list[str]:
        """Its paragraphs as they are read, a common word before every second of theirs."""
        return [_glued(words) for words in self.paragraphs]


def vocabulary(paragraphs: int) -> list[str]:
    """Made words, the most frequent first, no two of one stem; the more the more is written."""
    most = min(_VOCABULARY, 2_000 + paragraphs)
    words: dict[str, str] = {}
    for parts in product(_SYLLABLES, repeat=3):
        word = "".join(reversed(parts))
        words.setdefault(stem(word, "en"), word)
        if len(words) == most:
            break
    mixed = np.random.default_rng(1).permutation(len(words))
    listed = list(words.values())
    return [listed[at] for at in mixed]


def made_articles(count: int, words: Sequence[str], *, seed: int = 1) -> Iterator[Made]:
    """So many articles, the same each time."""
    chance = np.random.default_rng(seed)
    weights = np.cumsum(1 / (np.arange(len(words)) + 1 + _FLAT))
    for number in range(count):
        drawn = chance.random((EACH, _CONTENT)) * weights[-1]
        rows = np.searchsorted(weights, drawn)
        yield Made(number, tuple(tuple(words[at] for at in row) for row in rows.tolist()))


class MadeVectors:
    """Vectors about some thousands of centres, an article's together; the same each time.

    Their spread falls from one dimension to the next, so that centres and their clouds overlap.
    """

    def __init__(self, seed: int = 1) -> None:
        self._chance = np.random.default_rng(seed)
        self._spread = (1 / np.sqrt(1 + np.arange(WIDTH) / 16)).astype(np.float32)
        self._centres = self._cloud(CENTRES)

    def of_articles(self, count: int) -> Matrix:
        """The vectors of the next so many articles, paragraph by paragraph."""
        centres = self._chance.integers(0, CENTRES, count).repeat(EACH)
        return unit_rows(self._centres[centres] + _NOISE * self._cloud(count * EACH))

    def near(self, vectors: Matrix) -> Matrix:
        """Vectors of questions: each about as near to one of these as a question to its answer."""
        lengths = np.linalg.norm(self._spread)
        return unit_rows(vectors + 0.8 * self._cloud(len(vectors)) / lengths)

    def _cloud(self, count: int) -> Matrix:
        return self._chance.standard_normal((count, WIDTH), dtype=np.float32) * self._spread


def write_file(folder: Path, made: Made) -> Path:
    """Write the file that an article is read from."""
    path = folder / f"{made.number // 1_000:04}" / f"{made.number:07}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    credit = made.credit
    row = {"id": str(made.number), "title": credit.title, "publisher": credit.publisher}
    row |= {"published": credit.published, "text": "\n\n".join(made.texts)}
    path.write_text(json.dumps(row), encoding="utf-8")
    return path


def build(
    folder: Path,
    paragraphs: int,
    model: str,
    *,
    words: Sequence[str],
    told: Callable[[str], None],
) -> None:
    """Write a published collection and the files it is of, without reading or embedding any."""
    terms = {word: stem(word, "en") for word in words}
    articles, vectors = made_articles(paragraphs // EACH, words), MadeVectors()
    store = open_store(folder / "data", writable=True)
    try:
        done = 0
        while batch := list(islice(articles, BATCH)):
            kept = [_kept(made, folder / "articles", terms) for made in batch]
            rows = vectors.of_articles(len(batch)).astype(np.float16)
            digests = [p.digest for each, _ in kept for p in each.paragraphs]
            with store.publishing() as draft:
                for each, file in kept:
                    draft.receive(each, {})
                    draft.fill(
                        "insert into files values (?, ?, ?)",
                        [(file.origin, file.stamp, file.digest)],
                    )
                draft.receive_vectors(
                    model, ((d, row.tobytes()) for d, row in zip(digests, rows, strict=True))
                )
                draft.received()
            done += len(batch) * EACH
            told(f"{done:,} paragraphs of {paragraphs:,} written")
        _publish(folder, model)
    finally:
        store.close()


def _publish(folder: Path, model: str) -> None:
    store = open_store(folder / "data", writable=True)
    try:
        with store.publishing() as draft:
            articles, paragraphs, publishers, earliest, latest = draft.view.counts()
            draft.seal(
                Generation(
                    id=1,
                    created=datetime.now(UTC).isoformat(timespec="seconds"),
                    articles=articles,
                    paragraphs=paragraphs,
                    publishers=publishers,
                    earliest=earliest,
                    latest=latest,
                    model=model,
                    mean=_SCALE[0],
                    spread=_SCALE[1],
                    threshold=None,
                    measured_at=paragraphs,
                )
            )
    finally:
        store.close()


def _kept(made: Made, folder: Path, terms: dict[str, str]) -> tuple[Kept, KeptFile]:
    """An article as reading its file would have it kept; its words need not be looked for."""
    path = write_file(folder, made)
    article = _article(made)
    origin, digest, texts = str(path), article_digest(article), made.texts
    key = article_key(origin, article.entry, digest)
    lead = lead_of(article.credit, texts[:3])
    kept = Kept(
        key=key,
        origin=origin,
        entry=article.entry,
        digest=digest,
        text=article.text,
        credit=article.credit,
        language="",
        lead=lead,
        lead_terms=" ".join(analyse(lead)),
        paragraphs=tuple(
            _paragraph(key, at, span, text, " ".join(terms[word] for word in words))
            for at, (span, text, words) in enumerate(
                zip(article.spans, texts, made.paragraphs, strict=True)
            )
        ),
        sameness=sameness_of(article.credit.title, article.text),
    )
    return kept, KeptFile(origin, stamp_of(path), digest="")


def _paragraph(key: str, at: int, span: Span, text: str, terms: str) -> KeptParagraph:
    digest = digest_of(text)
    return KeptParagraph(paragraph_id(key, digest, 0), at, span, digest, terms)


def _article(made: Made) -> Article:
    spans, start = [], 0
    for text in made.texts:
        spans.append(Span(start, start + len(text)))
        start += len(text) + 2
    return Article("\n\n".join(made.texts), tuple(spans), made.credit, str(made.number))


def changed(made: Made, words: Sequence[str]) -> Made:
    """The article with other paragraphs, drawn by its number."""
    (other,) = made_articles(1, words, seed=1_000 + made.number)
    return replace(other, number=made.number)


def _glued(words: Sequence[str]) -> str:
    pairs = zip(words[::2], words[1::2], strict=True)
    glued = (f"{_GLUE[at % len(_GLUE)]} {a} {b}" for at, (a, b) in enumerate(pairs))
    return " ".join(glued).capitalize() + "."
