"""An answer becomes one message that Telegram takes and that quotes word for word."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.limits import ENTITIES, MESSAGE_UNITS
from bot.phrases import phrases_in
from bot.render import answer_html, copied, plain_text, source_html, source_of
from index import Answer, Credit, Passage
from scripts.simulator.markup import Parsed, parse_html, utf16_units
from tests.support.library import SEARCHED, answer, passage

ENGLISH = phrases_in("en").answers


def english(answer: Answer) -> str:
    return answer_html(answer, ENGLISH)


def quotes(parsed: Parsed) -> list[str]:
    return [piece.text for piece in parsed.pieces if piece.kind.endswith("blockquote")]


def test_sources_stand_above_their_quotes_and_other_carriers_below():
    first = replace(passage("One. Two.", best="Two."), also=("The Otter", "Kelp & Co"))
    second = passage("Raft.", title="Rafts <2>", publisher="", via="Reuters", published="2017-09")

    assert english(answer(first, second)) == (
        '<a href="https://tidewater.example/otters#:~:text=Two.">How otters sleep</a>'
        " · Tidewater Weekly · 16 September 2017\n"
        "<blockquote>One. <b>Two.</b></blockquote>\n"
        "Also carried by The Otter, Kelp &amp; Co\n\n"
        '<a href="https://tidewater.example/otters#:~:text=Raft.">Rafts &lt;2&gt;</a>'
        " · via Reuters · September 2017\n"
        "<blockquote><b>Raft.</b></blockquote>"
    )


@pytest.mark.parametrize(
    ("credit", "line"),
    [
        (Credit(), "Source unknown"),
        (Credit(published="2017"), "Source unknown · 2017"),
        (Credit(title="T"), "T"),
        (Credit(publisher="P", via="V"), "P via V"),
        (Credit(url="https://a.example/b"), '<a href="https://a.example/b">a.example</a>'),
        (
            Credit(publisher="P", url='http://a.example/?b="1"&c'),
            '<a href="http://a.example/?b=&quot;1&quot;&amp;c">P</a>',
        ),
        (Credit(title="T", url="javascript:alert(1)"), "T"),
        (Credit(title="T", url="http://"), "T"),
        (Credit(title="T", url="http://[broken"), "T"),
        (Credit(title="T", url="http://a.example/a b"), "T"),
        (Credit(title="T", url="http://a.example/" + "x" * 1_000), "T"),
        (Credit(title="  T\n  U "), "T U"),
        (Credit(title="T\ud800"), "T?"),
        (Credit(title="word " * 50), "word " * 39 + "word…"),
        (Credit(title="خبر", publisher="P"), "\u2068خبر\u2069 · P"),
        (Credit(title="a\u202eb\u2069c", publisher="P"), "abc · P"),
    ],
)
def test_a_source_line_is_readable_whatever_is_missing(credit, line):
    assert source_html(credit, ENGLISH) == line


def test_a_passage_of_a_printed_file_tells_its_page_and_links_to_it():
    report = replace(
        passage("Raft."), page=12, credit=Credit("Kelp", url="http://k.example/a.pdf")
    )

    assert english(answer(report)) == (
        '<a href="http://k.example/a.pdf#page=12">Kelp</a> · p. 12\n'
        "<blockquote><b>Raft.</b></blockquote>"
    )
    assert copied(report, ENGLISH) == "“Raft.” — Kelp, p. 12"
    assert source_of(report, phrases_in("ru").answers).endswith(" · с. 12")
    assert source_of(report, phrases_in("ar").answers).endswith(" · ص 12")


def test_a_long_quote_is_folded():
    parsed = parse_html(english(answer(passage("Otters sleep. " * 50))))

    assert parsed.of("expandable_blockquote") == ["Otters sleep. " * 50]


def test_at_most_three_passages_are_quoted():
    many = [passage(f"Otter {n}.") for n in range(5)]

    assert quotes(parse_html(english(answer(*many)))) == ["Otter 0.", "Otter 1.", "Otter 2."]


def test_a_quote_that_does_not_fit_is_cut_visibly_around_its_best_sentence():
    text = "Kelp grows. " * 500 + "Otters hold hands. " + "They sleep. " * 500

    [quote] = quotes(parse_html(english(answer(passage(text, best="Otters hold hands.")))))

    assert quote.startswith("… Otters hold hands. They sleep.")
    assert quote.endswith("They sleep. …")
    assert quote[2:-2] in text


def test_short_quotes_stay_whole_beside_a_long_one():
    long = passage("Kelp grows. " * 500)

    first, second, third = quotes(parse_html(english(answer(passage(), long, passage()))))

    assert (first, third) == (passage().text, passage().text)
    assert second.endswith("Kelp grows. …")


def test_fewer_passages_are_quoted_rather_than_scraps_of_many():
    wide = {"title": "&" * 400, "publisher": "&" * 400, "url": "https://a.example/" + "x" * 900}
    long = [replace(passage("Kelp grows. " * 500, **wide), also=("&" * 400,) * 9)] * 3

    assert len(quotes(parse_html(english(answer(*long))))) == 2


@pytest.mark.parametrize(
    ("searched", "said"),
    [
        ({}, "1,234 articles from 12 publishers, published from 3 May 2016 to 16 September 2017."),
        ({"earliest": "", "latest": ""}, "1,234 articles from 12 publishers."),
        ({"articles": 1, "publishers": 0}, "1 article, published from 3 May 2016 to 16 Sep"),
        ({"latest": "2016-05-03"}, "1,234 articles from 12 publishers, published on 3 May 2016."),
        ({"earliest": "", "latest": "2016"}, "from 12 publishers, published in 2016."),
    ],
)
def test_an_answer_that_abstained_says_what_was_searched(searched, said):
    abstained = replace(answer(), searched=replace(SEARCHED, **searched))

    html = english(abstained)

    assert html.startswith("I found nothing that answers this. I searched 1")
    assert said in html


def test_an_empty_collection_is_admitted():
    empty = replace(answer(), searched=replace(SEARCHED, articles=0))

    assert english(empty) == "I have no articles to search yet, so I cannot answer."


def test_the_plain_form_says_the_same_with_addresses():
    html = english(answer(passage("1 < 2 & so. Yes.", best="Yes.", url="https://a.example/?b&c")))

    assert plain_text(html) == (
        "How otters sleep (https://a.example/?b&c) · Tidewater Weekly · 16 September 2017\n"
        "1 < 2 & so. Yes."
    )


words = st.text(alphabet='<>&"; .\n😀عab\u0301\u200d\ufe0f\u202e\u05d0/', max_size=30)
texts = st.one_of(
    words.filter(str.strip),
    st.builds(lambda word, times: (word or "x") * times, words, st.integers(1, 400)).filter(
        str.strip
    ),
)


@st.composite
def passages(draw: st.DrawFn) -> Passage:
    text = draw(texts)
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    credit = Credit(
        title=draw(texts),
        publisher=draw(words),
        via=draw(words),
        published=draw(st.sampled_from(["", "2017", "2017-09-16", "<b>"])),
        url=draw(st.sampled_from(["", 'https://a.example/?"<&>', "https://" + "&" * 190, "x"])),
    )
    also = tuple(draw(st.lists(words, max_size=8)))
    return replace(
        passage(), text=text, end=len(text), best=(start, end), credit=credit, also=also
    )


@pytest.mark.timeout(900)
@settings(max_examples=7 * settings().max_examples, deadline=None)  # 7,000 if `thorough`
@given(st.lists(passages(), min_size=3, max_size=3))
def test_whatever_is_quoted_telegram_takes_it_and_the_words_are_the_articles(found):
    html = english(answer(*found))

    parsed = parse_html(html)
    assert utf16_units(html) < MESSAGE_UNITS
    assert len(parsed.pieces) <= ENTITIES
    shown = quotes(parsed)
    assert 1 <= len(shown) <= 3
    for quote, source in zip(shown, found, strict=False):
        assert quote == source.text or is_visible_cut(quote, source.text)


def is_visible_cut(quote: str, text: str) -> bool:
    kept = quote.removeprefix("… ").removesuffix(" …")
    return len(kept) < len(quote) and kept in text
