"""The log as it stood at a moment, in rows that `monitor.store.rewound` puts into a store of their own.

What became known later is left out, and what had not ended by then is known still. So whatever is asked of that store
is answered as at the moment, by the same reading rooms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Double,
    Integer,
    Numeric,
    Text,
    case,
    cast,
    func,
    select,
    true,
    type_coerce,
)

from monitor.database import Database
from monitor.reading import lawbook, register
from monitor.reading.log import AT_ONCE, known
from monitor.tables import (
    ApprovalCase,
    Base,
    Batch,
    CaseFact,
    Day,
    Department,
    DepartmentEntry,
    Event,
    Notice,
    Pack,
    Project,
    ProjectFact,
    Source,
    UTCDateTime,
)
from monitor.tables.among import among
from monitor.tables.reported import NOTHING_TOLD, reported
from rules.portfolio import Rules
from rules.workdays import day_number, day_of

MOST = 20_000  # projects: a minute's work, and so much as one who waits for a page will wait
Rewind = Callable[[dt.datetime | None, dt.date, str | None], tuple[Database, Rules]]
Rows = Sequence[Sequence[Any]]
Stamp = tuple[Any, ...]


class TooMany(Exception):
    """More projects than are assessed for one question."""

    def __init__(self, projects: int) -> None:
        self.projects = projects
        super().__init__(f"{projects} projects, at most {MOST}")


def first_known(connection: Connection) -> dt.datetime | None:
    """The moment at which the first records became known; None: there are none."""
    found: dt.datetime | None = connection.execute(select(func.min(Batch.known_from))).scalar()
    return found


def reported_until(connection: Connection, at: dt.datetime) -> dt.date | None:
    """Until which day every source that was known at a moment had reported."""
    days = [row[2] for row in sources(connection, at) if row[2] is not None]
    return day_of(min(days)) if min(days, default=0) > day_number(NOTHING_TOLD) else None


def scope(connection: Connection, at: dt.datetime | None, region: str | None) -> str | None:
    """The region to which the log has to be narrowed: None where all of it can be assessed at once.

    Raises TooMany where even the projects of ``region`` are more than MOST.
    """
    if count(connection, at, None) <= MOST:
        return None
    if (n := count(connection, at, region)) > MOST:
        raise TooMany(n)
    return region


def count(connection: Connection, at: dt.datetime | None, region: str | None) -> int:
    """How many projects were known at a moment; of an area code and of all that it contains."""
    query = select(func.count()).select_from(ProjectFact).where(*_wanted(at, region))
    return int(connection.execute(query).scalar() or 0)


def stamp(connection: Connection, at: dt.datetime | None) -> Stamp:
    """Differs whenever what was known at a moment does: an import may have been under way, a clock set back."""
    query = select(func.max(Batch.id), func.count()).where(_there(Batch, at))
    return (*connection.execute(query).one(), *lawbook.stamp(connection), *register.stamp(connection))


def rows(
    connection: Connection, at: dt.datetime | None, region: str | None
) -> Iterator[tuple[type[Base], Sequence[str], Rows]]:
    """Tables, columns and rows, each after those that it names: days as numbers, moments as the driver gives them."""
    wanted = select(ProjectFact.project_id).where(*_wanted(at, region)).order_by(ProjectFact.project_id)
    ids = list(connection.execute(wanted).scalars())
    for table in (Notice, Pack):
        yield _of(connection, table, at, true())
    yield Source, ("id", "name", "reported_until"), sources(connection, at)
    yield _of(connection, Batch, at, true())
    offices = register.departments(connection)
    yield _of(connection, Department, at, among(connection, Department.id, sorted(offices)))
    yield _of(connection, DepartmentEntry, at, true())
    cases: set[int] = set()
    for first in range(0, len(ids), AT_ONCE):
        some = ids[first : first + AT_ONCE]
        told = select(CaseFact.case_id).where(among(connection, CaseFact.project_id, some), _there(CaseFact, at))
        yield _of(connection, Project, at, among(connection, Project.id, some))
        yield _of(connection, ProjectFact, at, among(connection, ProjectFact.project_id, some))
        _table, names, found = _of(connection, ApprovalCase, at, ApprovalCase.id.in_(told))
        # Taken back, a case may have come in again for another project: it is of both.
        yield ApprovalCase, names, [row for row in found if row[names.index("id")] not in cases]
        cases |= {row[names.index("id")] for row in found}
        facts = _of(connection, CaseFact, at, among(connection, CaseFact.project_id, some))
        place = facts[1].index("department_id")
        new = {row[place] for row in facts[2]} - offices
        yield _of(connection, Department, at, among(connection, Department.id, sorted(new)))
        offices |= new
        yield facts
        yield _of(connection, Event, at, among(connection, Event.project_id, some))


def _wanted(at: dt.datetime | None, region: str | None) -> list[Any]:
    inside = ProjectFact.region.startswith(region, autoescape=True) if region else true()
    return [known(ProjectFact, at), inside]


def _there(table: Any, at: dt.datetime | None) -> Any:
    """The condition that a version had come by a moment, whether it still held or not."""
    return true() if at is None or not hasattr(table, "known_from") else table.known_from <= at


def _of(
    connection: Connection, table: Any, at: dt.datetime | None, condition: Any
) -> tuple[type[Base], Sequence[str], Rows]:
    columns = table.__table__.columns
    query = select(*(_column(column, at) for column in columns)).where(condition, _there(table, at))
    ordered = connection.execute(query.order_by(*table.__table__.primary_key.columns))
    return table, [column.name for column in columns], ordered.cursor.fetchall()


def _column(column: Any, at: dt.datetime | None) -> Any:
    """A column as it lies, and as it stood: what ended later had not ended."""
    stood = column if at is None or column.name not in ("known_to", "undone_at") else case((column <= at, column))
    if isinstance(column.type, Day):
        return type_coerce(stood, Integer)
    if isinstance(column.type, Numeric):
        return cast(stood, Double)
    return type_coerce(stood, Text) if isinstance(column.type, UTCDateTime) else stood


def sources(connection: Connection, at: dt.datetime | None) -> Rows:
    """Keys and names of the sources, and until which day each had reported (a day number)."""
    told = reported(at).subquery()
    query = select(Source.id, Source.name, type_coerce(told.c.until, Integer)).join(told, told.c.source_id == Source.id)
    return connection.execute(query.order_by(Source.id)).all()
