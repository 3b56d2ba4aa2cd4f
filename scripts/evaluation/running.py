"""Ask a suite's questions of a library over the suite's own collection."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from index import Passage
from index.answer import Turn
from index.errors import Damaged
from index.followup import follow_up
from index.library import Library
from index.live import follow
from index.plan import Progress
from index.reindex import Model, Options, collect, reindex
from scripts.evaluation.metrics import DEPTH, Given, Result, figures
from scripts.evaluation.remembering import RememberingEmbedder
from scripts.evaluation.suite import Asked, Suite

Opening = Callable[[Path, Model], Library]


def evaluate(
    suites: Sequence[Suite],
    model: Model,
    cache: Path,
    *,
    progress: Progress,
    opening: Opening = follow,
) -> tuple[dict[str, dict[str, float]], dict[str, list[Result]]]:
    """Figures and results by suite name; suites of one name are counted together.

    Collections and question vectors are kept under `cache`, so that a second run is quick.
    `opening` opens a collection; the threshold is that of the library it gives.
    """
    results: dict[str, list[Result]] = {}
    thresholds: dict[str, float] = {}
    for suite in suites:
        found, threshold = run_suite(suite, model, cache, progress=progress, opening=opening)
        results.setdefault(suite.name, []).extend(found)
        thresholds[suite.name] = threshold
    return {name: figures(each, thresholds[name]) for name, each in results.items()}, results


def run_suite(
    suite: Suite, model: Model, cache: Path, *, progress: Progress, opening: Opening = follow
) -> tuple[list[Result], float]:
    """What came for each question of a suite, and the threshold in force."""
    folder = _collection_of(suite, cache)
    folder.mkdir(parents=True, exist_ok=True)
    embedder = RememberingEmbedder(model, folder / "remembered.db")
    remembering = replace(model, load=lambda: embedder)
    options = Options()
    if suite.articles:
        collect(suite.articles, folder, remembering, options=options, progress=progress)
    else:
        reindex([suite.folder], folder, remembering, options=options, progress=progress)
    library = opening(folder, remembering)
    try:
        results = []
        for done, asked in enumerate(suite.questions, start=1):
            results.append(_ask(asked, suite, library))
            progress(f"asking {suite.name}", done, len(suite.questions))
        return results, library.threshold()
    finally:
        library.close()
        embedder.close()


def _collection_of(suite: Suite, cache: Path) -> Path:
    """A folder for the suite's collection, named so that two collections never share one."""
    held = ",".join(sorted(suite.articles)) or str(suite.folder.resolve())
    mark = hashlib.blake2b(held.encode(), digest_size=4).hexdigest()
    return cache / f"{re.sub('[^a-z0-9]+', '-', suite.name.casefold())}-{mark}"


def whole_question(asked: Asked) -> str:
    """The question as it is searched: a follow-up made whole by the questions before it."""
    whole, *later = (*asked.history, asked.question)
    for text in later:
        followed = follow_up(text, Turn(whole))
        whole = followed.question if followed else text
    return whole


def _ask(asked: Asked, suite: Suite, library: Library) -> Result:
    passages = library.rank(whole_question(asked), limit=DEPTH)
    return Result(asked, tuple(_given(asked, suite, each, library) for each in passages))


def _given(asked: Asked, suite: Suite, passage: Passage, library: Library) -> Given:
    source = library.source(passage.article)
    if source is None:
        raise Damaged(f"paragraph {passage.paragraph} belongs to no article")
    if suite.articles:
        whole = suite.articles[source.origin][0].text
        gold = suite.names.get((source.origin, passage.start), "") in asked.gold
        gold_article = source.origin in asked.articles
    else:
        whole = source.text
        gold = any(snippet in passage.text for snippet in asked.gold)
        gold_article = any(snippet in whole for snippet in asked.gold)
    return Given(
        gold=gold,
        gold_article=gold_article,
        evidence=passage.evidence,
        best_sentence=passage.best_sentence,
        text=passage.text,
        verbatim=passage.text == whole[passage.start : passage.end],
    )
