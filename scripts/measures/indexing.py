"""What a first reindex costs beside embedding the same texts, and one that finds nothing new."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.embedder import Embedder
from index.live import options_of
from index.reindex import Model, reindex
from index.settings import IndexSettings
from scripts.measures.measure import Measure, against, percentile, timed

UNCHANGED_S = 3.0
MOST = 1.10
BATCHES = (8, 16, 32, 64, 128)
_TRIED = 256  # texts by which the best batch is found


@dataclass(frozen=True, slots=True)
class Shelf:
    """A file of articles, where its collection is made, its paragraphs, and the model for it."""

    source: Path
    folder: Path
    texts: Sequence[str]
    model: Model


def measure_indexing(
    shelf: Shelf, bare: Embedder, settings: IndexSettings, *, runs: int, real: bool
) -> list[Measure]:
    """Reindexes and bare encoding in turns; without a `real` model there is no target."""

    def run() -> None:
        options = options_of(settings)
        reindex(
            [shelf.source], shelf.folder, shelf.model, options=options, progress=lambda *_: None
        )

    batch = best_batch(bare, shelf.texts[:_TRIED])
    whole, least = [], []
    for _ in range(runs if real else 1):
        shutil.rmtree(shelf.folder, ignore_errors=True)
        whole.append(timed(run))
        least.append(timed(lambda: _encode(bare, shelf.texts, batch)))
    kind = "bare encode" if real else "vectors by chance"
    name = f"reindex of {len(shelf.texts):,} paragraphs / {kind}"
    return [
        against(name, percentile(whole, 50), percentile(least, 50), MOST if real else None),
        against(
            "the same again, nothing changed, by what it may take", timed(run), UNCHANGED_S, 1
        ),
    ]


def best_batch(bare: Embedder, texts: Sequence[str]) -> int:
    """How many texts at once the model embeds the fastest."""
    _encode(bare, texts[:8], 8)
    return min(BATCHES, key=lambda batch: timed(lambda: _encode(bare, texts, batch)))


def _encode(bare: Embedder, texts: Sequence[str], batch: int) -> None:
    # Alike lengths together: a batch is as slow as its longest text.
    ordered = sorted(texts, key=len, reverse=True)
    for at in range(0, len(ordered), batch):
        bare.encode_documents(ordered[at : at + batch])
