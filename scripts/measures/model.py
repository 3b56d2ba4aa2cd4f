"""What the model's calls cost by precision and by threads, beside float32 on all threads."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from index.embedder import Embedder, load_embedder
from index.settings import Precision
from scripts.evaluation.crowd import made_paragraphs
from scripts.measures.asking import AT_ONCE, made_up
from scripts.measures.measure import Measure, against, percentile, timed

_PARAGRAPHS = 32
_LONE = 20  # lone questions in a run: one alone is too short to time well

Work = Callable[[Embedder], object]


def measure_model(model: str, *, runs: int) -> list[Measure]:
    """Each kind of call in turns by every choice, those of one round beside each other."""
    texts = made_paragraphs(AT_ONCE)
    questions = made_up(texts, AT_ONCE)
    works: Sequence[tuple[str, Work]] = (
        ("a lone question", lambda by: [by.encode_queries([each]) for each in questions[:_LONE]]),
        (f"{AT_ONCE} questions at once", lambda by: by.encode_queries(questions)),
        (f"{_PARAGRAPHS} paragraphs at once", lambda by: by.encode_documents(texts[:_PARAGRAPHS])),
    )
    choices = {
        f"{precision}, {threads or 'all'} thread{'s' * (not threads)}": load_embedder(
            model, precision=precision, threads=threads
        )
        for precision, threads in product((Precision.FLOAT32, Precision.BFLOAT16), (0, 1))
    }
    return [row for name, work in works for row in _compared(name, work, choices, runs)]


def _compared(name: str, work: Work, choices: Mapping[str, Embedder], runs: int) -> list[Measure]:
    took: dict[str, list[float]] = {choice: [] for choice in choices}
    for _ in range(runs + 1):
        for choice, embedder in choices.items():
            took[choice].append(timed(lambda by=embedder: work(by)))  # type: ignore[misc]
    medians = {choice: percentile(each[1:], 50) for choice, each in took.items()}
    floor = next(iter(medians.values()))
    return [against(f"{name}: {choice}", value, floor) for choice, value in medians.items()]
