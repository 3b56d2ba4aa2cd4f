"""Every error that index raises on purpose, each saying what to do next.

IndexFault
├── UnknownSetting    a setting is misspelt or has a value that cannot be used
├── NoCollection      nothing has been indexed yet
├── Unreadable        one file cannot be read as an article
├── Locked            another reindex is running on this collection
├── Damaged           the stored collection contradicts itself
├── OutOfReach        the stored collection cannot be reached just now: rights, room, file handles
│   └── Interrupted   the database broke off a piece of writing, which may be begun again
│       └── Overtaken another reindex published between the plan of this one and its publication
├── TooNew            the stored collection was written by a newer version
├── ModelMissing      the embedding model cannot be found or loaded
├── ModelChanged      the collection was embedded by another model
├── MissingExtra      an optional library is not installed
├── AnswersFell       golden questions are answered worse than before (index/golden.py)
├── NotEmpty          a backup would be restored, or a collection moved, over something
└── InUse             what a backup would replace is open (index/restoring.py)
"""


class IndexFault(Exception):  # noqa: N818 - the family's name; its members say what happened
    """The root of the family: catch this one to show any of them to a person."""


class UnknownSetting(IndexFault):
    """A setting is misspelt or has a value that cannot be used."""


class NoCollection(IndexFault):
    """Nothing has been indexed yet."""


class Unreadable(IndexFault):
    """One file cannot be read as an article; the message is the reason alone."""


class Locked(IndexFault):
    """Another reindex is running on this collection."""


class Damaged(IndexFault):
    """The stored collection contradicts itself."""


class OutOfReach(IndexFault):
    """The stored collection cannot be reached just now: rights, room, file handles, a lock."""


class Interrupted(OutOfReach):
    """The database broke off a piece of writing, of which nothing was published."""


class Overtaken(Interrupted):
    """Another reindex published between the plan of this one and its publication."""


class TooNew(IndexFault):
    """The stored collection was written by a newer version of this program."""


class ModelMissing(IndexFault):
    """The embedding model cannot be found or loaded."""


class ModelChanged(IndexFault):
    """The collection was embedded by another model than the one that is set."""


class MissingExtra(IndexFault):
    """An optional library is not installed."""


class NotEmpty(IndexFault):
    """There is something where a backup was to be restored, or a collection moved to."""
