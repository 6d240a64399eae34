"""An office with a log that was swept, and the same log as plain rows and objects to compare its readings with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from monitor.database import Database
from monitor.reading.reader import Reader
from monitor.verbs.assess import standing_documents
from rules.almanac import shipped as calendar_of
from rules.portfolio import parts
from tests.monitor.sweeping import RULES, Log, Office, office
from tests.rules.columns import log_of
from tests.rules.generate import awkward_log
from tests.rules.oracle_case import office_date

DAY = dt.date(2026, 11, 20)  # of the last sweep
REPORTED = dt.date(2026, 11, 6)  # until this day the source has told everything
WEEKS = [DAY - dt.timedelta(21 * n) for n in range(60)]
Json = dict[str, Any]


@dataclass
class World:
    """What was swept as of DAY. ``projects`` and ``cases`` are rows of the files by code and id."""

    here: Office
    log: Log
    projects: dict[str, dict[str, str]]
    cases: dict[str, dict[str, str]]

    @property
    def reader(self) -> Reader:
        """The reading rooms."""
        return self.here.reader()

    def objects(self, day: dt.date = DAY) -> dict[str, Json]:
        """The objects of `assess` as of a day by project code: from the rows, not from the database."""
        return judged_world(day)

    def region(self, code: str) -> str:
        """The area code of a project."""
        return self.projects[code].get("region") or ""


def judged(log: Log, day: dt.date) -> dict[str, Json]:
    """What the law says of plain rows."""
    columns, traits = log_of(*log)
    return {one["project_code"]: one for one in standing_documents(parts(columns, traits, RULES), day)}


@cache
def judged_world(day: dt.date) -> dict[str, Json]:
    """What the law says of the world's log."""
    return judged(plain_log(), day)


@cache
def plain_log() -> Log:
    """An awkward log whose past stands still, and forty projects that have been running from one acceptance on.

    Nothing happens after DAY, no acceptance is supposed, and nothing happens to what was finished. Projects coded
    later, outside of the scope, or that cannot be judged are in it.
    """
    log = awkward_log(19, 150)
    project_of = {row["case_id"]: row["project_code"] for row in log[1]}
    out = {project_of[row["case_id"]] for row in log[2] if office_date(row["occurred_at"]) > DAY}
    now = judged(log, DAY)
    out |= {code for code, one in now.items() if any(f["flag"] == "supposed_acceptance" for f in one["flags"])}
    for day in WEEKS:
        objects = judged(log, day)
        ended = objects.keys() - unfinished(objects).keys()
        out |= {code for code in ended if objects[code]["ledger"]["span"] != now[code]["ledger"]["span"]}
    projects, cases, events = plain_ones(DAY)
    projects += [row for row in log[0] if row["project_code"] not in out]
    cases += [row for row in log[1] if row["project_code"] not in out]
    events += [row for row in log[2] if project_of[row["case_id"]] not in out]
    for n, row in enumerate(sorted(projects, key=lambda row: row["project_code"])):
        row["name"] = f"{row.get('name') or '项目'}{n % 7}%"
        row |= {"applicant": f"某某公司{n % 5}", "agent": "甲乙丙丁"[n % 4]}
        row["investment"] = f"{n % 9}.5" if n % 3 else ""
    return projects, cases, events


def plain_ones(day: dt.date) -> Log:
    """Projects that were each accepted once, up to 117 working days before ``day``, and have been running since."""
    cases, events = [], []
    projects = [{"project_code": "Q99", "coded_on": "2026-12-15", "kind": "filing", "region": "33"}]
    for n in range(40):
        code, accepted = f"Q{n:02d}", calendar_of("33").add(day, -3 * n)
        region = "330106" if n % 3 else "33"
        projects.append({"project_code": code, "coded_on": "2024-01-02", "kind": "filing", "region": region})
        case = {"case_id": code, "project_code": code, "stage": "planning", "department": "住建", "item_code": "B02"}
        cases.append(case)
        events.append({"event_id": code, "case_id": code, "status": "accepted", "occurred_at": accepted.isoformat()})
    return projects, cases, events


def made(url: str, folder: Path) -> World:
    """The world in a migrated, empty database."""
    return made_of(plain_log(), url, folder)


def made_of(log: Log, url: str, folder: Path) -> World:
    """The world of a log."""
    database = Database(url)
    here = office(database, folder)
    here.take(*log, reported_until=REPORTED, source="平台")
    here.tick(dt.date(2025, 3, 31))
    here.tick(DAY)
    projects, cases, _events = log
    return World(
        here,
        log,
        {row["project_code"]: row for row in projects},
        {row["case_id"]: row for row in cases},
    )


FINISHED = ("finished", "dropped")


def unfinished(objects: dict[str, Json]) -> dict[str, Json]:
    """Those that are neither finished nor dropped."""
    return {code: one for code, one in objects.items() if one["phase"] not in FINISHED}
