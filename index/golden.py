"""Ask questions with known answers of a new generation, and hold it back where too many fall.

They stand in questions.jsonl beside the sources and in the collection's own folder. A question is
right when a passage that its line names is among those that a person would be shown, or, where it
has no answer, when nothing is shown.
"""

import json
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path

from index.abstain import THRESHOLD, passing
from index.calibrate import Bench, Posed, Rated
from index.duplicates import merge
from index.errors import IndexFault
from index.lexicon import Language
from index.mending import mend_question
from index.plan import Progress
from index.store import Draft, Found, Snapshot, digest_of

FILE_NAME = "questions.jsonl"
STAGE = "asking golden questions"
MOST = 200  # asked of one generation, the last ones of each file first
SHOWN = 3  # passages that a person sees of an answer
MARGIN = 0.05  # of the questions may fall from one generation to the next
LARGEST = 8 * 1024 * 1024  # bytes of a file
READS = SHOWN + 1  # candidates read closely a question, as one may be the copy of another

_FACT = "golden"
_NAMED = 10  # questions that fell, named one by one

logger = logging.getLogger(__name__)


class AnswersFell(IndexFault):
    """A new generation answers known questions worse than it must, and was not published."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When a generation is held back: where less than the share `floor` of the questions is right.

    Without one, where more than MARGIN of those asked of the last generation too have fallen.
    With `force` never, but what is right is kept to compare with. `threshold` is the one that was
    set.
    """

    floor: float | None = None
    force: bool = False
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Golden:
    """A question, and snippets of the paragraphs that answer it; none where nothing does."""

    text: str
    gold: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """What stays the same as long as the question does."""
        return digest_of(json.dumps([self.text, *self.gold]))

    def is_right(self, shown: Sequence[Found]) -> bool:
        """Whether this is what should be shown for it."""
        if not self.gold:
            return not shown
        return any(snippet in found.text for found in shown for snippet in self.gold)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of the last generation: its folders with questions, and which were right."""

    folders: tuple[str, ...] = ()
    right: Mapping[str, bool] | None = None


def read_golden(files: Sequence[Path], most: int = MOST) -> list[Golden]:
    """The questions of the files, each once: the last of each file, those before them, and so on.

    A line that is no question is passed over, with a warning.
    """
    by_turns = chain.from_iterable(zip_longest(*(reversed(_questions(path)) for path in files)))
    return list(islice(dict.fromkeys(filter(None, by_turns)), most))


def kept_of(draft: Draft) -> Kept:
    """What the last generation that was asked left; nothing where none was."""
    try:
        told = json.loads(draft.fact(_FACT) or "{}")
        return Kept(tuple(told["folders"]), dict(told["right"]))
    except (ValueError, KeyError, TypeError):
        return Kept()


def golden_folders(
    roots: Iterable[Path], kept: Kept, home: Path, origins: Collection[str]
) -> list[Path]:
    """The folders whose questions are asked: those that anything in the collection is read from.

    They are among the `roots` read now and the folders kept; `home`, the collection's own, is
    always one of them.
    """
    beside = {root if root.is_dir() else root.parent for root in roots}
    beside |= set(map(Path, kept.folders))
    parents = {parent for origin in origins for parent in Path(origin).parents}
    return sorted({home, *(beside & parents)})


def ask_golden(  # noqa: PLR0913 - the last two by name
    questions: Sequence[Golden],
    view: Snapshot,
    bench: Bench,
    language: Language,
    *,
    threshold: float | None,
    progress: Progress,
) -> list[bool]:
    """Whether each question is right in a view of the collection."""
    own = view.generation().threshold
    bar = next(each for each in (threshold, own, THRESHOLD) if each is not None)
    posed = [Posed(_mended(each.text, view, language), lambda _: False) for each in questions]
    answers = bench.best(posed, progress, reads=READS)
    return [
        question.is_right(_shown(few, bar))
        for question, few in zip(questions, answers, strict=True)
    ]


def compare(
    questions: Sequence[Golden],
    right: Sequence[bool],
    kept: Kept,
    rule: Rule,
    texts: Iterable[tuple[str, str]],
) -> None:
    """Raise AnswersFell, naming the questions, where too few of them are right for the rule.

    `texts` are all articles' keys and texts, read only to say what has left the collection.
    """
    before = kept.right or {}
    was = [before.get(question.mark) for question in questions]
    asked = list(range(len(questions)))
    if rule.floor is None:
        asked = [at for at in asked if was[at] is not None]
        least = sum(bool(was[at]) for at in asked) - MARGIN * len(asked)
    else:
        least = rule.floor * len(asked)
    now = sum(right[at] for at in asked)
    if rule.force or now >= least - 1e-9:
        return
    wrong = [at for at in asked if not right[at]]
    fell = [at for at in wrong if was[at]] or wrong
    raise AnswersFell(
        _fallen([questions[at] for at in fell], f"{now} of {len(asked)}", least, texts)
    )


def keep(
    draft: Draft, folders: Sequence[Path], questions: Sequence[Golden], right: Sequence[bool]
) -> None:
    """Keep with the generation what the next one is compared with."""
    marks = {question.mark: one for question, one in zip(questions, right, strict=True)}
    draft.keep_fact(_FACT, json.dumps({"folders": [*map(str, folders)], "right": marks}))


def _fallen(
    fell: Sequence[Golden], right: str, least: float, texts: Iterable[tuple[str, str]]
) -> str:
    """What is said of a generation that is held back."""
    named = fell[:_NAMED]
    whole = [text for _, text in texts]
    lines = [
        f"the new generation answers {right} golden questions right, fewer than the"
        f" {least:.1f} that it must, and was not published; the old one serves. These fell:"
    ]
    for question in named:
        gone = question.gold and not any(s in text for text in whole for s in question.gold)
        lines.append(f"  {question.text}{' (its paragraph is not there any more)' * bool(gone)}")
    if len(fell) > len(named):
        lines.append(f"  and {len(fell) - len(named)} more")
    lines.append(
        f"look to what has changed, mend {FILE_NAME}, or publish all the same: scripts/run reindex"
        " --force (INDEX_GOLDEN sets the rule)"
    )
    return "\n".join(lines)


def _shown(few: Sequence[Rated], bar: float) -> list[Found]:
    """The paragraphs that a person would be shown, near-identical ones as one."""
    given = few[: passing([evidence for evidence, _ in few], bar)]
    groups = merge(given, text=lambda one: one[1].found.text)[:SHOWN]
    # A copy is named beside the first, so that either is the right one.
    return [each.found for first, rest in groups for _, each in (first, *rest)]


def _mended(text: str, view: Snapshot, language: Language) -> str:
    return mend_question(
        text,
        known=lambda term: term in language or view.knows(term),
        near=view.terms_like,
        word=language.word,
    )[0]


def _questions(path: Path) -> list[Golden]:
    """The questions of one file in its order; none where there is no file."""
    if not path.is_file():
        return []
    try:
        if path.stat().st_size > LARGEST:
            logger.warning("%s is too large to be golden questions and is not asked", path)
            return []
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        logger.warning("%s cannot be read and is not asked (%s)", path, type(error).__name__)
        return []
    return list(_parsed(path, lines))


def _parsed(path: Path, lines: Sequence[str]) -> Iterator[Golden]:
    for number, line in enumerate(lines, start=1):
        if line.strip() and (golden := _golden(line)) is not None:
            yield golden
        elif line.strip():
            logger.warning("line %d of %s is no golden question and is not asked", number, path)


def _golden(line: str) -> Golden | None:
    """The question of a line: with gold where it has an answer, and without where it has none."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        return None
    given = row.get("gold") or []
    if not isinstance(given, list) or not all(isinstance(one, str) and one for one in given):
        return None
    answerable = row.get("answerable", bool(given))
    if not row["question"].strip() or answerable != bool(given):
        return None
    return Golden(row["question"].strip(), tuple(given))
