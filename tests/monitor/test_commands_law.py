"""assess, calendar and packs on the command line: exit codes, one JSON document, messages that say what to do."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from rules.flags import NAMES
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, small
from tests.monitor.canonical_files import write as write_rows
from tests.monitor.commands import Run, program, refused
from tests.monitor.sweeping import assessed, of_the_law
from tests.rules.generate import awkward_log, write


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, f"sqlite:///{tmp_path}/none.db") as call:
        yield call


# ---- assess


def test_assess_prints_one_document(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder, awkward_log(3, 25))
    day = dt.date(2026, 3, 31)
    ended = run("assess", folder, "--as-of", day, "--json", "--known-at", "2026-04-01T09:00:00+08:00")
    assert (ended.code, ended.err) == (0, "")
    found = ended.document
    told = found.pop("projects")
    assert found == {"as_of": "2026-03-31", "known_at": "2026-04-01T09:00:00+08:00"}
    assert {turn["confirmed"] for one in told for turn in one["turns"]} == {None}
    assert of_the_law(told) == assessed(folder, day)
    assert run("assess", folder, "--as-of", day, "--json").document["known_at"] is None
    assert not (tmp_path / "none.db").exists()


def test_assess_for_a_person_lists_the_worst_first(run: Run, tmp_path: Path) -> None:
    rows = [
        ("P1", "2026-03-02", "red"),
        ("P2", "2026-11-02", "green"),
        ("P3", "2026-08-25", "yellow"),
        ("P4", "2026-03-01", "grey"),
    ]
    projects = [PROJECT | {"project_code": code} for code, _, _ in rows]
    cases = [CASE | {"case_id": code, "project_code": code} for code, _, _ in rows]
    events = [{"event_id": c, "case_id": c, "status": "accepted", "occurred_at": on} for c, on, _ in rows]
    events[3]["status"] = "approved"
    folder = write_rows(tmp_path / "in", projects, cases, events)
    ended = run("assess", folder, "--as-of", "2026-11-20")
    lines = ended.out.splitlines()
    assert (ended.code, len(lines)) == (0, 4)
    assert [next(code for code in ("P1", "P2", "P3", "P4") if code in line) for line in lines] == [
        "P1",
        "P3",
        "P2",
        "P4",
    ]
    assert "4 projects as of 2026-11-20" in ended.err
    assert "neither acceptance nor receipt: P4" in lines[3]
    chinese = run("assess", folder, "--as-of", "2026-11-20", MONITOR_LANGUAGE="zh_CN")
    assert "红灯" in chinese.out or "红" in chinese.out
    assert "4" in chinese.err


def test_assess_without_a_day_is_of_today(run: Run, tmp_path: Path) -> None:
    from monitor.doors.cli import common
    from monitor.settings import today

    ended = run("assess", small(tmp_path / "in"), "--json")
    assert ended.document["as_of"] == today(common.settings()).isoformat()


def test_assess_judges_by_a_pack_scope_or_not(run: Run, tmp_path: Path) -> None:
    folder = write_rows(tmp_path / "in", [PROJECT | {"kind": "approval"}], [CASE], EVENTS[:1])

    def light(*options: str) -> str:
        ended = run("assess", folder, "--as-of", "2026-11-20", "--json", *options)
        return str(ended.document["projects"][0]["light"])

    assert light() == light("--pack", "zhejiang-80") == "none"
    assert light("--pack", "zhejiang-80", "--force-pack") == "red"
    refused(run("assess", folder, "--pack", "hainan-7"), "hainan-7", "zhejiang-80")
    refused(run("assess", folder, "--force-pack"), "--pack")


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "02.03.2026", "20261120x"])
def test_a_day_that_is_none(run: Run, tmp_path: Path, day: str) -> None:
    refused(run("assess", small(tmp_path / "in"), "--as-of", day, "--json"), day, "2026-03-02")


def test_files_that_are_refused(run: Run, tmp_path: Path) -> None:
    bad = write_rows(tmp_path / "bad", [PROJECT | {"coded_on": "2026-02-30"}], [CASE | {"project_code": "P9"}], EVENTS)
    for options in ([], ["--json"]):
        ended = run("assess", bad, *options)
        refused(ended, "projects.csv, row 2", "coded_on", "2026-02-30", "cases.csv, row 2", "P9")
    refused(run("assess", tmp_path / "nothing"), "nothing")
    (tmp_path / "empty").mkdir()
    refused(run("assess", tmp_path / "empty"), "empty")
    (tmp_path / "events.csv").write_text("")
    refused(run("assess", tmp_path / "events.csv"), "events.csv")
    (tmp_path / "book.xlsx").write_text("no workbook")
    refused(run("assess", tmp_path / "book.xlsx"), "book.xlsx")
    unknown = small(tmp_path / "unknown")
    (unknown / "projects.csv").write_text("project_code,coded_on,colour\nP1,2026-03-02,red\n")
    refused(run("assess", unknown), "colour")
    refused(run("assess"), code=2)


# ---- calendar


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-01-03", 1, "2026-01-04"),
        ("2026-01-03", 3, "2026-01-06"),
        ("2025-09-26", 5, "2025-10-10"),
        ("2025-09-30", 1, "2025-10-09"),
        ("2026-04-30", 7, "2026-05-13"),
        ("2020-01-23", 5, "2020-02-07"),
        ("2026-03-02", 50, "2026-05-14"),
        ("2026-03-02", 55, "2026-05-21"),
        ("2026-03-02", 80, "2026-06-26"),
        ("2026-03-02", 0, "2026-03-02"),
    ],
)
def test_due_days_and_counts(run: Run, start: str, n: int, due: str) -> None:
    added = run("calendar", "add", start, n, "--json")
    assert (added.code, added.err) == (0, "")
    told = {"provisional": False, "calendar": "CN", "known_at": None}
    assert added.document == {"start": start, "n": n, "due_on": due} | told
    counted = run("calendar", "count", start, due, "--json", "--region", "330106")
    assert counted.document == {"start": start, "end": due, "days": n} | told
    assert run("calendar", "add", start, n).out == f"{due}\n"
    assert run("calendar", "count", start, due).out == f"{n}\n"
    assert run("calendar", "count", due, start).out == f"{-n}\n"


@pytest.mark.parametrize(
    ("year", "days"),
    [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
)
def test_working_days_of_a_year(run: Run, year: int, days: int) -> None:
    assert run("calendar", "count", f"{year - 1}-12-31", f"{year}-12-31").out.split()[0] == str(days)
    listed = run("calendar", "days", f"{year}-01-01", f"{year}-12-31", "--json").document["days"]
    assert sum(day["works"] for day in listed) == days


def test_the_days_of_a_span(run: Run) -> None:
    ended = run("calendar", "days", "2026-02-13", "2026-02-15", "--json")
    assert ended.document == {
        "calendar": "CN",
        "known_at": None,
        "known_until": "2026-12-24",
        "days": [
            {"day": "2026-02-13", "works": True, "provisional": False},
            {"day": "2026-02-14", "works": True, "provisional": False},
            {"day": "2026-02-15", "works": False, "provisional": False},
        ],
    }
    plain = run("calendar", "days", "2026-12-24", "2026-12-26").out.splitlines()
    assert plain == [
        "2026-12-24  working day",
        "2026-12-25  working day (provisional)",
        "2026-12-26  rest day (provisional)",
    ]
    assert run("calendar", "days", "2026-02-15", "2026-02-13", "--json").document["days"] == []


def test_what_lies_beyond_the_last_notice_is_provisional(run: Run) -> None:
    added = run("calendar", "add", "2026-12-20", 10, "--json").document
    assert added["provisional"]
    assert added["due_on"] > "2027-01-01"
    assert run("calendar", "count", "2026-12-01", "2027-01-31", "--json").document["provisional"]
    assert run("calendar", "add", "2026-12-20", 10).out.endswith("(provisional)\n")
    assert "暂定" in run("calendar", "add", "2026-12-20", 10, MONITOR_LANGUAGE="zh_CN").out


def test_a_database_that_cannot_be_read_may_hold_notices(run: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database at all" * 100)
    ended = run("calendar", "count", "2026-03-02", "2026-05-14", MONITOR_DATABASE_URL=f"sqlite:///{tmp_path}/broken.db")
    assert (ended.code, ended.out) == (1, "")
    assert "broken.db" in ended.err or "database" in ended.err


def test_a_calendar_asked_wrongly(run: Run) -> None:
    refused(run("calendar", "count", "2026-02-30", "2026-03-02"), "START", "2026-02-30")
    refused(run("calendar", "count", "2026-03-02", "soon"), "END", "soon")
    refused(run("calendar", "days", "x", "2026-03-02"), "FROM")
    refused(run("calendar", "days", "2026-03-02", "x"), "TO")
    refused(run("calendar", "add", "2026-13-01", 3), "START")
    refused(run("calendar", "add", "2026-03-02", "three"), code=2)
    refused(run("calendar", "add", "2026-03-02", 999_999), "CN")
    refused(run("calendar", "count", "1901-01-01", "2026-03-02"), "1901-01-01")
    refused(run("calendar", "days", "1901-01-01", "1901-01-02"), "1901-01-01")
    refused(run("calendar", "count", "2026-03-02"), code=2)


# ---- packs


def test_the_packs_that_come_with_the_product(run: Run) -> None:
    listed = run("packs", "--json").document["packs"]
    assert [p["id"] for p in listed] == sorted(p.stem for p in Path(str(files("rules") / "packs")).glob("*.toml"))
    red = {p["id"]: [number["days"] for number in p["thresholds"]["red"]] for p in listed}
    assert red == {
        "jiangsu-50": [],
        "low-risk-20": [20],
        "national-120": [120],
        "uk-8-weeks": [],
        "zhejiang-80": [80],
        "zhejiang-90": [90],
    }
    assert [p["id"] for p in listed if p["thresholds"]["yellow"]] == ["zhejiang-80"]
    plain = run("packs")
    assert (plain.code, plain.err) == (0, "")
    heads = [line.split()[0] for line in plain.out.splitlines() if line and not line.startswith(" ")]
    assert heads == [p["id"] for p in listed]
    refused(run("packs", "show", "hainan-7"), "hainan-7", "zhejiang-80")


def test_a_pack_for_a_person(run: Run) -> None:
    shown = run("packs", "show", "zhejiang-80")
    assert (shown.code, shown.err) == (0, "")
    for words in (
        "past 55 working days  (sourced, since 2020-01-01: 浙江",
        "until C09 建筑工程施工许可证 is approved  at most 50 working days",
        "hearing, bidding, auction",
        "statutory limit 60 natural days from receipt",
    ):
        assert words in shown.out
    chinese = run("packs", "show", "low-risk-20", MONITOR_LANGUAGE="zh_CN").out
    for words in (
        "超过 20 个工作日",
        "转引，未核原文",
        "低风险小型项目",
        "黄灯  无（规则未规定）",
        "设定，非法定",
        "停表情形",
    ):
        assert words in chinese
    england = run("packs", "show", "uk-8-weeks").out
    for words in ("natural days", "from receipt", "112 natural days", "past its statutory limit", "does not name it"):
        assert words in england
    assert "past the budget of: Before construction" in run("packs", "show", "jiangsu-50").out
    text = run("packs", "show", "zhejiang-80", "--toml").out
    assert text == (files("rules") / "packs" / "zhejiang-80.toml").read_text("utf-8")
    assert run("packs", "show", "zhejiang-80", "--json").document["id"] == "zhejiang-80"


def test_projects_are_judged_by_the_pack_they_name(run: Run, tmp_path: Path) -> None:
    project = PROJECT | {"coded_on": "2026-03-02", "region": "320102", "pack": "jiangsu-50"}
    folder = write_rows(tmp_path / "in", [project], [CASE], EVENTS[:1])
    [told] = run("assess", folder, "--as-of", "2026-11-20", "--json").document["projects"]
    assert (told["pack"], told["light"]) == ("jiangsu-50", "red")
    plain = write_rows(tmp_path / "plain", [project | {"pack": ""}], [CASE], EVENTS[:1])
    [none] = run("assess", plain, "--as-of", "2026-11-20", "--json").document["projects"]
    assert (none["pack"], none["light"]) == (None, "none")
    [offered] = run("assess", plain, "--as-of", "2026-11-20", "--json", "--pack", "jiangsu-50").document["projects"]
    assert (offered["pack"], offered["light"]) == ("jiangsu-50", "red")
    both = run("assess", folder, "--as-of", "2026-11-20", "--json", "--pack", "zhejiang-80")
    assert both.document["projects"][0]["pack"] == "jiangsu-50"


def test_everything_that_is_wrong_with_a_pack_is_told_at_once(run: Run, tmp_path: Path) -> None:
    text = (files("rules") / "packs" / "zhejiang-80.toml").read_text("utf-8")
    changes = (
        ('comparison = "over"', 'comparison = "past"\ncolour = "red"'),
        ("days = 55", 'days = "55"'),
        ('version = "2020"', ""),
        ('milestone = "C09"', 'milestone = "Z99"'),
        ('kinds = ["correction"]', 'kinds = ["pause"]'),
        ('flag = "S", source = "浙江“最多80天”改革材料：竣工验收30天内"', 'flag = "N"'),
    )
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    ended = run("packs", "check", "mine.toml", "--json")
    assert ended.code == 1
    assert not ended.document["usable"]
    assert [problem["key"] for problem in ended.document["problems"]] == [
        "colour",
        "group.milestone",
        "group[1].budget[0].flag",
        "group[1].budget[0].source",
        "version",
        "comparison",
        "thresholds.yellow[0].days",
        "pause[0].kinds",
    ]
    plain = run("packs", "check", "mine.toml")
    assert (plain.code, plain.out, len(plain.err.splitlines())) == (1, "", 9)
    assert "8 problems" in plain.err
    assert "version is missing" in plain.err
    chinese = run("packs", "check", "mine.toml", MONITOR_LANGUAGE="zh_CN").err
    assert "缺少 version" in chinese
    assert "事项目录中的事项编码" in chinese
    assert "共 8 处问题" in chinese
    (tmp_path / "bare.toml").write_text('id = "bare"\ncatalogue = "investment-projects"\n', "utf-8")
    told = [p["key"] for p in run("packs", "check", "bare.toml", "--json").document["problems"]]
    assert told == [*("scope", "thresholds", "clocks", "leads", "name", "name_en", "version", "note"),
                    *("note_en", "calendar", "comparison", "warning_days", "late_stop_days")]  # fmt: skip
    (tmp_path / "gap.toml").write_text(
        (files("rules") / "packs" / "zhejiang-80.toml").read_text("utf-8").replace("since = 2020", "since = 2021"),
        "utf-8",
    )
    # Two thresholds, two budgets, warning and late stop, four oddities: each begins after the scope does.
    assert len(run("packs", "check", "gap.toml", "--json").document["problems"]) == 10


def test_a_pack_of_ones_own(run: Run, tmp_path: Path) -> None:
    shipped = (files("rules") / "packs" / "zhejiang-80.toml").read_text("utf-8")
    own = tmp_path / "own.toml"
    own.write_text(shipped, "utf-8")
    ended = run("packs", "check", own)
    assert (ended.code, ended.out) == (0, "")
    assert "zhejiang-80" in ended.err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('comparison = "over"', 'comparison = "past"', ["comparison", "'past'", "over", "at"]),
        ('comparison = "over"', 'comparison = "over"\ncolour = "red"', ["colour", "comparison"]),
        ("days = 55", 'days = "55"', ["thresholds.yellow", "'55'"]),
        ("days = 55", "days = 95", ["thresholds", "95", "80"]),
        ("days = 55", "days = -1", ["thresholds.yellow", "-1"]),
        ('id = "zhejiang-80"', "", ["id"]),
        ('catalogue = "investment-projects"', 'catalogue = "none"', ["catalogue", "'none'", "investment-projects"]),
        ('milestone = "C09"', 'milestone = "Z99"', ["milestone", "'Z99'"]),
        ("[scope]", "[scope", ["file", "TOML"]),
    ],
)
def test_a_broken_pack_is_named_with_key_value_and_what_is_allowed(
    run: Run, tmp_path: Path, old: str, new: str, words: list[str]
) -> None:
    shipped = (files("rules") / "packs" / "zhejiang-80.toml").read_text("utf-8")
    assert old in shipped
    broken = tmp_path / "broken.toml"
    broken.write_text(shipped.replace(old, new, 1), "utf-8")
    refused(run("packs", "check", broken), "broken.toml", *words)


def test_a_pack_that_is_no_file(run: Run, tmp_path: Path) -> None:
    refused(run("packs", "check", tmp_path / "none.toml"), "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    refused(run("packs", "check", tmp_path / "bytes.toml"), "bytes.toml")
    refused(run("packs", "check"), code=2)


# ---- flags


def test_flags_lists_every_flag_with_reason_and_threshold(run: Run) -> None:
    found = {one["flag"]: one for one in run("flags", "--json").document["flags"]}
    assert tuple(found) == NAMES
    pack = tomllib.loads((files("rules") / "packs" / "zhejiang-80.toml").read_text("utf-8"))
    for flag, told in (
        ("late_entry", pack["oddities"]["late_entry_days"]),
        ("bulk_on_rest_day", pack["oddities"]["bulk_events"]),
        ("long_pause", pack["oddities"]["long_pause_days"]),
        ("entered_together", pack["oddities"]["together_days"]),
        ("pause_opened_late", pack["warning_days"]["number"]),
        ("withdrawn_before_limit", pack["warning_days"]["number"]),
        ("reopened", []),
    ):
        assert [one["number"] for one in found[flag]["thresholds"]] == [one["days"] for one in told], flag
        assert [one["source"] for one in found[flag]["thresholds"]] == [one["source"] for one in told], flag
    plain = run("flags").out
    assert all(one["saw"] in plain and one["why"] in plain for one in found.values())
    assert "办结日期早于受理日期" in run("flags", MONITOR_LANGUAGE="zh_CN").out
    refused(run("flags", "--pack", "nowhere-1"), "nowhere-1", "zhejiang-80")
    silent = run("flags", "--pack", "uk-8-weeks")
    assert "Pack uk-8-weeks does not raise: deemed_acceptance, " in silent.err
    assert "not raised under this pack" in silent.out
    told = {one["flag"]: one for one in run("flags", "--pack", "national-120", "--json").document["flags"]}
    assert (told["long_pause"]["raised"], told["long_pause"]["thresholds"][0]["number"]) == (True, 30)
    assert not told["deemed_acceptance"]["raised"]
