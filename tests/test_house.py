"""The house itself: what stands in the repository, and what must not."""

import ast
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENTRIES = {
    *("seeds", "index", "bot", "scripts", "tests", "docs", ".ci"),
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "pyproject.toml"),
    *(".env.example", ".gitignore", ".pre-commit-config.yaml"),
}
DOORS = sorted(door for door in (ROOT / "scripts").glob("*.py") if door.name != "__init__.py")


@pytest.fixture(scope="module")
def files():
    """Every file that is, or could be, committed."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("only git knows which files belong here, and this is no git checkout")
    command = [git, "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return sorted(name for name in set(listed.split("\0")) if name and (ROOT / name).is_file())


def test_the_top_of_the_house_is_as_designed(files):
    assert {Path(name).parts[0] for name in files} == ENTRIES


def test_nothing_names_a_place_on_somebodys_machine(files):
    # A path right after a letter, a colon or a dot is part of an address or of a longer path.
    somewhere = re.compile(rb"(?<![\w./:~-])/(?:work|home|root|Users)/\w[^\s\"'`)]*")

    found = {name: somewhere.findall((ROOT / name).read_bytes()) for name in files}

    assert {name: paths for name, paths in found.items() if paths} == {}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.stem)
def test_every_door_says_in_one_line_what_it_is_for_and_has_a_main(door):
    module = ast.parse(door.read_text("utf-8"))
    first_line = (ast.get_docstring(module) or "").partition("\n")[0]

    assert door.read_text("utf-8").startswith(f'"""{first_line}')
    assert re.fullmatch(r"[A-Z].{10,85}\.", first_line)
    assert "main" in {node.name for node in module.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("script", ["scripts/run", "scripts/test", ".ci/run"])
def test_the_shell_doors_can_be_run(script):
    assert os.access(ROOT / script, os.X_OK)
    assert (ROOT / script).read_text("utf-8").startswith("#!/bin/sh\n")


def test_ci_runs_the_tests_and_nothing_else():
    lines = (ROOT / ".ci/run").read_text("utf-8").splitlines()

    assert [line for line in lines if line and not line.startswith("#")] == [
        'exec "$(dirname "$(readlink -f "$0")")/../scripts/test"'
    ]
