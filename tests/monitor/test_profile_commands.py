"""The commands for profiles, and the example of docs/profiles.md as a person would type it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from monitor.intake import TABLES, Secrets, incoming, read_canonical
from monitor.intake.limits import MOST_CELLS, MOST_OF_WORKBOOK, MOST_UNPACKED
from monitor.intake.profiles import read
from monitor.intake.profiles.expressions import KEYS
from monitor.intake.profiles.reading import _KEYS, _OF_EVENT
from tests.house.tree import TOP
from tests.monitor.canonical_files import ZONE
from tests.monitor.commands import Run, program, refused
from tests.monitor.test_profiles import CASES, OWN, TABLE

PAGE = (TOP / "docs" / "profiles.md").read_text("utf-8")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, f"sqlite:///{tmp_path}/monitor.db") as call:
        yield call


@pytest.fixture
def files(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(OWN, "utf-8")
    (tmp_path / "in.csv").write_text(TABLE, "utf-8")
    (tmp_path / "bad.csv").write_text(TABLE.replace("yes", "perhaps"), "utf-8")
    (tmp_path / "list.csv").write_text(CASES, "utf-8")


@pytest.mark.usefixtures("files")
def test_import_and_assess_through_a_profile(run: Run) -> None:
    tried = run("import", "in.csv", "--profile", "own.toml", "--dry-run", "--json")
    assert (tried.code, tried.document["profile"], tried.document["events"]["added"]) == (0, "own", 2)
    done = run("import", "in.csv", "--profile", "own.toml", "--source", "list")
    assert (done.code, done.out) == (0, "")
    assert "Batch 1 landed" in done.err
    assert run("import", "list.csv", "--profile", "case-list", "--json").document["cases"]["added"] == 3
    refused(run("import", "bad.csv", "--profile", "own.toml"), "bad.csv, row 2: how 'perhaps'", "yes, no*")
    judged = run("assess", "in.csv", "--profile", "own.toml", "--as-of", "2025-04-01", "--json").document
    assert [(one["project_code"], one["used"]) for one in judged["projects"]] == [("P1", 4)]  # 5, 6, 7 and 10 March
    refused(run("assess", "bad.csv", "--profile", "own.toml"), "how 'perhaps'")


@pytest.mark.usefixtures("files")
def test_a_profile_that_is_none(run: Run, tmp_path: Path) -> None:
    refused(run("import", "in.csv", "--profile", "magic"), "case-list", ".toml", code=2)
    refused(run("import", "in.csv", "--profile", "none.toml"), "none.toml", "cannot be read")
    (tmp_path / "bad.toml").write_text(OWN.replace('"approved"', '"agreed"'), "utf-8")
    refused(run("import", "in.csv", "--profile", "bad.toml"), "events[1].status.words.yes is 'agreed'", "one of")
    assert not (tmp_path / "monitor.db").exists()


@pytest.mark.usefixtures("files")
def test_check_shows_what_becomes_of_rows_and_what_would_be_refused(run: Run, tmp_path: Path) -> None:
    good = run("profile", "check", "own.toml", "in.csv")
    assert good.code == 0
    assert "event_id=C1#out  case_id=C1  status=approved  occurred_at=2025-03-10" in good.out
    assert "nothing was written" in good.err
    bad = run("profile", "check", "own.toml", "bad.csv", "--json")
    assert bad.code == 1
    assert {(r["row"], r["column"], r["value"], r["code"]) for r in bad.document["refusals"]} == {
        (2, "how", "perhaps", "word"),
        (2, "in", "2025-03-04", "beside"),
    }
    assert [bad.document["events"][name] for name in ("rows", "refused")] == [2, 2]
    assert "can be used" in run("profile", "check", "own.toml").err
    assert run("profile", "check", "case-list", "list.csv").code == 0
    many = "".join(f"P{n},2025-03-03,C{n},A,2025-03-04,,\n" for n in range(100, 130))
    (tmp_path / "many.csv").write_text(TABLE + many, "utf-8")
    shown = run("profile", "check", "own.toml", "many.csv", "--json").document
    assert (shown["cases"]["rows"], len(shown["cases"]["first"])) == (31, 10)
    (tmp_path / "bad.toml").write_text(OWN.replace("[cases]", "colour = 1\n[cases]"), "utf-8")
    refused(run("profile", "check", "bad.toml", "in.csv"), "projects.colour is 1", "1 problem")
    assert not (tmp_path / "monitor.db").exists()


def test_list_and_show(run: Run) -> None:
    assert {"case-list", "wide-log", "xes"} <= {line.split()[0] for line in run("profile", "list").out.splitlines()}
    assert "日期分列" in run("profile", "list", MONITOR_LANGUAGE="zh_CN").out
    for name in ("case-list", "wide-log", "xes"):
        shown = run("profile", "show", name)
        assert "project_code ←" in shown.out
        text = run("profile", "show", name, "--toml").out
        assert text == (TOP / "monitor" / "intake" / "profiles" / f"{name}.toml").read_text("utf-8")
    refused(run("profile", "show", "canonical"), "need no profile", code=2)


def test_the_profile_of_exchange_tables(run: Run, tmp_path: Path) -> None:
    assert "spgl" in {line.split()[0] for line in run("profile", "list").out.splitlines()}
    shown = run("profile", "show", "spgl").out
    assert "  14 → withdrawn" in shown.splitlines()
    text = run("profile", "show", "spgl", "--toml").out
    assert text == (TOP / "monitor" / "exchange" / "spgl.toml").read_text("utf-8")
    (tmp_path / "own.toml").write_text(text.replace('14 = "withdrawn"', '14 = "revoked"'), "utf-8")
    assert "  14 → revoked" in run("profile", "show", "own.toml").out.splitlines()
    assert "can be used" in run("profile", "check", "own.toml").err
    refused(run("profile", "check", "own.toml", "in.csv"), "pull --profile own.toml --dry-run", code=2)
    refused(run("import", "in.csv", "--profile", "own.toml"), "pull --profile own.toml", code=2)
    (tmp_path / "bad.toml").write_text(text.replace('14 = "withdrawn"', '14 = "gone"'), "utf-8")
    refused(run("profile", "check", "bad.toml"), "statuses.14 is 'gone'", "1 problem")
    (problem,) = run("profile", "check", "bad.toml", "--json").document["problems"]
    assert (problem["key"], problem["value"]) == ("statuses.14", "'gone'")


@pytest.mark.usefixtures("files")
def test_rows_that_are_passed_over_are_counted_and_said(run: Run, tmp_path: Path) -> None:
    """The list has one row of a total; the blank row is none that anybody could miss."""
    told = [{"file": "list.csv", "rows": 1}]
    (tmp_path / "list.csv").write_text(CASES, "utf-8")
    for command in (
        ("profile", "check", "case-list", "list.csv"),
        ("assess", "list.csv", "--profile", "case-list"),
        ("import", "list.csv", "--profile", "case-list"),
    ):
        assert run(*command, "--json").document["passed_over"] == told
        assert "list.csv: 1 row passed over" in run(*command).err
    assert run("import", "in.csv", "--profile", "own.toml", "--json").document["passed_over"] == []


@pytest.mark.usefixtures("files")
def test_check_finds_an_id_that_stands_twice_as_the_import_does(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "twice.csv").write_text(TABLE + "P1,2025-03-09,C2,B,2025-03-05,,\n", "utf-8")
    checked = run("profile", "check", "own.toml", "twice.csv", "--json")
    tried = run("import", "twice.csv", "--profile", "own.toml", "--dry-run", "--json")
    assert (checked.code, tried.code) == (1, 1)
    (found,), (known,) = checked.document["refusals"], tried.document["refusals"]
    assert found == known
    assert (found["row"], found["column"], found["code"]) == (3, "code", "twice")
    assert (checked.document["projects"]["refused"], checked.document["compared"]) == (1, True)
    monkeypatch.setattr(import_module("monitor.verbs.profiles"), "COMPARED", 3)
    some = run("profile", "check", "own.toml", "in.csv")  # a project, a case and two events
    assert (some.code, "Not every id was looked for a second time" in some.err) == (0, True)


@pytest.mark.usefixtures("files")
def test_long_mapping_says_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("monitor.intake.profiles.mapped"), "TOLD_EVERY", 2)
    heard: list[tuple[int, int]] = []
    profile = read(tmp_path / "own.toml")
    with incoming([tmp_path / "in.csv"], ZONE, Secrets(), profile, lambda *told: heard.append(told)):
        assert heard == [(2, 0), (4, 0)]  # a project, a case and its two events


@pytest.mark.usefixtures("files")
def test_suggest_writes_a_profile_that_can_be_used(run: Run, tmp_path: Path) -> None:
    done = run("profile", "suggest", "list.csv", "--out", "mine.toml")
    assert (done.code, done.out) == (0, "")
    assert run("profile", "check", "mine.toml", "list.csv").code == 0
    refused(run("profile", "suggest", "list.csv", "--out", "mine.toml"), "--force")
    assert run("profile", "suggest", "list.csv", "--out", "mine.toml", "--force").code == 0
    assert 'id = "mine"' in run("profile", "suggest", "list.csv").out
    refused(run("profile", "suggest", "none.csv"), "none.csv")
    refused(run("profile", "suggest", "list.csv", "--out", "no/such/folder.toml"), "cannot be written")


def test_the_example_of_the_page_is_so(tmp_path: Path) -> None:
    (table,) = re.findall(r"^```csv\n(.*?)^```", PAGE, flags=re.M | re.S)
    (profile,) = re.findall(r"^```toml\n(.*?)^```", PAGE, flags=re.M | re.S)
    (tmp_path / "mine.toml").write_text(profile, "utf-8")
    (tmp_path / "in.csv").write_text(table, "utf-8")
    found = read_canonical([tmp_path / "in.csv"], ZONE, profile=read(tmp_path / "mine.toml"))
    assert not found.refusals
    assert (len(found.projects), found.cases.case_id, len(found.events)) == (1, ["A-1", "A-2"], 3)
    assert found.cases.department == ["发展和改革局", "住房和城乡建设局"]
    (tmp_path / "in.csv").write_text(table.replace("准予", "再议"), "utf-8")
    refused = read_canonical([tmp_path / "in.csv"], ZONE, profile=read(tmp_path / "mine.toml")).refusals
    told = {(refusal.row, refusal.column, refusal.value) for refusal in refused}
    assert told == {(3, "结果", "再议"), (3, "受理", "2025/3/4")}


def test_the_page_names_every_key() -> None:
    of_file = "sheets header_row header_rows skip totals fill_down encoding separator edits".split()
    for key in (*_KEYS, *KEYS, *_OF_EVENT, *of_file):
        assert re.search(rf"\b{key}\b", PAGE), key
    assert {"projects", "cases", "events"} == set(TABLES)
    for limit in (f"{MOST_UNPACKED >> 30} GiB", f"{MOST_OF_WORKBOOK >> 30} GiB", f"{MOST_CELLS:,} cells"):
        assert limit in PAGE
