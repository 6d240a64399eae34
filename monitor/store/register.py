"""The register of departments: entries are added and taken back, never overwritten."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, insert, select, update

from monitor.codes.departments import Entry, Name
from monitor.store.versions import next_key
from monitor.tables import Department, DepartmentEntry


def add(connection: Connection, entry: Entry, now: dt.datetime) -> int:
    """Writes an entry, known from ``now``, under the lock of the writer; gives its number. A department that is not
    there is made."""
    key = next_key(connection, DepartmentEntry)
    values = {
        "id": key,
        "kind": int(entry.said),
        "department_id": _key(connection, entry.department),
        "told_id": _key(connection, entry.told) if entry.told else None,
        "code": entry.code,
        "short": "\n".join(entry.short),
        "level": entry.level,
        "office": entry.office,
        "predecessor_id": _key(connection, entry.predecessor) if entry.predecessor else None,
        "since": entry.since,
        "said_by": entry.by,
        "known_from": now,
    }
    connection.execute(insert(DepartmentEntry).values(**values))
    return key


def take_back(connection: Connection, key: int, by: str, now: dt.datetime) -> None:
    """Ends what is known of an entry."""
    known = DepartmentEntry.known_to.is_(None)
    connection.execute(
        update(DepartmentEntry).where(DepartmentEntry.id == key, known).values(known_to=now, ended_by=by)
    )


def moment(connection: Connection, now: dt.datetime) -> dt.datetime:
    """The moment of the next entry: later than all before, though the clock may have been set back."""
    last: dt.datetime | None = connection.execute(select(func.max(DepartmentEntry.known_from))).scalar()
    ended: dt.datetime | None = connection.execute(select(func.max(DepartmentEntry.known_to))).scalar()
    latest = max((one for one in (last, ended) if one is not None), default=None)
    return now if latest is None or now > latest else latest + dt.timedelta(microseconds=1)


def _key(connection: Connection, name: Name) -> int:
    query = select(Department.id).where(Department.region == name[0], Department.name == name[1])
    if (found := connection.execute(query).scalar()) is not None:
        return int(found)
    key = next_key(connection, Department)
    connection.execute(insert(Department).values(id=key, region=name[0], name=name[1]))
    return key
