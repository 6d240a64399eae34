"""What somebody said of the names of departments, or took back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from monitor.codes.departments import Name
from monitor.reading import register as room
from monitor.reading.causes.cause import Asked, Cause, Finder, Found
from monitor.reading.register import known_register, projects_of, renamed
from monitor.tables import CaseFact
from monitor.tables.among import among

_INSTANT = dt.timedelta(microseconds=1)  # databases keep moments so finely


def _moments(asked: Asked) -> dict[dt.datetime, str]:
    """The moments at which the register became another one, and who made it so."""
    found: dict[dt.datetime, str] = {}
    for one in room.entries(asked.connection, past=True):
        for at, by in ((one.known_from, one.by), (one.known_to, one.ended_by)):
            if at is not None and asked.holds(at):
                found[at] = by or ""
    return found


def _somewhere(asked: Asked) -> set[int]:
    found: set[int] = set()
    for _at, _by, changed in _changed(asked, None):
        found |= set(projects_of(asked.connection, changed))
    return found


def _names(asked: Asked, ids: Sequence[int]) -> Iterator[Found]:
    query = select(CaseFact.project_id, CaseFact.department_id).where(among(asked.connection, CaseFact.project_id, ids))
    told = asked.connection.execute(query.distinct().order_by(CaseFact.project_id)).all()
    for at, by, changed in _changed(asked, {key for _project, key in told}):
        for project, key in told:
            if key in changed:
                was, now = changed[key]
                cause = Cause("department_named", column="department", before=was[1], after=now[1], recorded_by=by)
                yield Found(at, project, cause)


def _changed(asked: Asked, keys: set[int] | None) -> Iterator[tuple[dt.datetime, str, dict[int, tuple[Name, Name]]]]:
    """At each moment the departments as told, of ``keys`` or of all, that mean others from then on."""
    for at, by in _moments(asked).items():
        before, after = (known_register(asked.connection, moment) for moment in (at - _INSTANT, at))
        yield at, by, renamed(asked.connection, before, after, keys)


NAMES = Finder(_somewhere, _names)
