"""Portions of the exchange tables: some works with all their cases, each case whole and in one portion alone.

Works are taken in the order of their codes (`gcdm`), as the database orders them: a page begins after the last code of
the one before. A case belongs to the lowest works code of its records, wherever the others stand. What has no works
code comes first. An incremental reading takes the works of which something was recorded since a day, all records of
them: so what was typed in late, or edited, beside something new is found however old it says it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Index,
    Integer,
    Numeric,
    Select,
    String,
    Subquery,
    UniqueConstraint,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union,
)
from sqlalchemy.types import NullType

from monitor.exchange.foreign import Exchange
from monitor.exchange.tables import CASES, PROCEDURES, PROJECTS, RECORDS
from monitor.intake.delimited import NO_LETTER

WORKS = 500  # of a portion
MOST_AWAITED = 1_000  # works that one statement names


def one_of(column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Whether a column holds one of some values, which it held elsewhere. A column without a type, as SQLite has them,
    holds values of several: each brings its own."""
    return column.in_([literal(value) for value in values] if isinstance(column.type, NullType) else values)


@dataclass(frozen=True)
class Since:
    """From where an incremental reading begins: a day, and the highest key of a record that was read before it; and
    ``works`` that are read whatever was recorded of them, at most MOST_AWAITED."""

    day: dt.date
    highest: str | None = None
    works: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """The works codes after ``after`` up to ``upto``; ``after`` None: what has none; ``upto`` None: to the end.
    ``works``: of these, those that are read (None: all)."""

    after: str | None
    upto: str | None
    works: tuple[str, ...] | None = None

    def holds(self, code: Any) -> ColumnElement[bool]:
        """The condition that a works code lies in this page."""
        if self.after is None:
            return or_(code.is_(None), code == "")
        if self.works is not None:
            return one_of(code, self.works)
        bounds = [code > self.after] if self.after else [code.is_not(None), code != ""]
        return and_(*bounds, code <= self.upto) if self.upto is not None else and_(*bounds)


