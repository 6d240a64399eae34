"""The four tables written: into an empty database of another's, or as CSV files. All of it, or nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, insert, inspect

from monitor.exchange.foreign import Exchange, ExchangeRefused, any_row
from monitor.exchange.tables import METADATA, NAMES, TABLES
from monitor.intake.formulas import guarded

Rows = Sequence[dict[str, Any]]


class Sink(Protocol):
    """Takes rows of the exchange tables; every row has every field of its table."""

    def add(self, table: str, rows: Rows) -> None:
        """Some more rows of a table."""


@contextmanager
def into_database(exchange: Exchange) -> Iterator[Sink]:
    """Makes the tables where they are not there. Raises ExchangeRefused where one has rows already."""
    with exchange.failing("not_written"):
        connection = exchange.engine.connect().execution_options(schema_translate_map={None: exchange.schema})
    try:
        with exchange.failing("not_written"):
            connection.begin()
            there = {name.lower() for name in inspect(connection).get_table_names(exchange.schema)}
            for name in NAMES:
                if name.lower() in there and any_row(connection, next(iter(TABLES[name].columns))):
                    raise ExchangeRefused(exchange.address, "not_empty", name)
            METADATA.create_all(connection)
        yield _Database(exchange, connection)
        with exchange.failing("not_written"):
            connection.commit()
    finally:
        connection.close()


class _Database:
    def __init__(self, exchange: Exchange, connection: Connection) -> None:
        self.exchange, self.connection = exchange, connection

    def add(self, table: str, rows: Rows) -> None:
        if rows:
            with self.exchange.failing("not_written"):
                self.connection.execute(insert(TABLES[table]), list(rows))


@contextmanager
def into_folder(folder: Path) -> Iterator[Sink]:
    """CSV files named like the tables, with no text that a spreadsheet would run. Raises ExchangeRefused where one is
    there already; what fails leaves none."""
    paths = {name: folder / f"{name}.csv" for name in NAMES}
    if there := next((path for path in paths.values() if path.exists()), None):
        raise ExchangeRefused(str(folder), "not_empty", there.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as files:
            sink = _Folder({name: files.enter_context(_writer(path, name)) for name, path in paths.items()})
            yield sink
    except OSError as error:
        _remove(paths.values())
        raise ExchangeRefused(str(folder), "not_written", error.strerror or str(error)) from error
    except BaseException:
        _remove(paths.values())
        raise


def _remove(paths: Any) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


@contextmanager
def _writer(path: Path, table: str) -> Iterator[csv.DictWriter[str]]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # without the mark Excel takes it for GBK
        writer = csv.DictWriter(file, [column.name for column in TABLES[table].columns], lineterminator="\r\n")
        writer.writeheader()
        yield writer


class _Folder:
    def __init__(self, writers: dict[str, csv.DictWriter[str]]) -> None:
        self.writers = writers

    def add(self, table: str, rows: Rows) -> None:
        self.writers[table].writerows(
            {name: guarded(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows
        )
