"""The register of departments as known now or at a moment, and which departments the facts of cases mean by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from monitor.codes.departments import Entry, Level, Name, Register, Said, nearest, place
from monitor.reading.viewer import Viewer, looking
from monitor.tables import CaseFact, CaseStanding, Department, DepartmentEntry, ProjectFact
from monitor.tables.among import among
from rules.workdays import day_of

FEW_NEW, FEW_KNOWN = 1_000, 5_000  # departments that an import looks at
COMPARED = 200  # names for which others are looked for at once: each is compared with all of its region


def entries(connection: Connection, known_at: dt.datetime | None = None, *, past: bool = False) -> list[Entry]:
    """What is known of the register now or at a moment; ``past``: also what was taken back."""
    table, told, old = DepartmentEntry, aliased(Department), aliased(Department)
    query = (
        select(
            table.id, table.kind, Department.region, Department.name, told.region, told.name, table.code, table.short,
            table.level, table.office, old.region, old.name, table.since, table.said_by, table.known_from,
            table.known_to, table.ended_by,
        )
        .select_from(table)
        .join(Department, Department.id == table.department_id)
        .outerjoin(told, told.id == table.told_id)
        .outerjoin(old, old.id == table.predecessor_id)
        .order_by(table.id)
    )  # fmt: skip
    if known_at is not None:
        query = query.where(table.known_from <= known_at, (table.known_to.is_(None)) | (table.known_to > known_at))
    elif not past:
        query = query.where(table.known_to.is_(None))
    return [_entry(row) for row in connection.execute(query)]


def _entry(row: Sequence[Any]) -> Entry:
    key, kind, region, name, told_region, told, code, short, level, office, old_region, old, *rest = row
    return Entry(
        key,
        Said(kind),
        (region, name),
        _pair(told_region, told),
        code,
        tuple(short.splitlines()),
        Level(level) if level else None,
        office,
        _pair(old_region, old),
        *rest,
    )


def _pair(region: str | None, name: str | None) -> Name | None:
    return None if region is None or name is None else (region, name)


def known_register(connection: Connection, known_at: dt.datetime | None = None) -> Register:
    """The register as known now or at a moment."""
    return Register(entries(connection, known_at))


def stamp(connection: Connection) -> tuple[int, int]:
    """Differs whenever something was entered or taken back."""
    table = DepartmentEntry
    row = connection.execute(select(func.coalesce(func.max(table.id), 0), func.count(table.known_to))).one()
    return int(row[0]), int(row[1])


def departments(connection: Connection) -> set[int]:
    """Keys of all departments that the register names or named."""
    table = DepartmentEntry
    rows = connection.execute(select(table.department_id, table.told_id, table.predecessor_id))
    return {key for row in rows for key in row if key is not None}


def meant(
    connection: Connection, keys: Sequence[int], coded_on: Iterable[int], known_at: dt.datetime | None
) -> Sequence[int]:
    """The departments that are meant where these were told, in projects coded on these days (day numbers)."""
    register = known_register(connection, known_at)
    if not register.entries or not keys:
        return keys
    names = names_of(connection, set(keys))
    pairs = list(zip(keys, coded_on, strict=True))
    found = {pair: register.meant(names[pair[0]], day_of(pair[1])) for pair in set(pairs)}
    ids = keys_of(connection, set(found.values()) - set(names.values())) | {name: key for key, name in names.items()}
    return [ids[found[pair]] for pair in pairs]


def names_of(connection: Connection, keys: Iterable[int]) -> dict[int, Name]:
    """Region and name of departments by key."""
    query = select(Department.id, Department.region, Department.name)
    rows = connection.execute(query.where(among(connection, Department.id, sorted(keys))))
    return {key: (region, name) for key, region, name in rows}


def keys_of(connection: Connection, names: Iterable[Name]) -> dict[Name, int]:
    """Keys of departments by region and name; one that is not there is left out."""
    wanted = set(names)
    query = select(Department.id, Department.region, Department.name)
    rows = connection.execute(query.where(among(connection, Department.name, sorted({name for _, name in wanted}))))
    return {(region, name): key for key, region, name in rows if (region, name) in wanted}


def places_of(connection: Connection, text: str) -> list[Name]:
    """The departments that were told, or registered, under a name: one a region."""
    query = select(Department.region, Department.name).where(Department.name == text).order_by(Department.region)
    return [(region, name) for region, name in connection.execute(query)]


def renamed(
    connection: Connection, before: Register, after: Register, keys: Iterable[int] | None = None
) -> dict[int, tuple[Name, Name]]:
    """Departments as told (of ``keys``, or of all) of which the two registers mean different ones in some projects:
    what each of them means there, by key."""
    query = select(Department.id, Department.region, Department.name)
    if keys is not None:
        query = query.where(among(connection, Department.id, sorted(keys)))
    days = sorted({*before.days(), *after.days()})
    found: dict[int, tuple[Name, Name]] = {}
    for key, region, name in connection.execute(query):
        for day in days:
            was, now = (register.meant((region, name), day) for register in (before, after))
            if was != now:
                found[key] = was, now
                break
    return found


def projects_of(connection: Connection, keys: Iterable[int]) -> list[int]:
    """Projects with a case that is told now under one of these departments."""
    query = select(CaseFact.project_id).where(
        among(connection, CaseFact.department_id, sorted(keys)), CaseFact.known_to.is_(None)
    )
    return sorted(connection.execute(query.distinct()).scalars())


def theirs(connection: Connection) -> Callable[[Name], bool]:
    """Whether whom a connection is seen by may be told of a department: of a region of theirs, within it or around it;
    else of one that has a case which is shown, by the last sweep."""
    viewer = looking(connection)
    if viewer.sees_all:
        return lambda name: True
    if viewer.regions is not None and viewer.sees_all_cases and viewer.projects is None:
        regions = viewer.regions
        return lambda name: name[0].startswith(regions) or any(one.startswith(place(name[0])) for one in regions)
    keys = viewer.departments
    if keys is None:
        keys = tuple(connection.scalars(select(CaseStanding.department_id).distinct()))
    return set(names_of(connection, keys).values()).__contains__


@dataclass
class Listed:
    """A department as it is meant: ``cases`` known now, by the texts that told it (``told``). ``entry``: its entry of
    the register; ``like``: the nearest names of one that the register does not know."""

    department: Name
    cases: int = 0
    told: dict[Name, int] = field(default_factory=dict)
    entry: Entry | None = None
    known: bool = False
    like: list[Name] = field(default_factory=list)


def listed(connection: Connection, viewer: Viewer) -> list[Listed]:
    """All departments that the viewer may be told of, with the cases that are shown; others like it are looked for of
    the COMPARED largest unknown ones, unless who asks sees some cases of a project alone.

    First those that the register does not know but that are like another one, then the others that it does not know,
    then those that it knows; each by region and name.
    """
    register, own, looks = known_register(connection), theirs(connection), looking(connection)
    query = (
        select(CaseFact.department_id, ProjectFact.coded_on, func.count())
        .join(ProjectFact, (ProjectFact.project_id == CaseFact.project_id) & ProjectFact.known_to.is_(None))
        .where(CaseFact.known_to.is_(None), *looks.of_stage(connection, CaseFact))
        .group_by(CaseFact.department_id, ProjectFact.coded_on)
    )
    counted = connection.execute(query).all()
    names = names_of(connection, {key for key, _day, _n in counted})
    found = {e.department: Listed(e.department, entry=e, known=True) for e in register.registered.values()}
    for key, day, n in counted:
        told = names[key]
        name = register.meant(told, day)
        one = found.setdefault(name, Listed(name, known=register.knows(name)))
        one.cases += n
        one.told[told] = one.told.get(told, 0) + n
    found = {name: one for name, one in found.items() if own(name) or (one.cases and looks.departments is None)}
    unknown = sorted((one for one in found.values() if not one.known), key=lambda one: -one.cases)
    for one in unknown[:COMPARED] if looks.sees_all_cases else ():
        one.like = offered(one.department, found, register)
    return sorted(found.values(), key=lambda one: (one.known, not one.like, one.department))


def offered(told: Name, known: Iterable[Name], register: Register) -> list[Name]:
    """Names that a text which the register does not know may mean: of departments that it knows; where none of them is
    like it, longer ones among ``known``, for a short name means a full one."""
    entered = [entry.department for entry in register.entries if entry.said is not Said.NOT_SAME]
    return nearest(told, entered, register) or nearest(
        told, [one for one in known if len(one[1]) > len(told[1])], register
    )


def new_names(connection: Connection, since: int) -> list[tuple[Name, list[Name]]]:
    """Texts that came in as departments with keys from ``since`` on and that the register does not know, each with the
    nearest names; of many the first FEW_NEW, against the first FEW_KNOWN, so that memory stays flat."""
    register = known_register(connection)
    query = select(Department.region, Department.name).order_by(Department.id)
    fresh = [(r, n) for r, n in connection.execute(query.where(Department.id >= since).limit(FEW_NEW))]
    unknown = [told for told in fresh if not register.knows(told)]
    if not unknown:
        return []
    known = [(r, n) for r, n in connection.execute(query.limit(FEW_KNOWN))]
    return [(told, offered(told, known, register) if n < COMPARED else []) for n, told in enumerate(unknown)]
