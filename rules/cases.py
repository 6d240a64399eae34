"""How each case stands: its state, its days in the project clock, and its two clocks of its own.

The promised and the statutory clock each have a limit in working or natural days, prolonged by the extensions that
count (`rules.extensions`): the case's own, else the catalogue's in force on the day of acceptance, or on the day before
that on which the clock began.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from rules.awaiting import Waiting, await_acceptance, started_by
from rules.channels import IS_CLOSING
from rules.counting import Counting, Stretch
from rules.dated import in_force, limit_in_force
from rules.derived import IS_DECISION, last_days
from rules.extensions import Extensions
from rules.light import warning_count
from rules.log import I8, I32, NO_DAY, NONE, Bools, EventLog
from rules.pack import Limits
from rules.predecessors import FAR
from rules.scene import Scene, is_running
from rules.vocabulary import CaseState, Holder, Light, Unit


@dataclass
class OwnClock:
    """A clock of a case: the day it ``begun`` on, ``limit`` (NONE: no limit), days ``used``, dates (NO_DAY: none) and
    light as of now."""

    begun: I32
    limit: I32
    unit: I8
    used: I32
    yellow_on: I32
    red_on: I32
    light: I8
    find_due: Callable[[], I32]
    find_runs: Callable[[], Stretch]

    @cached_property
    def due_on(self) -> I32:
        """The day on which each limit falls due; found when it is asked for, since no light needs it."""
        return self.find_due()

    @cached_property
    def runs(self) -> Stretch:
        """The days on which it ran, those before acceptance among them; found when they are asked for."""
        return self.find_runs()


@dataclass
class CaseStandings:
    """One row a case of the chunk."""

    state: I8
    used: I32
    accepted_on: I32  # first opening, supposed ones included
    closed_on: I32  # the last close while it is closed
    since: I32  # start of the current run of its project clock
    open: Bools  # its project clock is open


# States in which nothing more is awaited of a case.
SHUT = np.array([s in (CaseState.DECIDED, CaseState.OUT, CaseState.UNJUDGED) for s in CaseState])


def standings(scene: Scene) -> CaseStandings:
    """State, opening, close and days of each case."""
    n, case, day, cut, opening = scene.cases, scene.case, scene.day, scene.cut, scene.opening
    state = np.full(n, CaseState.NOT_STARTED, np.int8)
    state[opening.received != NO_DAY] = CaseState.RECEIVED
    closing = IS_CLOSING[scene.status]
    closed_on = last_days(n, case, day, closing)
    on_last = np.flatnonzero(closing & (day == closed_on[case]))
    decided = np.zeros(n, np.bool_)
    decided[case[on_last[IS_DECISION[scene.status[on_last]]]]] = True
    state[closed_on != NO_DAY] = CaseState.OUT
    state[decided] = CaseState.DECIDED
    state[opening.unjudged] = CaseState.UNJUDGED
    going = np.flatnonzero(cut.current)
    open_ = np.zeros(n, np.bool_)
    open_[cut.case[going]] = True
    state[cut.case[going]] = cut.state[going]
    closed_on[open_] = NO_DAY
    last = scene.ended_on[scene.project]
    ended = (last != NO_DAY) & (last <= scene.as_of)
    unclosed = ~SHUT[state]
    unclosed[scene.runs.case[scene.runs.end > scene.as_of]] = True
    left = ended & unclosed
    state[left], closed_on[left] = CaseState.OUT, last[left]
    since = np.full(n, NO_DAY, np.int32)
    since[scene.runs.case] = scene.runs.start  # ascending: the last run stays
    since[~open_] = NO_DAY
    length = np.where(is_running(cut), scene.end - scene.start, 0)
    used = np.bincount(cut.case, weights=length, minlength=n).astype(np.int32)
    return CaseStandings(state, used, opening.opened, closed_on, since, open_)


@dataclass
class OwnClocks:
    """The two clocks of each case; ``extensions`` (None: there is none) and which of them were ``late``: approved after
    the statutory limit had passed."""

    promised: OwnClock
    statutory: OwnClock
    extensions: Extensions | None
    late: Bools | None


def own_clocks(scene: Scene, log: EventLog, standing: CaseStandings, *, statutory: bool = True) -> OwnClocks:
    """The promised and the statutory clock of each case; without ``statutory`` the promised one in both places."""
    rows, cut = scene.chunk.case_rows, scene.cut
    longer, late = Extensions.of(scene, log), None
    out = []
    for which, runs in (("promised", cut.promised), ("statutory", cut.statutory))[: 1 + statutory]:
        waiting = await_acceptance(scene, started_by(scene, log, which), which)
        begun = _begun(scene, waiting)
        limit, unit = _limits(log, scene, which, begun)
        natural = unit == Unit.NATURAL_DAY
        counting = np.array([h in scene.pack.clocks[which].counts for h in Holder])
        counts: Bools = counting[log.cases.holder[rows]]
        limit[~counts] = NONE
        open_ = standing.open & (scene.opening.opened != NO_DAY)
        if waiting:
            if waiting.ready is not None:
                open_ = open_ & (waiting.ready != FAR)
            open_ = open_ | waiting.open
        in_days = partial(_stretches, scene, runs & counts[cut.case], counts, waiting)
        count, by_day = (
            Counting(scene, in_days(natural), natural, begun),
            partial(in_days, np.ones(len(limit), np.bool_)),
        )
        if longer and which == "statutory":
            late = longer.prolong(limit, count, run=by_day)
        elif longer and scene.pack.extension.promised:
            longer.prolong(limit, count, promised=True)
        out.append(_own_clock(scene, limit, unit, count, open_, by_day))
    return OwnClocks(out[0], out[-1], longer, late)


def _begun(scene: Scene, waiting: Waiting | None) -> I32:
    """Of each case the day on which a clock of its own began; NO_DAY: not yet."""
    begun = scene.opening.opened
    if waiting is None:
        return begun
    if waiting.ready is not None:
        begun = np.where(waiting.ready == NO_DAY, begun, _first_after(scene, waiting.ready))
    return np.where(waiting.begun != NO_DAY, waiting.begun, begun)


def _stretches(scene: Scene, runs: Bools, counts: Bools, waiting: Waiting | None, natural: Bools) -> Stretch:
    """The stretches of a clock, those before acceptance among them, in the unit that is natural or not by case.

    ``runs``: of the scene's stretches those in which it runs; ``counts``: cases whose holder it counts.
    """
    cut, calendar, of = scene.cut, scene.calendar, natural[scene.cut.case]
    own = Stretch(cut.case, np.where(of, cut.start, scene.start), np.where(of, cut.end, scene.end), cut.current)
    own = own.only(runs)
    if waiting is None:
        return own
    if (ready := waiting.ready) is not None:
        day = np.where((ready == NO_DAY) | (ready == FAR), scene.as_of, ready)
        at = np.where(natural, day, calendar.index(day))
        own.start = np.where(ready[own.case] == NO_DAY, own.start, np.maximum(own.start, at[own.case]))
        own = own.only((ready[own.case] != FAR) & ((own.start < own.end) | own.current))
    of = natural[waiting.case]
    starts, ends = (np.where(of, day, calendar.index(day)) for day in (waiting.start, waiting.end))
    return own.joined(Stretch(waiting.case, starts, ends, waiting.current).only(counts[waiting.case]))


def _first_after(scene: Scene, ready: I32) -> I32:
    """Of each case the first day, not before ``ready``, on whose evening it was accepted and open; NO_DAY."""
    runs, out = scene.accepted, np.full(scene.cases, NO_DAY, np.int32)
    rows = np.flatnonzero(runs.end > ready[runs.case])[::-1]  # ascending: the first is written last and stays
    out[runs.case[rows]] = np.maximum(runs.start[rows], ready[runs.case[rows]])
    return out


def fixed_limits(log: EventLog, scene: Scene) -> dict[str, tuple[I32, I8]]:
    """Limit (NONE: none) and unit of both clocks of each case by `promised` and `statutory`, without extensions."""
    of = {which: await_acceptance(scene, started_by(scene, log, which), which) for which in ("promised", "statutory")}
    return {which: _limits(log, scene, which, _begun(scene, waiting)) for which, waiting in of.items()}


def _limits(log: EventLog, scene: Scene, which: str, begun: I32) -> tuple[I32, I8]:
    """Limit and unit of each case: its own, else its item's in force."""
    rows, cases = scene.chunk.case_rows, log.cases
    own, own_unit = getattr(cases, f"{which}_days")[rows], getattr(cases, f"{which}_unit")[rows]
    listed: list[Limits | None] = [getattr(i, which) if i else None for i in scene.items]
    first = [x.on(dt.date.min) if x else None for x in listed]
    days = np.array([x.days if x else NONE for x in first] or [NONE], np.int32)
    unit = np.array([int(x.unit) if x else 0 for x in first] or [0], np.int8)
    given = own != NONE
    limit, units = np.where(given, own, days[scene.item]), np.where(given, own_unit, unit[scene.item])
    for n, limits in enumerate(listed):
        if limits and limits.changes:
            mine = np.flatnonzero(~given & (scene.item == n))
            limit[mine], units[mine] = limit_in_force(limits.on, limits.changes, _fixed_on(scene, begun, mine))
    if which == "promised":
        _shorten(scene, limit, units, ~given, begun)
    return limit, units


