"""Flags on pauses: corrections and special procedures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.flags.view import Found, View, channel, odd_from, of_cases, of_events, of_pauses
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
    case, rows = view.late.case, view.late.event
    correction = events.status[rows] == Status.CORRECTION_STARTED
    waiting = (case.astype(np.int64) << 4) | np.where(correction, np.int8(Pause.CORRECTION), events.procedure[rows])
    told = (steps.case.astype(np.int64) << 4) | steps.kind
    lonely = steps.ends & ~steps.starts & ~steps.was_open & ~np.isin(told, waiting)
    return of_events(view.scene, steps.rows[lonely[steps.of_row] & steps.is_end])


@dataclass
class _Steps:
    """What was told of the channels of pauses, by channel and day; ``rows`` are events of the scene."""

    case: I32
    kind: npt.NDArray[np.int64]
    day: I32
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
    key = channel(scene.case[rows], kind, scene.day[rows])
    steps, of_row = np.unique(key, return_inverse=True)
    many = np.bincount(of_row, minlength=len(steps))
    ended = np.bincount(of_row, weights=is_end, minlength=len(steps)).astype(np.intp)
    net, of = many - 2 * ended, steps >> 16
    # The last step before each that told something of its channel: what sums to nothing leaves it as it was.
    told = np.maximum.accumulate(np.where(net != 0, np.arange(len(steps)), -1)) if len(steps) else net
    before = np.append(-1, told[:-1])[: len(steps)]
    was_open = (before >= 0) & (of[before] == of) & (net[before] > 0)
    return _Steps(
        (of >> 4).astype(np.int32), of & 15, (steps & 0xFFFF).astype(np.int32), ended < many, ended > 0, was_open,
        rows, of_row, is_end,
    )  # fmt: skip


def opened_late(view: View) -> Found:
    """Opened when at most the warning days of the promised or statutory limit were left."""
    paused = view.scene.paused
    late = np.zeros(len(paused.case), np.bool_)
    for own in (view.clocks.promised, view.clocks.statutory):
        warned = own.yellow_on[paused.case]
        late |= (warned != NO_DAY) & (paused.start >= warned)
    return of_pauses(view.scene, np.flatnonzero(late))


def never_closed(view: View) -> Found:
    """A pause that only the close of its case ended. One that is open still may come to be a `long_pause`."""
    scene, paused = view.scene, view.scene.paused
    keys = scene.accepted.close_keys
    if not len(keys) or not len(paused.case):
        return of_pauses(scene, np.empty(0, np.intp))
    here = (paused.case.astype(np.int64) << 16) | paused.end
    by_close = keys[np.minimum(np.searchsorted(keys, here), len(keys) - 1)] == here
    ended = np.flatnonzero((scene.status == Status.CORRECTION_ENDED) | (scene.status == Status.PROCEDURE_ENDED))
    kind = np.where(scene.status[ended] == Status.CORRECTION_ENDED, Pause.CORRECTION, scene.procedure[ended])
    told = channel(scene.case[ended], kind, scene.day[ended])
    own = channel(paused.case, paused.kind, paused.end)
    return of_pauses(scene, np.flatnonzero(by_close & ~np.isin(own, told)))


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
    """More than one correction in a case (行政许可法 32: told once and completely): each start after the first.

    One that is asked for on the day on which another ended makes one stretch with it, but is asked for all the same.
    """
    scene, paused, steps = view.scene, view.scene.paused, _steps(view.scene)
    again = steps.was_open & steps.starts & steps.ends & (steps.kind == Pause.CORRECTION)
    asked = np.flatnonzero(paused.kind == Pause.CORRECTION)
    case = np.concatenate((paused.case[asked], steps.case[again]))
    day = np.concatenate((paused.start[asked], steps.day[again]))
    key = np.unique((case.astype(np.int64) << 16) | day)
    later = np.append(False, key[1:] >> 16 == key[:-1] >> 16)[: len(key)]
    rows = np.flatnonzero(scene.status == Status.CORRECTION_STARTED)
    here = (scene.case[rows].astype(np.int64) << 16) | scene.day[rows]
    rows = rows[np.isin(here, key[later])]
    begins = np.searchsorted(key, scene.case[rows].astype(np.int64) << 16)
    return of_events(scene, rows, number=np.searchsorted(key, here[np.isin(here, key[later])]) - begins + 1)


def long_pause(view: View) -> Found:
    """A pause that stops a clock for more than the pack's `long_pause_days` working days, whether it has ended or is
    open still. Of one that is open the number is that threshold: what it has come to alters day by day."""
    scene = view.scene
    rows, start, end = _stopping(scene)
    most, open_ = odd_from(scene, "long_pause_days", start), end > scene.as_of
    days = scene.calendar.count(start, np.minimum(end, np.int32(scene.as_of)))
    odd = days > most
    found = of_pauses(scene, rows[odd], np.where(open_, most, days)[odd])
    ended_on = scene.ended_on[scene.project[found.case]]
    assert found.until is not None
    by_end = (found.until == NO_DAY) & (ended_on != NO_DAY) & (ended_on <= scene.as_of)
    found.until = np.where(by_end, ended_on, found.until)
    return found


def long_from(scene: Scene) -> tuple[I32, I32]:
    """Projects, from 0, and the days on which pauses that are open now will have become long if nothing happens."""
    named = "long_pause_days" in scene.pack.oddities
    rows, start, end = _stopping(scene, np.flatnonzero((scene.paused.end > scene.as_of) & named))
    rows, start = rows[end > scene.as_of], start[end > scene.as_of]
    day = scene.calendar.day_at(scene.calendar.index(start) + odd_from(scene, "long_pause_days", start) + 1)
    return scene.project[scene.paused.case[rows]], day


def past_ceiling(view: View) -> Found:
    """A pause of an accepted case that went on past its kind's ceiling in the pack: from then on the clock ran."""
    scene, paused = view.scene, view.scene.paused
    over = (paused.ceiling_on != NO_DAY) & (paused.ceiling_on <= scene.as_of) & (paused.ceiling_on < paused.end)
    return of_pauses(scene, np.flatnonzero(over & (scene.opening.opened[paused.case] != NO_DAY)))


