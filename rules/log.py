"""EventLog: the columns the engine reads, and nothing else.

Days are day numbers (since 1970-01-01) in int32; NO_DAY (-1) where there is none. Words are the
integers of `rules.vocabulary`. Rows may come in any order. Ids are kept apart: inside the engine a
project, case or event is its row number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.errors import LogError
from rules.moments import MINUTES
from rules.moments import NONE as NONE
from rules.vocabulary import Holder, Pause, Stage, Status, Unit
from rules.workdays import FIRST, LAST, day_number

I32 = npt.NDArray[np.int32]
I16 = npt.NDArray[np.int16]
I8 = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
Names = Sequence[str]

NO_DAY = -1


def _filled(count: int, value: int, dtype: Any) -> npt.NDArray[Any]:
    return np.full(count, value, dtype)


@dataclass
class Projects:
    """One row a project. ``code`` and ``coded_on`` are required; the rest defaults to "not told"."""

    code: Names
    coded_on: I32
    ended_on: I32 = field(default_factory=lambda: np.empty(0, np.int32))
    end_reason: I8 = field(default_factory=lambda: np.empty(0, np.int8))  # EndReason, NONE
    in_scope: Bools = field(default_factory=lambda: np.empty(0, np.bool_))
    marks: I8 = field(default_factory=lambda: np.empty(0, np.int8))  # bits of Mark

    def __len__(self) -> int:
        return len(self.coded_on)

    def __post_init__(self) -> None:
        n = len(self.coded_on)
        if not len(self.ended_on) and n:
            self.ended_on = _filled(n, NO_DAY, np.int32)
        if not len(self.end_reason) and n:
            self.end_reason = _filled(n, NONE, np.int8)
        if not len(self.in_scope) and n:
            self.in_scope = np.ones(n, np.bool_)
        if not len(self.marks) and n:
            self.marks = np.zeros(n, np.int8)


@dataclass
class Cases:
    """One row a case; ``works``, ``department`` and ``item`` index the names of the log (works NONE: no code)."""

    case_id: Names
    project: I32
    stage: I8
    department: I32
    holder: I8
    item: I32
    works: I32
    statutory_days: I32  # NONE: take the catalogue's
    statutory_unit: I8
    promised_days: I32
    promised_unit: I8
    clock_start: I8  # ClockStart, NONE: take the catalogue's

    def __len__(self) -> int:
        return len(self.project)

    @classmethod
    def plain(cls, case_id: Names, project: I32, stage: I8, department: I32, holder: I8, item: I32) -> Cases:
        """Cases without works codes and without limits of their own."""
        n = len(project)
        none32, none8 = _filled(n, NONE, np.int32), _filled(n, NONE, np.int8)
        unit = _filled(n, Unit.WORKING_DAY, np.int8)
        return cls(case_id, project, stage, department, holder, item, none32, none32, unit, none32, unit, none8)


@dataclass
class Events:
    """One row an event. ``voids`` and ``confirms`` are row numbers of the events they name (NONE: nothing)."""

    event_id: Names
    case: I32
    status: I8
    day: I32
    procedure: I8  # Pause of a procedure; OTHER where blank
    holder: I8  # NO_HOLDER where blank
    basis: Bools  # a legal basis is given
    entered: I32  # day it was typed in, for flags only; NO_DAY
    days: I32  # of an extension; NONE
    voids: I32
    confirms: I32
    learned: I32 = field(default_factory=lambda: np.empty(0, np.int32))  # the day we learned of it; NO_DAY: at once
    entered_minute: I16 = field(default_factory=lambda: np.empty(0, np.int16))  # of `entered`, see `minutes`; NONE

    def __len__(self) -> int:
        return len(self.day)

    def __post_init__(self) -> None:
        if not len(self.entered_minute) and len(self.day):
            self.entered_minute = _filled(len(self.day), NONE, np.int16)
        if not len(self.learned) and len(self.day):
            self.learned = _filled(len(self.day), NO_DAY, np.int32)

    @classmethod
    def plain(cls, event_id: Names, case: I32, status: I8, day: I32) -> Events:
        """Events with nothing beyond case, status and day."""
        n = len(day)
        none32, none8 = _filled(n, NONE, np.int32), _filled(n, NONE, np.int8)
        other = _filled(n, Pause.OTHER, np.int8)
        return cls(event_id, case, status, day, other, none8, np.zeros(n, np.bool_), none32, none32, none32, none32)


@dataclass
class EventLog:
    """What happened: projects, cases, events, and the names that their columns index."""

    projects: Projects
    cases: Cases
    events: Events
    departments: Names
    items: Names
    works: Names = ()

    def part(self, chosen: Bools) -> EventLog:
        """The log of some projects alone, renumbered; the names stay."""
        if chosen.all():
            return self
        at = np.cumsum(chosen, dtype=np.int32) - 1
        p, c, e = self.projects, self.cases, self.events
        of_case = chosen[c.project]
        case_at = np.cumsum(of_case, dtype=np.int32) - 1
        of_event = of_case[e.case]
        event_at = np.append(np.where(of_event, np.cumsum(of_event, dtype=np.int32) - 1, NONE), NONE)
        cases = Cases(*_rows(c, np.flatnonzero(of_case)))
        cases.project = at[cases.project]
        events = Events(*_rows(e, np.flatnonzero(of_event)))
        events.case = case_at[events.case]
        events.voids, events.confirms = event_at[events.voids], event_at[events.confirms]
        projects = Projects(*_rows(p, np.flatnonzero(chosen)))
        return EventLog(projects, cases, events, self.departments, self.items, self.works)

    def check(self) -> None:
        """Raises LogError when a column has the wrong length or points at a row that is not there."""
        for table in (self.projects, self.cases, self.events):
            for column in fields(table):
                if len(getattr(table, column.name)) != len(table):
                    raise LogError(
                        type(table).__name__, column.name, len(getattr(table, column.name)), f"{len(table)} values"
                    )
        p, c, e = self.projects, self.cases, self.events
        _days("projects.coded_on", p.coded_on)
        _days("projects.ended_on", p.ended_on[p.ended_on != NO_DAY])
        _within("cases.project", c.project, 0, len(self.projects))
        _within("cases.stage", c.stage, 0, len(Stage))
        _within("cases.holder", c.holder, 0, len(Holder))
        _within("cases.department", c.department, 0, len(self.departments))
        _within("cases.item", c.item, 0, len(self.items))
        _within("cases.works", c.works, NONE, len(self.works))
        _within("events.case", e.case, 0, len(c))
        _within("events.voids", e.voids, NONE, len(e))
        _within("events.confirms", e.confirms, NONE, len(e))
        _within("events.status", e.status, int(Status.RECEIVED), int(Status.VOIDED) + 1)
        _within("events.procedure", e.procedure, 0, len(Pause))
        _within("events.holder", e.holder, NONE, len(Holder))
        _days("events.day", e.day)
        _days("events.entered", e.entered[e.entered != NO_DAY])
        _within("events.entered_minute", e.entered_minute, NONE, 2 * MINUTES)
        _days("events.learned", e.learned[e.learned != NO_DAY])

    def happened(self) -> Bools | None:
        """Events that stand: neither voided nor themselves a void or a confirmation; None when all do.

        A void is knowledge, not a happening: it takes its event out whatever its own day, unless a void that
        holds takes it out itself. Voids that name one another in a circle touch nothing else.
        """
        stands = self._stands()
        if stands is None:
            return None
        happened: Bools = stands & (self.events.status <= Status.EXTENDED)
        return happened

    @cached_property
    def says_when_learned(self) -> bool:
        """Whether any event tells on which day we learned of it."""
        return bool((self.events.learned != NO_DAY).any())

    @cached_property
    def known(self) -> I32:
        """The day on which we learned of each event: its own, where that is not told."""
        return np.where(self.events.learned == NO_DAY, self.events.day, self.events.learned)

    @cached_property
    def first_known(self) -> I32:
        """The day of the first word of each project, of what is void by now too."""
        out = np.full(len(self.projects), np.iinfo(np.int32).max, np.int32)
        np.minimum.at(out, self.cases.project[self.events.case], self.known)
        return out

    def confirmed(self) -> Bools | None:
        """Events that a supervisor confirmed, by a confirmation that stands; None where there is none."""
        e, stands = self.events, self._stands()
        if stands is None:
            return None
        rows = np.flatnonzero((e.status == Status.CONFIRMED) & (e.confirms >= 0) & stands)
        out = np.zeros(len(e), np.bool_)
        out[e.confirms[rows]] = True
        return out

    @cached_property
    def voided_ends(self) -> tuple[npt.NDArray[np.intp], I32]:
        """The voids that hold and name the end of a pause, and those ends: rows of events."""
        e, stands = self.events, self._stands()
        if stands is None:
            return np.empty(0, np.intp), np.empty(0, np.int32)
        rows = np.flatnonzero((e.status == Status.VOIDED) & (e.voids >= 0) & stands)
        named = e.status[e.voids[rows]]
        rows = rows[(named == Status.CORRECTION_ENDED) | (named == Status.PROCEDURE_ENDED)]
        return rows, e.voids[rows]

    def _stands(self) -> Bools | None:
        """Events that no void takes out; None where there is neither void nor confirmation."""
        e = self.events
        if not len(e) or e.status.max() <= Status.EXTENDED:
            return None
        pending = np.flatnonzero((e.status == Status.VOIDED) & (e.voids >= 0))
        stands = np.ones(len(e), np.bool_)
        while len(pending):  # from the last void of each chain: what no pending void names is settled
            settled = ~np.isin(pending, e.voids[pending])
            if not settled.any():
                break
            last = pending[settled]
            stands[e.voids[last[stands[last]]]] = False
            pending = pending[~settled]
        return stands


def _rows(table: Any, rows: npt.NDArray[np.intp]) -> Iterator[Any]:
    for column in fields(table):
        values = getattr(table, column.name)
        yield values[rows] if isinstance(values, np.ndarray) else [values[n] for n in rows.tolist()]


def _within(name: str, column: npt.NDArray[Any], low: int, high: int) -> None:
    if len(column) and (column.min() < low or column.max() >= high):
        raise LogError("log", name, f"{column.min()}..{column.max()}", f"{low}..{high - 1}")


def _days(name: str, column: npt.NDArray[Any]) -> None:
    """Days outside of a calendar would also spill over the 16 bits that a day has in sort keys."""
    _within(name, column, day_number(FIRST), day_number(LAST) + 1)


@dataclass
class Chunk:
    """The cases and standing events of some neighbouring projects, numbered from 0, events by case and day.

    ``first`` is the row number of the first project; ``case_rows`` and ``event_rows`` lead back to the log.
    """

    first: int
    projects: int
    case_rows: npt.NDArray[np.intp]
    project: I32  # of each case, from 0
    events: npt.NDArray[np.intp]  # rows of the log, and the order of the columns below in them
    order: npt.NDArray[np.intp]
    case: I32  # of each event, from 0
    day: I32
    status: I8
    procedure: I8
    holder: I8
    rows: npt.NDArray[np.intp] | None = None  # of each project, where it is not the next one in the log

    @property
    def project_rows(self) -> Any:
        """The rows of the projects in the log."""
        return slice(self.first, self.first + self.projects) if self.rows is None else self.rows

    @cached_property
    def event_rows(self) -> npt.NDArray[np.intp]:
        """The row in the log of each event; fetched when it is asked for, since no clock needs it."""
        return self.events[self.order]


def chunks(log: EventLog, size: int = 8192) -> Iterator[Chunk]:
    """The log in chunks of ``size`` projects, without what is void.

    Events are sorted by (case, day); the order within a day is left open, since no rule reads it.
    """
    count = len(log.projects)
    parts = -(-count // size)
    case_part = (log.cases.project // size).astype(np.uint16)
    case_order, case_ends = _partition(case_part, parts)
    event_order, event_ends = _partition(case_part[log.events.case], parts)
    packed, stands = _packed(log.events), log.happened()
    local = np.empty(len(log.cases), np.int32)
    for part in range(parts):
        rows = case_order[case_ends[part - 1] if part else 0 : case_ends[part]]
        first = part * size
        project = log.cases.project[rows] - first
        if (project[1:] < project[:-1]).any():
            by_project = np.argsort(project, kind="stable")
            rows, project = rows[by_project], project[by_project]
        local[rows] = np.arange(len(rows), dtype=np.int32)
        events = event_order[event_ends[part - 1] if part else 0 : event_ends[part]]
        if stands is not None:
            events = events[stands[events]]
        word = packed[events]
        case, day = local[word >> 32], (word & 0xFFFF).astype(np.int32)
        order = _by_case_and_day(case, day)
        word = word[order]
        yield Chunk(
            first,
            min(size, count - first),
            rows,
            project,
            events,
            order,
            case[order],
            day[order],
            (word >> 16 & 31).astype(np.int8),
            (word >> 21 & 15).astype(np.int8),
            ((word >> 25 & 7) - 1).astype(np.int8),
        )


def _packed(e: Events) -> npt.NDArray[np.int64]:
    """What the clocks read of an event in one integer, so that shuffled rows are fetched once and not five times."""
    word = e.day.astype(np.int64) | (e.case.astype(np.int64) << 32)
    word |= e.status.astype(np.int64) << 16
    word |= e.procedure.astype(np.int64) << 21
    word |= (e.holder.astype(np.int64) + 1) << 25
    return word


def _partition(part: npt.NDArray[np.uint16], parts: int) -> tuple[npt.NDArray[np.intp], list[int]]:
    """Row numbers grouped by part (order kept), and where each part ends. 16-bit keys sort by radix."""
    order = np.argsort(part, kind="stable")
    ends = np.cumsum(np.bincount(part, minlength=parts)).tolist()
    return order, ends


def _by_case_and_day(case: I32, day: I32) -> npt.NDArray[np.intp]:
    """The order by (case, day): a plain sort of one packed key that carries the position, faster than argsort."""
    bits = max(len(case) - 1, 1).bit_length()
    key = (case.astype(np.uint64) << np.uint64(16 + bits)) | (day.astype(np.uint64) << np.uint64(bits))
    key |= np.arange(len(case), dtype=np.uint64)
    key.sort()
    return (key & np.uint64((1 << bits) - 1)).astype(np.intp)
