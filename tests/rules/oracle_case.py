"""One case of the oracle: its rows read, its days walked one by one.

The rules of the design's section 4 in the order in which they are written, for one day after another. Nothing here is
an interval: a case has an evening for every day, and the next day begins as that evening was.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from rules.pack import Limit, Limits, PauseRule, RulePack
from rules.vocabulary import (
    APPROVALS,
    CLOSINGS,
    DECISIONS,
    TURNED_AWAY,
    CaseState,
    ClockStart,
    Holder,
    Mark,
    Pause,
    Stage,
    Status,
    Unit,
)

Row = Mapping[str, str]
OFFICE = ZoneInfo("Asia/Shanghai")
ONE_DAY = dt.timedelta(1)
TOTAL, PROMISED, STATUTORY = "project_total", "promised", "statutory"
UNDER_WAY = {CaseState.RUNNING, CaseState.CORRECTION, CaseState.PROCEDURE}
CLOSED = {CaseState.DECIDED, CaseState.OUT, CaseState.UNJUDGED}


@dataclass(frozen=True)
class Event:
    """One thing that happened, on a date of the office's zone."""

    status: Status
    day: dt.date
    procedure: Pause = Pause.OTHER
    holder: Holder | None = None
    days: int = 0
    basis: bool = False


@dataclass(frozen=True)
class Evening:
    """How a case stands at the end of a day."""

    state: CaseState = CaseState.NOT_STARTED
    stopped_by: frozenset[Pause] = frozenset()  # the open pauses that stop `project_total`
    open: frozenset[str] = frozenset()  # the clocks that have begun and are not closed
    running: frozenset[str] = frozenset()  # those of them that no pause stops


ASLEEP = Evening()


@dataclass
class Case:
    """A case with its events up to ``as_of``.

    ``eve`` tells of each day how the case stood on the evening before: a day counts when it was running then, because
    the day something starts is not counted and the day it ends is (民法典 201).
    """

    id: str
    works: str
    item: str
    stage: Stage
    department: str
    holder: Holder
    counts: bool
    start: Mapping[str, ClockStart]  # from which event each of its own clocks runs
    row: Row
    events: list[Event]
    marks: frozenset[Mark] = frozenset()  # of its project
    coded_on: dt.date = dt.date.min  # its project
    ready: dt.date | None = None  # the day on which all before it was done, where a clock of it waits for that
    first_acceptance: dt.date | None = None
    unjudged: bool = False
    eve: dict[dt.date, Evening] = field(default_factory=dict)
    last: Evening = ASLEEP  # the evening of ``as_of``
    began: dict[str, dt.date] = field(default_factory=dict)  # the day on which each clock first opened

    def days_of(self, *statuses: Status) -> list[dt.date]:
        """The days of the events with one of these statuses, in order."""
        return sorted(e.day for e in self.events if e.status in statuses)

    def days_run(self, clock: str) -> list[dt.date]:
        """The days, of work or of rest, that belong to a stretch in which the clock runs."""
        return [day for day, evening in self.eve.items() if clock in evening.running]

    def open_since(self, as_of: dt.date) -> dt.date:
        """The day from whose evening on the case has been open without a break."""
        day = as_of
        while day in self.eve and TOTAL in self.eve[day].open:
            day -= ONE_DAY
        return day

    @property
    def first_day(self) -> dt.date | None:
        """The day on which it was accepted, or on which its project clock opened by receipt, whichever was first."""
        return min([day for day in (self.first_acceptance, self.began.get(TOTAL)) if day], default=None)

    def limited_from(self, clock: str) -> dt.date:
        """The day whose limit holds in a clock of its own: accepted, or begun before that; while neither, received or
        else coded."""
        accepted = None if self.unjudged else self.first_acceptance
        fixed = [day for day in (accepted, self.began.get(clock)) if day]
        return min(fixed or self.days_of(Status.RECEIVED)[:1] or [self.coded_on])

    def approvals(self) -> list[dt.date]:
        """The days on which it was approved; what cannot be judged was not approved."""
        return [] if self.unjudged else self.days_of(*APPROVALS)


def office_date(text: str) -> dt.date:
    """The date in the office's zone: a moment with an offset is converted, one without is local."""
    if len(text) == 10:
        return dt.date.fromisoformat(text)
    moment = dt.datetime.fromisoformat(text)
    return (moment.astimezone(OFFICE) if moment.tzinfo else moment).date()


def read_status(text: str) -> Status:
    """A status from its name or its national code."""
    return Status(int(text)) if text.isdigit() else Status[text.upper()]


