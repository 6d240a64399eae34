"""What of a project a viewer is told who may see some of its cases alone: a department, an agent.

The law counts all cases of a project, and so do its light, totals, stages, groups, ledger and turns; these are told.
What stands for a single case (its id, its item, its events, its limits, who holds it) is told of those that are the
viewer's. A department is named where all its cases in the project are; what others held is told as one sum.

A case is shown if it is the viewer's as it was known at the moment asked for, and not somebody else's by now. Ids of
cases are unique within a source alone: one that names a case that is not the viewer's as well names nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from monitor.reading.log import AT_ONCE, Loaded, load
from monitor.reading.viewer import Viewer, looking, stages_of
from monitor.text import _
from rules.vocabulary import Stage

Shown = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Seen:
    """Of one project what is told: ids of cases, names of departments, codes of works (None: what has none), and
    words of the stages in which all is, what is still to come too; ``others``: under what name the rest is summed."""

    cases: frozenset[str]
    departments: frozenset[str]
    works: frozenset[str | None]
    stages: frozenset[str]
    others: str


class Sight:
    """What one viewer sees of cases. ``now``: a connection to what is known now, seen by the viewer; ``then``: the
    store that is asked is another one."""

    def __init__(self, viewer: Viewer, now: Connection, *, then: bool) -> None:
        self.viewer, self.now, self.then = viewer, now, then

    @property
    def others(self) -> str:
        """What is not told by its name."""
        return _("Other departments") if self.viewer.departments is not None else _("Other stages")

    def shown(self, loaded: Loaded, *, past: bool) -> Shown:
        """Of each case of a log whether it is shown. ``past``: the log is as known at a moment."""
        bits = self._stages(loaded)
        found = self._own(loaded, bits)
        if past or self.then:
            now = load(self.now, loaded.project_ids.tolist())
            elsewhere = now.case_ids[~self._own(now, bits)]
            found &= ~np.isin(loaded.case_ids, elsewhere)
        return found

    def seen(self, loaded: Loaded, *, past: bool) -> dict[str, Seen]:
        """Of each project of a log what is told of it, by code."""
        return self.told([(loaded, self.shown(loaded, past=past))])

    def told(self, logs: Sequence[tuple[Loaded, Shown]]) -> dict[str, Seen]:
        """The same of several logs together: what is hidden in one of them is not told."""
        of: dict[str, _Names] = {}
        for loaded, shown in logs:
            log, bits = loaded.log, self._stages(loaded)
            rows = [of.setdefault(code, _Names()) for code in log.projects.code]
            for one, key in zip(rows, loaded.project_ids.tolist(), strict=True):
                one.stages = bits.get(key, 0)
            cases = log.cases
            columns = (cases.project.tolist(), cases.department.tolist(), cases.works.tolist(), shown.tolist())
            for case_id, project, department, works, good in zip(cases.case_id, *columns, strict=True):
                rows[project].add(case_id, log.departments[department], log.works[works] if works >= 0 else None, good)
        return {code: one.seen(self.others) for code, one in of.items()}

    def _stages(self, loaded: Loaded) -> dict[int, int]:
        agent = self.viewer.agent
        return {} if agent is None else stages_of(self.now, agent, loaded.project_ids.tolist())

    def _own(self, loaded: Loaded, bits: dict[int, int]) -> Shown:
        cases = loaded.log.cases
        found = np.ones(len(cases), np.bool_)
        if self.viewer.departments is not None:
            found &= np.isin(loaded.department_ids, self.viewer.departments)[cases.department]
        if self.viewer.agent is not None:
            of = np.array([bits.get(key, 0) for key in loaded.project_ids.tolist()], np.int64)
            found &= of[cases.project] >> cases.stage & 1 == 1
        return found


class _Names:
    """What the cases of one project are called, those that are shown and those that are not."""

    def __init__(self) -> None:
        self.good: set[tuple[str, str | None]] = set()
        self.bad: set[tuple[str, str | None]] = set()
        self.stages = 0

    def add(self, case_id: str, department: str, works: str | None, good: bool) -> None:
        into = self.good if good else self.bad
        into |= {("case", case_id), ("department", department)}
        if good:
            into.add(("works", works))

    def seen(self, others: str) -> Seen:
        told = self.good - self.bad

        def names(of: str) -> frozenset[Any]:
            return frozenset(name for what, name in told if what == of)

        stages = frozenset(stage.word for stage in Stage if self.stages >> stage & 1)
        return Seen(names("case"), names("department"), names("works"), stages, others)


def sight(connection: Connection) -> Sight | None:
    """The sight of whom a connection is seen by; None: of a project that may be seen all is told."""
    viewer = looking(connection)
    if viewer.sees_all_cases:
        return None
    now: Connection | None = connection.get_execution_options().get("now")
    return Sight(viewer, now or connection, then=now is not None)


def wholly_seen(connection: Connection, ids: Sequence[int], known_at: dt.datetime | None = None) -> list[int]:
    """Those of the projects of which all cases are shown: a log, whose meaning rests on all, is told whole or not."""
    found = sight(connection)
    if found is None:
        return list(ids)
    out: list[int] = []
    for at in range(0, len(ids), AT_ONCE):
        loaded = load(connection, ids[at : at + AT_ONCE], known_at)
        hidden = ~found.shown(loaded, past=known_at is not None)
        whole = np.ones(len(loaded.project_ids), np.bool_)
        whole[loaded.log.cases.project[hidden]] = False
        out += loaded.project_ids[whole].tolist()
    return out
