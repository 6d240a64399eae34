"""How each case stands: its state, its days in the project clock, and its two clocks of its own.

The promised and the statutory clock each have a limit in working or natural days (the case's own, else
the catalogue's in force on the day of acceptance). A limit's due day is the first day whose count is the
limit; in natural days a due day that is a rest day moves to the next working day (民法典 203).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rules import clock
from rules.clock import IS_CLOSING
from rules.derived import IS_DECISION, last_days
from rules.light import in_force, passing_count, warning_count
from rules.log import I8, I32, NO_DAY, NONE, Bools, EventLog
from rules.pack import Limit
from rules.scene import Scene, is_running, until_ended
from rules.vocabulary import CaseState, ClockStart, Holder, Light, Status, Unit


@dataclass
class OwnClock:
    """A clock of a case: ``limit`` (NONE: no limit), days ``used``, dates (NO_DAY: none) and light as of now."""

    limit: I32
    unit: I8
    used: I32
    yellow_on: I32
    red_on: I32
    light: I8
    find_due: Callable[[], I32]

    @cached_property
    def due_on(self) -> I32:
        """The day on which each limit falls due; found when it is asked for, since no light needs it."""
        return self.find_due()


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


def approved(status: I8) -> Bools:
    """Which events approve."""
    found: Bools = (status == Status.APPROVED) | (status == Status.APPROVED_WITH_OMISSION)
    return found


@dataclass
class OwnClocks:
    """The two clocks of each case."""

    promised: OwnClock
    statutory: OwnClock


def own_clocks(scene: Scene, log: EventLog, standing: CaseStandings, *, statutory: bool = True) -> OwnClocks:
    """The promised and the statutory clock of each case; without ``statutory`` the promised one in both places."""
    rows, cut = scene.chunk.case_rows, scene.cut
    told = log.cases.clock_start[rows]
    listed = np.array([bool(i and i.statutory and i.statutory.start) for i in scene.items] or [False])
    received = np.where(told != NONE, told == ClockStart.RECEIVED, listed[scene.item])
    waiting = _waiting(scene, received) if statutory else None
    out = []
    for which, runs in (("promised", cut.promised), ("statutory", cut.statutory))[: 1 + statutory]:
        limit, unit = _limits(log, scene, which)
        natural = unit == Unit.NATURAL_DAY
        of = natural[cut.case]
        counting = np.array([h in scene.pack.clocks[which].counts for h in Holder])
        counts: Bools = counting[log.cases.holder[rows]]
        limit[~counts] = NONE
        stretch = Stretch(
            cut.case, np.where(of, cut.start, scene.start), np.where(of, cut.end, scene.end), cut.current
        ).only(runs & counts[cut.case])
        begun = scene.opening.opened
        open_ = standing.open & (begun != NO_DAY)
        if which == "statutory" and waiting:
            days = waiting.days
            of = natural[days.case]
            more = Stretch(
                days.case,
                np.where(of, days.start, scene.calendar.index(days.start)),
                np.where(of, days.end, scene.calendar.index(days.end)),
                days.current,
            )
            stretch = stretch.joined(more.only(counts[days.case]))
            open_ = open_ | waiting.open
            begun = np.where(waiting.begun != NO_DAY, waiting.begun, begun)
        out.append(_own_clock(scene, limit, natural, unit, stretch, open_, begun))
    return OwnClocks(out[0], out[-1])


@dataclass
class Stretch:
    """Stretches ``(start, end]`` of cases in the coordinate of each case's unit: index, or day number."""

    case: I32
    start: I32
    end: I32
    current: Bools

    def only(self, which: Bools) -> Stretch:
        """Those chosen."""
        return self if which.all() else Stretch(*(column[which] for column in vars(self).values()))

    def joined(self, other: Stretch) -> Stretch:
        """Both, by case and start."""
        columns = [np.concatenate(pair) for pair in zip(vars(self).values(), vars(other).values(), strict=True)]
        order = np.argsort((columns[0].astype(np.int64) << 16) | columns[1])
        return Stretch(*(column[order] for column in columns))


@dataclass
class Waiting:
    """Of cases whose statutory clock runs from receipt: the stretches before acceptance, as days."""

    days: Stretch
    open: Bools  # of each case: received, and neither accepted nor closed
    begun: I32  # of each case, the day on which it was so first; NO_DAY


def _waiting(scene: Scene, from_receipt: Bools) -> Waiting | None:
    """What runs before acceptance in a statutory clock that runs from receipt; None where nothing does.

    Received and not closed, per day as every channel; pauses stop it by the same table. From the day of
    acceptance on the acceptance channel goes on.
    """
    opened = scene.opening.opened
    mine = from_receipt & (scene.opening.received != NO_DAY) & ~scene.opening.unjudged
    mine &= (opened == NO_DAY) | (scene.opening.received < opened)
    if not mine.any():
        return None
    rows = np.flatnonzero(mine[scene.case])
    runs = clock.application(scene.case[rows], scene.day[rows], scene.status[rows], opened, scene.as_of)
    cut = clock.stretches(runs, scene.paused, scene.pack, scene.as_of)
    cut = until_ended(cut, scene.project, scene.ended_on, scene.as_of)
    open_, begun = np.zeros(scene.cases, np.bool_), np.full(scene.cases, NO_DAY, np.int32)
    open_[cut.case[cut.current]] = True
    begun[runs.case[::-1]] = runs.start[::-1]  # ascending: of several runs the first is written last and stays
    return Waiting(Stretch(cut.case, cut.start, cut.end, cut.current).only(cut.statutory), open_, begun)


