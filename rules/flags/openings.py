"""Flags on how cases open and close."""

from __future__ import annotations

import numpy as np

from rules.channels import statuses
from rules.dated import in_force
from rules.derived import IS_DECISION, first_days
from rules.flags.view import Found, View, of_cases, of_events
from rules.light import warning_count
from rules.log import I32, NO_DAY, Bools, EventLog
from rules.scene import Scene
from rules.vocabulary import Status


def cannot_be_judged(view: View) -> Found:
    """Decided with neither acceptance nor receipt up to that day: gives no days."""
    return of_cases(view.scene.opening.unjudged)


def supposed_acceptance(view: View) -> Found:
    """Decided without acceptance: accepted, the law supposes, on the day of receipt."""
    return of_cases(view.scene.opening.supposed, view.scene.opening.opened)


def deemed_acceptance(view: View) -> Found:
    """Received and no word within the days of the pack: accepted, by 行政许可法 32, on the day of receipt."""
    opening = view.scene.opening
    silent = opening.derived & ~opening.supposed & (opening.revealed_on != NO_DAY) & (opening.opened != NO_DAY)
    return of_cases(silent, opening.opened, opening.revealed_on)


def reopened(view: View) -> Found:
    """Accepted again after a close: the same clock goes on."""
    case, start = view.scene.accepted.case, view.scene.accepted.start
    again = np.zeros(len(case), np.bool_)
    again[1:] = case[1:] == case[:-1]
    keys = (case[again].astype(np.int64) << 16) | start[again]
    scene = view.scene
    if not len(keys):
        return of_events(scene, keys)
    rows = np.flatnonzero(scene.status == Status.ACCEPTED)
    here = (scene.case[rows].astype(np.int64) << 16) | scene.day[rows]
    at = np.minimum(np.searchsorted(keys, here), len(keys) - 1)
    return of_events(scene, rows[keys[at] == here])


def resubmitted(view: View) -> Found:
    """A fresh case for an item of the project of which an earlier case was withdrawn by the applicant (14, or 2 after
    it was accepted: what is taken back before has run no clock).

    Without a code nobody knows whether two cases are of one item.
    """
    earliest = _withdrawn_before(view.log, view.scene)
    return of_cases(earliest != NO_DAY, earliest, view.scene.opening.opened)


def submitted_again(log: EventLog, scene: Scene) -> Bools:
    """Which cases are fresh ones in the sense of `resubmitted`."""
    again: Bools = _withdrawn_before(log, scene) != NO_DAY
    return again


def _withdrawn_before(log: EventLog, scene: Scene) -> I32:
    """Of each case the first day on which another one of its item was withdrawn, up to its acceptance; NO_DAY."""
    opened, none = scene.opening.opened, np.full(scene.cases, NO_DAY, np.int32)
    coded = np.array([bool(code) for code in log.items] or [False])[scene.item]
    taken_back = (scene.status == Status.RETRACTED) & (opened[scene.case] != NO_DAY) & (scene.day > opened[scene.case])
    rows = np.flatnonzero(((scene.status == Status.WITHDRAWN) | taken_back) & coded[scene.case])
    withdrawn = none.copy()
    withdrawn[scene.case[rows]] = scene.day[rows]
    key = (scene.project.astype(np.int64) << 32) | scene.item
    out = np.flatnonzero(withdrawn != NO_DAY)
    if not len(out):
        return none
    out = out[np.lexsort((withdrawn[out], key[out]))]
    first = np.flatnonzero(np.append(True, key[out][1:] != key[out][:-1]))
    keys, earliest = key[out][first], withdrawn[out][first]
    at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
    again = (keys[at] == key) & (opened != NO_DAY) & (opened >= earliest[at]) & (withdrawn != earliest[at])
    return np.where(again, earliest[at], none)


def accepted_before_coding(view: View) -> Found:
    """Accepted on a day before the project had its code."""
    opened, coded_on = view.scene.opening.opened, view.scene.coded_on[view.scene.project]
    return of_cases((opened != NO_DAY) & (opened < coded_on), opened, coded_on)


def decided_before_acceptance(view: View) -> Found:
    """A decision told of a day before the first acceptance that is told: one of the two days is wrong."""
    scene = view.scene
    accepted = first_days(scene.cases, scene.case, scene.day, scene.status == Status.ACCEPTED)[scene.case]
    rows = np.flatnonzero(IS_DECISION[scene.status] & (scene.day < accepted))
    return of_events(scene, rows, accepted[rows])


# What ends a submission without a decision on it. Whoever sends it back (不受理、不予受理) sets the limit back as well.
_SENT_BACK = statuses((Status.RETRACTED, Status.NOT_ACCEPTED, Status.REFUSED, Status.WITHDRAWN))


def withdrawn_before_limit(view: View) -> Found:
    """Withdrawn or sent back when at most the warning days of a limit were left, or none, and submitted again: a clock
    set back."""
    scene, opened = view.scene, view.scene.opening.opened
    coded = np.array([bool(code) for code in view.log.items] or [False])[scene.item]
    warn = in_force(scene.pack.warning_days, opened)
    near = np.zeros(scene.cases, np.bool_)
    for own in (view.clocks.promised, view.clocks.statutory):
        near |= (own.limit >= 0) & (own.used >= warning_count(own.limit, warn))
    near &= coded & (opened != NO_DAY)
    closed_on = view.cases.closed_on
    rows = np.flatnonzero(_SENT_BACK[scene.status] & near[scene.case] & (scene.day == closed_on[scene.case]))
    if not len(rows):
        return of_events(scene, rows)
    key = (scene.project.astype(np.int64) << 32) | scene.item
    keys, of = np.unique(key, return_inverse=True)
    latest = np.full(len(keys), NO_DAY, np.int32)
    np.maximum.at(latest, of, opened)
    again = latest[of[scene.case[rows]]]
    set_back = again >= scene.day[rows]
    return of_events(scene, rows[set_back], again[set_back])
