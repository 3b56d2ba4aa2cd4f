"""Names in force: the shipped ones, those of a file, and what the collection itself defines."""

import os
import sqlite3

import pytest

from index.names import name_terms, read_aliases, shipped_aliases
from index.names.book import LARGEST, AliasBook, read_alias_file, with_acronyms
from index.store import SqliteStore
from tests.support.collections import Desk

OTTERS = read_aliases("Sea otter = Enhydra lutris")
HOS = ("harbour", "otter", "societi")


class View:
    """A collection that tells these acronyms, and counts how often it was asked."""

    def __init__(self, *told: tuple[str, str, int]) -> None:
        self.told = told
        self.generation = 1
        self.asked = 0

    def mark(self) -> object:
        return self.generation, "tidewater"

    def acronyms(self):
        self.asked += 1
        return self.told


def others(aliases, name: str) -> set[tuple[str, ...]]:
    terms = name_terms(name)
    return {other for _, _, names in aliases.find(terms) for other in names} - {terms}


def test_an_acronym_takes_the_meaning_that_most_articles_tell():
    told = [("HOS", "House of Seals", 1), ("HOS", "Harbour Otter Society", 2)]

    aliases = with_acronyms(OTTERS, told)

    assert others(aliases, "HOS") == {HOS}
    assert others(aliases, "Harbour Otter Society") == {("hos",)}


def test_spellings_of_one_meaning_count_together():
    told = [
        ("HOS", "House of Seals", 2),
        ("HOS", "harbour otter society", 1),
        ("HOS", "Harbour Otter Societies", 2),
    ]

    assert others(with_acronyms(OTTERS, told), "HOS") == {HOS}


def test_an_acronym_with_two_meanings_told_as_often_has_none():
    told = [("HOS", "House of Seals", 1), ("HOS", "Harbour Otter Society", 1)]

    assert with_acronyms(OTTERS, told) == OTTERS


def test_an_acronym_joins_the_entity_of_its_meaning():
    aliases = with_acronyms(OTTERS, [("SO", "Sea Otters", 1)])

    assert aliases.entities == ((("sea", "otter"), ("enhydra", "lutri"), ("so",)),)


def test_a_known_acronym_and_an_ordinary_word_are_left_alone():
    known = read_aliases("Harbour Otter Society = HOS")
    told = [("HOS", "House of Seals", 9), ("AID", "Agency for Inland Docks", 9)]

    assert with_acronyms(known, told, commonness={"aid": 0.01, "hos": 0}.__getitem__) == known


def test_a_file_extends_the_shipped_names(tmp_path):
    file = tmp_path / "aliases.txt"
    file.write_text("# ours\n\nRaqqa = Callinicum\nSea otter = Enhydra lutris # both\n", "utf-8")

    aliases = AliasBook(file).of(View())

    assert name_terms("Ракка") in others(aliases, "Callinicum")
    assert others(aliases, "Sea otter") == {("enhydra", "lutri")}


def test_without_a_file_the_shipped_names_are_in_force(tmp_path):
    assert AliasBook(tmp_path / "none.txt").of(View()) == shipped_aliases()
    assert AliasBook().of(View()) == shipped_aliases()


def test_a_changed_file_is_read_anew_and_an_unchanged_one_is_not(tmp_path):
    file = tmp_path / "aliases.txt"
    file.write_text("Sea otter = Enhydra lutris\n", "utf-8")
    book, view = AliasBook(file), View()
    first = book.of(view)
    assert book.of(view) is first

    file.write_text("Sea otter = Калан\n", "utf-8")
    os.utime(file, ns=(1, 1))

    assert others(book.of(view), "Sea otter") == {("кала",)}
    file.unlink()
    assert book.of(view) == shipped_aliases()
    assert view.asked == 3


