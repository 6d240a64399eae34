"""Prolongations of limits (行政许可法 42): which of them count.

An extension moves the statutory limit unless it was approved after that limit, with the extensions before it, had
passed, be it on a day of rest right after its last day: then it heals nothing. It moves the promise only where the pack
says so, and only if approved before the day on which the promise fell due (a promise binds by itself: 浙江“最多跑一次”
规定 12, 43). Those of one day are one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.counting import Counting, Stretch
from rules.log import I32, NO_DAY, Bools, EventLog
from rules.scene import Scene
from rules.vocabulary import Status


@dataclass
class Extensions:
    """The extensions of the cases of a scene, by case and day, those of one day summed."""

    case: I32
    day: I32
    days: I32
    turn: npt.NDArray[np.intp]  # how many days with extensions the case had before

    @classmethod
    def of(cls, scene: Scene, log: EventLog) -> Extensions | None:
        """Those of a scene; None where there is none."""
        rows = np.flatnonzero(scene.status == Status.EXTENDED)
        if not len(rows):
            return None
        case, day = scene.case[rows], scene.day[rows]
        days = np.maximum(log.events.days[scene.event_rows[rows]], 0)
        first = np.flatnonzero(np.append(True, (case[1:] != case[:-1]) | (day[1:] != day[:-1])))
        case, day, days = case[first], day[first], np.add.reduceat(days, first)
        begins = np.flatnonzero(np.append(True, case[1:] != case[:-1]))
        many = np.diff(np.append(begins, len(case)))
        return cls(case, day, days.astype(np.int32), np.arange(len(case)) - np.repeat(begins, many))

    def prolong(
        self, limit: I32, counting: Counting, *, promised: bool = False, run: Callable[[], Stretch] | None = None
    ) -> Bools:
        """Adds to each limit, in place, the extensions that count; tells which were too late for it. ``run`` gives the
        stretches of the clock in natural days.

        One that is too late for the promise says nothing against whoever approved it: that a promise is not moved is
        nobody's fault.
        """
        late = np.zeros(len(self.case), np.bool_)
        for turn in range(int(self.turn.max()) + 1):
            mine = np.flatnonzero(self.turn == turn)
            case, day = self.case[mine], self.day[mine]
            asked = np.zeros(len(limit), np.bool_)
            asked[case[limit[case] >= 0]] = True
            passed = counting.due_on(limit, asked)[case] if promised else counting.red_on(limit, asked)[case]
            over = (passed != NO_DAY) & (passed <= day)
            if run is not None and not over.all():
                due = counting.due_on(limit, asked)[case]
                after = np.flatnonzero(~over & (due != NO_DAY) & (due < day))
                if len(after):  # on days of rest a clock runs on without a count that would pass the limit
                    over[after] = _expired(run(), case[after], day[after], due[after], len(limit))
            late[mine] = over
            good = ~over & asked[case]
            limit[case[good]] += self.days[mine[good]]
        return late


def _expired(run: Stretch, case: I32, day: I32, due: I32, cases: int) -> Bools:
    """Whether a clock ran on, be it over days of rest alone, after the due day up to a later day; one row a case."""
    first, last = np.full(cases, NO_DAY, np.int32), np.full(cases, NO_DAY, np.int32)
    first[case], last[case] = due, day
    ran = np.zeros(cases, np.bool_)
    ran[run.case[(run.start < last[run.case]) & (run.end > first[run.case])]] = True
    out: Bools = ran[case]
    return out
