"""Flags on how records were entered."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rules.derived import IS_DECISION
from rules.flags.view import Found, View, odd_from, of_events
from rules.log import I32, NO_DAY, NONE
from rules.vocabulary import Status
from rules.workdays import FIRST, day_number


def late_entry(view: View) -> Found:
    """Typed in more than the pack's `late_entry_days` working days after it happened."""
    scene = view.scene
    entered = view.log.events.entered[scene.event_rows]
    rows = np.flatnonzero(entered != NO_DAY)
    late = scene.calendar.count(scene.day[rows], entered[rows])
    odd = late > odd_from(scene, "late_entry_days", scene.day[rows])
    return of_events(scene, rows[odd], entered[rows[odd]], late[odd])


def bulk_on_rest_day(view: View) -> Found:
    """The pack's `bulk_events` or more records of one project on one rest day."""
    scene = view.scene
    eve = np.maximum(scene.day - 1, day_number(FIRST))
    rest = scene.calendar.index(scene.day) == scene.calendar.index(eve)
    rows = np.flatnonzero(rest)
    key = (scene.project[scene.case[rows]].astype(np.int64) << 16) | scene.day[rows]
    _, back, times = np.unique(key, return_inverse=True, return_counts=True)
    odd = times[back] >= odd_from(scene, "bulk_events", scene.day[rows])
    return of_events(scene, rows[odd], number=times[back][odd])


def entered_ahead(view: View) -> Found:
    """Typed in on a day before that on which it is said to have happened."""
    scene = view.scene
    entered = view.log.events.entered[scene.event_rows]
    rows = np.flatnonzero((entered != NO_DAY) & (entered < scene.day))
    return of_events(scene, rows, entered[rows])


def entered_together(view: View) -> Found:
    """A decision typed in on the same day as the receipt or acceptance of its case, though it came later: by the pack's
    `together_days` working days or more, or, typed in within the same minute, on any later day."""
    scene, events = view.scene, view.log.events
    entered = events.entered[scene.event_rows]
    minute = events.entered_minute[scene.event_rows]
    begins = ((scene.status == Status.RECEIVED) | (scene.status == Status.ACCEPTED)) & (entered != NO_DAY)
    decides = IS_DECISION[scene.status] & (entered != NO_DAY)
    key = (scene.case.astype(np.int64) << 17) | entered
    rows = np.flatnonzero(decides)
    began = _earliest(key, scene.day, np.flatnonzero(begins), key[rows])
    apart = scene.calendar.count(np.where(began == NO_DAY, scene.day[rows], began), scene.day[rows])
    odd = (began != NO_DAY) & (apart >= odd_from(scene, "together_days", scene.day[rows]))
    exact = (key << 12) | minute  # without a minute it is -1, which no record has that has one
    at_once = _earliest(exact, scene.day, np.flatnonzero(begins & (minute != NONE)), exact[rows])
    odd |= (at_once != NO_DAY) & (at_once < scene.day[rows])
    found = of_events(scene, rows[odd], entered[rows[odd]], apart[odd])
    found.on = began[odd]
    return found


def _earliest(key: npt.NDArray[np.int64], day: I32, typed: npt.NDArray[np.intp], wanted: npt.NDArray[np.int64]) -> I32:
    """Of each wanted key the first day of the typed rows of that key; NO_DAY: there is none. Rows by case and day."""
    known, first = np.unique(key[typed], return_index=True)  # the first of each is the earliest
    if not len(known):
        return np.full(len(wanted), NO_DAY, np.int32)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    found: I32 = np.where(known[at] == wanted, day[typed[first[at]]], np.int32(NO_DAY))
    return found
