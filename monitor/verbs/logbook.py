"""Typed rows of files into the columns the engine reads: the way to standings without a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.intake.rows import CaseRows, EventRows, ProjectRows
from rules.log import NO_DAY, NONE, Cases, EventLog, Events, Projects
from rules.moments import minutes
from rules.portfolio import Traits
from rules.vocabulary import NO_HOLDER, Pause, Unit


def names(values: Sequence[str]) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Each value as its place in the sorted list of distinct values."""
    known = sorted(set(values))
    at = {name: n for n, name in enumerate(known)}
    return np.fromiter((at[v] for v in values), np.int32, len(values)), known


def column(values: Sequence[Any], dtype: Any, blank: int) -> npt.NDArray[Any]:
    """Numbers with ``blank`` where there is none."""
    return np.array([blank if v is None else v for v in values], dtype)


def logbook(projects: ProjectRows, cases: CaseRows, events: EventRows) -> tuple[EventLog, Traits]:
    """The log of the files, and what the scopes of packs read of its projects. References were checked at intake."""
    project_at = {code: n for n, code in enumerate(projects.project_code)}
    case_at = {case: n for n, case in enumerate(cases.case_id)}
    event_at = {event: n for n, event in enumerate(events.event_id)}
    department, departments = names(cases.department)
    item, items = names(cases.item_code)
    works, codes = names(["", *cases.works_code])
    log = EventLog(
        Projects(
            projects.project_code,
            np.array(projects.coded_on, np.int32),
            column(projects.ended_on, np.int32, NO_DAY),
            column(projects.end_reason, np.int8, NONE),
            marks=np.array(projects.marks, np.int8),
        ),
        Cases(
            cases.case_id,
            np.fromiter((project_at[code] for code in cases.project_code), np.int32, len(cases)),
            np.array(cases.stage, np.int8),
            department,
            np.array(cases.holder, np.int8),
            item,
            works[1:] - 1,  # the blank sorts first
            column(cases.statutory_days, np.int32, NONE),
            column(cases.statutory_unit, np.int8, Unit.WORKING_DAY),
            column(cases.promised_days, np.int32, NONE),
            column(cases.promised_unit, np.int8, Unit.WORKING_DAY),
            column(cases.clock_start, np.int8, NONE),
        ),
        Events(
            events.event_id,
            np.fromiter((case_at[case] for case in events.case_id), np.int32, len(events)),
            np.array(events.status, np.int8),
            np.array(events.day, np.int32),
            column(events.procedure, np.int8, Pause.OTHER),
            column(events.holder, np.int8, NO_HOLDER),
            np.array([bool(b) for b in events.basis], np.bool_),
            column(events.entered_day, np.int32, NO_DAY),
            column(events.days, np.int32, NONE),
            np.array([event_at[v] if v else NONE for v in events.voids], np.int32),
            np.array([event_at[v] if v else NONE for v in events.confirms], np.int32),
            entered_minute=minutes(events.entered_at),
        ),
        departments,
        items,
        codes[1:],
    )
    return log, Traits(projects.kind, projects.region, projects.pack)
