"""One bot for a token and for a data folder, and no claim outlives its process."""

import asyncio
import fcntl
import os
import re
import stat
import sys
from pathlib import Path

import pytest

from bot.claim import FILE_NAME, Taken, claimed, holder_of, make_private, runtime_folder
from index import ROOT
from scripts import healthy
from scripts.simulator.api import TOKEN

OTHER_TOKEN = "777:another-token-that-is-never-shown"
HOLDER = r"process {} on \S+ since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d UTC"


@pytest.fixture
def claim(tmp_path: Path):
    """Claims a folder and a token, by default always the same."""

    def claiming(data: str = "otters", token: str = TOKEN, runtime: Path = tmp_path / "run"):
        return claimed(data=tmp_path / data, token=token, runtime=runtime)

    return claiming


def refusal(claiming) -> str:
    with pytest.raises(Taken) as caught, claiming:
        pass
    return str(caught.value)


def test_a_folder_is_claimed_once_and_the_second_is_told_by_whom(claim, tmp_path):
    with claim():
        said = refusal(claim(token=OTHER_TOKEN))

    assert re.fullmatch(
        f"{tmp_path}/otters is in use by another bot, {HOLDER.format(os.getpid())}; stop that one"
        " first, or give this one a folder of its own with BOT_DATA",
        said,
    )


def test_a_token_is_claimed_once_and_the_second_is_told_by_whom_and_where(claim, tmp_path):
    with claim():
        said = refusal(claim(data="seals"))

    assert re.fullmatch(
        f"this BOT_TOKEN is in use by another bot, {HOLDER.format(os.getpid())}, with"
        f" BOT_DATA={tmp_path}/otters; stop that one first, or ask @BotFather for a token of its"
        " own",
        said,
    )


def test_bots_with_tokens_and_folders_of_their_own_run_side_by_side(claim, tmp_path):
    with claim(), claim(data="seals", token=OTHER_TOKEN):
        assert holder_of(tmp_path / "otters")
        assert holder_of(tmp_path / "seals")


def test_a_claim_can_be_made_again_once_it_is_given_up(claim, tmp_path):
    with claim():
        pass
    assert holder_of(tmp_path / "otters") is None

    with claim():
        assert holder_of(tmp_path / "otters")


def test_a_look_at_a_claim_in_the_moment_of_a_start_does_not_refuse_it(tmp_path):
    (tmp_path / FILE_NAME).write_text("")
    looking = (tmp_path / FILE_NAME).open()
    fcntl.flock(looking, fcntl.LOCK_SH)
    paused = []

    def until_the_look_is_over(seconds: float) -> None:
        paused.append(seconds)
        looking.close()

    with claimed(data=tmp_path, token=TOKEN, runtime=tmp_path / "r", sleep=until_the_look_is_over):
        assert paused == [0.1]


def test_a_refused_second_start_holds_nothing_afterwards(claim):
    with claim():
        refusal(claim(data="seals"))
        with claim(data="seals", token=OTHER_TOKEN):
            pass


def test_no_file_or_its_name_tells_the_token_and_all_are_their_owners_alone(claim, tmp_path):
    umask = os.umask(0)
    try:
        with claim():
            found = [tmp_path / "otters", tmp_path / "run"]
            found += [file for folder in found for file in folder.iterdir()]
            texts = [str(each) for each in found]
            texts += [each.read_text("utf-8") for each in found if each.is_file()]
            rights = {stat.S_IMODE(each.stat().st_mode) for each in found if each.is_file()}
            folders = {stat.S_IMODE(each.stat().st_mode) for each in found if each.is_dir()}
    finally:
        os.umask(umask)

    assert len(texts) == 6
    assert (rights, folders) == ({0o600}, {0o700})
    assert not [text for text in texts if TOKEN in text or TOKEN.partition(":")[2] in text]


def test_a_folder_is_private_whatever_the_umask(tmp_path):
    umask = os.umask(0o277)
    try:
        make_private(tmp_path / "otters")
    finally:
        os.umask(umask)

    assert stat.S_IMODE((tmp_path / "otters").stat().st_mode) == 0o700


def test_what_a_killed_holder_wrote_is_no_claim(claim, tmp_path):
    (tmp_path / "otters").mkdir()
    (tmp_path / "otters" / FILE_NAME).write_text("process 1 on raft since yesterday " * 99)

    assert holder_of(tmp_path / "otters") is None
    with claim():
        assert holder_of(tmp_path / "otters").startswith(f"process {os.getpid()} on ")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b"", "a process that has not said its number"),
        (b"\x1b[2Jprocess 1\n\xff", "[2Jprocess 1�"),
        (b"x" * 5_000, "x" * 400),
    ],
)
def test_a_holder_is_told_in_printable_letters_and_not_too_many(written, told, claim, tmp_path):
    with claim():
        (tmp_path / "otters" / FILE_NAME).write_bytes(written)

        assert holder_of(tmp_path / "otters") == told


