"""The oracle's acceptances by law and predecessors: 统一收件, deemed acceptance, and what a case waits for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rules.vocabulary import CLOSINGS, DECISIONS, ClockStart, Status
from tests.rules.oracle_case import ONE_DAY, Case, Event, switch
from tests.rules.oracle_limits import Frame


def accept_by_law(cases: Sequence[Case], frame: Frame) -> None:
    """Writes into the cases of one project the acceptances that nobody told."""
    unified = [c for c in cases if ClockStart.UNIFIED in c.start.values()]
    at_once = {}
    for case in unified:
        beside = [
            c for c in unified if c.stage is case.stage and ("" in (c.works, case.works) or c.works == case.works)
        ]
        told = [day for c in beside for day in c.days_of(Status.ACCEPTED)]
        closed = case.days_of(*CLOSINGS)
        if told and not (closed and closed[0] <= min(told)):
            at_once[case.id] = min(told)
    for case in cases:
        on = silent_receipt(case, at_once.get(case.id), frame) or at_once.get(case.id)
        if on and on not in case.days_of(Status.ACCEPTED):  # the first is the one; another adds nothing
            case.events = [*case.events, Event(Status.ACCEPTED, on)]


def silent_receipt(case: Case, at_once: dt.date | None, frame: Frame) -> dt.date | None:
    """The first receipt to which nobody said a word within the days of the pack, once they are over.

    An acceptance, also one with the others of the stage (``at_once``), is a word.
    """
    if not frame.pack.deemed_acceptance:
        return None
    accepted, decided = case.days_of(Status.ACCEPTED), case.days_of(*DECISIONS)
    accepted = sorted([*accepted, *([at_once] if at_once else [])])
    applied, since, left = False, None, 0
    day = min((e.day for e in case.events), default=frame.as_of)
    while day < frame.as_of:
        statuses = [e.status for e in case.events if e.day == day]
        if (accepted and day >= accepted[0]) or (decided and day > decided[0]):
            return None
        was = applied
        applied = switch(applied, statuses.count(Status.RECEIVED) - sum(s in CLOSINGS for s in statuses))
        if applied and not was:
            since, left = day, frame.pack.deemed_acceptance.on(day).days
        elif since and frame.works_on(day):
            left -= 1
        if not applied or Status.CORRECTION_STARTED in statuses:
            since = None  # a word was said
        if since and left <= 0:
            return since
        day += ONE_DAY
    return None


def wait_for(cases: Sequence[Case], frame: Frame) -> None:
    """Tells each case that follows its predecessors the day on which the last of them was approved.

    Where the project has none of them, a clock that would wait runs from acceptance.
    """
    for case in cases:
        waits = [clock for clock, start in case.start.items() if start is ClockStart.PREDECESSOR]
        item = frame.pack.catalogue.items.get(case.item)
        groups = [
            [c for c in group if not item or c not in item.wraps] for group in (item.prerequisites if item else ())
        ]
        own = [c for c in cases if "" in (c.works, case.works) or c.works == case.works]
        before = [[c for c in own if c.item in group] for group in groups]
        done = [
            min((day for c in those for day in c.days_of(Status.APPROVED, Status.APPROVED_WITH_OMISSION)), default=None)
            for those in before
            if those
        ]
        if not waits:
            continue
        if not done:
            case.start = {c: ClockStart.ACCEPTED if c in waits else s for c, s in case.start.items()}
        elif all(done):
            case.ready = max(day for day in done if day)
