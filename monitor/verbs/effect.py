"""What other rules would make of the same log: days used, turns, due days and lights, project by project.

Columns beside columns: nothing is built for a project that stays as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from monitor.database import Database
from monitor.reading.log import Loaded, load
from rules.assess import Assessed
from rules.document import earliest, group_lights, iso
from rules.log import NO_DAY
from rules.portfolio import Rules, parts
from rules.vocabulary import Group, Light

CHUNK = 2_000
Column = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Change:
    """One figure that would differ. ``what``: used, light, yellow_on, red_on, due_on; ``where``: project, a group, or
    the clock of a case (promised, statutory). Days are ISO texts, lights words; None: there is none."""

    project_code: str
    where: str
    case_id: str | None
    what: str
    before: int | str | None
    after: int | str | None


@dataclass
class Effect:
    """What would change as of a day. ``looked_at``: projects assessed; the rest are counts of projects and of cases
    in which something differs."""

    as_of: dt.date
    looked_at: int = 0
    projects: int = 0
    used: int = 0
    lights: int = 0
    turn_days: int = 0
    cases_due: int = 0
    case_lights: int = 0
    changes: list[Change] = field(default_factory=list)


def effect(
    database: Database,
    ids: Sequence[int],
    before: Rules,
    after: Rules,
    as_of: dt.date,
    advance: Callable[[int, int], None] = lambda done, total: None,
) -> Effect:
    """Compares two rules on the projects with these keys; nothing is written."""
    out = Effect(as_of)
    for at in range(0, len(ids), CHUNK):
        with database.reading() as connection:
            loaded = load(connection, ids[at : at + CHUNK])
        _compare(out, loaded, _figures(loaded, before, as_of), _figures(loaded, after, as_of))
        advance(min(at + CHUNK, len(ids)), len(ids))
    out.changes.sort(key=lambda c: (c.project_code, c.case_id or "", c.where, c.what))
    return out


Figures = dict[tuple[str, str], Column]  # (where, what) -> one entry a project or, under a clock, a case of the log


def _figures(loaded: Loaded, rules: Rules, as_of: dt.date) -> Figures:
    of_project, of_case = len(loaded.project_ids), len(loaded.case_ids)
    out: Figures = {}
    for part in parts(loaded.log, loaded.traits, rules):
        for a in part.assess(as_of, detail=False):
            first = a.scene.chunk.first
            rows = part.projects[first : first + a.scene.projects]
            for name, column in _of_projects(a).items():
                out.setdefault(name, np.full(of_project, NO_DAY, np.int32))[rows] = column
            rows = part.cases[a.scene.chunk.case_rows]
            for name, column in _of_cases(a).items():
                out.setdefault(name, np.full(of_case, NO_DAY, np.int32))[rows] = column
    return out


def _of_projects(a: Assessed) -> Figures:
    scoped, shown = a.scene.in_scope, a.worst
    out: Figures = {("project", "used"): a.total.used[shown], ("project", "light"): a.light.astype(np.int32)}
    for what in ("yellow_on", "red_on"):
        out["project", what] = np.where(scoped, earliest(a, getattr(a.total, what)), NO_DAY)
    for rule, group in zip(a.scene.pack.groups, a.groups, strict=True):
        where = Group(rule.group).word
        out[where, "used"] = group.used[shown]
        out[where, "light"] = group_lights(a, group)[shown].astype(np.int32)
        for what in ("yellow_on", "red_on"):
            out[where, what] = np.where(scoped, getattr(group, what)[shown], NO_DAY)
    return out


def _of_cases(a: Assessed) -> Figures:
    out: Figures = {}
    for where in ("promised", "statutory"):
        own = getattr(a.clocks, where)
        out[where, "due_on"] = own.due_on
        out[where, "light"] = own.light.astype(np.int32)
    return out


def _compare(out: Effect, loaded: Loaded, before: Figures, after: Figures) -> None:
    codes, cases = loaded.log.projects.code, loaded.log.cases
    differs = np.zeros(len(codes), np.bool_)
    seen: dict[str, npt.NDArray[np.bool_]] = {}
    for where, what in before | after:  # a pack may have a group that the other has not
        of_case = where in ("promised", "statutory")
        none = np.full(len(cases.case_id) if of_case else len(codes), NO_DAY, np.int32)
        was, now = before.get((where, what), none), after.get((where, what), none)
        rows = np.flatnonzero(was != now)
        project = cases.project[rows] if of_case else rows
        differs[project] = True
        kind = {"light": "case_lights", "due_on": "cases_due"}[what] if of_case else _KINDS[what]
        seen.setdefault(kind, np.zeros(len(was), np.bool_))[rows] = True
        for n, key, old, new in zip(
            rows.tolist(), project.tolist(), was[rows].tolist(), now[rows].tolist(), strict=True
        ):
            case_id = cases.case_id[n] if of_case else None
            out.changes.append(Change(codes[key], where, case_id, what, _said(what, old), _said(what, new)))
    out.looked_at += len(codes)
    out.projects += int(differs.sum())
    for kind, which in seen.items():
        setattr(out, kind, getattr(out, kind) + int(which.sum()))


_KINDS = {"used": "used", "light": "lights", "yellow_on": "turn_days", "red_on": "turn_days"}


def _said(what: str, value: int) -> int | str | None:
    if value == NO_DAY:
        return None
    if what == "light":
        return Light(value).word
    return value if what == "used" else iso(value)
