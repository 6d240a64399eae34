"""Exchange tables for tests, in a real PostgreSQL or in SQLite; all rows are made up."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, insert, text
from sqlalchemy.engine import make_url

from monitor.database import Database
from monitor.exchange import Exchange, ExchangeProfile, exchange_profile
from monitor.exchange.tables import CASES, METADATA, PROCEDURES, PROJECTS, RECORDS, TABLES
from monitor.verbs.pull import pull
from monitor.verbs.pulled import Pulled
from tests.monitor.canonical_files import MOMENT, ZONE

_numbers = itertools.count(1)
Row = dict[str, Any]


def at(when: str) -> dt.datetime:
    """A moment without a zone."""
    return dt.datetime.fromisoformat(when)


PROJECT: Row = {
    "lsh": "1", "xzqhdm": "330100", "xmdm": "P1", "xmmc": "陶喆堃厂房", "gcdm": "P1", "gbhy": "3011", "ztze": 1200,
    "sbsj": at("2026-03-02T09:00:00"), "jsdw": "某某堃公司", "sjyxbs": 1,
}  # fmt: skip
CASE: Row = {"spsxslbm": "C1", "spsxbm": "B01", "spbmbm": "D1", "spbmmc": "自然资源", "sxblsx": 7, "sjyxbs": 1}


def record(
    key: object, status: object, when: object, *, case: str = "C1", works: str | None = "P1", **more: Any
) -> Row:
    """A record of a case."""
    told = {"lsh": str(key), "gcdm": works, "spsxslbm": case, "blzt": status, "sjyxbs": 1}
    return told | {"blsj": at(when) if isinstance(when, str) else when, "blcs": "窗口", "blr": "王喆"} | more


RECORDED = (record(1, 1, "2026-03-03T10:00:00"), record(2, 3, "2026-03-04T11:30:00"), record(3, 11, "2026-03-13"))
SMALL: dict[str, list[Row]] = {PROJECTS: [PROJECT], CASES: [CASE], RECORDS: list(RECORDED), PROCEDURES: []}


def patient() -> ExchangeProfile:
    """The shipped profile, but for a clock that stands months after the records: it takes that for silence."""
    return replace(exchange_profile("spgl"), quiet_days=3_660)


class Front:
    """A database with exchange tables (前置库)."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = create_engine(url)

    def make(self, told: dict[str, list[Row]] = SMALL) -> Front:
        """Makes the four tables with these rows."""
        METADATA.create_all(self.engine)
        for table, rows in told.items():
            self.add(table, *rows)
        return self

    def add(self, table: str, *rows: Row) -> None:
        """More rows."""
        with self.engine.begin() as connection:
            for row in rows:
                connection.execute(insert(TABLES[table]).values(**row))

    def change(self, table: str, key: str, **values: Any) -> None:
        """A row edited in place."""
        own = next(iter(TABLES[table].primary_key.columns))
        with self.engine.begin() as connection:
            connection.execute(TABLES[table].update().where(own == key).values(**values))

    def run(self, sql: str) -> None:
        """A statement."""
        with self.engine.begin() as connection:
            connection.execute(text(sql))

    def pull(self, database: Database, moment: dt.datetime = MOMENT, **options: Any) -> Pulled:
        """Pulls with a clock that stands still."""
        profile = options.pop("profile", None) or patient()
        exchange = Exchange(self.url, profile.schema)
        told = {"source": "spgl", "zone": ZONE, "clock": lambda: moment} | options
        try:
            return pull(database, exchange, profile, **told)
        finally:
            exchange.close()

    def close(self) -> None:
        """Closes what is open."""
        self.engine.dispose()


@contextmanager
def front(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Front]:
    """An empty database of this kind."""
    if kind == "sqlite":
        one = Front(f"sqlite:///{folder}/front.db")
        yield one
        one.close()
        return
    main, name = request.getfixturevalue("postgres"), f"front_{next(_numbers)}"
    engine = create_engine(main, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    one = Front(make_url(main).set(database=name).render_as_string(hide_password=False))
    yield one
    one.close()
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()