def _limits(log: EventLog, scene: Scene, which: str) -> tuple[I32, I8]:
    """Limit and unit of each case: its own, else its item's in force; extensions prolong the statutory one."""
    rows, cases = scene.chunk.case_rows, log.cases
    own, own_unit = getattr(cases, f"{which}_days")[rows], getattr(cases, f"{which}_unit")[rows]
    listed: list[Limit | None] = [getattr(i, which) if i else None for i in scene.items]
    days = np.array([x.days if x else NONE for x in listed] or [NONE], np.int32)
    unit = np.array([int(x.unit) if x else 0 for x in listed] or [0], np.int8)
    given = own != NONE
    limit = np.where(given, own, days[scene.item])
    longer = np.flatnonzero(scene.status == Status.EXTENDED)
    if which == "statutory" and len(longer):
        more = np.maximum(log.events.days[scene.event_rows[longer]], 0)
        added = np.bincount(scene.case[longer], weights=more, minlength=scene.cases).astype(np.int32)
        limit = np.where(limit >= 0, limit + added, limit)
    return limit, np.where(given, own_unit, unit[scene.item])


def _own_clock(
    scene: Scene, limit: I32, natural: Bools, unit: I8, stretch: Stretch, open_: Bools, begun: I32
) -> OwnClock:
    n, as_of, calendar = scene.cases, scene.as_of, scene.calendar
    in_force_on = np.where(scene.opening.opened != NO_DAY, scene.opening.opened, begun)
    warn = in_force(scene.pack.warning_days, in_force_on)
    reach = Reach(stretch, n)
    now = np.where(natural, as_of, scene.now).astype(np.int32)
    limited = limit >= 0

    def day_on(count: npt.NDArray[Any], which: Bools) -> I32:
        at = reach.at(np.where(which, count, 0), now)
        out = np.full(n, NO_DAY, np.int32)
        found = np.flatnonzero(at != NO_DAY)
        out[found] = np.where(natural[found], at[found], calendar.day_at(np.where(natural[found], 0, at[found])))
        return out

    # A closed case shows no warning; only the flags ask when a pause was opened after it.
    warned = limited & open_
    warned[scene.paused.case] = limited[scene.paused.case]
    yellow, red = (
        day_on(warning_count(limit, warn), warned),
        day_on(passing_count(limit, scene.pack.comparison), limited),
    )
    in_natural = limited & natural
    if in_natural.any():
        _moved(np.where(in_natural & (limit == 0), begun, day_on(limit, in_natural)), red, reach, scene)

    def find_due() -> I32:
        due = np.where(limit == 0, begun, day_on(limit, limited))
        known = np.flatnonzero(in_natural & (due != NO_DAY))
        due[known] = calendar.following(due[known])
        return due

    light = np.where(limited, np.int8(Light.GREEN), np.int8(Light.NONE))
    light[limited & scene.opening.unjudged] = Light.GREY
    light[limited & open_ & (yellow != NO_DAY) & (yellow <= as_of)] = Light.YELLOW
    light[(red != NO_DAY) & (red <= as_of)] = Light.RED
    return OwnClock(limit, unit, reach.used, yellow, red, light, find_due)


class Reach:
    """Running counts of cases over their stretches (by case and start): where a count is reached."""

    def __init__(self, stretch: Stretch, cases: int) -> None:
        self.stretch, self.length = stretch, stretch.end - stretch.start
        self.used = np.bincount(stretch.case, weights=self.length, minlength=cases).astype(np.int32)
        self.running = np.zeros(cases, np.bool_)
        self.running[stretch.case[stretch.current]] = True
        self.many = np.bincount(stretch.case, minlength=cases)
        self.first = np.cumsum(self.many) - self.many
        total = np.cumsum(self.length, dtype=np.int32)
        ends = np.cumsum(self.used, dtype=np.int32)
        self.before = total - self.length - (ends - self.used)[stretch.case]

    def at(self, target: npt.NDArray[Any], now: I32) -> I32:
        """The coordinate at which each case's count reaches ``target`` (below 1: never), or will if it runs on."""
        out = np.full(len(target), NO_DAY, np.int32)
        # Few counts were reached, so only the stretches of those cases are looked at.
        cases = np.flatnonzero((target > 0) & (self.used >= target))
        many = self.many[cases]
        rows = np.repeat(self.first[cases] - np.cumsum(many) + many, many) + np.arange(many.sum())
        wanted = np.repeat(target[cases], many) - self.before[rows]
        hit = np.flatnonzero((wanted > 0) & (wanted <= self.length[rows]))
        out[self.stretch.case[rows[hit]]] = self.stretch.start[rows[hit]] + wanted[hit]
        ahead = np.flatnonzero(self.running & (self.used < target))
        out[ahead] = now[ahead] + (target - self.used)[ahead]
        return out


def _moved(due: I32, red: I32, reach: Reach, scene: Scene) -> None:
    """Mends red in natural days in place: a due day on a rest day moves to the next working day, and red with it."""
    known = np.flatnonzero(due != NO_DAY)
    target = due.copy()
    target[known] = scene.calendar.following(due[known])
    moved = target > due
    if not moved.any():
        return
    eve = target if scene.pack.comparison == "over" else target - 1  # of the first day that is too late
    red[moved] = NO_DAY
    stretch = reach.stretch
    late = np.flatnonzero(moved[stretch.case] & (stretch.end > eve[stretch.case]))[::-1]
    cases = stretch.case[late]
    red[cases] = np.maximum(stretch.start[late], eve[cases]) + 1
    ahead = moved & reach.running & (red == NO_DAY)
    red[ahead] = np.maximum(eve[ahead], scene.as_of) + 1
