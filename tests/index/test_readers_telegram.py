import json
from pathlib import Path

import pytest

from index.article import Credit
from index.errors import Unreadable
from index.readers import read
from index.readers.telegram import articles, looks_right

OTTERS = "Sea otters hold hands while they sleep, so that the tide cannot part them."
TEA = "The harbour master drinks his tea at five, come rain or shine, and alone."
RAW = Path(__file__).parents[2].parent / "shared" / "eval" / "raw" / "made" / "telegram"


def export(*posts, **more):
    channel = {"name": "The Daily Tide", "type": "public_channel", "id": 12, "messages": []}
    return json.dumps({**channel, "messages": list(posts), **more}).encode()


def post(text, **more):
    told = {"id": 7, "type": "message", "date": "2017-09-16T12:00:00"}
    return {**told, "date_unixtime": "1505556000", "text": text, **more}


def quotes(article):
    return [article.text[span.start : span.end] for span in article.spans]


def test_a_post_is_an_article_of_its_channel_with_a_link_to_it():
    (article,) = articles(export(post(OTTERS, author="Ann Gull"), username="daily_tide")).articles

    assert article.credit == Credit(
        publisher="The Daily Tide",
        author="Ann Gull",
        published="2017-09-16T10:00:00+00:00",
        url="https://t.me/daily_tide/7",
    )
    assert (article.text, article.entry) == (OTTERS, "7")


def test_a_text_in_pieces_is_put_together_and_a_bold_first_line_is_its_title():
    pieces = [
        {"type": "bold", "text": "Otters of the Bay"},
        "\nSea otters ",
        {"type": "italic", "text": "hold"},
        " hands while they sleep, ",
        {"type": "text_link", "text": "so", "href": "https://tide.example/so"},
        " that the tide cannot part them.\n\n",
        TEA,
    ]

    (article,) = articles(export(post(pieces))).articles

    assert article.credit.title == "Otters of the Bay"
    assert quotes(article) == [OTTERS, TEA]


def test_the_links_and_hashtags_that_close_a_post_are_its_source_and_no_text():
    source = {"type": "text_link", "text": "Source", "href": "https://tide.example/a?utm_source=x"}
    closing = ["\n\n", source, " ", {"type": "hashtag", "text": "#otters"}, " 🦦"]
    joined = {"type": "mention", "text": "@daily_tide"}

    found = articles(
        export(
            post([f"{OTTERS}", *closing]),
            post([OTTERS, "\n\n", {"type": "link", "text": "https://tide.example/b"}], id=8),
            post([OTTERS, "\n", joined], id=9),
            post(["Tea is sold by ", {"type": "mention", "text": "@anchor"}], id=10),
        )
    ).articles

    assert [(article.text, article.credit.url) for article in found] == [
        (OTTERS, "https://tide.example/a"),
        (OTTERS, "https://tide.example/b"),
        (OTTERS, ""),
        ("Tea is sold by @anchor", ""),
    ]


def test_a_forwarded_post_is_of_its_origin_by_way_of_the_channel():
    (article,) = articles(export(post(OTTERS, forwarded_from="Gull News"))).articles

    assert (article.credit.publisher, article.credit.via) == ("Gull News", "The Daily Tide")


def test_an_edited_post_keeps_the_moment_of_its_publication():
    edited = post(OTTERS, edited="2018-01-01T00:00:00", edited_unixtime="1514764800")

    (article,) = articles(export(edited)).articles

    assert article.credit.published == "2017-09-16T10:00:00+00:00"


def test_service_messages_and_posts_without_words_are_left_out():
    service = {"id": 1, "type": "service", "action": "create_channel", "text": "", "title": "x"}

    found = articles(
        export(service, post("", photo="a.jpg", id=2), post("🦦🦦", id=3), post(OTTERS, id=4))
    )

    assert [(article.entry, article.text) for article in found.articles] == [("4", OTTERS)]
    assert found.faults == ()


def test_a_private_channel_is_linked_for_its_members():
    (article,) = articles(export(post(OTTERS), type="private_channel")).articles

    assert article.credit.url == "https://t.me/c/12/7"


def test_of_an_account_only_the_channels_are_read():
    chats = [
        json.loads(export(post(OTTERS))),
        json.loads(export(post("Shall we have tea?"), type="personal_chat")),
        json.loads(export(post(TEA), id=13, name="Tea")),
    ]
    about = {"about": "Here is the data you requested.", "chats": {"list": chats}}

    found = articles(json.dumps(about).encode()).articles

    assert [(article.entry, article.text) for article in found] == [
        ("12/7", OTTERS),
        ("13/7", TEA),
    ]


def test_a_post_that_is_not_as_telegram_writes_them_does_not_stop_the_others():
    odd = [post(OTTERS, date_unixtime=["x"], date=None), post({"text": TEA}, id=8), "x", None]

    found = articles(export(*odd))

    assert [article.text for article in found.articles] == [OTTERS, TEA]


@pytest.mark.parametrize("indent", [None, 1])
def test_an_export_is_known_by_its_beginning(tmp_path, indent):
    data = json.loads(export(post(OTTERS)))
    (tmp_path / "a.txt").write_text(json.dumps(data, indent=indent), "utf-8")

    (article,) = read(tmp_path / "a.txt")

    assert article.text == OTTERS
    assert looks_right('{"about": "Here is the data you requested. ..."')
    assert not looks_right('{"type": "public_channel", "text": "x"}')


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"name": "tea"}', "JSON, but no Telegram export"),
        (b"[1]", "JSON, but no Telegram export"),
        (b'{"messages": [', "not valid JSON (Expecting value)"),
        (
            export(post(OTTERS), type="private_group"),
            "a Telegram export without a channel; chats of people are not read",
        ),
        (export(post("")), "no article text found"),
    ],
)
def test_what_cannot_be_read_says_why(data, reason):
    with pytest.raises(Unreadable) as raised:
        articles(data)

    assert str(raised.value) == reason


@pytest.mark.skipif(not RAW.is_dir(), reason="the evaluation data is not beside this checkout")
def test_the_layout_that_telegram_desktop_documents_is_read():
    found = read(RAW / "result.json")

    assert [article.entry for article in found] == ["2", "3", "4", "5", "6", "7"]
    assert found[0].credit == Credit(
        title="DoD Identifies Army Casualty",
        publisher="Daily Test",
        published="2016-12-01T09:30:00+00:00",
        url="http://www.centcom.mil/MEDIA/PRESS-RELEASES/Press-Release-View/Article/1045823/"
        "dod-identifies-army-casualty/",
    )
    assert (found[3].credit.publisher, found[3].credit.via) == ("Another Channel", "Daily Test")
