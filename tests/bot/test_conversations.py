"""Whom the bot answers, and with what, end to end."""

import pytest

from bot.limits import UPDATES
from scripts.simulator.post import BOT_ID, bot_user, forum, group, private_chat
from tests.support.library import OTTERS, FakeLibrary, SlowLibrary, answer

QUOTED = f"How otters sleep · Tidewater Weekly · 16 September 2017\n{OTTERS}"


async def test_a_private_question_is_answered_with_a_quote_in_reply(telegram, post, start):
    update = post.says("how do otters sleep?")

    async with start():
        await telegram.push(update)
        await telegram.until(lambda: telegram.sent)

    [sent] = telegram.sent
    buttons = sent.pop("reply_markup")["inline_keyboard"]
    assert [[each["text"] for each in row] for row in buttons] == [
        ["Context", "Article", "Why?"],
        ["👍", "👎", "Copy"],
    ]
    assert sent == {
        "chat_id": 7,
        "text": (
            '<a href="https://tidewater.example/otters'
            '#:~:text=Sea%20otters%20hold%20hands%20while%20they%20sleep.">How otters sleep</a>'
            " · Tidewater Weekly · 16 September 2017\n<blockquote><b>Sea otters hold hands while"
            " they sleep.</b> It keeps the raft together. The kelp helps.</blockquote>"
        ),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        "reply_parameters": {
            "message_id": update["message"]["message_id"],
            "allow_sending_without_reply": True,
        },
    }


@pytest.mark.parametrize(
    "said",
    [
        ("/ask how do otters sleep?", "how do otters sleep?"),
        ("/ask@Quotewire_Bot how do otters sleep?", "how do otters sleep?"),
        ("@quotewire_bot how do otters sleep?", "how do otters sleep?"),
        ("😀 how do otters sleep, @QUOTEWIRE_bot ?", "😀 how do otters sleep, ?"),
    ],
)
async def test_a_group_question_to_the_bot_is_answered(said, telegram, post, library, start):
    text, question = said

    async with start():
        await telegram.push(post.says(text, group()))
        await telegram.until(lambda: telegram.sent)

    assert telegram.texts(group()["id"]) == [QUOTED]
    assert library.asked == [question]


async def test_a_reply_to_the_bot_is_a_question(telegram, post, library, start):
    async with start():
        await telegram.push(post.replies_to_bot("and where do they sleep?"))
        await telegram.until(lambda: telegram.sent)

    assert library.asked == ["and where do they sleep?"]


async def test_a_mention_by_a_text_link_in_a_caption_is_a_question(telegram, post, library, start):
    named = {"type": "text_mention", "offset": 3, "length": 5, "user": bot_user()}
    photo = {
        "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}],
        "caption": "😀 Quote where is this?",
        "caption_entities": [named],
    }

    async with start():
        await telegram.push(post.says("", group(), **photo))
        await telegram.until(lambda: telegram.sent)

    assert library.asked == ["😀 where is this?"]


async def test_in_a_group_the_bot_keeps_quiet_unless_spoken_to(telegram, post, library, start):
    silence = [
        post.says("how do otters sleep?", group()),
        post.says("/ask@other_bot how do otters sleep?", group()),
        post.says("/weather", group()),
        post.says("@quotewire_bot2 how do otters sleep?", group()),
        post.says("quotewire_bot, how do otters sleep?", group()),
        post.replies_to_bot("/ask@other_bot how do otters sleep?"),
        post.says("/ask how do otters sleep?", group(), **{"from": {**bot_user(), "id": 99}}),
        post.says("@quotewire_bot look", group(), is_automatic_forward=True),
        {"update_id": next(post.updates), "channel_post": post.says("/ask it")["message"]},
    ]

    async with start():
        await telegram.push(*silence, post.says("/ask last", group()))
        await telegram.until(lambda: telegram.sent)

    assert library.asked == ["last"]
    assert len(telegram.sent) == 1


