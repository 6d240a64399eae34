"""Flags on how records were entered."""

from __future__ import annotations

import numpy as np

from rules.flags.view import Found, View, of_events
from rules.light import in_force
from rules.log import NO_DAY
from rules.workdays import FIRST, day_number


def late_entry(view: View) -> Found:
    """Typed in more than the pack's `late_entry_days` working days after it happened."""
    scene = view.scene
    entered = view.log.events.entered[scene.event_rows]
    rows = np.flatnonzero(entered != NO_DAY)
    late = scene.calendar.count(scene.day[rows], entered[rows])
    return of_events(scene, rows[late > in_force(scene.pack.late_entry_days, scene.day[rows])])


def bulk_on_rest_day(view: View) -> Found:
    """The pack's `bulk_events` or more records of one project on one rest day."""
    scene = view.scene
    eve = np.maximum(scene.day - 1, day_number(FIRST))
    rest = scene.calendar.index(scene.day) == scene.calendar.index(eve)
    rows = np.flatnonzero(rest)
    key = (scene.project[scene.case[rows]].astype(np.int64) << 16) | scene.day[rows]
    _, back, times = np.unique(key, return_inverse=True, return_counts=True)
    return of_events(scene, rows[times[back] >= in_force(scene.pack.bulk_events, scene.day[rows])])
