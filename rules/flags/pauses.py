"""Flags on pauses: corrections and special procedures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.flags.view import Found, View, odd_from, of_cases, of_events
from rules.log import I32, NO_DAY, Bools
from rules.pausing import IS_START
from rules.scene import Scene
from rules.vocabulary import ARTICLE_45, Ledger, Pause, Status

_ARTICLE_45 = np.array([k in ARTICLE_45 for k in Pause])


def end_without_start(view: View) -> Found:
    """A correction or procedure ended on a day on which it was not open and was not opened either.

    Not where its start is a late stop that waits for a confirmation: that start is there, it only stops nothing yet.
    """
    steps, events = _steps(view.scene), view.log.events
    case, rows = view.late
    correction = events.status[rows] == Status.CORRECTION_STARTED
    waiting = (case.astype(np.int64) << 4) | np.where(correction, np.int8(Pause.CORRECTION), events.procedure[rows])
    channel = (steps.case.astype(np.int64) << 4) | steps.kind
    lonely = steps.ends & ~steps.starts & ~steps.was_open & ~np.isin(channel, waiting)
    return of_events(view.scene, steps.rows[lonely[steps.of_row] & steps.is_end])


@dataclass
class _Steps:
    """What was told of the channels of pauses, by channel and day; ``rows`` are events of the scene."""

    case: I32
    kind: npt.NDArray[np.int64]
    starts: Bools  # a start was told of the day
    ends: Bools
    was_open: Bools  # on the eve, by the records of the channel alone
    rows: npt.NDArray[np.intp]
    of_row: npt.NDArray[np.intp]  # the step of each row
    is_end: Bools


def _steps(scene: Scene) -> _Steps:
    status = scene.status
    ends = (status == Status.CORRECTION_ENDED) | (status == Status.PROCEDURE_ENDED)
    rows = np.flatnonzero(ends | IS_START[status])
    is_end = ends[rows]
    correction = (status[rows] == Status.CORRECTION_STARTED) | (status[rows] == Status.CORRECTION_ENDED)
    kind = np.where(correction, Pause.CORRECTION, scene.procedure[rows])
    key = (((scene.case[rows].astype(np.int64) << 4) | kind) << 16) | scene.day[rows]
    steps, of_row = np.unique(key, return_inverse=True)
    many = np.bincount(of_row, minlength=len(steps))
    ended = np.bincount(of_row, weights=is_end, minlength=len(steps)).astype(np.intp)
    net, channel = many - 2 * ended, steps >> 16
    # The last step before each that told something of its channel: what sums to nothing leaves it as it was.
    told = np.maximum.accumulate(np.where(net != 0, np.arange(len(steps)), -1)) if len(steps) else net
    before = np.append(-1, told[:-1])[: len(steps)]
    was_open = (before >= 0) & (channel[before] == channel) & (net[before] > 0)
    return _Steps(
        (channel >> 4).astype(np.int32), channel & 15, ended < many, ended > 0, was_open, rows, of_row, is_end
    )


def opened_late(view: View) -> Found:
    """Opened when at most the warning days of the promised or statutory limit were left."""
    paused, odd = view.scene.paused, np.zeros(view.scene.cases, np.bool_)
    for own in (view.clocks.promised, view.clocks.statutory):
        warned = own.yellow_on[paused.case]
        odd[paused.case[(warned != NO_DAY) & (paused.start >= warned)]] = True
    return of_cases(odd)


def never_closed(view: View) -> Found:
    """A pause that only the close of its case ended."""
    scene, paused = view.scene, view.scene.paused
    keys = scene.accepted.close_keys
    if not len(keys) or not len(paused.case):
        return of_cases(np.zeros(scene.cases, np.bool_))
    here = (paused.case.astype(np.int64) << 16) | paused.end
    by_close = keys[np.minimum(np.searchsorted(keys, here), len(keys) - 1)] == here
    ended = np.flatnonzero((scene.status == Status.CORRECTION_ENDED) | (scene.status == Status.PROCEDURE_ENDED))
    kind = np.where(scene.status[ended] == Status.CORRECTION_ENDED, Pause.CORRECTION, scene.procedure[ended])
    told = ((scene.case[ended].astype(np.int64) << 4) | kind) << 16 | scene.day[ended]
    own = ((paused.case.astype(np.int64) << 4) | paused.kind) << 16 | paused.end
    odd = np.zeros(scene.cases, np.bool_)
    odd[paused.case[by_close & ~np.isin(own, told)]] = True
    return of_cases(odd)


def without_basis(view: View) -> Found:
    """A special procedure of 行政许可法 45 opened without naming its legal basis."""
    scene = view.scene
    rows = np.flatnonzero((scene.status == Status.PROCEDURE_STARTED) & _ARTICLE_45[scene.procedure])
    return of_events(scene, rows[~view.log.events.basis[scene.event_rows[rows]]])


def correction_stops(view: View) -> Found:
    """A correction stopped the clock after acceptance; 行政许可法 45 does not name corrections."""
    cut = view.scene.cut
    odd = np.zeros(view.scene.cases, np.bool_)
    odd[cut.case[(cut.kind == Ledger.CORRECTION) & (cut.current | (cut.start < cut.end))]] = True
    return of_cases(odd)


def repeated_correction(view: View) -> Found:
    """More than one correction in a case (行政许可法 32: told once and completely).

    One that is asked for on the day on which another ended makes one stretch with it, but is asked for all the same.
    """
    scene, paused, steps = view.scene, view.scene.paused, _steps(view.scene)
    times = np.bincount(paused.case[paused.kind == Pause.CORRECTION], minlength=scene.cases)
    again = steps.was_open & steps.starts & steps.ends & (steps.kind == Pause.CORRECTION)
    return of_cases(times + np.bincount(steps.case[again], minlength=scene.cases) > 1)


def long_pause(view: View) -> Found:
    """A pause that stopped a clock for more than the pack's `long_pause_days` working days, once it has ended.

    Not while it is open: nothing about a standing alters by itself before its `next_change`.
    """
    scene = view.scene
    case, start, end = _stopping(view)
    over = end <= scene.as_of
    case, start, end = case[over], start[over], end[over]
    odd = np.zeros(scene.cases, np.bool_)
    odd[case[scene.calendar.count(start, end) > odd_from(view, "long_pause_days", start)]] = True
    return of_cases(odd)


def past_ceiling(view: View) -> Found:
    """A pause of an accepted case that went on past its kind's ceiling in the pack: from then on the clock ran."""
    scene, paused = view.scene, view.scene.paused
    odd = np.zeros(scene.cases, np.bool_)
    over = (paused.ceiling_on != NO_DAY) & (paused.ceiling_on <= scene.as_of) & (paused.ceiling_on < paused.end)
    odd[paused.case[over & (scene.opening.opened[paused.case] != NO_DAY)]] = True
    return of_cases(odd)


