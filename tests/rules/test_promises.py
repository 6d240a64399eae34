"""Kept promises: the columns against the definition case by case, and examples counted by hand."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import numpy as np

from rules.assess import assess
from rules.document import documents
from rules.log import NO_DAY
from rules.pack import RulePack
from rules.portfolio import parts
from rules.promises import promises_kept
from rules.workdays import WorkCalendar, day_of
from tests.rules import oracle_promises
from tests.rules.agreement import differences
from tests.rules.columns import Log, log_of, under
from tests.rules.common import SEEDS, SIZES, days_about, each
from tests.rules.common import under as law
from tests.rules.generate import awkward_log
from tests.rules.oracle import judge
from tests.rules.oracle_case import office_date


def kept(
    log: Log, pack: RulePack, calendar: WorkCalendar, as_of: dt.date, departments: set[str] | None, size: int = 8192
) -> tuple[dict[str, Any], dict[str, dt.date], dict[str, int]]:
    """What the engine says of the altered columns, and what was altered, by case id."""
    columns, traits = log_of(*log)
    found, decided, moved = {}, {}, {}
    for part in parts(columns, traits, under(pack, calendar)):
        chosen = None if departments is None else np.array([d in departments for d in part.log.departments], np.bool_)
        told = promises_kept(part.log, part.pack, part.calendar, as_of, chosen, size=size)
        ids = part.log.cases.case_id
        decided |= {ids[n]: day_of(told.decided_on[n]) for n in np.flatnonzero(told.decided_on != NO_DAY)}
        moved |= {ids[n]: int(told.moved_by[n]) for n in np.flatnonzero(told.moved_by)}
        for chunk in assess(told.log, part.pack, part.calendar, as_of, size=size):
            found |= {d["project_code"]: d for d in documents(chunk, told.log)}
    return found, decided, moved


CHAIN = ("A01", "A08", "B01", "B04", "C01", "C02", "C03", "C09", "D01", "D02", "D03", "D08", "D09", "D10")


def in_order(log: Log, seed: int) -> Log:
    """The log with the items of each project in the order of the catalogue's prerequisites, for the most part."""
    rng, first = Random(seed), dict[str, str]()
    for row in log[2]:
        first[row["case_id"]] = min(first.get(row["case_id"], "9"), office_date(row["occurred_at"]).isoformat())
    place: dict[str, int] = {}
    cases = []
    for row in sorted(log[1], key=lambda row: first.get(row["case_id"], "9")):
        at = place.get(row["project_code"], 0)
        place[row["project_code"]] = at + rng.choice([0, 1, 1, 2])
        cases.append({**row, "item_code": CHAIN[min(at, len(CHAIN) - 1)]})
    return log[0], cases, log[2]


@each(SEEDS, SIZES, part=0.4)
def test_the_columns_agree_with_the_definition(seed: int, size: int) -> None:
    log = in_order(awkward_log(seed, 8, works=seed % 4 != 0), seed)
    pack, calendar = law(seed)
    rng = Random(seed)
    some = None if rng.random() < 0.5 else set(rng.sample(sorted({c["department"] for c in log[1]} or {""}), 1))
    for as_of in days_about(log[2], seed):
        told = oracle_promises.promises_kept(*log, pack, calendar, as_of, some)
        got, decided, moved = kept(log, pack, calendar, as_of, some, size)
        assert decided == told.decided_on
        assert moved == told.moved_by
        expected = judge(log[0], log[1], told.events, pack, calendar, as_of)
        assert not differences(got, expected, as_of.isoformat()), as_of
