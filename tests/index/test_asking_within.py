"""Questions that may see some publishers only, and standing ones that look at what is new."""

import json
import sqlite3
from contextlib import closing

import pytest

from index import Filters, Turn
from index.retrieve import FEW_NEW
from tests.support.collections import Desk

STORY = "The lighthouse keeper of Tidewater saw the ferry Larkspur strike the Cormorant rock."
WIRE = [
    ("one", "Harbour Post", "2017-05-09", STORY),
    ("two", "Kelp Courier", "2017-05-10", STORY),
    ("three", "Kelp Courier", "2017-05-11", "The lighthouse keeper calls storms great fun."),
    ("four", "Lantern Post", "2017-05-12", "The lighthouse was painted white."),
]
ASKED = "what did the lighthouse keeper see?"
HARBOUR = ("Harbour Post",)


def write(desk: Desk, name: str, publisher: str, day: str, text: str) -> None:
    row = {"id": name, "title": name, "publisher": publisher, "published": day, "text": text}
    desk.write(f"{name}.jsonl", json.dumps(row))


@pytest.fixture
def desk(bare) -> Desk:
    desk = bare
    for row in WIRE:
        write(desk, *row)
    desk.reindex()
    return desk


@pytest.fixture
def library(desk):
    library = desk.library()
    yield library
    library.close()


def titles(answer) -> list[str]:
    return sorted(each.credit.title for each in answer.passages)


# Only some publishers


def test_only_publishers_that_may_be_seen_are_quoted_and_named(library):
    free = library.ask(ASKED, limit=30)
    held = library.ask(ASKED, limit=30, only=HARBOUR)

    [story] = [each for each in free.passages if each.text == STORY]
    assert {story.credit.publisher, *story.also} == {"Harbour Post", "Kelp Courier"}
    assert titles(held) == ["one"]
    assert held.passages[0].also == ()


@pytest.mark.parametrize(
    "limit",
    [
        "from:kelp",
        'from:"Kelp Courier"',
        "from:kelp from:harbour",
        '"great fun"',
        '"fun great"',
        "article:{two}",
        "in:2017-05",
        "since:2017-05-10",
        "-painted",
    ],
)
def test_no_limit_of_a_question_shows_what_may_not_be_seen(library, limit):
    two = next(each.article for each in library.latest("kelp").articles)

    given = library.ask(f"{ASKED} {limit.format(two=two)}", limit=30, only=HARBOUR)

    assert {each.credit.publisher for each in given.passages} <= {"Harbour Post"}


def test_no_follow_up_shows_what_may_not_be_seen(library):
    first = library.ask(ASKED, only=("Kelp Courier",))

    for more in ("only Kelp Courier", "more", "and the storms?", "what else does it say?"):
        given = library.ask(more, after=first.turn, limit=30, only=HARBOUR)
        assert {each.credit.publisher for each in given.passages} <= {"Harbour Post"}


def test_a_publisher_that_may_not_be_seen_is_not_there_by_any_name(library):
    answer = library.ask(f"{ASKED} from:kelp", only=HARBOUR)

    assert answer.abstained
    assert answer.filters == Filters(unknown=("kelp",))


def test_evidence_is_the_same_where_not_all_may_be_seen_and_the_reply_need_not_say_so(library):
    free = {each.paragraph: each.evidence for each in library.rank(ASKED, limit=30)}

    held = library.ask(ASKED, limit=30, only=("Kelp Courier", "Lantern Post"))

    assert titles(held) == ["four", "three", "two"]
    assert {each.paragraph: each.evidence for each in held.passages}.items() <= free.items()
    assert held.filters == Filters()
    assert held.question == ASKED
    assert held.searched == library.status()


def test_where_nothing_of_what_may_be_seen_is_left_nothing_is_quoted(library):
    assert library.ask(ASKED, only=("Gone Gazette",)).abstained
    assert library.ask(ASKED, only=("' or 1=1 --",)).abstained


