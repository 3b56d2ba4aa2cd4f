"""No statement is built from what people write: what is put together is constants of ours."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = {"execute", "executemany", "executescript", "_run"}

# Each name that is put into a statement, and why it can be none of anybody's words.
OURS = {
    "bot/chats.py": {"table"},  # of MOVED
    "bot/corrections.py": {"marks"},  # question marks, as many as values
    "bot/memory.py": {"_SELECT", "table"},  # table: one of two, named beside it
    # Conditions of that file alone, and tables that its calls name; numbers go beside.
    "bot/privacy.py": {"_sent(whose)", "table", "where"},
    "bot/schema.py": {"number"},  # counts migrations
    "bot/watches.py": {"_SELECT", "_COLUMNS", "where"},  # where: words of that file alone
    # Conditions hold placeholders alone, their values go beside; marks are placeholders or
    # numbers; names are columns of a table.
    "index/store/browsing.py": {
        *(
            "_TEXT",
            "_CREDIT",
            "_TOLD",
            "_BOTH",
            "condition",
            "marks",
            "only",
            "like",
            "elsewhere",
            "self._folded_title",
        ),
    },
    "index/store/crediting.py": {"', '.join('?' * len(wanted))", "'?' * len(wanted)"},
    "index/store/inspecting.py": {"MOST_FAULTS", "pragma"},  # pragma: one of two names
    "index/store/mending.py": {"marks"},
    "index/store/schema.py": {"number"},
    "index/store/snapshot.py": {
        *("FOUND", "names", "marks", "_TEXT", "_CREDIT", "wanted", "int(count)", "_NEWEST"),
    },
    "index/store/vectored.py": {"_VECTORS.format('')", "_VECTORS.format(where)"},
    "index/store/worded.py": {
        *("MEETING", "MEETING.format(condition)", "only", "marks"),
        # What FTS reads, a value beside its statement: terms of letters and digits, in quotes.
        *("term", "' OR '.join((f'\"{term}\"' for term in dict.fromkeys(terms)))"),
    },
    "index/store/store.py": {"_marks(part)"},
    # only: MEETING with a condition, as in worded.py.
    "index/store/postgres/reading.py": {"_RANKED.format(only)"},
    # Names and numbers that psycopg quotes.
    "index/store/postgres/nearest.py": {
        "_CREATE.format(name=Identifier(name), width=Literal(width), model=Literal(model))",
        "_DROP.format(name=Identifier(name))",
    },
    # Placeholders in psycopg's spelling.
    "index/store/postgres/connection.py": {"translated(sql)"},
    # Tables and columns as the schema of a bot.db names them that was just made, not the damaged
    # one; order is asc or desc.
    "scripts/checkup/memory.py": {
        *("_MOST_FAULTS", "pragma", "table", "names", "order", "marks"),
    },
}


def put_in(statement):
    """The expressions that are put into a statement, as they are written."""
    for each in ast.walk(statement):
        if isinstance(each, ast.FormattedValue):
            yield ast.unparse(each.value)
        elif isinstance(each, ast.BinOp) or (
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Attribute)
            and each.func.attr in {"format", "join", "replace"}
        ):
            yield ast.unparse(each)


def statements(tree):
    """What is given to SQLite, and what a name that is given to it was set to in that file."""
    given = [
        each.args[0]
        for each in ast.walk(tree)
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in RUNS
        and each.args
    ]
    names = {each.id for each in given if isinstance(each, ast.Name)}
    yield from given
    for each in ast.walk(tree):
        if isinstance(each, ast.Assign) and names & {
            target.id for target in each.targets if isinstance(target, ast.Name)
        }:
            yield each.value


def found():
    for folder in ("bot", "index", "scripts"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for statement in statements(ast.parse(file.read_text("utf-8"))):
                parts = {*put_in(statement)}
                name = file.relative_to(ROOT).as_posix()
                if strange := parts - OURS.get(name, set()):
                    yield name, sorted(strange)


def test_nothing_is_put_into_a_statement_but_what_is_ours():
    assert list(found()) == []


def test_words_in_a_statement_are_found():
    tree = ast.parse('q = f"select {word}"\ndb.execute(q)\ndb.execute("select " + word)')

    assert [part for each in statements(tree) for part in put_in(each)] == [
        "'select ' + word",
        "word",
    ]
