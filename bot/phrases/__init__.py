"""Every sentence that the bot says, in every language that it speaks."""

from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po
from babel.support import Translations

from bot.phrases.admin import AdminWords
from bot.phrases.answers import AnswerWords
from bot.phrases.lookups import LookupWords
from bot.phrases.privacy import PrivacyWords
from bot.phrases.rooms import RoomWords
from bot.phrases.watches import WatchWords
from bot.phrases.words import Words

__all__ = ["LANGUAGES", "Phrases", "Words", "language_for", "phrases_in"]

LANGUAGES = {"en": "English", "ar": "العربية", "ru": "Русский"}
"""What the bot speaks, each named in itself; the first is what it falls back to."""

CATALOGS = Path(__file__).parent / "catalogs"


@dataclass(frozen=True, slots=True)
class Phrases:
    """The bot's words in one language, parted by what they are about."""

    language: str
    answers: AnswerWords
    lookups: LookupWords
    watches: WatchWords
    rooms: RoomWords
    admin: AdminWords
    privacy: PrivacyWords

    def day(self, iso: str) -> str:
        """A date as people of the language write it."""
        return self.answers.day(iso)


@cache
def phrases_in(language: str) -> Phrases:
    """The words of one of LANGUAGES."""
    # English dates are written as in the articles: the day first.
    locale = Locale.parse("en_GB" if language == "en" else language)
    catalog = _catalog(language)
    parts = AnswerWords, LookupWords, WatchWords, RoomWords, AdminWords, PrivacyWords
    return Phrases(language, *(part(locale, catalog) for part in parts))  # type: ignore[arg-type]


def language_for(*wanted: str | None) -> str:
    """The first of the wanted languages that the bot speaks; a region does not matter."""
    told = (code for code in wanted if isinstance(code, str))  # anything may come from outside
    codes = (code.replace("_", "-").partition("-")[0].lower() for code in told)
    return next((code for code in codes if code in LANGUAGES), next(iter(LANGUAGES)))


def _catalog(language: str) -> NullTranslations:
    file = CATALOGS / f"{language}.po"
    if not file.is_file():
        return NullTranslations()
    with file.open("rb") as lines:
        return _compiled(lines.read())


def _compiled(po: bytes) -> Translations:
    from io import BytesIO

    from babel.messages.mofile import write_mo

    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(po)))
    compiled.seek(0)
    return Translations(compiled)
