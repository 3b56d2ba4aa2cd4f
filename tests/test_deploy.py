"""What docs/deploy says of settings, commands and paths is so."""

import re
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import BotSettings
from bot.watchdog import STUCK
from index import ROOT, IndexSettings, setting_names

DEPLOY = ROOT / "docs" / "deploy"
SETTINGS = {*setting_names(BotSettings), *setting_names(IndexSettings)}
NAMED = re.compile(r"\b(?:BOT|INDEX)_[A-Z_]+\b")


@pytest.fixture
def unit() -> dict[str, list[str]]:
    """The [Service] of the unit: every value of a key, in order."""
    section, read = "", {}
    for line in (DEPLOY / "quotewire.service").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif section == "[Service]" and line and not line.startswith("#"):
            key, _, value = line.partition("=")
            read.setdefault(key, []).append(value)
    return read


@pytest.fixture
def compose() -> Any:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


@pytest.fixture
def steps() -> list[str]:
    """The instructions of the Dockerfile, each on one line."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    plain = "".join(line for line in text.splitlines(keepends=True) if line[0] != "#")
    return [step.strip() for step in plain.replace("\\\n", " ").splitlines() if step.strip()]


@pytest.mark.parametrize("file", sorted(DEPLOY.iterdir()), ids=lambda file: file.name)
def test_every_setting_named_there_is_one(file):
    named = set(NAMED.findall(file.read_text("utf-8")))

    assert named - SETTINGS == set()


def test_every_setting_named_in_operating_is_one():
    text = (ROOT / "docs" / "operating.md").read_text("utf-8")

    assert set(NAMED.findall(text)) - SETTINGS == set()


def test_operating_names_files_and_doors_that_there_are():
    text = (ROOT / "docs" / "operating.md").read_text("utf-8")
    files = set(re.findall(r"\bdocs/deploy/[\w./-]*\w", text))
    doors = set(re.findall(r"scripts/run ([a-z]+)\b", text))

    assert {"docs/deploy/quotewire.service", "docs/deploy/compose.yaml"} <= files
    assert [name for name in sorted(files) if not (ROOT / name).exists()] == []
    assert [
        name for name in sorted(doors) if not (ROOT / "scripts" / f"{name}.py").is_file()
    ] == []


def test_the_service_starts_what_there_is_and_may_write_where_the_bot_writes(unit):
    [checkout] = unit["WorkingDirectory"]
    command, door = unit["ExecStart"][0].split()

    assert (ROOT / Path(command).relative_to(checkout)).is_file()
    assert (ROOT / "scripts" / f"{door}.py").is_file()
    defaults = BotSettings().data, IndexSettings().folder
    written = {Path(path.lstrip("-")).relative_to(checkout) for path in unit["ReadWritePaths"]}
    assert written == {*(each.relative_to(ROOT) for each in defaults), Path("sources.toml")}


def test_the_service_gives_the_bot_the_time_it_may_take(unit):
    settings = BotSettings()

    assert float(unit["TimeoutStopSec"][0]) > settings.drain_s + 10
    assert unit["TimeoutStartSec"] == ["infinity"]
    assert 3 * 15 <= float(unit["WatchdogSec"][0]) < settings.watchdog_s
    assert unit["Type"] == ["notify"]


def test_the_service_starts_a_stuck_bot_again_and_a_misconfigured_one_not(unit):
    assert unit["Restart"] == ["on-failure"]
    assert unit["RestartPreventExitStatus"] == ["2"]
    assert str(STUCK) not in unit["RestartPreventExitStatus"][0].split()


def test_the_service_gives_nothing_away(unit):
    hardened = {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
        "AmbientCapabilities": "",
        "UMask": "0077",
        "LimitCORE": "0",
        "User": "quotewire",
    }

    assert {key: unit[key] for key in hardened} == {key: [v] for key, v in hardened.items()}
    assert unit["SystemCallFilter"] == ["@system-service", "~@privileged @resources"]
    assert "MemoryDenyWriteExecute" not in unit


def test_the_unit_can_be_read():
    parser = ConfigParser(strict=False, interpolation=None)
    parser.read(DEPLOY / "quotewire.service", "utf-8")

    assert parser.sections() == ["Unit", "Service", "Install"]


def test_the_image_copies_and_runs_what_there_is(steps):
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    modules = set(re.findall(r'"-m", "([\w.]+)"', "\n".join(steps)))

    assert [name for name in let_in if not (ROOT / name).exists()] == []
    assert set(let_in) == {"pyproject.toml", "bot", "index", "scripts", "seeds"}
    assert "*" in ignored
    assert modules == {"scripts.healthy", "scripts.start"}
    for module in modules:
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()


def test_the_image_asks_for_a_python_that_pyproject_takes(steps):
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    bases = {found for step in steps for found in re.findall(r"^FROM python:(3\.\d+)-slim", step)}

    assert wanted["requires-python"] == ">=3.11"
    assert bases == {"3.12"}
    assert any(line.startswith("torch>=") for line in wanted["dependencies"])


def test_the_image_can_keep_the_collection_in_a_database_too(steps):
    install = next(step for step in steps if "requirements.txt" in step)
    program = re.search(r'python -c "([^"]+)"', install)[1]

    asked = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()

    assert {"aiohttp", "psycopg", "torch"} <= {re.split(r"[\[<>=]", line)[0] for line in asked}
    # What a machine keeps beside a database must lie where it may write.
    assert "INDEX_DATA=/data" in "\n".join(steps)


def test_the_image_runs_as_nobody_in_particular_and_never_downloads(steps):
    text = "\n".join(steps)
    user, last = steps.index("USER 10001:10001"), steps[-1]

    assert user > max(number for number, step in enumerate(steps) if step.startswith("COPY"))
    assert last == 'CMD ["python", "-P", "-m", "scripts.start"]'
    assert "HF_HUB_OFFLINE=1" in text
    assert "BOT_DATA=/data INDEX_URL=/data" in text
    assert "COPY .env" not in text


def test_compose_builds_that_image_and_keeps_it_in(compose):
    bot = compose["services"]["bot"]
    context = (DEPLOY / bot["build"]["context"]).resolve()

    assert context == ROOT
    assert (context / bot["build"]["dockerfile"]).is_file()
    assert (DEPLOY / bot["env_file"]).resolve() == ROOT / ".env"
    assert (bot["read_only"], bot["init"], bot["cap_drop"]) == (True, True, ["ALL"])
    assert bot["security_opt"] == ["no-new-privileges:true"]
    assert bot["restart"] == "unless-stopped"
    assert float(bot["stop_grace_period"].rstrip("s")) > BotSettings().drain_s + 10
    assert [mount.rpartition(":")[0] or mount for mount in bot["volumes"]] == [
        "data",
        "${ARTICLES:-../../seeds}:/articles",
    ]
