"""Bring the catalogs of what the bot says up to date, and tell what they lack."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.phrases import CATALOGS, LANGUAGES
from index import ROOT

PHRASES = ROOT / "bot" / "phrases"
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "_n": (1, 2)}
WIDTH = 95
_OF_THE_DAY = tuple(
    f'"{name}: '
    for name in (
        *("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team"),
        *("Report-Msgid-Bugs-To", "Generated-By"),
    )
)


def sentences(folder: Path = PHRASES) -> Catalog:
    """Every sentence that the bot can say, in English, with the file it stands in."""
    template = Catalog(project="quotewire", charset="utf-8")
    for file, _, message, comments, _ in extract_from_dir(folder, keywords=KEYWORDS):
        template.add(message, locations=[(f"bot/phrases/{file}", 0)], auto_comments=comments)
    return template


def catalog_of(language: str, folder: Path = CATALOGS) -> Catalog:
    """The catalog of a language as it stands; an empty one where there is none."""
    file = folder / f"{language}.po"
    if not file.is_file():
        return Catalog(locale=language, project="quotewire", charset="utf-8", fuzzy=False)
    with file.open("rb") as lines:
        return read_po(lines, locale=language)


def updated(language: str, template: Catalog, folder: Path = CATALOGS) -> Catalog:
    """The catalog with the sentences that there are now, and none of those that there were."""
    catalog = catalog_of(language, folder)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def untranslated(catalog: Catalog) -> Iterator[str]:
    """The English of every sentence that lacks a translation, or one of its plural forms."""
    for message in catalog:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(forms):
            yield message.id[0] if isinstance(message.id, tuple) else str(message.id)


def written(catalog: Catalog) -> bytes:
    """The catalog as its file holds it: the same for the same sentences, whenever it is made."""
    language = catalog.locale.english_name if catalog.locale else "English"
    catalog.header_comment = f"# What the bot says in {language}; see CONTRIBUTING."
    file = BytesIO()
    write_po(file, catalog, width=WIDTH, no_location=True, sort_output=True)
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_OF_THE_DAY)).encode()


def main(argv: Sequence[str] | None = None) -> int:
    """Write the catalogs anew; 1 where a sentence is not translated."""
    parser = argparse.ArgumentParser(prog="scripts/run catalogs", description=__doc__)
    parser.parse_args(argv)
    template, missing = sentences(), 0
    for language in list(LANGUAGES)[1:]:
        catalog = updated(language, template)
        CATALOGS.mkdir(exist_ok=True)
        (CATALOGS / f"{language}.po").write_bytes(written(catalog))
        for sentence in untranslated(catalog):
            print(f"{language}: not translated: {sentence}")
            missing += 1
    print(f"{len(template)} sentences, {missing} translations missing")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
