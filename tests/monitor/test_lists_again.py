"""A list that says otherwise than the one of last month, on SQLite and PostgreSQL. All data made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.intake import Refusal
from monitor.intake.profiles import read
from monitor.text import use_language
from monitor.verbs.imported import Imported
from monitor.verbs.undo import undo
from tests.monitor.canonical_files import ZONE, log_of, rows, take, write
from tests.monitor.sweeping import Clock
from tests.monitor.test_profiles import OWN

REPLACE = OWN.replace("[projects]", '[file]\nedits = "replace"\n[projects]')
HEADER = "code,coded,case,who,in,out,how\n"
KNOWN = ("2025-03-04", "2025-03-10", "yes")


class Lists:
    """Lists of one source; each row is a case of its own, C1, C2 and so on."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self.clock = database, folder, Clock()

    def take(self, *cases: tuple[str, ...], profile: str = OWN, text: str = "", **options: Any) -> Imported:
        lines = [f"P1,2025-03-03,C{n},A,{','.join(case)}\n" for n, case in enumerate(cases, 1)]
        name = str(len(list(self.folder.iterdir())))
        (self.folder / f"{name}.csv").write_text(text or HEADER + "".join(lines), "utf-8")
        (self.folder / f"{name}.toml").write_text(profile, "utf-8")
        given = {"profile": read(self.folder / f"{name}.toml"), "clock": self.clock} | options
        return take(self.database, self.folder / f"{name}.csv", **given)

    def holds(self) -> dict[str, str]:
        """Id and moment of the events that are known and not voided."""
        found = rows(self.database, "SELECT event_id, occurred_at, voids FROM event WHERE known_to IS NULL")
        voided = {voids for _id, _at, voids in found}
        return {event: at for event, at, voids in found if voids is None and event not in voided}


@pytest.fixture
def lists(database: Database, tmp_path: Path) -> Lists:
    return Lists(database, tmp_path)


def refused(done: Imported) -> list[tuple[int, str, str, str]]:
    assert all(isinstance(refusal, Refusal) for refusal in done.refusals)
    return [(r.row, r.column, r.value, r.code) for r in done.refusals]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (("", "2025-03-10", "yes"), [(2, "in", "", "gone")]),
        (("2025-03-04", "", ""), [(2, "out", "", "gone")]),
        (("", "", ""), [(2, "in", "", "gone"), (2, "out", "", "gone")]),
        (("2025-02-14", "2025-03-10", "yes"), [(2, "case", "C1#in", "other_content")]),
    ],
)
def test_what_contradicts_what_is_known_is_refused(
    lists: Lists, now: tuple[str, ...], expected: list[tuple[int, str, str, str]]
) -> None:
    lists.take(KNOWN)
    before = log_of(lists.database)
    done = lists.take(now, ("2025-03-05", "", ""))
    assert (done.outcome, refused(done)) == ("refused", expected)
    for language, words in (("en", "approval-monitor undo"), ("zh_CN", "approval-monitor undo")):
        with use_language(language):
            assert 'edits = "replace"' in str(done.refusals[0])
            assert words in str(done.refusals[0])
            assert ("2025-03-04" if "in" in str(expected[0][1:3]) else "2025-03-10") in str(done.refusals[0])
    assert log_of(lists.database) == before
    partial = lists.take(now, ("2025-03-05", "", ""), partial=True)
    assert (partial.outcome, partial.refused) == ("partial", len(expected))
    assert lists.holds() == {"C1#in": "2025-03-04", "C1#out": "2025-03-10", "C2#in": "2025-03-05"}