def read_event(row: Row) -> Event:
    """An event from a row; a blank procedure is `other`."""
    holder = row.get("holder") or ""
    return Event(
        status=read_status(row["status"]),
        day=office_date(row["occurred_at"]),
        procedure=Pause[(row.get("procedure") or "other").upper()],
        holder=Holder[holder.upper()] if holder else None,
        days=int(row.get("days") or 0),
        basis=bool(row.get("basis")),
    )


def read_case(row: Row, events: list[Event], pack: RulePack) -> Case:
    """A case from a row; a blank holder is an agency, a blank clock start is the catalogue's."""
    holder = Holder[(row.get("holder") or "agency").upper()]
    item = pack.catalogue.items.get(row.get("item_code") or "")
    listed = {PROMISED: item.promised if item else None, STATUTORY: item.statutory if item else None}
    start = {clock: limit.start if limit else ClockStart.ACCEPTED for clock, limit in listed.items()}
    if row.get("clock_start"):
        told = ClockStart[row["clock_start"].upper()]
        start[STATUTORY] = told
        if told in (ClockStart.PREDECESSOR, ClockStart.UNIFIED):
            start[PROMISED] = told
    return Case(
        id=row["case_id"],
        works=row.get("works_code") or "",
        item=row.get("item_code") or "",
        stage=Stage[row["stage"].upper()],
        department=row["department"],
        holder=holder,
        counts=holder in pack.clocks[TOTAL].counts,
        start=start,
        row=row,
        events=events,
    )


def without_voided(events: Sequence[Row]) -> list[Row]:
    """The events that stand: a void takes its event out whatever its own day, unless it is itself taken out."""
    named_by: dict[str, list[str]] = defaultdict(list)
    for row in events:
        if read_status(row["status"]) is Status.VOIDED and row.get("voids"):
            named_by[row["voids"]].append(row["event_id"])

    def stands(event_id: str, asked: tuple[str, ...] = ()) -> bool:
        asked = (*asked, event_id)
        return not any(void not in asked and stands(void, asked) for void in named_by.get(event_id, ()))

    return [row for row in events if stands(row["event_id"])]


def suppose_acceptance(case: Case) -> None:
    """Decided without acceptance: accepted on the day of the first receipt, or else it cannot be judged."""
    receipts, acceptances = case.days_of(Status.RECEIVED), case.days_of(Status.ACCEPTED)
    for decided in case.days_of(*DECISIONS):
        if acceptances and min(acceptances) <= decided:
            continue
        if receipts and receipts[0] <= decided:
            case.events = [*case.events, Event(Status.ACCEPTED, receipts[0])]
            acceptances.append(receipts[0])
        else:
            case.unjudged = True
            break
    case.first_acceptance = min(acceptances, default=None)


def limit_on(limits: Limits | None, day: dt.date) -> Limit | None:
    """The last version that had begun by a day; before all of them the first, unless there was no limit then."""
    if limits is None:
        return None
    found = None if limits.later else limits.versions[0]
    for version in limits.versions:
        if version.since <= day:
            found = version
    return found


@dataclass(frozen=True)
class Open:
    """An open pause."""

    since: dt.date
    entrusted: bool  # each start of its day names an entrusted intermediary
    based: bool  # one of them names its legal basis

    def stops(self, rule: PauseRule, clock: str, day: dt.date, works_on: Callable[[dt.date], bool]) -> bool:
        """Whether on the evening of a day it stops a clock: with the basis that is wanted, and before its ceiling."""
        if clock not in rule.stops or (rule.needs_basis and not self.based):
            return False
        if self.entrusted and rule.runs_on == (clock, Holder.ENTRUSTED_INTERMEDIARY):
            return False
        ceiling = limit_on(rule.ceiling, self.since)
        if not ceiling:
            return True
        gone = [self.since + ONE_DAY * n for n in range(1, (day - self.since).days + 1)]
        natural = ceiling.unit is Unit.NATURAL_DAY
        return sum(1 for d in gone if natural or works_on(d)) < ceiling.days


