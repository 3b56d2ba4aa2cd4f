"""Who may do what, where: one table over every command, every button, and all other ways in.

Each row is run from the update to what Telegram is told. A command or a verb without a row fails.
"""

import sys
from dataclasses import replace
from itertools import product

import pytest

from bot.buttons import Press, Verb, pack
from bot.commands import BY_NAME
from bot.doors import Doors
from bot.handlers.presses import KINDS
from bot.memory import Kind, Sheet
from bot.newest import Newest
from bot.phrases import phrases_in
from bot.reindexing import Reindexing
from bot.watches import Watch, Watches
from scripts.simulator.post import anonymous_admin, forum, group, person, private_chat
from tests.support.library import FakeLibrary, answer, passage
from tests.support.visit import visiting

PEOPLE = {"member": 3, "admin": 2, "stranger": 20, "banned": 4, "left": 5, "bot admin": 9}
AS_GROUP, AS_CHANNEL, FORWARD = "anonymous admin", "as a channel", "linked channel"
EVERYBODY = {*PEOPLE, AS_GROUP, AS_CHANNEL}
GROUP, FORUM, UNLISTED = group(), forum(), group(-100_9)
CHANNEL = {"id": -100_70, "type": "channel", "title": "Tidewater"}
SHUT = (sys.executable, "-c", "raise SystemExit('shut')")

# Everybody who can be heard; an automatic forward of the linked channel never is.
ANYONE = {"private": {*PEOPLE}, "group": EVERYBODY, "topic": EVERYBODY}
GROUP_ADMIN = {
    "private": {*PEOPLE},
    "group": {"admin", AS_GROUP},
    "topic": {"admin", AS_GROUP},
}
BOT_ADMIN = {"private": {"bot admin"}, "group": set(), "topic": set()}

COMMANDS = {
    **dict.fromkeys(("ask", "search", "latest", "sources", "watch", "watches"), ANYONE),
    **dict.fromkeys(("unwatch", "about", "stats", "help", "start", "article"), ANYONE),
    **dict.fromkeys(("privacy", "forget"), ANYONE),
    "settings": GROUP_ADMIN,
    **dict.fromkeys(("reindex", "status", "unanswered", "addsource"), BOT_ADMIN),
}
WORDS = {"ask": "otters?", "search": "otters", "watch": "otters", "article": "otters"}

# Whoever presses has a name: nobody presses as a group or a channel. What is watched is the
# member's; private chats are one's own.
PRESSED = {"private": {*PEOPLE}, "group": {*PEOPLE}, "topic": {*PEOPLE}}
OWN = {"private": {*PEOPLE}, "group": {"member", "admin"}, "topic": {"member", "admin"}}
ASKERS = {"private": {*PEOPLE}, "group": {"member"}, "topic": {"member"}}
ADMINS_PRESS = {"private": {*PEOPLE}, "group": {"admin"}, "topic": {"admin"}}
BOT_ADMIN_PRESSES = {each: {"bot admin"} for each in ("private", "group", "topic")}
VERBS = {
    **dict.fromkeys((Verb.PAGE, Verb.CONTEXT, Verb.SOURCE, Verb.WHY, Verb.VOTE), PRESSED),
    **dict.fromkeys((Verb.REASON, Verb.LIST, Verb.OPEN, Verb.NOTHING), PRESSED),
    **dict.fromkeys((Verb.STOP, Verb.OFTEN), OWN),
    Verb.FORGET: ASKERS,
    Verb.SET: ADMINS_PRESS,
    Verb.CONFIRM: BOT_ADMIN_PRESSES,
}
PLACES = {"group": (GROUP, {}), "topic": (FORUM, {"message_thread_id": 12})}
_ENGLISH = phrases_in("en")
REFUSALS = {
    _ENGLISH.rooms.not_allowed,
    _ENGLISH.rooms.not_served,
    _ENGLISH.rooms.button_too_old,
    _ENGLISH.admin.only_in_private,
    _ENGLISH.admin.files_from_admins,
    _ENGLISH.watches.not_yours,
    _ENGLISH.privacy.not_yours,
}


@pytest.fixture
def library():
    return FakeLibrary(lambda question: replace(answer(passage()), words=question))


