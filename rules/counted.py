"""Steps 4 and 5 on a scene: every day and every date that a light turns on, before any light is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules import cases, projects
from rules.cases import CaseStandings, OwnClocks
from rules.log import I32, NO_DAY, Bools, EventLog
from rules.measure import GroupMeasure, Measure, Runs
from rules.pack import CLOCKS
from rules.projects import ProjectFacts
from rules.scene import Scene, is_running
from rules.units import Units, units


@dataclass
class Counted:
    """What is counted of a scene: cases in the order of the chunk, units and projects from 0."""

    scene: Scene
    counted: Bools  # of each stretch: the case runs and its holder counts
    cases: CaseStandings
    clocks: OwnClocks
    facts: ProjectFacts
    units: Units
    total: Measure  # of each unit
    runs: Runs
    groups: tuple[GroupMeasure, ...]  # in the order of the pack's groups, of each unit

    def turns(self) -> list[I32]:
        """Of each unit the days on which a light turns: yellow and red of the project, then of each group."""
        return [day for measure in (self.total, *self.groups) for day in (measure.yellow_on, measure.red_on)]


def count(log: EventLog, scene: Scene) -> Counted:
    """Counts a scene."""
    standing = cases.standings(scene)
    clocks = cases.own_clocks(scene, log, standing)
    counted = is_running(scene.cut) & scene.counts[scene.cut.case]
    unit = units(scene.projects, scene.project, scene.works)
    runs = Runs(scene, unit, counted)
    groups = tuple(runs.group(rule) for rule in scene.pack.groups)
    total = _reddened(runs.total(), runs, groups, clocks, scene)
    return Counted(scene, counted, standing, clocks, projects.facts(scene, standing), unit, total, runs, groups)


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


def earliest_of(units: Units, day: I32) -> I32:
    """Of each project, the earliest known day of its units."""
    if units.plain:
        return day
    known = np.where(day == NO_DAY, np.int32(2**31 - 1), day)
    first: npt.NDArray[Any] = np.minimum.reduceat(known, units.first[:-1])
    return np.where(first == np.int32(2**31 - 1), NO_DAY, first).astype(np.int32)
