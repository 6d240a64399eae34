"""Corrections that a batch taken back brings: both values, and the taking back as their cause.

The days are those of tests/monitor/test_corrections.py: from 2 March 2026 the 66th working day is 5 June, the 80th
26 June, the 81st 29 June, the 82nd 30 June.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.database import Database
from monitor.differences import by_whom, why
from monitor.verbs.undo import undo
from tests.monitor.canonical_files import PROJECT, ZONE
from tests.monitor.sweeping import Office, office
from tests.monitor.test_corrections import ACCEPTED, CASE, at, changes, corrections, event

DECIDED = event("E2", "approved", "2026-06-05")


@pytest.fixture
def here(database: Database, tmp_path: Path) -> Office:
    """A case accepted on 2 March 2026, known that day; a decision of 5 June, entered on 29 June, taken back on 30."""
    opened = office(database, tmp_path)
    at(opened, "2026-03-02")
    opened.take([PROJECT], [CASE], [ACCEPTED])
    at(opened, "2026-06-29")
    opened.take([], [], [DECIDED])
    at(opened, "2026-06-30")
    undo(database, 2, zone=ZONE, clock=opened.clock)
    return opened


def test_the_taking_back_and_the_coming_in_again(here: Office) -> None:
    at(here, "2026-07-01")
    here.take([], [], [DECIDED])
    entered, undone, again = corrections(here)
    assert [one["as_of"] for one in (entered, undone, again)] == ["2026-06-28", "2026-06-29", "2026-06-30"]
    assert [[c["cause"] for c in one["causes"]] for one in (entered, undone, again)] == [
        ["late_entry"],
        ["batch_undone"],
        ["late_entry"],
    ]
    used = [changes(one)["project", "used"] for one in (entered, undone, again)]
    assert used == [(80, 66), (66, 81), (82, 66)]
    assert changes(undone)["project", "light"] == ("yellow", "red")
    (cause,) = undone["causes"]
    assert (cause["document"], cause["source"]) == ("2", "files")
    assert why(cause) == "批次撤回：批次 2"
    assert "来源 files" in by_whom(cause)


def test_what_others_told_as_well_is_no_correction(here: Office) -> None:
    """Batch 4 tells all again, so taking the first back alters nothing that was said."""
    at(here, "2026-06-30", 14)
    here.take([PROJECT | {"name": "again"}], [CASE], [ACCEPTED])
    before = corrections(here)
    at(here, "2026-07-02")
    undo(here.database, 1, zone=ZONE, clock=here.clock)
    assert corrections(here) == before


def test_a_fact_that_goes_back_is_told_with_both_values(here: Office) -> None:
    at(here, "2026-07-01")
    here.take([], [CASE | {"promised_days": "20"}], [])
    at(here, "2026-07-02")
    undo(here.database, 4, zone=ZONE, clock=here.clock)
    last = corrections(here)[-1]
    told = [(c["cause"], c["column"], c["before"], c["after"]) for c in last["causes"]]
    assert told == [("changed_fact", "promised_days", "20", "40"), ("batch_undone", None, None, None)]
    # Of 20 days the last is 30 March, of 40 it is 28 April.
    assert changes(last)["promised", "due_on"] == ("2026-03-30", "2026-04-28")


def test_a_project_taken_back_was_said_to_stand_somewhere(here: Office) -> None:
    at(here, "2026-07-02")
    undo(here.database, 1, zone=ZONE, clock=here.clock)
    last = corrections(here)[-1]
    assert [c["cause"] for c in last["causes"]] == ["batch_undone"]
    # 1 July is the 83rd day; of what is not known nothing is said.
    assert changes(last)["project", "used"] == (83, None)
    assert changes(last)["project", "light"] == ("red", None)
