"""`assess`: what a log means on a day. Steps 1-7 of DESIGN section 4, over chunks of projects.

1. Drop what is voided or has not happened by ``as_of``; add derived events (`log`, `derived`).
2. Sum signs by case, channel and day; carry each channel forward (`clock`).
3. Cut each case into stretches with one state (`clock`, gathered in `scene`).
4. Running stretches of counted holders are the days of a case (`cases`).
5. Merge them within a works, a stage, a group (`measure`).
6. Cut the merged days by holding departments; the ledger of the span (`shares`).
7. Compare with limits; invert the index for turns, due days and `next_change` (`light`, here).

One engine for one project and for a million; the same inputs give the same standings for ever.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from rules import late, projects, shares
from rules.abreast import abreast
from rules.clock import days_by_key, unite
from rules.copies import copies
from rules.counted import Counted, count
from rules.flags import Flags, flags
from rules.flags.pauses import long_from
from rules.flags.view import Found, View
from rules.horizon import days_ahead, foresee
from rules.log import I8, I32, NO_DAY, Bools, Chunk, EventLog
from rules.measure import GroupMeasure, Measure
from rules.pack import RulePack
from rules.revealed import became_on
from rules.scene import Scene, scene
from rules.shares import Holding, LedgerDays, Shares
from rules.units import Units
from rules.vocabulary import Light, Phase
from rules.workdays import WorkCalendar, day_number


@dataclass
class Assessed(Counted):
    """What a chunk means. Cases in the order of ``scene.chunk``; units and projects from 0."""

    light: I8  # of each project
    grey: Bools  # a case with a counting holder cannot be judged
    worst: I32  # the unit that each project shows
    held_days: I32
    next_change: I32
    became_on: list[I32] | None  # of each of `turns`, of each project: the day on which it became so, if later
    late: LateStops | None = None
    holding: Holding | None = None
    shares: Shares | None = None
    ledger: LedgerDays | None = None
    flags: Flags | None = None

    @cached_property
    def stage_days(self) -> I32:
        """[unit, stage]: days of each stage; found when they are asked for, since no light rests on them."""
        return self.runs.by_stage()


@dataclass
class LateStops:
    """Late stops up to as_of that wait for a confirmation: events (rows of the log) and their cases (of the chunk), and
    how their projects would stand if all of them were confirmed (``project``: the number of each in the chunk)."""

    event: npt.NDArray[np.intp]
    case: I32
    project: I32
    confirmed: Assessed


def assess(
    log: EventLog, pack: RulePack, calendar: WorkCalendar, as_of: dt.date, *, detail: bool = True, size: int = 8192
) -> Iterator[Assessed]:
    """Assesses a log under one pack on one calendar as of the end of ``as_of``, chunk by chunk.

    ``detail``: also shares, ledger and flags. Raises LogError for a log of the wrong shape, CalendarError for
    days outside of the calendar.
    """
    log.check()
    items = [pack.catalogue.items.get(code) for code in log.items]

    day = day_number(as_of)

    def counting(chunk: Chunk, until: int) -> Counted:
        return count(log, scene(log, chunk, pack, calendar, items, until))

    def judge(chunk: Chunk) -> Assessed:
        pending = late.withheld(log, chunk, pack, calendar, counting)
        if pending is None:
            return assessed(log, counting(chunk, day), detail)
        stops = _late_stops(log, pending, counting, day, detail)
        return assessed(log, counting(pending.rest(), day), detail, stops)

    yield from abreast(judge, log, size)


def assessed(log: EventLog, found: Counted, detail: bool, stops: LateStops | None = None) -> Assessed:
    """Steps 6 and 7 on what is counted of a chunk, from which late stops were taken out; ``detail`` as in `assess`."""
    scn, unit = found.scene, found.units
    foresee(log, found)
    grey = projects.any_by(scn.projects, scn.project, scn.opening.unjudged & scn.counts)
    light, worst = _lights(found.total, unit, grey, scn)
    held = found.total.used
    if not unit.plain:
        case = scn.cut.case[found.counted]
        start, end = scn.start[found.counted], scn.end[found.counted]
        held = days_by_key(unite(scn.project[case], start, end), scn.projects)
    became = became_on(log, found)
    out = Assessed(
        **vars(found),
        light=light,
        grey=grey,
        worst=worst,
        held_days=held,
        next_change=_next_change(found, worst),
        became_on=became,
        late=stops,
    )
    if detail:
        out.holding = shares.holding(scn, found.counted, scn.end)
        out.shares = shares.shares(scn, out.holding, len(log.departments))
        out.ledger = shares.ledger(scn, found.facts.first_day, found.facts.last_day)
        waiting = Found(stops.case, stops.event) if stops else Found(np.empty(0, np.int32), np.empty(0, np.intp))
        out.flags = flags(View(log, scn, found.cases, found.clocks, found.deadlines, waiting))
    return out


def _late_stops(log: EventLog, pending: late.Late, counting: late.Count, as_of: int, detail: bool) -> LateStops | None:
    """What waits for a confirmation, and how its projects would stand with it."""
    chunk = pending.chunk
    rows = pending.rows[chunk.day[pending.rows] <= as_of]
    if not len(rows):
        return None
    project = np.unique(chunk.project[chunk.case[rows]])
    copied, _ = copies(chunk, project, lambda copy, events: np.ones(len(events), np.bool_))
    confirmed = assessed(log, counting(copied, as_of), detail)
    return LateStops(chunk.event_rows[rows], chunk.case[rows], project, confirmed)


def reached(day: I32, as_of: int) -> Bools:
    """Whether a day is known and has come."""
    come: Bools = (day != NO_DAY) & (day <= as_of)
    return come


def light_of(measure: Measure, as_of: int) -> I8:
    """RED or YELLOW by the days on which the light turns, else GREY where a green cannot be judged."""
    yellow, red = reached(measure.yellow_on, as_of), reached(measure.red_on, as_of)
    plain = np.where(measure.grey, np.int8(Light.GREY), np.int8(Light.GREEN))
    return np.where(red, np.int8(Light.RED), np.where(yellow, np.int8(Light.YELLOW), plain))


def group_light(group: GroupMeasure, open_: Bools, as_of: int) -> I8:
    """A group's light: yellow only while it is still open."""
    light = light_of(group, as_of)
    shut = ~open_ | (group.milestone_on != NO_DAY)
    past = shut & (light == Light.YELLOW)
    light[past] = np.where(group.grey[past], np.int8(Light.GREY), np.int8(Light.GREEN))
    return light


