"""The front door: it finds its way from anywhere, installs once, and opens the right room.

The trees here are small copies whose `python3` is a stand-in that notes what is installed.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# `-m venv` copies this file in place of a Python, `-m pip` fails where a file `no-network` lies
# beside pyproject.toml, and everything else goes to the real Python.
PYTHON = """#!/bin/sh
case " $* " in
    *" -m venv "*) echo venv >>"$NOTES"
        mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    *" -m pip "*) echo "pip $(tr '\\n' ' ' <"${0%/bin/python}/requirements.txt")" >>"$NOTES"
        echo "pip is at work"
        [ ! -e "${0%/.venv/bin/python}/slow" ] || exec sleep 60
        [ ! -e "${0%/.venv/bin/python}/no-network" ] || { echo "no route to host"; exit 1; } ;;
    *" import ensurepip"*) ;;
    *) exec "$REAL_PYTHON" "$@" ;;
esac
"""
PYPROJECT = """[project]
dependencies = ["otter>=1"]
[project.optional-dependencies]
test = ["raft"]
"""
HELLO = '''"""Say what was heard, and where."""
import os, sys
print(sys.argv[1:], os.getcwd(), os.environ["HF_HUB_OFFLINE"], os.environ["PYTHONPATH"], sep="\\n")
'''
START = '"""Start."""\nimport sys\nprint("started")\nsys.exit(sys.stdin.read() != "")\n'


@dataclass(frozen=True, slots=True)
class House:
    root: Path
    tools: Path
    environ: dict[str, str]

    @property
    def run(self):
        return self.root / "scripts/run"

    @property
    def notes(self):
        notes = Path(self.environ["NOTES"])
        return notes.read_text().splitlines() if notes.exists() else []

    def open(self, *args, by=None, cwd="/", **environ):
        return subprocess.run(
            [by or self.run, *args],
            cwd=cwd,
            env=self.environ | environ,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )


@pytest.fixture
def house(tmp_path):
    root, tools = tmp_path / "a house" / "by the sea", tmp_path / "tools"
    scripts = root / "scripts"
    scripts.mkdir(parents=True)
    tools.mkdir()
    for name in ("run", "test"):
        shutil.copy(ROOT / "scripts" / name, scripts)
    for name, text in {"hello": HELLO, "start": START, "__init__": ""}.items():
        (scripts / f"{name}.py").write_text(text)
    (root / "pyproject.toml").write_text(PYPROJECT)
    stand_in(tools / "python3", PYTHON)
    for older in ("python3.11", "python3.12", "python3.13", "python3.14"):
        stand_in(tools / older, "#!/bin/sh\nexit 127\n")
    environ = {
        "PATH": f"{tools}:{os.defpath}",
        "NOTES": str(tmp_path / "notes"),
        "REAL_PYTHON": sys.executable,
        "HOME": str(tmp_path),
    }
    return House(root, tools, environ)


def stand_in(path, text):
    path.write_text(text)
    path.chmod(0o755)


def test_the_first_start_installs_and_says_so_and_the_second_does_neither(house):
    first = house.open("hello")
    second = house.open("hello")

    assert (first.returncode, second.returncode) == (0, 0)
    assert house.notes == ["venv", "pip otter>=1 "]
    assert [line.split(" with ")[0] for line in first.stderr.splitlines()] == [
        "quotewire: making .venv",
        "quotewire: installing what pyproject.toml asks for into .venv "
        "(minutes, the first time; .venv/install.log shows how far)",
    ]
    assert second.stderr == ""
    assert first.stdout == second.stdout


def test_arguments_arrive_whole_and_paths_mean_what_was_typed(house, tmp_path):
    (tmp_path / "sys.py").write_text("raise SystemExit('shadowed')")

    result = house.open("hello", "who was hurt?", "*", "", "--json", cwd=tmp_path)

    assert result.stdout.splitlines() == [
        "['who was hurt?', '*', '', '--json']",
        str(tmp_path),
        "1",
        str(house.root),
    ]


def test_a_module_in_the_current_folder_shadows_nothing(house, tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts/__init__.py").write_text("raise SystemExit('shadowed')")

    result = house.open("hello", cwd=tmp_path, PYTHONPATH=str(tmp_path))

    assert (result.returncode, result.stderr.count("shadowed")) == (0, 0)


def test_it_works_through_a_symbolic_link(house, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/wire").symlink_to("../a house/by the sea/scripts/run")

    result = house.open("hello", by="bin/wire", cwd=tmp_path)

    assert result.stdout.splitlines()[-1] == str(house.root)


def test_alone_it_starts_and_the_end_of_input_leaves_cleanly(house):
    result = house.open()

    assert (result.returncode, result.stdout) == (0, "started\n")


def test_the_hub_can_be_allowed(house):
    assert house.open("hello", HF_HUB_OFFLINE="0").stdout.splitlines()[2] == "0"


def test_help_lists_the_doors_and_installs_nothing(house):
    result = house.open("--help")

    assert (result.returncode, result.stderr, house.notes) == (0, "", [])
    assert result.stdout.splitlines()[-3:] == [
        "  hello       Say what was heard, and where.",
        "  start       Start.",
        "  test        Check everything that a change has to pass: format, lint, types, tests.",
    ]
    assert not (house.root / ".venv").exists()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("helo", "did you mean hello? "),
        ("strat", "did you mean start? "),
        ("tset", "did you mean test? "),
        ("zzz", ""),
        ("../scripts/hello", ""),
        ("__init__", ""),
        ("", ""),
        ("--jsno", ""),
    ],
)
def test_an_unknown_door_names_the_nearest_and_installs_nothing(house, name, hint):
    result = house.open(name)

    assert (result.returncode, result.stdout, house.notes) == (2, "", [])
    assert result.stderr == (
        f"quotewire: there is no door called '{name}'; {hint}scripts/run --help lists them all\n"
    )


def test_a_changed_pyproject_is_installed_into_the_same_environment(house):
    house.open("hello")
    (house.root / "pyproject.toml").write_text(PYPROJECT.replace("otter>=1", "otter>=2"))

    house.open("hello")

    assert house.notes == ["venv", "pip otter>=1 ", "pip otter>=2 "]


def test_an_installation_that_was_killed_is_begun_anew(house):
    house.open("hello")
    (house.root / ".venv/.unfinished").touch()
    (house.root / ".venv/.ready-").unlink()

    house.open("hello")

    assert house.notes == ["venv", "pip otter>=1 ", "venv", "pip otter>=1 "]


def test_an_environment_without_its_python_is_made_anew(house):
    house.open("hello")
    (house.root / ".venv/bin/python").unlink()

    assert house.open("hello").returncode == 0
    assert house.notes == ["venv", "pip otter>=1 "] * 2


def test_what_the_tests_need_is_installed_for_the_tests_alone(house):
    assert house.open("hello").returncode == 0
    assert house.open("--setup", "test").returncode == 0
    assert house.open("--setup", "test", "-c", "print('ready')").stdout == "ready\n"
    assert house.open("hello").returncode == 0
    assert house.notes == ["venv", "pip otter>=1 ", "pip otter>=1 raft "]


def test_a_failed_installation_shows_the_end_of_its_log_and_can_be_run_again(house):
    (house.root / "no-network").touch()

    failed = house.open("hello")
    (house.root / "no-network").unlink()

    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.splitlines()[-3:] == [
        "pip is at work",
        "no route to host",
        "quotewire: installing failed; if that was the connection, run this again "
        f"(the whole log: {house.root}/.venv/install.log)",
    ]
    assert house.open("hello").returncode == 0
    assert house.notes.count("venv") == 1


def test_an_extra_that_is_not_there_is_said_to_be_so(house):
    result = house.open("--setup", "kelp")

    assert result.returncode == 1
    assert result.stderr.endswith("or has no extra called 'kelp'\n")


@pytest.mark.parametrize("pyproject", ["[project", "[project]\nname = 'tea'\ndependencies = 1"])
def test_a_broken_pyproject_never_counts_as_installed(house, pyproject):
    (house.root / "pyproject.toml").write_text(pyproject)

    assert house.open("hello").returncode == 1
    assert house.open("hello").returncode == 1


def test_without_a_python_it_says_what_to_install(house):
    stand_in(house.tools / "python3", "#!/bin/sh\nexit 1\n")

    result = house.open("hello")

    assert (result.returncode, result.stderr) == (
        1,
        "quotewire: Python 3.11 or newer is needed; install it from python.org "
        "or your system's packages and run this again\n",
    )


def test_a_python_without_venv_names_the_package_that_brings_it(house):
    stand_in(house.tools / "python3.12", '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\n')
    (house.tools / "python3").write_text("#!/bin/sh\nexit 1\n")

    result = house.open("hello")

    assert (result.returncode, result.stderr) == (
        1,
        "quotewire: python3.12 lacks its venv module; install it "
        "(Debian, Ubuntu: sudo apt install python3.12-venv) and run this again\n",
    )


def test_a_second_set_up_waits_for_the_first_and_then_has_nothing_to_do(house):
    house.open("hello")
    (house.root / ".venv/.ready-").rename(house.root / "marker")
    with (house.root / ".venv/.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = started(house, "hello")
        said = second.stderr.readline()
        (house.root / "marker").rename(house.root / ".venv/.ready-")

    out, err = second.communicate(timeout=60)

    assert said == (
        f"quotewire: another set-up is running in {house.root}/.venv; waiting for it\n"
    )
    assert (second.returncode, err, out.splitlines()[0]) == (0, "", "[]")
    assert house.notes == ["venv", "pip otter>=1 "]


def test_ctrl_c_while_installing_leaves_with_130_and_the_next_start_does_it_again(house):
    (house.root / "slow").touch()
    with started(house, "hello") as first:
        while house.notes[-1:] != ["pip otter>=1 "]:
            time.sleep(0.01)

        os.killpg(first.pid, signal.SIGINT)

        out, err = first.communicate(timeout=60)
    assert (first.returncode, out, err.count("Traceback")) == (130, "", 0)
    (house.root / "slow").unlink()
    assert house.open("hello").returncode == 0
    assert house.notes == ["venv", "pip otter>=1 "] * 2


def started(house, *args):
    return subprocess.Popen(
        [house.run, *args],
        env=house.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Where the tests run in the background Ctrl-C is ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )


def test_the_help_of_the_tests_is_ours_and_installs_nothing(house):
    result = house.open("test", "--help")

    assert (result.returncode, result.stderr, house.notes) == (0, "", [])
    assert result.stdout.startswith("Check everything that a change has to pass")
    assert "scripts/test ARGS     pytest alone" in result.stdout


def test_an_environment_that_is_another_users_is_told_with_who_can_make_it_ready(house):
    (house.root / ".venv").write_text("")  # as little to be written to as another user's folder

    result = house.open("hello")

    assert result.returncode == 1
    assert "may not write to it; have its owner run scripts/run --setup ''\n" in result.stderr


def test_the_tests_are_a_door_too_and_their_arguments_go_to_pytest_alone(house):
    result = house.open("test", "--version")

    assert result.returncode == 0
    assert result.stdout.startswith("pytest ")
    assert "== tests\n" in result.stderr


def test_all_checks_stop_at_the_first_that_fails_with_its_status(house):
    (house.root / "otter.py").write_text("x=1\n")

    result = house.open("test")

    assert result.returncode == 1
    assert "== format\n" in result.stderr
    assert "== lint\n" not in result.stderr
