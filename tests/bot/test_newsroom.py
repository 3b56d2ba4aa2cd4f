"""After each publication: watches are matched, and quotes corrected."""

import asyncio
import threading
import time
from dataclasses import replace

from bot.courier import Courier
from bot.desk import Desk
from bot.newsroom import Newsroom
from bot.watches import Watch, Watches
from scripts.simulator.post import private_chat
from scripts.simulator.stage import performing
from tests.support.collections import Desk as Folder
from tests.support.library import SlowLibrary
from tests.support.newswire import Newswire, news, office_of

COUNTED = """Sea otters of the harbour

The harbour master of Tidewater, Ada Brine, counted forty otters on 3 May 2017.
"""

RECOUNTED = COUNTED.replace("forty", "thirty")

TEA = "Tea\n\nThe clipper Larkspur landed ninety chests of tea on Monday."

OTTERS = "Nine otters returned to Tidewater."
PUPS = "Eleven pups were taken to the aquarium by the Lantern Guild."

WATCH = Watch(7, None, 7, "What do otters do?", "en", daily=False, generation=1)


async def test_what_is_published_is_told_and_what_is_changed_or_withdrawn_is_corrected(
    tmp_path, telegram, post
):
    desk = Folder(tmp_path)
    desk.write("tea.txt", TEA)
    await asyncio.to_thread(desk.reindex)
    library = await asyncio.to_thread(lambda: desk.library(threshold=0.5))
    watching, asking = private_chat(7), private_chat(8)

    async with performing(telegram, library, tmp_path / "bot"):
        await telegram.push(post.says("/watch Who counted the otters of Tidewater?", watching))
        await telegram.until(lambda: len(telegram.sent) == 1)
        desk.write("otters.txt", COUNTED)
        await asyncio.to_thread(desk.reindex)
        await telegram.until(lambda: len(telegram.sent) == 2)
        await telegram.push(post.says("How many otters did Ada Brine count?", asking))
        await telegram.until(lambda: len(telegram.sent) == 3)
        desk.write("otters.txt", RECOUNTED)
        await asyncio.to_thread(desk.reindex)
        await telegram.until(lambda: len(telegram.edited) == 2)
        corrected = telegram.current(7)["text"], telegram.current(8)["text"]
        (desk.articles / "otters.txt").unlink()
        await asyncio.to_thread(desk.reindex)
        await telegram.until(lambda: len(telegram.edited) == 4)
    await asyncio.to_thread(library.close)

    _, alert, answered = telegram.texts()
    assert alert == (
        "🔔 New: Who counted the otters of Tidewater?\n\nSea otters of the harbour\n"
        "The harbour master of Tidewater, Ada Brine, counted forty otters on 3 May 2017."
    )
    for before, after in zip((alert, answered), corrected, strict=True):
        head, _, quoted = after.partition(f"\n\n{before}")[0].partition("now reads:\n")
        assert head.startswith("⚠️ Changed by the publisher, seen on ")
        assert quoted == (
            "The harbour master of Tidewater, Ada Brine, counted thirty otters on 3 May 2017."
        )
        assert after.endswith(f"\n\n{before}")
    for chat, before in ((7, alert), (8, answered)):
        after = telegram.current(chat)["text"]
        assert after.startswith("⚠️ Withdrawn: “The harbour master of Tidewater, Ada Brine,")
        assert after.endswith(f"I no longer vouch for it.\n\n{before}")


async def test_a_text_that_stands_in_another_article_too_is_not_withdrawn(
    tmp_path, telegram, post
):
    desk = Folder(tmp_path)
    for name in ("one", "two"):
        desk.write(f"{name}.txt", f"{TEA}\n\nThis was the {name} of its kind.")
    await asyncio.to_thread(desk.reindex)
    library = await asyncio.to_thread(desk.library)

    async with office_of(telegram, library, tmp_path / "bot") as office:
        await office.chats.set(7, passages=1)
    async with performing(telegram, library, tmp_path / "bot"):
        await telegram.push(post.says("What did the clipper Larkspur land?"))
        await telegram.until(lambda: len(telegram.sent) == 1)
    async with office_of(telegram, library, tmp_path / "bot") as office:
        before = await office.memory.sheet(7, telegram.numbers[0])
        reading = await asyncio.to_thread(library.reading, before.quotes[0].article)
        name = "one" if "one of its kind" in reading.paragraphs[1][1] else "two"
        (desk.articles / f"{name}.txt").unlink()
        await asyncio.to_thread(desk.reindex)
        await telegram.until(lambda: library.fates(fated(before)))
        assert await Newsroom(office).follow()
        after = await office.memory.sheet(7, telegram.numbers[0])
    await asyncio.to_thread(library.close)

    assert telegram.edited == []
    assert [each.text for each in after.quotes] == [each.text for each in before.quotes]
    assert after.quotes != before.quotes


