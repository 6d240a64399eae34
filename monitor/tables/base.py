"""The ground of all tables: names of constraints, and the types of a day, a moment, a word and a key."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, Numeric, SmallInteger, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

from rules.workdays import day_number, day_of

# Every constraint has a name, so that a migration on SQLite can find and rebuild it.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Day(TypeDecorator[dt.date]):
    """A date, kept as days since 1970-01-01; a plain integer may be bound too (bulk paths do)."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        return day_number(value) if isinstance(value, dt.date) else value

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.date | None:
        return None if value is None else day_of(value)


class UTCDateTime(TypeDecorator[dt.datetime]):
    """A moment: aware, in UTC. SQLite has no zones, so there it is kept without one and given it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value!r}")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


# SQLite makes an alias of its row number only of a column typed INTEGER, never of BIGINT.
Key = BigInteger().with_variant(Integer, "sqlite")
Word = SmallInteger  # an IntEnum value of rules.vocabulary
Money = Numeric(18, 6, asdecimal=False)  # 万元, to the 分; fifteen digits at most, so a float holds it exactly


class Base(DeclarativeBase):
    """The declarative base; `Base.metadata` knows every table once `monitor.tables` is imported."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        int: Integer,
        dt.date: Day,
        dt.datetime: UTCDateTime,
        Decimal: Money,
    }