def late_stop(view: View) -> Found:
    """A pause told so late that it would take back a light already shown; it waits for a supervisor's confirmation."""
    events = view.log.events
    rows = view.late.event
    kind = np.where(events.status[rows] == Status.CORRECTION_STARTED, np.int8(Pause.CORRECTION), events.procedure[rows])
    return Found(view.late.case, rows, events.day[rows], events.learned[rows], None, kind)


def overlapping_pauses(view: View) -> Found:
    """Two pauses that stop a clock were open at once: counted as one, but a source may have taken both off. Flagged is
    the one that was opened into the other."""
    scene = view.scene
    rows, start, end = _stopping(scene)
    case = scene.paused.case[rows]
    order = np.argsort((case.astype(np.int64) << 17) | start, kind="stable")
    begins, ends = ((case.astype(np.int64) << 17) | day for day in (start, end))
    reach = np.maximum.accumulate(ends[order])  # a later case reaches further than any earlier one
    return of_pauses(scene, rows[order[1:][reach[:-1] > begins[order][1:]]])


def _stopping(scene: Scene, of: npt.NDArray[np.intp] | None = None) -> tuple[npt.NDArray[np.intp], I32, I32]:
    """Rows, start and end (past as_of while open) of the pauses, or of some, that stop a clock of an accepted case."""
    rows = np.arange(len(scene.paused.case)) if of is None else of
    stops = np.array([bool(scene.pack.pauses[kind].stops) for kind in Pause])
    case = scene.paused.case[rows]
    opened = scene.opening.opened[case]
    start, end = np.maximum(scene.paused.start[rows], opened), scene.paused.end[rows]
    ended = scene.ended_on[scene.project[case]]
    end = np.where((ended != NO_DAY) & (ended < end), ended, end)
    keep = stops[scene.paused.kind[rows]] & (opened != NO_DAY) & (start < end)
    return rows[keep], start[keep].astype(np.int32), end[keep].astype(np.int32)
