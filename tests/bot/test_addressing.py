"""Which messages are for the bot, and what they ask."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.addressing import Incoming, Mark, Me, Request, Wish, request_in

ME = Me(42, "quotewire_bot")


def asks(question: str) -> Request:
    return Request(Wish.ANSWER, question)


def private(text: str) -> Request | None:
    return request_in(Incoming(text, private=True), ME)


def in_group(text: str, *marks: Mark, **facts: bool) -> Request | None:
    return request_in(Incoming(text, marks, **facts), ME)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("why?", asks("why?")),
        ("  why?\n", asks("why?")),
        ("/ask why?", asks("why?")),
        ("/ASK@Quotewire_BOT\nwhy?", asks("why?")),
        ("/ask", Request(Wish.HINT)),
        ("/ask@quotewire_bot  ", Request(Wish.HINT)),
        ("/ask@other_bot why?", None),
        ("/asking why?", Request(Wish.UNKNOWN)),
        ("/start from_a_link", Request(Wish.COMMAND, "from_a_link", "start")),
        ("/help", Request(Wish.COMMAND, "", "help")),
        ("/hint", Request(Wish.UNKNOWN)),
        ("/usr/bin is what?", asks("/usr/bin is what?")),
        ("is /ask a command?", asks("is /ask a command?")),
        (" ", None),
    ],
)
def test_in_private_everything_is_for_the_bot(text, request_):
    assert private(text) == request_


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("why?", None),
        ("/ask why?", asks("why?")),
        ("/ask@quotewire_bot why?", asks("why?")),
        ("/ask@other_bot why?", None),
        ("/start", Request(Wish.COMMAND, "", "start")),
        ("/help@other_bot", None),
        ("/weather", None),
        ("/weather@quotewire_bot", Request(Wish.UNKNOWN)),
        ("@quotewire_bot why?", None),  # no entity: Telegram did not take it for a mention
    ],
)
def test_in_a_group_only_commands_are_for_the_bot(text, request_):
    assert in_group(text) == request_


@pytest.mark.parametrize(
    ("text", "offset", "question"),
    [
        ("@Quotewire_Bot why?", 0, "why?"),
        ("@quotewire_bot, why?", 0, "why?"),
        ("why, @quotewire_bot ?", 5, "why, ?"),
        ("😀 @quotewire_bot why?", 3, "😀 why?"),
        ("لماذا @quotewire_bot", 6, "لماذا"),
        ("@quotewire_bot /ask why?", 0, "why?"),
    ],
)
def test_a_mention_makes_the_rest_a_question(text, offset, question):
    assert in_group(text, Mark("mention", offset, 14)) == asks(question)


def test_a_mention_of_a_person_is_not_for_the_bot():
    assert in_group("@ada why?", Mark("mention", 0, 4)) is None
    assert in_group("Ada why?", Mark("text_mention", 0, 3, user=7)) is None


def test_a_mention_by_name_counts_through_the_id():
    assert in_group("Quote why?", Mark("text_mention", 0, 5, user=42)) == asks("why?")


def test_only_the_bots_mention_is_cut_out():
    marks = (Mark("mention", 0, 4), Mark("mention", 5, 14))

    assert in_group("@ada @quotewire_bot why?", *marks) == asks("@ada why?")


def test_a_mention_alone_asks_for_a_hint():
    assert in_group("@quotewire_bot", Mark("mention", 0, 14)) == Request(Wish.HINT)


def test_a_reply_to_the_bot_is_a_question():
    assert in_group("and where?", answers_us=True) == asks("and where?")


def test_machines_are_never_answered():
    assert in_group("/ask why?", by_machine=True) is None


def test_a_question_is_always_valid_text():
    assert private("a\ud800b") == asks("a\ufffdb")


hostile = st.text(alphabet=" @/a😀ع\n\ud800_,", max_size=40)
marks = st.builds(
    Mark,
    st.sampled_from(["mention", "text_mention", "bold"]),
    st.integers(-3, 50),
    st.integers(-3, 50),
    st.sampled_from([None, 42, 7]),
)


@example("@quotewire_bot" * 2, [Mark("mention", 0, 14), Mark("mention", 14, 14)], True)
@given(hostile, st.lists(marks, max_size=4), st.booleans())
def test_whatever_comes_a_question_is_never_blank(text, found, is_private):
    request = request_in(Incoming(text, tuple(found), private=is_private), ME)

    if request and request.wish is Wish.ANSWER:
        assert request.text == request.text.strip() != ""
        assert request.text.encode("utf-8")
