"""Names as people write them: what else they are called, and which word a typo was meant for."""

from index.names.aliases import (
    Aliases,
    Terms,
    aliases_of,
    name_terms,
    read_aliases,
    shipped_aliases,
)
from index.names.typos import edits, mend

__all__ = [
    "Aliases",
    "Terms",
    "aliases_of",
    "edits",
    "mend",
    "name_terms",
    "read_aliases",
    "shipped_aliases",
]
