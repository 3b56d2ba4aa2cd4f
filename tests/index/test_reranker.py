"""A cross-encoder is loaded from its folder and rates on a scale that all of them share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedder import fingerprint, load_embedder
from index.errors import ModelMissing
from index.reranker import PAIRS, load_reranker, measure_reranker, reranking
from index.scoring import Yardstick, seconded
from tests.support.models import LONGEST, cross_model, sentence_model

WORDS = {"otters": 1, "tea": 2, "gulls": 3}

SAMPLE = [
    ("otters", "Otters sleep in kelp. They hold hands."),
    ("otters", "Otters eat urchins."),
    ("tea", "The clipper landed tea."),
]


class Overlap:
    """A reranker that counts the words a text shares with the question, on a scale of its own."""

    name = "overlap@1"

    def __init__(self, *, low: float = -11.0, each: float = 5.0) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self._low = low
        self._each = each

    def logits(self, question, texts):
        self.asked.append((question, tuple(texts)))
        words = set(question.lower().split())
        return [self._low + self._each * len(words & set(text.lower().split())) for text in texts]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return cross_model(tmp_path_factory.mktemp("cross") / "model", WORDS)


def refusal(name):
    with pytest.raises(ModelMissing) as caught:
        load_reranker(str(name))
    return str(caught.value)


def test_a_folder_may_be_named_and_its_logits_are_as_the_model_gave_them(folder):
    reranker = load_reranker(str(folder))

    more, none, some = reranker.logits("tea?", ["otters", "tea", "tea tea otters"])

    assert more == pytest.approx(14.21, abs=0.01)  # a probability could not be
    assert none == pytest.approx(0.0, abs=1e-5)
    assert some == pytest.approx(4.68, abs=0.01)
    assert reranker.logits("tea?", []) == []


def test_a_short_question_before_it_leaves_a_reranker_all_its_threads(folder, tmp_path):
    import torch

    embedder = load_embedder(str(sentence_model(tmp_path, WORDS)))
    reranker = load_reranker(str(folder), threads=3)

    embedder.encode_closely(["tea?"], query=True)
    reranker.logits("tea?", ["otters", "tea"])

    assert torch.get_num_threads() == 3


def test_what_is_too_long_for_the_model_is_cut(folder):
    reranker = load_reranker(str(folder))

    long = "otters " * 2 * LONGEST

    assert reranker.logits("tea?", [long + "gulls", long + "tea"]) == pytest.approx(
        reranker.logits("tea?", [long, long])
    )


def test_a_reranker_has_a_name_before_it_is_loaded(folder):
    assert reranking("") is None
    found = reranking(str(folder))
    assert found is not None
    assert found.name == fingerprint(str(folder)) == found.load().name


def test_a_model_of_several_labels_is_refused(tmp_path):
    folder = cross_model(tmp_path / "model", WORDS, labels=3)

    assert refusal(folder) == (
        f"the model {str(folder)!r} gives 3 labels a pair and a reranker gives one number; "
        "set INDEX_RERANKER to a cross-encoder with one label, or leave it empty"
    )


def test_a_model_that_was_never_taught_to_rate_is_refused(tmp_path, capfd):
    folder = cross_model(tmp_path / "model", WORDS, head=False)

    assert refusal(folder) == (
        f"the model {str(folder)!r} is no cross-encoder: nobody taught it to rate a passage; "
        "set INDEX_RERANKER to one, or leave it empty"
    )


def test_a_reranker_that_is_not_here_is_not_fetched():
    assert refusal("tidewater/otter-reranker") == (
        "the model 'tidewater/otter-reranker' is not on this machine and nothing is downloaded at "
        "run time; run hf download tidewater/otter-reranker, or set INDEX_RERANKER to another "
        "cross-encoder, or leave it empty for none"
    )


def test_a_reranker_is_measured_by_what_holds_a_sentence_and_what_does_not():
    reranker = Overlap(low=-10, each=2)

    yardstick = measure_reranker(reranker, SAMPLE)

    # 4 words of the first sentence are in its paragraph, 3 and 4 of the others; none elsewhere.
    assert yardstick is not None
    assert yardstick.apart == -10
    assert yardstick.whole == pytest.approx(-10 + 2 * (4 + 3 + 4) / 3)
    assert reranker.asked[1] == (SAMPLE[1][1], (SAMPLE[1][1], SAMPLE[2][1]))


def test_two_rerankers_of_different_scales_agree_once_they_are_measured():
    shares = []
    for reranker in (Overlap(low=-11, each=5), Overlap(low=0, each=0.1)):
        yardstick = measure_reranker(reranker, SAMPLE)
        assert yardstick is not None
        logits = reranker.logits("otters sleep well", [text for _, text in SAMPLE])
        shares.append([yardstick.share(logit) for logit in logits])

    assert shares[0] == pytest.approx(shares[1])
    assert shares[0] == pytest.approx([2 / (11 / 3), 1 / (11 / 3), 0])


def test_no_more_pairs_are_measured_than_are_needed():
    reranker = Overlap()

    measure_reranker(reranker, [(f"article {n}", f"text {n}") for n in range(100)])

    assert len(reranker.asked) == PAIRS


@pytest.mark.parametrize("sample", [[], SAMPLE[:1], SAMPLE[:2]])
def test_one_article_has_nothing_to_measure_by(sample):
    assert measure_reranker(Overlap(), sample) is None


def test_a_reranker_that_tells_nothing_apart_has_no_measure():
    assert measure_reranker(Overlap(each=0), SAMPLE) is None
    assert measure_reranker(Overlap(each=-1), SAMPLE) is None


def test_evidence_that_is_seconded_rises_and_what_is_not_falls():
    assert seconded(0.5, 1.0) == pytest.approx(0.711, abs=1e-3)
    assert seconded(0.5, 0.7) == pytest.approx(0.5)
    assert seconded(0.5, 0.0) == pytest.approx(0.109, abs=1e-3)


@given(st.floats(0, 1), st.floats(-1e3, 1e3))
def test_seconded_evidence_is_a_share_whatever_the_logit(evidence, logit):
    share = Yardstick(apart=-10, whole=5).share(logit)

    assert 0 <= share <= 1
    assert 0 < seconded(evidence, share) < 1


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_what_a_reranker_likes_better_is_never_worth_less(evidence, one, other):
    low, high = sorted((one, other))

    assert seconded(evidence, low) <= seconded(evidence, high)
