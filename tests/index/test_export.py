"""Articles to lines of JSON and back: the same keys, paragraphs, ids and words."""

import json
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.article import Article, Credit, Span
from index.errors import Unreadable
from index.export import Exported, exported_lines, read_export
from index.reindex import Options, bring_back, collect
from index.store import SqliteStore
from tests.support.collections import OTTERS, Desk

TABLES = {
    "articles": "*",
    "paragraphs": 'id, article, position, start, "end", heading, digest, terms',
    "acronyms": "*",
    "vectors": "*",
    "words": "*",
}
"""What is compared: all but the generation that a paragraph came in with, which is another."""


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(folder / "library.db")) as db:
        tables = {
            table: sorted(db.execute(f"select {columns} from {table}"), key=repr)
            for table, columns in TABLES.items()
        }
        tables["files"] = sorted(db.execute("select origin from files"))
    return tables


def export(desk: Desk, path: Path) -> Path:
    with closing(SqliteStore(desk.folder)) as store, store.snapshot() as view:
        path.write_text("".join(f"{line}\n" for line in exported_lines(view)), "utf-8", newline="")
    return path


def take_back(path: Path, desk: Desk):
    return bring_back(
        read_export(path), desk.folder, desk.model, options=Options(), progress=lambda *_: None
    )


def another(root: Path) -> Desk:
    (root / "another").mkdir(parents=True)
    return Desk(root / "another")


texts = st.text(
    alphabet=st.one_of(st.sampled_from('"\\\r\n\t \u2028\x85<😀é'), st.characters(codec="utf-8")),
    min_size=1,
    max_size=40,
).map(lambda text: text.replace("\0", "") or "x")
told_credits = st.builds(Credit, texts, texts, texts, texts, st.just("2017-09"), texts)


@st.composite
def articles(draw) -> Article:
    text, spans = draw(texts), []
    for paragraph in draw(st.lists(texts, min_size=1, max_size=4)):
        start = len(text) + 1
        text = f"{text}\n{paragraph}"
        spans.append(Span(start, len(text), draw(st.sampled_from(["", "A heading", "é\n"]))))
    return Article(
        text, tuple(spans), draw(told_credits), language=draw(st.sampled_from(["", "ru"]))
    )


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from(["sea", "hills", "мир"]), st.lists(articles(), min_size=1)))
@example({"sea": [Article("tea\r\n\u2028tea", (Span(0, 3), Span(5, 9)))] * 2})
def test_there_and_back_nothing_is_lost(given_articles):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        here, there = Desk(root), another(root)
        collect(
            given_articles, here.folder, here.model, options=Options(), progress=lambda *_: None
        )
        if not given_articles:
            return

        take_back(export(here, root / "all.jsonl"), there)

        assert rows(there.folder) == rows(here.folder)


def test_a_changed_article_comes_back_under_the_key_it_was_first_seen_with(desk, tmp_path):
    desk.reindex()
    desk.write("otters.txt", OTTERS.replace("eleven pups", "twelve pups"))
    desk.reindex()
    there = another(tmp_path)

    outcome = take_back(export(desk, tmp_path / "all.jsonl"), there)

    assert rows(there.folder) == rows(desk.folder)
    assert (outcome.new, outcome.paragraphs, outcome.generation) == (2, 5, 1)


def test_after_coming_back_the_files_themselves_are_unchanged(desk, tmp_path):
    desk.reindex()
    path = export(desk, tmp_path / "all.jsonl")
    there = another(tmp_path)
    take_back(path, there)
    there.articles = desk.articles

    outcome = there.reindex()

    assert (outcome.new, outcome.changed, outcome.unchanged, outcome.removed) == (0, 0, 2, 0)


def test_taking_back_what_is_there_changes_nothing(desk, tmp_path):
    desk.reindex()
    path = export(desk, tmp_path / "all.jsonl")
    before = rows(desk.folder)

    outcome = take_back(path, desk)

    assert (outcome.unchanged, outcome.generation) == (2, 1)
    assert rows(desk.folder) == before


def test_what_the_collection_holds_besides_stays_and_what_stands_in_the_place_goes(desk, tmp_path):
    desk.reindex()
    path = export(desk, tmp_path / "all.jsonl")
    there = another(tmp_path)
    there.write("gulls.txt", "Gulls follow the ferry from Tidewater to the lighthouse.")
    otters = Article("Otters of another key.", (Span(0, 22),))
    there.reindex()
    bring_back(
        [Exported("0" * 16, str(desk.articles / "otters.txt"), "", otters)],
        there.folder, there.model, options=Options(), progress=lambda *_: None,
    )  # fmt: skip

    outcome = take_back(path, there)

    assert (outcome.new, outcome.changed, outcome.removed) == (1, 1, 1)
    assert outcome.paragraphs == 6


ROW = {
    "key": "k", "origin": "o", "entry": "", "title": "", "publisher": "", "via": "", "author": "",
    "published": "", "url": "", "language": "", "text": "Tea.", "spans": [[0, 4, ""]],
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"text": 3},
        {"text": "\ud800"},
        {"text": "T\0a."},
        {"key": ""},
        {"spans": [[0, 5, ""]]},
        {"spans": [[2, 2, ""]]},
        {"spans": [[0, 3, ""], [2, 4, ""]]},
        {"spans": [[0, 4]]},
        {"spans": [[0.0, 4, ""]]},
        {"spans": None},
        {"url": None},
    ],
)
def test_a_line_that_is_no_exported_article_is_named(tmp_path, change):
    path = tmp_path / "all.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n{json.dumps({**ROW, **change})}\n")

    with pytest.raises(Unreadable, match=r"^line 2 of .*all\.jsonl is no exported article"):
        read_export(path)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xff\xfe", b"{", b"[]\n", b"[" * 100_000])
def test_what_is_no_export_is_refused(tmp_path, data):
    path = tmp_path / "all.jsonl"
    path.write_bytes(data)

    with pytest.raises(Unreadable):
        read_export(path)


def test_the_later_of_two_lines_of_one_place_counts(desk, tmp_path):
    first = Exported("a", "wire", "1", Article("Tea.", (Span(0, 4),)))
    later = replace(first, key="b", article=Article("Rope.", (Span(0, 5),)))

    bring_back(
        [first, later], desk.folder, desk.model, options=Options(), progress=lambda *_: None
    )

    assert [row[0] for row in rows(desk.folder)["articles"]] == ["b"]
