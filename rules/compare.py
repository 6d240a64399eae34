"""Two readings of a log held against each other: days used, turns, due days, lights and shares, project by project.

Columns beside columns: nothing is built for a project that stays as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.assess import Assessed
from rules.document import earliest, group_lights, iso
from rules.log import NO_DAY, EventLog
from rules.portfolio import Part, Rules, Traits, parts
from rules.shares import WHOLE_DAY, holding, shares
from rules.vocabulary import NO_PHASE, CaseState, Group, Light, Stage

Column = npt.NDArray[np.int32]
Key = tuple[str, str]  # (where, what), as of a `Change`
Flagged = tuple[int, int, str | None]
CLOCKS = ("promised", "statutory")
BLANK = NO_DAY  # a figure that is not there: no day, no such group, a project that is not there yet
SHARE = "share"


@dataclass(frozen=True)
class Change:
    """One figure that differs. ``what``: used, stage_days, share, light, yellow_on, red_on, due_on; ``where``: project,
    a group, a stage (stage_days), a department (share), or the clock of a case (promised, statutory). Days are ISO
    texts, lights words, a share days with their fraction; None: there is none."""

    project_code: str
    where: str
    case_id: str | None
    what: str
    before: float | str | None
    after: float | str | None


@dataclass
class Figures:
    """What can be held against another reading: a column a key, with one entry a project or, under the clock of a
    case, a case. Shares are in 1/WHOLE_DAY of a day. ``phase`` and ``next_change`` (one entry a project) are not
    compared. ``flags``: the row of the case, the flag (index of `rules.flags.NAMES`), the event if it is of one."""

    of_project: dict[Key, npt.NDArray[Any]] = field(default_factory=dict)
    of_case: dict[Key, Column] = field(default_factory=dict)
    phase: Column = field(default_factory=lambda: np.empty(0, np.int32))
    next_change: Column = field(default_factory=lambda: np.empty(0, np.int32))
    flags: list[Flagged] = field(default_factory=list)

    def placed(
        self, project_at: npt.NDArray[np.intp], projects: int, case_at: npt.NDArray[np.intp], cases: int
    ) -> Figures:
        """The same rows at other places among so many, blank elsewhere: two logs are compared row by row."""

        def put(key: Key, column: npt.NDArray[Any], at: npt.NDArray[np.intp], rows: int) -> npt.NDArray[Any]:
            out = np.full(rows, _blank(key), column.dtype)
            out[at] = column
            return out

        phase, change = np.full(projects, NO_PHASE, np.int32), np.full(projects, NO_DAY, np.int32)
        phase[project_at], change[project_at] = self.phase, self.next_change
        return Figures(
            {key: put(key, column, project_at, projects) for key, column in self.of_project.items()},
            {key: put(key, column, case_at, cases) for key, column in self.of_case.items()},
            phase,
            change,
            [(int(case_at[case]), flag, event) for case, flag, event in self.flags],
        )

    def without(self, projects: npt.NDArray[np.bool_], cases: npt.NDArray[np.bool_]) -> Figures:
        """The same figures, blank for these projects and cases."""
        return Figures(
            {key: np.where(projects, _blank(key), column) for key, column in self.of_project.items()},
            {key: np.where(cases, np.int32(_blank(key)), column) for key, column in self.of_case.items()},
        )


def figures(log: EventLog, traits: Traits, rules: Rules, as_of: dt.date) -> Figures:
    """The figures of a log as of a day, in its rows."""
    return figures_of(log, parts(log, traits, rules), as_of)


def figures_of(
    log: EventLog, found: Iterable[Part], as_of: dt.date, *, detail: bool = False, flags: bool = False
) -> Figures:
    """The same from the parts of a log, for who asks of many days; ``detail``: also days by stage, and shares;
    ``flags``: also the flags."""
    projects, cases = len(log.projects), len(log.cases)
    out = Figures(phase=np.full(projects, NO_PHASE, np.int32), next_change=np.full(projects, NO_DAY, np.int32))
    for part in found:
        for a in part.assess(as_of, detail=flags):
            first, there = a.scene.chunk.first, a.facts.present
            rows = part.projects[first : first + a.scene.projects]
            for key, column in _of_projects(a, detail).items():
                whole = out.of_project.setdefault(key, np.full(projects, BLANK, np.int32))
                whole[rows] = np.where(there, column, BLANK)
            if detail:
                _add_shares(out, a, log, rows)
            out.phase[rows] = np.where(there, a.facts.phase, NO_PHASE)
            out.next_change[rows] = a.next_change
            rows = part.cases[a.scene.chunk.case_rows]
            theirs = there[a.scene.project]
            for key, column in _of_cases(a).items():
                blank = np.int32(_blank(key))
                out.of_case.setdefault(key, np.full(cases, blank, np.int32))[rows] = np.where(theirs, column, blank)
            if flags:
                out.flags += _flagged(a, part.log, rows, theirs)
    return out


def _flagged(a: Assessed, log: EventLog, rows: npt.NDArray[np.intp], there: npt.NDArray[np.bool_]) -> Iterator[Flagged]:
    assert a.flags
    mine = there[a.flags.case]
    columns = rows[a.flags.case[mine]], a.flags.flag[mine], a.flags.event[mine]
    for case, flag, event in zip(*(column.tolist() for column in columns), strict=True):
        yield case, flag, log.events.event_id[event] if event >= 0 else None


def _of_projects(a: Assessed, detail: bool) -> dict[Key, Column]:
    scoped, shown = a.scene.in_scope, a.worst
    out: dict[Key, Column] = {("project", "used"): a.total.used[shown], ("project", "light"): a.light.astype(np.int32)}
    for what in ("yellow_on", "red_on"):
        out["project", what] = np.where(scoped, earliest(a, getattr(a.total, what)), NO_DAY)
    for rule, group in zip(a.scene.pack.groups, a.groups, strict=True):
        where = Group(rule.group).word
        out[where, "used"] = group.used[shown]
        out[where, "light"] = group_lights(a, group)[shown].astype(np.int32)
        for what in ("yellow_on", "red_on"):
            out[where, what] = np.where(scoped, getattr(group, what)[shown], NO_DAY)
    if detail:
        out |= {(stage.word, "stage_days"): a.stage_days[shown, stage] for stage in Stage}
    return out


def _of_cases(a: Assessed) -> dict[Key, Column]:
    begun = a.cases.state != CaseState.NOT_STARTED  # a case of which nothing happened is green, and that says nothing
    out: dict[Key, Column] = {}
    for where in CLOCKS:
        own = getattr(a.clocks, where)
        out[where, "due_on"] = own.due_on
        out[where, "light"] = np.where(begun, own.light, np.int8(Light.NONE)).astype(np.int32)
    return out


def _add_shares(out: Figures, a: Assessed, log: EventLog, rows: npt.NDArray[np.intp]) -> None:
    held = holding(a.scene, a.counted, a.scene.end)
    found, there = shares(a.scene, held, len(log.departments)), a.facts.present
    for n in np.flatnonzero(there[found.project]).tolist():
        key = (log.departments[int(found.department[n])], SHARE)
        whole = out.of_project.setdefault(key, np.zeros(len(log.projects), np.int64))
        whole[rows[found.project[n]]] += found.share[n]


def differing(before: Figures, after: Figures) -> Iterator[tuple[Key, bool, npt.NDArray[np.intp]]]:
    """Each figure that differs anywhere: its key, whether it is one of cases, and the rows; a figure that only one of
    the two has (another pack has other groups) is blank in the other."""
    for of_case, was, now in (
        (False, before.of_project, after.of_project),
        (True, before.of_case, after.of_case),
    ):
        for key in was | now:
            rows = np.flatnonzero(_column(was, now, key) != _column(now, was, key))
            if len(rows):
                yield key, of_case, rows


def changes(
    before: Figures,
    after: Figures,
    codes: Sequence[str],
    case_ids: Sequence[str],
    case_project: npt.NDArray[np.integer[Any]],
) -> Iterator[Change]:
    """Every figure that differs, in words. ``codes`` names the projects of the rows, ``case_ids`` and ``case_project``
    the cases and the row of their project."""
    for key, of_case, rows in differing(before, after):
        was, now = (before.of_case, after.of_case) if of_case else (before.of_project, after.of_project)
        project = case_project[rows] if of_case else rows
        old, new = _column(was, now, key)[rows], _column(now, was, key)[rows]
        for n, p, b, a in zip(rows.tolist(), project.tolist(), old.tolist(), new.tolist(), strict=True):
            case_id = case_ids[n] if of_case else None
            yield Change(codes[p], key[0], case_id, key[1], _said(key[1], b), _said(key[1], a))


_PLACES = ("project", *(group.word for group in Group), *CLOCKS)
_WHAT = ("used", "light", "yellow_on", "red_on", "due_on", "stage_days", SHARE)


def in_order(change: Change) -> tuple[str, str, int, int, str]:
    """How changes are listed: by project, what is said of the whole before stages, departments and cases."""
    inner = change.what in _WHAT[-2:]
    place = len(_PLACES) + _WHAT.index(change.what) if inner else _PLACES.index(change.where)
    return change.project_code, change.case_id or "", place, _WHAT.index(change.what), change.where


def _blank(key: Key) -> int:
    """What is said where there is nothing: a department holds none of the days, a case that is not known has no light;
    all else is not there."""
    if key[1] == SHARE:
        return 0
    return int(Light.NONE) if key[0] in CLOCKS and key[1] == "light" else BLANK


def _column(of: dict[Key, npt.NDArray[Any]], beside: dict[Key, npt.NDArray[Any]], key: Key) -> npt.NDArray[Any]:
    return of[key] if key in of else np.full_like(beside[key], _blank(key))


def _said(what: str, value: int) -> float | str | None:
    if what == SHARE:
        return round(value / WHOLE_DAY, 6)
    if value == BLANK:
        return None
    if what == "light":
        return Light(value).word
    return value if what in ("used", "stage_days") else iso(value)
