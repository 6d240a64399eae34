"""Late stops that wait for a confirmation (待核定): which projects have any, and the record that one of them is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


def at_stake(standing: Mapping[str, Any], case_id: str | None = None) -> list[dict[str, Any]]:
    """The lights and days of a project (object of docs/json.md with late stops) that would be others if these were
    confirmed, each as a correction tells it: where, case_id, what, before, after. Of its cases only ``case_id``, if
    one is named."""
    then = standing["if_confirmed"]
    pairs: list[tuple[str, str | None, Mapping[str, Any], Mapping[str, Any]]] = [("project", None, standing, then)]
    pairs += [(name, None, standing["groups"][name], group) for name, group in then["groups"].items()]
    now = {case["case_id"]: case for case in standing["cases"]}
    for case in then["cases"]:
        if case_id in (None, case["case_id"]):
            mine = case["case_id"]
            pairs += [(clock, mine, now[mine][clock], case[clock]) for clock in ("promised", "statutory")]
    return [
        {"where": where, "case_id": case, "what": what, "before": was[what], "after": is_[what]}
        for where, case, was, is_ in pairs
        for what in ("light", "yellow_on", "red_on", "due_on")
        if what in was and was[what] != is_[what]
    ]


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
