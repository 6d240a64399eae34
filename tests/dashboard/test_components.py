"""Sums on a project's page hold: strip, composition and figures say the same days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from dashboard.components import records
from dashboard.components.composition import segments, sums
from dashboard.components.limits import budget, limit_bar
from dashboard.components.strip import strip
from dashboard.phrases import NOTHING
from monitor.oddities import facts, saw, why
from rules.almanac import calendar
from rules.vocabulary import Light
from tests.dashboard.conftest import said
from tests.dashboard.fake_project import CODED, RICH, view_of
from tests.dashboard.fake_reader import TODAY


def view(as_of: dt.date = TODAY) -> Any:
    found = view_of(as_of, calendar("CN"))
    assert found is not None
    assert found.standing["project_code"] == RICH
    return found


@pytest.mark.parametrize("as_of", [dt.date(2026, 4, 1), dt.date(2026, 7, 8), TODAY])
def test_the_strip_sums_to_the_ledger(as_of: dt.date) -> None:
    found = view(as_of)
    ledger = found.standing["ledger"]
    assert sums(found.days) == {kind: n for kind, n in ledger.items() if kind != "span" and n}
    assert sum(sums(found.days).values()) == ledger["span"]
    assert sum(
        n for kind, _word, n in segments(found.standing["shares"], ledger) if kind == "counted"
    ) == pytest.approx(ledger["counted"])


def test_every_natural_day_is_one_cell() -> None:
    found = view()
    assert len(found.days) == (TODAY - CODED).days
    cells = [cell for cell in flat(strip(found.days)) if str(cell.get("title", "")).startswith("2026年")]
    assert len(cells) == len(found.days)
    makeup = [cell for cell in cells if "makeup" in cell["className"]]
    assert {cell["title"].split(" · ")[0] for cell in makeup} == {
        "2026年5月9日（周六）", "2026年9月20日（周日）", "2026年10月10日（周六）",
    }  # fmt: skip


def flat(part: Any) -> list[dict[str, Any]]:
    """The properties of all components under one."""
    if hasattr(part, "to_plotly_json"):
        part = part.to_plotly_json()
    if isinstance(part, list | tuple):
        return [found for one in part for found in flat(one)]
    if isinstance(part, dict):
        props = part.get("props", {})
        return [props, *flat(props.get("children")), *flat(props.get("tree"))]
    return []


def test_the_bar_says_its_limits_in_words() -> None:
    for unit, word in (("working_day", "个工作日"), ("natural_day", "个自然日")):
        text = said(flat(limit_bar(57, Light.YELLOW, 55, 80, unit)))
        assert f"已用 57 {word}；超过 55 亮黄灯，超过 80 亮红灯" in text
        assert f"50 {word}" in said(flat(budget("acceptance", {"light": "green", "used": 9, "budget": 50}, unit)))
        assert f"计时（{word[1:]}）" in str(records.cases(pd.DataFrame(), unit))


def test_the_bar_never_leaves_its_track() -> None:
    for used in (0, 55, 80, 377):
        bar = flat(limit_bar(used, Light.RED, 55, 80, "working_day"))
        widths = [p["style"]["width"] for p in bar if "width" in p.get("style", {})]
        assert all(float(width.rstrip("%")) <= 100 for width in widths)


def test_a_flag_says_what_it_saw_why_it_matters_and_who_recorded_it() -> None:
    cases = pd.DataFrame([{"case_id": "C1", "department": "资规局"}, {"case_id": "C2", "department": "住建局"}])
    events = pd.DataFrame(
        [
            {"event_id": "E1", "case_id": "C1", "office": "审批科", "handler": "王某"},
            {"event_id": "E2", "case_id": "C2", "office": "", "handler": None},
            {"event_id": "", "case_id": "C2", "office": "", "handler": ""},  # one that the law derived
        ]
    )
    seen = {"on": "2026-03-02", "until": "2026-03-10", "number": 6, "unit": "working_day"}
    rows = [
        ("late_entry", "C1", "E1", seen),
        ("late_entry", "C2", "E2", {}),
        ("reopened", "C1", None, {}),
        ("new", "C9", None, {}),
    ]
    frame = pd.DataFrame(rows, columns=["flag", "case_id", "event_id", "seen"])
    found = records.flags(frame, {"C1": "方案", "C2": "施工"}, records.recorders(cases, events))
    late, again, strange = map(str, found.children)
    assert all(word in late for word in (saw("late_entry"), why("late_entry"), "审批科 王某", "住建局", "×2"))
    assert all(
        word in late for word in (f"方案 · {facts('late_entry', seen)}", "2026-03-02", "2026-03-10", "6", "施工")
    )
    assert "资规局" not in late  # the office that made the record is nearer than the department of the case
    assert all(word in again for word in (saw("reopened"), why("reopened"), "资规局"))
    assert "C9" in strange and NOTHING in strange
