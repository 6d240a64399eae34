"""Late stops that wait for a confirmation (待核定): which projects have any, and the record that one of them is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from monitor.tables import ApprovalCase, Event, Project, Source, Standing


@dataclass(frozen=True)
class Record:
    """An event by its id, with who told it."""

    event_id: str
    case_id: str
    project_code: str
    day: dt.date
    source: str
    reported_until: dt.date | None


def waiting(connection: Connection) -> list[str]:
    """Codes of the projects that have late stops nobody confirmed, as of the last sweep."""
    query = select(Project.code).join(Standing, Standing.project_id == Project.id).where(Standing.waiting_stops > 0)
    return [str(code) for code in connection.scalars(query.order_by(Project.code))]


def records(connection: Connection, event_id: str) -> list[Record]:
    """The records known now under an id, one a source."""
    query = (
        select(Event.event_id, ApprovalCase.case_id, Project.code, Event.day, Source.name, Source.reported_until)
        .join(ApprovalCase, ApprovalCase.id == Event.case_id)
        .join(Project, Project.id == Event.project_id)
        .join(Source, Source.id == Event.source_id)
        .where(Event.event_id == event_id, Event.known_to.is_(None))
        .order_by(Source.name)
    )
    return [Record(*row) for row in connection.execute(query)]
