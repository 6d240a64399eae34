"""How far the data and the calendar reach: said on every page."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from monitor.reading import register
from monitor.reading.frames import framed
from monitor.reading.viewer import Viewer
from monitor.tables import Department, Source, Standing, Sweep
from monitor.tables.reported import NOTHING_TOLD
from rules.workdays import WorkCalendar, day_number

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Horizon:
    """``data_until``: until which day every source has reported (None: not until any); ``pending``: standings not yet
    assessed again."""

    data_until: dt.date | None
    swept_at: dt.datetime | None
    swept_as_of: dt.date | None
    known_until: dt.date
    pending: int
    demo: bool
    office: str


def horizon(connection: Connection, viewer: Viewer, calendar: WorkCalendar, *, demo: bool, office: str) -> Horizon:
    """The horizon, as the last sweep left it; what was imported since is pending."""
    swept = connection.execute(
        select(Sweep.ended, Sweep.as_of).where(Sweep.ended.is_not(None)).order_by(Sweep.id.desc()).limit(1)
    ).first()
    seen = day_number(swept[1]) if swept else 0
    until = connection.execute(select(func.min(Source.reported_until))).scalar()
    return Horizon(
        until if until != NOTHING_TOLD else None,
        swept[0] if swept else None,
        swept[1] if swept else None,
        calendar.known_until,
        connection.execute(select(func.count()).select_from(Standing).where(Standing.next_change <= seen)).scalar()
        or 0,
        demo,
        office,
    )


def region_codes(connection: Connection, viewer: Viewer) -> list[str]:
    """The area codes of projects, each once, as one index gives them."""
    return sorted(r for r in connection.execute(select(Standing.region).distinct()).scalars() if r)


def department_names(connection: Connection, viewer: Viewer) -> pd.DataFrame:
    """Columns department_id, region, name; not of a name that means another department in every project, and of those
    alone of which the viewer may see a case."""
    query = select(Department.id, Department.region, Department.name).order_by(Department.region, Department.name)
    known, theirs = register.known_register(connection), register.theirs(connection)
    rows = [
        (key, region, name)
        for key, region, name in connection.execute(query)
        if (region, name) in known.meanings((region, name)) and theirs((region, name))
    ]
    return framed(rows, ["department_id", "region", "name"])