def walk(
    case: Case,
    pack: RulePack,
    as_of: dt.date,
    ended_on: dt.date | None = None,
    works_on: Callable[[dt.date], bool] = lambda day: True,
) -> None:
    """Goes through the days from the first event to ``as_of`` and writes down how each began.

    Nothing runs after the day on which the source says that the project ended; what was open then is out.
    """
    on_day: dict[dt.date, list[Event]] = defaultdict(list)
    for event in case.events:
        on_day[event.day].append(event)
    accepted = applied = received = False
    closed_by: set[Status] = set()  # the closings of the last day that had any
    pauses: dict[Pause, Open] = {}
    shut_before = False  # closed before any acceptance, though all that it waits for was done
    day = min([*on_day, *([case.ready] if case.ready else [])], default=as_of + ONE_DAY)
    while day <= as_of:
        case.eve[day] = Evening(case.last.state) if ended_on and day > ended_on else case.last
        if day in on_day or pauses or day == case.ready:
            today = [e.status for e in on_day[day]]
            closings = [s for s in today if s in CLOSINGS]
            received |= Status.RECEIVED in today
            closed_by = set(closings) or closed_by
            applied = switch(applied, today.count(Status.RECEIVED) - len(closings))

            # Before the first acceptance a closing closes nothing; on its day 2, 4 and 5 close nothing either.
            if case.first_acceptance is None or day < case.first_acceptance:
                closings = []
            elif day == case.first_acceptance:
                closings = [s for s in closings if s not in TURNED_AWAY]
            accepted = switch(accepted, today.count(Status.ACCEPTED) - len(closings))

            # An acceptance switches off a correction opened on an earlier day, one opened today is still to come.
            if Status.ACCEPTED in today:
                pauses.pop(Pause.CORRECTION, None)
            for kind in Pause:
                starts, ends = signs_of(kind, on_day[day])
                is_open = switch(kind in pauses, len(starts) - len(ends))
                if is_open and kind not in pauses:
                    entrusted = all(e.holder is Holder.ENTRUSTED_INTERMEDIARY for e in starts)
                    pauses[kind] = Open(day, entrusted, any(e.basis for e in starts))
                elif not is_open:
                    pauses.pop(kind, None)
            # A close switches off every pause opened up to that day, also where the case runs on.
            if closings:
                pauses.clear()

            # A clock that runs from receipt has the application for its channel until the first acceptance.
            awaits = case.first_acceptance is None or day < case.first_acceptance
            shut_before |= bool(case.ready and day >= case.ready and set(today) & CLOSINGS)
            going = {TOTAL: accepted, PROMISED: accepted, STATUTORY: accepted}
            for clock, start in case.start.items():
                if start is ClockStart.RECEIVED:
                    going[clock] |= awaits and applied
                if start is ClockStart.PREDECESSOR and not case.unjudged:
                    done = case.ready is not None and day >= case.ready
                    going[clock] = done and (accepted or (awaits and not shut_before))
            going[TOTAL] |= pack.clocks[TOTAL].start is ClockStart.RECEIVED and awaits and applied
            stopping = {
                clock: {kind for kind, pause in pauses.items() if pause.stops(pack.pauses[kind], clock, day, works_on)}
                for clock in going
            }
            case.last = evening(case.unjudged, going, stopping, closed_by, received)
            opens = day == case.first_acceptance and not case.unjudged
            at_acceptance = {TOTAL, *(c for c, start in case.start.items() if start is not ClockStart.PREDECESSOR)}
            opened = at_acceptance | case.last.open if opens else case.last.open
            for clock in opened:
                case.began.setdefault(clock, day)
        day += ONE_DAY
    if ended_on:
        case.last = Evening(case.last.state if case.last.state in CLOSED else CaseState.OUT)


def switch(was_on: bool, total: int) -> bool:
    """A positive sum switches a channel on, a negative one off, zero leaves it as it was."""
    return total > 0 if total else was_on


def signs_of(kind: Pause, today: list[Event]) -> tuple[list[Event], list[Event]]:
    """The day's starts and ends of one kind of pause."""
    if kind is Pause.CORRECTION:
        starts = [e for e in today if e.status is Status.CORRECTION_STARTED]
        return starts, [e for e in today if e.status is Status.CORRECTION_ENDED]
    starts = [e for e in today if e.status is Status.PROCEDURE_STARTED and e.procedure is kind]
    return starts, [e for e in today if e.status is Status.PROCEDURE_ENDED and e.procedure is kind]


def evening(
    unjudged: bool,
    going: Mapping[str, bool],
    stopping: Mapping[str, set[Pause]],
    closed_by: set[Status],
    received: bool,
) -> Evening:
    """What the channels amount to: the state of the case, what stops it, which clocks are open and which run."""
    if unjudged:
        return Evening(CaseState.UNJUDGED)
    is_open = frozenset(clock for clock in going if going[clock])
    running = frozenset(clock for clock in is_open if not stopping[clock])
    if not going[TOTAL]:
        state = CaseState.RECEIVED if received else CaseState.NOT_STARTED
        if closed_by:
            state = CaseState.DECIDED if closed_by & DECISIONS else CaseState.OUT
        return Evening(state, frozenset(), is_open, running)
    stopped_by = frozenset(stopping[TOTAL])
    state = CaseState.PROCEDURE if stopped_by else CaseState.RUNNING
    if Pause.CORRECTION in stopped_by:
        state = CaseState.CORRECTION
    return Evening(state, stopped_by, is_open, running)
