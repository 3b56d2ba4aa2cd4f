"""Links that lead to the words quoted."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fragments import at_page, at_words

PAGE = "https://a.example/b"
LONG = "One two three four five six seven eight nine ten eleven twelve thirteen."


@pytest.mark.parametrize(
    ("url", "sentence", "link"),
    [
        (PAGE, "Otters sleep.", f"{PAGE}#:~:text=Otters%20sleep."),
        (PAGE, "a-b, c & d", f"{PAGE}#:~:text=a%2Db%2C%20c%20%26%20d"),
        (PAGE, "спят выдры", f"{PAGE}#:~:text=спят%20выдры"),
        (
            PAGE,
            LONG,
            f"{PAGE}#:~:text=One%20two%20three%20four%20five,nine%20ten%20eleven%20twelve%20thirteen.",
        ),
        (f"{PAGE}#top", "Otters.", f"{PAGE}#top:~:text=Otters."),
        (f"{PAGE}#!/app", "Otters.", f"{PAGE}#!/app"),
        (f"{PAGE}#:~:text=x", "Otters.", f"{PAGE}#:~:text=x"),
        ("https://t.me/otters/5", "Otters.", "https://t.me/otters/5"),
        ("mailto:a@b.example", "Otters.", "mailto:a@b.example"),
        ("https://[broken", "Otters.", "https://[broken"),
        (PAGE, "  ", PAGE),
        ("", "Otters.", ""),
    ],
)
def test_a_link_leads_to_the_words_where_it_can(url, sentence, link):
    assert at_words(url, sentence) == link


def test_a_page_of_a_pdf_has_an_address_of_its_own_and_a_web_page_about_it_has_none():
    assert at_page(f"{PAGE}.pdf", 3, "Kelp.") == f"{PAGE}.pdf#page=3"
    assert at_page(f"{PAGE}.PDF#kelp", 3, "Kelp.") == f"{PAGE}.PDF#kelp"
    assert at_page(PAGE, 3, "Kelp.") == at_words(PAGE, "Kelp.")


@given(st.text(max_size=60))
def test_the_words_stand_in_the_link_and_break_nothing(sentence):
    link = at_words(PAGE, sentence)

    words = " ".join(sentence.encode("utf-8", "ignore").decode().split())
    named = urlsplit(link).fragment.removeprefix(":~:text=")
    assert link.startswith(PAGE)
    assert not set(' "<>') & set(link)
    assert "," in named or unquote(named) == words
