"""Corrections follow the quote: what was quoted and has changed or left is said to have."""

import asyncio
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.corrections import Note, after, corrected_html, reply_html
from bot.corrector import Corrector
from bot.limits import ENTITIES, MESSAGE_UNITS
from bot.memory import Kind, Quote, Sheet
from bot.newsroom import Newsroom
from bot.outbox import Outbox
from bot.phrases import phrases_in
from bot.render import page_html, utf16_units
from index import Fate
from scripts.simulator.markup import parse_html
from scripts.simulator.post import group, private_chat
from scripts.simulator.stage import Unhurried, performing
from tests.support.library import passage, quotable
from tests.support.newswire import Newswire, news, office_of

WORDS = phrases_in("en").watches
FORTY = "Ada Brine counted forty otters. She was alone."
THIRTY = "Ada Brine counted thirty otters. She was alone."
PUPS = "Eleven pups were taken to the aquarium."
NOTED = (
    "⚠️ Changed by the publisher, seen on 20 September 2017. What is quoted below as “Ada Brine "
    "counted forty otters. She was alone.” now reads:\nAda Brine counted thirty otters. She was "
    "alone."
)
WITHDRAWN = (
    "⚠️ Withdrawn: “Ada Brine counted forty otters. She was alone.”, quoted below, left the "
    "collection on 20 September 2017. I no longer vouch for it."
)
QUOTED = "How otters sleep · Tidewater Weekly · 16 September 2017\n" + FORTY

texts = st.text(alphabet="aé א<&>\n😀.", min_size=1, max_size=2_500).filter(str.strip)


async def asked(telegram, post, library, text="How many otters?", chat=None):
    before = len(telegram.sent)
    await telegram.push(post.says(text, chat or private_chat(7)))
    await telegram.until(lambda: len(telegram.sent) > before)


async def test_a_changed_quote_is_corrected_once_in_its_own_message(tmp_path, telegram, post):
    library = Newswire()
    quoted = news(2, FORTY)
    library.publish(quoted)

    async with performing(telegram, library, tmp_path):
        await asked(telegram, post, library)
        now = replace(quotable(news(3, THIRTY)), article="2.md")
        library.withdraw(quoted, now, on="2017-09-20T10:00:00+00:00")
        await telegram.until(lambda: len(telegram.edited) == 1)
    async with performing(telegram, library, tmp_path):
        await asked(telegram, post, library, chat=private_chat(8))

    assert telegram.current(7)["text"] == f"{NOTED}\n\n{QUOTED}"
    assert len(telegram.edited) == 1
    assert len(telegram.texts(7)) == 1


async def test_a_withdrawn_quote_loses_its_buttons_where_nothing_else_is_quoted(
    tmp_path, telegram, post
):
    library = Newswire()
    quoted = news(2, FORTY)
    library.publish(quoted)

    async with performing(telegram, library, tmp_path):
        await asked(telegram, post, library)
        library.withdraw(quoted, on="2017-09-20T10:00:00+00:00")
        await telegram.until(lambda: telegram.edited)

    assert telegram.current(7)["text"] == f"{WITHDRAWN}\n\n{QUOTED}"
    assert telegram.buttons(7) == {}


async def test_the_other_quotes_keep_their_buttons(tmp_path, telegram, post):
    library = Newswire()
    quoted = news(2, FORTY)
    library.publish(quoted, news(3, PUPS))

    async with performing(telegram, library, tmp_path):
        await asked(telegram, post, library)
        before = telegram.buttons(7)
        library.withdraw(quoted, on="2017-09-20T10:00:00+00:00")
        await telegram.until(lambda: telegram.edited)
        after = telegram.buttons(7)

    assert list(after) == list(before)
    assert {name: said for name, said in after.items() if name != "Copy"} == {
        name: said for name, said in before.items() if name != "Copy"
    }
    assert after["Copy"].startswith("“Eleven pups")


async def test_a_quote_that_only_moved_is_no_correction(tmp_path, telegram, post):
    library = Newswire()
    quoted = news(2, FORTY)
    library.publish(quoted)

    async with performing(telegram, library, tmp_path):
        await asked(telegram, post, library)
    async with office_of(telegram, library, tmp_path) as office:
        library.withdraw(quoted, quotable(news(3, FORTY)), on="2017-09-20")
        assert await Newsroom(office).follow()
        sheet = await office.memory.sheet(7, telegram.numbers[0])

    assert telegram.edited == []
    assert sheet.quotes == (Quote(3, "3.md", FORTY),)
    assert [entry[:2] for entry in sheet.told["found"]] == [[3, "3.md"]]
    assert "notes" in sheet.told


