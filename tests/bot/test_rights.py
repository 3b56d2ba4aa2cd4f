"""Who may give which command and press which button, where; and where the bot works at all."""

from dataclasses import replace

import pytest
from telegram import Message, User

from bot.buttons import Verb
from bot.commands import BY_NAME, COMMANDS, Who
from bot.handlers.commands import RUN
from bot.handlers.presses import RULES
from bot.memory import Kind, Sheet
from bot.rights import hears_everything, is_served, may
from scripts.simulator.post import BOT_ID, anonymous_admin, forum, group, person, private_chat
from tests.support.visit import visiting

OWNER, ADMIN, MEMBER, BANNED, GONE, BOT_ADMIN = 1, 2, 3, 4, 5, 9
PEOPLE = {
    "owner": OWNER,
    "admin": ADMIN,
    "member": MEMBER,
    "banned": BANNED,
    "gone": GONE,
    "bot admin": BOT_ADMIN,
}
PLACES = {"group": (group(), None), "topic": (forum(), 12)}

ANYONES = {
    *("ask", "search", "latest", "sources", "watch", "watches", "unwatch"),
    *("privacy", "forget"),
    *("about", "stats", "help", "start", "article"),
}
GROUP_ADMINS = {"settings"}
BOT_ADMINS = {"reindex", "status", "unanswered", "addsource"}


@pytest.fixture
async def visit(telegram, library, tmp_path):
    async with visiting(telegram, library, tmp_path, admins=(BOT_ADMIN,)) as visit:
        for chat, _ in PLACES.values():
            telegram.members |= {
                (chat["id"], OWNER): "creator",
                (chat["id"], ADMIN): "administrator",
                (chat["id"], BANNED): "kicked",
                (chat["id"], GONE): "left",
            }
        yield visit


def said(visit, place, sender, **more):
    """A message that somebody sends to a place, as the bot reads it."""
    chat, topic = place
    in_topic = {"message_thread_id": topic, "is_topic_message": True} if topic else {}
    raw = visit.post.says("/x", chat, **{"from": sender}, **in_topic, **more)["message"]
    return Message.de_json(raw, visit.office.bot)


async def allowed(visit, who, place, sender, **more):
    message = said(visit, place, sender, **more)
    return await may(who, visit.office.scene(message), visit.office, message=message)


async def test_each_command_is_for_whom_it_is_said_to_be():
    told = {who: {each.name for each in COMMANDS if each.who is who} for who in Who}

    assert told == {
        Who.ANYONE: ANYONES,
        Who.CHAT_ADMIN: GROUP_ADMINS,
        Who.BOT_ADMIN: BOT_ADMINS,
        Who.ASKER: set(),
    }
    # /ask is a question, which is seen to elsewhere.
    assert {*RUN} == {*BY_NAME} - {"ask"}


def test_each_button_is_for_whom_it_is_said_to_be():
    limited = {verb: rule.who for verb, rule in RULES.items() if rule.who is not Who.ANYONE}

    assert limited == {Verb.SET: Who.CHAT_ADMIN, Verb.CONFIRM: Who.BOT_ADMIN}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("names", "people"),
    [
        (ANYONES, {*PEOPLE}),
        (GROUP_ADMINS, {"owner", "admin"}),
        (BOT_ADMINS, {"bot admin"}),
    ],
)
async def test_in_a_group_a_command_is_for_these(names, people, place, visit):
    for name in names:
        given = {
            told
            for told, who in PEOPLE.items()
            if await allowed(visit, BY_NAME[name].who, PLACES[place], person(who))
        }
        assert (name, given) == (name, people)


@pytest.mark.parametrize(
    ("names", "people"),
    [(ANYONES, {*PEOPLE}), (GROUP_ADMINS, {*PEOPLE}), (BOT_ADMINS, {"bot admin"})],
)
async def test_in_private_a_command_is_for_these(names, people, visit):
    for name in names:
        given = {
            told
            for told, who in PEOPLE.items()
            if await allowed(visit, BY_NAME[name].who, (private_chat(who), None), person(who))
        }
        assert (name, given) == (name, people)


@pytest.mark.parametrize("place", PLACES)
async def test_an_anonymous_admin_is_an_admin_of_that_group_alone(place, visit):
    chat, _ = PLACES[place]
    anonymous = {"sender": anonymous_admin(), "sender_chat": chat}

    assert await allowed(visit, Who.CHAT_ADMIN, PLACES[place], **anonymous)
    assert not await allowed(visit, Who.BOT_ADMIN, PLACES[place], **anonymous)
    elsewhere = {**anonymous, "sender_chat": group(-100_9)}
    assert not await allowed(visit, Who.CHAT_ADMIN, PLACES[place], **elsewhere)


