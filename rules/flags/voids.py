"""Flags on records that were taken back."""

from __future__ import annotations

import numpy as np

from rules.dated import in_force
from rules.flags.view import IS_PROCEDURE, Found, View
from rules.log import NO_DAY
from rules.vocabulary import Pause


def lengthened_late(view: View) -> Found:
    """The end of a pause that stops a clock was voided more than the pack's `late_stop_days` working days after its
    day, and the pause went on past it: it is longer than was said at the time. Flagged is the void.

    A void that we learned of after the end counts from the day on which we learned of it, whatever its own. Like every
    void it is knowledge and no happening, so the flag stands from the day on which the pause began.
    """
    scene, paused, events = view.scene, view.scene.paused, view.log.events
    voids, ends = view.log.voided_ends
    if not len(voids):
        return Found(voids, voids)
    order = np.argsort(scene.chunk.case_rows)
    rows = scene.chunk.case_rows[order]
    at = np.searchsorted(rows, events.case[ends])
    here = np.flatnonzero(np.append(rows, -1)[at] == events.case[ends])
    voids, ends, case = voids[here], ends[here], order[at[here]]
    ended_on = events.day[ends]
    later = events.learned[voids] > events.learned[ends]  # in one batch with the end, nothing else was ever said
    told_on = np.where(later, np.maximum(events.day[voids], events.learned[voids]), events.day[voids])
    coded_on = scene.coded_on[scene.project[case]]
    late = scene.calendar.count(ended_on, np.maximum(told_on, ended_on))
    kind = np.where(IS_PROCEDURE[events.status[ends]], events.procedure[ends], np.int8(Pause.CORRECTION))
    stops = np.array([bool(scene.pack.pauses[one].stops) for one in Pause])
    odd = stops[kind] & (ended_on <= scene.as_of) & (late > in_force(scene.pack.late_stop_days, coded_on))
    for n in np.flatnonzero(odd).tolist():
        mine = (paused.case == case[n]) & (paused.kind == kind[n]) & (paused.start <= ended_on[n])
        odd[n] = bool((mine & ((paused.end > ended_on[n]) | (paused.end > scene.as_of))).any())
    odd &= scene.opening.opened[case] != NO_DAY
    return Found(case[odd], voids[odd], ended_on[odd], told_on[odd], late[odd], kind[odd])
