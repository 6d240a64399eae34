"""Trails for tests: entries written as verbs write them, and damage done to them past every lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, text

from monitor.database import Database
from monitor.deeds import Deed, Verb
from monitor.reading.trail import Entry, Wanted, entries
from monitor.reading.verified import Verified, verify
from monitor.store.erasing import of_person
from monitor.store.trail import erase, hold, record
from tests.monitor.canonical_files import MOMENT

DEEDS = (
    Deed(Verb.INIT, "schema", "0016"),
    Deed(Verb.IMPORT, "batch", "1", "landed", after={"source": "平台", "projects": 3}),
    Deed(Verb.CONFIRM, "batch", "2", after={"event_id": "E1"}, personal={"by": "张三", "evidence": "通知书"}),
    Deed(Verb.UNDO, "batch", "2", before={"source": "平台"}, personal={"by": "李四"}),
)

EVERY = Wanted()


def fill(database: Database) -> None:
    """Four entries, and a fifth: the tombstone of what the third said of a person."""
    for n, deed in enumerate(DEEDS):
        with database.writing() as connection:
            record(connection, MOMENT + dt.timedelta(hours=n), deed)
    with database.writing(scrub=True) as connection:
        hold(connection)
        erase(connection, MOMENT, of_person(connection, "张三"), {"by": "王五"})


def looked_at(database: Database, asked: str | None = None) -> Verified:
    """What verification finds."""
    with database.reading() as connection:
        return verify(connection, asked)


def found(database: Database) -> list[tuple[int, str, str]]:
    """What is broken: number, what, part."""
    return [(one.seq, one.what, one.part) for one in looked_at(database).broken]


def told(database: Database, wanted: Wanted = EVERY) -> list[Entry]:
    """The entries as anybody reads them."""
    with database.reading() as connection:
        return list(entries(connection, wanted))


def rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    """Every row of a table, in its order."""
    order = "seq, part" if table == "trail_detail" else "seq"
    return [dict(row._mapping) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))]


@contextmanager
def past_every_lock(database: Database, *, stays: bool = False) -> Iterator[Connection]:
    """A transaction of somebody who owns the database: no trigger, no foreign key; undone at the end unless it
    ``stays``."""
    with database.engine.connect() as plain:
        if database.dialect == "sqlite":
            plain.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        connection = plain.execution_options(writes=True)
        with connection.begin() as work:
            if database.dialect == "sqlite":
                for deed in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER trail_entry_no_{deed}"))
            else:
                connection.execute(text("SET LOCAL session_replication_role = replica"))
            yield connection
            if not stays:
                work.rollback()
        if database.dialect == "sqlite":
            plain.connection.cursor().execute("PRAGMA foreign_keys = ON")