async def test_an_admin_who_writes_as_the_group_is_a_person(telegram, post, library, start):
    anonymous = {"id": 1_087_968_824, "is_bot": True, "first_name": "Group"}
    update = post.says("/ask why?", group(), sender_chat=group(), **{"from": anonymous})

    async with start():
        await telegram.push(update)
        await telegram.until(lambda: telegram.sent)

    assert library.asked == ["why?"]


async def test_the_answer_stays_in_its_topic(telegram, post, start):
    async with start():
        await telegram.push(post.says_in_topic("/ask how do otters sleep?", 77))
        await telegram.until(lambda: telegram.sent)

    assert telegram.sent[0]["message_thread_id"] == 77


async def test_an_answer_that_takes_long_is_announced_by_typing_in_its_topic(
    telegram, post, start
):
    slow = SlowLibrary()

    async with start(slow):
        await telegram.push(post.says_in_topic("/ask how do otters sleep?", 77))
        await telegram.until(lambda: telegram.made("sendChatAction"))
        slow.go.set()
        await telegram.until(lambda: telegram.sent)

    [typing] = telegram.made("sendChatAction")
    assert (typing["action"], typing["message_thread_id"]) == ("typing", 77)


async def test_in_a_topic_that_the_bot_made_it_keeps_quiet_unless_spoken_to(
    telegram, post, library, start
):
    async with start():
        await telegram.push(post.says_in_topic("good morning", 77))
        await telegram.push(post.says_in_topic("/ask why?", 77))
        await telegram.until(lambda: telegram.sent)

    assert library.asked == ["why?"]


@pytest.mark.parametrize(
    "thread",
    [
        {"message_thread_id": 1, "is_topic_message": True},  # General must not be named
        {"message_thread_id": 55},  # a chain of replies has a thread id and is no topic
    ],
)
async def test_what_is_no_topic_is_not_named(thread, telegram, post, start):
    async with start():
        await telegram.push(post.says("/ask why?", forum(), **thread))
        await telegram.until(lambda: telegram.sent)

    assert "message_thread_id" not in telegram.sent[0]


@pytest.mark.parametrize(
    "exchange",
    [
        ("/start", private_chat(), "Ask me a question and I answer with quotes"),
        ("/help@quotewire_bot", group(), "In private, type your question."),
        ("/ask", group(), "Put your question after the command: /ask who was hurt"),
        ("@quotewire_bot", group(), "Put your question after the command: /ask who was hurt"),
        ("/weather", private_chat(), "I do not know that command."),
    ],
)
async def test_what_is_not_a_question_gets_a_sentence(exchange, telegram, post, start):
    text, chat, reply = exchange

    async with start():
        await telegram.push(post.says(text, chat))
        await telegram.until(lambda: telegram.sent)

    [said] = telegram.texts()
    assert said.startswith(reply)
    assert telegram.made("sendChatAction") == []


async def test_a_question_without_an_answer_is_told_what_was_searched(telegram, post, start):
    async with start(FakeLibrary(lambda _: answer())):
        await telegram.push(post.says("who won in 2018?"))
        await telegram.until(lambda: telegram.sent)

    assert telegram.texts() == [
        "I found nothing that answers this. I searched 1,234 articles from 12 publishers, "
        "published from 3 May 2016 to 16 September 2017."
    ]


async def test_the_commands_are_shown_and_a_webhook_is_ended_at_start(telegram, post, start):
    telegram.webhook = "https://old.example"

    async with start():
        await telegram.push(post.says("why?"))
        await telegram.until(lambda: telegram.sent)

    menus = telegram.made("setMyCommands")
    assert {
        (menu["scope"]["type"], menu.get("language_code")): menu["commands"][0]["command"]
        for menu in menus
    } == {
        (scope, language): "ask"
        for scope in ("all_private_chats", "all_group_chats", "all_chat_administrators")
        for language in (None, "ar", "ru")
    }
    assert telegram.webhook == ""
    assert {tuple(poll["allowed_updates"]) for poll in telegram.made("getUpdates")} == {UPDATES}
    assert BOT_ID == 4_242
