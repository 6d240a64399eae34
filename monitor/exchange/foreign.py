"""A database with exchange tables: opened, looked at, and closed. Nothing is ever written where one reads.

Its address may hold a password: `address` is the one for people, and what a driver says is told without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    Row,
    Select,
    Table,
    create_engine,
    event,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from monitor.exchange.lines import readable
from monitor.exchange.tables import FIELDS, NAMES, NEEDED
from monitor.text import N_, _

FETCHED = 2_000  # rows that a driver hands over at once
_WORDS = {
    "address": N_("is not an address that can be understood, such as postgresql://user:password@host/name"),
    "driver": N_("needs a driver that is not installed: {detail}"),
    "unreachable": N_("cannot be read: {detail}"),
    "table": N_("has no table {detail}"),
    "column": N_("has no column {detail}"),
    "not_empty": N_("has rows in {detail} already; give a database in which the tables are empty or not there"),
    "not_written": N_("cannot be written: {detail}"),
    "overtaken": N_(
        "is being read by another pull, or one of its batches was taken back; what was read until then stays"
    ),
    "missing": N_("is not there"),
}


class ExchangeRefused(Exception):
    """An exchange database that cannot be used; ``problem`` tells which way, ``detail`` what was found."""

    def __init__(self, address: str, problem: str, detail: str = "") -> None:
        self.address, self.problem, self.detail = address, problem, detail
        super().__init__(f"{address}: {problem} {detail}".strip())

    def __str__(self) -> str:
        return _("{file}: {reason}").format(
            file=self.address, reason=_(_WORDS[self.problem]).format(detail=self.detail)
        )


class Exchange:
    """The exchange tables of one database. Raises ExchangeRefused when it is opened, or as soon as it fails."""

    def __init__(self, url: str, schema: str = "") -> None:
        try:
            told = make_url(url)
            # What stands behind the question mark may hold a password as well.
            self.address = told.set(query={}).render_as_string(hide_password=True)
            values = (one for value in told.query.values() for one in ([value] if isinstance(value, str) else value))
            self._secrets = sorted({str(told.password or ""), *values} - {""}, key=len, reverse=True)
        except (ArgumentError, ValueError) as error:
            raise ExchangeRefused(_("the exchange database"), "address") from error
        self.schema = schema or None
        whose = told.set(password=None).render_as_string(hide_password=False)
        self.digest = hashlib.sha256(f"{whose}\n{schema}".encode()).hexdigest()  # of which database it is
        try:
            self.engine = create_engine(url, hide_parameters=True)  # an error must not carry rows into the log
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise ExchangeRefused(self.address, "driver", self._said(error)) from error
        if self.engine.dialect.name == "sqlite":
            _read_one_state(self.engine)
        if (self.engine.dialect.name, self.engine.dialect.driver) == ("postgresql", "psycopg"):
            _days_as_texts(self.engine)

    @property
    def dialect(self) -> str:
        """The name of the database's kind, as SQLAlchemy tells it."""
        return self.engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database, as far as its kind allows."""
        file = self.engine.url.database
        if self.dialect == "sqlite" and file and not Path(file).exists():  # the driver would make one
            raise ExchangeRefused(self.address, "missing")
        with self.failing("unreachable"):
            plain = self.engine.connect()
        try:
            with self.failing("unreachable"):
                connection = plain
                if self.dialect == "postgresql":
                    connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                connection.begin()
            yield connection
        finally:
            plain.close()

    def rows(self, connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
        """The rows of a query as they come, some thousands in memory."""
        with self.failing("unreachable"):
            yield from connection.execution_options(stream_results=True, yield_per=FETCHED).execute(query)

    def tables(self) -> dict[str, dict[str, Column[Any]]]:
        """The columns of the four tables by their names in lower case, however they are written there."""
        found: dict[str, dict[str, Column[Any]]] = {}
        with self.failing("unreachable"):
            asked = inspect(self.engine)
            there = asked.get_table_names(self.schema) + asked.get_view_names(self.schema)
            named = {name.lower(): name for name in there}
            for name in NAMES:
                if name.lower() not in named:
                    raise ExchangeRefused(self.address, "table", name)
                known = Table(named[name.lower()], MetaData(), schema=self.schema, autoload_with=self.engine)
                columns = {column.name.lower(): column for column in known.columns}
                if lacking := [field for field in NEEDED[name] if field not in columns]:
                    raise ExchangeRefused(self.address, "column", f"{name}.{', '.join(lacking)}")
                found[name] = {field: columns[field] for field in FIELDS[name] if field in columns}
        return found

    @contextmanager
    def failing(self, problem: str) -> Iterator[None]:
        """What the driver says becomes a refusal, without the password and without rows."""
        try:
            yield
        except (SQLAlchemyError, UnicodeError, OSError) as error:
            raise ExchangeRefused(self.address, problem, self._said(getattr(error, "orig", None) or error)) from None

    def _said(self, error: BaseException) -> str:
        primary = getattr(getattr(error, "diag", None), "message_primary", None)
        text = " ".join(str(primary or error).split()).partition(" with text ")[0]  # SQLite would show the row
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def close(self) -> None:
        """Closes what is open."""
        self.engine.dispose()


def _read_one_state(engine: Engine) -> None:
    """The driver of SQLite would begin a transaction only with the first write."""

    def plain(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        raw.text_factory = readable

    event.listen(engine, "connect", plain)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))


def any_row(connection: Connection, column: Column[Any]) -> bool:
    """Whether the table of a column has any row."""
    return connection.execute(select(column).limit(1)).first() is not None


def _days_as_texts(engine: Engine) -> None:
    """A day that the driver cannot give, such as infinity, would end the reading: as texts they are looked at row by
    row."""

    def plain(raw: Any, _record: Any) -> None:
        from psycopg.types.string import TextLoader  # with its driver alone

        for kind in ("date", "timestamp", "timestamptz"):
            raw.adapters.register_loader(kind, TextLoader)
        raw.execute("SET DateStyle TO ISO")
        raw.commit()

    event.listen(engine, "connect", plain)
