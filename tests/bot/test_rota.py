"""Whoever wants much waits for their own work, and everybody else has their turn."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rota import Asker, Rota
from bot.turns import Turns

ADA, BO, CLEO = Asker(7, 7), Asker(-5, 8), Asker(-5, 9)


def rota(at_once=99, in_chat=99, of_one=99):
    return Rota(at_once=at_once, in_chat=in_chat, of_one=of_one)


def taken(waiting):
    """Everything that may begin, in order."""
    found = []
    while next_one := waiting.take():
        found.append(next_one[1])
    return found


def test_chats_take_turns_and_so_do_the_people_of_a_chat():
    waiting = rota()
    for asker, item in [(ADA, "a1"), (ADA, "a2"), (ADA, "a3"), (BO, "b1"), (BO, "b2")]:
        waiting.add(asker, item)
    waiting.add(CLEO, "c1")

    assert taken(waiting) == ["a1", "b1", "a2", "c1", "a3", "b2"]
    assert waiting.waiting == 0


def test_one_person_has_no_more_begun_than_the_bound_and_the_rest_waits_for_it_alone():
    waiting = rota(of_one=2)
    for number in range(200):
        waiting.add(ADA, number)
    waiting.add(BO, "bo")

    assert taken(waiting) == [0, "bo", 1]
    assert (waiting.of_one(ADA), waiting.of_chat(ADA), waiting.waiting) == (200, 200, 198)
    waiting.end(ADA)
    assert taken(waiting) == [2]


def test_a_chat_has_no_more_begun_than_its_bound_however_many_people_ask():
    waiting = rota(in_chat=2)
    for person in range(5):
        waiting.add(Asker(-5, person), person)
    waiting.add(ADA, "ada")

    assert taken(waiting) == [0, "ada", 1]


def test_no_more_begins_than_there_is_room_for_and_then_who_is_next():
    waiting = rota(at_once=1)
    for asker in (ADA, ADA, BO):
        waiting.add(asker, asker)

    assert taken(waiting) == [ADA]
    assert waiting.full
    waiting.end(ADA)
    assert taken(waiting) == [BO]


def test_nobody_in_particular_has_no_bound_but_the_one_over_all():
    waiting = rota(in_chat=1, of_one=1)
    for number in range(3):
        waiting.add(Asker(), number)

    assert taken(waiting) == [0, 1, 2]
    assert (waiting.of_one(Asker()), waiting.of_chat(Asker())) == (0, 0)


def test_what_is_withdrawn_does_not_begin_and_what_has_begun_cannot_be():
    waiting = rota(of_one=1)
    for item in ("first", "second", "third"):
        waiting.add(ADA, item)
    assert taken(waiting) == ["first"]

    assert waiting.withdraw(ADA, "second")
    assert not waiting.withdraw(ADA, "first")
    assert not waiting.withdraw(BO, "never there")
    waiting.end(ADA)
    assert taken(waiting) == ["third"]
    waiting.end(ADA)
    assert waiting.of_one(ADA) == waiting.of_chat(ADA) == 0


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=60),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(1, 2),
)
def test_no_bound_is_ever_passed_and_all_have_their_turn(askers, at_once, in_chat, of_one):
    waiting, at_work, done = rota(at_once, in_chat, of_one), [], 0
    for chat, one in askers:
        waiting.add(Asker(chat, one), object())

    while waiting.waiting or at_work:
        while found := waiting.take():
            at_work.append(found[0])
        assert len(at_work) <= at_once
        assert all(sum(each.chat == chat for each in at_work) <= in_chat for chat in range(4))
        assert all(sum(each.one == one for each in at_work) <= of_one for one in range(4))
        waiting.end(at_work.pop(0))
        done += 1

    assert done == len(askers)


async def test_a_turn_that_is_no_longer_wanted_is_given_to_the_next():
    turns, begun, go = Turns(at_once=1, in_chat=1, of_one=1), [], asyncio.Event()

    async def work(name):
        async with turns.turn(ADA):
            begun.append(name)
            await go.wait()

    tasks = [asyncio.create_task(work(name)) for name in ("first", "second", "third")]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(tasks[1], return_exceptions=True)
    go.set()
    await asyncio.gather(tasks[0], tasks[2])

    assert begun == ["first", "third"]


async def test_a_turn_that_breaks_off_is_over():
    turns = Turns(at_once=1, in_chat=1, of_one=1)
    with pytest.raises(ValueError, match="broken"):
        async with turns.turn(ADA):
            raise ValueError("broken")

    async with asyncio.timeout(5), turns.turn(ADA):
        pass
