"""Logs whose rows need one another: what lies before, first and last of a case, stretches on open cases; XES; and two
real logs and one awkward file against their answer keys."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from monitor.intake import Canonical, FileRefused, read_canonical
from monitor.intake.profiles import problems, read, shipped
from monitor.verbs.assess import standing_documents
from monitor.verbs.logbook import logbook
from rules.portfolio import Rules, parts
from rules.vocabulary import Stage, Status
from rules.workdays import day_of
from tests.monitor.canonical_files import ZONE

PROFILES = Path(__file__).parent / "profiles"
BEFORE = """id = "before"
title = "虚构"
[projects]
project_code = "p"
coded_on = { column = "start", take = "first" }
[cases]
case_id = "c"
stage = { value = "planning" }
department = { column = "who", take = "most", of = "case" }
[[events]]
name = "in"
status = "accepted"
occurred_at = { column = "day", previous = true, first = "start" }
[[events]]
name = "out"
status = "approved"
occurred_at = "day"
"""


def days(found: Canonical) -> list[tuple[str, str, str]]:
    """Case, status and day of each event, sorted."""
    events = found.events
    return sorted(
        (case, Status(status).word, day_of(day).isoformat())
        for case, status, day in zip(events.case_id, events.status, events.day, strict=True)
    )


def test_a_case_begins_where_the_row_before_it_was(tmp_path: Path) -> None:
    """Rows of two projects mixed and out of order; C4 begins after it ends, so it was never accepted."""
    (tmp_path / "before.toml").write_text(BEFORE, "utf-8")
    table = (
        "p,start,c,who,day\nP1,2025-03-01,C2,A,2025-03-09\nP2,2025-05-05,C4,B,2025-05-01\n"
        "P1,2025-03-01,C1,A,2025-03-04\nP1,2025-03-01,C3,B,2025-03-09\n"
    )
    (tmp_path / "in.csv").write_text(table, "utf-8")
    found = read_canonical([tmp_path / "in.csv"], ZONE, profile=read(tmp_path / "before.toml"))
    assert not found.refusals
    assert days(found) == [
        *(("C1", "accepted", "2025-03-01"), ("C1", "approved", "2025-03-04")),
        *(("C2", "accepted", "2025-03-04"), ("C2", "approved", "2025-03-09")),
        *(("C3", "accepted", "2025-03-09"), ("C3", "approved", "2025-03-09")),
        ("C4", "approved", "2025-05-01"),
    ]


def test_a_row_without_a_day_is_refused_by_its_own_row_even_among_others(tmp_path: Path) -> None:
    (tmp_path / "before.toml").write_text(BEFORE, "utf-8")
    (tmp_path / "in.csv").write_text("p,start,c,who,day\nP2,2025-05-05,C1,B,2025-05-06\nP1,2025-03-01,C2,A,never\n")
    found = read_canonical([tmp_path / "in.csv"], ZONE, profile=read(tmp_path / "before.toml"))
    assert {(r.row, r.column, r.value, r.code) for r in found.refusals} == {(3, "day", "never", "told_date")}


def test_the_most_frequent_and_of_equals_the_first_by_letters(tmp_path: Path) -> None:
    (tmp_path / "before.toml").write_text(BEFORE, "utf-8")
    rows = [("C1", "B"), ("C1", "A"), ("C2", "B"), ("C2", "A"), ("C2", "B"), ("C3", "")]
    text = "p,start,c,who,day\n" + "".join(f"P1,2025-03-01,{c},{who},2025-03-04\n" for c, who in rows)
    (tmp_path / "in.csv").write_text(text)
    found = read_canonical([tmp_path / "in.csv"], ZONE, profile=read(tmp_path / "before.toml"))
    assert dict(zip(found.cases.case_id, found.cases.department, strict=True)) == {"C1": "A", "C2": "B"}
    assert [(r.row, r.column, r.code) for r in found.refusals if r.code == "required"] == [(7, "who", "required")]


STRETCH = """id = "stretch"
title = "虚构"
form = "xes"
day_zone = "Europe/Amsterdam"
[projects]
project_code = "case:concept:name"
coded_on = "case:start"
[cases]
case_id = { join = ["case:concept:name", "what"], with = "-" }
stage = { value = "planning" }
department = "who"
[[events]]
name = "in"
once = "case"
status = "accepted"
occurred_at = { column = "time:timestamp", take = "earliest", of = "case" }
[[events]]
name = "out"
once = "case"
status = "approved"
occurred_at = { column = "time:timestamp", take = "latest", of = "case" }
[[events]]
name = "ask"
status = "correction_started"
occurred_at = "time:timestamp"
when = { column = "note", among = ["ask"] }
until = { column = "note", among = ["answer*"], status = "correction_ended" }
"""


def xes(*events: tuple[str, str, str]) -> str:
    """A log of one trace; each event: what, moment, note."""
    told = "".join(
        f'<event><string key="what" value="{what}"/><string key="who" value="A"/><string key="note" value="{note}"/>'
        f'<date key="time:timestamp" value="{moment}"><string key="inner" value="x"/></date></event>'
        for what, moment, note in events
    )
    return (
        '<?xml version="1.0"?><log><extension name="x" prefix="x" uri="x"/><global scope="event">'
        '<string key="what" value="NO"/></global><trace><string key="concept:name" value="P1"/>'
        f'<date key="start" value="2014-04-10T22:00:00Z"/>{told}</trace></log>'
    )


@pytest.mark.parametrize("packed", [False, True])
def test_a_stretch_on_every_open_case_and_midnight_stored_as_the_evening_before(tmp_path: Path, packed: bool) -> None:
    """Asked on the 15th, answered on the 18th. a: open all the time. b: closed on the 16th, so its correction stays
    open. c: closed on the 15th. d: begins on the 16th. All moments are midnights in Amsterdam."""
    log = xes(
        *(("a", "2014-04-10T22:00:00Z", ""), ("a", "2014-04-14T22:00:00Z", "ask"), ("b", "2014-04-13T22:00:00Z", "")),
        *(("b", "2014-04-15T22:00:00Z", ""), ("c", "2014-04-10T22:00:00Z", ""), ("c", "2014-04-14T22:00:00Z", "")),
        *(
            ("d", "2014-04-15T22:00:00Z", ""),
            ("d", "2014-04-24T22:00:00Z", ""),
            ("a", "2014-04-17T22:00:00Z", "answer 1"),
        ),
        ("a", "2014-04-24T22:00:00Z", ""),
    )
    (tmp_path / "stretch.toml").write_text(STRETCH, "utf-8")
    path = tmp_path / ("log.xes.gz" if packed else "log.xes")
    path.write_bytes(gzip.compress(log.encode()) if packed else log.encode())
    found = read_canonical([path], ZONE, profile=read(tmp_path / "stretch.toml"))
    assert not found.refusals
    assert [day_of(day).isoformat() for day in found.projects.coded_on] == ["2014-04-11"]
    assert [one for one in days(found) if one[1].startswith("correction")] == [
        ("P1-a", "correction_ended", "2014-04-18"),
        ("P1-a", "correction_started", "2014-04-15"),
        ("P1-b", "correction_started", "2014-04-15"),
    ]
    assert [one for one in days(found) if not one[1].startswith("correction")] == [
        *(("P1-a", "accepted", "2014-04-11"), ("P1-a", "approved", "2014-04-25")),
        *(("P1-b", "accepted", "2014-04-14"), ("P1-b", "approved", "2014-04-16")),
        *(("P1-c", "accepted", "2014-04-11"), ("P1-c", "approved", "2014-04-15")),
        *(("P1-d", "accepted", "2014-04-16"), ("P1-d", "approved", "2014-04-25")),
    ]


def test_a_log_without_an_attribute_that_is_needed(tmp_path: Path) -> None:
    (tmp_path / "stretch.toml").write_text(STRETCH.replace('"who"', '"whom"'), "utf-8")
    (tmp_path / "log.xes").write_text(xes(("a", "2014-04-10T22:00:00Z", "")))
    with pytest.raises(FileRefused) as caught:
        read_canonical([tmp_path / "log.xes"], ZONE, profile=read(tmp_path / "stretch.toml"))
    assert (caught.value.code, caught.value.detail) == ("no_source_column", "'whom' (~ 'who')")


def test_the_shipped_profile_of_logs_reads_any(tmp_path: Path) -> None:
    log = xes(("a", "2014-04-10T22:00:00Z", ""), ("a", "2014-04-13T22:00:00Z", "")).replace("what", "concept:name")
    (tmp_path / "log.xes").write_text(log.replace('"who"', '"org:group"'))
    found = read_canonical([tmp_path / "log.xes"], ZONE, profile=shipped()["xes"])
    assert not found.refusals
    assert days(found) == [("P1-a", "accepted", "2014-04-11"), ("P1-a", "approved", "2014-04-14")]


@pytest.fixture(scope="module")
def logs(shared_data: Path) -> dict[str, tuple[Path, Path]]:
    """Name of a log: the file as its maker publishes it, and its canonical files."""
    return {
        "receipt": (shared_data / "raw" / "receipt.csv", shared_data / "canonical" / "receipt"),
        "bpic15": (shared_data / "raw" / "BPIC15_1.xes.gz", shared_data / "canonical" / "bpic15_1"),
    }


def _canonical(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        # The makers of the canonical files wrote `nan` where a trace tells no name.
        return [{key: "" if value == "nan" else value for key, value in row.items()} for row in csv.DictReader(text)]


@pytest.mark.parametrize(("name", "projects"), [("receipt", 1_434), ("bpic15", 1_199)])
def test_a_real_log_is_what_others_made_of_it(logs: dict[str, tuple[Path, Path]], name: str, projects: int) -> None:
    """Projects, cases, events by day, and every figure of every standing, as the canonical files give them."""
    raw, key = logs[name]
    profile = read(PROFILES / f"{name}.toml")
    found = read_canonical([raw], ZONE, profile=profile)
    assert (len(found.projects), found.refusals) == (projects, [])
    assert Counter(
        zip(found.projects.project_code, found.projects.name, map(_day, found.projects.coded_on), strict=True)
    ) == Counter((row["project_code"], row["name"], row["coded_on"]) for row in _canonical(key / "projects.csv"))
    cases = found.cases
    told = zip(
        cases.case_id, cases.project_code, cases.item_code, cases.item_name, cases.stage, cases.department, strict=True
    )
    assert Counter((*one[:4], Stage(one[4]).word, one[5]) for one in told) == Counter(
        tuple(row[n] for n in ("case_id", "project_code", "item_code", "item_name", "stage", "department"))
        for row in _canonical(key / "cases.csv")
    )
    assert Counter(days(found)) == Counter(
        (row["case_id"], row["status"], row["occurred_at"]) for row in _canonical(key / "events.csv")
    )
    direct = read_canonical([key], ZONE)
    for as_of in (dt.date(2025, 3, 31), dt.date(2026, 11, 20)):
        assert _standings(found, as_of) == _standings(direct, as_of)


def _day(number: int) -> str:
    return day_of(number).isoformat()


def _standings(found: Canonical, as_of: dt.date) -> list[str]:
    log, traits = logbook(found.projects, found.cases, found.events)
    return [_figures(one) for one in standing_documents(parts(log, traits, Rules.shipped()), as_of)]


def _figures(one: dict[str, Any]) -> str:
    """A standing without the numbers of its events, which each form gives by its own rule, and in no order of cases."""
    flags = sorted(
        json.dumps({k: v for k, v in flag.items() if k not in ("event_id", "seen")}) for flag in one["flags"]
    )
    cases = sorted(one["cases"], key=lambda case: str(case["case_id"]))
    held = sorted(one["held_by"], key=lambda held: str(held["case_id"]))
    return json.dumps(one | {"flags": flags, "cases": cases, "held_by": held}, sort_keys=True)


def test_a_list_of_decisions_says_what_it_lacks_and_is_mapped_when_told(shared_data: Path, tmp_path: Path) -> None:
    """1,760 rows, one without a number of its own: counted with csv.DictReader, by its column Decision."""
    raw = shared_data / "raw" / "planning-applications-2012.csv"
    text = (PROFILES / "planning-applications.toml").read_text("utf-8")
    (tmp_path / "lacking.toml").write_text(text.replace('coded_on = "Decision issued"\n', ""), "utf-8")
    assert [(error.key, error.allowed) for error in problems(tmp_path / "lacking.toml")] == [
        ("projects.coded_on", "required")
    ]
    found = read_canonical([raw], ZONE, profile=read(PROFILES / "planning-applications.toml"))
    assert not found.refusals
    assert (len(found.projects), len(found.cases), len(found.events)) == (1_760, 1_760, 1_760)
    assert Counter(Status(status).word for status in found.events.status) == {
        "approved": 1_503 + 13,
        "rejected": 165 + 1,
        "withdrawn": 67 + 8,
        "not_accepted": 2 + 1,
    }
    assert any("manège" in name for name in found.projects.name)  # the file is in windows-1252
