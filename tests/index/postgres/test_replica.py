"""A replica is read while it keeps up; whichever server dies, questions are answered."""

from contextlib import closing, contextmanager
from threading import Event, Thread, current_thread
from types import SimpleNamespace

import psycopg
import pytest

from index.errors import IndexFault, OutOfReach
from index.inspection import inspect_collection
from index.settings import IndexSettings, Server
from index.store.postgres.servers import Servers, Standing
from index.store.postgres.store import PostgresStore
from tests.support.collections import OTTERS, TEA, Desk
from tests.support.postgres import until

QUESTION = "How many otters did Ada Brine count?"
ANSWER = "The harbour master of Tidewater, Ada Brine, counted forty otters on 3 May 2017."


class Asker(Thread):
    """Asks the same question again and again until it is told to stop."""

    def __init__(self, library):
        super().__init__(daemon=True)
        self._library = library
        self._ended = Event()
        self.texts = []
        self.errors = []

    def run(self):
        while not self._ended.is_set():
            try:
                self.texts.append(self._library.ask(QUESTION).passages[0].text)
            except IndexFault as error:
                self.errors.append(error)

    def some_more(self):
        """Return when some questions were put and answered after this was called."""
        enough = len(self.texts) + len(self.errors) + 5
        until(lambda: len(self.texts) + len(self.errors) >= enough)

    def stop(self):
        self._ended.set()
        self.join()


@contextmanager
def asking(library):
    asker = Asker(library)
    asker.start()
    try:
        yield asker
    finally:
        asker.stop()


@pytest.fixture
def room(engines, tmp_path):
    """A collection on a primary, which is also read from its replica."""
    primary, replica = engines
    url = primary.database()
    name = url.split("/")[3].split("?")[0]
    desk = Desk(tmp_path)
    desk.folder = Server(url, tmp_path / "beside", replica.url(name))
    desk.write("otters.txt", OTTERS)
    desk.reindex()
    desk.name = name
    until(lambda: has(replica, name, 1))
    return desk


def has(server, name, generation):
    try:
        return server.ask("select max(id) from quotewire.generations", name) == (generation,)
    except psycopg.Error:
        return False


def reads(library):
    """Which kind of server a question is answered from now."""
    return looks(library._store)


def looks(store):
    with store.snapshot() as view:
        return "replica" if view._run("select pg_is_in_recovery()").fetchone()[0] else "primary"


@contextmanager
def standing_still(replica):
    replica.ask("select pg_wal_replay_pause()")
    try:
        yield
    finally:
        replica.ask("select pg_wal_replay_resume()")


def test_a_replica_that_keeps_up_is_read(room, engines):
    with closing(room.library()) as library:
        until(lambda: reads(library) == "replica")
        assert library.ask(QUESTION).passages[0].text == ANSWER

        room.write("tea.txt", TEA)
        room.reindex()
        until(lambda: library.following() == 2)
        until(lambda: reads(library) == "replica")
        assert "Larkspur" in library.ask("What landed ninety chests of tea?").passages[0].text


def test_a_replica_that_stands_still_is_not_read_until_it_has_caught_up(room, engines):
    _, replica = engines

    def comes_to_read(server):
        store.await_news(1, 0, Event())
        return looks(store) == server

    with closing(PostgresStore(room.folder, lag_s=0)) as store:
        until(lambda: comes_to_read("replica"))
        with standing_still(replica):
            room.write("tea.txt", TEA)
            room.reindex()
            until(lambda: comes_to_read("primary"))
            with store.snapshot() as view:
                assert view.generation_number() == 2
        until(lambda: comes_to_read("replica"))
        with store.snapshot() as view:
            assert view.generation_number() == 2


def test_questions_outlive_the_replica_and_go_back_to_it(room, engines):
    _, replica = engines
    with closing(room.library()) as library, asking(library) as asker:
        until(lambda: reads(library) == "replica")
        asker.some_more()
        replica.kill()
        asker.some_more()
        assert reads(library) == "primary"
        replica.start()
        until(lambda: reads(library) == "replica")
        asker.some_more()

    assert (set(asker.texts), asker.errors) == ({ANSWER}, [])


