"""A supervisor confirms a late stop with evidence: one more record of the log, taken in like any other."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from monitor.database import Database
from monitor.deeds import Deed, Verb
from monitor.reading.late_stops import Record
from monitor.reading.sources import OURS
from monitor.scratch import scratch
from monitor.verbs.import_log import import_log
from monitor.verbs.imported import Imported


def confirm(
    database: Database,
    record: Record,
    *,
    by: str,
    evidence: str,
    today: dt.date,
    zone: ZoneInfo,
    clock: Callable[[], dt.datetime],
) -> Imported:
    """Confirms that the pause which a record began was so; the next sweep lets it stop the clock.

    The confirmation stands among the records of the source that told the pause, since a source's records name each
    other; it says nothing of how far that source has reported.
    """
    row = {
        "event_id": f"{record.event_id}+confirmed",
        "case_id": record.case_id,
        "status": "confirmed",
        "occurred_at": today.isoformat(),
        "basis": evidence,
        "approver": by,
        "confirms": record.event_id,
    }
    with scratch() as folder:
        file = folder / "events.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, list(row))
            writer.writeheader()
            writer.writerow(row)
        until = record.reported_until or record.day
        told = {"project_code": record.project_code, "case_id": record.case_id, "event_id": record.event_id}
        deed = Deed(Verb.CONFIRM, after=told, personal={"by": by, "evidence": evidence})
        return import_log(
            database, [file], zone=zone, clock=clock, today=today, source=record.source, reported_until=until,
            name=OURS, deed=deed,
        )  # fmt: skip
