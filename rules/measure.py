"""Steps 4, 5 and 7 for units: days of a project, a stage, a group, and the days on which lights turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.clock import days_by_key, unite
from rules.dated import in_force
from rules.derived import approved
from rules.light import passing_count, passing_days, warning_count
from rules.log import I8, I32, NO_DAY, Bools
from rules.pack import Dated, GroupRule
from rules.scene import Scene
from rules.units import Units
from rules.vocabulary import Stage

STAGES = len(Stage)


@dataclass
class Measure:
    """Days of units with the days on which they turn; one row a unit."""

    used: I32
    running: Bools
    base: I32  # days before the current run of days
    since: I32  # the day from which the current run counts; NO_DAY while nothing runs
    yellow_on: I32
    red_on: I32
    grey: Bools  # a case with a counting holder cannot be judged


@dataclass
class GroupMeasure(Measure):
    """A group of a unit, with its budget and the day of its milestone (NO_DAY: not reached)."""

    budget: I32
    milestone_on: I32


class Runs:
    """The counted stretches of a scene, each in every unit in which it stands."""

    def __init__(self, scene: Scene, units: Units, counted: Bools) -> None:
        rows = np.flatnonzero(counted)
        case = scene.cut.case[rows]
        row, self.unit = units.spread(scene.project[case], scene.works[case])
        if not units.plain:
            rows, case = rows[row], case[row]
        self.scene, self.units = scene, units
        self.start, self.end, self.current = scene.start[rows], scene.end[rows], scene.cut.current[rows]
        self.stage = scene.stage[case]
        dark = np.flatnonzero(scene.opening.unjudged & scene.counts)
        row, self.dark_unit = units.spread(scene.project[dark], scene.works[dark])
        self.dark_stage = scene.stage[dark[row]]

    def total(self) -> Measure:
        """The clock project_total of each unit against the thresholds in force on the day of coding."""
        pack, coded = self.scene.pack, self.scene.coded_on[self.units.project]

        def passing(threshold: Dated | None) -> npt.NDArray[Any]:
            """Below 1, which no count passes, where the pack has no such threshold."""
            if threshold is None:
                return np.zeros(len(coded), np.int32)
            return passing_count(in_force(threshold, coded), pack.comparison)

        return self._measure(
            self.unit, self.start, self.end, self.current, passing(pack.yellow), passing(pack.red), self.dark_unit
        )

    def earliest(self, case: npt.NDArray[np.intp], day: I32) -> I32:
        """Of each unit, the earliest of the days told of some cases; NO_DAY where there is none."""
        row, unit = self.units.spread(self.scene.project[case], self.scene.works[case])
        order = np.argsort(-day[row], kind="stable")  # the earliest is written last and stays
        out = np.full(len(self.units), NO_DAY, np.int32)
        out[unit[order]] = day[row[order]]
        return out

    def by_stage(self) -> I32:
        """[unit, stage]: days of each stage."""
        key = self.unit * np.int32(STAGES) + self.stage
        return days_by_key(unite(key, self.start, self.end), len(self.units) * STAGES).reshape(-1, STAGES)

    def group(self, rule: GroupRule) -> GroupMeasure:
        """A group against its budget; its days end with the day of the milestone."""
        scene, pack = self.scene, self.scene.pack
        reached = self._milestone(rule.milestone)
        of_group = np.array([s in rule.stages for s in Stage])
        inside = of_group[self.stage]
        rows = np.flatnonzero(inside)
        unit, start, end, current = self.unit[rows], self.start[rows], self.end[rows], self.current[rows]
        known = reached != NO_DAY
        if known.any():
            cap = np.full(len(reached), 65535, np.int32)
            cap[known] = scene.calendar.index(reached[known])
            end = np.minimum(end, cap[unit])
            current = current & ~known[unit]
            keep = np.flatnonzero((start < end) | current)
            unit, start, end, current = unit[keep], start[keep], end[keep], current[keep]
        dark = self.dark_unit[of_group[self.dark_stage]]
        budget = in_force(rule.budget, scene.coded_on[self.units.project])
        warn = in_force(pack.warning_days, scene.coded_on[self.units.project])
        found = self._measure(
            unit, start, end, current,
            warning_count(budget, warn), passing_count(budget, pack.comparison), dark,
        )  # fmt: skip
        return GroupMeasure(**vars(found), budget=budget, milestone_on=reached)

    def _milestone(self, code: str) -> I32:
        """The day on which the item was first approved in each unit; a case that cannot be judged tells nothing."""
        scene = self.scene
        out = np.full(len(self.units), NO_DAY, np.int32)
        mine = np.array([bool(i and i.code == code) for i in scene.items] or [False])
        mine = mine[scene.item] & ~scene.opening.unjudged
        rows = np.flatnonzero(mine[scene.case] & approved(scene.status))
        rows = rows[np.argsort(-scene.day[rows], kind="stable")]  # the earliest is written last and stays
        case = scene.case[rows]
        row, unit = self.units.spread(scene.project[case], scene.works[case])
        out[unit] = scene.day[rows][row]
        return out

    def _measure(
        self, unit: I32, start: I32, end: I32, current: Bools,
        yellow: npt.NDArray[Any], red: npt.NDArray[Any], dark: I32,
    ) -> Measure:  # fmt: skip
        n, calendar, now = len(self.units), self.scene.calendar, self.scene.now
        united = unite(unit, start, end)
        used = days_by_key(united, n)
        running = np.zeros(n, np.bool_)
        running[unit[current]] = True
        base, since = used.copy(), np.full(n, NO_DAY, np.int32)
        last_start, last_days = np.zeros(n, np.int32), np.zeros(n, np.int32)
        last_start[united.key] = united.start  # ascending within a key: the last interval stays
        last_days[united.key] = united.end - united.start
        base[running] -= last_days[running]
        since[running] = calendar.day_at(last_start[running])
        grey = np.zeros(n, np.bool_)
        grey[dark] = True
        return Measure(
            used,
            running,
            base,
            since,
            passing_days(united, yellow, used, running, now, calendar),
            passing_days(united, red, used, running, now, calendar),
            grey,
        )


def stage_of(units: Units, stage: I8) -> I8:
    """The stage column of units from that of their projects."""
    return stage[units.project]
