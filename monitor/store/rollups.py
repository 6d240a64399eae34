"""The rollups of what stands of projects: what rows add to each, and adding it.

A rewrite of a project's rows takes out what the old ones added and puts in what the new ones add, so that a rollup is
at any time the sum over the rows that stand there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from monitor.store import bulk
from rules.vocabulary import CaseState, Unit

Row = tuple[Any, ...]
Places = Mapping[int, tuple[str, str]]  # region and kind of a project, by its key

CASE = (
    "project_id", "case_id", "department_id", "stage", "item_code", "state", "received_on", "accepted_on", "closed_on",
    "resubmitted", "pending", "base", "since",
    "promised_limit", "promised_unit", "promised_used", "promised_due_on", "promised_yellow_on", "promised_red_on",
    "statutory_limit", "statutory_unit", "statutory_used", "statutory_due_on", "statutory_yellow_on",
    "statutory_red_on", "beyond", "beyond_since", "beyond_statute", "beyond_statute_since",
)  # fmt: skip
SHARE = ("project_id", "n", "department_id", "stage", "item_code", "since", "until", "rate", "sole")
PAUSE = (
    "project_id", "n", "case_id", "department_id", "stage", "item_code", "pause", "based", "first", "opened_on",
    "since", "until",
)  # fmt: skip
HANDOVER = (
    "project_id", "case_id", "department_id", "stage", "item_code", "before_case_id", "before_department_id",
    "before_item_code", "since", "until", "received",
)  # fmt: skip


@dataclass
class Rows:
    """Rows of projects by table, each in the order of its columns above."""

    case: Sequence[Row] = field(default_factory=list)
    share: Sequence[Row] = field(default_factory=list)
    pause: Sequence[Row] = field(default_factory=list)
    handover: Sequence[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Rollup:
    """A table of sums: the columns of its key, and its numbers."""

    table: str
    key: tuple[str, ...]
    numbers: tuple[str, ...]

    def nothing(self) -> defaultdict[Row, list[int]]:
        """Sums to which nothing was added yet, by key."""
        width = len(self.numbers)
        return defaultdict(lambda: [0] * width)

    def write(self, connection: Connection, sums: Mapping[Row, Sequence[int]]) -> None:
        """Adds sums, by key and in the order of the numbers, and drops what became nothing."""
        rows = sorted((*key, *values) for key, values in sums.items() if any(values))
        columns, of_key = (*self.key, *self.numbers), ", ".join(self.key)
        grown = ", ".join(f"{n} = {self.table}.{n} + excluded.{n}" for n in self.numbers)
        bulk.execute(
            connection,
            f"INSERT INTO {self.table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))}) "
            f"ON CONFLICT ({of_key}) DO UPDATE SET {grown}",
            rows,
        )
        emptied = " AND ".join([f"{n} = ?" for n in self.key] + [f"{n} = 0" for n in self.numbers])
        bulk.execute(connection, f"DELETE FROM {self.table} WHERE {emptied}", [row[: len(self.key)] for row in rows])


_PLACE = ("day", "department_id", "stage", "item_code", "region", "kind")
TALLY = Rollup(
    "tally",
    _PLACE,
    ("rate", "sole", "received", "opened", "resubmitted", "closed",
     "overdue", "overdue_days", "overdue_statute", "overdue_days_statute"),
)  # fmt: skip
OUTCOME = Rollup(
    "outcome",
    (*_PLACE, "pending"),
    ("decided", "used", "used_sq", "beyond", "beyond_sq", "beyond_statute",
     "promised", "in_promise", "early", "promised_working", "promised_limit", "promised_used",
     "statutory", "in_statute", "statutory_working", "statutory_limit", "statutory_used",
     "comparable", "comparable_promised", "comparable_statutory"),
)  # fmt: skip
PAUSES = Rollup("pause_tally", (*_PLACE, "pause", "based"), ("running", "opened"))
HANDOVERS = Rollup(
    "handover_tally",
    ("day", "department_id", "stage", "item_code", "before_department_id", "before_item_code", "region", "kind"),
    ("waiting", "lying", "begun", "ended"),
)

Said = Iterator[tuple[Row, int, int]]  # key, number of the rollup, what is added to it


def _tally(rows: Rows, places: Places) -> Said:
    (rate, sole, received, opened, resubmitted, closed, overdue, overdue_days, statute, days_statute) = range(10)
    for project, _n, department, stage, item, since, until, part, alone in rows.share:
        key = (department, stage, item, *places[project])
        yield (since, *key), rate, part
        yield (since, *key), sole, alone
        if until is not None:
            yield (until, *key), rate, -part
            yield (until, *key), sole, -alone
    for one in rows.case:
        project, department, stage, item, received_on, accepted_on, closed_on, again, *late = _OPENING(one)
        key = (department, stage, item, *places[project])
        if received_on is not None:
            yield (received_on, *key), received, 1
        beyond, beyond_since, beyond_statute, statute_since = late
        if accepted_on is not None:
            yield (accepted_on, *key), opened, 1
            if again:
                yield (accepted_on, *key), resubmitted, 1
            if closed_on is not None:
                yield (closed_on, *key), closed, 1
        if closed_on is None:  # also of one whose clock runs from receipt, or from what was before it
            begun = next((day for day in (accepted_on, received_on) if day is not None), None)
            yield (beyond_since if begun is None else begun, *key), overdue_days, beyond
            yield (statute_since if begun is None else begun, *key), days_statute, beyond_statute
        if beyond_since is not None:
            yield (beyond_since, *key), overdue, 1
        if statute_since is not None:
            yield (statute_since, *key), statute, 1


def _of(*names: str) -> Any:
    return itemgetter(*map(CASE.index, names))


_OPENING = _of(
    "project_id", "department_id", "stage", "item_code", "received_on", "accepted_on", "closed_on", "resubmitted",
    "beyond", "beyond_since", "beyond_statute", "beyond_statute_since",
)  # fmt: skip
_STATE, _CLOSED_ON = CASE.index("state"), CASE.index("closed_on")
_DECISION = _of(
    "project_id", "department_id", "stage", "item_code", "closed_on", "pending", "base", "beyond", "beyond_statute",
    "promised_limit", "promised_unit", "promised_used", "promised_red_on",
    "statutory_limit", "statutory_unit", "statutory_used", "statutory_red_on",
)  # fmt: skip


def _outcome(rows: Rows, places: Places) -> Iterator[tuple[Row, tuple[int, ...]]]:
    """What each decided case adds, all numbers at once."""
    for one in rows.case:
        if one[_STATE] != CaseState.DECIDED or one[_CLOSED_ON] is None:
            continue
        project, department, stage, item, day, pending, used, beyond, statute, *clocks = _DECISION(one)
        key = (day, department, stage, item, *places[project], pending)
        promise, law = _against(*clocks[:4]), _against(*clocks[4:])
        both = promise[3] and law[3]
        yield key, (
            *(1, used, used * used, beyond, beyond * beyond, statute),
            *promise,
            *(law[0], law[1], *law[3:]),
            *((1, promise[4], law[4]) if both else (0, 0, 0)),
        )  # fmt: skip


def _against(limit: int | None, unit: int, used: int | None, red_on: int | None) -> tuple[int, ...]:
    """Of a decided case and one of its clocks: limited, within it, early, and in working days: whether, limit, used."""
    if limit is None:
        return (0,) * 6
    within, days = red_on is None, used or 0
    working = (1, limit, days) if unit == Unit.WORKING_DAY else (0, 0, 0)
    return (1, int(within), int(within and days < limit), *working)


def _pauses(rows: Rows, _places: Places) -> Said:
    running, opened = range(2)
    for project, _n, _case, department, stage, item, pause, based, first, opened_on, since, until in rows.pause:
        key = (department, stage, item, *_places[project], pause, based)
        if first:
            yield (opened_on, *key), opened, 1
        if until != since:
            yield (since, *key), running, 1
            if until is not None:
                yield (until, *key), running, -1


def _handovers(rows: Rows, places: Places) -> Said:
    waiting, lying, begun, ended = range(4)
    for project, _case, department, stage, item, _before, of, of_item, since, until, received in rows.handover:
        key = (department, stage, item, of, of_item, *places[project])
        yield (since, *key), waiting, 1
        yield (since, *key), begun, 1
        if received is not None:
            yield (received, *key), lying, 1
        if until is not None:
            yield (until, *key), waiting, -1
            yield (until, *key), ended, 1
            if received is not None:
                yield (until, *key), lying, -1


_ONE_BY_ONE = ((TALLY, _tally), (PAUSES, _pauses), (HANDOVERS, _handovers))


def rewrite(connection: Connection, old: tuple[Rows, Places], new: tuple[Rows, Places]) -> None:
    """Takes what the old rows added out of every rollup and puts in what the new ones add."""
    for rollup, said in _ONE_BY_ONE:
        sums = rollup.nothing()
        for sign, rows in ((1, new), (-1, old)):
            for key, number, value in said(*rows):
                sums[key][number] += sign * value
        rollup.write(connection, sums)
    sums = OUTCOME.nothing()
    for sign, rows in ((1, new), (-1, old)):
        for key, values in _outcome(*rows):
            held = sums[key]
            for number, value in enumerate(values):
                held[number] += sign * value
    OUTCOME.write(connection, sums)
