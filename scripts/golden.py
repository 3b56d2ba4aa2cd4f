"""Turn questions that went wrong into golden ones, asked of every new generation."""

import argparse
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from index import ROOT, IndexFault, Passage
from scripts.terminal.opening import NoSuchPath, ensure_collection, guarded, settings_here
from scripts.terminal.showing import extent

if TYPE_CHECKING:
    from index.library import Library

_OFFERED = 5
_SHORTEST = 40  # characters of a sentence that no other paragraph is likely to hold
_HELP = (
    "number(s) of the right passage, 0 where nothing here answers, Enter to pass over, q to end"
)

Say = Callable[[str], str]
"""Shows a prompt and gives what is typed; raises EOFError at the end of that."""


def main(argv: Sequence[str] | None = None, *, say: Say | None = None) -> int:
    """Ask, show and mark, until the questions or the person's patience end."""
    parser = _parser()
    asked = parser.parse_args(argv)
    if asked.file and asked.from_bot:
        parser.error("--from-bot has its own questions: give no FILE beside it")
    return guarded(lambda: _run(asked, say))


def _run(asked: argparse.Namespace, say: Say | None) -> int:
    from index.golden import FILE_NAME, read_golden

    settings = settings_here()
    ensure_collection(settings)
    from index import open_library

    target = Path(asked.to).absolute() if asked.to else settings.folder / FILE_NAME
    known = {golden.text for golden in read_golden([target], most=sys.maxsize)}
    say = say or (_from_terminal if asked.file == "-" else input)
    questions = iter(_of_bot()) if asked.from_bot else _questions(asked.file, say)
    added = 0
    library = open_library(settings)
    try:
        print(f"{extent(library.status())}. Golden questions go to {target}", flush=True)
        for question in questions:
            if question in known:
                continue
            row = _marked(question, library, say)
            if row is None:
                break
            if row:
                _append(target, row)
                known.add(question)
                added += 1
    except EOFError:
        pass
    finally:
        library.close()
    print(f"\n{added} golden questions added to {target}")
    return 0


def _questions(file: str | None, say: Say) -> Iterator[str]:
    """The questions of a file of text or JSON lines, or those typed where there is none."""
    if file is None:
        while question := say("\nquestion (Enter to end): ").strip():
            yield question
        return
    if file != "-" and not Path(file).is_file():
        raise NoSuchPath(f"{file} does not exist; name a file of questions, one a line, or -")
    text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8-sig")
    for line in text.splitlines():
        if question := _question(line.strip()):
            yield question


def _of_bot() -> list[str]:
    """The questions that the bot answered badly, or not at all, those asked most often first."""
    from bot.settings import load_bot_settings
    from bot.unanswered import to_be_mended

    file = load_bot_settings(os.environ, ROOT / ".env").data / "bot.db"
    if not file.is_file():
        raise NoSuchPath(f"{file} does not exist; BOT_DATA names the folder that the bot fills")
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as db:
        return to_be_mended(db)


def _question(line: str) -> str:
    """The question of a line, which may be a JSON object that holds one."""
    if not line.startswith("{"):
        return line
    try:
        told = json.loads(line).get("question")
    except ValueError as error:
        raise NotAQuestion(f"not a line of JSON: {line[:60]}") from error
    return told.strip() if isinstance(told, str) else ""


class NotAQuestion(IndexFault):
    """A line of a file of questions that is none."""


def _marked(question: str, library: "Library", say: Say) -> dict[str, object] | None:
    """The golden question that the person makes of it; empty to pass over, None to end."""
    passages = library.rank(question, limit=_OFFERED)
    print(f"\n{question}")
    bar = library.threshold()
    for number, passage in enumerate(passages, start=1):
        quoted = "quoted" if passage.evidence >= bar else "not quoted"
        credit = ", ".join(filter(None, (passage.credit.publisher, passage.credit.published[:10])))
        print(f"\n{number}  [{quoted}, {passage.evidence:.2f}] {passage.credit.title} ({credit})")
        print(f"   {passage.text}")
    while True:
        typed = say(f"\n{_HELP}: ").strip().casefold()
        if typed in {"q", "quit"}:
            return None
        if not typed:
            return {}
        marks = typed.replace(",", " ").split()
        if marks == ["0"]:
            return {"question": question, "gold": [], "answerable": False}
        if all(mark.isdecimal() and 0 < int(mark) <= len(passages) for mark in marks):
            right = [passages[int(mark) - 1] for mark in dict.fromkeys(marks)]
            gold = [_snippet(each) for each in right]
            return {"question": question, "gold": gold, "answerable": True}
        print(f"there are {len(passages)} passages")


def _snippet(passage: Passage) -> str:
    """What to know a passage by: its best sentence, or all of it where that says little."""
    best = passage.best_sentence
    return best if len(best) >= _SHORTEST else passage.text


def _append(target: Path, row: dict[str, object]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = not target.is_file() or target.read_bytes()[-1:] in (b"\n", b"")
    with target.open("a", encoding="utf-8") as file:
        file.write(f"{'' if whole else chr(10)}{json.dumps(row, ensure_ascii=False)}\n")


def _from_terminal(prompt: str) -> str:
    """What is typed at the terminal, where the questions come from standard input."""
    print(prompt, end="", flush=True)
    with Path("/dev/tty").open(encoding="utf-8") as terminal:
        line = terminal.readline()
    if not line:
        raise EOFError
    return line


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/run golden",
        description="Ask questions of the collection, mark which passage is right for each or that"
        " none is, and keep them as golden questions: a reindex that answers those worse keeps"
        " the old generation (INDEX_GOLDEN).",
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE",
        help="questions, one a line or JSON lines with a question each; - is standard input;"
        " typed where there is none",
    )  # fmt: skip
    parser.add_argument(
        "--from-bot",
        action="store_true",
        help="take the questions of answers that people found no help, and those without any",
    )
    parser.add_argument(
        "--to", metavar="QUESTIONS", help="the questions.jsonl to add to (default: in INDEX_URL)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