class Queries:
    """The questions asked of the four tables. ``since`` None: everything is read."""

    def __init__(self, exchange: Exchange, since: Since | None) -> None:
        self.exchange, self.columns = exchange, exchange.tables()
        # What a file of SQLite holds need not be what its columns say.
        self.plain = exchange.dialect == "sqlite"
        self.since = since
        self._touched = self._works_since(since) if since else None

    def at(self, table: str, field: str) -> Any:
        """A column to compare and order by."""
        column = self.columns[table][field]
        return type_coerce(column, NullType()) if self.plain else column

    def fields(self, table: str) -> list[Any]:
        """The columns of a table that are there, by their names in lower case."""
        return [self.at(table, field).label(field) for field in self.columns[table]]

    def pages(self, connection: Connection, position: str | None) -> Iterator[Page]:
        """The pages that are left; ``position``: the works code up to which all was read before."""
        if position is None:
            yield Page(None, None)
            position = ""
        code = self.at(PROJECTS, "gcdm") if self._touched is None else self._touched.c.gcdm
        while True:
            query = select(code).where(Page(position, None).holds(code)).distinct().order_by(code).limit(WORKS)
            found = [row[0] for row in self.exchange.rows(connection, query)]
            works = None if self._touched is None else tuple(found)
            # What is not readable cannot be asked for.
            last = next((one for one in reversed(found) if NO_LETTER not in str(one)), None)
            if len(found) < WORKS or last is None:
                yield Page(position, None, works)
                return
            yield Page(position, last, works)
            position = last

    def highest(self, connection: Connection) -> str | None:
        """The highest key of a record, by the order of the database: where keys are given out in that order, what came
        in since is above it."""
        ((found,),) = self.exchange.rows(connection, select(func.max(self.at(RECORDS, "lsh"))))
        return None if found is None else str(int(found) if isinstance(found, Decimal | float) else found)

    def arrived(self, connection: Connection, works: Sequence[str]) -> list[str]:
        """Those of these works of which a row says by now to which project they belong."""
        code, project, found = self.at(PROJECTS, "gcdm"), self.at(PROJECTS, "xmdm"), list[str]()
        for at in range(0, len(works), WORKS):
            query = (
                select(code).where(one_of(code, works[at : at + WORKS]), project.is_not(None), project != "").distinct()
            )
            found += [row[0] for row in self.exchange.rows(connection, query)]
        return found

    def projects(self, page: Page, named: Sequence[Any] | None = None) -> tuple[Select[Any], Select[Any]]:
        """All rows of the projects that have works in the page, those of one project together; and
        the rows of its works without a project. ``named``: of these works outside it."""
        code, project = self.at(PROJECTS, "gcdm"), self.at(PROJECTS, "xmdm")
        holds = page.holds(code) if named is None else and_(one_of(code, named), ~page.holds(code))
        mine = select(project.label("xmdm")).where(holds).distinct().subquery()
        order = project, self.at(PROJECTS, "lsh")
        fields, nameless = self.fields(PROJECTS), or_(project.is_(None), project == "")
        return (
            select(*fields).join(mine, project == mine.c.xmdm).where(~nameless).order_by(*order),
            select(*fields).where(holds, nameless).order_by(*order),
        )

    def spread(self, page: Page) -> Select[Any]:
        """The cases of the page whose records name several works, with each of these."""
        first, case, code = self._first(page), self.at(RECORDS, "spsxslbm"), self.at(RECORDS, "gcdm")
        several = first.c.gcdm != first.c.last, code != ""
        query = select(case.label("spsxslbm"), code.label("gcdm")).join(first, case == first.c.spsxslbm)
        return query.where(*several).distinct()

    def cases(self, page: Page) -> Select[Any]:
        """The cases of the page, each with its works code (`gcdm`)."""
        first, case = self._first(page), self.at(CASES, "spsxslbm")
        return select(*self.fields(CASES), first.c.gcdm).join(first, case == first.c.spsxslbm).order_by(case)

    def records(self, page: Page) -> tuple[Select[Any], Select[Any]]:
        """The records of the cases of the page, those of one case together; and those of its works without a case."""
        first, case, code = self._first(page), self.at(RECORDS, "spsxslbm"), self.at(RECORDS, "gcdm")
        order = case, self.at(RECORDS, "lsh"), self.at(RECORDS, "blsj"), self.at(RECORDS, "blzt")
        fields = self.fields(RECORDS)
        lost = case.is_(None), page.holds(code)
        return (
            select(*fields).join(first, case == first.c.spsxslbm).order_by(*order),
            select(*fields).where(*lost).order_by(*order),
        )

    def procedures(self, page: Page) -> Select[Any]:
        """The special procedures of the cases of the page."""
        first, case = self._first(page), self.at(PROCEDURES, "spsxslbm")
        key = self.at(PROCEDURES, "lsh")
        return select(*self.fields(PROCEDURES)).join(first, case == first.c.spsxslbm).order_by(case, key)

    def doubled(self, table: str) -> Select[Any] | None:
        """The rows whose key stands in several cases, those of one key together; None where the table cannot have
        any."""
        key, case = self.columns[table]["lsh"], self.at(table, "spsxslbm")
        if _is_unique(key):
            return None
        told = func.trim(cast(key, String)) if self.plain else key  # a file of SQLite may hold 7 and '7'
        several = func.min(case) != func.max(case)
        twice = select(told.label("lsh")).where(key.is_not(None)).group_by(told).having(several).subquery()
        valid = [self.at(table, "sjyxbs").label("sjyxbs")] if "sjyxbs" in self.columns[table] else []
        query = select(told.label("lsh"), case.label("spsxslbm"), *valid).join(twice, told == twice.c.lsh)
        return query.order_by(told)

    def without_records(self, table: str) -> Select[Any]:
        """How many rows of cases or procedures belong to no record: nothing has happened to them."""
        case, recorded = self.at(table, "spsxslbm"), self.at(RECORDS, "spsxslbm")
        there = exists(select(literal(1)).where(recorded == case))
        return select(func.count()).select_from(self.columns[table]["spsxslbm"].table).where(~there)

    def _first(self, page: Page) -> Subquery:
        """The cases of a page with the lowest works code of each."""
        case, code = self.at(RECORDS, "spsxslbm"), self.at(RECORDS, "gcdm")
        # Joined, not `IN`: of a list that is looked up the database would walk over all records, page after page.
        here = select(case.label("spsxslbm")).where(page.holds(code)).distinct().subquery()
        named = func.nullif(code, "")
        lowest = func.min(named)
        return (
            select(here.c.spsxslbm, lowest.label("gcdm"), func.max(named).label("last"))
            .join(self.columns[RECORDS]["spsxslbm"].table, case == here.c.spsxslbm)
            .group_by(here.c.spsxslbm)
            .having(page.holds(lowest))
            .subquery()
        )

    def _works_since(self, since: Since) -> Subquery:
        code, case = self.at(RECORDS, "gcdm"), self.at(RECORDS, "spsxslbm")
        recorded = self._from(RECORDS, "blsj", since.day)
        if since.highest is not None:
            whole = isinstance(self.columns[RECORDS]["lsh"].type, Integer | Numeric)
            highest: Any = int(since.highest) if whole else since.highest
            recorded = or_(recorded, self.at(RECORDS, "lsh") > literal(highest))
        paused = select(self.at(PROCEDURES, "spsxslbm")).where(self._from(PROCEDURES, "tbcxkssj", since.day))
        coded = select(self.at(PROJECTS, "gcdm")).where(self._from(PROJECTS, "sbsj", since.day))
        # Of a case of which something is new all works: it is read with the lowest of them, whatever the new one names.
        awaited = [select(case).where(one_of(code, since.works))] if since.works else []
        new = union(select(case.label("spsxslbm")).where(recorded), paused, *awaited).subquery()
        theirs = select(code.label("gcdm")).join(new, case == new.c.spsxslbm)
        without_a_case = select(code).where(recorded, case.is_(None))
        return union(theirs, without_a_case, coded).subquery()

    def _from(self, table: str, field: str, day: dt.date) -> ColumnElement[bool]:
        """From a day on, or without any; a text is compared as one."""
        column: Column[Any] = self.columns[table][field]
        bound: Any = day.isoformat()
        if not self.plain and isinstance(column.type, DateTime):
            bound = dt.datetime.combine(day, dt.time())
        elif not self.plain and isinstance(column.type, Date):
            bound = day
        here = self.at(table, field)
        return or_(here >= bound, here.is_(None))


def _is_unique(column: Column[Any]) -> bool:
    """Whether its database sees to it that no value stands twice."""
    table = column.table
    alone = [list(table.primary_key.columns)]
    alone += [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    alone += [list(one.columns) for one in table.indexes if one.unique and not _of_some_rows(one)]
    return [column] in alone


def _of_some_rows(index: Index) -> bool:
    return any(name.endswith("_where") and value is not None for name, value in index.kwargs.items())
