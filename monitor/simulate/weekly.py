"""The files of a made-up province as two deliveries: what had been typed in by a day, and what was since."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from monitor.simulate.files import CASES, EVENTS, PROJECTS, write_table

HEADERS = {"projects": PROJECTS, "cases": CASES, "events": EVENTS}
Row = dict[str, str]


@dataclass(frozen=True)
class Deliveries:
    """Files of each; the later ones have again the projects and cases that their events belong to."""

    earlier: list[Path]
    later: list[Path]


def deliveries(folder: Path, until: dt.date) -> Deliveries:
    """Writes ``folder``/earlier, all that was typed in up to a day, and ``folder``/later, all that was typed in since.

    Of an event that does not tell when it was typed in, the day it happened counts.
    """
    projects, cases, events = (_read(folder / f"{table}.csv") for table in HEADERS)
    last = until.isoformat()
    coded = {row["project_code"] for row in projects if row["coded_on"] <= last}
    of_case = {row["case_id"]: row["project_code"] for row in cases}

    def known(event: Row) -> bool:
        happened, typed = event["occurred_at"][:10], event["entered_at"][:10]
        return max(happened, typed) <= last and of_case[event["case_id"]] in coded

    told = [row for row in events if known(row)]
    new = [row for row in events if not known(row)]
    begun, moved = {row["case_id"] for row in told}, {row["case_id"] for row in new}
    new_cases = [row for row in cases if row["case_id"] in moved or row["case_id"] not in begun]
    touched = {row["project_code"] for row in new_cases}
    touched |= {row["project_code"] for row in projects if max(row["coded_on"], row["ended_on"]) > last}
    return Deliveries(
        _written(
            folder / "earlier",
            projects=[_as_of(row, last) for row in projects if row["project_code"] in coded],
            cases=[row for row in cases if row["case_id"] in begun],
            events=told,
        ),
        _written(
            folder / "later",
            projects=[row for row in projects if row["project_code"] in touched],
            cases=new_cases,
            events=new,
        ),
    )


def _as_of(project: Row, last: str) -> Row:
    """A project as it stood: not ended yet."""
    return project | {"ended_on": "", "end_reason": ""} if project["ended_on"] > last else project


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _written(folder: Path, **tables: list[Row]) -> list[Path]:
    folder.mkdir()
    for table, rows in tables.items():
        write_table(folder / f"{table}.csv", HEADERS[table], (row.values() for row in rows))
    return [folder / f"{table}.csv" for table in tables]
