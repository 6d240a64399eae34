"""The log as rows of canonical files: of chosen projects, as known now or at a moment, a part at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Integer, select, type_coerce

from monitor.progress import Advance, unheard
from monitor.reading.log import AT_ONCE, Loaded, known, load
from monitor.tables import ApprovalCase, CaseFact, Day, Department, Event, Project, ProjectFact, Source
from monitor.tables.among import among
from rules.assess import UNFINISHED
from rules.portfolio import Rules, parts
from rules.vocabulary import CaseState, Light, Phase

Row = tuple[Any, ...]  # key of the project, key of the source, then the columns that were asked for
CHUNK = 1_000  # projects whose rows are in memory together: some 25,000 events, with all their texts
OPEN = (CaseState.RUNNING, CaseState.CORRECTION, CaseState.PROCEDURE)


@dataclass(frozen=True)
class Wanted:
    """Which projects: those that meet all of it. ``region``: an area code, or how it begins; ``department``: the name
    of one with an open case; ``phase``: a word, also "unfinished"; light, phase and open cases as of a day;
    ``source``: the name of one that told of the project or has cases of it."""

    codes: tuple[str, ...] = ()
    region: str = ""
    light: str | None = None
    phase: str | None = None
    department: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Some:
    """The rows of some projects by table, in the order of the keys of projects, then of cases or events."""

    projects: list[Row]
    cases: list[Row]
    events: list[Row]


def missing(connection: Connection, codes: Sequence[str], at: dt.datetime | None) -> list[str]:
    """Those of the codes under which no project is known."""
    query = select(Project.code).join(ProjectFact, ProjectFact.project_id == Project.id)
    there = set(connection.scalars(query.where(among(connection, Project.code, codes), known(ProjectFact, at))))
    return [code for code in codes if code not in there]


def is_department(connection: Connection, name: str) -> bool:
    """Whether any department has this name."""
    return connection.scalar(select(Department.id).where(Department.name == name).limit(1)) is not None


def chosen(
    connection: Connection,
    wanted: Wanted,
    as_of: dt.date,
    rules: Rules,
    at: dt.datetime | None = None,
    advance: Advance = unheard,
) -> list[int]:
    """The keys of the projects, in order. Lights and phases are assessed for the question: no sweep need have been."""
    query = select(Project.id).join(ProjectFact, ProjectFact.project_id == Project.id).where(known(ProjectFact, at))
    if wanted.codes:
        query = query.where(among(connection, Project.code, wanted.codes))
    if wanted.region:
        query = query.where(ProjectFact.region.startswith(wanted.region, autoescape=True))
    if wanted.source is not None:
        key = select(Source.id).where(Source.name == wanted.source).scalar_subquery()
        telling = select(ProjectFact.project_id).where(ProjectFact.source_id == key, known(ProjectFact, at))
        # One list: of an `or` with one in it PostgreSQL may look through the whole list for every project.
        query = query.where(
            Project.id.in_(telling.union(select(ApprovalCase.project_id).where(ApprovalCase.source_id == key)))
        )
    ids = list(connection.scalars(query.order_by(Project.id)))
    if wanted.light is None and wanted.phase is None and wanted.department is None:
        return ids
    out: list[int] = []
    for first in range(0, len(ids), AT_ONCE):
        loaded = load(connection, ids[first : first + AT_ONCE], at)
        out += loaded.project_ids[_meeting(loaded, wanted, as_of, rules)].tolist()
        advance(min(first + AT_ONCE, len(ids)), len(ids))
    return out


def _meeting(loaded: Loaded, wanted: Wanted, as_of: dt.date, rules: Rules) -> npt.NDArray[np.bool_]:
    """Of each project of the log whether it is there as of the day and meets what is wanted of its standing."""
    log = loaded.log
    out = np.zeros(len(log.projects), np.bool_)
    offices = [n for n, name in enumerate(log.departments) if name == wanted.department]
    phases = UNFINISHED if wanted.phase == "unfinished" else tuple(p for p in Phase if p.word == wanted.phase)
    for part in parts(log, loaded.traits, rules):
        for a in part.assess(as_of, detail=False):
            good = a.facts.present.copy()
            if wanted.light is not None:
                good &= a.light == Light[wanted.light.upper()]
            if wanted.phase is not None:
                good &= np.isin(a.facts.phase, phases)
            if wanted.department is not None:
                held = np.isin(a.scene.department, offices) & np.isin(a.cases.state, OPEN)
                good &= np.isin(np.arange(a.scene.projects), a.scene.project[held])
            first = a.scene.chunk.first
            out[part.projects[first : first + a.scene.projects]] = good
    return out


def told(
    connection: Connection, ids: Sequence[int], columns: Mapping[str, Sequence[str]], at: dt.datetime | None = None
) -> Iterator[Some]:
    """What was told of these projects. ``columns``: by table the names of those that are wanted; days come as their
    numbers, words as theirs."""
    for first in range(0, len(ids), CHUNK):
        some = ids[first : first + CHUNK]
        yield Some(
            _rows(connection, _projects(connection, some, columns["projects"], at)),
            _rows(connection, _cases(connection, some, columns["cases"], at)),
            _rows(connection, _events(connection, some, columns["events"], at)),
        )


def _rows(connection: Connection, query: Any) -> list[Row]:
    return [tuple(row) for row in connection.execute(query)]


def _named(table: Any, names: Sequence[str], elsewhere: Mapping[str, Any]) -> list[Any]:
    columns = [elsewhere[name] if name in elsewhere else getattr(table, name) for name in names]
    return [type_coerce(c, Integer) if isinstance(c.type, Day) else c for c in columns]


def _projects(connection: Connection, ids: Sequence[int], names: Sequence[str], at: dt.datetime | None) -> Any:
    fact = ProjectFact
    return (
        select(Project.id, fact.source_id, *_named(fact, names, {"project_code": Project.code}))
        .join(fact, fact.project_id == Project.id)
        .where(among(connection, Project.id, ids), known(fact, at))
        .order_by(Project.id)
    )


def _cases(connection: Connection, ids: Sequence[int], names: Sequence[str], at: dt.datetime | None) -> Any:
    own = {"case_id": ApprovalCase.case_id, "project_code": Project.code, "department": Department.name}
    return (
        select(CaseFact.project_id, ApprovalCase.source_id, *_named(CaseFact, names, own))
        .join(ApprovalCase, ApprovalCase.id == CaseFact.case_id)
        .join(Project, Project.id == CaseFact.project_id)
        .join(Department, Department.id == CaseFact.department_id)
        .where(among(connection, CaseFact.project_id, ids), known(CaseFact, at))
        .order_by(CaseFact.project_id, CaseFact.case_id)
    )


def _events(connection: Connection, ids: Sequence[int], names: Sequence[str], at: dt.datetime | None) -> Any:
    return (
        select(Event.project_id, Event.source_id, *_named(Event, names, {"case_id": ApprovalCase.case_id}))
        .join(ApprovalCase, ApprovalCase.id == Event.case_id)
        .where(among(connection, Event.project_id, ids), known(Event, at))
        .order_by(Event.project_id, Event.id)
    )