def late_stop(view: View) -> Found:
    """A pause told so late that it would take back a light already shown; it waits for a supervisor's confirmation."""
    return view.late


def overlapping_pauses(view: View) -> Found:
    """Two pauses that stop a clock were open at once: counted as one, but a source may have taken both off."""
    case, start, end = _stopping(view)
    order = np.argsort((case.astype(np.int64) << 17) | start, kind="stable")
    begins, ends = ((case.astype(np.int64) << 17) | day for day in (start, end))
    reach = np.maximum.accumulate(ends[order])  # a later case reaches further than any earlier one
    odd = np.zeros(view.scene.cases, np.bool_)
    odd[case[order][1:][reach[:-1] > begins[order][1:]]] = True
    return of_cases(odd)


def _stopping(view: View) -> tuple[I32, I32, I32]:
    """Case, start and end (past as_of while open) of the pauses that stop a clock of an accepted case."""
    scene = view.scene
    stops = np.array([bool(scene.pack.pauses[kind].stops) for kind in Pause])
    case, opened = scene.paused.case, scene.opening.opened[scene.paused.case]
    start, end = np.maximum(scene.paused.start, opened), scene.paused.end
    ended = scene.ended_on[scene.project[case]]
    end = np.where((ended != NO_DAY) & (ended < end), ended, end)
    rows = np.flatnonzero(stops[scene.paused.kind] & (opened != NO_DAY) & (start < end))
    return case[rows], start[rows].astype(np.int32), end[rows].astype(np.int32)
