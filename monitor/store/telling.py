"""What a batch told: of each row the columns that its file had, and of what was known already that it told it too.

So a batch can be taken back without what others told as well: a row that is told again writes no version, but stands
here. A told row costs two numbers until its batch is closed, and a byte or two in the database.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, delete, insert, select

from monitor.store import bulk
from monitor.tables import BatchKnown

HELD = 250_000  # rows in memory before they are written: memory stays flat however long a file is
PIECE = 50_000  # rows of one row of the table
NO_MORE = 0  # `told` of a void: that what it voids holds no more
Keys = npt.NDArray[np.int64]  # two columns: the project, and the id of the version or event


class Of(IntEnum):
    """What a row is of. ``DERIVED``: the day of coding that a batch derived from the rows that it happened to have; in
    place of the id of a version stands the number of the day."""

    PROJECTS = 0
    CASES = 1
    EVENTS = 2
    DERIVED = 3


TABLES = (Of.PROJECTS, Of.CASES, Of.EVENTS)  # of which there are versions or events


def told_of(columns: Sequence[bool]) -> int:
    """`told` of a row: bit 0, and one bit for each column that was told, in the order of the columns: new columns go to
    the end."""
    return 1 + sum(2 << n for n, told in enumerate(columns) if told)


@dataclass(frozen=True, slots=True)
class Telling:
    """That a batch told a row: ``values`` count where ``told`` has their bit. ``derived``: only where none is known or
    a later one: what a batch derives from its own rows never makes a day later."""

    batch: int
    told: int
    values: tuple[Any, ...]
    derived: bool = False


def fold(tellings: Iterable[Telling], blank: tuple[Any, ...]) -> tuple[tuple[Any, ...], int]:
    """What several batches told of one thing, and the last batch by which it changed: what is told wins, in the order
    of batches; what is not told stays as it was told before, or blank."""
    known, by = blank, 0
    for one in sorted(tellings, key=lambda telling: telling.batch):
        row = tuple(
            value if one.told >> n + 1 & 1 and not (one.derived and before is not None and before < value) else before
            for n, (value, before) in enumerate(zip(one.values, known, strict=True))
        )
        if not by or row != known:
            known, by = row, one.batch
    return known, by


class Again:
    """Notes what one batch told that was known already."""

    def __init__(self, connection: Connection, batch_id: int) -> None:
        self.connection, self.batch_id = connection, batch_id
        self._held: dict[tuple[Of, int], tuple[array[int], array[int]]] = {}
        self._n = 0

    def note(self, of: Of, told: int, rows: Iterable[tuple[int, int]]) -> None:
        """``rows``: project and id of each version or event that was told once more."""
        projects, ids = self._held.setdefault((of, told), (array("q"), array("q")))
        before = len(ids)
        for project, key in rows:
            projects.append(project)
            ids.append(key)
        self._n += len(ids) - before
        if self._n >= HELD:
            self.flush()

    def projects(self) -> set[int]:
        """The projects of what is held."""
        return {project for projects, _ids in self._held.values() for project in projects}

    def flush(self) -> None:
        """Writes what is held."""
        for (of, told), (projects, ids) in self._held.items():
            if ids:
                keys = np.column_stack([np.frombuffer(column, np.int64) for column in (projects, ids)])
                write(self.connection, self.batch_id, of, told, np.unique(keys, axis=0))
        self._held, self._n = {}, 0


def write(connection: Connection, batch_id: int, of: Of, told: int, keys: Keys) -> None:
    """Writes keys, in their order, in pieces."""
    pieces = [keys[at : at + PIECE] for at in range(0, len(keys), PIECE)]
    highest = connection.execute(select(BatchKnown.id).order_by(BatchKnown.id.desc()).limit(1)).scalar() or 0
    for n, piece in enumerate(pieces, highest + 1):
        values = {"first_project": int(piece[0, 0]), "last_project": int(piece[-1, 0]), "rows": _packed(piece)}
        connection.execute(insert(BatchKnown).values(id=n, batch_id=batch_id, of=int(of), told=told, **values))


@dataclass(frozen=True)
class Piece:
    """One row of the table."""

    id: int
    batch: int
    of: Of
    told: int
    keys: Keys


def pieces(connection: Connection, first: int, last: int, batches: Sequence[int] | None = None) -> Iterator[Piece]:
    """The pieces that may hold something of the projects from ``first`` to ``last``; of all batches without
    ``batches``."""
    table = BatchKnown.__table__.c
    query = select(table.id, table.batch_id, table.of, table.told, table.rows).where(
        table.first_project <= last, table.last_project >= first
    )
    if batches is not None:
        query = query.where(table.batch_id.in_(batches))
    for key, batch, of, told, packed in bulk.fetch(connection, query.order_by(table.id)):
        yield Piece(key, batch, Of(of), told, _unpacked(packed))


def forget(connection: Connection, piece: Piece, gone: set[int]) -> None:
    """Takes ids out of a piece: they are told no more."""
    _rewrite(connection, piece, piece.keys[~np.isin(piece.keys[:, 1], np.fromiter(gone, np.int64, len(gone)))])


def forget_projects(connection: Connection, projects: Sequence[int]) -> None:
    """Takes all that is told of these projects out of the pieces: the key of one may be given to another later."""
    if not projects:
        return
    for piece in pieces(connection, min(projects), max(projects)):
        gone = np.isin(piece.keys[:, 0], np.asarray(projects, np.int64))
        _rewrite(connection, piece, piece.keys[~gone])


def _rewrite(connection: Connection, piece: Piece, left: Keys) -> None:
    if len(left) == len(piece.keys):
        return
    connection.execute(delete(BatchKnown).where(BatchKnown.id == piece.id))
    write(connection, piece.batch, piece.of, piece.told, left)


def _packed(keys: Keys) -> bytes:
    steps = np.diff(keys, axis=0, prepend=np.zeros((1, 2), np.int64))
    return zlib.compress(steps.T.astype("<i8").tobytes(), 1)


def _unpacked(packed: bytes) -> Keys:
    steps = np.frombuffer(zlib.decompress(packed), "<i8").reshape(2, -1).T
    found: Keys = np.cumsum(steps, axis=0, dtype=np.int64)
    return found
