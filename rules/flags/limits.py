"""Flags on limits and their prolongation."""

from __future__ import annotations

import numpy as np

from rules.flags.view import Found, View, of_cases, of_events
from rules.log import NO_DAY
from rules.vocabulary import Deadline, Light, Status


def papers_overdue(view: View) -> Found:
    """Taken on with papers missing (容缺受理), which did not come in time: the acceptance is to be revoked."""
    return _overdue(view, Deadline.PAPERS)


def check_overdue(view: View) -> Found:
    """Decided on the applicant's word (告知承诺) and not checked in time."""
    return _overdue(view, Deadline.CHECK)


def _overdue(view: View, kind: Deadline) -> Found:
    of, n = view.deadlines, view.scene.cases
    odd, since, due = np.zeros(n, np.bool_), np.full(n, NO_DAY, np.int32), np.full(n, NO_DAY, np.int32)
    rows = np.flatnonzero((of.kind == kind) & (of.light == Light.RED))
    odd[of.case[rows]], since[of.case[rows]], due[of.case[rows]] = True, of.since[rows], of.due_on[rows]
    return of_cases(odd, since, due)


def waived_item(view: View) -> Found:
    """Accepted although a mark of the project (区域评估 …) waives the item: nobody should have had to apply for it."""
    scene, odd = view.scene, np.zeros(view.scene.cases, np.bool_)
    marks = scene.marks[scene.project]
    for bits in np.unique(marks[marks != 0]).tolist():
        codes = scene.pack.waived(bits)
        waived = np.array([bool(item and item.code in codes) for item in scene.items] or [False])
        odd |= (marks == bits) & waived[scene.item]
    return of_cases(odd & (scene.opening.opened != NO_DAY), scene.opening.opened)


def extended_after_limit(view: View) -> Found:
    """The statutory limit prolonged on a day on which, with earlier prolongations, it had already passed: it heals
    nothing.

    Of prolongations told of the day on which the clock began or later: before it there is nothing to prolong.
    """
    scene, longer, late = view.scene, view.clocks.extensions, view.clocks.late
    rows = np.flatnonzero(scene.status == Status.EXTENDED)
    if longer is None or late is None:
        return of_events(scene, rows)
    begun = view.clocks.statutory.begun[scene.case[rows]]
    rows = rows[(begun != NO_DAY) & (scene.day[rows] >= begun)]
    key = (longer.case.astype(np.int64) << 16) | longer.day
    here = (scene.case[rows].astype(np.int64) << 16) | scene.day[rows]
    return of_events(scene, rows[late[np.searchsorted(key, here)]])
