"""Odd records of projects: what was flagged, and who recorded it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from monitor.reading import masking
from monitor.reading.log import AT_ONCE, known
from monitor.reading.past import judged
from monitor.reading.sight import sight
from monitor.tables import Event
from monitor.tables.among import among
from rules.document import documents
from rules.portfolio import Rules


def flagged(
    connection: Connection, ids: Sequence[int], as_of: dt.date, rules: Rules, known_at: dt.datetime | None = None
) -> list[dict[str, Any]]:
    """One row a flag, by project code: project_code, flag, case_id, event_id, department, recorded_by (office and
    handler of the event; None where the flag is of the whole case, or nobody is named)."""
    rows: list[dict[str, Any]] = []
    for at in range(0, len(ids), AT_ONCE):
        loaded, found = judged(connection, ids[at : at + AT_ONCE], as_of, rules, known_at)
        cases, log = loaded.log.cases, loaded.log
        department = {
            (int(project), case_id): log.departments[office]
            for project, case_id, office in zip(cases.project, cases.case_id, cases.department.tolist(), strict=True)
        }
        keys = dict(zip(log.projects.code, loaded.project_ids.tolist(), strict=True))
        row_of = {code: n for n, code in enumerate(log.projects.code)}
        objects = [one for part, a in found for one in documents(a, part.log)]
        if (looks := sight(connection)) is not None:
            seen = looks.seen(loaded, past=known_at is not None)
            objects = [masking.standing(one, seen[one["project_code"]], as_of) for one in objects]
        objects = [one for one in objects if one["flags"]]
        who = _recorders(connection, [keys[one["project_code"]] for one in objects], known_at)
        for one in objects:
            code = one["project_code"]
            for flag in one["flags"]:
                named = {
                    "department": department[row_of[code], flag["case_id"]],
                    "recorded_by": who.get((keys[code], flag["event_id"])),
                }
                rows.append({"project_code": code} | flag | named)
    return sorted(rows, key=lambda row: str(row["project_code"]))


def _recorders(
    connection: Connection, ids: Sequence[int], known_at: dt.datetime | None
) -> dict[tuple[int, str | None], str]:
    """Office and handler of the events of some projects, by project and event id."""
    query = select(Event.project_id, Event.event_id, Event.office, Event.handler).where(
        among(connection, Event.project_id, ids), known(Event, known_at)
    )
    return {
        (project, event): " ".join(name for name in names if name)
        for project, event, *names in connection.execute(query)
        if any(names)
    }
