"""/settings: what it shows, what each press and each written setting changes, and for whom."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.buttons import Press, Verb, unpack
from bot.chats import ChatSettings, Mode, Watchers
from bot.choices import EVERY_SOURCE, MOST_SOURCES, TURN, Menu, Page, chosen, hours
from bot.desk import Desk
from bot.panel import buttons, html
from bot.phrases import LANGUAGES, phrases_in
from bot.scene import Scene
from index import Credit, Listed
from scripts.simulator.markup import parse_html
from scripts.simulator.post import (
    BOT_ID,
    anonymous_admin,
    forum,
    group,
    person,
    private_chat,
)
from tests.support.library import FakeLibrary
from tests.support.visit import visiting

ADA, MEMBER = 7, 8
HARBOUR = group()["id"]
MAIN = """Settings of this group

Language: Each person's own
Answers: When I am asked
Sources: All
Length: Up to 3 passages
Quiet hours: None
Time zone: UTC, now {clock}
Watches: Everyone"""
SAVED = "All saved. To change something, send /settings again."


@pytest.fixture
def library():
    names = ["Reuters", "Ma'an <News>", *(f"Paper {number}" for number in range(1, 9))]
    library = FakeLibrary()
    library.listed = tuple(
        Listed(f"{name}.md", Credit(title="T", publisher=name, published="2017", url=""), 1, 1)
        for place, name in enumerate(names)
        for _ in range(20 - place)
    )
    return library


@pytest.fixture
async def visit(telegram, library, tmp_path):
    async with visiting(telegram, library, tmp_path) as visit:
        telegram.members |= {(HARBOUR, ADA): "administrator", (forum()["id"], ADA): "creator"}
        yield visit


async def open_menu(visit, chat=None):
    await visit.hears(visit.post.says("/settings", chat or group()))


def held(visit, chat=HARBOUR, topic=None):
    return visit.office.chats.of(chat, topic)


def at(clock="%H:%M"):
    return MAIN.format(clock=datetime.now(UTC).strftime(clock))


async def test_a_groups_admin_opens_one_message_that_shows_all_that_is_set(visit, telegram):
    before = at()
    await open_menu(visit)

    assert telegram.texts() in ([before], [at()])
    markup = telegram.current(HARBOUR)["reply_markup"]["inline_keyboard"]
    assert [[each["text"] for each in row] for row in markup] == [
        ["Language", "Answers"],
        ["Sources", "Length"],
        ["Quiet hours", "Time zone"],
        ["Watches"],
        ["Done"],
    ]


async def test_a_member_is_told_that_settings_are_for_admins(visit, telegram):
    await visit.hears(visit.post.says("/settings", group(), **{"from": person(MEMBER)}))

    assert telegram.texts() == ["That is for admins only."]


CHOICES = [
    ("Language", "العربية", {"language": "ar"}),
    ("Answers", "Every question", {"mode": Mode.QUESTIONS}),
    ("Sources", "Ma'an <News>", {"sources": ("Ma'an <News>",)}),
    ("Length", "1", {"passages": 1}),
    ("Quiet hours", "22:00 to 07:00", {"quiet": (22, 7)}),
    ("Time zone", "Berlin", {"zone": "Europe/Berlin"}),
    ("Watches", "Admins only", {"watchers": Watchers.ADMINS}),
]


@pytest.mark.parametrize(("page", "choice", "wanted"), CHOICES)
async def test_a_choice_holds_at_once_is_marked_and_outlives_a_restart(
    page, choice, wanted, visit, telegram
):
    await open_menu(visit)
    await visit.presses(HARBOUR, page)
    assert f"✓ {choice}" not in telegram.buttons(HARBOUR)

    await visit.presses(HARBOUR, choice)

    assert f"✓ {choice}" in telegram.buttons(HARBOUR)
    assert held(visit) == ChatSettings(**wanted)
    await visit.office.chats.load()
    assert held(visit) == ChatSettings(**wanted)
    assert len(telegram.sent) == 1


async def test_every_button_fits_and_a_press_edits_the_same_message(visit, telegram):
    await open_menu(visit)
    for page in ("Sources", "‹ Back", "Time zone", "‹ Back", "Quiet hours"):
        await visit.presses(HARBOUR, page)

    markups = [call["reply_markup"] for call in (*telegram.sent, *telegram.edited)]
    said = [
        each["callback_data"]
        for markup in markups
        for row in markup["inline_keyboard"]
        for each in row
    ]
    assert max(len(each.encode()) for each in said) <= 40
    assert {call["message_id"] for call in telegram.edited} == {telegram.numbers[0]}


async def test_back_leads_to_the_first_page_which_shows_what_was_chosen(visit):
    await open_menu(visit)
    for label in ("Length", "1", "‹ Back"):
        await visit.presses(HARBOUR, label)

    assert "Length: One passage" in visit.shown(HARBOUR)
    assert visit.shown(HARBOUR).startswith("Settings of this group")


async def test_done_leaves_the_settings_in_words_and_no_buttons(visit, telegram):
    await open_menu(visit)

    await visit.presses(HARBOUR, "Done")

    assert visit.shown(HARBOUR).startswith("Settings of this group\n\nLanguage:")
    assert visit.shown(HARBOUR).endswith(SAVED)
    assert telegram.buttons(HARBOUR) == {}


async def test_the_menu_speaks_the_language_that_was_chosen(visit):
    await open_menu(visit)
    await visit.presses(HARBOUR, "Language")
    await visit.presses(HARBOUR, "Русский")

    assert phrases_in("ru").rooms.language_asked in visit.shown(HARBOUR)


async def test_the_menu_keeps_the_language_of_who_opened_it_whoever_presses(visit):
    opener = {**person(), "language_code": "ru"}
    await visit.hears(visit.post.says("/settings", group(), **{"from": opener}))

    await visit.presses(HARBOUR, phrases_in("ru").rooms.quiet)

    assert phrases_in("ru").rooms.quiet_asked("UTC").split("<")[0] in visit.shown(HARBOUR)


# Who may press.


async def test_a_member_who_presses_gets_a_notice_and_nothing_changes(visit, telegram):
    await open_menu(visit)

    await visit.presses(HARBOUR, "Length", by=MEMBER)

    [notice] = telegram.made("answerCallbackQuery")
    assert (notice["text"], notice["show_alert"]) == ("That is for admins only.", True)
    assert telegram.edited == []


async def test_somebody_who_is_no_admin_any_more_cannot_go_on(visit, telegram):
    await open_menu(visit)
    await visit.presses(HARBOUR, "Length")
    telegram.members[HARBOUR, ADA] = "left"

    await visit.presses(HARBOUR, "1")

    assert held(visit).passages == 3


async def test_an_anonymous_admin_opens_as_the_group_and_presses_as_a_person(visit, telegram):
    as_group = {"from": anonymous_admin(), "sender_chat": group()}
    await visit.hears(visit.post.says("/settings", group(), **as_group))
    await visit.presses(HARBOUR, "Length")
    await visit.presses(HARBOUR, "2")

    assert held(visit).passages == 2
    asked = {call["user_id"] for call in telegram.made("getChatMember")}
    assert asked == {ADA}
    kept = await visit.office.memory.sheet(HARBOUR, telegram.numbers[0])
    assert kept.told["user"] is None


async def test_who_writes_as_another_chat_is_no_admin(visit, telegram):
    as_channel = {"from": anonymous_admin(), "sender_chat": group(-100_9)}

    await visit.hears(visit.post.says("/settings", group(), **as_channel))

    assert telegram.texts() == ["That is for admins only."]


async def test_two_admins_at_once_both_get_what_they_chose(visit, telegram):
    telegram.members[HARBOUR, MEMBER] = "creator"
    await open_menu(visit)
    await visit.presses(HARBOUR, "Length")
    one = telegram.buttons(HARBOUR)["1"]
    await visit.presses(HARBOUR, "‹ Back")
    await visit.presses(HARBOUR, "Watches")
    admins = telegram.buttons(HARBOUR)["Admins only"]
    under = telegram.current(HARBOUR)

    await asyncio.gather(
        visit.hears(visit.post.presses(under, one, by=person(ADA))),
        visit.hears(visit.post.presses(under, admins, by=person(MEMBER))),
    )

    assert held(visit) == ChatSettings(passages=1, watchers=Watchers.ADMINS)


async def test_of_many_quick_presses_only_what_holds_last_is_drawn(visit, telegram):
    await open_menu(visit)
    await visit.presses(HARBOUR, "Sources")
    under = telegram.current(HARBOUR)
    labels = ["Reuters", *(f"Paper {number}" for number in range(1, 5))]
    said = [telegram.buttons(HARBOUR)[label] for label in labels]
    drawn = len(telegram.edited)

    # An edit is on its way, which takes a while.
    async with visit.office.locks.of("settings drawn", HARBOUR, under["message_id"]):
        presses = [
            asyncio.create_task(visit.hears(visit.post.presses(under, each, by=person(ADA))))
            for each in said
        ]
        await telegram.until(lambda: sum(each.done() for each in presses) == len(said) - 1)
    await asyncio.gather(*presses)

    assert {*held(visit).sources} == {*labels}
    assert {f"✓ {label}" for label in labels} <= {*telegram.buttons(HARBOUR)}
    assert len(telegram.edited) - drawn == 1
    assert len(telegram.made("answerCallbackQuery")) == 1 + len(said)


async def test_a_double_tap_chooses_once(visit, telegram):
    await open_menu(visit)
    await visit.presses(HARBOUR, "Sources")
    press = visit.post.presses(
        telegram.current(HARBOUR), telegram.buttons(HARBOUR)["Reuters"], by=person(ADA)
    )

    await visit.hears(press, {**press, "update_id": 5})

    assert held(visit).sources == ("Reuters",)


# Sources.


async def test_sources_are_chosen_one_by_one_and_given_up_all_at_once(visit):
    await open_menu(visit)
    for label in ("Sources", "Reuters", "Paper 1", "Paper 2", "Paper 3"):
        await visit.presses(HARBOUR, label)
    assert held(visit).sources == ("Reuters", "Paper 1", "Paper 2", "Paper 3")
    assert visit.shown(HARBOUR).startswith("Sources: Reuters, Paper 1, Paper 2 and 1 more")

    await visit.presses(HARBOUR, "Paper 1")
    assert held(visit).sources == ("Reuters", "Paper 2", "Paper 3")
    await visit.presses(HARBOUR, "All")
    assert held(visit).sources == ()


async def test_only_the_chosen_sources_are_asked(visit, library):
    await open_menu(visit)
    await visit.presses(HARBOUR, "Sources")
    await visit.presses(HARBOUR, "Reuters")

    await visit.hears(visit.post.says("/ask how do otters sleep?", group()))

    assert library.only == [("Reuters",)]


async def test_many_publishers_are_paged_round(visit, telegram):
    await open_menu(visit)
    await visit.presses(HARBOUR, "Sources")
    assert [*telegram.buttons(HARBOUR)][1:10] == [
        *("Reuters", "Ma'an <News>", "Paper 1", "Paper 2", "Paper 3"),
        *("Paper 4", "Paper 5", "Paper 6", "‹"),
    ]

    await visit.presses(HARBOUR, "›")
    await visit.presses(HARBOUR, "Paper 8")
    assert [*telegram.buttons(HARBOUR)][:5] == ["All", "Paper 7", "✓ Paper 8", "‹", "2 / 2"]
    await visit.presses(HARBOUR, "›")

    assert "1 / 2" in telegram.buttons(HARBOUR)


async def test_a_button_means_its_publisher_though_others_come_and_go_meanwhile(
    visit, telegram, library
):
    await open_menu(visit)
    await visit.presses(HARBOUR, "Sources")
    library.listed = library.listed[20:]

    await visit.presses(HARBOUR, "‹ Back")
    await visit.presses(HARBOUR, "Sources")
    await visit.presses(HARBOUR, "Ma'an <News>")

    assert held(visit).sources == ("Ma'an <News>",)


async def test_a_chosen_publisher_that_is_gone_can_be_given_up(visit, telegram):
    await visit.office.chats.set(HARBOUR, sources=("The Old Gull",))
    await open_menu(visit)
    await visit.presses(HARBOUR, "Sources")

    await visit.presses(HARBOUR, "The Old Gull")

    assert held(visit).sources == ()


async def test_no_more_publishers_can_be_chosen_than_a_chat_keeps(visit, telegram):
    await visit.office.chats.set(HARBOUR, sources=tuple(f"P{n}" for n in range(MOST_SOURCES)))
    await open_menu(visit)
    await visit.presses(HARBOUR, "Sources")
    for _ in range(MOST_SOURCES // 8):
        await visit.presses(HARBOUR, "›")

    await visit.presses(HARBOUR, "Reuters")

    assert len(held(visit).sources) == MOST_SOURCES
    assert telegram.made("answerCallbackQuery")[-1]["text"] == (
        "That is as many as can be chosen. Take one away first, or choose all."
    )


async def test_with_no_articles_yet_there_is_nothing_to_choose_from(visit, library, telegram):
    library.listed = ()
    await open_menu(visit)

    await visit.presses(HARBOUR, "Sources")

    assert visit.shown(HARBOUR) == (
        "Sources: All\n\nThere are no articles yet, and so no publishers to choose from."
    )
    assert [*telegram.buttons(HARBOUR)] == ["✓ All", "‹ Back", "Done"]


async def test_publishers_that_cannot_be_looked_up_now_can_be_later(visit, library, telegram):
    await open_menu(visit)
    no_room = Desk(library, patience_s=1, room=0)
    fast, visit.office = visit.office, replace(visit.office, desk=no_room)
    await visit.presses(HARBOUR, "Sources")
    assert [*telegram.buttons(HARBOUR)] == ["✓ All", "‹ Back", "Done"]

    visit.office = fast
    await visit.presses(HARBOUR, "‹ Back")
    await visit.presses(HARBOUR, "Sources")

    assert "Reuters" in telegram.buttons(HARBOUR)
    no_room.close()


# Answers.


async def test_where_telegram_hides_the_groups_messages_every_question_is_said_not_to_work(
    visit, telegram
):
    deaf = phrases_in("en").rooms.mode_is_deaf
    await open_menu(visit)
    await visit.presses(HARBOUR, "Answers")
    assert deaf in visit.shown(HARBOUR)

    telegram.members[HARBOUR, BOT_ID] = "administrator"
    await visit.presses(HARBOUR, "Every question")
    assert deaf not in visit.shown(HARBOUR)


async def test_a_topic_has_an_answer_mode_of_its_own_and_shares_the_rest(visit, telegram):
    place = forum()["id"]
    await visit.hears(visit.post.says_in_topic("/settings", 12))
    await visit.presses(place, "Answers")
    assert "This choice holds for this topic" in visit.shown(place)
    for label in ("Every question", "‹ Back", "Length", "2"):
        await visit.presses(place, label)

    assert held(visit, place, 12) == ChatSettings(mode=Mode.QUESTIONS, passages=2)
    assert held(visit, place, 13) == held(visit, place) == ChatSettings(passages=2)
    assert telegram.sent[0]["message_thread_id"] == 12


# In private.


async def test_a_person_sets_what_concerns_one_person(visit, telegram):
    await open_menu(visit, private_chat(MEMBER))
    assert [*telegram.buttons(MEMBER)] == [
        *("Language", "Sources", "Length", "Quiet hours", "Time zone", "Done")
    ]
    assert visit.shown(MEMBER).startswith(
        "Your settings\n\nLanguage: That of your Telegram\nSources: All"
    )

    await visit.presses(MEMBER, "Language", by=MEMBER)
    await visit.presses(MEMBER, "Русский", by=MEMBER)
    await visit.hears(visit.post.says("/ask", private_chat(MEMBER)))

    assert telegram.texts(MEMBER)[-1] == parse_html(phrases_in("ru").answers.how_to_ask).text


async def test_in_private_a_button_of_a_groups_page_sets_nothing(visit, telegram):
    await open_menu(visit, private_chat(MEMBER))
    data = telegram.buttons(MEMBER)["Done"].replace(f".{Page.DONE}", f".{Page.MODE}.1")

    await visit.hears(visit.post.presses(telegram.current(MEMBER), data, by=person(MEMBER)))

    assert held(visit, MEMBER) == ChatSettings()
    assert visit.shown(MEMBER).startswith("Your settings")


# Written settings.


@pytest.mark.parametrize(
    ("written", "wanted", "said"),
    [
        ("zone Europe/Lisbon", {"zone": "Europe/Lisbon"}, "Time zone: Europe/Lisbon, now "),
        ("zone new york", {"zone": "America/New_York"}, "Time zone: America/New_York, now "),
        ("ZONE berlin", {"zone": "Europe/Berlin"}, "Time zone: Europe/Berlin, now "),
        (
            "zone Berln",
            {},
            "I know no time zone “Berln”. Did you mean Europe/Berlin?",
        ),
        (
            "zone <b>Qqqq",
            {},
            "I know no time zone “<b>Qqqq”. Name a continent and a big city: "
            "/settings zone Europe/Lisbon.",
        ),
        ("quiet 22-7", {"quiet": (22, 7)}, "Quiet hours: 22:00 to 07:00"),
        ("quiet off", {"quiet": (0, 0)}, "Quiet hours: None"),
        (
            "quiet at night",
            {},
            "Write the first and the last hour, from 0 to 23: /settings quiet 22-7, "
            "or /settings quiet off.",
        ),
        (
            "colour red",
            {},
            "Send /settings alone to see what can be set. With words I understand "
            "/settings zone Europe/Lisbon and /settings quiet 22-7.",
        ),
    ],
)
async def test_what_is_written_is_set_or_said_to_be_wrong(written, wanted, said, visit, telegram):
    await visit.hears(visit.post.says(f"/settings {written}", group()))

    assert held(visit) == ChatSettings(**wanted)
    [told] = telegram.texts()
    assert told.startswith(said)


@pytest.mark.parametrize(("written", "page"), [("zone", "Berlin"), ("quiet", "22:00 to 07:00")])
async def test_a_setting_without_a_value_opens_its_page(written, page, visit, telegram):
    await visit.hears(visit.post.says(f"/settings {written}", group()))

    assert page in telegram.buttons(HARBOUR)


async def test_a_zone_says_what_time_it_is_there(visit, telegram):
    await visit.hears(visit.post.says("/settings zone Asia/Kolkata", group()))

    zone, _, clock = telegram.texts()[0].rpartition(" ")
    assert zone == "Time zone: Asia/Kolkata, now"
    assert abs(int(clock[-2:]) - (datetime.now(UTC).minute + 30) % 60) in {0, 1, 59}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("22-7", (22, 7)),
        (" 22 - 07 ", (22, 7)),
        ("22:00–7:00", (22, 7)),
        ("24-6", (0, 6)),
        ("off", (0, 0)),
        ("None", (0, 0)),
        ("22", None),
        ("25-7", None),
        ("22-7-9", None),
        ("-1-7", None),
        ("٢٢-٧", None),
        ("", None),
    ],
)
def test_quiet_hours_are_two_hours_of_a_day(written, meant):
    assert hours(written) == meant


@given(st.text(max_size=40))
def test_whatever_is_written_the_hours_are_on_the_clock(written):
    assert all(0 <= hour <= 23 for hour in hours(written) or ())


# Every page, whatever is set.


@given(
    st.sampled_from(Page),
    st.lists(st.integers(-5, 10**17), max_size=3),
    st.lists(st.text(max_size=80), max_size=60, unique=True),
    st.integers(-9, 99),
)
def test_whatever_a_button_says_only_a_choice_that_there_is_is_set(page, numbers, names, part):
    menu = made(page, sources=tuple(names), part=part, zones=("UTC", "Europe/Berlin"))

    values = chosen(Press(Verb.SET, "abc", tuple(numbers)), menu)

    assert values.keys() <= {
        *("language", "mode", "sources", "passages", "quiet", "zone", "watchers")
    }
    assert {*values.get("sources", ())} <= {*names}
    assert values.get("passages", 1) in {1, 2, 3}
    assert values.get("zone", "UTC") in {"UTC", "Europe/Berlin"}
    assert all(0 <= hour <= 23 for hour in values.get("quiet", ()))


@example(Page.SOURCES, "en", False, [" ", "\ud83d"], 0)
@given(
    st.sampled_from(Page),
    st.sampled_from([*LANGUAGES]),
    st.booleans(),
    st.lists(st.text(alphabet=" \na<&😀\"'ר", min_size=1, max_size=90), max_size=60, unique=True),
    st.integers(-9, 99),
)
def test_every_page_can_be_sent_in_every_language(page, language, private, names, part):
    settings = ChatSettings(sources=tuple(names[::2]), mode=Mode.QUESTIONS)
    menu = made(page, language, private, settings, sources=tuple(names), part=part, zones=("UTC",))

    seen = parse_html(html(menu, datetime(2026, 11, 23, 1, 30, tzinfo=UTC)))

    assert seen.units < 2_000
    for row in getattr(buttons(menu, "abc123"), "inline_keyboard", ()):
        for each in row:
            assert each.text.strip()
            assert unpack(each.callback_data).verb in {Verb.SET, Verb.NOTHING}


def made(page, language="en", private=False, settings=None, **more):
    scene = Scene(
        7 if private else HARBOUR,
        None if private else 12,
        ADA,
        private,
        settings or ChatSettings(),
        phrases_in(language),
        ZoneInfo("UTC"),
    )
    return Menu(scene, page, deaf=True, **more)


def test_all_sources_and_turning_pages_are_no_place_in_a_list():
    menu = made(Page.SOURCES, sources=("Reuters",))

    assert chosen(Press(Verb.SET, "abc", (Page.SOURCES, EVERY_SOURCE)), menu) == {"sources": ()}
    assert chosen(Press(Verb.SET, "abc", (Page.SOURCES, TURN, 1)), menu) == {}
