"""What went wrong once when people pressed, edited and left at the wrong moment."""

import asyncio
import threading
from dataclasses import replace

import pytest

from bot.chats import Mode
from bot.corrector import Corrector
from bot.desk import Desk
from bot.inbox import Inbox
from bot.memory import Kind, Quote, Sheet
from bot.watches import Watch, Watches
from scripts.simulator.post import group, person, private_chat
from tests.support.library import FakeLibrary, answer, passage, quotable
from tests.support.newswire import Newswire, news, office_of
from tests.support.visit import visiting

ROOM = group()["id"]
MANY = tuple(
    replace(passage(f"Otter {n} sleeps. It holds hands."), paragraph=n, article=f"{n}.md")
    for n in range(1, 7)
)


def quoted(text):
    return [n for n in range(1, 7) if f"Otter {n} sleeps." in text]


@pytest.fixture
async def visit(telegram, tmp_path):
    library = FakeLibrary(lambda q: answer(*MANY, question=q))
    async with visiting(telegram, library, tmp_path) as visit:
        visit.library = library
        yield visit


async def test_edited_overheard_question_without_answer_stays_unanswered(telegram, tmp_path):
    library = FakeLibrary(lambda q: answer(question=q))
    async with visiting(telegram, library, tmp_path) as visit:
        await visit.office.chats.set(ROOM, mode=Mode.QUESTIONS)
        said = visit.post.says("does anyone have milk?", group())
        await visit.hears(said)
        assert telegram.sent == []
        await visit.hears(visit.post.edits(said, "does anyone have some milk?"))
    assert telegram.texts() == []


async def test_page_of_which_a_passage_left_is_what_is_remembered(visit, telegram):
    await visit.hears(visit.post.says("/ask which otters sleep?", group()))
    del visit.library.held[4]
    await visit.presses(ROOM, "More")
    assert quoted(visit.shown(ROOM)) == [5, 6]
    await visit.presses(ROOM, "Context")
    await visit.presses(ROOM, "2")
    assert quoted(visit.shown(ROOM)) == [6]


async def test_no_passage_is_shown_on_two_pages(visit, telegram):
    await visit.office.chats.set(ROOM, passages=2)
    await visit.hears(visit.post.says("/ask which otters sleep?", group()))
    seen = quoted(visit.shown(ROOM))
    del visit.library.held[3]
    for _ in range(3):
        if "More" not in visit.telegram.buttons(ROOM):
            break
        await visit.presses(ROOM, "More")
        seen += quoted(visit.shown(ROOM))
    assert seen == [1, 2, 4, 5, 6]


async def test_empty_page_is_passed_over(visit, telegram):
    await visit.hears(visit.post.says("/ask which otters sleep?", group()))
    for n in (4, 5):
        del visit.library.held[n]
    await visit.office.chats.set(ROOM, passages=2)
    await visit.presses(ROOM, "More")
    assert quoted(visit.shown(ROOM)) == [6]


class Held(FakeLibrary):
    def __init__(self):
        super().__init__(lambda q: answer(passage(f"On {q}"), question=q))
        self.gates = {}

    def ask(self, question, **kw):
        if gate := self.gates.get(question):
            gate.wait(10)
        return super().ask(question, **kw)


async def test_the_last_of_two_quick_edits_wins(telegram, tmp_path):
    library = Held()
    async with visiting(telegram, library, tmp_path) as visit:
        said = visit.post.says("/ask A?", group())
        await visit.hears(said)
        library.gates["B?"] = threading.Event()
        first = asyncio.create_task(visit.hears(visit.post.edits(said, "/ask B?")))
        await asyncio.sleep(0.2)
        second = asyncio.create_task(visit.hears(visit.post.edits(said, "/ask C?")))
        await asyncio.sleep(0.2)
        library.gates["B?"].set()
        await asyncio.gather(first, second)
        assert "On C?" in visit.shown(ROOM)


async def test_a_page_of_the_old_answer_does_not_replace_the_mended_one(telegram, tmp_path):
    gate, entered = threading.Event(), threading.Event()

    class Slow(FakeLibrary):
        slow = False

        def passages(self, ids, *, only=()):
            if self.slow:
                entered.set()
                gate.wait(10)
            return super().passages(ids, only=only)

    library = Slow(lambda q: answer(*MANY, question=q))
    async with visiting(telegram, library, tmp_path) as visit:
        said = visit.post.says("/ask A?", group())
        await visit.hears(said)
        library.slow = True
        press = asyncio.create_task(visit.presses(ROOM, "More"))
        await asyncio.to_thread(entered.wait, 5)
        library._reply = lambda q: answer(passage("Rafts."), question=q)
        await visit.hears(visit.post.edits(said, "/ask what is a raft?"))
        assert "Rafts." in visit.shown(ROOM)
        gate.set()
        await press
        assert "Rafts." in visit.shown(ROOM)


async def test_an_edit_back_after_a_failed_edit_is_answered(telegram, tmp_path):
    def reply(q):
        if q == "B?":
            raise OSError("x")
        return answer(passage(f"On {q}"), question=q)

    async with visiting(telegram, FakeLibrary(reply), tmp_path) as visit:
        said = visit.post.says("/ask A?", group())
        await visit.hears(said)
        await visit.hears(visit.post.edits(said, "/ask B?"))
        await visit.hears(visit.post.edits(said, "/ask A?"))
        assert "On A?" in visit.shown(ROOM)


