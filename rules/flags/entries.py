"""Flags on how records were entered."""

from __future__ import annotations

import numpy as np

from rules.derived import IS_DECISION
from rules.flags.view import Found, View, odd_from, of_events
from rules.log import NO_DAY
from rules.vocabulary import Status
from rules.workdays import FIRST, day_number


def late_entry(view: View) -> Found:
    """Typed in more than the pack's `late_entry_days` working days after it happened."""
    scene = view.scene
    entered = view.log.events.entered[scene.event_rows]
    rows = np.flatnonzero(entered != NO_DAY)
    late = scene.calendar.count(scene.day[rows], entered[rows])
    return of_events(scene, rows[late > odd_from(view, "late_entry_days", scene.day[rows])])


def bulk_on_rest_day(view: View) -> Found:
    """The pack's `bulk_events` or more records of one project on one rest day."""
    scene = view.scene
    eve = np.maximum(scene.day - 1, day_number(FIRST))
    rest = scene.calendar.index(scene.day) == scene.calendar.index(eve)
    rows = np.flatnonzero(rest)
    key = (scene.project[scene.case[rows]].astype(np.int64) << 16) | scene.day[rows]
    _, back, times = np.unique(key, return_inverse=True, return_counts=True)
    return of_events(scene, rows[times[back] >= odd_from(view, "bulk_events", scene.day[rows])])


def entered_ahead(view: View) -> Found:
    """Typed in on a day before that on which it is said to have happened."""
    scene = view.scene
    entered = view.log.events.entered[scene.event_rows]
    return of_events(scene, np.flatnonzero((entered != NO_DAY) & (entered < scene.day)))


def entered_together(view: View) -> Found:
    """A decision typed in on the same day as the receipt or acceptance of its case, though it came later.

    By the pack's `together_days` working days or more. The columns know the day of an entry, not its minute.
    """
    scene = view.scene
    entered = view.log.events.entered[scene.event_rows]
    begins = (scene.status == Status.RECEIVED) | (scene.status == Status.ACCEPTED)
    key = (scene.case.astype(np.int64) << 17) | entered
    typed = np.flatnonzero(begins & (entered != NO_DAY))
    known, first = np.unique(key[typed], return_index=True)  # by case and day: the first of each is the earliest
    rows = np.flatnonzero(IS_DECISION[scene.status] & (entered != NO_DAY))
    if not len(known):
        return of_events(scene, rows[:0])
    at = np.minimum(np.searchsorted(known, key[rows]), len(known) - 1)
    apart = scene.calendar.count(scene.day[typed[first[at]]], scene.day[rows])
    odd = (known[at] == key[rows]) & (apart >= odd_from(view, "together_days", scene.day[rows]))
    return of_events(scene, rows[odd])
