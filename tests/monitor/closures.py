"""Notices and running projects as tests of them say it; all made up, but for the two shipped revisions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from monitor.verbs.notices import Landed, land
from rules.almanac import almanac, shipped_notices
from rules.notice import Notice
from rules.portfolio import Rules
from rules.vocabulary import Light
from rules.workdays import day_of
from tests.monitor.canonical_files import rows
from tests.monitor.sweeping import RULES, Office

FILE = Path("notice.toml")
DAY = dt.date(2025, 3, 31)
ORIGINAL = {n.document: n for n in shipped_notices()}
LABOUR_DAY, SPRING_FESTIVAL = ORIGINAL["国办发明电〔2019〕3号"], ORIGINAL["国办发明电〔2020〕1号"]


def before(notice: Notice) -> Rules:
    """The rules of the day before a shipped notice was published."""
    made = almanac(tuple(n for n in shipped_notices() if n.published < notice.published))
    return replace(RULES, base=made.notices, calendar=made.calendar, area=made.area)


def days(text: str) -> frozenset[dt.date]:
    return frozenset(dt.date.fromisoformat(day) for day in text.split())


def closure(region: str, rest: str, document: str = "某市〔2025〕1号", **told: Any) -> Notice:
    """Days on which a region is closed."""
    plain = {"year": 2025, "source": "虚构", "published": dt.date(2025, 1, 2), "work": frozenset()}
    plain["known_from"] = dt.date(2026, 11, 20)
    return Notice(region=region, document=document, rest=days(rest), **plain | told)


def national(rest: str, work: str, **told: Any) -> Notice:
    """A national notice; it amends 2025."""
    return closure("", rest, "国办〔2025〕虚构1号", work=days(work), amends=True, **told)


def landed(here: Office, notice: Notice) -> Landed:
    return land(here.database, here.rules, notice, FILE, here.clock)


def project(code: str, coded_on: str = "2025-01-02", region: str = "330106") -> dict[str, str]:
    row = {"project_code": code, "coded_on": coded_on, "kind": "filing", "region": region}
    return row | {"pack": "zhejiang-80"}


def case(code: str, promised: str = "") -> dict[str, str]:
    row = {"case_id": f"{code}-C", "project_code": code, "stage": "planning", "department": "局"}
    return row | {"promised_days": promised}


def accepted(code: str, day: str) -> dict[str, str]:
    return {"event_id": f"{code}-E", "case_id": f"{code}-C", "status": "accepted", "occurred_at": day}


def running(here: Office, *codes: str, since: str, promised: str = "", regions: dict[str, str] | None = None) -> None:
    """Takes in projects that have been running from one acceptance on."""
    regions = regions or {}
    projects = [project(code, since, regions.get(code, "330106")) for code in codes]
    here.take(projects, [case(code, promised) for code in codes], [accepted(code, since) for code in codes])


def turns(here: Office) -> list[tuple[Any, ...]]:
    """Code, day, light, why, and whether it is known still, of the turns of projects."""
    sql = """SELECT p.code, t."on", t.to_light, t.why, t.known_to IS NULL
        FROM turn t JOIN project p ON p.id = t.project_id WHERE t.scope = 'project'"""
    found = rows(here.database, sql)
    return sorted((c, day_of(on), Light(light).word, why, bool(known)) for c, on, light, why, known in found)