def test_questions_outlive_the_primary_and_new_generations_are_followed_when_it_is_back(
    room, engines
):
    primary, _ = engines
    with closing(room.library()) as library, asking(library) as asker:
        until(lambda: reads(library) == "replica")
        primary.kill()
        asker.some_more()
        with pytest.raises(OutOfReach):
            room.reindex()
        with closing(room.library()) as another:
            assert another.ask(QUESTION).passages[0].text == ANSWER
        primary.start()
        room.write("tea.txt", TEA)
        room.reindex()
        until(lambda: library.following() == 2)
        asker.some_more()

    assert (set(asker.texts), asker.errors) == ({ANSWER}, [])


def test_without_a_replica_questions_wait_for_a_primary_that_comes_back(room, engines):
    primary, _ = engines
    room.folder = Server(room.folder.url, room.folder.folder)
    with closing(room.library()) as library, asking(library) as asker:
        asker.some_more()
        primary.kill()
        primary.start()
        asker.some_more()

    assert (set(asker.texts), asker.errors) == ({ANSWER}, [])


def test_what_was_promoted_takes_over_and_the_old_primary_returns_as_a_replica(room, engines):
    primary, replica = engines
    both = (
        f"postgresql://quotewire:very-secret@/{room.name}?host={primary.folder},{replica.folder}"
    )
    room.folder = Server(
        f"{both}&target_session_attrs=read-write",
        room.folder.folder,
        f"{both}&target_session_attrs=prefer-standby",
    )
    with closing(room.library()) as library, asking(library) as asker:
        until(lambda: reads(library) == "replica")
        primary.kill()
        asker.some_more()
        replica.promote()
        engines.reverse()
        room.write("tea.txt", TEA)
        room.reindex()
        until(lambda: library.following() == 2)
        asker.some_more()
        primary.copy(replica)
        primary.start()
        until(lambda: reads(library) == "replica")
        asker.some_more()
        assert "Larkspur" in library.ask("What landed ninety chests of tea?").passages[0].text

    assert (set(asker.texts), asker.errors) == ({ANSWER}, [])


def test_a_view_of_a_replica_goes_on_where_recovery_puts_an_end_to_it(room, engines):
    primary, replica = engines
    with closing(PostgresStore(room.folder)) as store:
        store.await_news(1, 0, Event())
        with store.snapshot() as view:
            assert view._run("select pg_is_in_recovery()").fetchone() == (True,)
            before = view.collection(), view.counts()
            primary.ask("vacuum full quotewire.facts", room.name)
            (written,) = primary.ask("select pg_current_wal_lsn()")
            until(lambda: replica.ask(f"select pg_last_wal_replay_lsn() >= '{written}'")[0])

            assert (view.collection(), view.counts()) == before


def test_a_replica_behind_what_was_shown_already_is_passed_over(room, engines):
    _, replica = engines
    with closing(PostgresStore(room.folder)) as store, standing_still(replica):
        room.write("tea.txt", TEA)
        room.reindex()
        with store.snapshot() as view:
            assert view.generation_number() == 2
        store._servers.standing.seen(primary=1, replica=1)

        with store.snapshot() as view:
            assert view.generation_number() == 2


def test_where_the_replica_has_no_collection_the_primary_is_read_and_followed(room, engines):
    _, replica = engines
    room.folder = Server(room.folder.url, room.folder.folder, replica.url("postgres"))
    with closing(room.library()) as library:
        until(lambda: library.following() == 1)
        room.write("tea.txt", TEA)
        room.reindex()
        until(lambda: library.following() == 2)

        assert library.ask(QUESTION).passages[0].text == ANSWER
        assert reads(library) == "primary"