def _fixed_on(scene: Scene, begun: I32, mine: npt.NDArray[np.intp]) -> I32:
    """The day whose limit holds for each of some cases: that of acceptance, or on which the clock began before it.

    What happens later never changes it. While neither has come, the limit is that of the receipt, else of the day of
    coding.
    """
    opened, begun, received = scene.opening.opened[mine], begun[mine], scene.opening.received[mine]
    coded = scene.coded_on[scene.project[mine]]
    day = np.where(opened == NO_DAY, begun, np.where(begun == NO_DAY, opened, np.minimum(opened, begun)))
    return np.where(day != NO_DAY, day, np.where(received != NO_DAY, received, coded))


def _shorten(scene: Scene, limit: I32, unit: I8, listed: Bools, begun: I32) -> None:
    """The promise that the marks of a project give an item, in place; one that the case tells itself stands."""
    marks = scene.marks[scene.project]
    for bits in np.unique(marks[marks != 0]).tolist():
        of_project = listed & (marks == bits)
        for n, item in enumerate(scene.items):
            promises = scene.pack.promises(item, bits) if item else []
            if not item or all(one is item.promised for one in promises):
                continue
            mine = np.flatnonzero(of_project & (scene.item == n))
            changes = [day for one in promises for day in one.changes]
            told = partial(scene.pack.promise, item, bits)
            limit[mine], unit[mine] = limit_in_force(told, changes, _fixed_on(scene, begun, mine))


def _own_clock(
    scene: Scene, limit: I32, unit: I8, counting: Counting, open_: Bools, by_day: Callable[[], Stretch]
) -> OwnClock:
    as_of, begun = scene.as_of, counting.begun
    in_force_on = np.where(scene.opening.opened != NO_DAY, scene.opening.opened, begun)
    warn = in_force(scene.pack.warning_days, in_force_on)
    limited = limit >= 0
    # A closed case shows no warning; only the flags ask when a pause was opened after it.
    warned = limited & open_
    warned[scene.paused.case] = limited[scene.paused.case]
    yellow, red = counting.day_on(warning_count(limit, warn), warned), counting.red_on(limit, limited)
    light = np.where(limited, np.int8(Light.GREEN), np.int8(Light.NONE))
    light[limited & scene.opening.unjudged] = Light.GREY
    light[limited & open_ & (yellow != NO_DAY) & (yellow <= as_of)] = Light.YELLOW
    light[(red != NO_DAY) & (red <= as_of)] = Light.RED
    return OwnClock(
        counting.begun, limit, unit, counting.used, yellow, red, light, lambda: counting.due_on(limit, limited), by_day
    )
