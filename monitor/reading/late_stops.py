"""Late stops that wait for a confirmation (待核定): which projects have any, and the record that one of them is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from monitor.reading.log import load
from monitor.reading.past import standing_objects
from monitor.reading.sight import sight
from monitor.reading.sweeps import last_sweep
from monitor.tables import ApprovalCase, Event, Project, Source, Standing
from rules.portfolio import Rules


@dataclass(frozen=True)
class Record:
    """An event by its id, with who told it."""

    event_id: str
    case_id: str
    project_code: str
    day: dt.date
    source: str
    reported_until: dt.date | None


def waiting(connection: Connection, rules: Rules) -> list[str]:
    """Codes of the projects that have late stops nobody confirmed, in a case that is shown, as of the last sweep."""
    query = select(Project.code, Project.id).join(Standing, Standing.project_id == Project.id)
    found = connection.execute(query.where(Standing.waiting_stops > 0).order_by(Project.code)).all()
    day = last_sweep(connection)
    if sight(connection) is None or day is None:
        return [code for code, _key in found]
    told = standing_objects(connection, [key for _code, key in found], day, rules)
    return [one["project_code"] for one in told if "late_stops" in one]


def records(connection: Connection, event_id: str) -> list[Record]:
    """The records known now under an id in cases that are shown, one a source."""
    query = (
        select(
            Project.id, Event.event_id, ApprovalCase.case_id, Project.code, Event.day, Source.name,
            Source.reported_until,
        )
        .join(ApprovalCase, ApprovalCase.id == Event.case_id)
        .join(Project, Project.id == Event.project_id)
        .join(Source, Source.id == Event.source_id)
        .where(Event.event_id == event_id, Event.known_to.is_(None))
        .order_by(Source.name)
    )  # fmt: skip
    rows = connection.execute(query).all()
    found = [Record(*row[1:]) for row in rows]
    if (looks := sight(connection)) is None:
        return found
    seen = looks.seen(load(connection, sorted({row[0] for row in rows})), past=False)
    return [one for one in found if one.case_id in seen[one.project_code].cases]