def test_a_replica_without_a_collection_does_not_stand_in_for_a_primary_that_is_gone(
    room, engines, tmp_path
):
    _, replica = engines
    gone = Server(f"postgresql:///news?host={tmp_path}", tmp_path, replica.url("postgres"))
    clock = iter([0, 11]).__next__

    with pytest.raises(psycopg.OperationalError, match="no collection there"):
        Servers(gone, Standing(), clock=clock).begin()


class Told:
    """One session with a server that has generation `newest`, and may say so late."""

    closed = False

    def __init__(self, url):
        self.newest = 7
        self.asked, self.told = Event(), Event()
        self.told.set()
        self.late = None

    def take(self):
        return self

    def give_back(self, session):
        pass

    def execute(self, statement):
        number = self.newest
        if self.late is current_thread():
            self.asked.set()
            self.told.wait(60)
        return SimpleNamespace(nextset=bool, fetchone=lambda: (False, number, "2017-05-03"))


def test_who_is_told_late_of_an_older_generation_has_nobody_else_shown_it(tmp_path):
    here = Server("postgresql:///news", tmp_path, "postgresql:///copy")
    servers = Servers(here, Standing(), sessions=Told)
    servers.primary.late = slow = Thread(target=servers.begin)
    servers.primary.told.clear()
    slow.start()
    servers.primary.asked.wait(60)
    servers.primary.newest = 8
    assert servers.begin().number == 8

    servers.primary.told.set()
    slow.join(60)
    servers.standing.seen(primary=7, replica=7)

    assert servers.begin().number == 8


def test_a_primary_that_lost_a_generation_has_replicas_read_that_lost_it_too(tmp_path):
    here = Server("postgresql:///news", tmp_path, "postgresql:///copy")
    servers = Servers(here, Standing(), sessions=Told)
    servers.primary.newest = 8
    before = servers.begin().number
    servers.primary.newest = 7
    after = servers.begin().number
    servers.standing.seen(primary=7, replica=7)

    begun = servers.begin()

    assert (before, after, begun.number) == (8, 7, 7)
    assert begun.sessions is servers.replica


def test_servers_that_stay_away_are_given_up_after_ten_seconds(tmp_path):
    gone = Server(f"postgresql:///news?host={tmp_path}", tmp_path)
    clock = iter([0, 9.9, 10.1]).__next__
    servers = Servers(gone, Standing(), clock=clock)

    with pytest.raises(psycopg.OperationalError):
        servers.begin()
    with pytest.raises(StopIteration):
        clock()


def test_the_doctor_says_how_the_replica_is(room, engines, tmp_path):
    _, replica = engines

    def told(address):
        settings = IndexSettings(
            url=room.folder.url, replica_url=address, data=tmp_path / "beside"
        )
        (found,) = [each for each in inspect_collection(settings) if each.check == "replica"]
        return str(found.verdict), found.told

    assert told(room.folder.replica) == (
        "ok",
        f"postgresql:///{room.name} has the newest generation",
    )
    with standing_still(replica):
        room.write("tea.txt", TEA)
        room.reindex()
        assert told(room.folder.replica) == (
            "note",
            f"postgresql:///{room.name} has generation 1, and 2 is the newest",
        )
    assert told(f"postgresql:///news?host={tmp_path}")[0] == "wrong"


def test_a_replica_stands_well_for_a_while_after_it_was_seen_and_not_behind_for_long():
    now = [0.0]
    standing = Standing(lag_s=5, clock=lambda: now[0])
    told = [standing.good]
    for at, primary, replica in ((1, 3, 3), (5, 4, 3), (7, 4, 3), (8, 4, 4), (9, None, 3)):
        now[0] = at
        standing.seen(primary=primary, replica=replica)
        told.append(standing.good)
    for at in (18.9, 19.1):
        now[0] = at
        told.append(standing.good)
    standing.seen(primary=4, replica=4)
    standing.lost()
    told.append(standing.good)

    assert told == [False, True, True, False, True, True, True, False, False]