async def test_a_text_that_another_article_still_carries_is_no_correction(tmp_path, telegram):
    quote = Sheet(Kind.ANSWER, {"html": "x"}, quotes=(Quote(2, "2.md", PUPS),))

    class Carried(Newswire):
        def search(self, words, **options):
            assert words == '"Eleven pups were taken to the aquarium"'
            return super().search(words.strip('"'), **options)

    library = Carried()
    library.held = {9: quotable(news(9, PUPS))}
    library.fated = {2: Fate(None, "2017-09-20")}

    async with office_of(telegram, library, tmp_path) as office:
        await office.memory.keep(7, 70, quote)
        assert await Corrector(office).look()
        sheet = await office.memory.sheet(7, 70)

    assert telegram.calls[-1].method == "getMe"
    assert sheet.quotes == (Quote(9, "9.md", PUPS),)


async def kept(office, *, chat=-100_5, message=70, **told):
    html = page_html([passage(FORTY)], phrases_in("en").answers)
    sheet = Sheet(Kind.ALERT, {"html": html, **told}, quotes=(Quote(1, "otters.md", FORTY),))
    await office.memory.keep(chat, message, sheet)


async def test_a_message_that_may_not_be_edited_is_corrected_by_one_reply(tmp_path, telegram):
    library = Newswire()
    library.fated = {1: Fate(None, "2017-09-20")}
    telegram.fail("editMessageText", 400, "Bad Request: message can't be edited")

    async with office_of(telegram, library, tmp_path) as office:
        await kept(office)
        looks = [await Corrector(office).look() for _ in range(2)]

    assert looks == [True, True]
    assert telegram.texts() == [
        "⚠️ Withdrawn: “Ada Brine counted forty otters. She was alone.”, which I quoted, left the "
        "collection on 20 September 2017. I no longer vouch for it."
    ]
    assert telegram.sent[0]["reply_parameters"]["message_id"] == 70
    assert telegram.sent[0]["disable_notification"] is True


async def test_nothing_is_said_where_the_message_or_the_chat_is_gone(tmp_path, telegram):
    library = Newswire()
    library.fated = {1: Fate(None, "2017-09-20")}
    telegram.blocked[8] = "Forbidden: bot was blocked by the user"
    telegram.moved[-5] = -100_7

    async with office_of(telegram, library, tmp_path) as office:
        await kept(office)
        await kept(office, chat=8)
        await kept(office, chat=-5)
        looks = [await Corrector(office).look() for _ in range(2)]

    assert looks == [True, True]
    assert telegram.sent == telegram.edited == []
    assert len(telegram.made("editMessageText")) == 3


async def test_a_reply_that_is_refused_is_not_tried_again(tmp_path, telegram):
    library = Newswire()
    library.fated = {1: Fate(None, "2017-09-20")}
    telegram.fail("editMessageText", 400, "Bad Request: message can't be edited")
    telegram.fail("sendMessage", 400, "Bad Request: TOPIC_CLOSED")

    async with office_of(telegram, library, tmp_path) as office:
        await kept(office)
        looks = [await Corrector(office).look() for _ in range(2)]

    assert looks == [True, True]
    assert len(telegram.made("sendMessage")) == 1


@pytest.mark.parametrize(
    "fault", [{"status": 200, "hang_up": True}, {"status": 401}, {"status": 200, "body": b"[]"}]
)
async def test_trouble_on_the_way_puts_a_correction_off(fault, tmp_path, telegram):
    library = Newswire()
    library.fated = {1: Fate(None, "2017-09-20")}
    telegram.fail("editMessageText", **fault)

    async with office_of(telegram, library, tmp_path) as office:
        await kept(office)
        telegram.shown[-100_5, 70] = {"message_id": 70, "date": 1, "chat": group(), "text": "."}
        impatient = Outbox(office.bot, pace=Unhurried(), patience_s=0)
        corrector = Corrector(replace(office, outbox=impatient))
        looks = [await corrector.look() for _ in range(3)]

    assert looks == [False, True, True]
    assert len(telegram.edited) == 1


