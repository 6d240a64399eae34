"""A made-up province for the public look-up: one project that may be asked for, and others that look like it.

Whatever is personal, internal or secret bears a text that stands nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event

from monitor.database import Database
from monitor.intake import SecretList, read_secret_list
from monitor.reading.look_up import Told
from monitor.reading.viewer import EVERYONE
from monitor.slips import read_query_code
from monitor.verbs.look_up import LookUp, NothingToTell, TooMany
from monitor.verbs.purge import purge
from monitor.verbs.slips import make_slip
from rules.portfolio import Rules
from tests.monitor.canonical_files import MOMENT, take, write

DAY = dt.date(2026, 11, 20)
REPORTED = dt.date(2026, 11, 10)
HOME, AWAY = "10.1.0.7", "203.0.113.9"
RULES = Rules.shipped()

OPEN, LISTED, MARKED, PURGED, LATER, MET = (f"2603-330106-04-01-1000{n}" for n in (13, 24, 35, 46, 57, 79))
UNKNOWN = "2603-330106-04-01-100068"
ONLY_WITH_CODE = "只凭查询码可见的厂房"
PERSONAL = ("申请人甲", "91350100M000100Y43", "代办员乙", "98765", "经办人丙", "批准人丁")
INTERNAL = ("窗口戊", "理由己", "依据庚", "补正辛", "SRC-CASE", "SRC-EVENT", "平台壬")
SECRET = ("机密子", "机密丑", "机密寅", "将来卯", "机密辰")

_PROJECT = {"kind": "filing", "region": "330106", "coded_on": "2026-03-02", "applicant": "申请人甲"}
_PROJECT |= {"credit_code": "91350100M000100Y43", "agent": "代办员乙", "investment": "98765"}
_CASE = {"department": "自然资源局", "stage": "planning"}
_WROTE = {"office": "窗口戊", "handler": "经办人丙", "approver": "批准人丁", "reason": "理由己", "basis": "依据庚"}


def _event(case: str, n: int, status: str, day: str, **more: str) -> dict[str, str]:
    told = {"event_id": f"SRC-EVENT-{case}-{n}", "case_id": f"SRC-CASE-{case}", "status": status, "occurred_at": day}
    return told | _WROTE | more


def _case(name: str, code: str = OPEN, **more: str) -> dict[str, str]:
    return {"case_id": f"SRC-CASE-{name}", "project_code": code} | _CASE | more


PROJECTS = [
    _PROJECT | {"project_code": code, "name": name, "coded_on": day}
    for code, name, day in (
        (OPEN, ONLY_WITH_CODE, "2026-03-02"),
        (LISTED, "机密子", "2026-03-02"),
        (PURGED, "机密寅", "2026-03-02"),
        (LATER, "将来卯", "2026-12-15"),
        (MET, "机密辰", "2026-03-02"),
    )
]
CASES = [
    _case("filed", item_code="A01", stage="initiation", department="发改局"),
    _case("late", item_code="B02", promised_days="5", statutory_days="60"),
    _case("unexplained", item_code="B04", promised_days="3", statutory_days="20"),
    _case("corrected", item_code="C09", stage="construction", department="住建局", promised_days="7"),
    _case("waiting", item_name="当地事项", stage="acceptance", department="住建局"),
    *(_case(name, code, item_code="B02") for name, code in (("l", LISTED), ("p", PURGED), ("f", LATER), ("m", MET))),
]
EVENTS = [
    _event("filed", 1, "accepted", "2026-03-03"),
    _event("filed", 2, "approved", "2026-03-03"),
    _event("late", 1, "accepted", "2026-11-02"),
    _event("late", 2, "procedure_started", "2026-11-03", procedure="public_notice"),
    _event("late", 3, "extended", "2026-11-04", days="1"),
    _event("unexplained", 1, "accepted", "2026-11-02"),
    _event("unexplained", 2, "approved", "2026-11-09"),
    _event("corrected", 1, "accepted", "2026-11-12"),
    _event("corrected", 2, "correction_started", "2026-11-13", reason="补正辛"),
    *(_event(name, 1, "accepted", "2026-03-04") for name in "lpm"),
]


def province(database: Database, folder: Path) -> Path:
    """Takes it in; gives the file of secret projects, on which the listed one stands."""
    take(database, write(folder / "in", PROJECTS, CASES, EVENTS), source="平台壬", reported_until=REPORTED)
    listed = folder / "purged.txt"
    listed.write_text(f"{PURGED}\n", "utf-8")
    purge(database, read_secret_list(listed), by="made up", clock=lambda: MOMENT)
    # One that never came in, and one that is here, remembered as secret, and not purged yet.
    marked = [_PROJECT | {"project_code": code, "name": "机密丑", "kind": "涉密"} for code in (MARKED, MET)]
    take(database, write(folder / "marked", marked), source="平台壬", partial=True)
    listed = folder / "secret.txt"
    listed.write_text(f"{LISTED}\n", "utf-8")
    return listed


def look_up(database: Database, listed: Path | None = None) -> LookUp:
    """What a door asks."""
    return LookUp(database, RULES, listed, b"made up")


def slip_of(database: Database, code: str = OPEN) -> str:
    """A new query code of a project, as it is told."""
    return make_slip(database, EVERYONE, SecretList(), code, now=MOMENT).query_code


def ask(
    asking: LookUp, code: str = OPEN, typed: str | None = None, *, address: str = HOME, now: dt.datetime = MOMENT
) -> Told | dt.datetime | None:
    """The answer; None: nothing is told; a moment: too many, from when on it may be asked again."""
    query_code = read_query_code(typed) if typed is not None else None
    try:
        return asking.ask(code, query_code, address=address, as_of=DAY, now=now)
    except NothingToTell:
        return None
    except TooMany as error:
        return error.again_at


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is said to the database within the block."""
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)
