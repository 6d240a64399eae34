"""Deadlines of a case beside its limits: papers that are still to come, and a commitment still to be checked.

容缺受理 (浙江“最多跑一次”规定 11): taken on with papers missing, which are due within the working days that the notice
gives. 告知承诺 (14): decided first on the applicant's word, to be checked within the working days that the notice or
else the pack gives, from the day of the decision. Neither stops or closes anything by itself: that an acceptance is
to be revoked when the papers did not come is for the department to do, and said until it does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.channels import IS_CLOSING
from rules.dated import in_force
from rules.derived import approved, first_days
from rules.light import passing_count, warning_count
from rules.log import I8, I32, NO_DAY, Bools, EventLog
from rules.scene import Scene
from rules.vocabulary import Deadline, Light, Status

_NEVER = np.int32(2**31 - 1)


@dataclass
class Deadlines:
    """One row a deadline, by case; days are NO_DAY where there is none."""

    case: I32
    kind: I8  # Deadline
    since: I32
    days: I32  # working days
    due_on: I32
    met_on: I32
    yellow_on: I32  # while it is open
    red_on: I32
    light: I8


def deadlines(scene: Scene, log: EventLog) -> Deadlines:
    """The deadlines of a scene as of its day."""
    rows = np.flatnonzero((scene.status == Status.PAPERS_DUE) | (scene.status == Status.COMMITTED))
    if not len(rows):
        none, no = np.empty(0, np.int32), np.empty(0, np.int8)
        return Deadlines(none, no, none, none, none, none, none, none, no)
    parts = [_papers(scene, log, rows), _checks(scene, log, rows)]
    case, kind, since, days, met, ended = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    order = np.lexsort((since, kind, case))
    case, kind, since, days, met, ended = (column[order] for column in (case, kind, since, days, met, ended))
    calendar, pack, start = scene.calendar, scene.pack, scene.calendar.index(since)
    red = calendar.day_at(start + passing_count(days, pack.comparison))
    yellow = calendar.day_at(start + warning_count(days, in_force(pack.warning_days, since)))
    over = np.minimum(np.where(met == NO_DAY, _NEVER, met), np.where(ended == NO_DAY, _NEVER, ended))
    due = calendar.day_at(start + days)
    red = np.where((over > due) & (over < red), over, red)  # on a day of rest: not counted, and too late all the same
    light = np.full(len(case), Light.GREEN, np.int8)
    light[(over == _NEVER) & (yellow <= scene.as_of)] = Light.YELLOW
    light[(red <= scene.as_of) & (over >= red)] = Light.RED
    stopped = over < red
    red, yellow = (np.where(stopped, np.int32(NO_DAY), day) for day in (red, yellow))
    yellow = np.where(over != _NEVER, np.int32(NO_DAY), yellow)
    return Deadlines(case, kind, since, days, due, met, yellow, red, light)


Part = tuple[I32, I8, I32, I32, I32, I32]


def _papers(scene: Scene, log: EventLog, rows: npt.NDArray[np.intp]) -> Part:
    """By case and day, until the papers are there or the case is closed otherwise than with an omission: of several on
    a day the longest."""
    rows = rows[scene.status[rows] == Status.PAPERS_DUE]
    case, since, days = scene.case[rows], scene.day[rows], log.events.days[scene.event_rows[rows]]
    first = np.flatnonzero(np.append(True, (case[1:] != case[:-1]) | (since[1:] != since[:-1]))) if len(rows) else rows
    days = np.maximum.reduceat(days, first) if len(rows) else days
    case, since = case[first], since[first]
    met = _first(scene, scene.status == Status.PAPERS_SUPPLIED, case, since)
    # 容缺办结 is a decision with the papers still to come.
    shut = IS_CLOSING[scene.status] & (scene.status != Status.APPROVED_WITH_OMISSION)
    ended = _first(scene, shut, case, since)
    return case, np.full(len(case), Deadline.PAPERS, np.int8), since, days.astype(np.int32), met, ended


def _checks(scene: Scene, log: EventLog, rows: npt.NDArray[np.intp]) -> Part:
    """One a case that was approved on a commitment: the days that its first notice gives, else the pack's."""
    rows = rows[scene.status[rows] == Status.COMMITTED]
    first = first_days(scene.cases, scene.case, scene.day, scene.status == Status.COMMITTED)
    rows = rows[scene.day[rows] == first[scene.case[rows]]]
    told = np.full(scene.cases, NO_DAY, np.int32)
    np.maximum.at(told, scene.case[rows], log.events.days[scene.event_rows[rows]])  # of several on that day the longest
    committed = first != NO_DAY
    decided = np.full(scene.cases, NO_DAY, np.int32)
    approvals = np.flatnonzero(approved(scene.status))[::-1]
    decided[scene.case[approvals]] = scene.day[approvals]
    number = scene.pack.commitment_check
    case = np.flatnonzero(committed & (decided != NO_DAY) & ((told > 0) | (number is not None))).astype(np.int32)
    since, days = decided[case], told[case]
    if number is not None:
        days = np.where(days > 0, days, in_force(number, since))
    met = _first(scene, scene.status == Status.CHECKED, case, since)
    ended = _first(scene, scene.status == Status.REVOKED, case, since)
    return case, np.full(len(case), Deadline.CHECK, np.int8), since, days.astype(np.int32), met, ended


def _first(scene: Scene, which: Bools, case: I32, since: I32) -> I32:
    """The first day, from ``since`` on, of the chosen events of each case; NO_DAY."""
    rows = np.flatnonzero(which)
    keys = (scene.case[rows].astype(np.int64) << 16) | scene.day[rows]
    at = np.searchsorted(keys, (case.astype(np.int64) << 16) | since)
    found = np.append(keys, np.int64(-1))[at]
    return np.where((found >> 16) == case, (found & 0xFFFF).astype(np.int32), np.int32(NO_DAY))
