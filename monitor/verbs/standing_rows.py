"""What the engine found, as finished rows for the tables of standings; no database here.

A standing stores dates, never indices: a revised notice renumbers the days, the dates stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.reading.log import Loaded
from monitor.store.rollups import Rows
from rules.assess import Assessed
from rules.cases import OwnClock
from rules.document import earliest
from rules.flags.openings import submitted_again
from rules.handover import handovers
from rules.log import NO_DAY
from rules.pieces import OPEN, pieces
from rules.portfolio import Part
from rules.resting import rests_on
from rules.scene import Scene, is_running
from rules.shares import holding_now
from rules.stopped import stopped
from rules.vocabulary import NO_PHASE, CaseState, Light

Row = tuple[Any, ...]
SCOPES = ("project", "pre_construction", "acceptance")


@dataclass
class StandingRows(Rows):
    """Rows by table, in the order of the columns of monitor.store.standings; days are numbers, words integers."""

    standing: list[Row] = field(default_factory=list)
    group: list[Row] = field(default_factory=list)
    turn: list[Row] = field(default_factory=list)  # project_id, scope, on, from, to, became_on, why

    def extend(self, other: StandingRows) -> None:
        """Adds the rows of ``other``."""
        for name in vars(self):
            getattr(self, name).extend(getattr(other, name))


def _plain(values: npt.NDArray[Any]) -> list[Any]:
    """Numbers as Python's own, NO_DAY as None."""
    return [None if v == NO_DAY else v for v in values.tolist()]


class Translator:
    """The rows of the chunks of one part of what was loaded."""

    def __init__(
        self,
        loaded: Loaded,
        part: Part,
        calendar_id: int,
        rules_version: str,
    ) -> None:
        self.loaded, self.log, self.calendar_id, self.rules_version = loaded, part.log, calendar_id, rules_version
        self.project_ids = loaded.project_ids[part.projects]
        self.case_ids = loaded.case_ids[part.cases]
        self.regions = [loaded.traits.region[n] for n in part.projects.tolist()]
        self.kinds = [loaded.traits.kind[n] for n in part.projects.tolist()]

    def rows(self, a: Assessed) -> StandingRows:
        """All rows of a chunk."""
        first, n = a.scene.chunk.first, a.scene.projects
        ids = self.project_ids[first : first + n].tolist()
        out = StandingRows()
        out.standing = list(self._standings(a, ids))
        out.group = list(self._groups(a, ids))
        out.case = self._cases(a, ids)
        out.share = self._shares(a, ids)
        out.pause = self._pauses(a, ids)
        out.handover = self._handovers(a, ids)
        out.turn = list(self._turns(a, ids))
        return out

    def _standings(self, a: Assessed, ids: list[int]) -> Iterator[Row]:
        s, f = a.scene, a.facts
        scoped = s.in_scope
        held = self._held_by(a)
        worst = a.worst
        columns = (
            s.coded_on.tolist(),
            a.total.base[worst].tolist(),
            _plain(a.total.since[worst]),
            _plain(f.first_day),
            _plain(f.last_day),
            _plain(np.where(scoped, earliest(a, a.total.yellow_on), NO_DAY)),
            _plain(np.where(scoped, earliest(a, a.total.red_on), NO_DAY)),
            a.grey.tolist(),
            np.where(f.present, f.phase, NO_PHASE).tolist(),
            [stage or None for stage in f.stage.tolist()],
            _plain(a.next_change),
            scoped.tolist(),
            (scoped & s.pack.lights).tolist(),
            _waiting(a).tolist(),
            *map(_plain, rests_on(a, self.log)),
        )
        first = s.chunk.first
        for n, row in enumerate(zip(*columns, strict=True)):
            coded, base, since, first_day, last_day, yellow, red, grey, phase, stage, change, scope, lit, *rest = row
            yield (
                self.regions[first + n], self.kinds[first + n], s.pack.id if scope else "", self.calendar_id, lit,
                coded, base, since, first_day, last_day, yellow, red, grey, phase, stage, held.get(n, ""), change,
                s.as_of, self.rules_version, *rest, None, ids[n],
            )  # fmt: skip

    def _held_by(self, a: Assessed) -> dict[int, str]:
        found: dict[int, set[str]] = {}
        s = a.scene
        for case in holding_now(s, a.counted).tolist():
            found.setdefault(int(s.project[case]), set()).add(self.log.departments[s.department[case]])
        return {project: "、".join(sorted(names)) for project, names in found.items()}

    def _groups(self, a: Assessed, ids: list[int]) -> Iterator[Row]:
        for rule, group in zip(a.scene.pack.groups, a.groups, strict=True):
            columns = (
                group.budget[a.worst].tolist(), group.base[a.worst].tolist(), _plain(group.since[a.worst]),
                _plain(group.yellow_on[a.worst]), _plain(group.red_on[a.worst]),
            )  # fmt: skip
            for n, (budget, base, since, yellow, red) in enumerate(zip(*columns, strict=True)):
                if a.scene.in_scope[n]:
                    yield (ids[n], int(rule.group), budget, base, since, yellow, red, bool(a.grey[n]))

    def _cases(self, a: Assessed, ids: list[int]) -> list[Row]:
        s, c = a.scene, a.cases
        promised, statutory = a.clocks.promised, a.clocks.statutory
        base, since = _line(a)
        decided = c.state == CaseState.DECIDED
        pending = np.zeros(s.cases, np.bool_)
        if a.late:
            pending[a.late.case] = True

        def clock(own: OwnClock) -> Iterator[list[Any]]:
            yield _plain(own.limit)
            yield own.unit.tolist()
            yield _plain(np.where(decided, own.used, NO_DAY))
            yield from (_plain(day) for day in (own.due_on, own.yellow_on, own.red_on))

        return list(
            zip(
                [ids[n] for n in s.project.tolist()],
                self.case_ids[s.chunk.case_rows].tolist(),
                self.loaded.department_ids[s.department].tolist(),
                s.stage.tolist(),
                [self.log.items[n] for n in s.item.tolist()],
                c.state.tolist(),
                *(_plain(day) for day in (s.opening.received, c.accepted_on, c.closed_on)),
                submitted_again(self.log, s).tolist(),
                pending.tolist(),
                base.tolist(),
                _plain(since),
                *clock(promised),
                *clock(statutory),
                *_beyond(a, promised),
                *_beyond(a, statutory),
                strict=True,
            )
        )

    def _pauses(self, a: Assessed, ids: list[int]) -> list[Row]:
        s = a.scene
        found = stopped(s, self.log)
        project = s.project[found.case]
        order = np.argsort(project, kind="stable")
        case, project = found.case[order], project[order]
        return list(
            zip(
                [ids[n] for n in project.tolist()],
                (np.arange(len(project)) - np.searchsorted(project, project)).tolist(),
                *self._of_case(s, case),
                *(column[order].tolist() for column in (found.kind, found.based, found.first)),
                *(found.opened_on[order].tolist(), found.since[order].tolist(), _plain(found.until[order])),
                strict=True,
            )
        )

    def _handovers(self, a: Assessed, ids: list[int]) -> list[Row]:
        s = a.scene
        found = handovers(a)
        of_case, of_department, _stage, of_item = self._of_case(s, found.before)
        return list(
            zip(
                [ids[n] for n in s.project[found.case].tolist()],
                *self._of_case(s, found.case),
                *(of_case, of_department, of_item),
                *(found.since.tolist(), _plain(found.until), _plain(found.received)),
                strict=True,
            )
        )

    def _of_case(self, s: Scene, case: npt.NDArray[np.int32]) -> tuple[list[Any], ...]:
        """Key, department, stage and item of cases of a chunk."""
        return (
            self.case_ids[s.chunk.case_rows[case]].tolist(),
            self.loaded.department_ids[s.department[case]].tolist(),
            s.stage[case].tolist(),
            [self.log.items[n] for n in s.item[case].tolist()],
        )

    def _shares(self, a: Assessed, ids: list[int]) -> list[Row]:
        found = pieces(a.scene, a.counted)
        order = np.argsort(found.project, kind="stable")
        project = found.project[order]
        first = np.searchsorted(project, project)
        return list(
            zip(
                [ids[n] for n in project.tolist()],
                (np.arange(len(project)) - first).tolist(),
                self.loaded.department_ids[found.department[order]].tolist(),
                found.stage[order].tolist(),
                [self.log.items[n] for n in found.item[order].tolist()],
                found.since[order].tolist(),
                [None if day == OPEN else day for day in found.until[order].tolist()],
                found.rate[order].tolist(),
                found.sole[order].tolist(),
                strict=True,
            )
        )

    def _turns(self, a: Assessed, ids: list[int]) -> Iterator[Row]:
        s, pack = a.scene, a.scene.pack
        scopes = ("project", *(rule.group.word for rule in pack.groups))
        turns = [earliest(a, day) for day in a.turns()]
        became = a.became_on or [np.full(s.projects, NO_DAY, np.int32)] * len(turns)
        for k, scope in enumerate(scopes):
            yellow_on, red_on = turns[2 * k : 2 * k + 2]
            later_yellow, later_red = map(_plain, became[2 * k : 2 * k + 2])
            came_yellow = s.in_scope & (yellow_on != NO_DAY) & (yellow_on <= s.as_of)
            came_red = s.in_scope & (red_on != NO_DAY) & (red_on <= s.as_of)
            for n in np.flatnonzero(came_yellow).tolist():
                on = int(yellow_on[n])
                yield (ids[n], scope, on, int(Light.GREEN), int(Light.YELLOW), later_yellow[n], pack.id)
            for n in np.flatnonzero(came_red).tolist():
                before = Light.YELLOW if came_yellow[n] and yellow_on[n] < red_on[n] else Light.GREEN
                yield (ids[n], scope, int(red_on[n]), int(before), int(Light.RED), later_red[n], pack.id)


