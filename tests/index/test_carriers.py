"""One article at several places is one article with several credits, and has a history."""

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.answer import Happened
from index.article import Credit
from index.export import read_export
from index.plan import Choice
from index.reindex import Options, reindex
from index.retiring import Rule, retired, retired_by_rule
from index.store import SqliteStore
from tests.index.test_export import another, export, rows, take_back
from tests.support.collections import Desk

BODY = """Sea otters of the harbour hold hands while they sleep, so that no tide can part them.

The harbour master of Tidewater, Ada Brine, counted forty otters on the third of May, and said
that it was the largest raft since the storm.
"""
QUESTION = "Who counted forty otters?"


def told(publisher: str, *, title: str = "Otters", date: str = "2017-05-04", body: str = BODY):
    about = f"title: {title}\npublisher: {publisher}\ndate: {date}\n"
    return f"---\n{about}url: https://{publisher.lower()}.example/otters\n---\n\n{body}"


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.write("a.md", told("Courier"))
    desk.write("b.md", told("Herald", title="OTTERS!", date="2017-05-06"))
    return desk


def credits_of(desk: Desk) -> list[list[str]]:
    """The publishers of every article, its own first."""
    store = SqliteStore(desk.folder)
    with store.snapshot() as view:
        found = [
            [article.credit.publisher, *(each.credit.publisher for each in view.carriers_of(key))]
            for key, _, _, article in view.articles()
        ]
    store.close()
    return sorted(found)


def key_of(desk: Desk, name: str) -> str:
    store = SqliteStore(desk.folder)
    with store.snapshot() as view:
        key = next(key for key, origin, *_ in view.articles() if origin.endswith(name))
    store.close()
    return key


def test_the_same_text_at_two_places_is_one_article_with_two_credits(desk):
    outcome = desk.reindex()

    assert (outcome.new, outcome.copies, outcome.paragraphs, outcome.embedded) == (1, 1, 2, 2)
    assert credits_of(desk) == [["Courier", "Herald"]]
    with closing(desk.library()) as library:
        passage, *_ = library.ask(QUESTION).passages
        assert (passage.credit.publisher, passage.also) == ("Courier", ("Herald",))
        assert [each.credit.publisher for each in library.latest().articles] == ["Courier"]
        reading = library.reading(passage.article)
        assert [each.publisher for each in reading.others] == ["Herald"]
        assert [(each.name, each.articles) for each in library.publishers()] == [
            ("Courier", 1),
            ("Herald", 1),
        ]
        assert library.status().publishers == 2


def test_a_second_run_finds_the_copy_unchanged_and_publishes_nothing(desk):
    desk.reindex()
    again = desk.reindex()
    whole = desk.reindex(full=True)

    assert (again.unchanged, again.copies, again.generation) == (1, 1, 1)
    assert (whole.unchanged, whole.copies) == (1, 1)
    assert credits_of(desk) == [["Courier", "Herald"]]


def test_a_question_asked_of_one_source_is_answered_under_that_credit(desk):
    desk.reindex()

    with closing(desk.library()) as library:
        passage, *_ = library.ask(f"{QUESTION} from:herald").passages
        assert passage.credit == Credit(
            "OTTERS!", "Herald", "", "", "2017-05-06", "https://herald.example/otters"
        )
        passage, *_ = library.ask(f"{QUESTION} after:2017-05-05").passages
        assert passage.credit.publisher == "Herald"
        assert library.ask(f"{QUESTION} after:2017-05-07").abstained
        assert library.search("otters from:herald").total == 2


