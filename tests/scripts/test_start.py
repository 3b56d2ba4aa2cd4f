"""Starting: the first index, then the bot or the chat."""

import pytest

from scripts.start import CHAT_INSTEAD, main, start


def opened_by_starting(*, has_token=True, indexing=0):
    """The doors gone through, in order, and the status; the bot gives 3 and the chat 4."""
    opened = []

    def door(name, status):
        return lambda: opened.append(name) or status

    status = start(
        has_token=has_token,
        ensure_collection=door("index", indexing),
        bot=door("bot", 3),
        chat=door("chat", 4),
    )
    return opened, status


def test_with_a_token_the_bot_starts_once_there_is_something_to_quote(capsys):
    assert opened_by_starting() == (["index", "bot"], 3)
    assert capsys.readouterr().out == ""


def test_a_file_that_cannot_be_read_does_not_keep_the_bot_from_starting():
    assert opened_by_starting(indexing=1) == (["index", "bot"], 3)


def test_nothing_opens_when_nothing_could_be_indexed():
    assert opened_by_starting(indexing=2) == (["index"], 2)


def test_without_a_token_one_line_says_so_and_the_chat_opens(capsys):
    assert opened_by_starting(has_token=False) == (["index", "chat"], 4)
    assert capsys.readouterr().out == f"{CHAT_INSTEAD}\n"


def test_it_takes_no_arguments_but_help(capsys):
    with pytest.raises(SystemExit) as refused:
        main(["now"])
    with pytest.raises(SystemExit) as helped:
        main(["--help"])

    said = capsys.readouterr()
    assert (refused.value.code, helped.value.code) == (2, 0)
    assert "unrecognized arguments: now" in said.err
    assert "Start the bot, or the chat" in said.out


def test_a_folder_that_cannot_be_looked_into_is_told_without_a_traceback(
    tmp_path, monkeypatch, capsys
):
    folder = tmp_path / ("o" * 300)  # no file system takes such a name
    monkeypatch.setenv("INDEX_URL", str(folder))

    assert main([]) == 2
    assert capsys.readouterr().err == (
        f"that could not be done: {folder}/library.db: File name too long\n"
    )


@pytest.mark.parametrize(("name", "hint"), [("BOT_TOKN", "BOT_TOKEN"), ("INDEX_URI", "INDEX_URL")])
def test_a_misspelt_setting_is_told_without_a_traceback(name, hint, monkeypatch, capsys):
    monkeypatch.setenv(name, "x")

    assert main([]) == 2
    assert capsys.readouterr().err == f"{name} is not a setting; did you mean {hint}?\n"
