"""The README's pictures show what the bot says now, and a page shows a recording truly."""

import asyncio
import os
import re
from dataclasses import replace
from html import escape, unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from scripts import pictures
from scripts.gallery.browser import (
    BROWSERS,
    NoDrawing,
    digest_of,
    draw,
    drawn_from,
    find_browser,
    require_drawing,
)
from scripts.gallery.page import body_html, page_html, plain_html, visible_text
from scripts.gallery.playing import OffScript, play
from scripts.gallery.recording import Button, Message, Recording, as_json, read_recording
from scripts.gallery.scenes import (
    ADA,
    BO,
    SCENES,
    Invites,
    Place,
    Presses,
    Publishes,
    Says,
    Scene,
)
from tests.support.library import FakeLibrary

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
NAMES = [scene.name for scene in SCENES]
STALE = "is not what the bot says now; to draw it anew: scripts/run pictures"

pytestmark = pytest.mark.timeout(400)  # the packaged model on a busy machine

HOSTILE = st.text(st.sampled_from("<>&\"'=/ab;\n\u202eעا😀\u200d")) | st.text()


@pytest.fixture(autouse=True)
def _waits_are_told_as_timedelta(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture(scope="module")
def played():
    return dict(zip(NAMES, pictures.record(SCENES), strict=True))


# The pictures in the repository.


@pytest.mark.parametrize("name", NAMES)
def test_the_messages_behind_a_picture_are_current(played, name):
    assert read_recording(FOLDER / f"{name}.json") == played[name], f"{name}.json {STALE}"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_was_drawn_from_the_recording_beside_it(name):
    page = page_html(read_recording(FOLDER / f"{name}.json"))

    assert drawn_from(FOLDER / f"{name}.png") == digest_of(page), f"{name}.png {STALE}"


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_small(name):
    assert (FOLDER / f"{name}.png").stat().st_size < 150_000


def test_no_scene_begins_while_the_model_is_loaded(tmp_path):
    samples = tmp_path / "samples"
    samples.mkdir()
    (samples / "otters.txt").write_text("Otters sleep on the river.")

    with pictures.collected(samples, tmp_path) as (library, _):
        assert library.warm


def test_every_picture_belongs_to_a_scene():
    kept = {file.name for file in FOLDER.iterdir()}

    assert kept == {f"{name}.{kind}" for name in NAMES for kind in ("json", "png")}


# Playing a scene.


def said(*steps, place=Place.GROUP, publish=None, patience_s=60, tmp_path):
    scene = Scene("try", place, steps)
    playing = play(scene, FakeLibrary(), tmp_path, publish=publish, patience_s=patience_s)
    return asyncio.run(playing)


def test_a_recording_holds_what_people_and_the_bot_said_in_order(tmp_path):
    recording = said(
        Says(BO, "hm", heard=False), Says(ADA, "/ask how do otters sleep?"), tmp_path=tmp_path
    )

    assert recording.viewer == "Ada"
    assert [(line.by, line.is_bot, line.reply_to) for line in recording.messages] == [
        ("Bo", False, None),
        ("Ada", False, None),
        ("Quotewire", True, 1),
    ]
    assert recording.messages[1].text == "/ask how do otters sleep?"
    assert "Sea otters hold hands while they sleep." in recording.messages[2].text
    labels = {each.label: each.action for row in recording.messages[2].buttons for each in row}
    assert labels["Why?"] == "callback"
    assert labels["Copy"] == "copy"


def test_a_follow_up_replies_to_the_bots_message_and_a_press_edits_it(tmp_path):
    recording = said(
        Invites(ADA),
        Says(ADA, "/ask how do otters sleep?"),
        Says(ADA, "and where?", back=True),
        Presses(ADA, "Why?"),
        tmp_path=tmp_path,
    )

    assert recording.messages[0] == Message("", "Ada added Quotewire")
    assert [line.reply_to for line in recording.messages] == [None, None, None, 2, 3, 4]
    assert [line.is_edited for line in recording.messages] == [False] * 5 + [True]


def test_an_article_is_published_where_the_scene_says_so_and_silence_is_told(tmp_path):
    published = []

    with pytest.raises(OffScript, match="try: the bot did nothing about Publishes"):
        said(
            Publishes("An article."), publish=published.append, patience_s=0.05, tmp_path=tmp_path
        )

    assert published == ["An article."]


def test_a_button_that_is_gone_is_named(tmp_path):
    with pytest.raises(OffScript, match="try: there is no button Dance to press"):
        said(
            Says(ADA, "how do otters sleep?"),
            Presses(ADA, "Dance"),
            place=Place.PRIVATE,
            tmp_path=tmp_path,
        )


def test_a_recording_is_read_back_as_it_was_kept(tmp_path):
    recording = one(
        Message("سامي", "كم؟"),
        Message(
            "Quotewire", "<b>x</b>", is_bot=True, reply_to=0, buttons=((Button("A", "open"),),)
        ),
    )
    (tmp_path / "x.json").write_text(as_json(recording), "utf-8")

    assert read_recording(tmp_path / "x.json") == recording
    assert "سامي" in as_json(recording)


# The page.


def seen(page):
    """The texts on a page, in order, each as it stands between its tags."""
    texts = re.split("<[^>]*>", page.partition("</style>")[2])
    return [unescape(text) for text in texts if text.strip()]


def one(*messages, place=Place.GROUP):
    return Recording(place, "News desk", "Ada", messages)


@given(HOSTILE)
def test_a_page_shows_exactly_the_text_that_was_sent(text):
    assert visible_text(body_html(escape(text))) == text
    assert visible_text(plain_html(text)) == text


@given(HOSTILE)
def test_no_text_becomes_markup(text):
    page = page_html(
        replace(
            one(Message(text or "?", text), Message("Q", escape(text), is_bot=True)), title=text
        )
    )

    empty = page_html(replace(one(Message("?", "x"), Message("Q", "x", is_bot=True)), title="x"))
    assert page.count("<") - page.count("<em>") * 2 == empty.count("<")


def test_telegrams_tags_are_kept_and_others_are_not():
    assert body_html('<b>a</b> <i>b</i> <code>c</code><img src="x"><script>d</script>') == (
        "<b>a</b> <i>b</i> <code>c</code>d"
    )
    assert body_html('<a href="https://a.example/?x=1&amp;y">n</a>') == (
        '<a href="https://a.example/?x=1&amp;y">n</a>'
    )
    assert body_html('<a href="javascript:alert(1)">n</a><tg-spoiler>s</tg-spoiler>') == (
        '<a href="#">n</a><span class="spoiler">s</span>'
    )


def test_a_quote_takes_its_direction_from_its_words_and_ends_its_line():
    assert body_html("a\n<blockquote>ב</blockquote>\n\nc") == (
        'a\n<blockquote dir="auto">ב</blockquote>\nc'
    )
    assert body_html("<blockquote expandable>x</blockquote>") == (
        '<blockquote dir="auto" class="folded">x</blockquote>'
    )


def test_mentions_and_commands_are_coloured_in_what_people_type():
    assert plain_html("@quotewire_bot a <b> /ask@quotewire_bot x@y.example") == (
        "<em>@quotewire_bot</em> a &lt;b&gt; <em>/ask@quotewire_bot</em> x@y.example"
    )


def test_everything_that_is_seen_in_the_chat_is_on_the_page():
    page = page_html(
        one(
            Message("", "Ada added Quotewire"),
            Message("Bo", "who & what?"),
            Message(
                "Quotewire",
                "<b>Otters</b> sleep.",
                is_bot=True,
                reply_to=1,
                buttons=((Button("More", "callback"), Button("Copy", "copy")),),
                is_edited=True,
            ),
            Message("Ada", "thanks", reply_to=2),
        )
    )

    assert seen(page) == [
        *("N", "News desk", "3 members"),
        "Ada added Quotewire",
        *("B", "Bo", "who & what?"),
        *("Q", "Quotewire", "Bo", "who & what?", "Otters", " sleep.", "edited"),
        *("More", "Copy", "⧉"),
        *("Quotewire", "Otters sleep.", "thanks"),
    ]
    assert page.count('<section class="mine">') == 1


def test_in_private_nobody_needs_a_face():
    page = page_html(
        one(Message("Ada", "hm?"), Message("Quotewire", "x", is_bot=True), place=Place.PRIVATE)
    )

    assert seen(page) == ["N", "News desk", "bot", "hm?", "x"]


def test_a_page_fetches_nothing():
    for name in NAMES:
        page = page_html(read_recording(FOLDER / f"{name}.json"))

        assert "src=" not in page
        assert "url(" not in page
        assert "@import" not in page
        assert "<link" not in page
        assert "<script" not in page


# Drawing.


@pytest.fixture
def browser(tmp_path):
    """A browser that draws the same picture of everything: a red square on white, a long page."""
    image = Image.new("RGB", (200, 600), "white")
    image.paste("red", (10, 10, 40, 50))
    image.save(tmp_path / "canned.png")
    return program(
        tmp_path / "bin" / BROWSERS[0],
        f'for word; do case $word in --screenshot=*) cp "{tmp_path}/canned.png" "${{word#*=}}";;'
        " esac; done",
    )


def program(path, lines):
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return str(path)


def test_a_picture_ends_below_the_last_message_and_names_its_page(browser, tmp_path):
    draw("<p>page", tmp_path / "x.png", browser)

    with Image.open(tmp_path / "x.png") as image:
        assert image.size == (200, 50 + 28)
        assert image.mode == "P"
        assert image.convert("RGB").getpixel((20, 20)) == (255, 0, 0)
        assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
    assert drawn_from(tmp_path / "x.png") == digest_of("<p>page")
    assert drawn_from(tmp_path / "canned.png") is None


def test_a_browser_that_draws_nothing_is_told_with_its_own_words(tmp_path):
    silent = program(tmp_path / "bin" / "silent", "echo no display >&2; exit 3")

    with pytest.raises(NoDrawing, match="silent did not draw: no display"):
        draw("x", tmp_path / "x.png", silent)
    with pytest.raises(NoDrawing, match=r"did not draw: .*No such file"):
        draw("x", tmp_path / "x.png", str(tmp_path / "gone"))


def test_a_blank_page_is_kept_whole(tmp_path):
    Image.new("RGB", (20, 30), "white").save(tmp_path / "blank.png")
    blank = program(
        tmp_path / "bin" / "blank",
        f'for word; do case $word in --screenshot=*) cp "{tmp_path}/blank.png" "${{word#*=}}";;'
        " esac; done",
    )

    draw("x", tmp_path / "x.png", blank)

    with Image.open(tmp_path / "x.png") as image:
        assert image.size == (20, 30)


def test_a_missing_browser_is_named_with_its_package():
    with pytest.raises(NoDrawing, match="apt install chromium-headless-shell"):
        find_browser(["no-such-browser"])


def test_a_missing_library_is_named_with_the_command_that_brings_it():
    require_drawing()
    with pytest.raises(NoDrawing, match=r"no_such_module.*scripts/run --setup test"):
        require_drawing("no_such_module")


# The door.


def test_the_door_draws_what_is_asked_for(browser, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", f"{Path(browser).parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    samples = tmp_path / "samples"
    samples.mkdir()
    (samples / "otters.txt").write_text("Sea otters hold hands while they sleep.\n")
    target = tmp_path / "drawn"

    assert pictures.main(["settings", "--to", str(target)], samples=samples) == 0

    kept = read_recording(target / "settings.json")
    assert kept == read_recording(FOLDER / "settings.json")
    assert drawn_from(target / "settings.png") == digest_of(page_html(kept))
    assert capsys.readouterr().out.startswith(f"{target / 'settings'}.png, .json  ")


def test_without_a_browser_the_door_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert pictures.main([]) == 2

    assert "sudo apt install chromium-headless-shell" in capsys.readouterr().err


def test_a_picture_that_there_is_not_is_wrong_use(capsys):
    with pytest.raises(SystemExit) as exit_:
        pictures.main(["sunset"])

    assert exit_.value.code == 2
    assert "there is no picture sunset; there are group, private" in capsys.readouterr().err