def test_a_group_kept_to_one_source_never_sees_the_other_credit(desk):
    desk.reindex()

    with closing(desk.library()) as library:
        passage, *_ = library.ask(QUESTION, only=("Herald",)).passages
        assert (passage.credit.publisher, passage.also) == ("Herald", ())
        assert library.ask(QUESTION, only=("Gazette",)).abstained
        for reading in (
            library.reading(passage.paragraph, only=("Herald",)),
            library.around(passage.paragraph, only=("Herald",)),
            library.source(passage.article, only=("Herald",)),
            library.passages([passage.paragraph], only=("Herald",))[passage.paragraph],
            library.latest(only=("Herald",)).articles[0],
            library.titled("otters", only=("Herald",)),
        ):
            assert reading.credit.publisher == "Herald"
            assert getattr(reading, "others", ()) == ()
        assert library.why(QUESTION, passage.paragraph, evidence=0.9, only=("Herald",))
        assert library.source(passage.article, only=("Gazette",)) is None


def test_an_article_outlives_its_first_place_under_its_key(desk):
    desk.reindex()
    with closing(desk.library()) as library:
        before = library.ask(QUESTION).passages[0].paragraph
    (desk.articles / "a.md").unlink()
    desk.embedder.embedded.clear()
    outcome = desk.reindex()

    assert (outcome.removed, outcome.changed, desk.embedder.embedded) == (0, 1, [])
    assert credits_of(desk) == [["Herald"]]
    with closing(desk.library()) as library:
        passage, *_ = library.ask(QUESTION).passages
        assert (passage.paragraph, passage.credit.publisher) == (before, "Herald")


def test_an_article_that_changes_at_one_place_goes_on_at_the_other(desk):
    desk.reindex()
    old = key_of(desk, "a.md")
    desk.write("a.md", told("Courier", body=BODY.replace("forty", "thirty")))
    outcome = desk.reindex()

    assert (outcome.changed, outcome.new, outcome.removed) == (1, 0, 0)
    assert credits_of(desk) == [["Courier"], ["Herald"]]
    assert key_of(desk, "a.md") == old
    with closing(desk.library()) as library:
        first, *_ = library.ask(QUESTION).passages
        assert (first.credit.publisher, first.also) == ("Herald", ())


def test_an_article_that_changes_alike_at_two_places_stays_one_and_nothing_of_the_old_is_left(
    desk,
):
    desk.write("c.md", told("Tide"))
    desk.reindex()
    for name, publisher in (("a.md", "Courier"), ("b.md", "Herald")):
        desk.write(name, told(publisher, body=BODY.replace("forty", "thirty")))
    outcome = desk.reindex()

    assert (outcome.changed, outcome.new, outcome.removed) == (1, 0, 0)
    assert credits_of(desk) == [["Courier", "Herald"], ["Tide"]]
    (desk.articles / "c.md").unlink()
    desk.reindex()
    with closing(desk.library()) as library:
        (only,) = library.ask("Who counted otters on the third of May?").passages[:1]
        assert ("thirty" in only.text, only.also) == (True, ("Herald",))


def test_a_copy_that_changes_becomes_an_article_of_its_own(desk):
    desk.reindex()
    desk.write("b.md", told("Herald", body=BODY.replace("forty", "fifty")))
    outcome = desk.reindex()

    assert (outcome.new, outcome.unchanged, outcome.copies) == (1, 1, 0)
    assert credits_of(desk) == [["Courier"], ["Herald"]]


def test_a_copy_whose_credit_changes_stays_a_copy(desk):
    desk.reindex()
    desk.write("b.md", told("Gazette"))
    desk.reindex()

    assert credits_of(desk) == [["Courier", "Gazette"]]


def test_a_copy_that_goes_leaves_the_article(desk):
    desk.reindex()
    (desk.articles / "b.md").unlink()
    outcome = desk.reindex()

    assert (outcome.unchanged, outcome.removed, outcome.generation) == (1, 0, 2)
    assert credits_of(desk) == [["Courier"]]


def test_three_places_and_both_of_the_first_two_gone(desk):
    desk.write("c.md", told("Mercury"))
    desk.reindex()
    (desk.articles / "a.md").unlink()
    (desk.articles / "b.md").unlink()
    desk.reindex()

    assert credits_of(desk) == [["Mercury"]]


