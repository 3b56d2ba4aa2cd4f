"""What a chat has set is kept, follows it where it moves, and survives what it cannot read."""

import json

import pytest

from bot.chats import (
    GREETED_WITHIN_S,
    MOVED,
    STAYING,
    Chats,
    ChatSettings,
    Mode,
    Watchers,
)
from bot.database import BotData
from tests.support.visit import Clock

OLD, NEW = -5, -100_5


@pytest.fixture
async def data(tmp_path):
    async with BotData(tmp_path / "bot.db") as data:
        yield data


@pytest.fixture
async def chats(data):
    chats = Chats(data)
    await chats.load()
    return chats


async def reopened(data):
    chats = Chats(data)
    await chats.load()
    return chats


def rows(table):
    return lambda db: db.execute(f"select * from {table}").fetchall()


async def test_a_chat_that_set_nothing_has_the_defaults(chats):
    assert chats.of(7) == ChatSettings(
        language="",
        mode=Mode.ASKED,
        sources=(),
        passages=3,
        quiet=(0, 0),
        zone="",
        watchers=Watchers.EVERYONE,
    )


async def test_what_is_set_is_there_at_once_and_after_a_restart(data, chats):
    wanted = {
        "language": "ru",
        "sources": ("Reuters", "Ma'an"),
        "quiet": (22, 7),
        "zone": "Asia/Beirut",
        "watchers": Watchers.ADMINS,
        "passages": 1,
    }

    await chats.set(OLD, **wanted)

    assert chats.of(OLD) == (await reopened(data)).of(OLD) == ChatSettings(**wanted)
    assert chats.of(NEW) == ChatSettings()


async def test_a_topic_has_its_own_mode_and_what_else_the_chat_has(data, chats):
    await chats.set(NEW, language="ar")
    await chats.set(NEW, 12, mode=Mode.QUESTIONS)

    for each in (chats, await reopened(data)):
        assert each.of(NEW, 12) == ChatSettings(language="ar", mode=Mode.QUESTIONS)
        assert each.of(NEW, 13) == each.of(NEW) == ChatSettings(language="ar")


async def test_a_setting_that_there_is_not_is_refused(chats):
    with pytest.raises(ValueError, match="colour"):
        await chats.set(NEW, colour="red")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mode", "always"),
        ("passages", "many"),
        ("quiet", [1]),
        ("quiet", None),
        ("zone", "Europe/Atlantis"),
        ("zone", "../passwd"),
        ("watchers", 5),
        ("sources", 5),
        ("colour", "red"),
    ],
)
async def test_what_another_version_kept_and_this_cannot_read_is_the_default(name, value, data):
    await data.run(
        lambda db: db.execute(
            "insert into settings values (?, 0, ?, ?)", (NEW, name, json.dumps(value))
        )
    )

    assert (await reopened(data)).of(NEW) == ChatSettings()


@pytest.mark.parametrize(("kept", "meant"), [(0, 1), (2, 2), (9, 3)])
async def test_a_number_of_passages_is_kept_within_what_a_message_quotes(kept, meant, chats):
    await chats.set(NEW, passages=kept)

    assert chats.of(NEW).passages == meant


async def test_every_table_of_chats_either_moves_with_them_or_is_said_to_stay(data):
    def with_chats(db):
        tables = [
            name for (name,) in db.execute("select name from sqlite_master where type = 'table'")
        ]
        return {
            table
            for table in tables
            if "chat" in {column[1] for column in db.execute(f"pragma table_info({table})")}
        }

    assert await data.run(with_chats) == {*MOVED, *STAYING}
    assert not {*MOVED} & {*STAYING}


async def test_a_group_that_moves_takes_its_settings_and_watches_along(data, chats):
    await chats.set(OLD, language="ar", mode=Mode.QUESTIONS)
    await data.run(
        lambda db: db.execute(
            "insert into watches (chat, topic, user, question, language, generation, created_at)"
            " values (?, 0, 7, 'otters', 'ar', 1, 0)",
            (OLD,),
        )
    )

    await chats.move(OLD, NEW)

    moved = ChatSettings(language="ar", mode=Mode.QUESTIONS)
    assert chats.of(NEW) == (await reopened(data)).of(NEW) == moved
    watches = await data.run(
        lambda db: db.execute("select chat, question from watches").fetchall()
    )
    assert watches == [(NEW, "otters")]
    assert [row[0] for row in await data.run(rows("settings"))] == [NEW, NEW]


async def test_what_is_still_said_of_the_old_chat_is_of_the_new_one(data, chats):
    await chats.set(OLD, language="ar")
    await chats.move(OLD, NEW)

    for each in (chats, await reopened(data)):
        assert each.of(OLD) == ChatSettings(language="ar")
        assert (each.now(OLD), each.now(NEW), each.now(8)) == (NEW, NEW, 8)
        assert (each.names(NEW), each.names(8)) == ({OLD, NEW}, {8})
    await chats.set(OLD, language="ru")
    assert chats.of(NEW).language == "ru"


async def test_a_move_told_twice_changes_nothing_that_was_set_since(data, chats):
    await chats.set(OLD, language="ar", passages=1)
    await chats.move(OLD, NEW)
    await chats.set(NEW, language="ru")

    await chats.move(OLD, NEW)

    assert chats.of(NEW) == ChatSettings(language="ru", passages=1)


async def test_what_the_new_chat_set_before_the_move_was_told_is_newer(chats):
    await chats.set(OLD, language="ar", passages=1)
    await chats.set(NEW, language="ru")

    await chats.move(OLD, NEW)

    assert chats.of(NEW) == ChatSettings(language="ru", passages=1)


async def test_a_move_to_where_the_chat_is_moves_nothing(data, chats):
    await chats.set(OLD, language="ar")

    await chats.move(OLD, OLD)

    assert chats.of(OLD).language == "ar"
    assert await data.run(rows("moves")) == []


async def test_a_move_that_breaks_off_leaves_everything_where_it_was(data, chats):
    await chats.set(OLD, language="ar")
    await data.run(lambda db: db.execute("drop table moves"))

    with pytest.raises(Exception, match="moves"):
        await chats.move(OLD, NEW)

    assert await data.run(rows("settings")) == [(OLD, 0, "language", '"ar"')]


async def test_a_chat_is_greeted_once_in_a_while_and_not_again_under_a_new_number(data):
    clock = Clock()
    chats = Chats(data, clock=clock)

    assert await chats.first_greeting(OLD)
    assert not await chats.first_greeting(OLD)
    await chats.move(OLD, NEW)
    assert not await chats.first_greeting(NEW)
    clock.now += GREETED_WITHIN_S
    assert await chats.first_greeting(OLD)
    assert not await Chats(data, clock=clock).first_greeting(OLD)
