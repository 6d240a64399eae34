"""What we were told, as the columns the engine reads: for some projects, as known now or at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Integer, or_, select, type_coerce

from monitor.reading import register
from monitor.reading.learning import learned
from monitor.tables import ApprovalCase, CaseFact, Department, Event, Project, ProjectFact
from monitor.tables.among import among
from rules.errors import LogError
from rules.log import NO_DAY, NONE, Cases, EventLog, Events, Projects
from rules.moments import minutes as minutes_of
from rules.portfolio import Traits
from rules.vocabulary import NO_HOLDER, Pause, Unit

AT_ONCE = 4_000  # projects whose logs are in memory together; a statement of SQLite takes some 32,000 values


@dataclass
class Loaded:
    """A log with the keys of its rows: ``project_ids``, ``case_ids`` and ``department_ids`` in the log's order."""

    log: EventLog
    traits: Traits
    project_ids: npt.NDArray[np.int64]
    case_ids: npt.NDArray[np.int64]
    department_ids: npt.NDArray[np.int64]


def known(table: Any, at: dt.datetime | None) -> Any:
    """The condition that a version was known at a moment; now, without one."""
    if at is None:
        return table.known_to.is_(None)
    return (table.known_from <= at) & or_(table.known_to.is_(None), table.known_to > at)


def _columns(connection: Connection, query: Any) -> list[Sequence[Any]]:
    rows = connection.execute(query).all()
    return list(zip(*rows, strict=True)) if rows else [() for _ in query.selected_columns]


def _number(column: Any) -> Any:
    """A day as its number: no date object is made for it."""
    return type_coerce(column, Integer)


def _filled(values: Sequence[Any], dtype: Any, blank: int) -> npt.NDArray[Any]:
    return np.array([blank if v is None else v for v in values], dtype)


def _names(values: Sequence[str]) -> tuple[npt.NDArray[np.int32], list[str]]:
    known = sorted(set(values))
    at = {name: n for n, name in enumerate(known)}
    return np.fromiter((at[v] for v in values), np.int32, len(values)), known


def load(
    connection: Connection, ids: Sequence[int], known_at: dt.datetime | None = None, *, minutes: bool = False
) -> Loaded:
    """The log of the projects with these keys, in the order of keys. A project not known then is left out.

    Raises LogError for an event of a case that is not known: its days would be those of another one.
    """
    fact = ProjectFact
    p = _columns(
        connection,
        select(
            Project.id, Project.code, _number(fact.coded_on), _number(fact.ended_on), fact.end_reason,
            fact.kind, fact.region, fact.pack, fact.marks,
        )
        .join(fact, fact.project_id == Project.id)
        .where(among(connection, Project.id, ids), known(fact, known_at))
        .order_by(Project.id),
    )  # fmt: skip
    c = _columns(
        connection,
        select(
            CaseFact.case_id, ApprovalCase.case_id, CaseFact.project_id, CaseFact.stage, CaseFact.department_id,
            CaseFact.holder, CaseFact.item_code, CaseFact.works_code, CaseFact.statutory_days,
            CaseFact.statutory_unit, CaseFact.promised_days, CaseFact.promised_unit, CaseFact.clock_start,
        )
        .join(ApprovalCase, ApprovalCase.id == CaseFact.case_id)
        .where(among(connection, CaseFact.project_id, ids), known(CaseFact, known_at))
        .order_by(CaseFact.project_id, CaseFact.case_id),
    )  # fmt: skip
    e = _columns(
        connection,
        select(
            Event.event_id, Event.source_id, Event.case_id, Event.status, _number(Event.day), Event.procedure,
            Event.holder, Event.basis != "", _number(Event.entered_day), Event.days, Event.voids, Event.confirms,
            Event.batch_id, Event.project_id, Event.told, *((Event.entered_at,) if minutes else ()),
        )
        .where(among(connection, Event.project_id, ids), known(Event, known_at))
        .order_by(Event.project_id, Event.id),
    )  # fmt: skip
    project_ids, case_ids = np.array(p[0], np.int64), np.array(c[0], np.int64)
    if lost := set(e[2]).difference(c[0]):
        event_id, case = next((event_id, case) for event_id, case in zip(e[0], e[2], strict=True) if case in lost)
        raise LogError("event", f"case_id of {event_id!r}", case, "the key of a case that is known")
    coded = dict(zip(p[0], p[2], strict=True))
    meant = register.meant(connection, c[4], [coded[project] for project in c[2]], known_at)
    department_ids, department, departments = _departments(connection, meant)
    item, items = _names(c[6])
    works, codes = _names(["", *c[7]])
    log = EventLog(
        Projects(
            list(p[1]), np.array(p[2], np.int32), _filled(p[3], np.int32, NO_DAY), _filled(p[4], np.int8, NONE),
            marks=np.array(p[8], np.int8),
        ),
        Cases(
            list(c[1]), np.searchsorted(project_ids, np.array(c[2], np.int64)).astype(np.int32),
            np.array(c[3], np.int8), department, np.array(c[5], np.int8), item, works[1:] - 1,
            _filled(c[8], np.int32, NONE), _filled(c[9], np.int8, Unit.WORKING_DAY),
            _filled(c[10], np.int32, NONE), _filled(c[11], np.int8, Unit.WORKING_DAY), _filled(c[12], np.int8, NONE),
        ),
        _events(e, case_ids, learned(connection, e, known_at)),
        departments,
        items,
        codes[1:],
    )  # fmt: skip
    return Loaded(log, Traits(p[5], p[6], p[7]), project_ids, case_ids, department_ids)


def _events(e: list[Sequence[Any]], case_ids: npt.NDArray[np.int64], learned: npt.NDArray[np.int32]) -> Events:
    order = np.argsort(case_ids, kind="stable")
    case = order[np.searchsorted(case_ids[order], np.array(e[2], np.int64))] if len(e[2]) else np.empty(0)
    at = {key: n for n, key in enumerate(zip(e[1], e[0], strict=True))}

    def named(column: Sequence[str | None]) -> npt.NDArray[np.int32]:
        return np.array([at.get((s, v), NONE) if v else NONE for s, v in zip(e[1], column, strict=True)], np.int32)

    return Events(
        list(e[0]), case.astype(np.int32), np.array(e[3], np.int8), np.array(e[4], np.int32),
        _filled(e[5], np.int8, Pause.OTHER), _filled(e[6], np.int8, NO_HOLDER), np.array(e[7], np.bool_),
        _filled(e[8], np.int32, NO_DAY), _filled(e[9], np.int32, NONE), named(e[10]), named(e[11]), learned,
        *((minutes_of(e[15]),) if len(e) > 15 else ()),
    )  # fmt: skip


def _departments(
    connection: Connection, keys: Sequence[int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], list[str]]:
    """Keys and names of the departments, and the place of each of ``keys`` among them.

    In the order of names: what is left of a day that many share goes to the first ones, whoever came in first.
    """
    ids, at = np.unique(np.array(keys, np.int64), return_inverse=True)
    query = select(Department.id, Department.name, Department.region).where(Department.id.in_(ids.tolist()))
    found = {key: (name, region) for key, name, region in connection.execute(query)} if len(ids) else {}
    order = np.array(sorted(range(len(ids)), key=lambda n: found[int(ids[n])]), np.intp)
    place = np.empty(len(ids), np.int32)
    place[order] = np.arange(len(ids), dtype=np.int32)
    return ids[order], place[at], [found[n][0] for n in ids[order].tolist()]
