"""The oracle and the engine against answer keys counted elsewhere, and the generator of awkward logs."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from random import Random

import pytest

from rules.vocabulary import NATIONAL_CODES, Holder, Pause, Status
from tests.rules.agreement import differences
from tests.rules.columns import engine
from tests.rules.common import CALENDAR, PACK
from tests.rules.generate import awkward_log
from tests.rules.oracle import judge


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a canonical file."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def log_in(folder: Path) -> tuple[list[dict[str, str]], list[dict[str, str]], list[dict[str, str]]]:
    """A sample log: projects, cases, events."""
    return rows_of(folder / "projects.csv"), rows_of(folder / "cases.csv"), rows_of(folder / "events.csv")


# ---- the keys


@pytest.mark.parametrize("as_of", ["2025-03-31", "2026-11-20"])
@pytest.mark.parametrize("log", ["awkward", "bpic15_1"])
def test_oracle_and_engine_agree_with_the_key(shared_data: Path, log: str, as_of: str) -> None:
    folder = shared_data / "canonical" / log
    key = json.loads((folder / f"expected_{as_of}.json").read_text("utf-8"))
    found = judge(*log_in(folder), PACK, CALENDAR, dt.date.fromisoformat(as_of))
    assert not differences(engine(log_in(folder), PACK, CALENDAR, dt.date.fromisoformat(as_of)), found, as_of)
    assert found.keys() == key.keys()
    for code, expected in key.items():
        got = {name: found[code][name] for name in expected}
        got["shares"] = {d: [pytest.approx(float(share), abs=1e-6), sole] for d, (share, sole) in got["shares"].items()}
        got["ledger"] = {what: days for what, days in got["ledger"].items() if days or what in expected["ledger"]}
        got["stages"] = {stage: days for stage, days in got["stages"].items() if days or stage in expected["stages"]}
        assert got == expected, code


def test_two_projects_of_the_receipt_log_cannot_be_judged(shared_data: Path) -> None:
    log, as_of = log_in(shared_data / "canonical" / "receipt"), dt.date(2026, 11, 20)
    found = judge(*log, PACK, CALENDAR, as_of)
    assert not differences(engine(log, PACK, CALENDAR, as_of), found, as_of.isoformat())
    assert sum(not project["judged"] for project in found.values()) == 2


# ---- made-up logs


@pytest.mark.parametrize("seed", range(12))
def test_every_day_is_one_thing_and_every_held_day_is_shared_out(seed: int) -> None:
    projects, cases, events = awkward_log(seed)
    found = judge(projects, cases, events, PACK, CALENDAR, dt.date(2026, 6, 30))
    for project in found.values():
        days = {what: n for what, n in project["ledger"].items() if what != "span"}
        assert sum(days.values()) == project["ledger"]["span"]
        assert sum(share for share, _ in project["shares"].values()) == project["held_days"] == days["counted"]
        assert project["works"] or project["used"] == project["held_days"]
    for rows in (cases, events):
        Random(seed).shuffle(rows)
    assert judge(projects, cases, events, PACK, CALENDAR, dt.date(2026, 6, 30)) == found


def test_the_generator_repeats_itself_and_leaves_nothing_out() -> None:
    assert awkward_log(7) == awkward_log(7) != awkward_log(8)
    logs = [awkward_log(seed, 40) for seed in range(4)]
    events = [event for log in logs for event in log[2]]
    cases = [row for log in logs for row in log[1]]
    named = {status.word for status in Status}
    assert {event["status"] for event in events} == named | {str(code) for code in NATIONAL_CODES}
    assert {event["procedure"] for event in events} == {kind.word for kind in Pause} - {"correction"} | {""}
    assert {row["holder"] for row in cases} == {holder.word for holder in Holder} | {""}
    found = [p for log in logs for p in judge(*log, PACK, CALENDAR, dt.date(2026, 11, 20)).values()]
    parts = [share.denominator for project in found for share, _ in project["shares"].values()]
    assert any(232_792_560 % part for part in parts), "more than twenty departments on one day"
    assert all("works_code" not in row or not row["works_code"] for row in awkward_log(7, 40, works=False)[1])
