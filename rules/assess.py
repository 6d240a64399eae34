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

from rules import cases, projects, shares
from rules.abreast import abreast
from rules.cases import CaseStandings, OwnClocks
from rules.clock import days_by_key, unite
from rules.flags import Flags, flags
from rules.flags.view import View
from rules.log import I8, I32, NO_DAY, Bools, Chunk, EventLog
from rules.measure import GroupMeasure, Measure, Runs
from rules.pack import CLOCKS, RulePack
from rules.projects import ProjectFacts
from rules.scene import Scene, is_running, scene
from rules.shares import Holding, LedgerDays, Shares
from rules.units import Units, units
from rules.vocabulary import Light, Phase
from rules.workdays import WorkCalendar, day_number


@dataclass
class Assessed:
    """What a chunk means. Cases in the order of ``scene.chunk``; units and projects from 0."""

    scene: Scene
    counted: Bools  # of each stretch: the case runs and its holder counts
    cases: CaseStandings
    clocks: OwnClocks
    facts: ProjectFacts
    units: Units
    total: Measure  # of each unit
    runs: Runs
    groups: tuple[GroupMeasure, ...]  # in the order of the pack's groups, of each unit
    light: I8  # of each project
    grey: Bools  # a case with a counting holder cannot be judged
    worst: I32  # the unit that each project shows
    held_days: I32
    next_change: I32
    holding: Holding | None = None
    shares: Shares | None = None
    ledger: LedgerDays | None = None
    flags: Flags | None = None

    @cached_property
    def stage_days(self) -> I32:
        """[unit, stage]: days of each stage; found when they are asked for, since no light rests on them."""
        return self.runs.by_stage()


def assess(
    log: EventLog, pack: RulePack, calendar: WorkCalendar, as_of: dt.date, *, detail: bool = True, size: int = 8192
) -> Iterator[Assessed]:
    """Assesses a log under one pack on one calendar as of the end of ``as_of``, chunk by chunk.

    ``detail``: also shares, ledger and flags. Raises LogError for a log of the wrong shape, CalendarError for
    days outside of the calendar.
    """
    log.check()
    items = [pack.catalogue.items.get(code) for code in log.items]

    def judge(chunk: Chunk) -> Assessed:
        return assessed(log, scene(log, chunk, pack, calendar, items, day_number(as_of)), detail)

    yield from abreast(judge, log, size)


def assessed(log: EventLog, scn: Scene, detail: bool) -> Assessed:
    """Steps 4-7 on one scene of a log; ``detail`` as in `assess`."""
    standing = cases.standings(scn)
    clocks = cases.own_clocks(scn, log, standing)
    facts = projects.facts(scn, standing)
    counted = is_running(scn.cut) & scn.counts[scn.cut.case]
    unit = units(scn.projects, scn.project, scn.works)
    runs = Runs(scn, unit, counted)
    groups = tuple(runs.group(rule) for rule in scn.pack.groups)
    total = _reddened(runs.total(), runs, groups, clocks, scn)
    grey = projects.any_by(scn.projects, scn.project, scn.opening.unjudged & scn.counts)
    light, worst = _lights(total, unit, grey, scn)
    held = total.used
    if not unit.plain:
        case = scn.cut.case[counted]
        held = days_by_key(unite(scn.project[case], scn.start[counted], scn.end[counted]), scn.projects)
    change = _next_change(scn, facts, unit, total, worst, groups, clocks)
    out = Assessed(scn, counted, standing, clocks, facts, unit, total, runs, groups, light, grey, worst, held, change)
    if detail:
        out.holding = shares.holding(scn, counted, scn.end)
        out.shares = shares.shares(scn, out.holding, len(log.departments))
        out.ledger = shares.ledger(scn, facts.first_day, facts.last_day)
        out.flags = flags(View(log, scn, standing, clocks))
    return out


def _reddened(total: Measure, runs: Runs, groups: tuple[GroupMeasure, ...], clocks: OwnClocks, scn: Scene) -> Measure:
    """The total of units, red by what the pack says instead of a threshold (`RulePack.red_by`)."""
    by = scn.pack.red_by
    if by == CLOCKS[2]:
        red = clocks.statutory.red_on
        late = np.flatnonzero(scn.counts & (red != NO_DAY))
        total.red_on = runs.earliest(late, red[late])
    for rule, group in zip(scn.pack.groups, groups, strict=True):
        if rule.group.word == by:
            total.red_on = group.red_on
    return total


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


def _next_change(
    scn: Scene,
    facts: ProjectFacts,
    unit: Units,
    total: Measure,
    worst: I32,
    groups: tuple[GroupMeasure, ...],
    clocks: OwnClocks,
) -> I32:
    """The first day after as_of on which anything in a project's standing alters if nothing happens."""
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
    for own in (clocks.promised, clocks.statutory):
        consider(scn.project, own.yellow_on)
        consider(scn.project, own.red_on)
    if not unit.plain:  # a works that runs comes to have more days than the one that is shown and does not
        shown = worst[unit.project]
        paler = total.grey & ~total.grey[shown] & judged  # a grey one is shown after a green one, whatever its days
        behind = np.flatnonzero(total.running & ~total.running[shown] & ~paler)
        gap = total.used[shown[behind]] - total.used[behind] + (behind > shown[behind])
        consider(unit.project[behind], np.where(gap > 0, scn.calendar.day_at(scn.now + np.maximum(gap, 0)), NO_DAY))
    every = np.arange(scn.projects, dtype=np.int32)
    consider(every, scn.next_event)
    consider(every, scn.ended_on)
    consider(every[~facts.present], scn.coded_on[~facts.present])
    out[out == far] = NO_DAY
    return out


UNFINISHED = (Phase.NOT_STARTED, Phase.RUNNING, Phase.STOPPED, Phase.WAITING_OWNER)