def test_of_three_places_the_other_two_stay_together_when_the_first_changes(desk):
    desk.write("c.md", told("Mercury"))
    desk.reindex()
    desk.write(
        "a.md", told("Courier", body="The mayor of Tidewater sleeps until noon on Sundays.\n")
    )
    desk.reindex()

    assert credits_of(desk) == [["Courier"], ["Herald", "Mercury"]]


def test_short_texts_are_one_article_only_under_one_title(tmp_path):
    desk = Desk(tmp_path)
    desk.write("a.md", told("Courier", title="Monday", body="No news today from the harbour.\n"))
    desk.write("b.md", told("Herald", title="Tuesday", body="No news today from the harbour.\n"))
    outcome = desk.reindex()

    assert (outcome.new, outcome.copies) == (2, 0)


def test_an_article_tells_when_it_was_first_seen_changed_and_withdrawn(desk):
    (desk.articles / "b.md").unlink()
    start = datetime.now(UTC).isoformat(timespec="seconds")
    desk.reindex()
    key = key_of(desk, "a.md")
    desk.write("a.md", told("Courier", title="Otters counted"))
    desk.reindex()
    desk.reindex(full=True)
    with closing(desk.library()) as library:
        passage = library.ask(QUESTION).passages[0]
        assert library.reading(key).changed >= start
    (desk.articles / "a.md").unlink()
    desk.write("c.md", "Tea arrives\n\nThe clipper Larkspur landed ninety chests of tea.\n")
    desk.reindex()

    with closing(desk.library()) as library:
        events = library.history(key)
        fate = library.fates({passage.paragraph: (key, passage.text)})[passage.paragraph]
    assert [(each.what, each.title) for each in events] == [
        (Happened.SEEN, "Otters"),
        (Happened.CHANGED, "Otters counted"),
        (Happened.WITHDRAWN, "Otters counted"),
    ]
    assert all(each.at >= start for each in events)
    assert (fate.now, fate.on) == (None, events[-1].at)


def test_places_and_history_survive_an_export(desk, tmp_path):
    desk.reindex()
    desk.write("a.md", told("Courier", title="Otters counted"))
    desk.reindex()
    file = export(desk, tmp_path / "all.jsonl")
    copy = another(tmp_path)
    take_back(file, copy)

    assert credits_of(copy) == credits_of(desk) == [["Courier", "Herald"]]
    assert rows(copy.folder) == rows(desk.folder)
    key = key_of(desk, "a.md")
    with closing(desk.library()) as library, closing(copy.library()) as other:
        assert library.history(key) == other.history(key)
        assert [each.what for each in other.history(key)] == [Happened.SEEN, Happened.CHANGED]
    take_back(file, desk)
    assert credits_of(desk) == [["Courier", "Herald"]]
    [exported] = read_export(file)
    assert [each.credit.publisher for each in exported.carriers] == ["Herald"]


def test_an_export_does_not_put_a_copy_where_another_article_stands(desk, tmp_path):
    desk.reindex()
    file = export(desk, tmp_path / "all.jsonl")
    desk.write("b.md", told("Herald", body=BODY.replace("forty", "fifty")))
    desk.reindex()
    take_back(file, desk)

    assert credits_of(desk) == [["Courier"], ["Herald"]]


# What goes by rule.

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def kept_to(desk: Desk, rule: Rule) -> Options:
    return Options(choice=Choice(rule=lambda path: rule))


def retire(desk: Desk, rule: Rule):
    return reindex(
        [desk.articles],
        desk.folder,
        desk.model,
        options=kept_to(desk, rule),
        progress=lambda *_: None,
    )


def of_day(desk: Desk, name: str, published: str) -> None:
    body = f"The harbour master wrote of {name} that the tide was high and the kelp was green.\n"
    desk.write(f"{name}.md", told("Courier", title=name, date=published, body=body))


