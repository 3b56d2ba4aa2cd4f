"""Ask questions in the terminal, as one would in Telegram."""

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from index import Answer, IndexFault
from scripts.terminal.opening import ensure_collection, guarded, settings_here
from scripts.terminal.showing import (
    Look,
    answer_text,
    extent,
    look_of,
    surroundings_text,
)

if TYPE_CHECKING:
    from index.library import Library

AT_ONCE = 3

HELP = """\
Ask in plain words: who was hurt near Deir Ezzor? Then, if you like: and in Raqqa? when? older,
only Reuters, same article. Limits: last week, since 3 May, from:reuters after:2017-09-01
before:2017-10 "exact words" -without
  2        the paragraphs around passage 2 of the last answer
  /more    further passages of the last answer; so does: more
  /help    this
  /quit    leave; so do Ctrl-C and the end of input"""


class Conversation:
    """One person's questions and what can still be said about the last answer."""

    def __init__(self, library: "Library", look: Look) -> None:
        self._library = library
        self._look = look
        self._last: Answer | None = None
        self._shown: list[int] = []

    def reply(self, line: str) -> str | None:
        """What to say to a line; None to leave."""
        line = line.strip()
        if line in {"/quit", "/exit"}:
            return None
        if line == "/help":
            return HELP
        if line == "/more":
            return self._more()
        if line.isdecimal() and len(line) < 6:
            return self._around(int(line))
        if line.startswith("/"):
            return f"There is no {line.split()[0]}; /help says what there is."
        return self._answer(line) if line else "Ask something, or type /help."

    def _answer(self, question: str) -> str:
        after = self._last.turn if self._last else None
        answer = self._library.ask(question, limit=AT_ONCE, after=after)
        if answer.skipped and answer.abstained:
            return answer_text(answer, self._look)
        if not answer.skipped:
            self._shown = []
        first = len(self._shown) + 1
        self._last = answer
        self._shown += [passage.paragraph for passage in answer.passages]
        return answer_text(answer, self._look, first=first)

    def _more(self) -> str:
        return self._answer("more") if self._last else "Ask something first."

    def _around(self, number: int) -> str:
        if not 1 <= number <= len(self._shown):
            held = (
                f"the last answer has {len(self._shown)}" if self._shown else "ask something first"
            )
            return f"There is no passage {number} to look around in; {held}."
        around = self._library.around(self._shown[number - 1])
        if around is None:
            return "That passage has left the collection since."
        return surroundings_text(around, self._look)


def main(argv: Sequence[str] | None = None) -> int:
    """Chat until the end of input."""
    parser = argparse.ArgumentParser(
        prog="scripts/run chat", description="Ask questions in the terminal.", epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "--group",
        action="store_true",
        help="simulate a Telegram group: several people, topics, buttons, edits",
    )
    group = parser.parse_args(argv).group
    return guarded(_simulate if group else _run)


def _simulate() -> int:
    from scripts.simulator.terminal import play

    settings = settings_here()
    ensure_collection(settings)
    from index import open_library

    library = open_library(settings)
    try:
        play(library, _lines())
    finally:
        library.close()
    return 0


def _run() -> int:
    settings = settings_here()
    ensure_collection(settings)
    from index import open_library

    library = open_library(settings)
    look = look_of(terminal=sys.stdout.isatty(), width=shutil.get_terminal_size().columns)
    conversation = Conversation(library, look)
    try:
        print(f"{extent(library.status())}. Ask a question; /help says more.", flush=True)
        for line in _lines():
            try:
                said = conversation.reply(line)
            except IndexFault as fault:
                said = str(fault)
            if said is None:
                break
            print(f"\n{said}\n", flush=True)
    finally:
        library.close()
    return 0


def _lines() -> Iterator[str]:
    """What is typed, line by line, with history and editing where the terminal offers them."""
    prompt = "> " if sys.stdin.isatty() else ""
    if prompt:
        import readline  # noqa: F401 - importing it gives input() its line editing
    while True:
        try:
            yield input(prompt)
        except EOFError:
            if prompt:
                print()
            return
        except UnicodeDecodeError:
            print("That line is not UTF-8 text; type it again.", flush=True)


if __name__ == "__main__":
    sys.exit(main())
