"""A conversation in the terminal: questions, more, looking around, and leaving."""

import pytest

from scripts.chat import HELP, Conversation
from scripts.terminal.showing import Look
from tests.support.collections import OTTERS, Desk


@pytest.fixture
def conversation(tmp_path):
    desk = Desk(tmp_path)
    desk.write("otters.txt", OTTERS)
    for number in range(4):
        desk.write(
            f"{number}.txt", f"Otters of bay {number} were counted by pilot number {number}."
        )
    desk.reindex()
    library = desk.library()
    yield Conversation(library, Look(width=100))
    library.close()


def test_a_question_is_answered_with_numbered_passages(conversation):
    said = conversation.reply("who counted the otters of Tidewater?")

    assert said.startswith("1. Sea otters of the harbour\n    *The harbour master of Tidewater,")
    assert "\n\n3. " in said


def test_more_goes_on_counting_and_ends(conversation):
    conversation.reply("who counted the otters of the bay?")

    second = conversation.reply("/more")

    assert second.startswith("Searched: who counted the otters of the bay?\n\n4. ")
    while "There is no more to that." not in (said := conversation.reply("more")):
        assert said.startswith("Searched: who counted")


def test_a_number_shows_the_paragraphs_around_that_passage(conversation):
    conversation.reply("who counted the otters of Tidewater?")

    said = conversation.reply("1")

    assert said.startswith("Sea otters of the harbour\n\n    Sea otters hold hands")
    assert "*The harbour master of Tidewater, Ada Brine, counted forty otters" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/help", HELP),
        ("", "Ask something, or type /help."),
        ("/more", "Ask something first."),
        ("9", "There is no passage 9 to look around in; ask something first."),
        ("/dance now", "There is no /dance; /help says what there is."),
        ("/quit", None),
    ],
)
def test_what_is_not_a_question_gets_a_plain_reply(conversation, line, said):
    assert conversation.reply(line) == said


def test_an_unanswered_question_says_so(conversation):
    assert conversation.reply("?!").startswith("Nothing in the collection answers that.")
