"""What the property tests share: the shipped law, seeds of made-up logs, and days worth asking about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from rules import almanac
from rules.pack import RulePack
from rules.packfile import shipped
from rules.workdays import WorkCalendar
from tests.rules.columns import Log
from tests.rules.oracle_case import Row, office_date
from tests.rules.variants import awkward_calendar, awkward_pack

PACK = shipped()["zhejiang-80"]
CALENDAR = almanac.calendar("")
SEEDS = st.integers(0, 10**9)
SIZES = st.sampled_from([1, 7, 8192])


def each(*strategies: st.SearchStrategy[Any], part: float = 0.6) -> Callable[[Any], Any]:
    """``given``, for so much of the examples that the profile asks for. A seed does not get simpler: no shrinking."""
    many = max(int(settings.default.max_examples * part), 5) if settings.default else 5
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    return lambda test: settings(max_examples=many, phases=phases)(given(*strategies)(test))


def days_about(events: Sequence[Row], seed: int, many: int = 2) -> list[dt.date]:
    """Days to ask about: mostly those on or beside which something happens, else any."""
    rng = Random(seed)
    days = [office_date(row["occurred_at"]) for row in events] or [dt.date(2026, 1, 1)]
    near = [rng.choice(days) + dt.timedelta(rng.choice([-1, 0, 0, 1, 2, 30])) for _ in range(many)]
    return [day if rng.random() < 0.7 else dt.date(2022, 1, 4) + dt.timedelta(rng.randrange(1900)) for day in near]


def under(seed: int) -> tuple[RulePack, WorkCalendar]:
    """The shipped law or, every third time, another."""
    return (awkward_pack(seed, PACK), awkward_calendar(seed)) if seed % 3 == 0 else (PACK, CALENDAR)


def until(log: Log, last: dt.date) -> Log:
    """The log without what happened after a day; what was told of earlier events stays known."""
    knowledge = {"voided", "confirmed", "22", "23"}
    kept = [e for e in log[2] if office_date(e["occurred_at"]) <= last or e["status"] in knowledge]
    ids = {"", *(e["event_id"] for e in kept)}

    def named(event: Row) -> Row:
        """What it speaks of, as far as that is still there."""
        return {**event, **{name: "" for name in ("voids", "confirms") if event.get(name, "") not in ids}}

    return log[0], log[1], [named(e) for e in kept]


def revealed(document: Mapping[str, Any]) -> set[str]:
    """The cases of a project of which only a later day told how they began."""
    words = ("supposed_acceptance", "deemed_acceptance", "cannot_be_judged")
    return {flag["case_id"] for flag in document["flags"] if flag["flag"] in words}
