"""Kept promises: the columns against the definition case by case, and examples counted by hand."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

import numpy as np

from rules.assess import assess
from rules.document import documents
from rules.log import NO_DAY, EventLog
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


@each(SEEDS, SIZES)
def test_the_columns_agree_with_the_definition(seed: int, size: int) -> None:
    log = awkward_log(seed, 12, works=seed % 4 != 0)
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
