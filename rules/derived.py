"""Events that the law writes itself, before anything is counted: acceptances that nobody told.

* Decided without acceptance: a decision (11-13) on a day up to which nothing was accepted. If the application was
  received on or before that day, acceptance is supposed on the day of the first receipt; with no receipt the case
  cannot be judged and gives no days.
* Acceptances by law that `rules.deemed` finds: no word within the days of the pack (行政许可法 32), and 统一收件.

Apart from this a closing before the first acceptance closes nothing, nor do 2, 4 and 5 on its day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rules.log import I8, I32, NO_DAY, Bools
from rules.vocabulary import DECISIONS, Status


@dataclass
class Openings:
    """Of each case: the day its clock opens (NO_DAY: not opened), and how we know."""

    received: I32  # first receipt
    accepted: I32  # first acceptance, supposed ones included
    opened: I32  # the same, but NO_DAY where the case cannot be judged
    derived: Bools  # the first acceptance is none that was told
    supposed: Bools
    unjudged: Bools
    revealed_on: I32  # of an acceptance known only later than its day: the day on which it became so; NO_DAY

    @property
    def by_law(self) -> Bools:
        """The acceptance is by law alone: with others, or by silence."""
        found: Bools = self.derived & ~self.supposed & ~self.unjudged
        return found


def first_days(cases: int, case: I32, day: I32, which: Bools) -> I32:
    """The first day of the chosen events of each case; events sorted by case and day."""
    out = np.full(cases, NO_DAY, np.int32)
    rows = np.flatnonzero(which)[::-1]
    out[case[rows]] = day[rows]  # of several values for one case the last written stays: the earliest
    return out


def last_days(cases: int, case: I32, day: I32, which: Bools) -> I32:
    """The last day of the chosen events of each case; events sorted by case and day."""
    out = np.full(cases, NO_DAY, np.int32)
    rows = np.flatnonzero(which)
    out[case[rows]] = day[rows]
    return out


IS_DECISION = np.zeros(32, np.bool_)
IS_DECISION[[int(s) for s in DECISIONS]] = True


def approved(status: I8) -> Bools:
    """Which events approve."""
    found: Bools = (status == Status.APPROVED) | (status == Status.APPROVED_WITH_OMISSION)
    return found


@dataclass
class ByLaw:
    """Acceptances by law: their day of each case (NO_DAY: none), and the day on which they became so."""

    on: I32
    revealed_on: I32  # NO_DAY: on that very day


def openings(cases: int, case: I32, day: I32, status: I8, by_law: ByLaw | None = None) -> Openings:
    """The opening of each case from its events (sorted by case and day, none after as_of)."""
    received = first_days(cases, case, day, status == Status.RECEIVED)
    told = first_days(cases, case, day, status == Status.ACCEPTED)
    decided = first_days(cases, case, day, IS_DECISION[status])
    accepted, revealed = told, np.full(cases, NO_DAY, np.int32)
    derived = np.zeros(cases, np.bool_)
    if by_law:
        derived = (by_law.on != NO_DAY) & ((told == NO_DAY) | (by_law.on < told))
        derived &= (decided == NO_DAY) | (by_law.on <= decided)
        accepted = np.where(derived, by_law.on, told)
        revealed[derived] = by_law.revealed_on[derived]
    before = (decided != NO_DAY) & ((accepted == NO_DAY) | (decided < accepted))
    supposed = before & (received != NO_DAY) & (received <= decided)
    unjudged = before & ~supposed
    late = supposed & (received < decided)
    revealed[late] = decided[late]
    accepted = np.where(supposed, received, accepted)
    opened = np.where(unjudged, np.int32(NO_DAY), accepted)
    return Openings(received, accepted, opened, derived | supposed, supposed, unjudged, revealed)
