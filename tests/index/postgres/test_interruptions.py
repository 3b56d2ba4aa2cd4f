"""What a database breaks off goes on: views, reindexes, listening."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier, Event, Thread

import psycopg
import pytest

from index.errors import Interrupted, Locked, OutOfReach
from index.patience import MOST, PATIENCE_S, begun_again
from index.settings import Server
from index.store import open_store
from index.store.postgres.sessions import MOST as MOST_SESSIONS
from tests.support.collections import OTTERS, TEA, Desk, HashEmbedder
from tests.support.postgres import until


class Busy(HashEmbedder):
    """Does something else before it embeds the first texts."""

    def __init__(self, first):
        super().__init__()
        self._first = first

    def encode_documents(self, texts):
        first, self._first = self._first, None
        if first:
            first()
        return super().encode_documents(texts)


def end_sessions(server):
    with psycopg.connect(server.url, autocommit=True) as session:
        session.execute(
            """select pg_terminate_backend(pid) from pg_stat_activity
               where datname = current_database() and pid <> pg_backend_pid()"""
        )


@pytest.fixture
def other(server, tmp_path):
    """Another folder of articles, for the same database."""
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other")
    other.folder = server
    return other


def test_a_view_outlives_its_session(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with closing(open_store(server)) as store, store.snapshot() as view:
        before = view.counts()
        end_sessions(server)

        assert view.counts() == before


def test_a_view_that_broke_off_shows_no_other_generation(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with closing(open_store(server)) as store:
        with pytest.raises(OutOfReach), store.snapshot() as view:  # noqa: PT012 - its end tells it
            end_sessions(server)
            desk.write("tea.txt", TEA)
            desk.reindex()
            view.counts()
        with store.snapshot() as view:
            assert view.generation_number() == 2


def test_more_questions_at_once_than_there_are_sessions_are_all_answered(desk):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with closing(desk.library()) as library, ThreadPoolExecutor(3 * MOST_SESSIONS) as pool:
        asked = ["How many otters did Ada Brine count?"] * 6 * MOST_SESSIONS
        found = {answer.passages[0].text[:18] for answer in pool.map(library.ask, asked)}

    assert found == {"The harbour master"}


def test_a_statement_that_takes_too_long_is_not_run_again(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with (  # noqa: PT012 - the view's end tells it
        closing(open_store(server)) as store,
        pytest.raises(OutOfReach, match="QueryCanceled"),
        store.snapshot() as view,
    ):
        view._run("set statement_timeout = 1")
        view._run("select pg_sleep(60)")


def test_a_reindex_goes_on_after_its_session_ended(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.embedder = Busy(lambda: end_sessions(server))

    outcome = desk.reindex()

    assert (outcome.new, outcome.paragraphs, outcome.generation) == (1, 3, 1)


def test_a_reindex_goes_on_when_a_server_that_was_killed_is_back(engines, tmp_path):
    primary, _ = engines
    desk = Desk(tmp_path)
    desk.folder = Server(primary.database(), tmp_path / "beside")
    desk.write("otters.txt", OTTERS)

    def kill_and_start():
        primary.kill()
        primary.start()

    desk.embedder = Busy(kill_and_start)

    outcome = desk.reindex()

    assert (outcome.new, outcome.paragraphs, outcome.generation) == (1, 3, 1)


def test_news_are_told_and_not_looked_for(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with closing(open_store(server)) as store:
        store.await_news(1, 999, Event())  # whoever begins to listen looks first
        waits = Thread(target=store.await_news, args=(1, 999, Event()))
        waits.start()
        desk.write("tea.txt", TEA)
        desk.reindex()
        waits.join(30)

        assert not waits.is_alive()


def test_a_generation_is_followed_after_the_listening_session_ended(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with closing(desk.library()) as library:
        until(lambda: library.following() == 1)
        end_sessions(server)
        desk.write("tea.txt", TEA)
        desk.reindex()
        until(lambda: library.following() == 2)


@pytest.mark.parametrize("payload", ["", "soon", "9" * 5_000])
def test_a_generation_is_followed_after_anybody_notified_anything(desk, server, payload):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with closing(desk.library()) as library:
        until(lambda: library.following() == 1)
        with psycopg.connect(server.url, autocommit=True) as session:
            session.execute("select pg_notify('quotewire', %s)", [payload])
        desk.write("tea.txt", TEA)
        desk.reindex()
        until(lambda: library.following() == 2)


def test_what_anybody_notified_is_not_taken_for_a_generation(desk, server):
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    with closing(open_store(server)) as store:
        store.await_news(1, 999, Event())
        with psycopg.connect(server.url, autocommit=True) as session:
            session.execute("select pg_notify('quotewire', '7')")
        store.await_news(1, 999, Event())

        waits = Thread(target=store.await_news, args=(6, 999, Event()))
        waits.start()
        desk.write("tea.txt", TEA)
        desk.reindex()
        waits.join(30)

        assert not waits.is_alive()


def test_two_reindexes_of_two_folders_both_publish(desk, other):
    desk.write("otters.txt", OTTERS)
    other.write("tea.txt", TEA)
    planned = Barrier(2, timeout=60)
    outcomes = {}

    def run(name, each):
        each.embedder = Busy(planned.wait)
        outcomes[name] = each.reindex()

    threads = [Thread(target=run, args=pair) for pair in (("desk", desk), ("other", other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted((each.new, each.generation) for each in outcomes.values()) == [(1, 1), (1, 2)]
    with closing(open_store(desk.folder)) as store, store.snapshot() as view:
        assert (view.counts()[:2], view.unresolved(HashEmbedder.name)) == ((2, 5), [])


def test_who_was_overtaken_sees_what_the_other_published(desk, other):
    desk.write("tea.txt", TEA)
    other.write("tea again.txt", TEA)
    desk.embedder = Busy(other.reindex)

    outcome = desk.reindex()

    assert (outcome.copies, outcome.paragraphs) == (1, 2)


@pytest.mark.parametrize("path", ["", "inside", ".."])
def test_a_second_reindex_of_a_folder_or_what_it_holds_or_lies_in_is_refused(
    desk, other, server, path
):
    desk.write("inside/otters.txt", OTTERS)
    told = []

    def second():
        with pytest.raises(Locked, match=r"is being reindexed by session \d+ from") as refused:
            other.reindex(desk.articles / path)
        told.append(str(refused.value))

    desk.embedder = Busy(second)
    desk.reindex()

    assert len(told) == 1


def test_what_changes_everything_is_done_by_nobody_else_meanwhile(desk, server):
    desk.write("otters.txt", OTTERS)
    with closing(open_store(server, writable=True)), pytest.raises(Locked, match="postgresql:///"):
        desk.reindex()

    assert desk.reindex().new == 1


def raising(*errors):
    """Work that raises these in turn and then gives what it was told."""
    left = list(errors)

    def work(broken):
        if left:
            raise left.pop(0)
        return broken

    return work


def test_what_was_broken_off_is_begun_again_and_told_why():
    broken, waited = Interrupted("cut"), []

    told = begun_again(
        raising(broken, OutOfReach("not there"), Locked("by its ghost")), wait=waited.append
    )

    assert told is broken
    assert waited == [0.1, 0.2, 0.4]


@pytest.mark.parametrize("error", [OutOfReach("not there"), Locked("another")])
def test_what_could_not_begin_at_all_is_not_waited_for(error):
    with pytest.raises(type(error)):
        begun_again(raising(error), wait=pytest.fail)


def test_patience_has_an_end():
    now = [0.0]
    gone = [Interrupted("cut")] + [OutOfReach("not there")] * 1_000

    with pytest.raises(OutOfReach, match="not there"):
        begun_again(
            raising(*gone), clock=lambda: now[0], wait=lambda s: now.__setitem__(0, now[0] + s)
        )

    assert PATIENCE_S <= now[0] < PATIENCE_S + 10
    with pytest.raises(Interrupted):
        begun_again(raising(*[Interrupted("cut")] * (MOST + 1)), wait=lambda _: None)