def fated(sheet):
    return {each.paragraph: (each.article, each.text) for each in sheet.quotes}


async def test_what_is_new_is_told_once_however_often_the_bot_is_started(tmp_path, telegram, post):
    library = Newswire()
    library.publish(news(1, "Old otters."))

    async with performing(telegram, library, tmp_path):
        await telegram.push(post.says("/watch What do otters do?"))
        await telegram.until(lambda: len(telegram.sent) == 1)
        library.publish(news(2, OTTERS))
        await telegram.until(lambda: len(telegram.sent) == 2)
    for text in (PUPS, "Otters sleep.", "Otters wake."):
        library.publish(news(len(library.held) + 1, text))
        seen = len(telegram.sent)
        async with performing(telegram, library, tmp_path):
            await telegram.until(lambda seen=seen: len(telegram.sent) == seen + 1)

    quoted = [text.splitlines()[-1] for text in telegram.texts()[1:]]
    assert quoted == [OTTERS, PUPS, "Otters sleep.", "Otters wake."]


async def test_only_new_passages_of_allowed_sources_are_sought(tmp_path, telegram):
    library = Newswire()
    library.publish(
        news(1, OTTERS, publisher="Tidewater Weekly"), news(2, PUPS, publisher="Lantern Post")
    )

    async with office_of(telegram, library, tmp_path) as office:
        await office.chats.set(7, sources=["Lantern Post"])
        await Watches(office.data).add(replace(WATCH, generation=1))
        await Newsroom(office).follow()
        (pile,) = await Watches(office.data).waiting()

    assert [alert.found.paragraph for alert in pile.alerts] == [2]
    assert (library.since, library.only) == ([1], [("Lantern Post",)])


async def test_a_generation_is_looked_at_once(tmp_path, telegram):
    library = Newswire()

    async with office_of(telegram, library, tmp_path) as office:
        await Watches(office.data).add(WATCH)
        library.publish(news(1, OTTERS))
        newsroom = Newsroom(office)
        done = [await newsroom.follow(), await newsroom.follow(), await Newsroom(office).follow()]

    assert done == [True, True, True]
    assert library.asked == ["What do otters do?"]


async def test_what_a_server_that_is_behind_does_not_have_yet_is_asked_again(tmp_path, telegram):
    class Behind(Newswire):
        """Says that it has a generation, and the first time answers from the one before."""

        def ask(self, question, **circumstances):
            answer = super().ask(question, **circumstances)
            if len(self.asked) > 1:
                return answer
            before = replace(self.now, generation=self.now.generation - 1)
            return replace(answer, passages=(), searched=before)

    library = Behind()

    async with office_of(telegram, library, tmp_path) as office:
        watches, newsroom = Watches(office.data), Newsroom(office)
        await watches.add(WATCH)
        library.publish(news(1, OTTERS))
        done = [await newsroom.follow(), await newsroom.follow()]
        (pile,) = await watches.waiting()

    assert done == [False, True]
    assert [alert.found.paragraph for alert in pile.alerts] == [1]


async def test_a_question_that_failed_is_asked_again(tmp_path, telegram):
    library = Newswire()

    async with office_of(telegram, library, tmp_path) as office:
        watches, newsroom = Watches(office.data), Newsroom(office)
        await watches.add(WATCH)
        library.publish(news(1, OTTERS))
        library.broken = True
        failed = await newsroom.follow()
        library.broken = False
        done = await newsroom.follow()
        (pile,) = await watches.waiting()

    assert (failed, done) == (False, True)
    assert [alert.found.paragraph for alert in pile.alerts] == [1]


async def test_a_kill_between_finding_and_sending_loses_nothing_and_sends_once(
    tmp_path, telegram, post
):
    library = Newswire()
    async with office_of(telegram, library, tmp_path) as office:
        await Watches(office.data).add(WATCH)
        library.publish(news(1, OTTERS))
        await Newsroom(office).follow()

    async with performing(telegram, library, tmp_path):
        await telegram.until(lambda: len(telegram.sent) == 1)
        library.publish(news(2, PUPS))
        await telegram.until(lambda: len(telegram.sent) == 2)

    assert [text.splitlines()[-1] for text in telegram.texts(7)] == [OTTERS, PUPS]


