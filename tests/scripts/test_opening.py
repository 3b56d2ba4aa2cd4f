"""What a door says where the system will not do what was asked."""

import errno
import os
import sqlite3

import pytest

from scripts.terminal.opening import guarded, refused


def fault(code, path):
    return OSError(code, os.strerror(code), str(path))


def test_a_folder_that_is_not_there_is_named_and_not_the_file_that_was_to_be_in_it(tmp_path):
    gone = tmp_path / "gone"

    assert refused(fault(errno.ENOENT, gone / ".backup-x1")) == (
        f"there is no folder {gone}; make it, or name another place"
    )


@pytest.mark.parametrize("code", [errno.EACCES, errno.EPERM])
def test_missing_rights_are_told_with_where_to_look(code, tmp_path):
    file = tmp_path / "reindex.lock"

    assert refused(fault(code, file)) == (
        f"{file} cannot be used ({os.strerror(code)}); see who owns it and {tmp_path}"
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (fault(errno.ENOSPC, "/sea/otters"), "/sea/otters: No space left on device"),
        (OSError("the tide is out"), "the tide is out"),
        (sqlite3.OperationalError("disk I/O error"), "disk I/O error"),
    ],
)
def test_anything_else_is_told_as_the_system_tells_it(error, told):
    assert refused(error) == f"that could not be done: {told}"


def test_a_door_ends_with_two_and_that_line(tmp_path, capsys):
    def work():
        return (tmp_path / "gone" / "otters.txt").write_text("?")

    assert guarded(work) == 2
    assert capsys.readouterr().err == (
        f"there is no folder {tmp_path / 'gone'}; make it, or name another place\n"
    )
