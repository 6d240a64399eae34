"""Flags of a project made of some cases, and what they saw; for tests."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rules.pack import RulePack
from tests.rules.columns import engine
from tests.rules.common import CALENDAR, PACK
from tests.rules.test_by_hand import Happening, case

Cases = list[tuple[dict[str, str], list[dict[str, str]]]]
# A flag, a log that has it, of which cases and events, and the nearest log that has it not.
Shown = list[tuple[str, Cases, set[tuple[str, str | None]], Cases]]
HEARING = {"procedure": "hearing"}
BASIS = HEARING | {"basis": "《行政许可法》第四十六条"}


def flags(
    cases: Cases, as_of: str = "2026-03-31", pack: RulePack = PACK, **columns: str
) -> set[tuple[str, str, str | None]]:
    """(flag, case, event) of the project P with these cases, coded on 2 March."""
    project = {"project_code": "P", "coded_on": "2026-03-02", **columns}
    log = [project], [row for row, _ in cases], [event for _, events in cases for event in events]
    found = engine(log, pack, CALENDAR, dt.date.fromisoformat(as_of))["P"]
    return {(flag["flag"], flag["case_id"], flag["event_id"]) for flag in found["flags"]}


def one(*told: Happening, **columns: str) -> Cases:
    """One case."""
    return [case(1, *told, **columns)]


def on_saturday(many: int, day: str = "2026-03-07") -> Cases:
    """So many records of one project on one day."""
    return [case(n, ("handling_started", day)) for n in range(many)]


def seen(cases: Cases, flag: str, as_of: str = "2026-03-31") -> list[dict[str, Any]]:
    """What one flag saw, in the order of cases."""
    project = {"project_code": "P", "coded_on": "2026-03-02"}
    log = [project], [row for row, _ in cases], [event for _, events in cases for event in events]
    found = engine(log, PACK, CALENDAR, dt.date.fromisoformat(as_of))["P"]["flags"]
    return [one["seen"] for one in found if one["flag"] == flag]