async def test_what_telegram_took_before_the_connection_broke_comes_again(tmp_path, telegram):
    library = Newswire()
    now = [1_500_000_000.0]
    telegram.fail("sendMessage", 200, hang_up=True, after=True)

    async with office_of(telegram, library, tmp_path) as office:
        watches = Watches(office.data)
        await watches.add(WATCH)
        library.publish(news(1, OTTERS))
        await Newsroom(office).follow()
        courier = Courier(office, clock=lambda: now[0])
        for wait in (0, 1, 30, 3_600):
            now[0] += wait
            await courier.look()
            await courier.leave()

    assert [text.splitlines()[-1] for text in telegram.texts(7)] == [OTTERS, OTTERS]


async def test_a_collection_that_was_made_anew_is_watched_from_its_new_beginning(
    tmp_path, telegram
):
    library = Newswire()
    library.now = replace(library.now, generation=40)

    async with office_of(telegram, library, tmp_path) as office:
        watches = Watches(office.data)
        await watches.add(replace(WATCH, generation=40))
        await Newsroom(office).follow()
        library.now = replace(library.now, generation=2)
        newsroom = Newsroom(office)
        await newsroom.follow()
        library.publish(news(1, OTTERS))
        await newsroom.follow()
        (pile,) = await watches.waiting()

    assert [alert.found.paragraph for alert in pile.alerts] == [1]
    assert library.since == [2]


async def test_trouble_does_not_end_the_newsroom(tmp_path, telegram, caplog):
    class Broken(Newswire):
        looks = 0

        def status(self):
            self.looks += 1
            if self.looks < 3:
                raise OSError("the disk is gone")
            return super().status()

    library = Broken()
    library.publish(news(1, OTTERS))
    waits = []

    async def sleep(seconds):
        waits.append(seconds)
        await asyncio.sleep(0)

    async with office_of(telegram, library, tmp_path) as office:
        await Watches(office.data).add(WATCH)
        running = asyncio.create_task(Newsroom(office, sleep=sleep).run())
        await telegram.until(lambda: telegram.sent)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert [text.splitlines()[-1] for text in telegram.texts(7)] == [OTTERS]
    assert 30.0 in waits


async def test_a_fault_of_bot_db_is_logged_and_outlived(tmp_path, telegram, caplog):
    async with office_of(telegram, Newswire(), tmp_path) as office:
        await office.data.run(lambda db: db.execute("drop table state"))
        tried = asyncio.Event()

        async def sleep(seconds):
            if seconds == 30.0:
                tried.set()
            await asyncio.sleep(0.01)

        running = asyncio.create_task(Newsroom(office, sleep=sleep).run())
        await asyncio.wait_for(tried.wait(), 30)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert "the newsroom failed: OperationalError" in caplog.text


async def test_each_of_many_watches_is_matched_once(tmp_path, telegram):
    library = Newswire()

    async with office_of(telegram, library, tmp_path) as office:
        for number in range(40):
            await Watches(office.data).add(replace(WATCH, chat=number + 1, question="otters"))
        library.publish(news(1, OTTERS))
        await Newsroom(office).follow()
        waiting = await Watches(office.data).waiting()

    assert len(library.asked) == len(waiting) == 40


async def test_what_nobody_waits_for_lets_questions_go_first():
    library, order = SlowLibrary(), []
    desk = Desk(library, patience_s=30, room=2, clerks=1)

    def note(name):
        return lambda found: (found.ask(name), order.append(name))

    asked = [asyncio.create_task(desk.look(note(name))) for name in ("first", "second")]
    await asyncio.sleep(0)
    aside = asyncio.create_task(desk.aside(note("aside")))
    await asyncio.sleep(0)
    crowded = desk.crowded
    library.go.set()
    await asyncio.gather(*asked, aside)
    desk.close()

    assert crowded
    assert order == ["first", "second", "aside"]


async def test_what_is_cancelled_in_the_moment_it_is_found_stays_cancelled():
    desk = Desk(Newswire(), patience_s=30, room=2)
    found, over = threading.Event(), threading.Event()

    async def endless():
        while not over.is_set():
            await desk.aside(lambda library: (library.status(), found.set()))

    task = asyncio.create_task(endless())
    await asyncio.sleep(0)
    found.wait(30)
    time.sleep(0.05)  # noqa: ASYNC251 - nor is this long enough to matter where it is too short
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    over.set()
    await asyncio.gather(task, return_exceptions=True)
    desk.close()

    assert task.cancelled()
