import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import Unreadable
from index.readers import read
from index.readers.decoding import clean, decode

RAW = Path(__file__).parents[2].parent / "shared" / "eval" / "raw"

RUSSIAN = "Выдры спали в бухте, держась за лапы. В гавани было тихо.\n"
ARABIC = "كانت المدينة هادئة في ذلك الصباح. شرب القبطان الشاي.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Sea otters “hold” hands.\n", "utf-8-sig"),
        ("Le café de la gare était fermé à l’été, et la mer calme.\n" * 3, "cp1252"),
        *((RUSSIAN, encoding) for encoding in ("cp1251", "koi8-r", "cp866", "utf-16", "utf-32")),
        *((RUSSIAN, encoding) for encoding in ("utf-32-le", "utf-32-be")),
        *((ARABIC, encoding) for encoding in ("cp1256", "iso-8859-6", "utf-16-le")),
        ("港口今天早上很安静，水獭 308 只在睡觉。\n", "gb18030"),
        ("港口今天早上很安静，水獭 308 只在睡觉。\n", "utf-16-be"),
        ("港口今天早上很安靜，水獺在睡覺。\n", "big5"),
        ("ラッコは手をつないで眠っていた。港は静かだ。\n", "shift_jis"),
        ("ラッコは手をつないで眠っていた。港は静かだ。\n", "iso2022_jp"),
        ("ตัวนากนอนจับมือกันในอ่าว ท่าเรือเงียบสงบในเช้าวันนี้\n", "cp874"),
        ("항구는 오늘 아침 조용했다. 수달이 잤다.\n", "euc-kr"),
    ],
)
def test_the_encoding_of_a_text_is_found(text, encoding):
    assert decode(text.encode(encoding)) == text


def test_a_page_is_read_in_the_charset_that_it_declares():
    page = "<html><head><meta charset='windows-1251'></head><p>Чай"

    assert decode(page.encode("cp1251")) == page


def test_a_feed_is_read_in_the_encoding_that_it_declares():
    feed = "<?xml version='1.0' encoding='euc-kr'?><rss><title>년</title></rss>"

    assert decode(feed.encode("euc-kr")) == feed


@pytest.mark.parametrize(
    ("named", "read_in"),
    [("cp1251", "cp1251"), (" KOI8-R", "koi8-r"), ("tea", "cp1251"), ("idna", "cp1251")],
)
def test_the_charset_that_came_with_a_text_goes_before_guessing(named, read_in):
    assert decode(RUSSIAN.encode("cp1251"), charset=named) == (
        RUSSIAN.encode("cp1251").decode(read_in)
    )


def test_a_wrong_charset_that_came_with_a_text_does_not_spoil_utf8():
    assert decode(RUSSIAN.encode(), charset="latin-1") == RUSSIAN


def test_a_wrong_declaration_does_not_spoil_utf8():
    page = "<html><head><meta charset='windows-1251'></head><p>Чай"

    assert decode(page.encode()) == page


def test_a_damaged_character_among_many_whole_ones_is_marked():
    assert decode((RUSSIAN * 5).encode()[:-3]) == (RUSSIAN * 5)[:-3] + "\ufffd"


def test_a_text_longer_than_the_sample_is_not_cut_in_a_character():
    text = "水獭在港口里睡觉，手拉着手。\n" * 4000

    assert decode(text.encode("gb18030")) == text


def test_line_ends_become_line_feeds_and_zeros_go():
    assert clean("\ufeffone\r\ntwo\rthree\0\ud800") == "one\ntwo\nthree\ufffd"


@pytest.mark.parametrize(
    "data", [b"\0" * 64, b"\0\1\2\3" * 9, b"tea\0\1\2\3", bytes(range(256)) * 9, b"PK\x03\x04"]
)
def test_binary_data_is_no_text(data):
    with pytest.raises(Unreadable):
        decode(data)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_is_always_read_as_it_is(text):
    assert decode(("tea " + text).encode()) == "tea " + text


@pytest.mark.skipif(not RAW.is_dir(), reason="the evaluation data is not beside this checkout")
def test_every_encoding_of_the_evaluation_data_is_read():
    lines = (RAW / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [row for row in map(json.loads, lines) if row["kind"] == "txt"]

    for row in texts:
        (article,) = read(RAW / row["file"])
        letters = "".join(filter(str.isalnum, article.text))
        assert all("".join(filter(str.isalnum, must)) in letters for must in row["must"]), row