def test_a_new_generation_is_asked_for_its_acronyms():
    book, view = AliasBook(), View(("HOS", "Harbour Otter Society", 1))
    book.of(view)

    view.told, view.generation = (("HOS", "House of Seals", 1),), 2

    assert others(book.of(view), "HOS") == {("hous", "seal")}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Sea otter", '"Sea otter" stands alone; write another name of it behind "="'),
        ("Sea otter =", 'it has "=" with no name beside it'),
        ("us = United States", '"us" has no word that is looked for'),
        (f"Otter = {'x ' * 20}", f'"{("x " * 20).strip()}" is too long for a name'),
    ],
)
def test_a_line_that_cannot_be_used_is_told_and_left_out(tmp_path, line, fault):
    file = tmp_path / "aliases.txt"
    file.write_text(f"Kelp = Tang\n{line}\n", "utf-8")

    read = read_alias_file(file)

    assert read.groups == ((("kelp",), ("tang",)),)
    assert read.faults == (f"line 2 of {file} was left out: {fault}",)


def test_a_file_of_mistakes_is_not_told_line_by_line(tmp_path):
    file = tmp_path / "aliases.txt"
    file.write_text("Otter\n" * 25, "utf-8")

    faults = read_alias_file(file).faults

    assert len(faults) == 21
    assert faults[-1] == f"{file} has 5 more lines that were left out"


def test_a_file_that_is_no_text_or_too_large_names_nothing(tmp_path):
    file = tmp_path / "aliases.txt"
    file.write_bytes(b"Kelp = Tang\nOtter = \xff\n")
    assert read_alias_file(file).faults == (
        f"line 2 of {file} is not UTF-8 text; save it as UTF-8 and try again",
    )

    file.write_bytes(b"x" * (LARGEST + 1))
    assert read_alias_file(file).faults == (
        f"{file} is larger than 1 MB and was not read; shorten it",
    )
    assert read_alias_file(tmp_path).faults[0].startswith(f"{tmp_path} cannot be read (")


def test_faults_are_logged_once_for_each_state_of_the_file(tmp_path, caplog):
    file = tmp_path / "aliases.txt"
    file.write_text("Otter\n", "utf-8")
    book, view = AliasBook(file), View()

    book.of(view)
    view.generation = 2
    book.of(view)

    assert len(caplog.messages) == 1


def test_a_question_by_acronym_finds_the_paragraph_that_spells_it_out(tmp_path):
    desk = Desk(tmp_path)
    desk.write("hos.txt", "Otters\n\nThe Harbour Otter Society (HOS) was founded in 1901.\n")
    desk.write("gift.txt", "A gift\n\nThe Harbour Otter Society was given a whaling sloop.\n")
    desk.write("seals.txt", "Seals\n\nThe seals of the harbour were given a herring.\n")
    desk.reindex()
    library = desk.library()

    answer = library.ask("What was the HOS given?")

    assert answer.passages[0].text == "The Harbour Otter Society was given a whaling sloop."
    library.close()


def test_acronyms_come_and_go_with_their_articles(tmp_path):
    desk = Desk(tmp_path)
    path = desk.write("hos.txt", "Otters\n\nThe Harbour Otter Society (HOS) met.\n")
    desk.write("seals.txt", "Seals\n\nThe House of Seals (HOS) met in the harbour.\n")
    desk.reindex()
    assert acronyms(desk) == [("HOS", "Harbour Otter Society", 1), ("HOS", "House of Seals", 1)]

    path.write_text("Otters\n\nThe Tidewater Otter Society (TOS) met.\n", "utf-8")
    desk.reindex()
    assert acronyms(desk) == [("HOS", "House of Seals", 1), ("TOS", "Tidewater Otter Society", 1)]

    desk.remove(path)
    assert acronyms(desk) == [("HOS", "House of Seals", 1)]


def test_a_collection_of_an_older_version_gains_its_acronyms_when_it_is_next_written(tmp_path):
    desk = Desk(tmp_path)
    desk.write("hos.txt", "Otters\n\nThe Harbour Otter Society (HOS) met.\n")
    desk.reindex()
    database = sqlite3.connect(desk.folder / "library.db", isolation_level=None)
    database.executescript("drop table acronyms; pragma user_version = 1")
    database.close()
    assert acronyms(desk) == []

    desk.reindex()

    assert acronyms(desk) == [("HOS", "Harbour Otter Society", 1)]


def acronyms(desk: Desk) -> list[tuple[str, str, int]]:
    store = SqliteStore(desk.folder)
    with store.snapshot() as view:
        told = view.acronyms()
    store.close()
    return told
