"""One project in full: facts, cases, stretches, days and events hold together with its document and the files."""

from __future__ import annotations

import copy
import datetime as dt
from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import pytest

from monitor.reading.project import ProjectView
from monitor.reading.viewer import EVERYONE
from rules.almanac import shipped as calendar_of
from rules.vocabulary import Status
from tests.monitor.canonical_files import rows as rows_of
from tests.monitor.looking import DAY, Json, World
from tests.monitor.sweeping import of_the_law
from tests.rules.oracle_case import office_date, read_status, without_voided

CALENDAR = calendar_of("33")
ENTRIES = ("accepted_on", "closed_on", "promised_due_on", "statutory_due_on")


@pytest.fixture(scope="module")
def views(world: World) -> dict[str, ProjectView]:
    """A third of the projects as of DAY, by code."""
    found = {code: world.reader.project(EVERYONE, code, DAY) for code in sorted(world.objects())[::3]}
    return {code: view for code, view in found.items() if view}


def records(frame: Any) -> list[Json]:
    """Rows with missing values as None."""
    return [{k: None if v != v else v for k, v in row.items()} for row in frame.to_dict("records")]


def test_the_standing_is_the_document(world: World, views: dict[str, ProjectView]) -> None:
    assert len(views) > 30
    for code, view in views.items():
        standing = copy.deepcopy(view.standing)
        assert of_the_law([standing]) == {code: world.objects()[code]}
        assert records(view.flags) == view.standing["flags"]


def test_the_facts_are_those_of_the_file(world: World, views: dict[str, ProjectView]) -> None:
    for code, view in views.items():
        told = world.projects[code]
        for name in ("name", "region", "kind", "industry", "applicant", "credit_code", "agent", "pack"):
            assert view.facts[name] == (told.get(name) or ""), (code, name)
        assert view.facts["coded_on"].isoformat() == told["coded_on"]
        assert view.facts["investment"] == (float(told["investment"]) if told["investment"] else None)
        assert (view.facts["ended_on"].isoformat() if view.facts["ended_on"] else "") == (told.get("ended_on") or "")
        assert (view.facts["end_reason"] or "") == (told.get("end_reason") or "")


def test_cases_are_those_of_the_document_with_their_dates(world: World, views: dict[str, ProjectView]) -> None:
    for code, view in views.items():
        cases = {row["case_id"]: row for row in records(view.cases)}
        assert cases.keys() == {c["case_id"] for c in view.standing["cases"]}
        for told in view.standing["cases"]:
            row, file = cases[told["case_id"]], world.cases[told["case_id"]]
            assert (row["state"], row["used"]) == (told["state"], told["used"])
            for clock in ("promised", "statutory"):
                got = {name: row[f"{clock}_{name}"] for name in ("used", "limit", "due_on", "light")}
                got["due_on"] = got["due_on"].isoformat() if got["due_on"] else None
                assert got == told[clock], (code, told["case_id"], clock)
            assert (row["department"], row["stage"]) == (file["department"], file["stage"])
            assert row["holder"] == (file.get("holder") or "agency")
            assert all(row[name] is None or isinstance(row[name], dt.date) for name in ENTRIES)
            assert (row["closed_on"] is None) == (told["state"] not in ("decided", "out", "unjudged"))
        firsts = [row["accepted_on"] or row["received_on"] or dt.date.max for row in records(view.cases)]
        assert firsts == sorted(firsts)


def test_stretches_add_up_to_the_days_of_each_case(views: dict[str, ProjectView]) -> None:
    seen = set()
    for view in views.values():
        used: dict[str, int] = defaultdict(int)
        last: dict[str, dt.date] = {}
        for row in records(view.stretches):
            assert row["since"] < row["until"] <= DAY
            assert last.get(row["case_id"], dt.date.min) <= row["since"]
            last[row["case_id"]] = row["until"]
            seen.add(row["state"])
            if row["state"] in ("running", "uncounted"):
                used[row["case_id"]] += CALENDAR.count(row["since"], row["until"])
        for case in view.standing["cases"]:
            assert used[case["case_id"]] == case["used"]
    assert seen == {"running", "uncounted", "correction", "procedure"}


def test_days_are_the_ledger_written_out(views: dict[str, ProjectView]) -> None:
    makeup = 0
    for code, view in views.items():
        days, ledger = records(view.days), dict(view.standing["ledger"])
        kinds = Counter(row["kind"] for row in days)
        span = ledger.pop("span")
        assert {kind: n for kind, n in kinds.items() if kind != "rest"} == {k: n for k, n in ledger.items() if n}, code
        assert sum(ledger.values()) == span
        for before, after in pairwise(days):
            assert after["day"] - before["day"] == dt.timedelta(1)
        shares: dict[str, float] = defaultdict(float)
        for row in days:
            works = CALENDAR.is_working_day(row["day"])
            assert (row["kind"] != "rest") == works
            assert row["makeup"] == (works and row["day"].weekday() >= 5)
            assert bool(row["held_by"]) == (row["kind"] == "counted")
            makeup += row["makeup"]
            for department in row["held_by"]:
                shares[department] += 1 / len(row["held_by"])
        told = {name: share["share"] for name, share in view.standing["shares"].items()}
        assert dict(shares) == pytest.approx(told, abs=1e-5), code
    assert makeup > 10


