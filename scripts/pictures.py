"""Draw the README's pictures anew, from what the bot answers now."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from index import ROOT, IndexSettings
from scripts.gallery.browser import draw, find_browser, require_drawing
from scripts.gallery.page import page_html
from scripts.gallery.recording import Recording, as_json
from scripts.gallery.scenes import SCENES, Scene
from scripts.terminal.opening import guarded

if TYPE_CHECKING:
    from index.library import Library

PICTURES = ROOT / "docs" / "pictures"
SAMPLES = ROOT / "seeds"

Draw = Callable[[str, Path], None]
"""Writes a page's picture to a file."""


def main(argv: Sequence[str] | None = None, *, samples: Path = SAMPLES) -> int:
    """Play the scenes, and write what was said and how it looks to docs/pictures."""
    names = [scene.name for scene in SCENES]
    parser = argparse.ArgumentParser(
        prog="scripts/run pictures",
        description=__doc__,
        epilog="It needs headless Chromium and what scripts/test installs.",
    )
    parser.add_argument("name", nargs="*", help=f"which of them: {', '.join(names)} (all)")
    parser.add_argument("--to", metavar="FOLDER", help="not to docs/pictures", default=PICTURES)
    asked = parser.parse_args(argv)
    chosen = asked.name or names
    if unknown := sorted(set(chosen) - set(names)):
        parser.error(f"there is no picture {unknown[0]}; there are {', '.join(names)}")
    scenes = [scene for scene in SCENES if scene.name in chosen]
    return guarded(lambda: _run(scenes, samples, Path(asked.to)))


def record(scenes: Sequence[Scene], samples: Path = SAMPLES) -> Iterator[Recording]:
    """What is said in each scene now, over the sample articles and with the packaged model."""
    from scripts.gallery.playing import play

    with TemporaryDirectory() as name:
        room = Path(name)
        with collected(samples, room) as (library, publish):
            for scene in scenes:
                playing = play(scene, library, room / scene.name, publish=publish)
                yield asyncio.run(playing)


@contextmanager
def collected(samples: Path, room: Path) -> "Iterator[tuple[Library, Callable[[str], None]]]":
    """A library of these articles, whatever the settings of this place, and how to add one."""
    from index import open_library
    from index.live import model_of
    from index.reindex import Options, reindex

    settings = IndexSettings(url=str(room / "index"))
    added = room / "added"
    added.mkdir()

    def publish(article: str = "") -> None:
        if article:
            (added / f"{len(list(added.iterdir()))}.md").write_text(article, "utf-8")
        reindex(
            [samples, added],
            settings.folder,
            model_of(settings),
            options=Options(),
            progress=lambda *_: None,
        )

    publish()
    library = open_library(settings)
    try:
        library.ask("Is the model loaded?")  # else a scene may begin with the note of warming up
        yield library, publish
    finally:
        library.close()


def keep(name: str, recording: Recording, folder: Path, *, draw: Draw) -> str:
    """Write the picture of a recording, and beside it the recording; says so in a line."""
    picture = folder / f"{name}.png"
    draw(page_html(recording), picture)
    picture.with_suffix(".json").write_text(as_json(recording), "utf-8")
    return f"{picture}, .json  {picture.stat().st_size / 1000:.0f} kB"


def _run(scenes: Sequence[Scene], samples: Path, folder: Path) -> int:
    require_drawing()
    browser = find_browser()
    folder.mkdir(parents=True, exist_ok=True)
    for scene, recording in zip(scenes, record(scenes, samples), strict=True):
        drawing = partial(draw, browser=browser)
        print(keep(scene.name, recording, folder, draw=drawing), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
