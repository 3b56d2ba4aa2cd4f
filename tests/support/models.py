"""Tiny models made on the spot: real folders, which the real libraries load in a moment.

A word is given with the number of what it means: words of one number have one vector, words of
different ones are at right angles. There is nothing to learn, so nothing is learnt.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from index.embedder import foreign_model

MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "?", ",", ":")
WIDTH = 32
LONGEST = 48  # tokens

Meanings = Mapping[str, int]


def sentence_model(
    folder: Path, words: Meanings, *, width: int = WIDTH, prompts: Mapping[str, str] | None = None
) -> Path:
    """The folder of a SentenceTransformer: the mean of its words' vectors, of any length."""

    def make() -> Path:
        from sentence_transformers import SentenceTransformer
        from transformers import BertModel

        bare = _bert(folder / "bare", BertModel, words, width=width)
        model = SentenceTransformer(str(bare), device="cpu", prompts=dict(prompts or {}))
        model.save_pretrained(str(folder / "model"), create_model_card=False)
        return folder / "model"

    return foreign_model("INDEX_MODEL", str(folder), make)


def cross_model(folder: Path, words: Meanings, *, labels: int = 1, head: bool = True) -> Path:
    """The folder of a CrossEncoder that likes meaning 1, whatever the question.

    Without a `head` it was taught nothing.
    """

    def make() -> Path:
        from transformers import BertForSequenceClassification, BertModel

        kind = BertForSequenceClassification if head else BertModel
        options = {"num_labels": labels} if head else {}
        return _bert(folder, kind, words, width=WIDTH, **options)

    return foreign_model("INDEX_RERANKER", str(folder), make)


def _bert(folder: Path, kind: Any, words: Meanings, *, width: int, **options: Any) -> Path:
    import torch
    from transformers import BertConfig, BertTokenizerFast

    folder.mkdir(parents=True)
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join([*MARKS, *words]), "utf-8")
    tokenizer = BertTokenizerFast(vocab=str(vocabulary), model_max_length=LONGEST)
    tokenizer.save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(MARKS) + len(words),
        hidden_size=width,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        max_position_embeddings=LONGEST,
        **options,
    )
    model = kind(config)
    # The first token sees the mean of all words only where attention hands it on.
    rates = "num_labels" in options
    handed_on = ("value.weight", "attention.output.dense.weight") if rates else ()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(_weight(name, torch.zeros_like(weight), words, handed_on))
    model.save_pretrained(folder)
    return folder


def _weight(name: str, nought: Any, words: Meanings, handed_on: tuple[str, ...]) -> Any:
    """A parameter: the words' vectors, or what hands the mean of them on to the head."""
    import torch

    signs = torch.tensor(list(_signs(nought.shape[-1])))
    if name.endswith("word_embeddings.weight"):
        nought[len(MARKS) :] = signs[list(words.values())]
    elif name.endswith("LayerNorm.weight"):
        nought += 1.0
    elif name.endswith(("pooler.dense.weight", *handed_on)):
        nought += torch.eye(len(nought))
    elif name == "classifier.weight":
        nought += signs[1]
    return nought


def _signs(width: int) -> Iterator[list[float]]:
    """Rows of 1 and -1 at right angles to each other (Sylvester's): all but row 0 add up to 0."""
    for row in range(width):
        yield [(-1.0) ** (row & column).bit_count() for column in range(width)]
