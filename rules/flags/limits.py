"""Flags on limits and their prolongation."""

from __future__ import annotations

import numpy as np

from rules.flags.view import Found, View, of_events
from rules.log import NO_DAY
from rules.vocabulary import Status


def extended_after_limit(view: View) -> Found:
    """The statutory limit prolonged on a day on which, with earlier prolongations, it had already passed: it heals
    nothing.

    Of prolongations told of the day of acceptance or later: before it there is nothing to prolong.
    """
    scene, longer, late = view.scene, view.clocks.extensions, view.clocks.late
    rows = np.flatnonzero(scene.status == Status.EXTENDED)
    if longer is None or late is None:
        return of_events(scene, rows)
    opened = scene.opening.opened[scene.case[rows]]
    rows = rows[(opened != NO_DAY) & (scene.day[rows] >= opened)]
    key = (longer.case.astype(np.int64) << 16) | longer.day
    here = (scene.case[rows].astype(np.int64) << 16) | scene.day[rows]
    return of_events(scene, rows[late[np.searchsorted(key, here)]])
