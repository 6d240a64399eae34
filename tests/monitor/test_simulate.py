"""The made-up province: the same for the same arguments, lawful except where spoilt on purpose, and lively enough."""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from stdnum.cn import uscc

from monitor.codes import check_digit
from monitor.intake import TABLES, read_canonical
from monitor.simulate import Province, deliveries, write_province
from monitor.simulate.places import PROVINCE
from monitor.verbs.assess import assess_files
from rules.almanac import calendar
from rules.packfile import shipped
from rules.plan.graph import waits
from rules.portfolio import Rules
from rules.vocabulary import NATIONAL_CODES, Status

ZONE = ZoneInfo("Asia/Shanghai")
UNTIL = dt.date(2026, 11, 22)
FILES = ("README.txt", "cases.csv", "events.csv", "projects.csv", "regions.json", "truth.json")
CATALOGUE = shipped()["zhejiang-80"].catalogue
APPROVED = ("approved", "approved_with_omission")
Row = dict[str, str]


@dataclass
class Written:
    """The files of a province, read as plain text."""

    province: Province
    projects: dict[str, Row] = field(default_factory=dict)
    cases: dict[str, Row] = field(default_factory=dict)
    events: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    planted: dict[str, list[str]] = field(default_factory=dict)

    def spoilt(self, *kinds: str) -> set[str]:
        """Cases, or all cases of projects, that were spoilt in one of these ways."""
        named = {name for kind in kinds for name in self.planted.get(kind, ())}
        return named | {case for case, row in self.cases.items() if row["project_code"] in named}

    def days(self, case: str, *statuses: str) -> list[dt.date]:
        """The days on which one of these happened to a case, without what is void."""
        void = {e["voids"] for e in self.events[case]}
        return [day(e) for e in self.events[case] if e["status"] in statuses and e["event_id"] not in void]


def rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def day(event: Row) -> dt.date:
    return dt.date.fromisoformat(event["occurred_at"][:10])


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """A province of 1,200 projects."""
    out = Written(write_province(tmp_path_factory.mktemp("province"), projects=1200, seed=80, until=UNTIL))
    folder = out.province.folder
    words = {str(code): Status(code).word for code in NATIONAL_CODES}
    out.projects = {row["project_code"]: row for row in rows(folder / "projects.csv")}
    out.cases = {row["case_id"]: row for row in rows(folder / "cases.csv")}
    for row in rows(folder / "events.csv"):
        out.events[row["case_id"]].append({**row, "status": words.get(row["status"], row["status"])})
    out.planted = json.loads((folder / "truth.json").read_text("utf-8"))["planted"]
    return out


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    """Also in another process, whose sets and dictionaries are salted differently."""
    script = (
        "import datetime, pathlib, sys; from monitor.simulate import write_province;"
        "write_province(pathlib.Path(sys.argv[1]), projects=120, seed=7, until=datetime.date(2026, 11, 22))"
    )
    for salt in ("1", "2"):
        call = [sys.executable, "-c", script, str(tmp_path / salt)]
        subprocess.run(call, check=True, cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONHASHSEED": salt})
    assert sorted(p.name for p in (tmp_path / "1").iterdir()) == sorted(FILES)
    for name in FILES:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


def test_another_seed_is_another_province(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_province(tmp_path / str(seed), projects=20, seed=seed, until=UNTIL)
    assert (tmp_path / "1/projects.csv").read_bytes() != (tmp_path / "2/projects.csv").read_bytes()


@pytest.mark.parametrize("projects", [0, 1, 2])
def test_the_smallest_provinces(tmp_path: Path, projects: int) -> None:
    province = write_province(tmp_path, projects=projects, until=dt.date(2031, 1, 1))
    assert province.projects == projects
    assert not read_canonical([tmp_path], ZONE).refusals


def test_counts(written: Written) -> None:
    province = written.province
    assert province.projects == len(written.projects) == 1200
    assert province.cases == len(written.cases)
    assert province.events == sum(map(len, written.events.values()))
    of_project = Counter(row["project_code"] for row in written.cases.values())
    finished = [n for code, n in of_project.items() if written.projects[code]["end_reason"] == "completed"]
    assert finished
    assert 18 <= sum(finished) / len(finished) <= 30
    kinds = Counter(row["kind"] for row in written.projects.values())
    assert set(kinds) == {"filing", "verification", "approval"}
    assert 0.91 < kinds["filing"] / 1200 < 0.97


def test_it_comes_in_through_the_ordinary_intake(written: Written) -> None:
    read = read_canonical([written.province.folder], ZONE)
    assert not read.refusals
    assert (len(read.projects), len(read.cases)) == (written.province.projects, written.province.cases)
    assert len(read.events) == written.province.events
    for table, columns in TABLES.items():
        header = next(csv.reader((written.province.folder / f"{table}.csv").open(encoding="utf-8")))
        assert header == [column.name for column in columns]


def test_two_deliveries_are_the_whole(written: Written, tmp_path: Path) -> None:
    for table in TABLES:
        shutil.copy(written.province.folder / f"{table}.csv", tmp_path)
    week_ago = UNTIL - dt.timedelta(7)
    files = deliveries(tmp_path, week_ago)
    first, then = ({path.stem: list(rows(path)) for path in part} for part in (files.earlier, files.later))
    for part in (files.earlier, files.later):
        assert not read_canonical(part, ZONE).refusals
    whole = {table: list(rows(tmp_path / f"{table}.csv")) for table in TABLES}
    assert sorted(map(str, first["events"] + then["events"])) == sorted(map(str, whole["events"]))
    typed_by_then = {max(e["occurred_at"][:10], e["entered_at"][:10]) for e in first["events"]}
    assert max(typed_by_then) <= week_ago.isoformat()
    assert {e["event_id"] for e in then["events"] if e["entered_at"][:10] > week_ago.isoformat()}
    for table, key in (("cases", "case_id"), ("projects", "project_code")):
        known = {row[key]: row for row in first[table]} | {row[key]: row for row in then[table]}
        assert known == {row[key]: row for row in whole[table]}
    assert max(p["coded_on"] for p in first["projects"]) <= week_ago.isoformat()
    assert (
        max(p["ended_on"] for p in first["projects"])
        <= week_ago.isoformat()
        < max(p["ended_on"] for p in whole["projects"])
    )


def test_it_says_that_it_is_made_up(written: Written) -> None:
    folder = written.province.folder
    assert "演示数据" in (folder / "README.txt").read_text("utf-8")
    assert json.loads((folder / "regions.json").read_text("utf-8")) == written.province.regions
    assert PROVINCE == "演示省"
    for project in written.projects.values():
        assert project["region"].startswith("3399")
        assert project["region"] in written.province.regions
        assert project["applicant"].endswith("（演示）")
        assert project["credit_code"][2:8] == project["region"]


def test_no_region_bears_the_name_of_a_real_one(written: Written, shared_data: Path) -> None:
    real = {row["name"] for row in rows(shared_data / "codes" / "modood_areas.csv")}
    codes = {row["code"] for row in rows(shared_data / "codes" / "modood_areas.csv")}
    assert len(real) > 2000
    assert not real & set(written.province.regions.values())
    assert not codes & set(written.province.regions)


def test_check_digits(written: Written) -> None:
    """Against codes that were seen in the real world (DOMAIN 4.3)."""
    real = """2603-141124-89-05-346948 2411-130202-89-01-637015 2211-441900-04-02-310151 2512-420984-04-01-395957
    2509-320193-89-01-544060 2502-140109-89-01-287745 2509-140602-89-05-864976 2304-441900-04-01-135254"""
    for code in [*real.split(), *written.projects]:
        digits = code.replace("-", "")
        assert (len(code), len(digits)) == (24, 20)
        assert check_digit(digits[:-1]) == digits[-1], code
    assert uscc.calc_check_digit("91350100M000100Y4") == "3"
    for project in written.projects.values():
        code = project["credit_code"]
        assert len(code) == 18
        assert uscc.calc_check_digit(code[:17]) == code[17]
        assert project["project_code"][:4] == f"{dt.date.fromisoformat(project['coded_on']):%y%m}"


def test_nothing_is_dated_after_the_last_day_except_what_is_clearly_odd(written: Written) -> None:
    last = written.province.reported_until
    assert last == UNTIL - dt.timedelta(1)
    after = {case for case, events in written.events.items() if any(day(e) > last for e in events)}
    assert after == set(written.planted["future_dated"])
    assert 1 <= len(after) <= 3
    for case in after:
        assert day(written.events[case][-1]) > last + dt.timedelta(300)
    typed = [e["entered_at"][:10] for events in written.events.values() for e in events if e["entered_at"]]
    assert max(typed) <= last.isoformat()
    assert max(p["coded_on"] for p in written.projects.values()) <= last.isoformat()


def test_records_are_made_in_office_hours_on_working_days(written: Written) -> None:
    works = calendar("33")
    known = written.spoilt("rest_day_project", "voided", "reopened", "end_without_start", "future_dated", "revoked")
    known |= written.spoilt("confirmed", "duplicate_start")
    batches = {dt.date.fromisoformat(d) for d in written.planted["rest_day_batch"]}
    for case, events in written.events.items():
        for event in events:
            if case not in known and day(event) not in batches:
                assert works.is_working_day(day(event)), event
            if "T" in event["occurred_at"]:
                assert "09:00" <= event["occurred_at"][11:16] <= "17:30"
        at = [e["occurred_at"] for e in events]
        assert at == sorted(at)
    forms = {e["occurred_at"][19:] if "T" in e["occurred_at"] else "date" for c in written.events.values() for e in c}
    assert forms == {"+08:00", "", "date"}


def _in_works(written: Written, project: list[str], codes: tuple[str, ...], works: str) -> list[str]:
    cases = [written.cases[c] for c in project]
    return [c["case_id"] for c in cases if c["item_code"] in codes and (not works or c["works_code"] in ("", works))]


def test_no_case_is_accepted_before_what_it_waits_for_was_approved(written: Written) -> None:
    known = written.spoilt("successor_before_predecessor", "unjudged", "future_dated", "reopened")
    of_project: dict[str, list[str]] = defaultdict(list)
    for case, row in written.cases.items():
        of_project[row["project_code"]].append(case)
    looked_at = 0
    for case, row in written.cases.items():
        accepted, item = written.days(case, "accepted"), CATALOGUE.items.get(row["item_code"])
        if case in known or item is None or not accepted:
            continue
        for group in waits(CATALOGUE, item):
            codes = tuple(c for c in group if c not in item.wraps)
            before = _in_works(written, of_project[row["project_code"]], codes, row["works_code"])
            for code in {written.cases[b]["item_code"] for b in before if b not in known}:
                approved = [
                    d for b in before if written.cases[b]["item_code"] == code for d in written.days(b, *APPROVED)
                ]
                assert approved, (case, code)
                assert min(approved) <= accepted[0], (case, code)
                looked_at += 1
    assert looked_at > 5000


def test_an_umbrella_ends_after_its_parts(written: Written) -> None:
    known = written.spoilt("future_dated", "reopened", "voided")
    parts = CATALOGUE.items["D08"].wraps
    seen = 0
    of_project: dict[tuple[str, str], list[str]] = defaultdict(list)
    for case, row in written.cases.items():
        of_project[(row["project_code"], row["works_code"])].append(case)
    for cases in of_project.values():
        whole = [c for c in cases if written.cases[c]["item_code"] == "D08" and written.days(c, *APPROVED)]
        inner = [c for c in cases if written.cases[c]["item_code"] in parts]
        if not whole or known & {*whole, *inner}:
            continue
        decided = [d for c in inner for d in written.days(c, *APPROVED)]
        assert max(decided) <= max(written.days(whole[0], *APPROVED))
        seen += 1
    assert seen > 100


def test_alternatives_exclude_each_other(written: Written) -> None:
    items: dict[str, set[str]] = defaultdict(set)
    for row in written.cases.values():
        items[row["project_code"]].add(row["item_code"])
    for code, had in items.items():
        assert not {"P01", "P02"} <= had
        assert not {"P04", "P05"} <= had
        assert not {"D02", "D03"} <= had
        first = {"filing": "A01", "verification": "A02", "approval": "A03"}[written.projects[code]["kind"]]
        assert not had & ({"A01", "A02", "A03", "A04"} - {first, "A04"})


def test_what_was_planted_is_there(written: Written) -> None:
    planted = written.planted
    for case in planted["supposed_acceptance"]:
        assert not written.days(case, "accepted")
        assert written.days(case, "received")
    for case in planted["unjudged"]:
        assert not written.days(case, "received", "accepted")
    for case in planted["duplicate_start"]:
        assert len(written.days(case, "accepted")) == 2
    for kind, asked, answered in (
        ("papers_never", "papers_due", "papers_supplied"),
        ("word_never_checked", "committed", "checked"),
    ):
        assert planted[kind]
        for case in planted[kind]:
            assert written.days(case, asked)
            assert not written.days(case, answered)
    assert {p["marks"] for p in written.projects.values()} >= {"", "area_assessment", "area_assessment; standard_land"}
    for case in planted["voided"]:
        wrong = next(e for e in written.events[case] if e["status"] == "voided")["voids"]
        assert wrong in {e["event_id"] for e in written.events[case]}
    for code in planted["accepted_before_coding"]:
        cases = [c for c, row in written.cases.items() if row["project_code"] == code]
        first = min(d for c in cases for d in written.days(c, "accepted", *APPROVED))
        assert first.isoformat() < written.projects[code]["coded_on"]
    late = [
        case
        for case, events in written.events.items()
        for e in events
        if e["entered_at"] and (dt.date.fromisoformat(e["entered_at"][:10]) - day(e)).days > 5
    ]
    assert set(planted["late_entry"]) <= set(late)
    assert planted["rest_day_project"]
    assert planted["rest_day_batch"]
    blank = Counter(row["holder"] for row in written.cases.values())
    assert 0.05 < blank[""] / len(written.cases) < 0.4
    assert blank["entrusted_intermediary"]
    assert blank["utility"]
    assert blank["owner_intermediary"]
    every = {e["status"] for events in written.events.values() for e in events}
    assert every >= {s.word for s in Status if s not in (Status.REVOKED, Status.CONFIRMED)}


def test_the_lights_are_those_of_a_lively_province(tmp_path: Path) -> None:
    write_province(tmp_path, until=UNTIL)
    found, refusals, _passed = assess_files([tmp_path], ZONE, Rules.shipped(), UNTIL)
    assert not refusals
    judged = [p for p in found if p["light"] != "none"]
    unfinished = Counter(p["light"] for p in judged if p["phase"] not in ("finished", "dropped"))
    of_all = {light: n / unfinished.total() for light, n in unfinished.items()}
    assert 0.62 < of_all["green"] < 0.76
    assert 0.12 < of_all["yellow"] < 0.20
    assert 0.08 < of_all["red"] < 0.15
    assert 0.002 < of_all["grey"] < 0.013
    assert {p["light"] for p in found} == {"none", "green", "yellow", "red", "grey"}
    assert 0.02 < sum(p["light"] == "none" for p in found) / len(found) < 0.1
    assert {p["phase"] for p in found} >= {"running", "stopped", "waiting_owner", "finished", "dropped"}
    red = [p["red_on"] for p in judged if p["red_on"] and p["red_on"] <= UNTIL.isoformat()]
    half = (UNTIL - dt.timedelta(182)).isoformat()
    assert sum(day >= half for day in red) > 100