async def test_telegrams_stand_ins_are_nobody_even_where_they_are_listed(visit):
    office = replace(
        visit.office,
        settings=visit.office.settings.model_copy(update={"admins": (1_087_968_824, 777_000)}),
    )
    visit.telegram.members |= {
        (group()["id"], each): "administrator" for each in (1_087_968_824, 777_000)
    }
    for sender, chat in ((anonymous_admin(), group()), (person(777_000), group(-100_9))):
        message = said(visit, (group(), None), sender, sender_chat=chat)
        scene = office.scene(message)
        assert scene.user is None
        assert not await may(Who.BOT_ADMIN, scene, office, message=message)
        assert not await may(Who.CHAT_ADMIN, scene, office)


@pytest.mark.parametrize(
    ("verb", "people"),
    [
        *((verb, {*PEOPLE}) for verb, rule in RULES.items() if rule.who is Who.ANYONE),
        (Verb.SET, {"owner", "admin"}),
        (Verb.CONFIRM, {"bot admin"}),
    ],
)
async def test_a_button_under_a_message_in_a_group_is_for_these(verb, people, visit):
    under = Message.de_json(visit.post.by_bot(group()), visit.office.bot)
    given = set()
    for told, who in PEOPLE.items():
        scene = visit.office.scene(under, _user(visit, who))
        if await may(RULES[verb].who, scene, visit.office, sheet=Sheet(Kind.ANSWER)):
            given.add(told)

    assert given == people


@pytest.mark.parametrize(
    ("asked", "people"),
    [(MEMBER, {"member"}), (None, {"owner", "admin"}), (1_087_968_824, {"owner", "admin"})],
)
async def test_what_only_the_asker_may_press_any_admin_may_where_the_asker_has_no_name(
    asked, people, visit
):
    under = Message.de_json(visit.post.by_bot(group()), visit.office.bot)
    sheet = Sheet(Kind.ANSWER, {"user": asked})

    given = {
        told
        for told, who in PEOPLE.items()
        if await may(
            Who.ASKER, visit.office.scene(under, _user(visit, who)), visit.office, sheet=sheet
        )
    }

    assert given == people


async def test_rights_are_asked_for_at_every_wish_and_none_are_had_while_telegram_is_silent(
    visit, telegram, caplog
):
    place = PLACES["group"]
    assert await allowed(visit, Who.CHAT_ADMIN, place, person(ADMIN))
    telegram.members[group()["id"], ADMIN] = "member"

    assert not await allowed(visit, Who.CHAT_ADMIN, place, person(ADMIN))

    telegram.fail("getChatMember", 400, "Bad Request: member list is inaccessible")
    assert not await allowed(visit, Who.CHAT_ADMIN, place, person(OWNER))
    assert "whether somebody is an admin is unknown" in caplog.text


LISTED = group()["id"]


@pytest.mark.parametrize(
    ("listed", "served"),
    [
        ((), {LISTED, -100_9, 3, BOT_ADMIN}),
        ((LISTED,), {LISTED, 3, BOT_ADMIN}),
        ((LISTED, 3), {LISTED, 3, BOT_ADMIN}),
        ((LISTED, 5), {LISTED, BOT_ADMIN}),
        ((5,), {BOT_ADMIN}),
    ],
)
async def test_the_listed_chats_are_served_and_people_unless_people_are_listed(
    listed, served, visit
):
    settings = visit.office.settings.model_copy(update={"chats": listed})
    office = replace(visit.office, settings=settings)

    assert {chat for chat in (LISTED, -100_9, 3, BOT_ADMIN) if is_served(chat, office)} == served


async def test_a_listed_group_is_served_under_its_new_number_too(visit):
    settings = visit.office.settings.model_copy(update={"chats": (-5,)})
    office = replace(visit.office, settings=settings)
    assert not is_served(LISTED, office)

    await office.chats.move(-5, LISTED)

    assert is_served(LISTED, office)


async def test_the_bot_hears_everything_as_an_admin_or_where_its_owner_has_it_so(visit, telegram):
    assert not await hears_everything(LISTED, visit.office)

    telegram.members[LISTED, BOT_ID] = "administrator"
    assert await hears_everything(LISTED, visit.office)

    telegram.members[LISTED, BOT_ID] = "member"
    telegram.fail("getChatMember", 400, "Bad Request: chat not found")
    assert await hears_everything(LISTED, visit.office)

    telegram.reads_groups = True
    await visit.office.bot.get_me()
    assert await hears_everything(LISTED, visit.office)


def _user(visit, identifier):
    return User.de_json(person(identifier), visit.office.bot)
