"""A watch over real folders: what arrives is quoted, what comes and goes is followed."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
import watchfiles

from index import ROOT, IndexSettings
from index.errors import Locked
from index.fetching.fetcher import Fetcher, Policy
from index.fetching.listing import Listing, read_listing
from index.lexicon import NoLexicon
from index.live import has_collection
from index.lock import reindex_lock, watch_lock
from index.reindex import Model
from index.watching import Pace
from scripts import reindex
from scripts.terminal.noticing import Notices
from scripts.terminal.watching import NAMED, Vigil
from tests.support.collections import OTTERS, TEA, Desk
from tests.support.web import web_server

ASKED = "What did the clipper Larkspur land at Tidewater?"
PATIENCE_S = 60
FEED = """<rss version="2.0"><channel><title>Tidewater Weekly</title><item><guid>1</guid>
<title>Tea</title><description>The clipper Larkspur landed ninety chests of tea at Tidewater.
</description></item></channel></rss>"""


def until(condition) -> None:
    """Wait for a condition; it is the condition that counts, not the time."""
    for _ in range(PATIENCE_S * 50):
        if condition():
            return
        time.sleep(0.02)
    pytest.fail("it never came to be")


@contextmanager
def keeping(desk: Desk, listed=None, **how):
    """A watch on a thread; gives the lines that it says."""
    said: list[str] = []
    stop = threading.Event()
    vigil = Vigil(
        IndexSettings(url=str(desk.folder)),
        desk.model,
        listed or (lambda: Listing((), (desk.articles,))),
        stop=stop,
        told=said.append,
        pace=Pace(still_s=0.1, nap_s=0.05, retry_s=0.1),
        **how,
    )
    thread = threading.Thread(target=vigil.keep)
    thread.start()
    try:
        yield said
    finally:
        stop.set()
        vigil.wake()
        thread.join()


def quotes(library) -> bool:
    passages = library.ask(ASKED).passages
    return bool(passages) and passages[0].text.startswith("The clipper Larkspur landed")


def ran(said: list[str]) -> list[str]:
    """What was said of runs, without how long they took."""
    return [line.rpartition(", ")[0] for line in said if "generation" in line]


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    desk.write("otters.txt", OTTERS)
    return desk


def test_a_file_that_arrives_is_quoted_and_no_question_fails_meanwhile(desk):
    desk.reindex()
    library = desk.library()
    command = (sys.executable, "-m", "tests.support.watch", str(desk.folder), str(desk.articles))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if "generation 1" in line:
                break
        assert not quotes(library)

        desk.write("tea.txt", TEA)
        until(lambda: quotes(library))

        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
    library.close()

    assert process.returncode == 0
    lines = [line[20:] for line in rest.splitlines()]
    assert lines[0].startswith("1 new, 0 changed, 0 removed: generation 2, ")
    assert lines[1:] == ["stopped"]


def test_files_are_followed_through_changes_moves_and_their_end(desk):
    with keeping(desk) as said:
        until(lambda: len(ran(said)) == 1)
        tea = desk.write("deep/er/tea.txt", TEA)
        until(lambda: len(ran(said)) == 2)
        tea.write_text(TEA.replace("ninety", "eighty"))
        until(lambda: len(ran(said)) == 3)
        tea.unlink()
        until(lambda: len(ran(said)) == 4)

    assert ran(said) == [
        "1 new, 0 changed, 0 removed: generation 1, 3 paragraphs",
        "1 new, 0 changed, 0 removed: generation 2, 5 paragraphs",
        "0 new, 1 changed, 0 removed: generation 3, 5 paragraphs",
        "0 new, 0 changed, 1 removed: generation 4, 3 paragraphs",
    ]
    assert (*said[:2], said[-1]) == (
        "watching; Ctrl-C ends it", f"following {desk.articles}", "stopped",
    )  # fmt: skip


def test_of_many_places_that_are_followed_the_first_are_named(desk):
    places = tuple(desk.articles / f"{number:02}" for number in range(NAMED + 2))
    with keeping(desk, lambda: Listing((), places)) as said:
        until(lambda: len(said) > 1)

    assert said[1] == f"following {', '.join(map(str, places[:NAMED]))} and 2 more"


def test_the_model_and_its_words_are_loaded_once_for_all_runs(desk):
    loaded = []
    model = Model(
        desk.model.name,
        lambda: loaded.append("model") or desk.embedder,
        lambda: loaded.append("words") or NoLexicon(),
    )
    said = []
    stop = threading.Event()
    vigil = Vigil(
        IndexSettings(url=str(desk.folder)),
        model,
        lambda: Listing((), (desk.articles,)),
        stop=stop,
        told=said.append,
        pace=Pace(still_s=0.1, nap_s=0.05),
    )
    thread = threading.Thread(target=vigil.keep)
    thread.start()
    until(lambda: len(ran(said)) == 1)
    desk.write("tea.txt", TEA)
    until(lambda: len(ran(said)) == 2)
    stop.set()
    vigil.wake()
    thread.join()

    assert loaded == ["model", "words"]


def test_a_folder_that_appears_later_is_read_and_one_made_anew_is_followed(desk, tmp_path):
    late = tmp_path / "late"
    with keeping(desk, lambda: Listing((), (desk.articles, late))) as said:
        until(lambda: len(ran(said)) == 1)
        late.mkdir()
        (late / "tea.txt").write_text(TEA)
        until(lambda: len(ran(said)) == 2)
        shutil.rmtree(late)
        until(lambda: any(str(late) in line for line in said[3:]))
        aside = tmp_path / "aside"
        aside.mkdir()
        (aside / "kelp.txt").write_text("Kelp grows by the yard at Tidewater, said Ada Brine.")
        aside.rename(late)
        until(lambda: len(ran(said)) == 3)

    assert f"{late} is not there; what was read from it is kept" in said
    assert ran(said)[1] == "1 new, 0 changed, 0 removed: generation 2, 5 paragraphs"
    # Of the folder that is there again, what it no longer holds goes.
    assert ran(said)[2].startswith("1 new, 0 changed, 1 removed: generation 3")


def test_a_file_that_cannot_be_read_is_told_once(desk):
    desk.write("empty.txt", "")
    with keeping(desk) as said:
        until(lambda: len(ran(said)) == 1)
        desk.write("tea.txt", TEA)
        until(lambda: len(ran(said)) == 2)

    path = desk.articles / "empty.txt"
    assert [line for line in said if "failed" in line] == [f"failed: {path}: the file is empty"]


def test_a_list_that_is_mended_is_read_again(desk, tmp_path):
    toml = tmp_path / "sources.toml"
    toml.write_text("[[source]]\nfolder = 7\n")
    with keeping(desk, lambda: read_listing([toml], toml)) as said:
        until(lambda: len(said) == 2)
        toml.write_text(f'[[source]]\nfolder = "{desk.articles}"\n')
        until(lambda: len(ran(said)) == 1)

    assert "sources.toml, line 1: folder cannot be" in said[1]


def test_a_feed_is_fetched_when_it_is_due_and_a_dead_one_is_told_once(desk, tmp_path):
    toml = tmp_path / "sources.toml"
    with web_server() as web:
        feed = web.serve("/feed", FEED, content_type="application/rss+xml")
        dead = web.serve("/dead", status=404)
        tables = [("Weekly", feed), ("Dead", dead)]
        toml.write_text(
            "".join(f'[[source]]\nname = "{name}"\nfeed = "{url}"\n' for name, url in tables)
        )

        def opened(private: bool) -> Fetcher:
            return Fetcher(Policy(private=private), look_up=web.look_up, network=web.network)

        with keeping(desk, lambda: read_listing([toml], toml), opened=opened) as said:
            until(lambda: ran(said))

    assert ran(said) == ["1 new, 0 changed, 0 removed: generation 1, 1 paragraphs"]
    assert "Weekly: 1 seen, 1 new" in said
    assert len([line for line in said if line.startswith("Dead: ")]) == 1


def test_two_watches_never_follow_one_collection(desk):
    settings = IndexSettings(url=str(desk.folder))
    other = Vigil(settings, desk.model, Listing, stop=threading.Event())

    with watch_lock(desk.folder), pytest.raises(Locked, match="is being watched by process"):
        other.keep()


def test_a_reindex_by_hand_is_waited_for(desk):
    with reindex_lock(desk.folder), keeping(desk) as said:
        until(lambda: any("is being reindexed by" in line for line in said))

    assert ran(said) == []
    assert not has_collection(desk.folder)


def test_a_watch_that_is_stopped_while_it_embeds_publishes_nothing(desk):
    stop = threading.Event()
    vigil = Vigil(
        IndexSettings(url=str(desk.folder), batch=1),
        desk.model,
        lambda: Listing((), (desk.articles,)),
        stop=stop,
        told=lambda _: None,
    )
    encode = desk.embedder.encode_documents

    def encode_and_stop(texts):
        stop.set()
        return encode(texts)

    desk.embedder.encode_documents = encode_and_stop
    vigil.keep()

    assert len(desk.embedder.embedded) == 1
    assert not has_collection(desk.folder)


def test_what_is_no_article_is_not_noticed(tmp_path):
    notices = Notices(lambda _: None)
    notices.follow([tmp_path])
    (tmp_path / ".hidden.txt").write_text("x")
    (tmp_path / "picture.xyz").write_text("x")
    (tmp_path / "otters.txt").write_text("x")
    seen = set()
    until(lambda: seen.update(notices.wait(0.05)) or seen)
    notices.close()

    assert seen == {tmp_path / "otters.txt"}


def deaf(*folders, force_polling=None, **how):
    """As watchfiles where the system has no watch left: it only looks, again and again."""
    if not force_polling:
        raise OSError("no space left on device")
    yield from watchfiles.watch(*folders, force_polling=True, poll_delay_ms=20, **how)


def test_where_the_system_tells_of_no_changes_they_are_looked_for(tmp_path):
    said = []
    notices = Notices(said.append, watch=deaf)
    notices.follow([tmp_path])
    (tmp_path / "otters.txt").write_text("x")
    seen = set()
    until(lambda: seen.update(notices.wait(0.05)) or tmp_path / "otters.txt" in seen)
    notices.close()

    # The folder, too, may have another time now that there is a file in it.
    assert seen - {tmp_path} == {tmp_path / "otters.txt"}
    assert said == [
        "the system does not tell of changes (no space left on device); looking for them instead"
    ]


def test_where_changes_cannot_even_be_looked_for_that_is_told_and_the_watch_goes_on(tmp_path):
    def blind(*_, **how):
        raise OSError("nothing to see")
        yield

    said = []
    notices = Notices(said.append, watch=blind)
    notices.follow([tmp_path])
    notices.put(tmp_path)

    assert notices.wait(5) == {tmp_path}
    notices.close()
    assert said[1:] == ["changes are noticed late: nothing to see"]


def test_a_hosted_watch_ends_with_its_standard_input(tmp_path):
    place = tmp_path / "nowhere"
    command = (sys.executable, "-m", "scripts.reindex", "--watch", "--hosted", str(place))
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "INDEX_URL": str(tmp_path / "data")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        first = [process.stdout.readline() for _ in range(3)]
        process.stdin.close()
        rest = process.stdout.read()

    assert process.returncode == 0
    assert [*first, rest] == [
        "watching; Ctrl-C ends it\n",
        f"following {place}\n",
        f"{place} is not there; what was read from it is kept\n",
        "stopped\n",
    ]


def test_hosting_is_for_watching(capsys):
    with pytest.raises(SystemExit):
        reindex.main(["--hosted"])

    assert "--hosted is only for --watch" in capsys.readouterr().err


@pytest.mark.parametrize("other", ["--full", "--dry-run", "--json", "--suggest-aliases"])
def test_watching_is_not_for_once(other, capsys):
    with pytest.raises(SystemExit):
        reindex.main(["--watch", other])

    assert "--watch goes on until it is stopped" in capsys.readouterr().err
