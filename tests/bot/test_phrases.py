"""What the bot says, in the languages that it speaks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phrases import LANGUAGES, language_for, phrases_in
from scripts.catalogs import catalog_of, sentences, untranslated, updated, written

spoken = phrases_in("en").day


@pytest.mark.parametrize(
    ("iso", "said"),
    [
        ("2017", "2017"),
        ("2017-09", "September 2017"),
        ("2017-09-16", "16 September 2017"),
        ("2017-09-06T10:00:00+00:00", "6 September 2017"),
        ("2017-13", ""),
        ("", ""),
        ("yesterday", ""),
    ],
)
def test_a_date_is_said_as_precisely_as_it_is_known(iso, said):
    assert spoken(iso) == said


@given(st.dates())
def test_every_date_can_be_said(day):
    assert spoken(day.isoformat()) == f"{day.day} {day:%B} {day.year}"


OTHERS = [language for language in LANGUAGES if language != "en"]
TAG_OR_PART = re.compile(r"</?[a-z]+[^>]*>|\{\w+\}|/[a-z]+\b(?!>)")


@pytest.fixture(scope="module")
def template():
    return sentences()


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_none_is_left_over(language, template):
    catalog = updated(language, template)

    assert list(untranslated(catalog)) == [], "run scripts/run catalogs, and translate these"
    assert {message.id for message in catalog_of(language)} == {each.id for each in catalog}


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_parts_tags_and_commands(language):
    for message in catalog_of(language):
        if not message.id:
            continue
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        for form in forms:
            wanted = sorted(TAG_OR_PART.findall(english[-1]))
            given_ = sorted(TAG_OR_PART.findall(form))
            # One and two are words of their own in Arabic.
            missing = [part for part in wanted if part not in given_]
            assert set(missing) <= ({"{number}"} if len(forms) > 1 else set()), message.id
            assert [part for part in given_ if part not in wanted] == [], message.id


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalog_is_written_the_same_each_time(language, template):
    catalog = updated(language, template)

    assert written(catalog) == written(updated(language, template))
    assert b"Creation-Date" not in written(catalog)


@pytest.mark.parametrize(
    ("wanted", "spoken_"),
    [
        (("ru",), "ru"),
        (("ar-EG",), "ar"),
        (("pt_BR",), "en"),
        (("", "RU-ru"), "ru"),
        (("ar", "ru"), "ar"),
        ((None, None), "en"),
    ],
)
def test_the_first_language_that_the_bot_speaks_is_taken(wanted, spoken_):
    assert language_for(*wanted) == spoken_


def test_numbers_choose_the_form_of_a_sentence():
    russian = phrases_in("ru").answers

    forms = [russian.nothing_found(n, 0, "", "") for n in (1, 2, 5, 21)]
    assert len({re.sub(r"\d+", "", form) for form in forms}) == 2
    assert phrases_in("ar").day("2017-09-16") == "16 سبتمبر 2017"
