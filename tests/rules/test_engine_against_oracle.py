"""The engine on columns against the definition day by day, on logs as awkward as they come.

``HYPOTHESIS_PROFILE=thorough`` looks at thousands of logs instead of dozens.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from rules.pack import RulePack
from rules.packfile import shipped
from rules.portfolio import Rules
from tests.rules.agreement import differences
from tests.rules.columns import engine
from tests.rules.common import CALENDAR, PACK, SEEDS, SIZES, days_about, each
from tests.rules.generate import awkward_log, named
from tests.rules.oracle import judge
from tests.rules.variants import awkward_calendar, awkward_pack


@each(SEEDS, SIZES)
def test_the_engine_agrees_with_the_oracle(seed: int, size: int) -> None:
    log = awkward_log(seed, works=seed % 4 != 0)
    for as_of in days_about(log[2], seed):
        got, told = engine(log, PACK, CALENDAR, as_of, size=size), judge(*log, PACK, CALENDAR, as_of)
        assert not differences(got, told, as_of.isoformat()), as_of


@pytest.mark.parametrize("pack", shipped().values(), ids=lambda pack: pack.id)
@each(SEEDS, part=0.25)
def test_they_agree_under_every_shipped_pack(pack: RulePack, seed: int) -> None:
    log = named(awkward_log(seed, 12, works=seed % 4 != 0), pack, seed)
    calendar = Rules.shipped().calendar_of(pack, "")
    for as_of in days_about(log[2], seed):
        got, told = engine(log, pack, CALENDAR, as_of), judge(*log, pack, calendar, as_of)
        assert not differences(got, told, as_of.isoformat()), as_of


@each(SEEDS, SIZES)
def test_they_agree_under_any_pack_on_any_calendar(seed: int, size: int) -> None:
    log = awkward_log(seed, 12, works=seed % 4 != 0)
    pack, calendar = awkward_pack(seed, PACK), awkward_calendar(seed)
    for as_of in days_about(log[2], seed):
        got, told = engine(log, pack, calendar, as_of, size=size), judge(*log, pack, calendar, as_of)
        assert not differences(got, told, as_of.isoformat()), as_of


@each(SEEDS, part=0.3)
def test_neither_the_order_of_rows_nor_the_size_of_chunks_matters(seed: int) -> None:
    log = awkward_log(seed)
    [as_of] = days_about(log[2], seed, 1)
    found = engine(log, PACK, CALENDAR, as_of)
    rng = Random(seed)
    for size in (1, 7, 8192):
        shuffled = [rng.sample(rows, len(rows)) for rows in log]
        assert engine(shuffled, PACK, CALENDAR, as_of, size=size) == found


@each(SEEDS, part=0.3)
def test_a_project_stands_alone_as_it_does_in_company(seed: int) -> None:
    projects, cases, events = awkward_log(seed, 8)
    [as_of] = days_about(events, seed, 1)
    found = engine((projects, cases, events), PACK, CALENDAR, as_of)
    for project in projects:
        own = [case for case in cases if case["project_code"] == project["project_code"]]
        ids = {case["case_id"] for case in own}
        alone = engine(([project], own, [e for e in events if e["case_id"] in ids]), PACK, CALENDAR, as_of)
        assert alone.get(project["project_code"]) == found.get(project["project_code"])


# ---- the comparison itself sees what it is there to see


def _later(day: str | None) -> str:
    return "2022-01-05" if day != "2022-01-05" else "2022-01-06"


SPOILS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "used": lambda p: p.update(used=p["used"] + 1),
    "light": lambda p: p.update(light="red" if p["light"] != "red" else "green"),
    "judged": lambda p: p.update(judged=not p["judged"]),
    "running": lambda p: p.update(running=not p["running"]),
    "phase": lambda p: p.update(phase="dropped" if p["phase"] != "dropped" else "running"),
    "stage": lambda p: p.update(stage="planning" if p["stage"] != "planning" else None),
    "held_days": lambda p: p.update(held_days=p["held_days"] + 1),
    "stages": lambda p: p["stages"].update(planning=p["stages"]["planning"] + 1),
    "turns": lambda p: p["turns"].append({"on": "2026-01-01", "light": "yellow"}),
    "yellow_on": lambda p: p.update(yellow_on=_later(p["yellow_on"])),
    "red_on": lambda p: p.update(red_on=_later(p["red_on"])),
    "held_by": lambda p: p["held_by"].append({"case_id": "x", "department": "x", "since": "2026-01-01"}),
    "shares": lambda p: p["shares"].setdefault("x", {"share": 0.5, "sole": 0}),
    "ledger": lambda p: p["ledger"].update(nobody=p["ledger"]["nobody"] + 1),
    "group used": lambda p: p["groups"]["acceptance"].update(used=-1),
    "group light": lambda p: p["groups"]["pre_construction"].update(light="?"),
    "group yellow_on": lambda p: p["groups"]["acceptance"].update(
        yellow_on=_later(p["groups"]["acceptance"]["yellow_on"])
    ),
    "case used": lambda p: p["cases"][0].update(used=p["cases"][0]["used"] + 1),
    "case state": lambda p: p["cases"][0].update(state="?"),
    "limit": lambda p: p["cases"][0]["promised"].update(limit=-1),
    "limit used": lambda p: p["cases"][0]["statutory"].update(used=-1),
    "limit light": lambda p: p["cases"][0]["promised"].update(light="?"),
    "due_on": lambda p: p["cases"][0]["promised"].update(due_on=_later(p["cases"][0]["promised"]["due_on"])),
    "works": lambda p: p["works"].pop(),
    "works used": lambda p: p["works"][0].update(used=-1),
    "works light": lambda p: p["works"][1].update(light="?"),
    "works group": lambda p: p["works"][1]["groups"]["acceptance"].update(light="?"),
}


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_field_that_differs_is_seen(spoil: str) -> None:
    log, as_of = awkward_log(3), dt.date(2026, 11, 20)
    got, told = engine(log, PACK, CALENDAR, as_of), judge(*log, PACK, CALENDAR, as_of)
    assert not differences(got, told, as_of.isoformat())
    code = next(code for code, project in got.items() if project.get("works"))
    spoilt = copy.deepcopy(got)
    SPOILS[spoil](spoilt[code])
    assert len(differences(spoilt, told, as_of.isoformat())) == 1


def test_a_project_that_is_missing_is_seen() -> None:
    log, as_of = awkward_log(3), dt.date(2026, 11, 20)
    got, told = engine(log, PACK, CALENDAR, as_of), judge(*log, PACK, CALENDAR, as_of)
    assert len(differences(dict(list(got.items())[1:]), told, as_of.isoformat())) == 1
