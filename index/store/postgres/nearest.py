"""Search by meaning in PostgreSQL: exactly where few are looked at, by pgvector's HNSW elsewhere.

Vectors belong to texts: the index stands on those, and their paragraphs are found by digest. What
HNSW finds at half precision is measured again in full, so that its order is that of FAISS.
"""

import hashlib
import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from typing import Any

from psycopg import Connection as Session
from psycopg.sql import SQL, Identifier, Literal

from index.store.protocols import Rows, Values
from index.store.records import Ids, Matrix

EXACT_UP_TO = 20_000  # paragraphs; up to so many are measured sooner than HNSW finds fifty of them
WIDER = 2  # times as many texts as paragraphs are wanted: some are of no paragraph, or not let in
MOST = 5_000  # texts that HNSW is asked for
INDEXED_FROM = 10_000  # paragraphs; fewer are all measured in a few milliseconds
LONGEST = 4_000  # numbers of a vector that HNSW takes at half precision

SEARCHING = """
    set hnsw.ef_search = 200;
    set hnsw.iterative_scan = relaxed_order;
    set hnsw.max_scan_tuples = 50000;
    set work_mem = '32MB'
"""
"""What a session is told. With 200, recall of the first ten is above .99 (docs/operating.md); the
memory is for what is added up of a hundred thousand paragraphs that share a frequent word."""

TENDING = 0x71770002
"""Advisory lock: held by who makes the index."""

_NEAREST = """
    select p.id, -(n.vector::vector <#> cast(? as vector)) as product
    from (select digest, vector from vectors where model = {model}
          order by vector::halfvec({width}) <#> cast(? as halfvec({width})) limit ?) n
    join paragraphs p on p.digest = n.digest
    {only} order by product desc, p.id limit ?
"""

_EXACT = """
    select p.id, -(v.vector::vector <#> cast(? as vector)) as product
    from paragraphs p join vectors v on v.digest = p.digest and v.model = {model}
    {only} order by product desc, p.id limit ?
"""

_CREATE = SQL("""
    create index concurrently {name} on vectors
    using hnsw ((vector::halfvec({width})) halfvec_ip_ops) where model = {model}
""")
_DROP = SQL("drop index {name}")

_ONLY = "where p.id = any(?)"

_PREFIX = "vectors_near_"

Run = Callable[[str, Values], Rows]

Hits = list[tuple[int, float]]


class PgVectors:
    """The vectors of one model, searched where they are stored; any thread may.

    `opened` gives what runs the statements of one search. Equal products go by the lower id.
    """

    def __init__(self, opened: Callable[[], AbstractContextManager[Run]], model: str) -> None:
        self._opened = opened
        self._model = model

    def search(
        self, queries: Matrix, limit: int, *, within: Ids | None = None
    ) -> list[list[tuple[int, float]]]:
        """For each query row up to `limit` (id, product), best first.

        Only ids `within` are found, where they are given.
        """
        if not len(queries) or (within is not None and not len(within)):
            return [[] for _ in queries]
        ids = None if within is None else within.tolist()
        with self._opened() as run:
            texts = _texts_wanted(run, limit, ids)
            return [self._nearest(run, row, limit, ids, texts) for row in queries]

    def _nearest(self, run: Run, row: Any, limit: int, ids: list[int] | None, texts: int) -> Hits:
        only, among = ("", []) if ids is None else (_ONLY, [ids])
        if texts:
            near = _worded(_NEAREST, self._model, len(row), only)
            found = run(near, [row, row, texts, *among, limit]).fetchall()
            if len(found) == limit:
                return [(number, product) for number, product in found]
        exact = _worded(_EXACT, self._model, len(row), only)
        return [(number, product) for number, product in run(exact, [row, *among, limit])]


def tend(session: Session[Any], model: str) -> None:
    """Make the index of a model's vectors once they are many; drop those of no use.

    Nobody who reads or writes waits for it. Where another is at it already, it is left to them.
    """
    width = _width_to_index(session, model)
    with _alone(session) as alone:
        if alone:
            wanted = _name(model, width) if width else ""
            there = _indexes(session)
            for name, valid in there.items():
                # One that is not valid was begun by somebody who did not live to its end.
                if width and (name != wanted or not valid):
                    session.execute(_DROP.format(name=Identifier(name)))
            if width and not there.get(wanted):
                _make(session, wanted, model, width)


def _texts_wanted(run: Run, limit: int, ids: list[int] | None) -> int:
    """How many texts HNSW is asked for; 0 where it is better not asked."""
    if ids is None:
        return WIDER * limit
    if len(ids) <= EXACT_UP_TO:
        return 0
    total: int = run("select paragraphs from words_total", ()).fetchone()[0]
    return min(MOST, math.ceil(WIDER * limit * total / len(ids)))


@lru_cache(maxsize=32)
def _worded(statement: str, model: str, width: int, only: str) -> str:
    # The model is in the words: an index that is of one model is used for no parameter.
    return statement.format(model=Literal(model).as_string(), width=width, only=only)


def _width_to_index(session: Session[Any], model: str) -> int:
    """How many numbers the model's vectors have; 0 where these are few, or too long for HNSW."""
    row = session.execute(
        """select vector_dims(vector) from vectors, words_total
           where model = %s and paragraphs >= %s limit 1""",
        [model, INDEXED_FROM],
    ).fetchone()
    return int(row[0]) if row and row[0] <= LONGEST else 0


def _name(model: str, width: int) -> str:
    digest = hashlib.blake2b(f"{model}:{width}".encode(), digest_size=6).hexdigest()
    return f"{_PREFIX}{digest}"


def _indexes(session: Session[Any]) -> dict[str, bool]:
    """The indexes of vectors that there are, and whether each is whole."""
    rows = session.execute(
        """select c.relname, i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid
           where i.indrelid = 'vectors'::regclass and starts_with(c.relname, %s)""",
        [_PREFIX],
    )
    return {str(name): bool(valid) for name, valid in rows}


def _make(session: Session[Any], name: str, model: str, width: int) -> None:
    session.execute(
        _CREATE.format(name=Identifier(name), width=Literal(width), model=Literal(model))
    )
    session.execute("vacuum analyze")  # what came in by the thousand is not looked at twice then


@contextmanager
def _alone(session: Session[Any]) -> Iterator[bool]:
    row = session.execute("select pg_try_advisory_lock(%s)", [TENDING]).fetchone()
    try:
        yield bool(row and row[0])
    finally:
        session.execute("select pg_advisory_unlock(%s)", [TENDING])
