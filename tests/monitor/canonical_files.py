"""Small canonical files for tests, and the log of a database without its keys."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from monitor.database import Database
from monitor.verbs.import_log import import_log
from monitor.verbs.imported import Imported

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = dt.date(2026, 11, 20)
MOMENT = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)

Table = Iterable[Mapping[str, Any]]

PROJECT = {"project_code": "P1", "name": "厂房", "region": "330100", "kind": "filing", "coded_on": "2026-03-02"}
CASE = {"case_id": "C1", "project_code": "P1", "item_code": "A01", "stage": "initiation", "department": "发改"}
EVENTS = (
    {"event_id": "E1", "case_id": "C1", "status": "accepted", "occurred_at": "2026-03-03"},
    {"event_id": "E2", "case_id": "C1", "status": "approved", "occurred_at": "2026-03-09"},
)


def csv_text(rows: Table, columns: Iterable[str] | None = None) -> str:
    """A CSV text with a header of all columns that any row has, or of ``columns``."""
    rows = list(rows)
    names = list(columns or dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(
    folder: Path, projects: Table = (), cases: Table = (), events: Table = (), *, encoding: str = "utf-8"
) -> Path:
    """A folder of canonical files; a table without rows has no file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("projects", projects), ("cases", cases), ("events", events)):
        if rows := list(rows):
            (folder / f"{name}.csv").write_bytes(csv_text(rows).encode(encoding))
    return folder


def small(folder: Path) -> Path:
    """One project, one case, accepted and approved."""
    return write(folder, [PROJECT], [CASE], EVENTS)


def take(database: Database, *paths: Path, **options: Any) -> Imported:
    """Imports with a clock that stands still unless another is given."""
    given = {"zone": ZONE, "clock": lambda: MOMENT, "today": TODAY} | options
    return import_log(database, paths, **given)


def codes(result: Imported) -> list[str]:
    """The codes of the refusals, in order."""
    return [refusal.code for refusal in result.refusals]


LOG = {
    "projects": """
        SELECT p.code, f.name, f.region, f.kind, f.industry, f.applicant, f.credit_code, f.agent, f.coded_on,
               f.investment, f.pack, f.ended_on, f.end_reason
        FROM project p JOIN project_fact f ON f.project_id = p.id WHERE f.known_to IS NULL""",
    "cases": """
        SELECT s.name, c.case_id, p.code, f.works_code, f.item_code, f.item_name, f.stage, d.region, d.name, f.holder,
               f.statutory_days, f.statutory_unit, f.promised_days, f.promised_unit, f.clock_start
        FROM approval_case c JOIN case_fact f ON f.case_id = c.id JOIN project p ON p.id = c.project_id
        JOIN source s ON s.id = c.source_id JOIN department d ON d.id = f.department_id WHERE f.known_to IS NULL""",
    "events": """
        SELECT s.name, e.event_id, c.case_id, p.code, e.status, e.day, e.occurred_at, e.entered_at, e.entered_day,
               e.office, e.handler, e.procedure, e.holder, e.reason, e.basis, e.days, e.approver, e.voids, e.confirms
        FROM event e JOIN approval_case c ON c.id = e.case_id JOIN project p ON p.id = e.project_id
        JOIN source s ON s.id = e.source_id WHERE e.known_to IS NULL""",
}


def log_of(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """What is known now, without keys and moments: equal for equal logs, however they came in."""
    with database.reading() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(text(sql))), key=repr) for name, sql in LOG.items()
        }


def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


TABLES = "source batch batch_known refused_row project project_fact approval_case case_fact".split()
TABLES += "department event standing".split()


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables that an import writes."""
    return {table: sorted(rows(database, f"SELECT * FROM {table}"), key=repr) for table in TABLES}
