"""What pages and reports tell of departments, items, stages, regions, kinds and weeks: from the rollups alone.

Days are working days. A share is workload, not blame: an open day held by k departments is 1/k to each of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, case, select

from monitor.reading.frames import framed
from monitor.reading.rollups import WEEK, Asked, Period, summed
from monitor.reading.sweeps import last_sweep
from monitor.tables import CalendarDay, Department, HandoverTally, Outcome, PauseTally, Tally
from rules.shares import WHOLE_DAY
from rules.vocabulary import Pause, Stage

if TYPE_CHECKING:
    import pandas as pd

# By what a figure may be cut, and the column of the rollups that tells it.
BY = {"department": "department_id", "item": "item_code", "stage": "stage", "region": "region", "kind": "kind"}
SUMS = (
    "decided", "used", "used_sq", "beyond", "beyond_sq", "beyond_statute", "promised", "in_promise", "early",
    "promised_working", "promised_limit", "promised_used", "statutory", "in_statute", "statutory_working",
    "statutory_limit", "statutory_used", "comparable", "comparable_promised", "comparable_statutory",
)  # fmt: skip
ATTRIBUTION = (
    "share", "sole", "received", "accepted", "resubmitted", "closed", "open", "decided", "beyond", "beyond_statute",
    "overdue", "overdue_statute", "corrections", "paused", "waited", "lay",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Days of ``(since, until]`` (``since`` None: all), cut ``by`` words of BY or `week`, of these alone.

    ``region`` is an area code with all that it contains, ``department`` keys; the others as the records tell them.
    """

    since: dt.date | None
    until: dt.date
    by: tuple[str, ...] = ("department",)
    region: str | None = None
    department: tuple[int, ...] | None = None
    item: str | None = None
    stage: Stage | None = None
    kind: str | None = None

    def __post_init__(self) -> None:
        strange = [word for word in self.by if word not in (*BY, WEEK)]
        if strange:
            raise ValueError(f"by {', '.join(strange)}: allowed are {', '.join((*BY, WEEK))}")

    @property
    def columns(self) -> list[str]:
        """Of the rollups."""
        return [BY[word] for word in self.by if word != WEEK]

    def where(self, table: Any, place: Any = None) -> list[Any]:
        """The conditions on rows of a rollup; ``place`` tells region and kind where the rows do not."""
        place = table if place is None else place
        found = [] if self.region is None else [place.region.startswith(self.region, autoescape=True)]
        if self.department is not None:
            found.append(table.department_id.in_(self.department))
        if self.stage is not None:
            found.append(table.stage == int(self.stage))
        if self.item is not None:
            found.append(table.item_code == self.item)
        if self.kind is not None:
            found.append(place.kind == self.kind)
        return found

    def period(self, connection: Connection) -> Period | None:
        """The period with its working days."""
        return Period.of(connection, self.since, self.until, weekly=WEEK in self.by)


class _Table:
    """Rows by key, filled from several rollups, and what their frame is called."""

    def __init__(self, wanted: Wanted, figures: Sequence[str]) -> None:
        self.wanted, self.figures = wanted, figures
        self.rows: dict[tuple[Any, ...], dict[str, Any]] = {}

    def add(self, connection: Connection, period: Period, asked: Asked) -> None:
        names = [*asked.rates, *asked.counts, *asked.stocks]
        for row in summed(connection, period, asked):
            key = tuple(row[WEEK if word == WEEK else BY[word]] for word in self.wanted.by)
            into = self.rows.setdefault(key, dict.fromkeys(self.figures, 0))
            for name in names:
                into[name] += row[name]

    def frame(self, connection: Connection) -> pd.DataFrame:
        """The rows in the order of their keys."""
        rows = [(*key, *found.values()) for key, found in sorted(self.rows.items())]
        return worded(connection, self.wanted, framed(rows, [*self.wanted.by, *self.figures]))