async def test_the_newest_messages_of_a_chat_are_corrected_and_no_more_than_twenty(
    tmp_path, telegram
):
    library = Newswire()
    library.fated = {1: Fate(None, "2017-09-20")}
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    async with office_of(telegram, library, tmp_path) as office:
        for number in range(30):
            await kept(office, message=number)
            telegram.shown[-100_5, number] = {
                "message_id": number,
                "date": 1,
                "chat": group(),
                "text": ".",
            }
        await Corrector(office, sleep=sleep).look()

    assert [edit["message_id"] for edit in telegram.edited] == list(range(29, 9, -1))
    assert waits == [6.0] * 19


async def test_a_library_out_of_order_puts_corrections_off(tmp_path, telegram):
    class Broken(Newswire):
        def fates(self, quoted):
            raise OSError("the disk is gone")

    async with office_of(telegram, Broken(), tmp_path) as office:
        await kept(office)
        done = await Corrector(office).look()

    assert done is False


async def test_a_message_that_was_turned_over_meanwhile_keeps_what_it_shows(tmp_path, telegram):
    library = Newswire()

    async with office_of(telegram, library, tmp_path) as office:
        await kept(office)
        before = await office.memory.sheet(-100_5, 70)
        turned = replace(before, told={"html": "page 2"}, quotes=())
        await office.memory.keep(-100_5, 70, turned)
        quoted = Corrector(office)._quoted
        await quoted.update(-100_5, 70, replace(before, told={"html": "late"}), before=before)
        sheet = await office.memory.sheet(-100_5, 70)

    assert (sheet.told, sheet.quotes) == ({"html": "page 2"}, ())


async def test_a_correction_makes_no_old_answer_the_last_one(tmp_path, telegram, post):
    library = Newswire()
    quoted = news(2, FORTY)
    library.publish(quoted)

    async with performing(telegram, library, tmp_path):
        await asked(telegram, post, library)
    async with office_of(telegram, library, tmp_path) as office:
        when = "select kept_at from sheets"
        before = await office.data.run(lambda db: db.execute(when).fetchall())
        library.withdraw(quoted, on="2017-09-20")
        await Newsroom(office).follow()
        after = await office.data.run(lambda db: db.execute(when).fetchall())

    assert len(telegram.edited) == 1
    assert after == before


def test_what_changes_again_has_one_note_with_the_newest_text():
    sheet = Sheet(Kind.ANSWER, {"html": "x"}, quotes=(Quote(1, "a.md", FORTY),))
    first = {1: Fate(replace(quotable(news(2, THIRTY)), article="a.md"), "2017-09-20")}
    second = {2: Fate(replace(quotable(news(3, PUPS)), article="a.md"), "2017-09-21")}

    once, _ = after(sheet, first)
    twice, notes = after(replace(once, told=json.loads(json.dumps(once.told))), second)

    assert notes == (Note(FORTY, PUPS, "2017-09-21", 3),)
    assert twice.quotes == (Quote(3, "a.md", PUPS),)


def test_a_quote_that_stands_and_one_that_left_are_told_apart():
    quotes = (Quote(1, "a.md", FORTY), Quote(2, "b.md", PUPS))
    sheet = Sheet(Kind.ANSWER, {"html": "x"}, quotes=quotes)

    now, notes = after(sheet, {2: Fate(None, "2017-09-20")})

    assert now.quotes == (Quote(1, "a.md", FORTY),)
    assert notes == (Note(PUPS, "", "2017-09-20"),)


@given(st.lists(texts, min_size=1, max_size=3), st.lists(st.tuples(texts, texts), min_size=1))
def test_a_corrected_message_is_valid_and_short_enough_and_loses_no_source(quoted, changes):
    passages = [passage(text, best=text) for text in quoted]
    html = page_html(passages, phrases_in("en").answers)
    notes = [Note(old, new if len(new) % 2 else "", "2017-09-20") for old, new in changes]

    corrected = corrected_html(html, notes, WORDS) or reply_html(notes, WORDS)

    seen = parse_html(corrected)
    assert utf16_units(corrected) < MESSAGE_UNITS
    assert len(seen.pieces) <= ENTITIES
    if corrected.endswith("</blockquote>"):
        assert corrected.count("Tidewater Weekly") in {0, len(passages)}


def test_where_there_is_no_room_below_the_notes_it_takes_a_reply():
    html = "\n\n".join(["<b>x</b>" * 430, "<blockquote>otters</blockquote>"])

    assert corrected_html(html, [Note(FORTY, THIRTY * 20, "2017-09-20")], WORDS) == ""


