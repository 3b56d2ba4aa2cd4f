"""Measure how near in meaning unrelated texts of a collection are, by which cosines are judged."""

from collections.abc import Callable

import numpy as np

from index.embedder import Embedder
from index.scoring import Scale
from index.sentences import split_sentences
from index.store import Snapshot

QUESTIONS = 64
PARAGRAPHS = 1_000


def measure_scale(view: Snapshot, embedder: Callable[[], Embedder], model: str) -> Scale:
    """Mean and spread of the cosine between sentences and paragraphs of other articles.

    A sentence of a random paragraph stands for a question. With too little text to compare, the
    scale is the default one. The model is loaded only if there is something to measure.
    """
    sample = view.sample(PARAGRAPHS)
    if len({article for _, article, _ in sample}) < 2:
        return Scale()
    askers = sample[:QUESTIONS]
    queries = embedder().encode_queries([_first_sentence(text) for _, _, text in askers])
    found = {found.id: found for found in view.found([row[0] for row in sample], model=model)}
    rows = [(article, found[number].vector) for number, article, _ in sample if number in found]
    cosines = queries @ np.stack([vector for _, vector in rows]).T
    owners = np.array([article for article, _ in rows])
    foreign = np.array([article for _, article, _ in askers])[:, None] != owners[None, :]
    values = cosines[foreign]
    return Scale(mean=float(values.mean()), spread=max(float(values.std()), 1e-3))


def _first_sentence(text: str) -> str:
    spans = split_sentences(text)
    return text[slice(*spans[0])] if spans else text