def test_a_blank_day_that_contradicts_nothing_is_taken_as_ever(lists: Lists) -> None:
    """Told in another row of the same import, by another source, voided, of a column that the file lacks."""
    lists.take(KNOWN, ("2025-03-05", "", ""))
    assert lists.take(("", "", ""), source="another").outcome == "landed"
    rows_of_one = "P1,2025-03-03,C1,A,2025-03-04,,\nP1,2025-03-03,C1,A,,2025-03-10,yes\n"
    assert lists.take(text=HEADER + rows_of_one).outcome == "nothing"
    narrow = OWN.partition('[[events]]\nname = "out"')[0].replace('name = "in"', 'name = "in"\noptional = true')
    assert lists.take(text="code,coded,case,who\nP1,2025-03-03,C1,A\n", profile=narrow).outcome == "nothing"
    void = {"event_id": "V1", "case_id": "C2", "status": "voided", "occurred_at": "2025-03-20", "voids": "C2#in"}
    take(lists.database, write(lists.folder / "void", (), (), [void]), clock=lists.clock)
    assert lists.take(KNOWN, ("", "", "")).outcome == "nothing"


def test_of_a_list_that_is_edited_in_place_a_mended_day_and_one_that_is_gone_are_voided(lists: Lists) -> None:
    first = lists.take(KNOWN, KNOWN, KNOWN)
    before = log_of(lists.database)
    done = lists.take(("2025-02-14", "2025-03-10", "yes"), ("2025-03-04", "", ""), KNOWN, profile=REPLACE)
    assert (done.outcome, done.counts["events"].changed, done.counts["events"].known) == ("landed", 2, 4)
    assert lists.holds() == {
        "C1#in": "2025-02-14",
        "C1#out": "2025-03-10",
        "C2#in": "2025-03-04",
        "C3#in": "2025-03-04",
        "C3#out": "2025-03-10",
    }
    kept = rows(lists.database, "SELECT event_id, occurred_at FROM event WHERE event_id LIKE '%~%' AND voids IS NULL")
    assert sorted(kept) == [(f"C1#in~{done.batch}", "2025-03-04"), (f"C2#out~{done.batch}", "2025-03-10")]
    same = lists.take(("2025-02-14", "2025-03-10", "yes"), ("2025-03-04", "", ""), KNOWN, profile=REPLACE)
    assert (same.outcome, same.batch) == ("nothing", None)
    back = lists.take(KNOWN, KNOWN, KNOWN, profile=REPLACE)
    assert lists.holds() == {f"C{n}#{name}": day for n in (1, 2, 3) for name, day in zip(("in", "out"), KNOWN)}
    assert done.batch is not None and back.batch is not None and first.batch is not None
    for number in (back.batch, done.batch):
        undo(lists.database, number, zone=ZONE, clock=lists.clock)
    assert log_of(lists.database) == before


def test_a_dry_run_of_an_edited_list_changes_nothing(lists: Lists) -> None:
    lists.take(KNOWN)
    before = log_of(lists.database)
    done = lists.take(("2025-03-04", "", ""), profile=REPLACE, dry_run=True)
    assert (done.outcome, done.counts["events"].changed) == ("landed", 1)
    assert log_of(lists.database) == before


@pytest.mark.parametrize("profile", [OWN, REPLACE])
def test_a_blank_day_of_a_secret_project_is_not_spoken_of(lists: Lists, profile: str) -> None:
    """The project was taken in before it was secret."""
    lists.take(KNOWN)
    marked = profile.replace('coded_on = "coded"', 'coded_on = "coded"\nkind = "kind"')
    text = HEADER.replace("\n", ",kind\n") + "P1,2025-03-03,C1,A,,,,涉密\n"
    done = lists.take(text=text, profile=marked, partial=True)
    assert {refusal.code for refusal in done.refusals} == {"secret"}
    assert lists.holds() == {"C1#in": "2025-03-04", "C1#out": "2025-03-10"}
    later = lists.take(("", "", ""), profile=profile, partial=True)
    assert {refusal.code for refusal in later.refusals} == {"secret"}
    assert lists.holds() == {"C1#in": "2025-03-04", "C1#out": "2025-03-10"}
    assert "C1" not in json.dumps(rows(lists.database, "SELECT content FROM refused_row"))
