"""What is due, and when it was last looked at."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, or_, select

from monitor.tables import Batch, SetAside, Standing, Sweep
from rules.workdays import day_number


def due(connection: Connection, as_of: dt.date) -> dict[int, int]:
    """The projects whose standing may alter by ``as_of``, with the version of their log."""
    query = select(Standing.project_id, Standing.log_version).where(Standing.next_change <= day_number(as_of))
    return dict(connection.execute(query).all())


def last_sweep(connection: Connection) -> dt.date | None:
    """The latest day as of which a sweep was begun."""
    found: dt.date | None = connection.execute(select(func.max(Sweep.as_of))).scalar()
    return found


def waiting(connection: Connection) -> int:
    """Projects that the last sweep would have taken, had their records been there.

    One that was set aside waits only for something new: to try it again at every look would be idle.
    """
    seen = select(Sweep.as_of).where(Sweep.ended.is_not(None)).order_by(Sweep.id.desc()).limit(1)
    day = connection.execute(seen).scalar()
    arrived = select(func.max(Batch.known_from)).scalar_subquery()
    query = (
        select(func.count())
        .select_from(Standing)
        .outerjoin(SetAside, SetAside.project_id == Standing.project_id)
        .where(
            Standing.next_change <= (day_number(day) if day else 0),
            or_(SetAside.project_id.is_(None), SetAside.last_try < arrived),
        )
    )
    return connection.execute(query).scalar() or 0
