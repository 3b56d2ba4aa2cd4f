"""Inline mode: what is suggested while a question is typed in any chat."""

import asyncio
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.chats import ChatSettings
from bot.deeplinks import address, at_paragraph, paragraph_in
from bot.handlers.results import passage_result
from bot.newest import Newest
from bot.phrases import phrases_in
from bot.scene import Scene
from index import Answer
from scripts.simulator.markup import parse_html
from scripts.simulator.post import person, private_chat
from tests.support.library import OTTERS, FakeLibrary, SlowLibrary, answer, passage


def numbered(count: int, *, skip: int = 0, more: int = 0) -> Answer:
    """An answer of so many passages, told apart by their ids."""
    passages = [replace(passage(), paragraph=skip + place) for place in range(1, count + 1)]
    return replace(answer(*passages), more=more, skipped=skip)


class Paged(FakeLibrary):
    """Has twelve passages for every question."""

    def ask(self, question, *, limit=3, skip=0, **more):
        super().ask(question)
        count = max(0, min(limit, 12 - skip))
        return numbered(count, skip=skip, more=12 - skip - count)


async def suggested(telegram, post, text: str, **more) -> dict:
    """What the bot answers to what somebody has typed."""
    before = len(telegram.made("answerInlineQuery"))
    await telegram.push(post.queries(text, **more))
    await telegram.until(lambda: len(telegram.made("answerInlineQuery")) > before)
    return telegram.made("answerInlineQuery")[-1]


async def test_a_passage_is_suggested_as_the_message_it_becomes(telegram, post, start):
    async with start():
        told = await suggested(telegram, post, "how do otters sleep?")

    [result] = told["results"]
    assert result["id"] == "7.1"
    assert result["title"] == "How otters sleep"
    assert result["description"] == "Sea otters hold hands while they sleep."
    content = result["input_message_content"]
    assert parse_html(content["message_text"]).text == (
        f"How otters sleep · Tidewater Weekly · 16 September 2017\n{OTTERS}"
    )
    assert content["link_preview_options"] == {"is_disabled": True}
    assert result["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Read the article here", "url": "https://t.me/quotewire_bot?start=p_1"}]
        ]
    }
    assert (told["cache_time"], told["is_personal"], told["next_offset"]) == (60, True, "")


async def test_more_suggestions_come_as_the_person_scrolls(telegram, post, start):
    async with start(Paged()):
        first = await suggested(telegram, post, "otters")
        second = await suggested(telegram, post, "otters", offset=first["next_offset"])

    assert [each["id"] for each in first["results"]] == [f"7.{n}" for n in range(1, 11)]
    assert first["next_offset"] == "7.10"
    assert [each["id"] for each in second["results"]] == ["7.11", "7.12"]
    assert second["next_offset"] == ""


async def test_suggestions_of_two_generations_are_not_mixed(telegram, post, start):
    async with start(Paged()):
        told = await suggested(telegram, post, "otters", offset="6.10")

    assert told["results"] == []
    assert (told["next_offset"], "button" in told) == ("", False)


@pytest.mark.parametrize("offset", ["null", "7.", "7.x", "7.１", "9" * 30 + ".1" + "0" * 30])
async def test_an_offset_that_is_none_of_ours_means_the_beginning(telegram, post, start, offset):
    async with start(Paged()):
        told = await suggested(telegram, post, "otters", offset=offset)

    assert told["results"][0]["id"] == "7.1"


async def test_scrolling_ends_where_the_library_ends(telegram, post, start):
    library = FakeLibrary(lambda _: numbered(10, skip=20, more=5))
    async with start(library):
        told = await suggested(telegram, post, "otters", offset="7.20")

    assert told["next_offset"] == ""


async def test_an_offset_beyond_the_last_suggestion_gives_none(telegram, post, start):
    async with start(Paged()):
        told = await suggested(telegram, post, "otters", offset="7.12")

    assert (told["results"], told["next_offset"], "button" in told) == ([], "", False)


@pytest.mark.parametrize("text", ["", "ot", "  o  "])
async def test_too_few_letters_are_not_looked_up(telegram, post, start, library, text):
    async with start():
        told = await suggested(telegram, post, text)

    assert told["results"] == []
    assert told["button"] == {"text": "Type a question to get quotes", "start_parameter": "ask"}
    assert library.asked == []


async def test_where_nothing_answers_a_button_leads_to_the_private_chat(telegram, post, start):
    async with start(FakeLibrary(lambda _: answer())):
        told = await suggested(telegram, post, "who won in 2018?")

    assert told["results"] == []
    assert told["button"] == {
        "text": "Nothing found. Ask me in private",
        "start_parameter": "ask",
    }


async def test_trouble_is_not_cached(telegram, post, start):
    def broken(_: str) -> Answer:
        raise ValueError("the disk is gone")

    async with start(FakeLibrary(broken)):
        told = await suggested(telegram, post, "who was hurt?")

    assert told["button"] == {"text": "Not now. Ask me in private", "start_parameter": "ask"}
    assert told["cache_time"] == 0


