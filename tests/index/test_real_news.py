"""A reindex of real news, turned into files: what it embeds, and what it does not embed again."""

import json
from pathlib import Path

import pytest

from tests.support.collections import Desk

HAND = Path(__file__).parents[3] / "shared" / "eval" / "hand" / "corpus.jsonl"


def test_real_news_is_embedded_once_and_one_change_embeds_one_paragraph(tmp_path):
    if not HAND.is_file():
        pytest.skip("the news articles lie beside the checkout or not: they are their outlets'")
    desk = Desk(tmp_path)
    articles: dict[str, list[dict[str, str]]] = {}
    for line in HAND.read_text("utf-8").split("\n"):
        if line:
            row = json.loads(line)
            articles.setdefault(row["doc_id"], []).append(row)
    for name, rows in articles.items():
        about = {
            "title": rows[0]["title"],
            "publisher": rows[0]["source"],
            "date": rows[0]["date"],
        }
        text = "\n\n".join(row["text"] for row in rows)
        desk.write(f"{name}.md", f"---\n{json.dumps(about)}\n---\n\n{text}\n")

    first = desk.reindex()
    again = desk.reindex()
    changed = next(desk.articles.glob("re3d-*.md"))
    added = "The harbour master of Tidewater counted forty sea otters on the third of May."
    changed.write_text(changed.read_text("utf-8") + f"\n\n{added}\n", encoding="utf-8")
    desk.embedder.embedded.clear()
    third = desk.reindex()

    # Some of the texts stand there twice, and each of them is one article.
    texts = {" ".join(" ".join(row["text"] for row in rows).split()) for rows in articles.values()}
    copies = len(articles) - len(texts)
    assert (first.new, first.copies, first.failed) == (len(texts), copies, ())
    assert (again.unchanged, again.embedded, again.generation) == (len(texts), 0, 1)
    assert (third.changed, third.unchanged) == (1, len(texts) - 1)
    assert desk.embedder.embedded == [added]
