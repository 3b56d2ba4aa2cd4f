import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.sentences import split_sentences


def cut(text):
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Otters sleep. They hold hands.", ["Otters sleep.", "They hold hands."]),
        (
            "Lt. Gen. Paul E. Funk II spoke. He left.",
            ["Lt. Gen. Paul E. Funk II spoke.", "He left."],
        ),
        (
            "On Sept. 9, tea arrived. See No. 5 too.",
            ["On Sept. 9, tea arrived.", "See No. 5 too."],
        ),
        ("He said no. Five boats left.", ["He said no.", "Five boats left."]),
        (
            "She left the U.S. The U.S. Navy stayed.",
            ["She left the U.S.", "The U.S. Navy stayed."],
        ),
        ("Tea is at 5 p.m. Monday. Come!", ["Tea is at 5 p.m. Monday.", "Come!"]),
        ("It rose 3.5 metres. Then fell.", ["It rose 3.5 metres.", "Then fell."]),
        ("Dr. Tide met Mr. Gull Jr. on the quay.", ["Dr. Tide met Mr. Gull Jr. on the quay."]),
        (
            "The mayor took plan B. The harbour slept.",
            ["The mayor took plan B.", "The harbour slept."],
        ),
        ("Tea, biscuits, etc. were served. Good.", ["Tea, biscuits, etc. were served.", "Good."]),
        ("It was reported. al-Shabaab denied it.", ["It was reported.", "al-Shabaab denied it."]),
        ("The ship sank.[12] The crew swam.", ["The ship sank.[12]", "The crew swam."]),
    ],
)
def test_english_stops_are_told_from_abbreviations(text, sentences):
    assert cut(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("“We sail.” The crew cheered.", ["“We sail.”", "The crew cheered."]),
        ('"Is it tea?" she asked. "It is."', ['"Is it tea?" she asked.', '"It is."']),
        ("(The gulls left.) Then it rained.", ["(The gulls left.)", "Then it rained."]),
        ("[See: Otters in Kent.] They came.", ["[See: Otters in Kent.]", "They came."]),
        ("Il dit: « Oui. » Puis il part.", ["Il dit: « Oui. »", "Puis il part."]),
        ("Er sagte: »Tee.« Dann ging er.", ["Er sagte: »Tee.«", "Dann ging er."]),
    ],
)  # fmt: skip
def test_closing_marks_stay_with_their_sentence(text, sentences):
    assert cut(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He waited... and slept.", ["He waited... and slept."]),
        ("He waited… Then he slept.", ["He waited…", "Then he slept."]),
        ("He waited . . . and slept.", ["He waited . . . and slept."]),
    ],
)
def test_an_ellipsis_ends_a_sentence_only_before_a_capital(text, sentences):
    assert cut(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Он жил в г. Москве. Потом уехал.", ["Он жил в г. Москве.", "Потом уехал."]),
        ("Это было в 2017 г. Потом он уехал.", ["Это было в 2017 г.", "Потом он уехал."]),
        ("Завод им. Кирова закрыт. Все ушли.", ["Завод им. Кирова закрыт.", "Все ушли."]),
        ("Писал А. С. Пушкин. Его читали.", ["Писал А. С. Пушкин.", "Его читали."]),
        ("قال د. أحمد شيئا. ثم غادر.", ["قال د. أحمد شيئا.", "ثم غادر."]),
        ("قال: «انتهى كل شيء.» ثم غادر.", ["قال: «انتهى كل شيء.»", "ثم غادر."]),
        ("ما هذا؟ لا شيء. انتهى", ["ما هذا؟", "لا شيء.", "انتهى"]),
        ("یہ چائے ہے۔ ٹھیک ہے۔", ["یہ چائے ہے۔", "ٹھیک ہے۔"]),
        ("水獭睡了。港口很静！是吗？是。", ["水獭睡了。", "港口很静！", "是吗？", "是。"]),
        ("「行く。」と言った。終わり。", ["「行く。」と言った。", "終わり。"]),
    ],
)
def test_other_scripts_have_their_own_stops(text, sentences):
    assert cut(text) == sentences


def test_a_stop_without_a_word_before_it_is_no_sentence():
    assert cut(". Near Rawah, tea arrived. Good.") == [". Near Rawah, tea arrived.", "Good."]


def test_a_line_break_ends_a_sentence_and_a_number_does_not():
    assert cut("1. Boil the water.\n2. Pour\n- drink") == [
        "1. Boil the water.",
        "2. Pour",
        "- drink",
    ]


@settings(deadline=None)
@given(st.text(alphabet="aB .!?…\n。؟\"”»)[1]'", max_size=60))
@example(". . .")
@example("A.\n\n\u00a0 B")
@example("1.")
def test_sentences_cover_all_but_white_space_in_order(text):
    spans = split_sentences(text)

    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    gaps = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    assert "".join(gaps).strip() == ""
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_split(text):
    assert "".join("".join(cut(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "noise", ["." * 200_000 + "x", ".)" * 100_000 + "x", "? " * 100_000, " " * 300_000]
)
def test_noise_does_not_blow_up(noise):
    assert "".join("".join(cut(noise)).split()) == "".join(noise.split())