@pytest.fixture
async def visit(telegram, library, tmp_path):
    served = (GROUP["id"], FORUM["id"])
    settings = {"admins": (PEOPLE["bot admin"],), "chats": served}
    async with visiting(telegram, library, tmp_path, **settings) as visit:
        for chat in (GROUP["id"], FORUM["id"]):
            for name, standing in (("banned", "kicked"), ("left", "left"), ("stranger", "left")):
                telegram.members[chat, PEOPLE[name]] = standing
            telegram.members[chat, PEOPLE["admin"]] = "administrator"
        doors = Doors(SHUT, SHUT, SHUT)
        # Nobody types on here, so that no inline query waits for what is typed next.
        visit.office = replace(
            visit.office, doors=doors, reindexing=Reindexing(SHUT), newest=Newest(pause_s=0)
        )
        yield visit


def speaker(who, chat):
    """What a message carries that somebody sends."""
    if who == AS_GROUP:
        return {"from": anonymous_admin(), "sender_chat": chat}
    if who == AS_CHANNEL:
        bot = {"id": 136_817_688, "is_bot": True, "first_name": "Channel"}
        return {"from": bot, "sender_chat": CHANNEL}
    if who == FORWARD:
        told = {"sender_chat": CHANNEL, "is_automatic_forward": True}
        return {"from": person(777_000), **told}
    return {"from": person(PEOPLE[who])}


async def said(visit, update):
    """What the bot says to an update: replies, notices and whole results, as texts."""
    before = len(visit.telegram.calls)
    await visit.hears(update)
    return [
        call.fields.get("text")
        for call in visit.telegram.calls[before:]
        if call.method in {"sendMessage", "answerCallbackQuery"}
    ]


def let(told):
    """Whether something was done: anything was said, and no refusal."""
    return bool(told) and not REFUSALS & {*told}


def place_of(where, who):
    return (private_chat(PEOPLE[who]), {}) if where == "private" else PLACES[where]


async def commanded(visit, name, who, where):
    chat, topic = place_of(where, who)
    in_topic = {**topic, "is_topic_message": True} if topic else {}
    words = f"/{name} {WORDS.get(name, '')}".strip()
    return let(await said(visit, visit.post.says(words, chat, **speaker(who, chat), **in_topic)))


def test_every_command_and_every_verb_has_a_row():
    assert {*COMMANDS} == {*BY_NAME}
    assert {*VERBS} == {*Verb} == {*KINDS}


@pytest.mark.parametrize("where", ["private", "group", "topic"])
async def test_a_command_is_for_these(where, visit):
    who = [*PEOPLE] if where == "private" else [*PEOPLE, AS_GROUP, AS_CHANNEL, FORWARD]

    allowed = {
        name: {each for each in who if await commanded(visit, name, each, where)}
        for name in COMMANDS
    }

    assert allowed == {name: rule[where] for name, rule in COMMANDS.items()}


async def test_in_a_chat_that_is_not_listed_and_in_a_channel_no_command_is_seen_to(visit, library):
    for name in COMMANDS:
        for who in (*EVERYBODY, FORWARD):
            update = visit.post.says(f"/{name} otters", UNLISTED, **speaker(who, UNLISTED))
            assert not let(await said(visit, update)), (name, who)
        post = visit.post.says(f"/{name} otters", CHANNEL, **{"from": None})
        update = {"update_id": post["update_id"], "channel_post": post["message"]}
        assert await said(visit, update) == []
    assert library.asked == []


# Buttons.


async def under(visit, verb, where, who, *, wish=0):
    """A message of the bot's with a button of that verb, and what it says back."""
    chat, topic = place_of(where, who)
    watcher = PEOPLE["member"] if chat["id"] < 0 else PEOPLE[who]
    kept = await Watches(visit.office.data).add(
        Watch(chat["id"], None, watcher, "otters", "en", daily=False, generation=1)
    )
    message = {**visit.post.by_bot(chat), **topic}
    kind = min(KINDS[verb])
    told = {"user": watcher, "role": "begun", "page": 0, "html": "Otters.", "source": ""}
    sheet = Sheet(kind, {**told, "found": [["otters.md", 1]]})
    if kind is Kind.ANSWER:
        await visit.hears(visit.post.says("/ask otters?", chat, **{"from": person(watcher)}))
        message = visit.telegram.current(chat["id"])
        sheet = await visit.office.memory.sheet(chat["id"], message["message_id"])
    else:
        await visit.office.memory.keep(chat["id"], message["message_id"], sheet)
    number = kept.number if verb in {Verb.STOP, Verb.OFTEN} else wish
    return message, pack(Press(verb, sheet.token, (number, 0)))


async def test_a_press_is_for_these(visit, telegram):
    telegram.fail("editMessageText", 400, "Bad Request: message is not modified", times=10_000)
    found = {verb: {where: set() for where in places} for verb, places in VERBS.items()}
    for verb, places in found.items():
        for where, allowed in places.items():
            for who, number in PEOPLE.items():
                message, data = await under(visit, verb, where, who)
                press = visit.post.presses(message, data, by=person(number))
                # A press that does its work is answered too, mostly without a word.
                if not REFUSALS & {*await said(visit, press)}:
                    allowed.add(who)

    assert found == VERBS


