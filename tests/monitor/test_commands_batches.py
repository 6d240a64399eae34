"""batches, undo, refused: what they print, what they refuse, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, write
from tests.monitor.commands import Run, program


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Iterator[Run]:
    write(tmp_path / "one", [PROJECT])
    write(tmp_path / "two", [], [CASE, CASE | {"case_id": "C9", "project_code": "P9"}], EVENTS)
    write(tmp_path / "nine", [PROJECT | {"project_code": "P9"}])
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        assert call("import", "one").code == 0
        assert call("import", "two", "--partial", "--source", "hall").code == 3
        yield call


def test_batches_lists_what_came_in(run: Run) -> None:
    ended = run("batches")
    assert (ended.code, ended.err) == (0, "2 batches.\n")
    first, second = ended.out.splitlines()
    assert first.split()[0] == "1"
    assert "one  1 projects, 0 cases, 0 events  reported until 2026-03-02" in first
    assert "hall  two  0 projects, 1 cases, 2 events  1 rows set aside, 1 of them wait" in second
    [one] = run("batches", "--source", "hall", "--json").document["batches"]
    assert (one["batch"], one["files"], one["refused"], one["waiting"]) == (2, "two", 1, 1)


def test_undo_says_first_what_it_would_do(run: Run) -> None:
    looked = run("undo", "1", "--dry-run")
    assert looked.code == 0
    lines = looked.err.splitlines()
    assert lines[:4] == [
        "projects: 1 known no more, 0 known otherwise, 0 rows wait",
        "cases: 1 known no more, 0 known otherwise, 1 rows wait",
        "events: 2 known no more, 0 known otherwise, 2 rows wait",
        "P1  the project  light  Green → –",
    ]
    assert "1 project would be known no more." in lines
    assert lines[-1] == "Nothing was written (--dry-run); it would leave 1 project to assess again."
    assert run("batches").err == "2 batches.\n"
    done = run("undo", "1")
    assert done.err.splitlines() == [*looked.err.splitlines()[:3], done.err.splitlines()[-1]]
    assert done.err.splitlines()[-1] == "Batch 1 was taken back, as batch 3; 1 project to assess again."
    listed = run("batches").out.splitlines()
    assert "by batch 3" in listed[0]
    assert listed[2].endswith("takes back batch 1")
    assert run("tick").code == 0
    assert run("projects", "--json").document["projects"] == []
    assert "3 rows that had waited came in" in run("import", "one").err


def test_what_cannot_be_taken_back_is_said(run: Run) -> None:
    run("undo", "1")
    for number, said in (("7", "There is no batch 7"), ("1", "Batch 1 was taken back already"), ("3", "of batch 1")):
        ended = run("undo", number)
        assert (ended.code, ended.out) == (1, "")
        assert said in ended.err


def test_refused_lists_what_waits(run: Run) -> None:
    ended = run("refused")
    assert ended.err == "1 row waits.\n"
    assert (
        "batch 2, source hall: two/cases.csv, row 3: project_code 'P9' names a project that is not known" in ended.out
    )
    run("undo", "1")
    texts = run("refused").out
    assert "case_id 'C1', set aside when a batch was taken back: project_code 'P1' names a project" in texts
    assert run("refused", "--source", "files").err == "0 rows wait.\n"
    ended = run("import", "nine")
    assert "1 row that had waited came in" in ended.err
    assert len(run("refused", "--json").document["rows"]) == 3


def test_in_chinese(run: Run) -> None:
    chinese = {"MONITOR_LANGUAGE": "zh_CN"}
    assert "项目：1 个撤去，0 个恢复原内容，0 行转为待补" in run("undo", "1", **chinese).err
    assert "因批次撤回转为待补" in run("refused", **chinese).out
