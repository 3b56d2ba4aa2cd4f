"""A group that keeps to some sources since: what was answered before shows nothing of others."""

from dataclasses import replace

import pytest

from bot.corrector import Corrector
from bot.courier import Courier, news_of
from bot.given import Found
from bot.phrases import phrases_in
from bot.watches import MOST_UNSENT, Alert, Pile, Watch, Watches
from index import Fate, Reading
from scripts.simulator.post import group, person
from tests.support.library import FakeLibrary, answer, passage, quotable
from tests.support.visit import visiting

WORDS = phrases_in("en").answers
ROOM = group()["id"]
OTHER = "Lantern Post"
WATCH = Watch(ROOM, None, 3, "otters?", "en", daily=False, generation=1)


def told(number, publisher):
    text = f"{'Own' if publisher != OTHER else 'Foreign'} otter {number} sleeps."
    found = replace(passage(text, publisher=publisher), paragraph=number, article=f"{number}.md")
    return replace(found, also=(OTHER, "Reuters"))


FOUND = [told(n, OTHER if n % 2 else "Tidewater Weekly") for n in range(1, 7)]
ALL_FOREIGN = [told(n, OTHER) for n in range(11, 17)]


async def restricted(visit, passages):
    """An answer with those passages, given before the group was kept to one source."""
    visit.library_found[:] = passages
    await visit.hears(visit.post.says("/ask otters?", group(), **{"from": person(3)}))
    await visit.office.chats.set(ROOM, sources=("Tidewater Weekly",))


@pytest.fixture
async def visit(telegram, tmp_path):
    found = []
    library = FakeLibrary(lambda question: answer(*found, question=question))
    for each in (*FOUND, *ALL_FOREIGN):
        library.readings[each.article] = Reading(
            each.article, each.credit, ((each.paragraph, each.text),)
        )
    async with visiting(telegram, library, tmp_path) as visit:
        visit.library, visit.library_found = library, found
        yield visit


def said_since(telegram, before):
    return " ".join(str(call.fields) for call in telegram.calls[before:])


@pytest.mark.parametrize("label", ["More", "Context", "Article", "Why?", "👎"])
async def test_a_button_of_an_old_answer_shows_nothing_of_other_sources(label, visit, telegram):
    await restricted(visit, FOUND)
    before = len(telegram.calls)

    await visit.presses(ROOM, label)

    said = said_since(telegram, before)
    assert "Tidewater Weekly" in said
    assert [word for word in ("Foreign", OTHER, "Reuters") if word in said] == []


@pytest.mark.parametrize("label", ["More", "Context", "Article", "Why?", "👎"])
async def test_where_nothing_of_an_old_answer_is_left_a_button_says_so(label, visit, telegram):
    await restricted(visit, ALL_FOREIGN)
    before = len(telegram.calls)

    await visit.presses(ROOM, label)

    assert [call.method for call in telegram.calls[before:]] == ["answerCallbackQuery"]
    assert telegram.calls[-1].fields["text"] == WORDS.gone


async def test_a_vote_for_an_old_answer_thanks_and_repeats_nothing(visit, telegram):
    await restricted(visit, FOUND)
    before = len(telegram.calls)

    await visit.presses(ROOM, "👍")

    assert [call.method for call in telegram.calls[before:]] == ["answerCallbackQuery"]
    assert telegram.calls[-1].fields["text"] == WORDS.thanks


async def test_once_it_is_turned_an_old_answer_has_own_quotes_to_copy_and_to_page_alone(
    visit, telegram
):
    await restricted(visit, FOUND)
    await visit.presses(ROOM, "Context")
    before = len(telegram.calls)

    await visit.presses(ROOM, WORDS.back)

    assert "Own otter 2 sleeps." in telegram.buttons(ROOM)["Copy"]
    assert "Foreign" not in said_since(telegram, before)


def test_an_alert_names_no_carrier_that_the_chat_does_not_keep_to():
    own = told(2, "Tidewater Weekly")
    found = Found(2, "2.md", own.best, own.evidence, own.also)
    pile = Pile(WATCH, (Alert(1, found, "d", 0.0),))

    (everything,) = news_of(pile, {2: quotable(own)}).passages
    (kept,) = news_of(pile, {2: quotable(own)}, only=("Tidewater Weekly", "Reuters")).passages

    assert (everything.also, kept.also) == ((OTHER, "Reuters"), ("Reuters",))


# Chats that are not served, and what waits.


def elsewhere(office):
    """The office once BOT_CHATS names another chat alone."""
    return replace(office, settings=office.settings.model_copy(update={"chats": (-100_9,)}))


async def test_no_alert_goes_to_a_chat_that_is_not_served_and_its_watches_stay(visit, telegram):
    visit.library.held |= {FOUND[1].paragraph: quotable(FOUND[1])}
    watches = Watches(visit.office.data)
    watch = await watches.add(WATCH)
    await watches.matched(watch, 2, [FOUND[1]])
    sent = []
    for office in (elsewhere(visit.office), visit.office):
        courier = Courier(office)
        await courier.look()
        await courier.leave()
        sent.append(len(telegram.sent))

    assert sent == [0, 1]
    assert await watches.one(watch.number) is not None


async def test_no_correction_goes_to_a_chat_that_is_not_served(visit, telegram):
    visit.library_found[:] = [FOUND[1]]
    await visit.hears(visit.post.says("/ask otters?", group()))
    visit.library.fated = {2: Fate(None, "2017-09-20")}
    visit.library.held.clear()
    edited = []
    for office in (elsewhere(visit.office), visit.office):
        await Corrector(office).look()
        edited.append(len(telegram.edited))

    assert (len(telegram.sent), edited) == (1, [0, 1])


async def test_thirty_alerts_of_a_watch_wait_and_the_others_are_counted(visit):
    watches = Watches(visit.office.data)
    watch = await watches.add(WATCH)
    found = [told(number, OTHER) for number in range(1, 41)]
    await watches.matched(watch, 2, found[:20])
    await watches.matched(watch, 3, found[20:], more=5)

    (pile,) = await watches.waiting()

    kept = [alert.found.paragraph for alert in pile.alerts]
    assert (MOST_UNSENT, kept) == (30, [*range(1, 31)])
    assert sum(alert.more for alert in pile.alerts) == 15


async def test_many_daily_alerts_keep_none_that_are_told_at_once_from_being_read(visit):
    watches = Watches(visit.office.data, clock=lambda: 1_000.0)
    for chat in range(1, 71):
        daily = await watches.add(replace(WATCH, chat=chat, daily=True))
        await watches.matched(daily, 2, [told(number, OTHER) for number in range(1, 31)])
    later = Watches(visit.office.data, clock=lambda: 2_000.0)
    at_once = await later.add(WATCH)
    await later.matched(at_once, 2, [FOUND[1]])

    piles = await later.waiting()

    assert [pile.watch.number for pile in piles if not pile.watch.daily] == [at_once.number]
    assert sum(len(pile.alerts) for pile in piles if pile.watch.daily) == 2_000
