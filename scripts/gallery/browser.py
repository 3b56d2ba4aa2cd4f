"""Draw a page with a headless browser, and keep the drawing small."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from index import IndexFault

if TYPE_CHECKING:
    from PIL.Image import Image

_Colour = tuple[int, int, int]

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
DIGEST = "quotewire-page"
"""The PNG's text chunk that names the page it was drawn from."""

_WIDTH, _HEIGHT, _SCALE = 600, 4_000, 2
_MARGIN = 14 * _SCALE  # below the last message, where the page goes on empty
_FREQUENT, _RARE = 96, 32  # the commonest colours, and colours that stand for all others
_PATIENCE_S = 120


class NoDrawing(IndexFault):
    """The browser that draws is not there, or does not draw."""


def find_browser(names: Sequence[str] = BROWSERS) -> str:
    """The first of these programs that there is. Raises NoDrawing where there is none."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise NoDrawing(
            f"drawing needs a headless browser, and none of {', '.join(names)} is installed"
            " (Debian: sudo apt install chromium-headless-shell; Ubuntu: chromium-browser)"
        )
    return found


def require_drawing(module: str = "PIL") -> None:
    """Raise NoDrawing unless the library that makes pictures small is there."""
    if find_spec(module) is None:
        raise NoDrawing(
            f"drawing needs {module}, which comes with what the tests need:"
            " scripts/run --setup test -m scripts.pictures"
        )


def digest_of(page: str) -> str:
    """What identifies a page: its SHA-256 in hexadecimal."""
    return hashlib.sha256(page.encode()).hexdigest()


def draw(page: str, target: Path, browser: str) -> None:
    """Write the page's picture to `target`, marked with the page's digest. Raises NoDrawing."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    told = PngInfo()
    told.add_text(DIGEST, digest_of(page))
    with TemporaryDirectory() as room:
        shot = _photograph(page, Path(room), browser)
        with Image.open(shot) as image:
            _in_few_colours(_trimmed(image.convert("RGB"))).save(
                target, optimize=True, pnginfo=told
            )


def drawn_from(picture: Path) -> str | None:
    """The digest of the page that a picture was drawn from, if it tells."""
    from PIL import Image

    with Image.open(picture) as image:
        told = image.info.get(DIGEST)
    return told if isinstance(told, str) else None


def _photograph(page: str, room: Path, browser: str) -> Path:
    source, shot = room / "page.html", room / "page.png"
    source.write_text(page, "utf-8")
    command = [
        *(browser, "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run"),
        *(f"--user-data-dir={room / 'profile'}", f"--screenshot={shot}"),
        *(f"--window-size={_WIDTH},{_HEIGHT}", f"--force-device-scale-factor={_SCALE}"),
        # Its sandbox refuses to work for root, and the page is ours and asks for nothing outside.
        *(("--no-sandbox",) if os.geteuid() == 0 else ()),
        source.as_uri(),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - a browser found by name, on a page of ours
            command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NoDrawing(f"{browser} did not draw: {error}") from error
    if not shot.is_file():
        raise NoDrawing(f"{browser} did not draw: {done.stderr.strip()[-500:]}")
    return shot


def _trimmed(image: "Image") -> "Image":
    """The image without what lies empty below its last line."""
    from PIL import Image, ImageChops

    empty = Image.new("RGB", image.size, image.getpixel((0, image.height - 1)))
    box = ImageChops.difference(image, empty).getbbox()
    bottom = min(box[3] + _MARGIN, image.height) if box else image.height
    return image.crop((0, 0, image.width, bottom))


def _in_few_colours(image: "Image") -> "Image":
    """The image with a palette of its commonest colours, and a few for the spots of others."""
    from PIL import Image

    counted = cast("list[tuple[int, _Colour]]", image.getcolors(image.width * image.height))
    frequent = [colour for _, colour in sorted(counted, reverse=True)[:_FREQUENT]]
    rare = image.quantize(_RARE, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chain.from_iterable(frequent), *rare])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)
