"""Pairs of texts labelled as copies or as different reports, and how well they are told apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.duplicates import merge
from scripts.evaluation.metrics import share
from scripts.evaluation.suite import NoSuite, rows_of

FILE = "pairs.jsonl"
COPIES = {"exact", "near_duplicate"}
REPORTS = {"same_story", "different"}
PARTS = {"partial"}  # one holds a piece of the other: right either way


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, and what a person or their overlap says that they are to each other."""

    label: str
    a: str
    b: str

    @property
    def merged(self) -> bool:
        """Whether the two would be given as one quote."""
        return len(merge((self.a, self.b), text=str)) == 1


def is_of_pairs(folder: Path) -> bool:
    """Whether a folder holds pairs of texts and no questions."""
    return (folder / FILE).is_file()


def read_pairs(folder: Path) -> tuple[Pair, ...]:
    """The pairs of a folder. Raises NoSuite where a line or its label cannot be read."""
    pairs = []
    for number, row in enumerate(rows_of(folder / FILE), start=1):
        try:
            pair = Pair(str(row["label"]), str(row["a"]["text"]), str(row["b"]["text"]))
        except (KeyError, TypeError) as error:
            raise NoSuite(f"pair {number} of {folder / FILE} is incomplete: {error}") from error
        if pair.label not in COPIES | REPORTS | PARTS:
            raise NoSuite(f"pair {number} of {folder / FILE} is labelled {pair.label!r}")
        pairs.append(pair)
    return tuple(pairs)


def pair_figures(pairs: Sequence[Pair]) -> dict[str, float]:
    """The shares told to be one text: of copies, of different reports, of texts in part alike."""

    def merged(labels: set[str]) -> float:
        return share(pair.merged for pair in pairs if pair.label in labels)

    return {
        "n": len(pairs),
        "merged": merged(COPIES),
        "wrongly_merged": merged(REPORTS),
        "partly_merged": merged(PARTS),
    }
