"""Words of one language: sentences from its catalog, dates and numbers as people write them."""

import re
from collections.abc import Iterable
from datetime import date
from gettext import NullTranslations

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?!\d))?)?")


class Words:
    """A part of what the bot says, in the HTML that Telegram understands.

    Each sentence is marked for the catalogs by `self._`, or `self._n` where a number decides its
    form; English is what stands here.
    """

    def __init__(self, locale: Locale, catalog: NullTranslations) -> None:
        self._locale = locale
        self._catalog = catalog

    def _(self, sentence: str, **parts: object) -> str:
        return self._catalog.gettext(sentence).format(**parts)

    def _n(self, one: str, many: str, number: int, **parts: object) -> str:
        form = self._catalog.ngettext(one, many, number)
        return form.format(number=self.number(number), **parts)

    def number(self, number: int) -> str:
        """A whole number with its thousands told apart."""
        return format_decimal(number, locale=self._locale)

    def day(self, iso: str) -> str:
        """The day, month or year as people write it, "16 September 2017"; "" if it is no date."""
        found = _ISO.match(iso)
        if not found:
            return ""
        year, month, day = found.groups()
        if not month:
            return year
        try:
            moment = date(int(year), int(month), int(day or 1))
        except ValueError:
            return ""
        return format_date(moment, "d MMMM y" if day else "LLLL y", locale=self._locale)

    def listed(self, names: Iterable[str], *, either: bool = False) -> str:
        """Several names as one: with "and" before the last, or "or"."""
        return format_list(list(names), "or" if either else "standard", locale=self._locale)
