"""Whatever an address is, only an http(s) page whose site is what it seems becomes a link."""

import re
from html import unescape

import pytest

from bot.alerts import News, bulletin
from bot.handlers.article import article_view
from bot.handlers.results import passage_result
from bot.listing import articles_html, passages_html
from bot.looking import context_html, why_html
from bot.memory import Kind, Sheet
from bot.pages import article_html, pages_of
from bot.phrases import phrases_in
from bot.render import answer_html, copied, page_html, plain_text
from index import Filters, Listed, Listing, Match, Matches, Reading, Surroundings, Why
from tests.support.library import answer, passage, quotable
from tests.support.visit import visiting

PHRASES = phrases_in("en")
WORDS = PHRASES.answers

BAD = [
    *("javascript:alert(1)", "JavaScript://good.example/%0aalert(1)", "tg://resolve?domain=a"),
    *("data:text/html,<b>", "file:///etc/passwd", "vbscript:x", "ftp://good.example/", "//a.b/c"),
    *("https://good.example@evil.example/", "https://u:p@evil.example/", "https://@evil.example"),
    *("https://good.example\\@evil.example/", "https://evil.example\\.good.example/"),
    *("https://good.example%40evil.example/", "https://good.example\uff20evil.example/"),
    *("https://", "https:///path", "https://:80/", "https://[broken", "https://a.example:x/"),
    *(
        "https://a.example:99999/",
        " https://a.example/",
        "https://a.example/a b",
        "/a",
        "a.example",
    ),
    *(f"https://a.example/{chr(code)}x" for code in (*range(0x20), 0x7F, *range(0x80, 0xA1))),
    *(f"https://a.exam{chr(code)}ple/" for code in (0xAD, 0x200B, 0x202E, 0x2028, 0x3000, 0xFEFF)),
    *("https://a.example/\ud800", "java\nscript:alert(1)", "https://a.example/" + "x" * 2_000),
]
GOOD = [
    *("https://good.example/", "http://good.example", "HTTPS://Good.Example/A", "http://[::1]/"),
    *("https://good.example:8443/a?b=1&c=%20#d", "https://good.example/@user/a%40b?q=a@b#e@f"),
    *(
        "https://пример.example/новости",
        "https://مثال.example/خبر",
        "https://xn--e1afmkfd.example/",
    ),
    *("https://good.example/?u=javascript:alert(1)", 'https://good.example/"><b>'),
]


def shown(url):
    """What is said of an article with that address, wherever the bot speaks of articles."""
    told = passage("Otters sleep.", title="Otters", url=url)
    held = quotable(told)
    reading = Reading("otters.md", told.credit, ((1, told.text),))
    news = News("otters?", (told,))
    listed = Listed("otters.md", told.credit, 1, 1)
    return {
        "answer": answer_html(answer(told), WORDS),
        "page": page_html((told,), WORDS),
        "article": article_html(reading, pages_of(reading.paragraphs)[0], WORDS, mark=1),
        "search": passages_html(
            Matches("Otters", (Match(held, ((0, 6),)),), 1, filters=Filters()), PHRASES
        ),
        "latest": articles_html(Listing((listed,), 1), PHRASES),
        "context": context_html(Surroundings("", told.text, "", told.credit), told, WORDS),
        "why": why_html(Why((), 0.9, 0.5), told, WORDS),
        "alert": bulletin([news], PHRASES).html,
        "digest": bulletin([news, news], PHRASES).html,
    }


def links(html):
    return {
        unescape(each).partition(":~:")[0].rstrip("#")
        for each in re.findall(r'href="(.*?)"', html)
    }


@pytest.mark.parametrize("url", BAD)
def test_no_other_address_becomes_a_link_anywhere(url):
    for place, html in shown(url).items():
        assert (place, links(html)) == (place, set())
        assert "<a" not in html
        assert url not in plain_text(html)


@pytest.mark.parametrize("url", GOOD)
def test_a_page_is_linked_wherever_its_article_is_named(url):
    for place, html in shown(url).items():
        assert (place, links(html)) == (place, {url})


def test_what_is_copied_has_no_address():
    for url in (*BAD, *GOOD):
        assert "//" not in copied(passage("Otters sleep.", title="Otters", url=url), WORDS)


@pytest.fixture
async def scene(telegram, library, tmp_path):
    async with visiting(telegram, library, tmp_path) as visit:
        yield visit.office.scene_of(7, None, "en")


def urls(markup):
    rows = markup.inline_keyboard if markup else ()
    return [each.url for row in rows for each in row if each.url is not None]


async def test_a_button_leads_to_a_page_or_to_the_bot_itself(scene):
    for url in (*BAD, *GOOD):
        told = passage("Otters sleep.", title="Otters", url=url)
        reading = Reading("otters.md", told.credit, ((1, told.text),))

        view = article_view(reading, Sheet(Kind.ARTICLE, {}), scene)
        # A site that is not written in ASCII, or has no dot, is one that Telegram refuses there.
        plain = url in GOOD and url.isascii() and "[" not in url
        assert (url, urls(view.buttons)) == (url, [url] if plain else [])

        result = passage_result(told, 1, scene, "quotewire_bot")
        assert links(result.input_message_content.message_text) == (
            {url} if url in GOOD else set()
        )
        [below] = urls(result.reply_markup)
        assert below.startswith("https://t.me/quotewire_bot?start=")