def test_a_link_in_place_of_a_claim_leads_nowhere(claim, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("otters")
    for kind in ("symlink_to", "hardlink_to"):
        place = tmp_path / "otters" / FILE_NAME
        place.parent.mkdir(exist_ok=True)
        getattr(place, kind)(precious)

        said = refusal(claim())

        place.unlink()
        assert said.startswith(f"{place} cannot be used (")
        assert said.endswith("check who owns " + f"{tmp_path}/otters, which BOT_DATA names")
    assert precious.read_text() == "otters"


def test_a_pipe_in_place_of_a_claim_does_not_make_anybody_wait(claim, tmp_path):
    (tmp_path / "otters").mkdir()
    os.mkfifo(tmp_path / "otters" / FILE_NAME)

    assert "is no file of its own" in refusal(claim())


def test_a_runtime_folder_that_others_can_change_is_not_trusted(claim, tmp_path):
    shared, aside = tmp_path / "shared", tmp_path / "aside"
    shared.mkdir()
    shared.chmod(0o777)
    aside.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(aside)

    for runtime in (shared, tmp_path / "link"):
        said = refusal(claim(runtime=runtime))

        assert said.startswith(f"{runtime} cannot be used (")
        assert said.endswith("remove it, or set XDG_RUNTIME_DIR to a folder of that user")
    assert (list(shared.iterdir()), list(aside.iterdir())) == ([], [])


def test_the_runtime_folder_is_the_users_own(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert runtime_folder({"XDG_RUNTIME_DIR": "/run/user/7"}) == Path("/run/user/7/quotewire")
    for relative in ({}, {"XDG_RUNTIME_DIR": ""}, {"XDG_RUNTIME_DIR": "otters"}):
        assert runtime_folder(relative) == tmp_path / f"quotewire-{os.geteuid()}"


# With real processes.


@pytest.fixture
async def launch(telegram, tmp_path: Path):
    """Starts the bot by its own main; all starts share the token, and the folder if not said."""
    begun = []

    async def launching(data: str = "otters", **more: str):
        settings = {
            "BOT_TOKEN": TOKEN,
            "BOT_API_URL": telegram.address,
            "BOT_DATA": str(tmp_path / data),
            "XDG_RUNTIME_DIR": str(tmp_path),
            **more,
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.whole"),
            env={**os.environ, **settings},
            cwd=ROOT,
            stderr=asyncio.subprocess.PIPE,
        )
        begun.append(process)
        return process

    yield launching
    for process in begun:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def test_of_two_processes_the_second_is_refused_until_the_first_is_killed(telegram, launch):
    first = await launch()
    await telegram.until(lambda: telegram.made("getUpdates"))

    for other in ({}, {"data": "seals"}):
        second = await launch(**other)
        _, said = await second.communicate()
        assert second.returncode == 2
        assert f"in use by another bot, process {first.pid} on ".encode() in said
        assert said.count(b"\n") == 1
    first.kill()
    await first.wait()
    polls = len(telegram.made("getUpdates"))
    third = await launch()
    await telegram.until(lambda: len(telegram.made("getUpdates")) > polls)
    third.terminate()
    _, said = await third.communicate()

    assert third.returncode == 0
    assert TOKEN.encode() not in said


def test_health_is_asked_of_the_claim(claim, tmp_path, monkeypatch, capsys):
    data = tmp_path / "otters"
    monkeypatch.setenv("BOT_DATA", str(data))

    assert healthy.main([]) == 1
    with claim() as held:
        assert healthy.main([]) == 0
        os.utime(data / FILE_NAME, (1_000_000, 1_000_000))
        assert healthy.main([]) == 1
        held.touch()
        assert healthy.main([]) == 0
    assert healthy.main([]) == 1
    monkeypatch.setenv("BOT_DATA", str(data / FILE_NAME))
    assert healthy.main([]) == 2

    alive = f"process {os.getpid()} on "
    nobody, lives, silent, again, gone = capsys.readouterr().out.splitlines()
    assert nobody == gone == f"no bot is running over {data}; start one with scripts/run"
    assert (lives, lives[: len(alive)], lives[-6:]) == (again, alive, " lives")
    assert re.search(r"has given no sign of life for \d+ s; look at its log$", silent)
