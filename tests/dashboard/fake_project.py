"""One made-up project in full: its page must be able to show everything that a real one can have.

Days, shares and ledger are counted here day by day from the stretches below, on the calendar that is given.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pandas as pd

from rules.packfile import shipped
from rules.workdays import WorkCalendar

RICH = "2603-330106-04-01-123454"
CODED = dt.date(2026, 3, 2)
YELLOW, RED = 55, 80

PLANNING, HOUSING = "西湖区自然资源和规划局", "西湖区住房和城乡建设局"
ECOLOGY, DRAWINGS, SURVEY = "西湖区生态环境局", "某某图审中心", "某某测绘公司"


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


# case, item, stage, department, holder, promised, statutory, [(since, until, state)], open
CASES: list[tuple[Any, ...]] = [
    ("A01-1", "企业投资项目备案（赋码）", "initiation", "西湖区发展改革局", "agency", 0, 0, [], False),
    (
        "A05-1",
        "建设项目用地预审与选址意见书",
        "initiation",
        PLANNING,
        "agency",
        8,
        20,
        [("03-04", "03-11", "running"), ("03-11", "03-20", "correction"), ("03-20", "03-26", "running")],
        False,
    ),
    ("B02-1", "建设用地规划许可证核发", "planning", PLANNING, "agency", 5, 20, [("04-08", "04-15", "running")], False),
    (
        "B03-1",
        "建设工程规划许可证核发",
        "planning",
        PLANNING,
        "agency",
        10,
        20,
        [("05-06", "05-13", "running"), ("05-13", "05-22", "procedure"), ("05-22", "06-02", "running")],
        False,
    ),
    (
        "E01-1",
        "建设项目环境影响报告表审批",
        "parallel",
        ECOLOGY,
        "agency",
        10,
        30,
        [("05-11", "05-25", "running")],
        False,
    ),
    (
        "C02-1",
        "施工图设计文件审查",
        "construction",
        DRAWINGS,
        "entrusted_intermediary",
        10,
        None,
        [("06-08", "06-24", "running")],
        False,
    ),
    (
        "C05-1",
        "建设工程规划放线测量",
        "construction",
        SURVEY,
        "owner_intermediary",
        None,
        None,
        [("06-26", "07-06", "uncounted")],
        False,
    ),
    (
        "C09-1",
        "建筑工程施工许可证核发",
        "construction",
        HOUSING,
        "agency",
        3,
        7,
        [("07-06", "07-10", "running")],
        False,
    ),
    (
        "D02-1",
        "建设工程消防验收",
        "acceptance",
        HOUSING,
        "agency",
        10,
        15,
        [("10-12", "10-26", "running"), ("10-26", "11-06", "owner_works")],
        True,
    ),
    ("D06-1", "联合验收意见", "acceptance", HOUSING, "agency", 12, 20, [("11-12", "11-21", "running")], True),
]
DRAWN = {"owner_works": "procedure"}  # a stretch of owner's works is a procedure in the words of the reader


def _stretches(as_of: dt.date) -> list[tuple[str, dt.date, dt.date, str]]:
    found = []
    for case in CASES:
        for n, (since, until, state) in enumerate(case[7]):
            start, end = _day(since), _day(until)
            if case[8] and n == len(case[7]) - 1:
                end = as_of
            if start < as_of:
                found.append((case[0], start, min(end, as_of), state))
    return found


def _limit(kind: str, limit: int | None, used: int, due: dt.date | None, closed: bool) -> dict[str, Any]:
    light = "none" if limit is None else "red" if used > limit else "green"
    if light == "green" and limit is not None and not closed and limit - used <= 2:
        light = "yellow"
    return {
        f"{kind}_limit": limit,
        f"{kind}_unit": "working_day",
        f"{kind}_due_on": due,
        f"{kind}_light": light,
        f"{kind}_used": used if limit is not None else None,
    }


def _cases(as_of: dt.date, works: WorkCalendar) -> pd.DataFrame:
    rows = []
    for code, item, stage, department, holder, promised, statutory, stretches, open_ in CASES:
        accepted = _day(stretches[0][0]) if stretches else CODED
        if accepted > as_of:
            continue
        mine = [s for s in _stretches(as_of) if s[0] == code]
        running = sum(works.count(a, b) for _c, a, b, state in mine if state in ("running", "uncounted"))
        last = mine[-1] if mine else (code, accepted, accepted, "running")
        closed = not open_ and last[2] < as_of
        state = "decided" if closed else {"owner_works": "procedure", "uncounted": "running"}.get(last[3], last[3])
        paused = sum(works.count(a, b) for _c, a, b, s in mine if s in ("correction", "procedure", "owner_works"))
        rows.append(
            {
                "case_id": code,
                "item_code": code[:3],
                "item_name": item,
                "stage": stage,
                "department": department,
                "holder": holder,
                "state": state,
                "accepted_on": accepted,
                "closed_on": last[2] if closed else None,
                "used": 0 if holder == "owner_intermediary" else running,
            }
            | _limit(
                "promised", promised, running, works.add(accepted, promised + paused) if promised else None, closed
            )
            | _limit(
                "statutory", statutory, running, works.add(accepted, statutory + paused) if statutory else None, closed
            )
        )
    return pd.DataFrame(rows)


def _days(as_of: dt.date, works: WorkCalendar) -> pd.DataFrame:
    holders = {case[0]: (case[3], case[4]) for case in CASES}
    stretches, rows, day = _stretches(as_of), [], CODED + dt.timedelta(1)
    while day <= as_of:
        on = [(code, state) for code, since, until, state in stretches if since < day <= until]
        held = sorted({holders[code][0] for code, state in on if state == "running"})
        states = {state for _code, state in on}
        kind = (
            "counted"
            if held
            else next((k for k in ("procedure", "correction", "owner_works", "uncounted") if k in states), "nobody")
        )
        working = works.count(day - dt.timedelta(1), day) == 1
        rows.append(
            {
                "day": day,
                "kind": kind if working else "rest",
                "makeup": working and day.weekday() >= 5,
                "held_by": "、".join(held) if held and working else None,
            }
        )
        day += dt.timedelta(1)
    return pd.DataFrame(rows, columns=["day", "kind", "makeup", "held_by"])


def _shares(days: pd.DataFrame) -> dict[str, dict[str, float]]:
    found: dict[str, list[Fraction]] = {}
    for held in days.loc[days["kind"] == "counted", "held_by"]:
        names = held.split("、")
        for name in names:
            both = found.setdefault(name, [Fraction(0), Fraction(0)])
            both[0] += Fraction(1, len(names))
            both[1] += len(names) == 1
    return {name: {"share": float(share), "sole": float(sole)} for name, (share, sole) in found.items()}


def _standing(as_of: dt.date, works: WorkCalendar, days: pd.DataFrame, cases: pd.DataFrame) -> dict[str, Any]:
    counted = [row.day for row in days.itertuples() if row.kind == "counted"]
    kinds = days.loc[days["kind"] != "rest", "kind"].value_counts()
    ledger = {"span": int(kinds.sum())} | {
        kind: int(kinds.get(kind, 0))
        for kind in ("counted", "procedure", "correction", "owner_works", "uncounted", "nobody")
    }
    used, late = len(counted), _day("10-12")
    before = sum(day <= late for day in counted)
    running = [c for c in cases.to_dict("records") if c["state"] == "running" and c["holder"] != "owner_intermediary"]
    light = "red" if used > RED else "yellow" if used > YELLOW else "green"
    return {
        "project_code": RICH,
        "pack": "zhejiang-80",
        "calendar": {"region": "CN", "version": works.version, "known_until": "2026-12-24"},
        "phase": "running" if running else "stopped" if any(cases["state"] == "procedure") else "waiting_owner",
        "stage": cases["stage"].iloc[-1],
        "light": light,
        "judged": True,
        "used": used,
        "held_days": used,
        "running": bool(running),
        "stages": {},
        "groups": {
            "pre_construction": {"used": before, "budget": 50, "light": "green", "yellow_on": None, "red_on": None},
            "acceptance": {"used": used - before, "budget": 30, "light": "green", "yellow_on": None, "red_on": None},
        },
        "held_by": [
            {"department": c["department"], "case_id": c["case_id"], "since": c["accepted_on"].isoformat()}
            for c in running
        ],
        "yellow_on": (counted[YELLOW] if used > YELLOW else works.add(as_of, YELLOW + 1 - used)).isoformat(),
        "red_on": works.add(as_of, RED + 1 - used).isoformat(),
        "next_change": works.add(as_of, 3).isoformat(),
        "provisional": ["red_on"],
        "turns": [{"on": counted[YELLOW].isoformat(), "light": "yellow"}] if used > YELLOW else [],
        "shares": _shares(days),
        "ledger": ledger,
        "flags": [],
        "cases": [],
    }


EVENTS = [
    ("A01-1", "approved", "03-02", "", False, False),
    ("A05-1", "received", "03-03", "", False, False),
    ("A05-1", "accepted", "03-04", "", False, False),
    ("A05-1", "correction_started", "03-11", "", False, False),
    ("A05-1", "correction_ended", "03-20", "", False, False),
    ("A05-1", "approved", "03-25", "", True, False),
    ("A05-1", "voided", "03-25", "", False, False),
    ("A05-1", "approved", "03-26", "", False, False),
    ("B02-1", "accepted", "04-08", "", False, True),
    ("B02-1", "approved", "04-15", "", False, False),
    ("B03-1", "procedure_started", "05-13", "expert_review", False, False),
    ("B03-1", "procedure_ended", "05-22", "expert_review", False, False),
    ("D02-1", "procedure_started", "10-26", "owner_works", False, False),
    ("D06-1", "accepted", "11-12", "", False, False),
]


def _events(as_of: dt.date) -> pd.DataFrame:
    items = {case[0]: case[1] for case in CASES}
    return pd.DataFrame(
        [
            {
                "event_id": f"E{n:03}",
                "case_id": case,
                "item_name": items[case],
                "status": status,
                "occurred_at": f"2026-{day}T09:30:00+08:00",
                "entered_at": f"2026-{day}T10:05:00+08:00",
                "procedure": procedure or None,
                "office": "窗口",
                "handler": "王芳",
                "reason": "材料不齐" if "corr" in status else "",
                "basis": "行政许可法45" if procedure == "expert_review" else "",
                "voids": None,
                "voided": voided,
                "derived": derived,
                "source": "投资在线平台",
                "known_from": dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
            }
            for n, (case, status, day, procedure, voided, derived) in enumerate(EVENTS)
            if _day(day) <= as_of
        ]
    )


def view_of(as_of: dt.date, works: WorkCalendar) -> SimpleNamespace | None:
    """The rich project as of a day; None before it was coded."""
    if as_of < CODED:
        return None
    days, cases = _days(as_of, works), _cases(as_of, works)
    stretches = pd.DataFrame(
        [(c, a, b, DRAWN.get(state, state)) for c, a, b, state in _stretches(as_of)],
        columns=["case_id", "since", "until", "state"],
    )
    facts = {
        "name": "某某新材料年产10万吨项目",
        "region": "330106",
        "kind": "filing",
        "industry": "",
        "applicant": "某某新材料有限公司",
        "agent": "张敏",
        "coded_on": CODED,
        "investment": 35600.0,
        "pack": "zhejiang-80",
    }
    flags = pd.DataFrame(
        [
            ("correction_stops", "A05-1", None, {}),
            ("supposed_acceptance", "B02-1", None, {"on": "2026-04-13"}),
            ("pause_without_basis", "D02-1", "E012", {"on": "2026-10-12", "kind": "expert_review"}),
        ],
        columns=["flag", "case_id", "event_id", "seen"],
    )
    return SimpleNamespace(
        facts=facts,
        standing=_standing(as_of, works, days, cases),
        pack=shipped()["zhejiang-80"],
        cases=cases,
        stretches=stretches,
        days=days,
        events=_events(as_of),
        flags=flags,
    )


def standing_of(row: dict[str, Any], as_of: dt.date) -> SimpleNamespace:
    """A project of the list of which nothing but its standing is known: its page must stand all the same."""
    standing = {
        "project_code": row["project_code"],
        "pack": "zhejiang-80",
        "phase": "not_started",
        "stage": None,
        "light": row["light"],
        "judged": row["light"] != "grey",
        "used": row["used"],
        "held_days": row["used"],
        "running": False,
        "stages": {},
        "groups": {},
        "held_by": [],
        "yellow_on": row["yellow_on"],
        "red_on": row["red_on"],
        "next_change": None,
        "provisional": [],
        "turns": [],
        "shares": {},
        "ledger": {"span": 0},
        "flags": [],
        "cases": [],
    }
    frames = {
        "cases": ["case_id", "item_name", "state", "closed_on"],
        "stretches": ["case_id", "since", "until", "state"],
        "days": ["day", "kind", "makeup", "held_by"],
        "events": ["event_id"],
        "flags": ["flag", "case_id", "event_id", "seen"],
    }
    empty = {name: pd.DataFrame(columns=columns) for name, columns in frames.items()}
    return SimpleNamespace(
        facts={key: row.get(key) for key in ("name", "region", "kind", "coded_on")},
        standing=standing,
        pack=shipped()["zhejiang-80"],
        **empty,
    )
