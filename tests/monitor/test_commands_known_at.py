"""As known at a moment, on the command line: every reading that can be asked so, on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.reading import rewinding
from monitor.settings import now
from rules.almanac import calendar
from rules.packfile import shipped
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT
from tests.monitor.canonical_files import write as write_rows
from tests.monitor.commands import Run, program, refused
from tests.monitor.looking import unfinished
from tests.monitor.sweeping import assessed, portions
from tests.rules.generate import awkward_log
from tests.rules.own_packs import own, version

ON = ("--as-of", "2026-03-31")
REVISED = """region = ""
year = 2026
document = "made up"
source = "made up"
published = 2026-11-20
amends = true
rest = [2026-03-10]
"""


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        yield call


@pytest.fixture
def between(run: Run, tmp_path: Path) -> str:
    """A case accepted on 3 March; after this moment it became known that it was approved on the 9th, and by another
    department, with a record of it typed in a fortnight later."""
    assert run("import", write_rows(tmp_path / "1", [PROJECT], [CASE], EVENTS[:1])).code == 0
    run("tick", *ON)
    moment = now().isoformat()
    late = EVENTS[1] | {"entered_at": "2026-03-23", "office": "窗口", "handler": "张三"}
    assert run("import", write_rows(tmp_path / "2", [], [CASE | {"department": "经信"}], [late])).code == 0
    run("tick", *ON)
    return moment


def test_projects_as_known_at_a_moment(run: Run, between: str) -> None:
    def listed(*options: str) -> list[tuple[str, int, str]]:
        ended = run("projects", *ON, "--json", *options)
        assert (ended.code, ended.err) == (0, "")
        return [(one["phase"], one["used"], one["held_by"]) for one in ended.document["projects"]]

    # 20 working days from 3 to 31 March, 4 of them up to the 9th
    assert listed() == [("waiting_owner", 4, "")]
    assert listed("--known-at", between) == [("running", 20, "发改")]
    assert listed("--known-at", between, "--phase", "running", "--stage", "initiation", "--light", "green")
    assert listed("--known-at", between, "--department", "发改", "--region", "3301")
    for other in (["--department", "经信"], ["--phase", "waiting_owner"], ["--light", "red"], ["--region", "3302"]):
        assert listed("--known-at", between, *other) == []
    assert listed("--known-at", "2020-01-01T00:00:00") == []
    plain = run("projects", *ON, "--known-at", between)
    assert "20 working days  P1" in plain.out
    document = run("projects", *ON, "--json", "--known-at", between).document
    assert dt.datetime.fromisoformat(document["known_at"]) == dt.datetime.fromisoformat(between)


def test_projects_as_known_then_are_those_of_status(run: Run, tmp_path: Path) -> None:
    moments = []
    for n, part in enumerate(portions(awkward_log(21, 20), 21, 3)):
        run("import", write_rows(tmp_path / f"part{n}", *part))
        moments.append(now().isoformat())
    for moment in moments[:2]:
        told = run("status", "--all", *ON, "--json", "--known-at", moment).document["projects"]
        wanted = unfinished({one["project_code"]: one for one in told})
        found = run("projects", *ON, "--json", "--known-at", moment).document["projects"]
        assert {one["project_code"] for one in found} == wanted.keys()
        for one in found:
            was = wanted[one["project_code"]]
            for name in ("phase", "stage", "light", "used", "yellow_on", "red_on", "next_change"):
                assert one[name] == was[name]
            assert one["calendar"] == was["calendar"]["region"]
            assert one["held_by"] == "、".join(sorted({held["department"] for held in was["held_by"]}))


def test_a_past_day_is_filtered_by_what_was_so_on_it(run: Run, tmp_path: Path) -> None:
    log = awkward_log(9, 30)
    folder = write_rows(tmp_path / "in", *log)
    run("import", folder)
    run("tick", *ON)
    day = dt.date(2024, 9, 9)
    told = assessed(folder, day)
    begun = unfinished(told)

    def listed(*options: str) -> set[str]:
        found = run("projects", "--as-of", day, "--json", *options).document["projects"]
        return {one["project_code"] for one in found}

    for phase in ("running", "waiting_owner", "finished"):
        assert listed("--phase", phase) == {code for code, one in told.items() if one["phase"] == phase} != set()
    stages = {one["stage"] for one in begun.values()} - {None}
    assert len(stages) > 1
    for stage in stages:
        assert listed("--stage", stage) == {code for code, one in begun.items() if one["stage"] == stage}
    department = {row["case_id"]: row["department"] for row in log[1]}
    open_ = ("running", "correction", "procedure")
    held = [
        (department[c["case_id"]], code) for code, one in begun.items() for c in one["cases"] if c["state"] in open_
    ]
    assert held
    for name, _code in held[:2]:
        assert listed("--department", name) == {code for holder, code in held if holder == name}


def test_flags_say_the_minute_the_days_and_who_from_the_store(run: Run, tmp_path: Path) -> None:
    events = [
        EVENTS[0] | {"entered_at": "2026-03-12T10:00:05"},
        EVENTS[1] | {"occurred_at": "2026-03-04", "entered_at": "2026-03-12T10:00:40", "handler": "张三"},
        EVENTS[0] | {"event_id": "E3", "case_id": "C2"},
        {"event_id": "E4", "case_id": "C2", "status": "9", "occurred_at": "2026-03-04", "procedure": "hearing",
         "basis": "法", "office": "窗口", "handler": "李四"},
    ]  # fmt: skip
    cases = [CASE, CASE | {"case_id": "C2", "item_code": ""}]
    assert run("import", write_rows(tmp_path / "1", [PROJECT], cases, events)).code == 0
    day = ("--as-of", "2026-11-27")
    found = {one["flag"]: one for one in run("flags", "P1", *day, "--json").document["flags"]}
    # Both were entered on the 12th, seven working days after the 3rd and six after the 4th.
    assert {*found} == {"late_entry", "entered_together", "long_pause"}
    together, long = found["entered_together"], found["long_pause"]
    assert (together["event_id"], together["recorded_by"]) == ("E2", "张三")
    assert together["seen"] == {"on": "2026-03-03", "until": "2026-03-12", "number": 1, "unit": "working_day"}
    assert (long["event_id"], long["recorded_by"]) == ("E4", "窗口 李四")
    assert long["saw"].endswith("(hearing, still open since 2026-03-04, more than 30 working days)")
    plain = run("flags", "P1", *day).out
    assert all(one["saw"] in plain and one["why"] in plain for one in found.values())
    told = run("status", "P1", *day, "--json").document["projects"][0]["flags"]
    assert sorted(one["flag"] for one in told) == ["entered_together", "late_entry", "late_entry", "long_pause"]


def test_more_projects_than_can_be_assessed_are_refused(
    run: Run, between: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewinding, "MOST", 0)
    refused(run("projects", *ON, "--known-at", between), "1 projects", "--region")
    assert run("projects", *ON, "--known-at", between, "--region", "44").code == 0


def test_flags_of_projects_as_known_at_a_moment(run: Run, between: str) -> None:
    def flagged(*options: str) -> list[tuple[str, str | None, str, str | None]]:
        document = run("flags", "P1", *ON, "--json", *options).document
        return [(one["flag"], one["event_id"], one["department"], one["recorded_by"]) for one in document["flags"]]

    assert flagged() == [("late_entry", "E2", "经信", "窗口 张三")]
    assert flagged("--known-at", between) == []
    assert run("flags", "--all", *ON, "--json").document == run("flags", "P1", *ON, "--json").document
    plain = run("flags", "P1", *ON)
    first, why = plain.out.splitlines()
    seen = "of 2026-03-09, entered 2026-03-23, 10 working days later"  # 10 to 13, 16 to 20 and 23 March
    assert first == f"P1  Entered long after it happened ({seen})  C1 E2  经信  窗口 张三"
    assert why.strip().startswith("Handled outside of the system")
    assert "1 flag as of 2026-03-31" in plain.err
    refused(run("flags", "P9", *ON), "P9")
    refused(run("flags", "P1", "--all"), "--all", code=2)
    refused(run("flags", *ON), "project codes", code=2)
    refused(run("flags", "--known-at", between), "project codes", code=2)


def test_whatif_as_known_at_a_moment(run: Run, between: str, tmp_path: Path) -> None:
    def days(*options: str) -> int:
        ended = run("whatif", "--from-database", "--yellow", "3", *ON, "--json", *options)
        assert ended.document["before"]["yellow"] == 0
        assert ended.document["after"]["yellow"] == 1
        return int(ended.document["before"]["days"])

    assert (days(), days("--known-at", between)) == (4, 20)
    refused(run("whatif", tmp_path / "1", "--yellow", "3", "--known-at", between), "--from-database", code=2)


def test_the_calendar_and_its_notices_as_known_at_a_moment(run: Run, between: str, tmp_path: Path) -> None:
    (tmp_path / "revised.toml").write_text(REVISED, "utf-8")
    assert run("notices", "import", "revised.toml").code == 0

    def counted(*options: str) -> tuple[Any, Any, Any]:
        span = ("calendar", "count", "2026-03-02", "2026-03-13", "--json", *options)
        due = ("calendar", "add", "2026-03-02", "6", "--json", *options)
        day = ("calendar", "days", "2026-03-10", "2026-03-10", "--json", *options)
        return run(*span).document["days"], run(*due).document["due_on"], run(*day).document["days"][0]["works"]

    assert counted() == (8, "2026-03-11", False)
    assert counted("--known-at", between) == (9, "2026-03-10", True)
    documents = [one["document"] for one in run("notices", "--json", "--known-at", between).document["notices"]]
    assert "made up" not in documents and "国办发明电〔2019〕3号" in documents
    assert run("notices", "--json", "--known-at", "2019-03-21").document["notices"][-1]["year"] == 2019
    refused(run("notices", "--past", "--known-at", between), "--past", code=2)
    # Before any notice of 2026 its days were guessed, and marked as such.
    guessed = run("calendar", "add", "2026-02-13", "1", "--json", "--known-at", "2025-11-03").document
    assert (guessed["due_on"], guessed["provisional"]) == ("2026-02-20", True)
    missing = f"sqlite:///{tmp_path}/none/monitor.db"
    words = ("calendar", "add", "2026-02-13", "1", "--json", "--known-at")
    known = [run(*words, day, MONITOR_DATABASE_URL=missing).document["due_on"] for day in ("2025-11-03", "2025-11-04")]
    assert known == ["2026-02-20", "2026-02-14"]


def test_the_packs_that_held_at_a_moment(run: Run, tmp_path: Path) -> None:
    def held(*options: str) -> list[str]:
        told = run("packs", "--json", *options).document["packs"]
        return [f"{one['id']} {one['version']}" for one in told if one["entered"]]

    moments = [now().isoformat()]
    for n, text in enumerate((own(), version(dt.date(2030, 1, 1), ("red", 30), of=own(), name="2"))):
        (tmp_path / f"{n}.toml").write_text(text, "utf-8")
        assert run("packs", "import", f"{n}.toml").code == 0
        moments.append(now().isoformat())
    assert run("packs", "withdraw", "own-40", "2").code == 0
    assert [held("--known-at", moment) for moment in moments] == [[], ["own-40 1"], ["own-40 2"]]
    assert held() == ["own-40 1"]
    assert len(run("packs", "--json", "--known-at", moments[0]).document["packs"]) == len(shipped())
    refused(run("packs", "--past", "--known-at", moments[0]), "--past", code=2)


def test_files_are_judged_by_the_notices_known_then(run: Run, tmp_path: Path) -> None:
    folder = write_rows(
        tmp_path / "in", [PROJECT | {"coded_on": "2020-01-22", "pack": "zhejiang-80"}], [CASE | {"promised_days": "5"}],
        [EVENTS[0] | {"occurred_at": "2020-01-23"}],
    )  # fmt: skip

    def due(*options: str) -> str:
        document = run("assess", folder, "--as-of", "2020-01-23", "--json", *options).document
        return str(document["projects"][0]["cases"][0]["promised"]["due_on"])

    assert due("--known-at", "2020-01-26T12:00") == "2020-02-05"
    assert due("--known-at", "2020-01-27T00:00") == due() == "2020-02-07"


@pytest.mark.parametrize(
    "words",
    [
        ("status", "--all"),
        ("projects",),
        ("plan", "P1"),
        ("flags", "P1"),
        ("whatif", "--from-database", "--promises"),
        ("calendar", "count", "2026-03-02", "2026-03-13"),
        ("calendar", "add", "2026-03-02", "5"),
        ("calendar", "days", "2026-03-02", "2026-03-13"),
        ("notices",),
        ("packs",),
        ("assess", "in"),
    ],
    ids=lambda words: "-".join(words[:2]),
)
def test_a_moment_to_come_or_that_cannot_be_read_is_refused(
    run: Run, between: str, tmp_path: Path, words: tuple[str, ...]
) -> None:
    write_rows(tmp_path / "in", [PROJECT], [CASE], EVENTS)
    ahead = (now() + dt.timedelta(hours=1)).isoformat()
    refused(run(*words, "--known-at", ahead), "--known-at", "still to come", code=2)
    refused(run(*words, "--known-at", "noon"), "--known-at", "2026-11-20T09:00:00+08:00", code=2)


# ---- corrections


def test_corrections_for_a_program_and_for_a_person(run: Run, between: str) -> None:
    [one] = run("corrections", "P1", "--json").document["corrections"]
    eve = dt.date.fromisoformat(one["as_of"])
    assert eve == dt.datetime.fromisoformat(one["known_from"]).date() - dt.timedelta(1)
    used = [(c["before"], c["after"]) for c in one["changes"] if (c["where"], c["what"]) == ("project", "used")]
    assert used == [(calendar().count(dt.date(2026, 3, 3), eve), 4)]
    causes = [(c["cause"], c["column"] or c["event_id"]) for c in one["causes"]]
    assert causes == [("late_entry", "E2"), ("changed_fact", "department")]
    assert one["differs_from"] == "2026-03-04"  # the first day held by one department, and now by the other
    plain = run("corrections", "P1")
    assert "P1  known from" in plain.out and f"both as of {eve}" in plain.out
    assert "  Entered late: Approved, 2026-03-09 (E2)  source files, file 2, recorded by 窗口 张三\n" in plain.out
    assert "  Data changed: department 发改 → 经信  source files, file 2\n" in plain.out
    assert f"    the project  days used  {used[0][0]} → 4\n" in plain.out
    assert "1 correction." in plain.err
    chinese = run("corrections", "P1", MONITOR_LANGUAGE="zh_CN")
    assert "补录：办结（通过），2026-03-09（E2）  来源 files、文件 2、录入人 窗口 张三" in chinese.out
    assert "共 1 条更正" in chinese.err


def test_corrections_since_a_moment(run: Run, between: str) -> None:
    def known(*options: str) -> int:
        return len(run("corrections", *options, "--json").document["corrections"])

    after = now().isoformat()
    assert (known("--since", between), known("--since", after)) == (1, 0)
    assert (known("P1", "--since", between), known("P1", "--since", after)) == (1, 0)
    assert known("--since", "2026-03-01") == 1
    assert run("corrections", "--since", after).err.endswith("0 corrections.\n")


def test_corrections_asked_wrongly(run: Run, between: str) -> None:
    refused(run("corrections"), "--since", code=2)
    refused(run("corrections", "P9", "P1"), "P9")
    refused(run("corrections", "--since", "noon"), "--since", code=2)
    refused(run("corrections", "--since", (now() + dt.timedelta(hours=1)).isoformat()), "--since", code=2)