def unit_lights(total: Measure, unit: Units, scn: Scene) -> I8:
    """The light of each unit; NONE outside of the pack's scope, and where the pack has no threshold at all."""
    light = light_of(total, scn.as_of)
    light[~scn.in_scope[unit.project] | (not scn.pack.lights)] = Light.NONE
    return light


def _lights(total: Measure, unit: Units, grey: Bools, scn: Scene) -> tuple[I8, I32]:
    """The light of each project and the unit it shows: the worst light, then most days, then the first."""
    of_unit = unit_lights(total, unit, scn)
    if unit.plain:
        worst, light = unit.project, of_unit.copy()
    else:
        order = np.lexsort((np.arange(len(unit)), -total.used, -of_unit, unit.project))
        worst = order[np.searchsorted(unit.project[order], np.arange(scn.projects))].astype(np.int32)
        light = of_unit[worst]
    light[grey & (light == Light.GREEN)] = Light.GREY
    return light, worst


def _next_change(found: Counted, worst: I32) -> I32:
    """The first day after as_of on which anything in a project's standing alters if nothing happens."""
    scn, facts, unit, total, groups = found.scene, found.facts, found.units, found.total, found.groups
    far = np.int32(2**31 - 1)
    out = np.full(scn.projects, far, np.int32)

    def consider(project: npt.NDArray[np.int32], day: I32) -> None:
        ahead = np.flatnonzero(day > scn.as_of)
        np.minimum.at(out, project[ahead], day[ahead])

    judged = scn.in_scope[unit.project]
    consider(unit.project[judged], total.yellow_on[judged])
    consider(unit.project[judged], total.red_on[judged])
    for group in groups:
        consider(unit.project[judged], group.yellow_on[judged])
        consider(unit.project[judged], group.red_on[judged])
    for own in (found.clocks.promised, found.clocks.statutory):
        consider(scn.project, own.yellow_on)
        consider(scn.project, own.red_on)
    if not unit.plain:  # a works that runs comes to have more days than the one that is shown and does not
        shown = worst[unit.project]
        paler = total.grey & ~total.grey[shown] & judged  # a grey one is shown after a green one, whatever its days
        behind = np.flatnonzero(total.running & ~total.running[shown] & ~paler)
        gap = total.used[shown[behind]] - total.used[behind] + (behind > shown[behind])
        consider(unit.project[behind], np.where(gap > 0, scn.calendar.day_at(scn.now + np.maximum(gap, 0)), NO_DAY))
    consider(*days_ahead(scn))
    consider(*long_from(scn))
    for day in (found.deadlines.yellow_on, found.deadlines.red_on):
        consider(scn.project[found.deadlines.case], day)
    every = np.arange(scn.projects, dtype=np.int32)
    consider(every, scn.next_event)
    consider(every, scn.ended_on)
    consider(every[~facts.present], scn.coded_on[~facts.present])
    out[out == far] = NO_DAY
    return out


UNFINISHED = (Phase.NOT_STARTED, Phase.RUNNING, Phase.STOPPED, Phase.WAITING_OWNER)