async def test_a_long_digest_does_not_keep_others_waiting(telegram, tmp_path):
    library = Newswire()
    async with office_of(telegram, library, tmp_path) as office:
        watches = Watches(office.data)
        daily = await watches.add(Watch(7, None, 7, "daily?", "en", daily=True, generation=1))
        prompt = await watches.add(Watch(8, None, 8, "prompt?", "en", daily=False, generation=1))
        gen = 1
        for at in range(0, 2010, 30):
            gen += 1
            await watches.matched(
                replace(daily, generation=gen - 1),
                gen,
                [news(at + k + 1, f"text {at + k}") for k in range(30)],
            )
        fresh = news(99999, "fresh news")
        library.publish(fresh)
        await watches.matched(prompt, 2, [fresh])
        piles = await watches.waiting()
        assert prompt.number in {pile.watch.number for pile in piles}


async def test_a_link_to_no_paragraph_is_no_fault(visit, telegram, tmp_path):
    from bot.deeplinks import paragraph_in

    found = paragraph_in("p_zzzzzzzzzzzzz")
    assert found is None or found < 2**63


async def test_a_correction_stays_when_somebody_presses(telegram, tmp_path):
    library = Newswire()
    a, b = news(2, "Forty otters. She was alone."), news(5, "Pups swim. They do.")
    library.publish(a, b)
    async with visiting(telegram, library, tmp_path) as visit:
        await visit.hears(visit.post.says("How many otters?", private_chat(7)))
        library.withdraw(a, on="2017-09-20T10:00:00+00:00")
        await Corrector(visit.office).look()
        assert "Withdrawn" in visit.shown(7)
        await visit.presses(7, "Context")
        await visit.presses(7, "‹ Answer")
        assert "Withdrawn" in visit.shown(7)


async def test_a_correction_shows_no_source_that_the_chat_keeps_out(telegram, tmp_path):
    library = Newswire()
    a = news(2, "Forty otters. She was alone.")
    library.publish(a)
    async with visiting(telegram, library, tmp_path) as visit:
        await visit.hears(visit.post.says("/ask How many otters?", group()))
        await visit.office.chats.set(ROOM, sources=("Harbour Post",))
        now = replace(quotable(news(3, "Thirty otters SECRET. She was alone.")), article="2.md")
        library.withdraw(a, now, on="2017-09-20T10:00:00+00:00")
        await Corrector(visit.office).look()
        assert "SECRET" not in visit.shown(ROOM)


async def test_forged_list_press_leaves_answer(visit, telegram):
    await visit.hears(visit.post.says("/ask which otters sleep?", group()))
    before = visit.shown(ROOM)
    token = telegram.buttons(ROOM)["More"].split(".")[1]
    await visit.hears(visit.post.presses(telegram.current(ROOM), f"list.{token}.0", by=person(8)))
    assert visit.shown(ROOM) == before


async def test_vote_counts_page_of_button(visit, telegram):
    await visit.hears(visit.post.says("/ask which otters sleep?", group()))
    up = telegram.buttons(ROOM)["👍"]
    await visit.presses(ROOM, "More")
    await visit.hears(visit.post.presses(telegram.current(ROOM), up, by=person(8)))
    rows = await visit.office.data.run(
        lambda db: db.execute("select paragraphs from votes").fetchall()
    )
    assert rows in ([("[1, 2, 3]",)], [])


async def test_stale_migration_is_still_followed(visit, telegram):
    from telegram import Update

    from bot.intake import item_from

    old = visit.post.says("x", {"id": -5, "type": "group", "title": "H"}, ago_s=3000)
    del old["message"]["text"]
    old["message"]["migrate_to_chat_id"] = -100_99
    left = visit.post.membership({"id": -5, "type": "group", "title": "H"}, "member", "left")
    inbox = Inbox(visit.office.data)
    await inbox.keep(
        [
            item_from(n, raw, Update.de_json(raw, visit.office.bot))
            for n, raw in enumerate((old, left))
        ]
    )
    taken = await inbox.take(0, limit=10)
    assert any("migrate_to_chat_id" in w.payload.get("message", {}) for w in taken)


async def test_follow_up_edit_keeps_what_it_follows(visit, telegram):
    await visit.hears(visit.post.says("how do otters sleep?", private_chat(7)))
    said = visit.post.says("and wehre?", private_chat(7))
    await visit.hears(said)
    assert visit.library.followed[-1] is not None
    await visit.hears(visit.post.edits(said, "and where?"))
    assert visit.library.followed[-1] is not None


async def test_a_shared_answer_stays_in_the_language_of_who_asked(visit, telegram):
    await visit.hears(visit.post.says("/ask which otters sleep?", group()))
    by = {**person(8, "Bo"), "language_code": "ru"}
    more = telegram.buttons(ROOM)["More"]
    await visit.hears(visit.post.presses(telegram.current(ROOM), more, by=by))

    assert "Copy" in telegram.buttons(ROOM)


async def test_corrections_that_take_long_leave_clerks_for_questions(telegram, tmp_path):
    at_once, most = 0, 0

    class Slow(Newswire):
        def fates(self, quoted):
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            go.wait(10)
            at_once -= 1
            return {}

    library, go = Slow(), threading.Event()
    async with office_of(telegram, library, tmp_path) as office:
        desk = Desk(library, patience_s=1, room=20)
        hurried = replace(office, desk=desk)
        quotes = (Quote(1, "a.md", "Otters."),)
        await office.memory.keep(7, 1, Sheet(Kind.ANSWER, {"html": "x"}, quotes=quotes))
        looks = [asyncio.create_task(Corrector(hurried).look()) for _ in range(8)]
        await telegram.until(lambda: most)
        await asyncio.sleep(0.2)
        asked = await desk.look(lambda held: held.status())
        go.set()
        desk.close()
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)

    assert asked == library.status()
    assert 1 <= most <= 3
