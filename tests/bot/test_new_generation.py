"""The bot over a real collection: it quotes what was published while it ran."""

import asyncio

from scripts.simulator.post import private_chat
from tests.support.collections import OTTERS, TEA, Desk


async def test_a_new_generation_is_quoted_without_a_restart_or_a_failed_question(
    tmp_path, telegram, post, start
):
    desk = Desk(tmp_path)
    desk.write("otters.txt", OTTERS)
    await asyncio.to_thread(desk.reindex)
    library = await asyncio.to_thread(desk.library)

    async with start(library):
        await telegram.push(post.says("Who counted the otters of Tidewater?", private_chat(7)))
        await telegram.until(lambda: len(telegram.sent) == 1)
        desk.write("tea.txt", TEA)
        await asyncio.to_thread(desk.reindex)
        for person in range(8, 12):
            chat = private_chat(person)
            await telegram.push(
                post.says("What did the clipper Larkspur land at Tidewater?", chat)
            )
        await telegram.until(lambda: len(telegram.sent) == 5)
    await asyncio.to_thread(library.close)

    first, *others = telegram.texts()
    assert "Ada Brine, counted forty otters" in first
    assert all("The clipper Larkspur landed ninety chests of tea" in text for text in others)