def _waiting(a: Assessed) -> npt.NDArray[np.intp]:
    """Of each project, late stops that wait for a confirmation."""
    n = a.scene.projects
    return np.bincount(a.scene.project[a.late.case], minlength=n) if a.late else np.zeros(n, np.intp)


def _line(a: Assessed) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Of each case, days used before the stretch that runs now, and the day from which that stretch counts."""
    s, cut = a.scene, a.scene.cut
    base, since = a.cases.used.copy(), np.full(s.cases, NO_DAY, np.int32)
    rows = np.flatnonzero(cut.current & is_running(cut))
    base[cut.case[rows]] -= s.now - s.start[rows]
    since[cut.case[rows]] = cut.start[rows]
    return base, since


def _beyond(a: Assessed, own: OwnClock) -> tuple[list[Any], list[Any]]:
    """Of each case, working days that a clock of its own ran past the due day before the stretch that runs now, and the
    day after which that stretch adds more."""
    runs, due, calendar = own.runs, own.due_on, a.scene.calendar
    runs = runs.only((due != NO_DAY)[runs.case])
    late = np.maximum(runs.start, due[runs.case])
    days = np.maximum(calendar.index(runs.end) - calendar.index(late), 0)
    over = ~runs.current
    beyond = np.bincount(runs.case[over], weights=days[over], minlength=a.scene.cases).astype(np.int32)
    since = np.full(a.scene.cases, NO_DAY, np.int32)
    since[runs.case[runs.current]] = late[runs.current]
    return beyond.tolist(), _plain(since)
