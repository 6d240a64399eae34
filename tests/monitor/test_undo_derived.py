"""A day of coding that a list only derives, with batches taken back, on SQLite and PostgreSQL. All data made up."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from monitor.database import Database
from monitor.intake import SecretList
from monitor.intake.profiles import Profile, read
from monitor.store import telling
from monitor.store.telling import Of
from monitor.verbs.purge import purge
from monitor.verbs.undo import undo
from rules.workdays import day_of
from tests.monitor.canonical_files import PROJECT, ZONE, rows, take, write
from tests.monitor.sweeping import Clock

PROFILE = """
id = "list"
title = "list"
[projects]
project_code = "code"
name = "name"
coded_on = { column = "in", take = "earliest" }
kind = { column = "kind", optional = true }
[cases]
case_id = "case"
stage = { value = "construction" }
department = { value = "住建" }
[[events]]
name = "accepted"
status = "accepted"
occurred_at = "in"
"""


class Lists:
    """Lists of one project, each of one case accepted on a day."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self.clock = database, folder, Clock()
        (folder / "list.toml").write_text(PROFILE, "utf-8")
        self.profile: Profile = read(folder / "list.toml")

    def take(self, *days: str, name: str = "甲", kind: str = "") -> int:
        """Imports a list; gives the number of its batch."""
        lines = [f"P1,{name},C{day},{day},{kind}\n" for day in days]
        path = self.folder / f"{len(list(self.folder.iterdir()))}.csv"
        path.write_text("code,name,case,in,kind\n" + "".join(lines), "utf-8")
        done = take(self.database, path, profile=self.profile, source="list", clock=self.clock)
        assert done.batch is not None, done.refusals
        return done.batch

    def tell(self, day: str) -> int:
        """Imports a canonical file that tells the day of coding."""
        files = write(self.folder / day, [PROJECT | {"coded_on": day}])
        done = take(self.database, files, source="files", clock=self.clock)
        assert done.batch is not None
        return done.batch

    def undo(self, batch: int) -> None:
        undo(self.database, batch, zone=ZONE, clock=self.clock)

    def coded_on(self) -> list[str]:
        found = rows(self.database, "SELECT coded_on FROM project_fact WHERE known_to IS NULL")
        return [day_of(day).isoformat() for (day,) in found]


@pytest.fixture
def lists(database: Database, tmp_path: Path) -> Lists:
    return Lists(database, tmp_path)


def test_a_derived_day_that_was_kept_out_counts_once_the_earlier_one_is_taken_back(lists: Lists) -> None:
    earlier = lists.take("2026-01-05")
    lists.take("2026-05-06")
    assert lists.coded_on() == ["2026-01-05"]
    lists.undo(earlier)
    assert lists.coded_on() == ["2026-05-06"]


@pytest.mark.parametrize("order", list(permutations(("2026-01-05", "2026-03-02", "2026-05-06"))))
def test_whatever_their_order_the_earliest_of_the_lists_that_remain_is_the_day(
    lists: Lists, order: tuple[str, ...]
) -> None:
    batches = {day: lists.take(day) for day in order}
    lists.undo(batches["2026-01-05"])
    assert lists.coded_on() == ["2026-03-02"]
    lists.undo(batches["2026-03-02"])
    assert lists.coded_on() == ["2026-05-06"]
    lists.undo(batches["2026-05-06"])
    assert lists.coded_on() == []


def test_a_day_that_was_told_stands_against_a_later_one_that_was_derived(lists: Lists) -> None:
    """Told 2 January, told 1 June, derived 6 May: without the second the first stands, without both the derived one."""
    first, second = lists.tell("2026-01-02"), lists.tell("2026-06-01")
    lists.take("2026-05-06")
    assert lists.coded_on() == ["2026-05-06"]
    lists.undo(second)
    assert lists.coded_on() == ["2026-01-02"]
    lists.undo(first)
    assert lists.coded_on() == ["2026-05-06"]


def test_a_day_told_after_a_derived_one_has_the_word(lists: Lists) -> None:
    lists.take("2026-01-05")
    told = lists.tell("2026-02-02")
    lists.take("2026-03-02", name="乙")
    assert lists.coded_on() == ["2026-02-02"]
    lists.undo(told)
    assert lists.coded_on() == ["2026-01-05"]


def test_a_derived_day_of_before_it_was_written_down_leaves_the_day_that_was_known(lists: Lists) -> None:
    earlier = lists.take("2026-01-05")
    lists.take("2026-05-06")
    with lists.database.writing() as connection:
        connection.exec_driver_sql(f"DELETE FROM batch_known WHERE of = {int(Of.DERIVED)}")
    lists.undo(earlier)
    assert lists.coded_on() == ["2026-01-05"]


def test_of_a_purged_project_no_derived_day_is_kept(lists: Lists) -> None:
    lists.take("2026-01-05")
    path = lists.folder / "secret.csv"
    path.write_text("code,name,case,in,kind\nP1,甲,C9,2026-06-01,secret\n", "utf-8")
    take(lists.database, path, profile=lists.profile, source="list", clock=lists.clock)
    assert purge(lists.database, SecretList(), by="张三", clock=lists.clock).projects == 1
    with lists.database.reading() as connection:
        assert not any(len(piece.keys) for piece in telling.pieces(connection, 0, 9))
