"""What is due, and when it was last looked at."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, func, select

from monitor.tables import Standing, Sweep
from rules.workdays import day_number


def due(connection: Connection, as_of: dt.date) -> dict[int, int]:
    """The projects whose standing may alter by ``as_of``, with the version of their log."""
    query = select(Standing.project_id, Standing.log_version).where(Standing.next_change <= day_number(as_of))
    return dict(connection.execute(query).tuples().all())


def last_sweep(connection: Connection) -> dt.date | None:
    """The latest day as of which a sweep was begun."""
    found: dt.date | None = connection.execute(select(func.max(Sweep.as_of))).scalar()
    return found
