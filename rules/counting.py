"""Running counts of cases over stretches in the unit of their limits: the day on which a count is reached.

A limit's due day is the first day whose count is the limit; in natural days a due day that is a rest day moves to the
next working day (民法典 203), and with it the day from which it is too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.light import passing_count
from rules.log import I32, NO_DAY, Bools
from rules.scene import Scene


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


class Counting:
    """The counts of one clock of all cases of a scene.

    ``natural``: the case's limit is in natural days; ``begun``: the day on which its clock began (NO_DAY: not yet).
    """

    def __init__(self, scene: Scene, stretch: Stretch, natural: Bools, begun: I32) -> None:
        self.scene, self.stretch, self.natural, self.begun = scene, stretch, natural, begun
        n = scene.cases
        self.length = stretch.end - stretch.start
        self.used = np.bincount(stretch.case, weights=self.length, minlength=n).astype(np.int32)
        self.running = np.zeros(n, np.bool_)
        self.running[stretch.case[stretch.current]] = True
        self.many = np.bincount(stretch.case, minlength=n)
        self.first = np.cumsum(self.many) - self.many
        total = np.cumsum(self.length, dtype=np.int32)
        ends = np.cumsum(self.used, dtype=np.int32)
        self.before = total - self.length - (ends - self.used)[stretch.case]
        self.now = np.where(natural, scene.as_of, scene.now).astype(np.int32)

    def day_on(self, count: npt.NDArray[Any], which: Bools) -> I32:
        """The day on which each chosen case's count is reached (below 1: never), or will be if it runs on."""
        at = self._at(np.where(which, count, 0))
        out = np.full(len(at), NO_DAY, np.int32)
        found = np.flatnonzero(at != NO_DAY)
        natural, at = self.natural[found], at[found]
        out[found] = np.where(natural, at, self.scene.calendar.day_at(np.where(natural, 0, at)))
        return out

    def due_on(self, limit: I32, limited: Bools) -> I32:
        """The day on which each limit falls due; NO_DAY for none, and while nothing runs towards it."""
        due = self._unmoved(limit, limited)
        known = np.flatnonzero(limited & self.natural & (due != NO_DAY))
        due[known] = self.scene.calendar.following(due[known])
        return due

    def red_on(self, limit: I32, limited: Bools) -> I32:
        """The first day that is too late for each limit, or will be."""
        red = self.day_on(passing_count(limit, self.scene.pack.comparison), limited)
        in_natural = limited & self.natural
        if in_natural.any():
            self._move(self._unmoved(limit, in_natural), red)
        return red

    def _unmoved(self, limit: I32, which: Bools) -> I32:
        due: I32 = np.where(which & (limit == 0), self.begun, self.day_on(limit, which))
        return due

    def _at(self, target: npt.NDArray[Any]) -> I32:
        """The coordinate at which each count reaches ``target``."""
        out = np.full(len(target), NO_DAY, np.int32)
        # Few counts were reached, so only the stretches of those cases are looked at.
        cases = np.flatnonzero((target > 0) & (self.used >= target))
        many = self.many[cases]
        rows = np.repeat(self.first[cases] - np.cumsum(many) + many, many) + np.arange(many.sum())
        wanted = np.repeat(target[cases], many) - self.before[rows]
        hit = np.flatnonzero((wanted > 0) & (wanted <= self.length[rows]))
        out[self.stretch.case[rows[hit]]] = self.stretch.start[rows[hit]] + wanted[hit]
        ahead = np.flatnonzero(self.running & (self.used < target))
        out[ahead] = self.now[ahead] + (target - self.used)[ahead]
        return out

    def _move(self, due: I32, red: I32) -> None:
        """Mends red in natural days in place: a due day on a rest day moves to the next working day, red with it."""
        known = np.flatnonzero(due != NO_DAY)
        target = due.copy()
        target[known] = self.scene.calendar.following(due[known])
        moved = target > due
        if not moved.any():
            return
        eve = target if self.scene.pack.comparison == "over" else target - 1  # of the first day that is too late
        red[moved] = NO_DAY
        stretch = self.stretch
        late = np.flatnonzero(moved[stretch.case] & (stretch.end > eve[stretch.case]))[::-1]
        cases = stretch.case[late]
        red[cases] = np.maximum(stretch.start[late], eve[cases]) + 1
        ahead = moved & self.running & (red == NO_DAY)
        red[ahead] = np.maximum(eve[ahead], self.scene.as_of) + 1
