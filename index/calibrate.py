"""Find the evidence below which a collection had better be silent, by asking it of itself.

A sentence of it loses a name, a number or a long word, as if that were asked for; some of what
is left is exchanged for words of other paragraphs, as people do not ask in the words of the text.
With every paragraph that tells the lost words left out, it is a question without an answer here.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from index.abstain import THRESHOLD
from index.duplicates import near_identical
from index.embedder import Embedder, Matrix
from index.evidence import Candidate
from index.lane import Near
from index.lexicon import Language
from index.plan import Progress
from index.question import Question, read_question
from index.reading import Words, read_closely, words_of
from index.retrieve import BY_MEANING, Retrieved, Scope, retrieve
from index.scoring import closely
from index.sentences import split_sentences
from index.store import Found, Generation, Snapshot
from index.tokens import Tokens
from index.vectors import FaissVectors, Vectors
from index.words import guess_language, spot

Rated = tuple[float, Retrieved]
"""A candidate with the evidence that it is."""

QUESTIONS = 100  # made and asked; a collection that does not yield as many keeps THRESHOLD
SAMPLED = 1_000  # paragraphs to make them of
SMALLEST = 300
"""Paragraphs of the smallest collection with a threshold of its own.

In a smaller one little is left that resembles what is withheld, so that too low a bar would do.
"""
WRONGLY = 0.05  # of the questions without an answer may reach the threshold
OWN = 100  # questions that the program's own threshold counts as
LOWEST, HIGHEST = 0.6, 0.8

_READ = 2  # paragraphs read closely a question: the best has long been among the first
_BATCH = 32
_WORDS = 7  # of a sentence, in a question
_FEWEST = 3
_LONG = 6  # terms that a sentence must have to be asked about
_EXCHANGED = 0.35  # chosen so that evidence runs as for people's questions (docs/retrieval.md)


@dataclass(frozen=True, slots=True)
class Posed:
    """A question, whether the collection answers it, and which paragraphs would."""

    text: str
    answers: Callable[[Found], bool]
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class Tried:
    """The best evidence with and without what answers, and whether an answer came first."""

    supported: float
    withheld: float
    right: bool


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    term: str
    start: int
    named: bool


def made_questions(sample: Sequence[tuple[int, str, str]], count: int = QUESTIONS) -> list[Posed]:
    """Up to `count` questions, at most one a paragraph of the (id, article, text) sampled.

    Always the same ones for the same paragraphs.
    """
    strange = [(number, w.text) for number, _, text in sample[:count] for w in _words(text)]
    made: list[Posed] = []
    for number, _, text in sample:
        posed = _made_of(number, text, strange)
        if posed is not None and len(made) < count:
            made.append(posed)
    return made


def choose_threshold(withheld: Sequence[float], *, fewest: int = QUESTIONS) -> float | None:
    """The threshold after the evidence that questions without an answer reached; None of too few.

    It is what WRONGLY of them reach, drawn towards THRESHOLD as if OWN questions had spoken for
    that, in logits, and kept from LOWEST to HIGHEST.
    """
    if len(withheld) < fewest:
        return None
    measured = float(np.quantile(withheld, 1 - WRONGLY))
    trust = len(withheld) / (len(withheld) + OWN)
    logit = trust * _logit(measured) + (1 - trust) * _logit(THRESHOLD)
    return round(min(HIGHEST, max(LOWEST, 1 / (1 + math.exp(-logit)))), 3)


class Bench:
    """Asks many questions of one view, as the library would, and embeds and reads them together.

    Nothing of the generation but its model and its cosines' scale is used. `vectors` are those of
    the view, all of them read from it unless given; `stage` is what progress is told as.
    """

    def __init__(  # noqa: PLR0913 - the last two by name
        self,
        view: Snapshot,
        generation: Generation,
        embedder: Embedder,
        language: Language,
        *,
        vectors: Vectors | None = None,
        stage: str = "calibrating",
    ) -> None:
        self._embedder = embedder
        if vectors is None:
            vectors = FaissVectors.filled(
                view.paragraph_count(), view.vectors_in_parts(generation.model)
            )
        self._vectors = vectors
        self._stage = stage
        self._language = language
        self._asked_tokens: dict[str, Tokens] = {}
        rarity = cache(lambda term: view.rarity([term], language.commonness)[term])
        self._scope = Scope(view, generation, rarity, THRESHOLD, reads=0, sure=None)

    def withheld(self, posed: Sequence[Posed], progress: Progress) -> list[float]:
        """The best evidence for each question among the paragraphs that do not answer it."""
        lists = [
            (asked, _unanswering(each, ranked))
            for each, (asked, ranked) in zip(posed, self._asked(posed, progress), strict=True)
        ]
        return [_best(few)[0] for few in self._read(lists, progress)]

    def tried(self, posed: Sequence[Posed], progress: Progress) -> list[Tried]:
        """What each question reaches with every paragraph, and without those that answer it."""
        asked = list(zip(posed, self._asked(posed, progress), strict=True))
        whole = [(question, ranked[:_READ]) for _, (question, ranked) in asked]
        rest = [(question, _unanswering(each, ranked)) for each, (question, ranked) in asked]
        results = [_best(few) for few in self._read(whole + rest, progress)]
        tried = []
        for each, (most, best), (without, _) in zip(
            posed, results[: len(asked)], results[len(asked) :], strict=True
        ):
            tried.append(Tried(most, without, best is not None and each.answers(best.found)))
        return tried

    def best(self, posed: Sequence[Posed], progress: Progress, *, reads: int) -> list[list[Rated]]:
        """The candidates that were read closely for each question, `reads` of them, best first."""
        lists = [(question, ranked[:reads]) for question, ranked in self._asked(posed, progress)]
        return [
            sorted(few, key=lambda one: (-one[0], one[1].found.id))
            for few in self._read(lists, progress)
        ]

    def _asked(
        self, posed: Sequence[Posed], progress: Progress
    ) -> Iterator[tuple[Question, list[Retrieved]]]:
        """Each question with its candidates, best first, none of them read closely yet."""
        if not posed:
            return
        asked = [read_question(each.text, kin=self._language.kin) for each in posed]
        rows = self._rows([question.plain for question in asked])
        hits = self._vectors.search(rows, BY_MEANING)
        for done, (question, row, near) in enumerate(zip(asked, rows, hits, strict=True), start=1):
            found = partial(partial, Near, row, tuple(near))  # a call seeks, another waits
            yield question, retrieve(question, found, self._scope, _unread)
            progress(self._stage, done, len(posed))

    def _rows(self, texts: Sequence[str]) -> Matrix:
        """A vector a question; its tokens, which come of the same call, are kept."""
        rows = []
        for at in range(0, len(texts), _BATCH):
            part = texts[at : at + _BATCH]
            vectors, tokens = self._embedder.encode_closely(part, query=True)
            rows.append(vectors)
            self._asked_tokens.update(zip(part, tokens or (), strict=False))
        return np.concatenate(rows)

    def _read(
        self, lists: Sequence[tuple[Question, Sequence[Retrieved]]], progress: Progress
    ) -> list[list[Rated]]:
        """Each list with the evidence that there is once all of it has been read closely."""
        reading = [(asked, each) for asked, few in lists if not asked.foreign for each in few]
        told_tokens = self._tokens([each.found.text for _, each in reading])
        progress(self._stage, 1, 1)

        def rated(asked: Question, few: Sequence[Retrieved]) -> list[Rated]:
            tokens = None if asked.foreign else self._asked_tokens.get(asked.plain)
            words = None if tokens is None else words_of(asked, tokens, self._scope.rarity)
            return [(self._evidence(each, words, told_tokens), each) for each in few]

        return [rated(asked, few) for asked, few in lists]

    def _evidence(
        self, each: Retrieved, words: Words | None, told_tokens: Mapping[str, Tokens]
    ) -> float:
        told = told_tokens.get(each.found.text)
        if told is None or words is None:
            return each.judged.evidence
        read = read_closely(words, _candidate(each.found), told, self._scope.rarity)
        return each.judged.evidence if read is None else closely(each.judged.features, read)

    def _tokens(self, texts: Sequence[str]) -> Mapping[str, Tokens]:
        """The tokens of each different text; of none where the model has none."""
        order = sorted(set(texts), key=lambda text: (-len(text), text))
        found: dict[str, Tokens] = {}
        for at in range(0, len(order), _BATCH):
            part = order[at : at + _BATCH]
            _, tokens = self._embedder.encode_closely(part, query=False)
            if tokens is None:
                return {}
            found.update(zip(part, tokens, strict=True))
        return found


def _best(few: Sequence[Rated]) -> tuple[float, Retrieved | None]:
    """The best of a list; without evidence where there is none."""
    return max(few, key=lambda one: one[0]) if few else (0.0, None)


def _unanswering(posed: Posed, ranked: Sequence[Retrieved]) -> list[Retrieved]:
    """The first few that do not answer; those after them are not looked at."""
    few: list[Retrieved] = []
    for each in ranked:
        if len(few) == _READ:
            break
        if not posed.answers(each.found):
            few.append(each)
    return few


def _made_of(number: int, text: str, strange: Sequence[tuple[int, str]]) -> Posed | None:
    """A question made of one sentence of a paragraph; None where none is long enough."""
    chance = random.Random(number)  # noqa: S311 - drawn alike every time, no secret
    sentences = [_words(text[start:end]) for start, end in split_sentences(text)]
    long = [words for words in sentences if len(words) >= _LONG]
    if not long:
        return None
    words = chance.choice(long)
    start, end = chance.choice(_askable(words))
    lost = frozenset(word.term for word in words[start:end])
    rest = [word for word in words if word.term not in lost]
    if len(rest) < _FEWEST:
        return None
    middle = words[start].start
    near = sorted(rest, key=lambda word: (abs(word.start - middle), word.start))[: 2 * _WORDS]
    kept = sorted(chance.sample(near, min(_WORDS, len(near))), key=lambda word: word.start)
    others = [(word, *chance.choice(strange)) for word in kept if chance.random() < _EXCHANGED]
    exchanged = {word.start: other for word, home, other in others if home != number}
    told = [exchanged.get(word.start, word.text) for word in kept]
    opening = _opening(words[start]) if guess_language(text) == "en" else ""

    def answers(found: Found) -> bool:
        same = found.id == number or lost.issubset(found.terms)
        return same or near_identical(found.text, text)

    return Posed(f"{opening}{' '.join(told)}?", answers)


def _words(text: str) -> list[_Word]:
    """The words of a text that are terms; a hyphenated one as its parts."""
    return [
        _Word(text[start:end], term, start, start > 0 and text[start].isupper())
        for term, start, end in spot(text, guess_language(text))
        if "-" not in text[start:end]
    ]


def _askable(words: Sequence[_Word]) -> list[tuple[int, int]]:
    """Slices of what may be asked for: names and numbers, or else the longest word."""
    found: list[tuple[int, int]] = []
    for at, word in enumerate(words):
        if word.term[0].isdigit():
            found.append((at, at + 1))
        elif word.named and found and found[-1][1] == at and _adjoin(words[at - 1], word):
            found[-1] = (found[-1][0], at + 1)
        elif word.named:
            found.append((at, at + 1))
    longest = max(range(len(words)), key=lambda at: len(words[at].text))
    return found or [(longest, longest + 1)]


def _adjoin(one: _Word, other: _Word) -> bool:
    """Whether two words are parts of one name."""
    return one.named and other.start - (one.start + len(one.text)) <= 1


def _opening(lost: _Word) -> str:
    """How a question for this begins in English."""
    if not lost.term[0].isdigit():
        return "who " if lost.named else "what "
    return "when " if len(lost.term) == 4 and lost.term[:2] in {"19", "20"} else "how many "


def _candidate(found: Found) -> Candidate:
    """What close reading needs to know of a paragraph."""
    return Candidate(
        id=found.id, text=found.text, terms=found.terms, cosine=0.0, lead_terms=found.lead_terms
    )


def _unread(_texts: Mapping[int, str]) -> Mapping[int, Tokens]:
    """No tokens: the candidates are read later, all together."""
    return {}


def _logit(share: float) -> float:
    share = min(0.999, max(0.001, share))
    return math.log(share / (1 - share))