async def test_the_whole_groups_is_forgotten_for_its_admins_alone(visit, telegram):
    telegram.fail("editMessageText", 400, "Bad Request: message is not modified", times=10_000)
    for where, allowed in ADMINS_PRESS.items():
        found = set()
        for who, number in PEOPLE.items():
            message, data = await under(visit, Verb.FORGET, where, who, wish=2)
            press = visit.post.presses(message, data, by=person(number))
            if not REFUSALS & {*await said(visit, press)}:
                found.add(who)
        assert (where, found) == (where, allowed)


async def test_no_button_of_another_group_and_none_where_the_bot_is_not_does_anything(
    visit, library
):
    for verb in Verb:
        _, data = await under(visit, verb, "group", "member")
        asked = len(library.asked)
        for chat in (FORUM, UNLISTED, CHANNEL, private_chat(PEOPLE["bot admin"])):
            foreign = visit.post.by_bot(chat)
            other = Sheet(min(KINDS[verb]), {})
            await visit.office.memory.keep(chat["id"], foreign["message_id"], other)
            for who, number in PEOPLE.items():
                press = visit.post.presses(foreign, data, by=person(number))
                assert REFUSALS & {*await said(visit, press)}, (verb, chat["id"], who)
        assert (verb, len(library.asked)) == (verb, asked)
        assert len(await Watches(visit.office.data).of_chat(GROUP["id"])) == 1


# Other ways in.


async def test_a_file_is_taken_from_a_bot_admin_in_private_alone(visit, telegram):
    telegram.files["f"] = b"otters"
    document = {"file_id": "f", "file_unique_id": "f", "file_name": "o.txt"}
    for who, number in PEOPLE.items():
        before = len(telegram.made("getFile"))
        for chat in (private_chat(number), GROUP, UNLISTED):
            update = visit.post.says("", chat, **speaker(who, chat), document=document)
            update["message"].pop("text")
            await said(visit, update)
        assert (who, len(telegram.made("getFile")) - before) == (who, who == "bot admin")


CHAT_TYPES = (None, "sender", "group", "supergroup", "channel")


async def test_inline_shows_no_more_than_the_groups_of_a_person_allow(visit, library):
    await visit.office.chats.set(GROUP["id"], sources=("Lantern Post", "Reuters"))
    await visit.office.chats.set(FORUM["id"], sources=("Reuters",))
    for who, chat_type in product(PEOPLE, CHAT_TYPES):
        library.only.clear()
        update = visit.post.queries("otters", by=person(PEOPLE[who]))
        if chat_type:
            update["inline_query"]["chat_type"] = chat_type

        await visit.hears(update)

        outside = who in {"stranger", "banned", "left"} or chat_type == "sender"
        assert (who, chat_type, library.only) == (
            who,
            chat_type,
            [() if outside else ("Reuters",)],
        )


async def test_a_guest_quotes_no_more_than_the_groups_of_a_person_allow(visit, library):
    await visit.office.chats.set(GROUP["id"], sources=("Lantern Post",))
    await visit.office.chats.set(FORUM["id"], sources=("Reuters",))
    for who, number in PEOPLE.items():
        library.only.clear()
        private = private_chat(number)
        raw = visit.post.says("@quotewire_bot otters?", private, guest_query_id="5")

        await visit.hears({"update_id": raw["update_id"], "guest_message": raw["message"]})

        outside = who in {"stranger", "banned", "left"}
        assert (who, library.only) == (who, [()] if outside else [])


async def test_where_telegram_does_not_say_who_is_in_a_group_nothing_more_is_shown(
    visit, telegram, library
):
    await visit.office.chats.set(GROUP["id"], sources=("Reuters",))
    telegram.fail("getChatMember", 400, "Bad Request: member list is inaccessible")

    await visit.hears(visit.post.queries("otters", by=person(PEOPLE["stranger"])))

    assert library.only == [("Reuters",)]


async def test_who_may_not_change_a_watch_cannot_by_asking_for_it_again(visit, telegram):
    for who, words in (("member", "otters"), ("stranger", "daily otters")):
        update = visit.post.says(f"/watch {words}", GROUP, **speaker(who, GROUP))
        await visit.hears(update)
    [kept] = await Watches(visit.office.data).of_chat(GROUP["id"])

    assert telegram.texts()[-1] == _ENGLISH.watches.not_yours
    assert kept.daily is False
