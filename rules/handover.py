"""Hand-over gaps 衔接空档: from the day on which a case had all that its item wants before it to its acceptance.

A gap is nobody's blame: in it the owner prepares, or an application lies at a window. It begins on the day on which
the last of the predecessors was approved (`rules.predecessors`) and ends with the acceptance; a case accepted before
that day overlapped and has none. Of a case that was never accepted it ends when the case was closed, and of every
case at the latest when its project ended. What cannot be judged has none, for nobody knows when it was accepted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.assess import Assessed
from rules.derived import approved, first_days
from rules.log import I32, NO_DAY, NONE, Bools
from rules.order import Order, pairs
from rules.pieces import OPEN
from rules.predecessors import FAR, ready_on
from rules.scene import Scene


@dataclass
class Handovers:
    """One row a gap: ``before`` (a case) was the last approved of the predecessors of ``case``.

    The gap is the working days of ``(since, until]``, ``until`` OPEN while it lasts; ``received``: the day after which
    the application lay with the authority (NO_DAY: not received while it lasted).
    """

    case: I32
    before: I32
    since: I32
    until: I32
    received: I32


def handovers(a: Assessed) -> Handovers:
    """The gaps of a scene up to its day, by case."""
    s, found = a.scene, a.cases
    ready = ready_on(s)
    rows = np.flatnonzero((ready != NO_DAY) & (ready != FAR) & ~s.opening.unjudged)
    ended = np.where(found.accepted_on != NO_DAY, found.accepted_on, found.closed_on)
    over = s.ended_on[s.project]
    over = np.where(over > s.as_of, np.int32(NO_DAY), over)
    ended = np.where((over != NO_DAY) & ((ended == NO_DAY) | (ended > over)), over, ended)
    rows = rows[(ended[rows] == NO_DAY) | (ended[rows] > ready[rows])]
    case, before = _last_approved(s, rows, ready)
    since, until = ready[case], ended[case]
    received = s.opening.received[case]
    inside = (received != NO_DAY) & ((until == NO_DAY) | (received < until))
    received = np.where(inside, np.maximum(received, since), np.int32(NO_DAY))
    return Handovers(case, before, since, np.where(until == NO_DAY, np.int32(OPEN), until), received)


def _last_approved(s: Scene, rows: npt.NDArray[np.intp], ready: I32) -> tuple[I32, I32]:
    """Of each case (ascending) the predecessor that was approved on its day; of several the first in the log."""
    granted = first_days(s.cases, s.case, s.day, approved(s.status))
    chosen = np.zeros(s.cases, np.bool_)
    chosen[rows] = True
    after, before = pairs(s, Order.of(s.items), chosen, granted != NO_DAY)
    last = (granted[before] == ready[after]) & ~_wrapped(s)[s.item[after], s.item[before]]
    after, before = after[last], before[last]
    first = np.full(s.cases, NONE, np.int32)
    order = np.argsort(-before, kind="stable")
    first[after[order]] = before[order]  # the first is written last and stays
    case = rows[first[rows] != NONE].astype(np.int32)
    return case, first[case]


def _wrapped(s: Scene) -> Bools:
    """[item, item]: whether the first runs beside the second, of which it is the wrapper (联合验收)."""
    n = len(s.items)
    codes = [item.code if item else None for item in s.items]
    table = [[code in item.wraps if item else False for code in codes] for item in s.items]
    return np.array(table, np.bool_).reshape(n, n)