def test_quotes_are_cut_shorter_for_the_notes_and_keep_their_sources():
    passages = [passage(f"{text} {'Otters & kelp. ' * 70}") for text in (FORTY, PUPS, THIRTY)]
    html = page_html([*passages, passage(FORTY)], phrases_in("en").answers)

    corrected = corrected_html(html, [Note(FORTY, THIRTY * 20, "2017-09-20")], WORDS)

    seen = parse_html(corrected).text
    assert utf16_units(corrected) < MESSAGE_UNITS
    assert seen.count("How otters sleep · Tidewater Weekly · 16 September 2017\n") == 4
    assert seen.count("Otters & kelp.…") + seen.count("Otters &…") + seen.count("Otters…") == 3
    assert seen.endswith(f"16 September 2017\n{FORTY}")


async def test_what_is_longer_than_a_message_is_told_in_a_reply(tmp_path, telegram):
    library = Newswire()
    library.fated = {1: Fate(None, "2017-09-20")}

    async with office_of(telegram, library, tmp_path) as office:
        await kept(office)
        sheet = await office.memory.sheet(-100_5, 70)
        long = replace(sheet, told={**sheet.told, "html": "<b>x</b>" * 490})
        await office.memory.keep(-100_5, 70, long)
        looks = [await Corrector(office).look() for _ in range(2)]

    assert looks == [True, True]
    assert [text.partition(":")[0] for text in telegram.texts()] == ["⚠️ Withdrawn"]


async def test_buttons_that_cannot_be_made_now_put_a_correction_off(tmp_path, telegram, post):
    class Broken(Newswire):
        broken = False

        def passages(self, ids, *, only=()):
            if self.broken:
                raise OSError("the disk is gone")
            return super().passages(ids, only=only)

    library, quoted = Broken(), news(2, FORTY)
    library.publish(quoted)

    async with performing(telegram, library, tmp_path):
        await asked(telegram, post, library)
    async with office_of(telegram, library, tmp_path) as office:
        library.withdraw(quoted, on="2017-09-20")
        library.broken = True
        first = await Corrector(office).look()
        library.broken = False
        second = await Corrector(office).look()

    assert (first, second) == (False, True)
    assert len(telegram.edited) == 1


async def test_corrections_that_take_too_long_are_left_for_another_time(tmp_path, telegram):
    library = Newswire()
    library.fated = {1: Fate(None, "2017-09-20")}
    never = asyncio.Event()

    async def sleep(seconds):
        await never.wait()

    async with office_of(telegram, library, tmp_path) as office:
        for number in range(2):
            await kept(office, message=number)
        done = await Corrector(office, patience_s=0.5, sleep=sleep).look()

    assert done is False


async def test_an_answer_of_another_version_loses_its_buttons_only(tmp_path, telegram):
    library = Newswire()
    library.fated = {1: Fate(None, "2017-09-20"), 2: Fate(None, "2017-09-20")}
    telegram.shown[-100_5, 70] = {"message_id": 70, "date": 1, "chat": group(), "text": "."}

    async with office_of(telegram, library, tmp_path) as office:
        sheet = Sheet(Kind.ANSWER, {"html": "x", "found": "?"[1:]}, quotes=(Quote(2, "b", "…"),))
        await office.memory.keep(-100_5, 70, sheet)
        done = await Corrector(office).look()

    assert done is True
    assert "reply_markup" not in telegram.edited[0]


async def test_a_message_of_another_version_is_left_as_it_is(tmp_path, telegram):
    library = Newswire()
    library.fated = {1: Fate(None, "2017-09-20")}

    async with office_of(telegram, library, tmp_path) as office:
        await kept(office)
        await office.data.run(lambda db: db.execute("update sheets set kind = 'hologram'"))
        done = await Corrector(office).look()

    assert done is True
    assert telegram.sent == telegram.edited == []


def test_a_reply_tells_what_a_quote_has_become():
    told = parse_html(reply_html([Note("<b>" + FORTY, THIRTY, "2017-09-20")], WORDS)).text

    assert told == (
        "⚠️ Changed by the publisher, seen on 20 September 2017. What I quoted as “<b>Ada Brine "
        f"counted forty otters. She was alone.” now reads:\n{THIRTY}"
    )
