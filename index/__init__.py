"""The face of index: all that the bot may see of it; what is heavy is imported when it is used."""

from typing import TYPE_CHECKING

from index.answer import (
    Answer,
    Fate,
    Filters,
    Listed,
    Listing,
    Match,
    Matches,
    Passage,
    Publisher,
    Quotable,
    Reading,
    Status,
    Surroundings,
    Trace,
    Turn,
    Where,
    Why,
    Window,
)
from index.article import Credit
from index.errors import IndexFault, NoCollection, UnknownSetting
from index.findings import Finding, Verdict
from index.settings import (
    ROOT,
    IndexSettings,
    RootedPath,
    Settings,
    load_index_settings,
    read_dotenv,
    read_settings,
    setting_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.library import Library
    from index.reference import Reference

__all__ = [
    "ROOT",
    "Answer",
    "Credit",
    "Fate",
    "Filters",
    "Finding",
    "IndexFault",
    "IndexSettings",
    "Listed",
    "Listing",
    "Match",
    "Matches",
    "NoCollection",
    "Passage",
    "Publisher",
    "Quotable",
    "Reading",
    "RootedPath",
    "Settings",
    "Status",
    "Surroundings",
    "Trace",
    "Turn",
    "UnknownSetting",
    "Verdict",
    "Where",
    "Why",
    "Window",
    "has_collection",
    "has_words",
    "inspect_collection",
    "load_index_settings",
    "mend_collection",
    "open_branches",
    "open_library",
    "read_dotenv",
    "read_settings",
    "setting_names",
]


def open_library(settings: IndexSettings) -> "Library":
    """The collection that the settings name, kept up with what is newly published.

    Raises NoCollection, Damaged, ModelMissing.
    """
    from index.live import open_library as open_it

    return open_it(settings)


def open_branches(settings: IndexSettings) -> "Reference":
    """The same, answered in as many processes as the settings say."""
    from index.branches import open_branches as open_them

    return open_them(settings)


def has_collection(settings: IndexSettings) -> bool:
    """Whether anything has been published where the settings say."""
    from index.live import has_collection as look

    return look(settings.where)


def has_words(text: str) -> bool:
    """Whether a text has words by which anything can be found: more than "what is it?"."""
    from index.words import analyse

    return bool(analyse(text))


def inspect_collection(settings: IndexSettings, *, quick: bool = False) -> "Iterator[Finding]":
    """What there is to say of the collection, a check at a time; nothing is changed."""
    from index.inspection import inspect_collection as inspect

    return inspect(settings, quick=quick)


def mend_collection(settings: IndexSettings) -> "Iterator[str]":
    """Make anew what the collection derives from its articles, telling what. Raises Locked."""
    from index.live import model_of
    from index.repair import mend_collection as mend

    return mend(settings.in_folder("--fix"), model_of(settings), progress=lambda *_: None)
