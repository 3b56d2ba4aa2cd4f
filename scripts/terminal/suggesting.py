"""Show a person which of the collection's names may be one, as lines for the aliases file."""

from collections.abc import Iterable, Sequence

from index import IndexSettings
from index.lexicon import packaged_lexicon
from index.names.book import AliasBook, read_alias_file
from index.names.suggestions import Suggestion, suggest
from index.store import open_store

_HEAD = """\
# Names that may be one, out of the collection. Nothing has been changed: copy the lines that are
# right to {path}, which is read anew whenever it changes."""
_NONE = "No two names of the collection look like one, but for those that are known already."


def suggested_aliases(settings: IndexSettings) -> str:
    """The proposed lines, each with a comment on why. Raises NoCollection, Damaged."""
    lexicon = packaged_lexicon()
    store = open_store(settings.where)
    try:
        with store.snapshot() as view:
            book = AliasBook(settings.aliases, commonness=lexicon.commonness)
            found = suggest(
                lambda: (text for _, text in view.texts()),
                known=book.of(view),
                acronyms=view.acronyms(),
                common=lexicon.__contains__,
            )
    finally:
        store.close()
    return as_lines(found, str(settings.aliases))


def alias_faults(settings: IndexSettings) -> Sequence[str]:
    """What in the aliases file cannot be used, in words."""
    return read_alias_file(settings.aliases).faults


def as_lines(suggestions: Iterable[Suggestion], path: str) -> str:
    """Suggestions in the form of the aliases file, a comment above each."""
    lines = [line for each in suggestions for line in ("", _comment(each), " = ".join(each.names))]
    return "\n".join([_HEAD.format(path=path), *lines]) if lines else _NONE


def _comment(suggestion: Suggestion) -> str:
    counts = ", ".join(f"{articles:,}" for articles in suggestion.articles)
    if len(set(suggestion.articles)) == 1:
        counts = f"{suggestion.articles[0]:,}"
    where = f": {suggestion.example}" if suggestion.example else ""
    return f"# {suggestion.why} ({counts} articles){where}".replace("\n", " ")
