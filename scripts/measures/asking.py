"""What a question costs beside the model call and the search that it cannot do without."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from index.branches import in_processes
from index.embedder import Embedder
from index.live import follow
from index.reference import Reference
from index.reindex import Model
from index.retrieve import BY_MEANING, BY_WORDS, READ
from index.settings import IndexSettings
from index.store import Snapshot, open_store
from index.store.ranking import Most
from index.store.sqlite import FILE_NAME, open_for_reading
from index.vectors import FaissVectors
from index.words import analyse
from scripts.measures.measure import Measure, against, percentile, timed

T = TypeVar("T")

AT_ONCE = 64
PROCESSES = 2
LARGE = 100_000
NEAREST = 10
WORDS_P99_S, SEARCH_P99_S = 0.030, 0.050


@dataclass(frozen=True, slots=True)
class Ground:
    """A collection to ask, the model it was embedded by, and the questions.

    `bare` is the model as sentence-transformers gives it, without a choice of ours. `runs` is how
    often all are asked at once.
    """

    folder: Path
    model: Model
    embedder: Embedder
    bare: Embedder
    questions: Sequence[str]
    paragraphs: int
    runs: int


def made_up(texts: Sequence[str], count: int, *, seed: int = 1) -> list[str]:
    """Questions of seven words that stand together in one of the texts; the same each time."""
    chance = random.Random(seed)  # noqa: S311 - questions to time by, no secret
    chosen = [chance.choice(texts).split() for _ in range(count)]
    return [" ".join(words[10:17]) + "?" for words in chosen]


def measure_asking(ground: Ground, settings: IndexSettings) -> list[Measure]:
    """One question with and without close reading, many at once, words and meaning apart.

    What is asked of several processes is opened by these settings.
    """
    warm = replace(ground.model, load=lambda: ground.embedder)
    store = open_store(ground.folder)
    with closing(store), store.snapshot() as view:
        vectors = FaissVectors.of(*view.all_vectors(ground.model.name))
    rows = [_call(ground)]
    for reads in (READ, 0):
        with closing(follow(ground.folder, warm, reads=reads)) as library:
            rows += _lone(ground, library, vectors, f"INDEX_READ={reads}")
            rows.append(_many(ground, library, f"INDEX_READ={reads}"))
    rows += _in_processes(ground, settings, vectors)
    return [*rows, *_apart(ground, vectors)]


def _in_processes(ground: Ground, settings: IndexSettings, vectors: FaissVectors) -> list[Measure]:
    """The same where several processes answer, once all of them are ready."""
    here = {"url": str(ground.folder), "processes": PROCESSES, "read": READ}
    name = f"INDEX_PROCESSES={PROCESSES}"
    with closing(in_processes(settings.model_copy(update=here))) as library:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while library.ready < PROCESSES:
                list(pool.map(library.ask, ground.questions))
        return [*_lone(ground, library, vectors, name), _many(ground, library, name)]


def _call(ground: Ground) -> Measure:
    """Our call of the model, by itself, beside the bare one: other precision, one thread."""
    ours, bare = in_turns(
        ground.questions,
        lambda question: ground.embedder.encode_closely([question], query=True),
        lambda question: ground.bare.encode_queries([question]),
    )
    return against("the model's call alone: p50", percentile(ours, 50), percentile(bare, 50))


def _lone(ground: Ground, library: Reference, vectors: FaissVectors, how: str) -> list[Measure]:
    def bare(question: str) -> object:
        return vectors.search(ground.bare.encode_queries([question]), BY_MEANING)

    for each in (library.ask, bare):
        each(ground.questions[0])
    whole, least = in_turns(ground.questions, library.ask, bare)
    name = f"a question, {ground.paragraphs:,} paragraphs, {how}"
    targets = (1.5, 2.5) if ground.paragraphs >= LARGE else (1.15, None)
    return [
        against(f"{name}: p{share}", percentile(whole, share), percentile(least, share), target)
        for share, target in zip((50, 99), targets, strict=True)
    ]


def in_turns(
    questions: Sequence[T],
    one: Callable[[T], object],
    other: Callable[[T], object],
) -> tuple[list[float], list[float]]:
    """The seconds of both for every question; what disturbs the one disturbs the other."""
    pairs = [
        (timed(lambda q=each: one(q)), timed(lambda q=each: other(q)))  # type: ignore[misc]
        for each in questions
    ]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _many(ground: Ground, library: Reference, how: str) -> Measure:
    several = [ground.questions[at % len(ground.questions)] for at in range(AT_ONCE)]
    whole, least = [], []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in range(ground.runs):
            whole.append(timed(lambda: list(pool.map(library.ask, several))))
            least.append(timed(lambda: ground.bare.encode_queries(several)))
    name = f"{AT_ONCE} at once, {how}: all, by one batched call"
    # As many a second as .8 of what the model alone does is 1.25 of its time.
    return against(name, percentile(whole, 50), percentile(least, 50), 1.25)


def _apart(ground: Ground, vectors: FaissVectors) -> list[Measure]:
    rows = ground.embedder.encode_queries(list(ground.questions))
    store = open_store(ground.folder)
    with closing(store), store.snapshot() as view:
        terms = [analyse(question) for question in ground.questions]
        view.prepare()  # as who follows the collection does, before anybody asks
        words = [timed(lambda t=t: view.paragraphs_with_words(t, BY_WORDS)) for t in terms]  # type: ignore[misc]
    meaning = [
        timed(lambda at=at: vectors.search(rows[at : at + 1], BY_MEANING))  # type: ignore[misc]
        for at in range(len(rows))
    ]
    both = [sum(pair) for pair in zip(words, meaning, strict=True)]
    missed = [_missed(ground, terms, first) for first in (NEAREST, BY_WORDS)]
    return [
        against(
            "search by words: p99, by what it may take", percentile(words, 99), WORDS_P99_S, 1
        ),
        against(
            "search by meaning: p99, by its p50", percentile(meaning, 99), percentile(meaning, 50)
        ),
        against("both: p99, by what they may take", percentile(both, 99), SEARCH_P99_S, 1),
        *(
            against(f"words: share missed of the first {first} of all that hold any", share, 1)
            for first, share in zip((NEAREST, BY_WORDS), missed, strict=True)
        ),
    ]


def _missed(ground: Ground, asked: Sequence[Sequence[str]], first: int) -> float:
    """What a question's rare words do not lead to, of what scoring all that hold any finds."""
    missed = wanted = 0
    with closing(open_for_reading(ground.folder / FILE_NAME)) as connection:
        bounded, unbounded = Snapshot(connection), Snapshot(connection, most=Most(scored=10**9))
        for terms in asked:
            best = unbounded.paragraphs_with_words(terms, BY_WORDS)[:first]
            missed += len({*best} - {*bounded.paragraphs_with_words(terms, BY_WORDS)})
            wanted += len(best)
    return missed / max(1, wanted)
