"""Causality: the days and turns up to a day do not depend on what happens after it.

The two exceptions are those the design names: a decision without acceptance reveals that the case began on its
receipt, or that it cannot be judged. An extension prolongs the statutory limit of a case from its start; it changes
neither days nor turns.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from rules.assess import assess
from rules.daily import daily
from rules.pack import RulePack
from rules.workdays import WorkCalendar
from tests.rules.columns import Log, engine, log_of
from tests.rules.common import SEEDS, days_about, each, revealed, under, until
from tests.rules.generate import awkward_log
from tests.rules.oracle_case import office_date

Days = dict[dt.date, tuple[str, list[str]]]


def days_of(log: Log, pack: RulePack, calendar: WorkCalendar, as_of: dt.date) -> dict[str, Days]:
    """Of each project, what every day of its span was and which departments held it."""
    columns, _ = log_of(*log)
    found = {}
    for chunk in assess(columns, pack, calendar, as_of, size=5):
        for n in range(chunk.scene.projects):
            rows = daily(chunk, n)
            holders = [sorted(columns.departments[d] for d in held) for held in rows.holders]
            code = columns.projects.code[chunk.scene.chunk.first + n]
            found[code] = dict(zip(rows.day, zip(rows.kind, holders, strict=True), strict=True))
    return found


def without_next_change(documents: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """All but the day on which something told for later is due."""

    def left(found: dict[str, Any]) -> dict[str, Any]:
        provisional = [name for name in found["provisional"] if name != "next_change"]
        return {k: v for k, v in found.items() if k != "next_change"} | {"provisional": provisional}

    return {code: left(found) for code, found in documents.items()}


@each(SEEDS, part=0.4)
def test_what_happens_later_tells_nothing_of_today(seed: int) -> None:
    log, (pack, calendar) = awkward_log(seed, 12, works=seed % 4 != 0), under(seed)
    [as_of] = days_about(log[2], seed, 1)
    whole, cut = (engine(x, pack, calendar, as_of) for x in (log, until(log, as_of)))
    assert without_next_change(whole) == without_next_change(cut)


@each(SEEDS, part=0.4)
def test_days_and_turns_stay_when_more_happens(seed: int) -> None:
    log, (pack, calendar) = awkward_log(seed, 12, works=seed % 4 != 0), under(seed)
    first, last = sorted(days_about(log[2], seed))
    before, after = (engine(log, pack, calendar, day) for day in (first, last))
    days_before, days_after = (days_of(log, pack, calendar, day) for day in (first, last))
    for code, then in before.items():
        now = after[code]
        if revealed(then) != revealed(now):
            continue
        assert [turn for turn in now["turns"] if turn["on"] <= first.isoformat()] == then["turns"], code
        for day, what in days_before[code].items():
            # A span that went on to its last close may now be told to have ended before.
            assert days_after[code].get(day, ("nobody", [])) == what or what[0] in ("nobody", "rest"), (code, day)


@each(SEEDS, part=0.4)
def test_the_same_with_events_made_up_for_later(seed: int) -> None:
    log, (pack, calendar) = until(awkward_log(seed, 12), dt.date(2025, 1, 1)), under(seed)
    as_of = dt.date(2025, 1, 1)
    rng = Random(seed)
    more = []
    for n, event in enumerate(rng.sample(log[2], len(log[2]) // 2)):
        when = max(as_of, office_date(event["occurred_at"])) + dt.timedelta(rng.randrange(1, 90))
        if event["status"] not in ("voided", "confirmed"):
            more.append({**event, "event_id": f"later-{n}", "occurred_at": when.isoformat()})
    longer = (log[0], log[1], [*log[2], *more])
    whole, cut = (engine(x, pack, calendar, as_of) for x in (longer, log))
    assert without_next_change(whole) == without_next_change(cut)
