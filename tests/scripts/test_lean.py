"""Whoever asks for help, or mistypes a setting, does not wait for a model to be imported."""

import json
import os
import subprocess
import sys

import pytest

from index import ROOT

HEAVY = {"torch", "transformers", "sentence_transformers", "faiss", "sklearn", "scipy", "pandas"}
DOORS = sorted(
    file.stem for file in (ROOT / "scripts").glob("*.py") if file.stem not in {"__init__", "start"}
)
SHOWN = """
import contextlib, io, json, runpy, sys
found = {}
for door in sys.argv[1:]:
    sys.argv = [door, "--help"]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        runpy.run_module(f"scripts.{door}", run_name="__main__", alter_sys=True)
    found[door] = [out.getvalue().startswith("usage: "), sorted(sys.modules)]
print(json.dumps(found))
"""


def child(*argv: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *argv],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_help_of_every_door_imports_nothing_heavy():
    ran = child("-c", SHOWN, *DOORS)

    found = json.loads(ran.stdout)
    assert [door for door in DOORS if not found[door][0]] == []
    assert {door: HEAVY.intersection(found[door][1]) for door in DOORS} == {
        door: set() for door in DOORS
    }


@pytest.mark.parametrize("module", ["bot.__main__", "scripts.start"])
def test_the_bot_can_start_before_anything_heavy_is_imported(module):
    ran = child("-c", f"import json, sys, {module}; print(json.dumps(sorted(sys.modules)))")

    assert HEAVY.intersection(json.loads(ran.stdout)) == set()


def test_a_wrong_setting_is_told_before_anything_heavy_is_imported():
    ran = child("-X", "importtime", "-m", "bot", BOT_TOKEN="1:a", BOT_QUEUE="many")

    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if "|" in line}
    assert ran.returncode == 2
    assert "BOT_QUEUE" in ran.stderr
    assert "bot.settings" in imported
    assert HEAVY.intersection(imported) == set()