def days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def test_a_folder_keeps_what_was_published_in_its_days(tmp_path):
    desk = Desk(tmp_path)
    of_day(desk, "new", days_ago(2))
    of_day(desk, "old", days_ago(40))
    desk.reindex()
    outcome = retire(desk, Rule("harbour", days=30))
    again = retire(desk, Rule("harbour", days=30))

    assert (outcome.removed, outcome.retired, outcome.unchanged) == (1, 1, 1)
    assert (again.removed, again.retired, again.new, again.generation) == (0, 0, 0, 2)
    with closing(desk.library()) as library:
        assert [each.credit.title for each in library.latest().articles] == ["new"]


def test_what_is_retired_at_first_sight_is_never_embedded_nor_read_again(tmp_path):
    desk = Desk(tmp_path)
    of_day(desk, "new", days_ago(2))
    of_day(desk, "old", days_ago(40))
    outcome = retire(desk, Rule("harbour", days=30))
    assert (outcome.new, outcome.embedded, outcome.retired) == (1, 1, 0)

    path = desk.articles / "old.md"
    path.chmod(0o000)
    unread = retire(desk, Rule("harbour", days=30))
    path.chmod(0o600)
    os.utime(path)
    touched = retire(desk, Rule("harbour", days=30))
    of_day(desk, "old", days_ago(50))
    changed = retire(desk, Rule("harbour", days=30))

    for later in (unread, touched, changed):
        assert (later.new, later.embedded, later.failed, later.generation) == (0, 0, (), 1)
    of_day(desk, "old", days_ago(5))
    assert retire(desk, Rule("harbour", days=30)).new == 1


def test_a_longer_rule_brings_back_what_a_shorter_one_retired(tmp_path):
    desk = Desk(tmp_path)
    of_day(desk, "old", days_ago(40))
    of_day(desk, "new", days_ago(1))
    retire(desk, Rule("harbour", days=30))
    outcome = retire(desk, Rule("harbour", days=60))

    assert (outcome.new, outcome.retired) == (1, 0)


def test_a_folder_keeps_its_newest(tmp_path):
    desk = Desk(tmp_path)
    for name, day in (("a", "2017-05-01"), ("b", "2017-05-03"), ("c", "2017-05-02")):
        of_day(desk, name, day)
    outcome = retire(desk, Rule("harbour", newest=2))

    assert outcome.new == 2
    with closing(desk.library()) as library:
        assert [each.credit.title for each in library.latest().articles] == ["b", "c"]
    of_day(desk, "d", "2017-05-04")
    outcome = retire(desk, Rule("harbour", newest=2))
    assert (outcome.new, outcome.removed, outcome.retired) == (1, 1, 1)


def test_a_copy_takes_the_place_of_what_is_retired_elsewhere(desk):
    desk.reindex()
    first = Rule("first", days=30)

    def rule(path: Path) -> Rule | None:
        return first if path.name == "a.md" else None

    outcome = reindex(
        [desk.articles],
        desk.folder,
        desk.model,
        options=Options(choice=Choice(rule=rule)),
        progress=lambda *_: None,
    )

    assert (outcome.removed, outcome.retired, outcome.changed) == (0, 0, 1)
    assert credits_of(desk) == [["Herald"]]


@pytest.mark.parametrize(
    ("rule", "gone"),
    [
        (Rule("x"), set()),
        (Rule("x", days=10), {"b", "c"}),
        (Rule("x", newest=1), {"b", "c"}),
        (Rule("x", newest=2), {"c"}),
        (Rule("x", days=400, newest=3), {"c"}),
    ],
)
def test_articles_go_by_age_and_number(rule, gone):
    dated = {"a": "2026-04-30", "b": "2026-04-01", "c": "2024-01-01"}
    moments = {name: f"{day}T00:00:00+00:00" for name, day in dated.items()}
    assert retired(rule, moments, NOW) == gone


def test_each_source_is_kept_to_its_own_rule():
    rules = {"a": Rule("a", newest=1), "b": Rule("b", newest=1)}
    articles = {"1": ("a", "2026"), "2": ("a", "2025"), "3": ("b", ""), "4": ("c", "1999")}
    assert retired_by_rule(articles, rules.get, NOW) == {"2"}
