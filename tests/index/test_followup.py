"""Follow-ups, made whole without a language model."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.answer import Turn
from index.followup import LONGEST, FollowUp, follow_up

PUBLISHERS = ("Reuters", "The Otter Times", "FDD's Long War Journal", "BBC News", "Deir Ezzor 24")
HURT = "Who was hurt near Deir Ezzor?"


def after(question, *, published="2017-09-16T10:00:00+00:00", article="otter"):
    return Turn(question, shown=3, article=article, published=published, publisher="Reuters")


def resolved(text, question=HURT, **credit):
    made = follow_up(text, after(question, **credit), publishers=PUBLISHERS)
    return made.question if made else None


@pytest.mark.parametrize(
    "text",
    ["more", "More please!", "next", "anything else?", "what else", "who else?", "ещё", "кто ещё?",
     "who else was hurt?", "tell me more", "المزيد"],
)  # fmt: skip
def test_more_passes_over_what_was_shown(text):
    assert follow_up(text, after(HURT)) == FollowUp(HURT, skip=3)


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("older", "before:2017-09-16"),
        ("Earlier?", "before:2017-09-16"),
        ("раньше", "before:2017-09-16"),
        ("الأقدم", "before:2017-09-16"),
        ("newer", "after:2017-09-17"),
        ("since then", "after:2017-09-17"),
        ("and after that?", "after:2017-09-17"),
        ("позже", "after:2017-09-17"),
        ("بعد ذلك", "after:2017-09-17"),
        ("same article", "article:otter"),
        ("the rest of the article", "article:otter"),
        ("в той же статье", "article:otter"),
        ("نفس المقال", "article:otter"),
        ("only Reuters", 'from:"Reuters"'),
        ("just from the Long War Journal", 'from:"FDD\'s Long War Journal"'),
        ("what about LWJ?", 'from:"FDD\'s Long War Journal"'),
        ("what does Reuters say?", 'from:"Reuters"'),
        ("according to the otter times?", 'from:"The Otter Times"'),
        ("and the BBC?", 'from:"BBC News"'),
        ("bbc only, please", 'from:"BBC News"'),
        ("only Le Monde", 'from:"Le Monde"'),
        ("только Reuters", 'from:"Reuters"'),
        ("что пишет Reuters?", 'from:"Reuters"'),
        ("فقط Reuters", 'from:"Reuters"'),
        ("from:long war journal", 'from:"FDD\'s Long War Journal"'),
        ("before:2016-05-03", "before:2016-05-03"),
    ],
)
def test_a_filter_asked_for_is_written_behind_the_question(text, operator):
    assert resolved(text) == f"{HURT} {operator}"


def test_an_operator_takes_the_place_of_its_kind_and_leaves_the_others():
    asked = f'{HURT} from:"BBC News" article:tea since:2017-01-01 -boats'

    assert resolved("only Reuters", asked) == f'{HURT} -boats since:2017-01-01 from:"Reuters"'
    assert resolved("newer", asked) == f'{HURT} -boats from:"BBC News" after:2017-09-17'


def test_going_back_from_the_first_day_of_a_window_leaves_it():
    assert resolved("older", f"{HURT} after:2017-09-16") == f"{HURT} before:2017-09-16"
    assert (
        resolved("older", f"{HURT} since:2017-09-01")
        == f"{HURT} since:2017-09-01 before:2017-09-16"
    )


@pytest.mark.parametrize(
    ("published", "older", "newer"),
    [("2017", "2017-01-01", "2018-01-01"), ("2017-09", "2017-09-01", "2017-10-01")],
)
def test_a_date_told_loosely_is_left_as_a_whole(published, older, newer):
    assert resolved("older", published=published) == f"{HURT} before:{older}"
    assert resolved("newer", published=published) == f"{HURT} after:{newer}"


def test_older_than_an_unknown_day_is_more():
    assert follow_up("older", after(HURT, published="")) == FollowUp(HURT, skip=3)


def test_the_same_article_is_the_same_question_where_none_was_quoted():
    assert resolved("same article", article="") == HURT


COUNTED = "How many Russian soldiers were wounded near Deir Ezzor in September 2017?"


@pytest.mark.parametrize(
    ("question", "text", "whole"),
    [
        (HURT, "and in Raqqa?", "Who was hurt in Raqqa?"),
        (HURT, "what about Raqqa?", "Who was hurt near Raqqa?"),
        (HURT, "and Raqqa?", "Who was hurt near Raqqa?"),
        (HURT, "Raqqa?", "Who was hurt near Raqqa?"),
        (HURT, "ok, and in the city of Homs please?", "Who was hurt in the city of Homs?"),
        (HURT, "how about on 3 May?", "Who was hurt near Deir Ezzor on 3 May?"),
        (HURT, "and by Turkey?", "Who was hurt near Deir Ezzor by Turkey?"),
        (HURT, "the same for Aleppo", "Who was hurt near Aleppo?"),
        (HURT, "only in Raqqa", "Who was hurt in Raqqa?"),
        (HURT, "and the Turkish soldiers?", "Who was hurt near Deir Ezzor: the Turkish soldiers?"),
        (
            HURT,
            "what about the White Helmets?",
            "Who was hurt near Deir Ezzor: the White Helmets?",
        ),
        ("who was hurt near deir ezzor", "and in raqqa", "who was hurt in raqqa"),
        (COUNTED, "and in 2016?", COUNTED.replace("September 2017", "2016")),
        (COUNTED, "and last week?", COUNTED.replace("in September 2017", "last week")),
        (COUNTED, "and near Raqqa?", COUNTED.replace("Deir Ezzor", "Raqqa")),
        (COUNTED, "and the Turkish soldiers?", COUNTED.replace("Russian", "Turkish")),
        (COUNTED, "what about the civilians?", COUNTED.replace("Russian soldiers", "civilians")),
        (
            "Did Russia bomb the SDF near Raqqa?",
            "and Turkey?",
            "Did Turkey bomb the SDF near Raqqa?",
        ),
        ("Did Russia bomb the SDF near Raqqa?", "and ISIS?", "Did Russia bomb ISIS near Raqqa?"),
        ("When did they retake Palmyra?", "and in Homs?", "When did they retake Homs?"),
        ("Who led the Raqqa campaign?", "and in Aleppo?", "Who led the Aleppo campaign?"),
        ("In the 2016 strike, who died?", "and in 2017?", "In the 2017 strike, who died?"),
        ("What caused the flood?", "and in Sudan?", "What caused the flood in Sudan?"),
        ("Where was Ana Otter born?", "and Bo Heron?", "Where was Bo Heron born?"),
        ("What is Raqqa's river called?", "and Aleppo?", "What is Aleppo's river called?"),
        ("Кто пострадал под Ракка?", "а в Алеппо?", "Кто пострадал в Алеппо?"),
        ("Кто ранен в Ракке в 2016 году?", "а в 2017 году?", "Кто ранен в Ракке в 2017 году?"),
        ("من أصيب قرب دير الزور؟", "وفي الرقة؟", "من أصيب في الرقة؟"),
        ("من أصيب قرب دير الزور؟", "ماذا عن الرقة؟", "من أصيب قرب الرقة؟"),
    ],
)
def test_a_phrase_takes_the_place_of_its_like(question, text, whole):
    assert resolved(text, question) == whole


def test_a_new_day_ends_the_window_that_was_asked_before():
    asked = f'{HURT} from:"Reuters" since:2017-09-01 until:2017-09-08'

    assert resolved("and last week?", asked) == f'{HURT[:-1]} last week? from:"Reuters"'


@pytest.mark.parametrize(
    ("question", "text", "whole"),
    [
        (HURT, "when?", "When was somebody hurt near Deir Ezzor?"),
        (HURT, "and when was that?", "When was somebody hurt near Deir Ezzor?"),
        (HURT, "where did it happen?", "Where was somebody hurt near Deir Ezzor?"),
        (HURT, "How come?", "Why was somebody hurt near Deir Ezzor?"),
        (HURT, "how many?", "How many were hurt near Deir Ezzor?"),
        (HURT, "and how many civilians?", "How many civilians were hurt near Deir Ezzor?"),
        (HURT, "which group?", "Which group was hurt near Deir Ezzor?"),
        (HURT, "by whom?", "By whom was somebody hurt near Deir Ezzor?"),
        (HURT, "what weapon?", "With what weapon was somebody hurt near Deir Ezzor?"),
        (HURT, "which day?", "On which day was somebody hurt near Deir Ezzor?"),
        ("What was sunk?", "who?", "By whom was something sunk?"),
        ("Who sank the boat?", "when?", "When was it that somebody sank the boat?"),
        ("Who sank the boat?", "by whom?", "Who sank the boat?"),
        ("Who sank the boat?", "which country?", "Which country sank the boat?"),
        ("When was it that somebody sank the boat?", "who?", "Who sank the boat?"),
        ("Which otter sank the boat?", "why?", "Why was it that the otter sank the boat?"),
        ("Where was Ana Otter seen?", "who?", "By whom was Ana Otter seen?"),
        ("Where was Ana Otter seen?", "how many?", "How many: Ana Otter seen?"),
        ("How many: Ana Otter seen?", "when?", "When: Ana Otter seen?"),
        ("When did otters take Homs?", "why?", "Why did otters take Homs?"),
        ("Did otters take Homs?", "when?", "When did otters take Homs?"),
        ("Did otters take Homs?", "who?", "Who: otters take Homs?"),
        ("Who did Ana blame for it?", "why?", "Why did Ana blame somebody for it?"),
        ("Who was the first otter?", "where?", "Where was the first otter?"),
        ("Which boats were sunk?", "how many?", "How many boats were sunk?"),
        ("Which boats were sunk?", "which group?", "Which group: the boats were sunk?"),
        ("How many boats were sunk?", "who?", "Who were the boats sunk?"),
        ("In 2016, who sank it?", "why?", "Why was it that somebody sank it in 2016?"),
        ("earthquake in Turkey", "when?", "When: earthquake in Turkey?"),
        ("Кто пострадал под Хомсом?", "когда?", "Когда пострадал под Хомсом?"),
        ("Взрыв в Хомсе", "когда?", "Когда: Взрыв в Хомсе?"),
        ("من أصيب قرب دير الزور؟", "متى؟", "متى أصيب قرب دير الزور؟"),
    ],
)
def test_a_question_word_alone_asks_the_same_anew(question, text, whole):
    assert resolved(text, question) == whole


@pytest.mark.parametrize(
    ("question", "text", "whole"),
    [
        (HURT, "was he injured?", "Was he injured (near Deir Ezzor)?"),
        (HURT, "what did they say?", "What did they say (hurt near Deir Ezzor)?"),
        (HURT, "who did it?", "Who did it (hurt near Deir Ezzor)?"),
        (HURT, "where is he now?", "Where is he (hurt near Deir Ezzor)?"),
        (HURT, "what happened?", "What happened (hurt near Deir Ezzor)?"),
        (HURT, "how many died?", "How many died (near Deir Ezzor)?"),
        (HURT, "was anyone arrested?", "Was anyone arrested (near Deir Ezzor)?"),
        (HURT, "who was the pilot?", "Who was the pilot (near Deir Ezzor)?"),
        (HURT, "Why did Russia bomb it?", "Why did Russia bomb it (near Deir Ezzor)?"),
        (HURT, "what does the army say?", "What does the army say (near Deir Ezzor)?"),
        (
            HURT,
            "and who did the US military hold responsible for it?",
            "Who did the US military hold responsible for it (near Deir Ezzor)?",
        ),
        ("Was he hurt (in Homs)?", "who did it?", "Who did it (hurt in Homs)?"),
        ("Who did it (hurt in Homs)?", "why?", "Why: hurt in Homs?"),
        ("Was he hurt (in Homs)?", "when?", "When was he hurt (in Homs)?"),
        ("Who helped them (in Homs)?", "are they safe?", "Are they safe (in Homs)?"),
        ("What caused the flood?", "how many died?", "How many died (caused the flood)?"),
        ("When: flood in Homs?", "who did it?", "Who did it (flood in Homs)?"),
        (
            "Did Russia bomb the SDF near Homs in May 2016?",
            "were they wounded?",
            "Were they wounded (Russia, SDF near Homs in May 2016)?",
        ),
        ("Кто ранен в Хомсе?", "кто это сделал?", "Кто это сделал (ранен в Хомсе)?"),
    ],
)
def test_a_pronoun_is_given_what_it_stands_for(question, text, whole):
    assert resolved(text, question) == whole


@pytest.mark.parametrize(
    "text",
    [
        "thanks", "ok", "lol", "no thanks", "just kidding", "спасибо", "شكرا", "", "?!", "and?",
        "what about you?", "who are you?", "and that's it", "Raqqa", "earthquake in Turkey",
        "who won the 2018 world cup?", "how long should I boil an egg?", "Who is Putin?",
        "When did the siege of Aleppo end?", "Where is Palmyra and who holds it?",
        "is there a war in sudan", "who said that the war is over", "in Raqqa, who was killed?",
        "did the police say when they came?", "why did the army lose its way",
        "what did the coalition say from:bbc", "who was wounded after:2017-09-01 -russian",
        "how many soldiers died?", "what did Putin say?", "how does this work?", "is that true?",
        "how do I use this", "are you sure?", "only civilians", "only the facts",
        "From where did the convoy start?", "on the other hand", "but not in Syria",
        "What does the letter of the otters to the harbour say of the price of tea, and why?",
    ],
)  # fmt: skip
def test_a_question_of_its_own_is_left_alone(text):
    assert resolved(text) is None


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("any source", "Who was hurt near Homs? after:2017-09-01"),
        ("at any time?", 'Who was hurt near Homs? from:"Reuters"'),
    ],
)
def test_limits_can_be_lifted_in_words(text, whole):
    assert resolved(text, 'Who was hurt near Homs? from:"Reuters" after:2017-09-01') == whole


def test_nothing_follows_up_a_question_without_words():
    assert follow_up("more", Turn(" ")) is None


def test_a_place_is_no_source_though_a_publisher_bears_its_name():
    assert resolved("and Deir Ezzor?", "Who was hurt near Homs?") == HURT
    assert resolved("only Deir Ezzor 24") == f'{HURT} from:"Deir Ezzor 24"'


def test_a_filter_may_stand_behind_a_follow_up():
    assert resolved('and in Raqqa? from:"BBC News"') == 'Who was hurt in Raqqa? from:"BBC News"'
    assert resolved("more before:2016", f"{HURT} until:2017") == f"{HURT} before:2016"


def test_ten_follow_ups_do_not_pile_up():
    question = HURT
    for text in ["and in Aleppo?", "when?", "and Homs?", "where?", "and in 2016?", "and on 3 May?",
                 "who?", "only the BBC", "older", "only Reuters", "and in Raqqa?"]:  # fmt: skip
        question = resolved(text, question)

    assert question == 'Who was hurt in Raqqa on 3 May? before:2017-09-16 from:"Reuters"'


def test_pronouns_do_not_pile_up():
    question = HURT
    for text in [
        "who did it?",
        "why did they do it?",
        "who did it?",
        "was he injured?",
        "who did it?",
    ]:
        question = resolved(text, question)

    assert question == "Who did it (injured hurt near Deir Ezzor)?"


PIECES = st.sampled_from(
    ["and", "in", "Raqqa", "when", "who", "did", "it", "?", "(", ")", ":", "before:", 'from:"',
     "the", "2016", "3 May", "only", "more", "а", "в", "و", "وفي", "متى", "ещё", "last week", "-x",
     "was", "US", "how many", "what about", "somebody", "says", "according to", "'s", "at", "İ"]
)  # fmt: skip
HOSTILE = st.lists(PIECES | st.text(max_size=4), max_size=14).map(" ".join)


@example("and the İ?", "Who saw the İ?")
@example("and " + "x" * 150, "y" * 1200)
@given(HOSTILE, HOSTILE)
def test_any_text_after_any_question_is_a_bounded_question_or_none(text, question):
    made = follow_up(text, Turn(question, 2, "k", "2017-09", "Reuters"), publishers=PUBLISHERS)

    assert made is None or (made.question.strip() and len(made.question) <= LONGEST)


@given(st.text(max_size=60))
def test_any_text_is_followed_up_or_not(text):
    for question in (HURT, COUNTED, "من أصيب قرب دير الزور؟"):
        made = follow_up(text, after(question), publishers=(text, *PUBLISHERS))
        assert made is None or 0 < len(made.question) <= LONGEST


@pytest.mark.parametrize(
    ("question", "text", "whole"),
    [
        (f"{HURT} article:otter", "only Reuters", f'{HURT} from:"Reuters"'),
        (f"{HURT} article:otter", "older", f"{HURT} before:2017-09-16"),
        (f"{HURT} article:otter", "newer", f"{HURT} after:2017-09-17"),
        (HURT, "2016?", "Who was hurt near Deir Ezzor in 2016?"),
        (HURT, "September 2016?", "Who was hurt near Deir Ezzor in September 2016?"),
        ('"killed in action"', "and in Raqqa?", '"killed in action" in Raqqa'),
        (f"{HURT} -SDF", "and in Raqqa -Turkey", "Who was hurt in Raqqa? -SDF -Turkey"),
    ],
)
def test_no_limit_is_lost_and_none_rules_all_out(question, text, whole):
    assert resolved(text, question) == whole
