"""Flags on limits and their prolongation."""

from __future__ import annotations

import numpy as np

from rules.flags.view import Found, View, of_events
from rules.light import passing_count
from rules.log import I32, NO_DAY
from rules.vocabulary import Status, Unit


def extended_after_limit(view: View) -> Found:
    """The statutory limit prolonged on a day on which, with earlier prolongations, it had already passed.

    Of prolongations told of the day of acceptance or later: before it there is nothing to prolong.
    """
    scene, own = view.scene, view.clocks.statutory
    rows = np.flatnonzero(scene.status == Status.EXTENDED)
    opened = scene.opening.opened[scene.case[rows]]
    rows = rows[(opened != NO_DAY) & (scene.day[rows] >= opened) & (own.limit[scene.case[rows]] >= 0)]
    case, day = scene.case[rows], scene.day[rows]
    left = _limit_before(view, case, day)
    natural = own.unit[case] == Unit.NATURAL_DAY
    used = own.used[case] - _used_after(view, case, day)
    late = used >= passing_count(left, scene.pack.comparison)
    # in natural days a due day on a rest day moves to the next working day (民法典 203)
    last = scene.calendar.following(np.where(natural & late, day - (used - left), day))
    moved = natural & (day <= last if scene.pack.comparison == "over" else day < last)
    return of_events(scene, rows[late & ~moved])


def _limit_before(view: View, case: I32, day: I32) -> I32:
    """The limit of each case without the prolongations of that day and later (``case``, ``day`` ascending)."""
    scene = view.scene
    rows = np.flatnonzero(scene.status == Status.EXTENDED)
    key = (scene.case[rows].astype(np.int64) << 17) | scene.day[rows]
    more = np.append(0, np.cumsum(np.maximum(view.log.events.days[scene.event_rows[rows]], 0)))
    here = np.searchsorted(key, (case.astype(np.int64) << 17) | day)
    end = np.searchsorted(key, (case.astype(np.int64) + 1) << 17)
    before: I32 = (view.clocks.statutory.limit[case] - (more[end] - more[here])).astype(np.int32)
    return before


def _used_after(view: View, case: I32, day: I32) -> I32:
    """Days of the statutory clock of each case after a day, in the unit of its limit."""
    scene, cut = view.scene, view.scene.cut
    natural = (view.clocks.statutory.unit == Unit.NATURAL_DAY)[cut.case]
    runs = np.flatnonzero(cut.statutory)
    start = np.where(natural, cut.start, scene.start)[runs]
    end = np.where(natural, cut.end, scene.end)[runs]
    first, last = (np.searchsorted(cut.case[runs], case, side) for side in ("left", "right"))
    many = last - first
    asked = np.repeat(np.arange(len(case)), many)
    stretch = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)
    of_case = view.clocks.statutory.unit[case] == Unit.NATURAL_DAY
    at = np.where(of_case, day, scene.calendar.index(day))[asked]
    length = np.maximum(end[stretch] - np.maximum(start[stretch], at), 0)
    return np.bincount(asked, weights=length, minlength=len(case)).astype(np.int32)
