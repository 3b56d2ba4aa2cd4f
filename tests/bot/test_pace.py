"""Messages leave no faster than Telegram allows."""

from hypothesis import given
from hypothesis import strategies as st

from bot.limits import CHAT_SPAN_S, GROUP_SPAN_S
from bot.pace import Pace, Window


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_chat_gets_one_message_a_second():
    pace = Pace(Clock())

    assert [round(pace.book_chat(7), 3) for _ in range(3)] == [0, CHAT_SPAN_S, 2 * CHAT_SPAN_S]


def test_a_chat_takes_nothing_from_another():
    pace = Pace(Clock())
    pace.book_chat(7)

    assert pace.book_chat(8) == 0


def test_a_group_gets_twenty_messages_a_minute():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(20):
        clock.now += pace.book_chat(-5)
    begun = clock.now - 19 * CHAT_SPAN_S

    assert round(clock.now + pace.book_chat(-5) - begun, 3) == GROUP_SPAN_S


def test_all_chats_together_get_thirty_messages_a_second():
    pace = Pace(Clock())

    assert [pace.book_all() for _ in range(30)] == [0] * 30
    assert round(pace.book_all(), 3) == 1.05


def test_what_nobody_waits_for_leaves_ten_of_the_thirty_to_answers():
    clock = Clock()
    pace = Pace(clock)
    for _ in range(20):
        assert pace.spare(7) == 0
        pace.book_all()

    assert round(pace.spare(7), 3) == 1.05
    assert [pace.book_all() for _ in range(10)] == [0] * 10
    assert round(pace.spare(7), 3) == 1.05
    clock.now += 1.06
    assert pace.spare(7) == 0


def test_what_nobody_waits_for_books_nothing_ahead_in_a_chat_that_must_wait():
    pace = Pace(Clock())
    pace.book_chat(7)

    assert [round(pace.spare(7), 3) for _ in range(3)] == [CHAT_SPAN_S] * 3
    assert round(pace.book_chat(7), 3) == CHAT_SPAN_S


def test_chats_that_have_been_quiet_are_forgotten():
    clock = Clock()
    pace = Pace(clock)
    for chat in range(1, 10_001):
        pace.book_chat(chat)
    clock.now += 2

    pace.book_chat(20_000)

    assert list(pace._chats) == [20_000]


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 5))
def test_no_window_ever_holds_more_than_it_may(gaps, count):
    window, now, left = Window(count, 10.0), 0.0, []
    for gap in gaps:
        now += gap
        now = window.opens(now)
        window.book(now)
        left.append(now)

    for first, later in zip(left, left[count:], strict=False):
        assert later - first >= 10.0 - 1e-9
