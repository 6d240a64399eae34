"""A store made for one reading: the log as it stood at a moment, every project of it to be assessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.schema import CreateTable

from monitor.store import bulk
from monitor.store.facts import stand
from monitor.tables import Base, ProjectFact, UTCDateTime

Told = tuple[type[Base], Sequence[str], Sequence[Sequence[Any]]]


def fill(connection: Connection, told: Iterable[Told]) -> None:
    """Makes the tables in an empty database and puts the rows of `monitor.reading.rewinding.rows` into them."""
    tables = Base.metadata.sorted_tables
    for one in tables:
        connection.execute(CreateTable(one))
    for table, names, rows in told:
        bulk.insert(connection, str(table.__tablename__), names, _as_here(connection, table, names, rows))
        if table is ProjectFact:
            key, region, kind, ended = (names.index(name) for name in ("project_id", "region", "kind", "known_to"))
            stand(connection, [(row[key], row[region], row[kind]) for row in rows if row[ended] is None])
    for index in (index for one in tables for index in one.indexes):
        index.create(connection)  # of rows that are there: at once, not row by row


def _as_here(
    connection: Connection, table: type[Base], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> Sequence[Any]:
    """Rows with their moments as this database keeps them: those of PostgreSQL come as moments, of SQLite as texts."""
    dated = [n for n, name in enumerate(names) if isinstance(table.__table__.columns[name].type, UTCDateTime)]
    if not any(isinstance(row[n], dt.datetime) for row in rows[:1] for n in dated):
        return rows
    moment = lru_cache(maxsize=1_024)(lambda value: bulk.moment(connection, value))
    columns = list(zip(*rows, strict=True))
    for n in dated:
        columns[n] = tuple(value and moment(value) for value in columns[n])
    return list(zip(*columns, strict=True))
