"""Rows in any order and batches of any size give the same log."""

from __future__ import annotations

import csv
import random
from pathlib import Path
from zlib import crc32

import pytest

from monitor.database import Database
from tests.monitor.canonical_files import log_of, take, write

TABLES = ("projects", "cases", "events")


def _rows(folder: Path, table: str, projects: set[str]) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if _project(row) in projects]


def _project(row: dict[str, str]) -> str:
    return (row.get("project_code") or row["case_id"]).split("-")[0]


@pytest.fixture(scope="module")
def awkward(shared_data: Path) -> list[list[dict[str, str]]]:
    """The tables of forty projects of the awkward log."""
    chosen = {f"P{n:05d}" for n in range(40)}
    tables = [_rows(shared_data / "canonical" / "awkward", table, chosen) for table in TABLES]
    assert [len(rows) > 30 for rows in tables] == [True, True, True]
    return tables


@pytest.mark.parametrize("seed", range(3))
def test_rows_in_any_order(database: Database, tmp_path: Path, awkward: list[list[dict[str, str]]], seed: int) -> None:
    draw = random.Random(seed)
    take(database, write(tmp_path / "plain", *awkward), source="plain")
    shuffled = [draw.sample(rows, len(rows)) for rows in awkward]
    take(database, write(tmp_path / "mixed", *shuffled), source="mixed", chunk=draw.randrange(1, 300))
    _assert_same(database)


@pytest.mark.parametrize("seed", range(3))
def test_batches_of_any_size(
    database: Database, tmp_path: Path, awkward: list[list[dict[str, str]]], seed: int
) -> None:
    """A batch has any of the rows whose project or case came with it or before; an overlap adds nothing."""
    draw = random.Random(seed)
    take(database, write(tmp_path / "plain", *awkward), source="plain")
    projects, cases, events = (draw.sample(rows, len(rows)) for rows in awkward)
    named = {row["event_id"]: row for row in events}
    step = draw.randrange(2, 8)
    for n in range(step):
        part = [rows[n::step] for rows in (projects, cases)]
        # A row waits for what it names: its case for its project, its event for its case.
        part[0] += [p for p in projects if p["project_code"] in {c["project_code"] for c in part[1]}]
        some = [row for row in events if crc32(row["case_id"].encode()) % step == n]
        part.append(some + [named[row["voids"]] for row in some if row.get("voids")])
        part[1] += [c for c in cases if c["case_id"] in {row["case_id"] for row in part[2]}]
        part[0] += [p for p in projects if p["project_code"] in {c["project_code"] for c in part[1]}]
        result = take(database, write(tmp_path / f"part{n}", *part), source="mixed", chunk=draw.randrange(1, 300))
        assert result.refused == 0, [str(r) for r in result.refusals][:3]
    _assert_same(database)


def _assert_same(database: Database) -> None:
    log = log_of(database)
    for table in ("cases", "events"):
        by_source = {name: [row[1:] for row in log[table] if row[0] == name] for name in ("plain", "mixed")}
        assert by_source["plain"] == by_source["mixed"], table
        assert by_source["plain"]
