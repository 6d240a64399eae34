"""What came in, batch by batch, and the rows that wait."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from monitor.tables import Batch, RefusedRow, Source
from monitor.tables.reported import NOTHING_TOLD


@dataclass(frozen=True)
class Came:
    """A batch: the counts are of what it brought; ``waiting``: rows of it that wait still. ``undone_by``: the number of
    the batch that took it back; ``undoes``: the one that it takes back itself."""

    id: int
    source: str
    name: str
    sha256: str
    known_from: dt.datetime
    reported_until: dt.date | None
    projects: int
    cases: int
    events: int
    refused: int
    waiting: int
    undoes: int | None
    undone_at: dt.datetime | None
    undone_by: int | None


@dataclass(frozen=True)
class WaitingRow:
    """A row that waits. ``row`` None: of no row of a file, it hung on what was taken back. ``content`` and ``reasons``:
    columns and texts, {code, column, value, params} each; of a secret project neither, and it waits for nothing."""

    batch: int
    source: str
    file: str
    row: int | None
    of: str
    content: dict[str, str] | None
    reasons: list[dict[str, Any]]


def batches(connection: Connection, *, source: str | None = None, number: int | None = None) -> list[Came]:
    """All batches, or those of a source, or one, in the order in which they came."""
    waits = (
        select(func.count())
        .select_from(RefusedRow)
        .where(RefusedRow.batch_id == Batch.id, RefusedRow.landed_in.is_(None), Batch.undone_at.is_(None))
        .where(RefusedRow.content.is_not(None))  # of a secret project nothing waits
        .correlate(Batch)
        .scalar_subquery()
    )
    back = aliased(Batch)
    names = ("name", "sha256", "known_from", "reported_until", "projects", "cases", "events", "refused")
    query = (
        select(
            Batch.id, Source.name, *(getattr(Batch, name) for name in names), waits,
            Batch.undoes, Batch.undone_at, back.id,
        )
        .join(Source, Source.id == Batch.source_id)
        .outerjoin(back, back.undoes == Batch.id)
        .order_by(Batch.id)
    )  # fmt: skip
    if source is not None:
        query = query.where(Source.name == source)
    if number is not None:
        query = query.where(Batch.id == number)
    found = (Came(*row) for row in connection.execute(query))
    return [replace(one, reported_until=None) if one.reported_until == NOTHING_TOLD else one for one in found]


def waiting_rows(connection: Connection, *, source: str | None = None) -> list[WaitingRow]:
    """The rows that wait, of all sources or of one, in the order in which they were set aside."""
    columns = (RefusedRow.file, RefusedRow.row, RefusedRow.of, RefusedRow.content, RefusedRow.reasons)
    query = (
        select(Batch.id, Source.name, *columns)
        .join(Batch, Batch.id == RefusedRow.batch_id)
        .join(Source, Source.id == Batch.source_id)
        .where(RefusedRow.landed_in.is_(None), Batch.undone_at.is_(None))
        .order_by(Batch.id, RefusedRow.id)
    )
    if source is not None:
        query = query.where(Source.name == source)
    return [
        WaitingRow(batch, by, file, row or None, of, orjson.loads(content) if content else None, orjson.loads(reasons))
        for batch, by, file, row, of, content, reasons in connection.execute(query)
    ]