async def test_the_whole_collection_is_searched_in_the_persons_language(
    telegram, post, start, library
):
    async with start():
        told = await suggested(telegram, post, "otters", by={**person(), "language_code": "ru-RU"})

    text = parse_html(told["results"][0]["input_message_content"]["message_text"]).text
    assert text.startswith("How otters sleep · Tidewater Weekly · 16 сентября 2017")
    assert library.only == [()]


async def test_only_the_newest_of_what_somebody_types_is_answered(telegram, post, start):
    library = SlowLibrary()
    async with start(library):
        await telegram.push(post.queries("how do otters"))
        await telegram.until(lambda: library.asked == ["how do otters"])
        await telegram.push(post.queries("how do otters sleep"))
        await telegram.until(lambda: library.asked[-1] == "how do otters sleep")
        library.go.set()
        await telegram.until(lambda: telegram.made("answerInlineQuery"))
        await telegram.push(post.says("why?", private_chat()))
        await telegram.until(lambda: telegram.sent)

    assert library.asked == ["how do otters", "how do otters sleep", "why?"]
    assert len(telegram.made("answerInlineQuery")) == 1


async def test_a_query_that_is_too_old_is_let_go(telegram, post, start, caplog):
    telegram.fail("answerInlineQuery", 400, "Bad Request: query is too old and response timeout")
    async with start():
        await telegram.push(post.queries("how do otters sleep?"))
        await telegram.until(lambda: telegram.made("answerInlineQuery"))
        await suggested(telegram, post, "how do otters eat?")

    assert len(telegram.made("answerInlineQuery")) == 2
    assert telegram.sent == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


HOSTILE = st.text(alphabet=" \n.a<&😀\u200d\u0634\ud800\"'", max_size=3_000)


@example(text="<", title=" ")
@given(text=HOSTILE.filter(str.strip), title=HOSTILE)
def test_every_suggestion_keeps_to_telegrams_limits(text, title):
    scene = Scene(7, None, 7, True, ChatSettings(), phrases_in("en"), ZoneInfo("UTC"))
    told = passage(text, best=text, title=title)
    result = passage_result(
        replace(told, paragraph=2**63 - 1), 2**63, scene, "quotewire_bot"
    ).to_dict()

    message = parse_html(result["input_message_content"]["message_text"])
    assert 1 <= message.units <= 4_096
    assert len(result["id"].encode()) <= 64
    assert result["title"].strip()
    assert len(result["title"]) <= 100
    assert len(result.get("description", "")) <= 200


# Links that open the private chat.


@given(st.integers(0, 2**63 - 1))
def test_a_link_names_its_paragraph_within_what_telegram_allows(paragraph):
    payload = at_paragraph(paragraph)

    assert paragraph_in(payload) == paragraph
    assert len(payload) <= 64
    assert payload.replace("_", "").isalnum()
    assert payload.isascii()


@given(st.text())
def test_any_other_payload_names_none(payload):
    assert paragraph_in(f"x{payload}") is None


def test_an_address_opens_the_chat_with_the_bot():
    assert address("quotewire_bot", "ask") == "https://t.me/quotewire_bot?start=ask"


# One wish a person.


class Steps:
    """Pauses that end when they are told to."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, asyncio.Event]] = []

    async def __call__(self, seconds: float) -> None:
        event = asyncio.Event()
        self.waiting.append((seconds, event))
        await event.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_is_wanted_is_done_once_the_person_pauses():
    pause, done = Steps(), []
    newest = Newest(pause_s=0.3, sleep=pause)

    async def work() -> None:
        done.append("otters")

    task = asyncio.create_task(newest.see_to(7, work))
    await settle()
    before = list(done)
    pause.waiting[0][1].set()
    await task

    assert (before, done, pause.waiting[0][0]) == ([], ["otters"], 0.3)


async def test_a_newer_wish_drops_the_one_before_but_not_another_persons():
    pause, done = Steps(), []
    newest = Newest(sleep=pause)

    def work(name: str):
        async def doing() -> None:
            done.append(name)

        return doing

    tasks = [
        asyncio.create_task(newest.see_to(who, work(name)))
        for who, name in ((7, "ot"), (8, "tea"), (7, "otters"))
    ]
    await settle()
    for _, event in pause.waiting:
        event.set()
    await asyncio.gather(*tasks)

    assert sorted(done) == ["otters", "tea"]


async def test_scrolling_on_does_not_wait():
    pause, done = Steps(), []

    async def work() -> None:
        done.append("more")

    await Newest(sleep=pause).see_to(7, work, at_once=True)

    assert (done, pause.waiting) == (["more"], [])


async def test_a_wish_that_fails_raises_and_the_next_one_is_seen_to():
    done = []
    newest = Newest(pause_s=0)

    async def fail() -> None:
        raise ValueError("gone")

    async def work() -> None:
        done.append("again")

    with pytest.raises(ValueError, match="gone"):
        await newest.see_to(7, fail)
    await newest.see_to(7, work)

    assert done == ["again"]


async def test_stopping_drops_what_is_still_wanted():
    pause, done = Steps(), []

    async def work() -> None:
        done.append("late")

    task = asyncio.create_task(Newest(sleep=pause).see_to(7, work))
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    pause.waiting[0][1].set()
    await settle()

    assert done == []