def test_thirty_passages_come_at_once(tmp_path):
    desk = Desk(tmp_path)
    words = [f"{one}{two}" for one in "bdfgklmnpr" for two in ("ak", "el", "im", "or")]
    rows = [{"id": word, "text": f"Chest {word} {word}a {word}b of tea."} for word in words]
    desk.write("many.jsonl", "\n".join(map(json.dumps, rows)))
    desk.reindex()
    library = desk.library()

    answer = library.ask("chests of tea", limit=30)

    assert (len(answer.passages), answer.more) == (30, 0)
    assert library.passages([each.paragraph for each in answer.passages]).keys() == {
        each.paragraph for each in answer.passages
    }
    library.close()


# Only what is new


def test_only_what_came_in_since_a_generation_is_searched(desk, library):
    write(desk, "five", "Lantern Post", "2017-06-01", "The lighthouse keeper saw a whale.")
    desk.reindex()

    new = library.ask(ASKED, since=1, limit=30)

    assert titles(new) == ["five"]
    assert new.searched.generation == 2
    assert new.filters == Filters()
    assert library.ask(ASKED, since=1, only=HARBOUR).abstained
    assert titles(library.ask(f"{ASKED} from:lantern", since=1)) == ["five"]
    assert library.ask(f"{ASKED} from:harbour", since=1).abstained


@pytest.mark.parametrize("limit", ["", " in:2017-05"])
def test_what_is_new_is_found_before_its_vectors_are_searched(desk, limit):
    library = desk.library(look_every_s=600)
    library.ask(ASKED)
    write(desk, "five", "Lantern Post", "2017-06-01", "On 9 May a whale swam by.")
    desk.reindex()

    # No word is shared: the vectors alone would have to find it.
    new = library.ask(f"zeppelins over the sea?{limit}", since=1)

    assert titles(new) == ["five"]
    assert library.following() == 1
    library.close()


def test_where_nothing_is_new_nothing_is_embedded(desk, library):
    library.ask(ASKED)
    asked: list[object] = []
    desk.embedder.encode_queries = asked.append

    idle = library.ask(ASKED, since=1)

    assert (idle.abstained, idle.searched.generation, asked) == (True, 1, [])


def test_a_correction_elsewhere_in_an_article_does_not_make_a_paragraph_new(desk, library):
    write(desk, "three", "Kelp Courier", "2017-05-11", f"{WIRE[2][3]}\n\nThe keeper saw a whale.")
    desk.reindex()

    new = library.ask("what does the lighthouse keeper see?", since=1, limit=30)

    assert [each.text for each in new.passages] == ["The keeper saw a whale."]


def test_when_much_is_new_the_best_of_it_is_searched(desk, library):
    rows = [{"id": str(n), "text": f"Chest {n} of tea."} for n in range(FEW_NEW)]
    rows.append({"id": "whale", "title": "whale", "text": "The lighthouse keeper saw a whale."})
    desk.write("many.jsonl", "\n".join(map(json.dumps, rows)))
    desk.reindex()

    new = library.ask(ASKED, since=1, limit=30)

    assert new.passages[0].text == "The lighthouse keeper saw a whale."
    assert {each.article for each in new.passages}.isdisjoint(
        each.article for each in library.latest("kelp").articles
    )


def test_what_is_told_of_a_month_is_looked_for_among_what_is_new_too(desk, library):
    write(
        desk, "five", "Lantern Post", "2017-06-01", "On 9 May the lighthouse keeper saw a whale."
    )
    write(
        desk, "six", "Lantern Post", "2017-06-01", "On 9 March the lighthouse keeper saw a gull."
    )
    desk.reindex()

    assert titles(library.ask(f"{ASKED} in:2017-05", since=1, limit=30)) == ["five"]


def test_a_follow_up_of_a_turn_can_be_asked_of_what_is_new(desk, library):
    write(desk, "five", "Lantern Post", "2017-06-01", "The lighthouse keeper saw a whale.")
    desk.reindex()

    assert titles(library.ask("more", after=Turn(ASKED), since=1)) == ["five"]


def test_what_the_log_of_changes_has_forgotten_is_new_all_the_same(desk, library):
    for name in ("five", "six", "seven"):
        write(
            desk, name, "Lantern Post", "2017-06-01", f"The lighthouse keeper saw {name} whales."
        )
        desk.reindex()
    with closing(sqlite3.connect(desk.folder / "library.db")) as db:
        assert db.execute("select min(generation) from changes").fetchone() == (4,)

    new = library.ask(ASKED, since=1, limit=30)

    assert titles(new) == ["five", "seven", "six"]
