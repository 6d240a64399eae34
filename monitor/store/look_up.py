"""Query codes of acceptance slips, and the count of look-ups that found nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from monitor.slips import Kept
from monitor.tables import LookUpMiss, SlipCode

MOST_PLACES = 50_000
LOOKED_AT_EVERY = 1_000  # misses of all places


def put_slip(connection: Connection, project: int, kept: Kept, now: dt.datetime) -> bool:
    """Writes the query code of a project in the place of the one before; gives whether there was one."""
    gone = drop_slip(connection, project)
    values = {"project_id": project, "salt": kept.salt, "digest": kept.digest, "made_at": now}
    connection.execute(_insert(connection, SlipCode).values(**values))
    return gone


def drop_slip(connection: Connection, project: int) -> bool:
    """Withdraws the query code of a project; gives whether there was one."""
    return connection.execute(delete(SlipCode).where(SlipCode.project_id == project)).rowcount > 0


def count_miss(connection: Connection, place: str, now: dt.datetime) -> tuple[int, dt.datetime | None]:
    """Counts a miss of a place; gives how many there are now, and until when it had to wait before this one. In one
    statement, so that of misses at once none is lost."""
    added = _insert(connection, LookUpMiss).values(place=place, misses=1, last=now)
    more = {"misses": LookUpMiss.misses + 1, "last": now}
    counted = added.on_conflict_do_update(index_elements=[LookUpMiss.place], set_=more)
    return tuple(connection.execute(counted.returning(LookUpMiss.misses, LookUpMiss.until)).one())


def wait_until(connection: Connection, place: str, until: dt.datetime) -> None:
    """A place has to wait until a moment."""
    connection.execute(update(LookUpMiss).where(LookUpMiss.place == place).values(until=until))


def begin_counting(connection: Connection, place: str, until: dt.datetime) -> None:
    """Of a place the present miss is the first of those that are counted until a moment."""
    connection.execute(update(LookUpMiss).where(LookUpMiss.place == place).values(until=until, misses=1))


def forget_misses_before(connection: Connection, moment: dt.datetime) -> None:
    """Deletes places of which the last miss lies before a moment."""
    connection.execute(delete(LookUpMiss).where(LookUpMiss.last < moment))


def forget_oldest_places(connection: Connection) -> None:
    """Keeps the places with the latest misses, MOST_PLACES of them: whoever has addresses without end fills no disk."""
    oldest = select(LookUpMiss.last).order_by(LookUpMiss.last.desc()).limit(1).offset(MOST_PLACES)
    moment = connection.execute(oldest).scalar()
    if moment is not None:
        connection.execute(delete(LookUpMiss).where(LookUpMiss.last <= moment, LookUpMiss.place != ""))


def _insert(connection: Connection, table: Any) -> Any:
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
