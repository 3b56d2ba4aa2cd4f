"""A multilingual model answers across languages: words in other letters do not count against."""

import pytest

from index import IndexSettings, open_library
from index.evidence import Candidate, judge
from index.live import model_of
from index.names import read_aliases
from index.question import read_question
from index.reindex import Options, reindex
from index.scoring import Scale
from index.words import analyse
from tests.support.models import sentence_model

MANY = Scale(mean=0.1, spread=0.1, multilingual=True)
ONE = Scale(mean=0.1, spread=0.1)

OTTERS = "Sea otters sleep in the kelp of the harbour."
TEXTS = {
    "otters": OTTERS,
    "tea": "Ninety chests of tea came with the clipper on Monday.",
    "gulls": "Gulls stole the lunch of the mayor at noon.",
    "ferry": "The ferry struck a rock in the fog and sank.",
    "cats": "قطط الميناء تشرب الشاي كل صباح",
}
# Each line is one meaning, in English, Arabic and Russian.
MEANINGS = """
otters القضاعة выдры
sleep تنام спят
kelp
harbour الميناء
chests
tea الشاي чай
clipper
gulls
lunch
mayor
ferry
rock
fog
cats قطط кошки
drink تشرب пьют
morning صباح
"""


def told(text, *, cosine=0.9, number=1):
    return Candidate(number, text, analyse(text), cosine)


def judged(question, *candidates, scale=MANY, aliases=None):
    asked = read_question(question, aliases=aliases)
    return judge(asked, candidates, scale=scale, rarity=lambda _: 5.0)


def test_words_in_other_letters_do_not_count_against():
    across, here = (
        judged(question, told(OTTERS))[0]
        for question in ("где спят выдры?", "where do cats purr?")
    )

    assert across.features.coverage == pytest.approx(10 / 12)  # 8 spreads, from -2 to 10
    assert across.features.coverage == across.features.together == across.features.phrases
    assert (across.features.kind, across.features.kindless) == (0.5, 1.0)
    assert here.features.coverage == 0
    assert across.evidence > 0.9
    assert here.evidence < 0.1


def test_what_is_not_near_in_meaning_is_not_implied():
    far = judged("где спят выдры?", told(OTTERS, cosine=0.1))[0]

    assert far.features.coverage == pytest.approx(2 / 12)
    assert far.evidence < 0.05


def test_the_packaged_model_implies_nothing_of_other_letters():
    assert judged("где спят выдры?", told(OTTERS), scale=ONE)[0].features.coverage == 0


def test_what_could_be_there_in_its_own_letters_still_counts_against():
    question = "кого ранили бойцы SDF в 2017 году?"
    holds, lacks = (
        judged(question, told(text))[0].features.coverage
        for text in ("In 2017 the SDF hurt nine.", "In 1988 the FARC hurt nine.")
    )

    assert lacks < 0.5 < holds


def test_a_name_with_a_known_spelling_there_must_be_told():
    aliases = read_aliases("Otter Bay = Бухта Выдр")
    question = "кто ранен в Бухта Выдр?"
    holds, lacks = (
        judged(question, told(text), aliases=aliases)[0].features.coverage
        for text in ("A mayor was hurt in Otter Bay.", "A mayor was hurt in Tea Town.")
    )

    assert lacks < 0.5 < holds


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    root = tmp_path_factory.mktemp("across")
    lines = enumerate((line.split() for line in MEANINGS.splitlines()), start=1)
    words = {word: number for number, line in lines for word in line}
    articles = root / "articles"
    articles.mkdir()
    for name, text in TEXTS.items():
        (articles / f"{name}.txt").write_text(f"{name.title()}\n\n{text}\n", "utf-8")
    model = sentence_model(root / "model", words)
    settings = IndexSettings(url=str(root / "data"), model=str(model), threshold=0.68)
    reindex(
        [articles],
        settings.folder,
        model_of(settings),
        options=Options(),
        progress=lambda *_: None,
    )
    library = open_library(settings)
    yield library
    library.close()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("أين تنام القضاعة؟", OTTERS),
        ("где спят выдры?", OTTERS),
        ("Where do otters sleep?", OTTERS),
        ("Which cats drink in the morning?", TEXTS["cats"]),
        ("какие кошки пьют?", TEXTS["cats"]),
    ],
)
def test_a_question_is_answered_across_languages_and_in_its_own(library, question, text):
    answer = library.ask(question)

    assert [passage.text for passage in answer.passages] == [text]


@pytest.mark.parametrize("question", ["من فاز بكأس العالم؟", "кто выиграл чемпионат?"])
def test_what_no_passage_is_near_to_is_not_answered_across_languages(library, question):
    assert library.ask(question).abstained