def worded(connection: Connection, wanted: Wanted, frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose keys are those of the rollups, with departments by id and name and stages as words."""
    if "department" in wanted.by:
        keys = [int(key) for key in frame["department"]]
        names = department_names(connection, keys)
        frame["department"] = [names.get(key, "") for key in keys]
        frame.insert(0, "department_id", keys)
    if "stage" in wanted.by:
        frame["stage"] = [Stage(int(stage)).word for stage in frame["stage"]]
    return frame


def department_names(connection: Connection, keys: Sequence[int] | None = None) -> dict[int, str]:
    """Names by key of all departments, or of some."""
    wanted = None if keys is None else set(keys)
    found = connection.execute(select(Department.id, Department.name))
    return {key: name for key, name in found if wanted is None or key in wanted}


def attribution(connection: Connection, wanted: Wanted) -> pd.DataFrame:
    """One row a key with ATTRIBUTION: days held (``share``, exact; of them ``sole``), cases that came, were accepted,
    sent in again, closed, are open at the end, were decided with their days ``beyond`` the promise and
    ``beyond_statute``; days beyond of cases open at the end (``overdue``; None before the last sweep, of which only the
    present is known), corrections begun, days paused, and days that projects ``waited`` for the acceptance after the
    last approval before it, of which they ``lay`` received."""
    table = _Table(wanted, ATTRIBUTION)
    period = wanted.period(connection)
    if period is None:
        return table.frame(connection)
    by = wanted.columns
    overdue = {} if period.weekly else _overdue(period)
    table.add(
        connection,
        period,
        Asked(
            Tally,
            by,
            rates={"share": Tally.rate, "sole": Tally.sole},
            counts=_FLOW,
            stocks={"open": Tally.opened - Tally.closed, **overdue},
            where=wanted.where(Tally),
        ),
    )
    decisions = {name: getattr(Outcome, name) for name in ("decided", "beyond", "beyond_statute")}
    table.add(connection, period, Asked(Outcome, by, counts=decisions, where=wanted.where(Outcome)))
    corrected = case((PauseTally.pause == int(Pause.CORRECTION), PauseTally.opened), else_=0)
    table.add(
        connection,
        period,
        Asked(
            PauseTally,
            by,
            rates={"paused": PauseTally.running},
            counts={"corrections": corrected},
            where=wanted.where(PauseTally),
        ),
    )
    gaps = {"waited": HandoverTally.waiting, "lay": HandoverTally.lying}
    table.add(connection, period, Asked(HandoverTally, by, rates=gaps, where=wanted.where(HandoverTally)))
    _tell_overdue(connection, table, wanted, period)
    for row in table.rows.values():
        row["share"], row["sole"] = Fraction(row["share"], WHOLE_DAY), Fraction(row["sole"], WHOLE_DAY)
    return table.frame(connection)


_FLOW = {
    "received": Tally.received,
    "accepted": Tally.opened,
    "resubmitted": Tally.resubmitted,
    "closed": Tally.closed,
}


def flow(connection: Connection, wanted: Wanted) -> pd.DataFrame:
    """Of attribution the cases that came and went alone, of keys that have any: received, accepted, resubmitted,
    closed."""
    table = _Table(wanted, list(_FLOW))
    period = wanted.period(connection)
    if period is not None:
        inside = [Tally.day > wanted.since] if wanted.since else []
        asked = Asked(Tally, wanted.columns, counts=_FLOW, where=[*inside, *wanted.where(Tally)])
        table.add(connection, period, asked)
    return table.frame(connection)


def _overdue(period: Period) -> dict[str, Any]:
    """Days beyond of what is open at the end of a period, from all changes up to it."""
    own = period.now - CalendarDay.idx
    return {
        "overdue": Tally.overdue * own + Tally.overdue_days,
        "overdue_statute": Tally.overdue_statute * own + Tally.overdue_days_statute,
    }


def _tell_overdue(connection: Connection, table: _Table, wanted: Wanted, period: Period) -> None:
    """Puts it in the last week, where the period is by weeks; takes it out where it is not known."""
    last = last_sweep(connection)
    if last is not None and wanted.until < last:
        for row in table.rows.values():
            row["overdue"] = row["overdue_statute"] = None
        return
    whole = Period.of(connection, None, wanted.until) if period.weekly else None
    if whole is None:
        return
    asked = Asked(Tally, wanted.columns, rates={"share": Tally.rate}, stocks=_overdue(whole), where=wanted.where(Tally))
    week = wanted.until - dt.timedelta(wanted.until.weekday())
    for row in summed(connection, whole, asked):
        if row["overdue"] or row["overdue_statute"]:
            key = tuple(week if word == WEEK else row[BY[word]] for word in wanted.by)
            into = table.rows.setdefault(key, dict.fromkeys(table.figures, 0))
            into["overdue"] += row["overdue"]
            into["overdue_statute"] += row["overdue_statute"]


def outcomes(connection: Connection, wanted: Wanted, *, pending: bool = False) -> pd.DataFrame:
    """One row a key with SUMS over the cases decided in the period; those with a late stop that nobody confirmed are
    left out, or alone where they are ``pending``."""
    table = _Table(wanted, SUMS)
    period = wanted.period(connection)
    if period is not None:
        counts = {name: getattr(Outcome, name) for name in SUMS}
        where = [*wanted.where(Outcome), Outcome.pending.is_(pending)]
        table.add(connection, period, Asked(Outcome, wanted.columns, counts=counts, where=where))
    return table.frame(connection)
