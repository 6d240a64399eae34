"""Many rows at once, past the ORM: the one place where SQLite and PostgreSQL are written to differently.

Rows are finished: plain integers and texts in the order of ``columns``. `Constant` columns have one value
for the whole call and are not bound row by row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

from sqlalchemy import Connection, Executable

Row = tuple[Any, ...]
_NUMBERS = count()


class StoreError(Exception):
    """The database refused rows that the store holds to be right."""


def fetch(connection: Connection, query: Executable) -> list[Row]:
    """All rows as the driver gives them, at a third of the cost: for columns of plain numbers and texts alone."""
    return list(connection.execute(query).cursor.fetchall())


def moment(connection: Connection, value: dt.datetime) -> Any:
    """A moment as the raw driver wants it: what `UTCDateTime` would bind."""
    if connection.dialect.name == "postgresql":
        return value
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(" ", timespec="microseconds")


def insert(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Inserts finished rows."""
    if not rows:
        return
    with _cursor(connection) as cursor:
        if connection.dialect.name == "postgresql":
            _copy(cursor, table, columns, rows)
        else:
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({_marks(len(columns))})", rows)


def execute(connection: Connection, sql: str, rows: Sequence[Row]) -> None:
    """Runs one statement for each row; ``?`` marks a value."""
    if not rows:
        return
    with _cursor(connection) as cursor:
        cursor.executemany(sql.replace("?", "%s") if connection.dialect.name == "postgresql" else sql, rows)


class Intake:
    """Inserts rows into one table in many calls, leaving out those that a unique index refuses.

    ``constants`` have the same value in every row of every call. On PostgreSQL the rows are copied into a
    temporary table, since COPY knows no ON CONFLICT.
    """

    def __init__(self, connection: Connection, table: str, conflict: str, constants: dict[str, Any]) -> None:
        self.connection, self.table, self.conflict = connection, table, conflict
        self.constants = constants
        self._staging: tuple[str, ...] = ()
        self._n = next(_NUMBERS)  # two of them may fill one table by turns

    def add(self, columns: tuple[str, ...], rows: Sequence[Row]) -> int:
        """Inserts the rows; gives how many were new."""
        if not rows:
            return 0
        with _cursor(self.connection) as cursor:
            if self.connection.dialect.name == "postgresql":
                return self._copy_and_move(cursor, columns, rows)
            cursor.executemany(self._sql(columns, f"VALUES ({self._values(columns)})"), rows)
            return int(cursor.rowcount)

    def _sql(self, columns: tuple[str, ...], source: str) -> str:
        names = ", ".join((*columns, *self.constants))
        return f"INSERT INTO {self.table} ({names}) {source} ON CONFLICT {self.conflict} DO NOTHING"

    def _values(self, columns: tuple[str, ...]) -> str:
        return ", ".join(("?",) * len(columns) + tuple(map(_quoted, self.constants.values())))

    def _copy_and_move(self, cursor: Any, columns: tuple[str, ...], rows: Sequence[Row]) -> int:
        staging = f"incoming_{self.table}_{self._n}"
        if self._staging != columns:
            cursor.execute(f"DROP TABLE IF EXISTS {staging}")
            listed = ", ".join(columns)
            cursor.execute(
                f"CREATE TEMPORARY TABLE {staging} ON COMMIT DROP AS SELECT {listed} FROM {self.table} WITH NO DATA"
            )
            self._staging = columns
        else:
            cursor.execute(f"TRUNCATE {staging}")
        _copy(cursor, staging, columns, rows)
        listed = ", ".join((*columns, *map(_quoted, self.constants.values())))
        cursor.execute(self._sql(columns, f"SELECT {listed} FROM {staging}"))
        return int(cursor.rowcount)


@contextmanager
def _cursor(connection: Connection) -> Iterator[Any]:
    """The raw driver's cursor. Its errors lose their details, for PostgreSQL puts rows into them."""
    cursor = connection.connection.cursor()
    try:
        yield cursor
    except connection.dialect.loaded_dbapi.Error as error:
        said = getattr(getattr(error, "diag", None), "message_primary", None) or str(error)
        raise StoreError(f"{type(error).__name__}: {said}") from None
    finally:
        cursor.close()


def _marks(n: int) -> str:
    return ", ".join("?" * n)


def _quoted(value: Any) -> str:
    """A constant as SQL: only whole numbers, texts, moments and NULL come here, all of them ours."""
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(int(value))
    text = value.isoformat() if isinstance(value, dt.datetime) else str(value)
    return "'" + text.replace("'", "''") + "'"


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