def test_every_event_is_there_voided_ones_and_supposed_ones_marked(world: World, views: dict[str, ProjectView]) -> None:
    _projects, _cases, events = world.log
    stands = {row["event_id"] for row in without_voided(events)}
    derived = voided = 0
    for code, view in views.items():
        told = [row for row in events if world.cases[row["case_id"]]["project_code"] == code]
        got = records(view.events)
        assert {row["event_id"] for row in got if not row["derived"]} == {row["event_id"] for row in told}
        by_id = {row["event_id"]: row for row in got}
        for row in told:
            mine, status = by_id[row["event_id"]], read_status(row["status"])
            assert (mine["case_id"], mine["status"]) == (row["case_id"], status.word)
            assert (mine["day"], mine["occurred_at"]) == (office_date(row["occurred_at"]), row["occurred_at"])
            for name in ("office", "handler", "reason", "basis", "voids"):
                assert (mine[name] or "") == (row.get(name) or ""), name
            assert (mine["entered_at"] or "") == (row.get("entered_at") or "")
            assert mine["voided"] == (row["event_id"] not in stands and status <= Status.EXTENDED), row
            assert (mine["source"], mine["known_from"].utcoffset()) == ("平台", dt.timedelta(0))
            voided += mine["voided"]
        marked = {row["case_id"] for row in got if row["derived"]}
        supposed = {f["case_id"] for f in view.standing["flags"] if f["flag"] == "supposed_acceptance"}
        assert supposed <= marked
        for case in marked - supposed:  # taken on with their stage
            assert world.cases[case]["clock_start"] == "unified"
            own = [row for row in told if row["case_id"] == case and row["event_id"] in stands]
            accepted = [office_date(row["occurred_at"]) for row in own if read_status(row["status"]) is Status.ACCEPTED]
            (by_law,) = [row["day"] for row in got if row["derived"] and row["case_id"] == case]
            assert all(by_law < day for day in accepted)  # it brings the acceptance forward, never back
        derived += len(marked)
        assert [row["day"] for row in got] == sorted(row["day"] for row in got)
    assert voided > 5
    assert derived


def test_a_past_day_and_a_past_moment(world: World) -> None:
    day, before = dt.date(2025, 3, 31), dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    for code in sorted(world.objects(day))[::9]:
        view = world.reader.project(EVERYONE, code, day)
        assert view is not None
        assert of_the_law([copy.deepcopy(view.standing)]) == {code: world.objects(day)[code]}
        assert world.reader.project(EVERYONE, code, day, known_at=before) is None
    assert world.reader.project(EVERYONE, "Q99", DAY) is None  # coded later
    assert world.reader.project(EVERYONE, "nobody", DAY) is None


def test_a_project_without_cases_and_one_without_acceptance(database: Any, tmp_path: Any) -> None:
    from tests.monitor.canonical_files import CASE, PROJECT
    from tests.monitor.sweeping import office

    here = office(database, tmp_path)
    told = [("E1", "received", "2026-03-03"), ("E2", "approved", "2026-03-09")]
    events = [{"event_id": e, "case_id": "C1", "status": s, "occurred_at": on} for e, s, on in told]
    here.take([PROJECT, PROJECT | {"project_code": "P2"}], [CASE], events)
    here.tick(dt.date(2026, 3, 31))
    view = here.reader().project(EVERYONE, "P2", dt.date(2026, 3, 31))
    assert view is not None
    assert [len(frame) for frame in (view.cases, view.stretches, view.events, view.flags)] == [0, 0, 0, 0]
    assert len(view.days) == 29
    assert {"case_id", "state"} <= set(view.stretches.columns)
    assert {"case_id", "state"} <= set(view.cases.columns)
    assert {"event_id", "status"} <= set(view.events.columns)
    view = here.reader().project(EVERYONE, "P1", dt.date(2026, 3, 31))
    assert view is not None
    derived = [row for row in records(view.events) if row["derived"]]
    assert [(row["status"], row["day"], row["event_id"]) for row in derived] == [("accepted", dt.date(2026, 3, 3), "")]
    assert rows_of(database, "SELECT base, accepted_on FROM case_standing") == [(4, 20515)]
