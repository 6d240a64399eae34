"""A proposed profile: an office's workbook comes in with two corrections, and what is not sure is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from monitor.database import Database
from monitor.intake import Canonical, FileRefused, read_canonical
from monitor.intake.profiles import read, suggested
from monitor.intake.profiles.looking import stage_of_item
from monitor.text import use_language
from rules.vocabulary import Stage, Status
from rules.workdays import day_of
from tests.monitor.canonical_files import ZONE, take
from tests.monitor.office_workbook import P1, P2, P3, write
from tests.monitor.test_profiles import refusals

CORRECTIONS = (
    # 1. A word that was not known is given its meaning.
    ('# "已出证" = "?"\n', ""),
    ('"准予许可" = "approved"', '"准予许可" = "approved", "已出证" = "approved"'),
    # 2. Departments are told by their whole names.
    (
        'department = "审批部门"',
        'department = { column = "审批部门", words = { "发改" = "发展和改革局", "资规" = "自然资源和规划局",'
        ' "住建" = "住房和城乡建设局" } }',
    ),
)


def events(found: Canonical) -> list[tuple[str, str, str]]:
    """Case, status and moment of each event, as they came."""
    told = found.events
    return [(c, Status(s).word, at) for c, s, at in zip(told.case_id, told.status, told.occurred_at, strict=True)]


def test_an_office_workbook_comes_in_with_two_corrections(database: Database, tmp_path: Path) -> None:
    path = write(tmp_path / "台账.xlsx")
    with use_language("en"):
        proposed = suggested([path], "office")
    assert [key for key, _ in proposed.doubts] == ["file.totals", "status.words"]
    text = proposed.text
    for old, new in CORRECTIONS:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "office.toml").write_text(text, "utf-8")
    profile = read(tmp_path / "office.toml")
    found = read_canonical([path], ZONE, profile=profile)
    assert not found.refusals
    projects = found.projects
    coded = [day_of(day).isoformat() for day in projects.coded_on]
    assert list(
        zip(projects.project_code, projects.name, projects.applicant, coded, projects.investment, strict=True)
    ) == [
        (P1, "堃泰厂房", "堃泰公司", "2024-03-04", 1200.5),
        (P2, "喆远仓库", "喆远公司", "2024-05-06", 300.0),
        (P3, "某某道路", "交投公司", "2025-03-19", 8000.0),
    ]
    cases = found.cases
    stages = [Stage(stage).word for stage in cases.stage]
    assert list(zip(cases.case_id, cases.item_name, stages, cases.department, cases.promised_days, strict=True)) == [
        ("B-001", "企业投资项目备案", "initiation", "发展和改革局", 3),
        ("B-002", "建设工程规划许可证", "planning", "自然资源和规划局", 10),
        ("B-003", "建筑工程施工许可证核发", "construction", "住房和城乡建设局", 5),
        ("C-001", "政府投资项目建议书审批", "initiation", "发展和改革局", 5),
        ("C-002", "竣工联合验收", "acceptance", "住房和城乡建设局", 12),
    ]
    assert events(found) == [
        ("B-001", "accepted", "2024-03-05"),
        ("B-001", "approved", "2024-03-06"),
        ("B-002", "accepted", "2024-03-11"),
        ("B-002", "correction_started", "2024-03-13"),
        ("B-002", "correction_ended", "2024-03-18"),
        ("B-002", "approved", "2024-03-29"),
        ("B-003", "accepted", "2024-05-07T09:30:00"),
        ("B-003", "rejected", "2024-05-10"),
        ("C-001", "accepted", "2025-03-21"),
        ("C-001", "approved", "2025-04-01"),
        ("C-002", "accepted", "2025-11-03"),
    ]
    done = take(database, path, profile=profile)
    assert (done.outcome, done.passed_over.files) == ("landed", (f"{path}/说明",))
    assert done.passed_over.rows == {f"{path}/2024年": 1, f"{path}/2025年": 1}  # a total each
    assert 'sheets = ["20??年"]' in text  # of the next year too
    assert {name: count.added for name, count in done.counts.items()} == {"projects": 3, "cases": 5, "events": 11}


def test_without_its_corrections_the_workbook_is_refused_by_row_and_word(tmp_path: Path) -> None:
    path = write(tmp_path / "台账.xlsx")
    (tmp_path / "office.toml").write_text(suggested([path], "office").text, "utf-8")
    found = read_canonical([path], ZONE, profile=read(tmp_path / "office.toml"))
    assert refusals(found) == [(5, "审批结果", "已出证", "word")]
    assert {(r.file, r.row) for r in found.refusals} == {(f"{path}/2025年", 5)}


def test_a_list_in_english_with_merged_cells_and_nothing_said_of_stage_case_and_coding(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Project code", "Permit", "Agency", "Date received", "Date accepted", "Decision date", "Outcome", "Inspected"],
        ["P1", "企业投资项目备案", "A", "01/03/2024", "04/03/2024", "25/03/2024", "Approved", "11/03/2024"],
        [None, "建筑工程施工许可证核发", "B", "02/03/2024", "05/03/2024", None, None, None],
        ["Total", None, None, None, None, None, None, None],
    ):
        sheet.append(row)
    book.save(tmp_path / "list.xlsx")
    with use_language("en"):
        proposed = suggested([tmp_path / "list.xlsx"], "list")
    assert [key for key, _ in proposed.doubts] == [
        *("file.totals", "file.fill_down", "projects.coded_on", "cases.case_id", "cases.stage", "events")
    ]
    assert "Inspected holds dates" in dict(proposed.doubts)["events"]
    (tmp_path / "list.toml").write_text(proposed.text, "utf-8")
    found = read_canonical([tmp_path / "list.xlsx"], ZONE, profile=read(tmp_path / "list.toml"))
    assert not found.refusals
    assert found.projects.project_code == ["P1"]
    assert [day_of(day).isoformat() for day in found.projects.coded_on] == ["2024-03-01"]
    assert found.cases.case_id == ["P1-企业投资项目备案", "P1-建筑工程施工许可证核发"]
    assert [Stage(stage).word for stage in found.cases.stage] == ["initiation", "construction"]
    assert [(s, at) for _, s, at in events(found)] == [
        *(("received", "2024-03-01"), ("received", "2024-03-02"), ("accepted", "2024-03-04")),
        *(("accepted", "2024-03-05"), ("approved", "2024-03-25")),
    ]


def test_a_log_is_known_by_its_column_of_statuses(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(
        "项目代码,申报日期,办件编号,阶段,审批部门,办理状态,办理时间\n"
        "P1,2024-03-01,A-1,施工许可,住建局,已受理,2024-03-04 09:00\n"
        "P1,2024-03-01,A-1,施工许可,住建局,已办结（通过）,2024-03-08 09:00\n".encode("gb18030")
    )
    proposed = suggested([tmp_path / "log.csv"], "log")
    assert [key for key, _ in proposed.doubts] == ["file.encoding", "events.event_id"]
    (tmp_path / "log.toml").write_text(proposed.text, "utf-8")
    found = read_canonical([tmp_path / "log.csv"], ZONE, profile=read(tmp_path / "log.toml"))
    assert not found.refusals
    assert events(found) == [("A-1", "accepted", "2024-03-04T09:00:00"), ("A-1", "approved", "2024-03-08T09:00:00")]


def test_what_is_lacking_is_left_to_be_refused(tmp_path: Path) -> None:
    (tmp_path / "poor.csv").write_text("colour,taste\nred,sweet\n")
    proposed = suggested([tmp_path / "poor.csv"], "poor")
    assert {key for key, _ in proposed.doubts} >= {
        "projects.project_code",
        "projects.coded_on",
        "cases.case_id",
        "events",
    }
    (tmp_path / "empty.csv").write_text("\n\n")
    with pytest.raises(FileRefused):
        suggested([tmp_path / "empty.csv"], "poor")


@pytest.mark.parametrize(
    ("item", "stage"), [("企业投资项目备案", "initiation"), ("建筑工程施工许可证核发", "construction"), ("喝茶", None)]
)
def test_the_stage_of_an_item_is_that_of_the_catalogue(item: str, stage: str | None) -> None:
    assert stage_of_item(item) == stage
