"""Rows of the canonical files as the columns that the engine reads; plain, for logs of a few projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from rules.assess import assess
from rules.document import documents
from rules.log import NO_DAY, NONE, Cases, EventLog, Events, Projects
from rules.moments import minutes
from rules.pack import RulePack
from rules.portfolio import Rules, Traits, parts
from rules.vocabulary import NO_HOLDER, ClockStart, EndReason, Holder, Mark, Pause, Stage, Unit
from rules.workdays import WorkCalendar, day_number
from tests.rules.oracle_case import Row, office_date, read_status

Rows = Sequence[Row]
Log = tuple[Rows, Rows, Rows]  # projects, cases, events


def log_of(projects: Rows, cases: Rows, events: Rows) -> tuple[EventLog, Traits]:
    """The log of the rows, in their order, and what scopes read of its projects."""
    project_at = {row["project_code"]: n for n, row in enumerate(projects)}
    case_at = {row["case_id"]: n for n, row in enumerate(cases)}
    event_at = {row["event_id"]: n for n, row in enumerate(events)}

    def texts(rows: Rows, name: str) -> list[str]:
        return [row.get(name) or "" for row in rows]

    def column(rows: Rows, name: str, read: Any, blank: int, dtype: Any) -> Any:
        return np.array([read(text) if text else blank for text in texts(rows, name)], dtype)

    def word(words: Any) -> Any:
        return lambda text: words[text.upper()]

    def day(text: str) -> int:
        return day_number(office_date(text))

    def indexed(rows: Rows, name: str) -> tuple[Any, list[str]]:
        known = sorted({*texts(rows, name)} - {""})
        at = {text: n for n, text in enumerate(known)}
        return column(rows, name, at.__getitem__, NONE, np.int32), known

    department, departments = indexed(cases, "department")
    works, codes = indexed(cases, "works_code")
    item, items = indexed(cases, "item_code")
    item[item == NONE] = len(items)  # an item without a code is one that no catalogue knows
    own_limits = [
        column(cases, f"{clock}_{part}", read, blank, dtype)
        for clock in ("statutory", "promised")
        for part, read, blank, dtype in (
            ("days", int, NONE, np.int32),
            ("unit", word(Unit), Unit.WORKING_DAY, np.int8),
        )
    ]
    log = EventLog(
        Projects(
            texts(projects, "project_code"),
            column(projects, "coded_on", day, NO_DAY, np.int32),
            column(projects, "ended_on", day, NO_DAY, np.int32),
            column(projects, "end_reason", word(EndReason), NONE, np.int8),
            marks=column(
                projects, "marks", lambda text: sum(Mark[m.strip().upper()] for m in text.split(";")), 0, np.int8
            ),
        ),
        Cases(
            texts(cases, "case_id"),
            column(cases, "project_code", project_at.__getitem__, NONE, np.int32),
            column(cases, "stage", word(Stage), NONE, np.int8),
            department,
            column(cases, "holder", word(Holder), Holder.AGENCY, np.int8),
            item,
            works,
            *own_limits,
            column(cases, "clock_start", word(ClockStart), NONE, np.int8),
        ),
        Events(
            texts(events, "event_id"),
            column(events, "case_id", case_at.__getitem__, NONE, np.int32),
            column(events, "status", read_status, NONE, np.int8),
            column(events, "occurred_at", day, NO_DAY, np.int32),
            column(events, "procedure", word(Pause), Pause.OTHER, np.int8),
            column(events, "holder", word(Holder), NO_HOLDER, np.int8),
            np.array([bool(text) for text in texts(events, "basis")], np.bool_),
            column(events, "entered_at", day, NO_DAY, np.int32),
            column(events, "days", int, NONE, np.int32),
            column(events, "voids", event_at.__getitem__, NONE, np.int32),
            column(events, "confirms", event_at.__getitem__, NONE, np.int32),
            column(events, "learned", day, NO_DAY, np.int32),  # in no file: the store knows it
            minutes(texts(events, "entered_at")),
        ),
        departments,
        [*items, ""],
        codes,
    )
    traits = Traits(texts(projects, "kind"), texts(projects, "region"), texts(projects, "pack"))
    return log, traits


def under(pack: RulePack, calendar: WorkCalendar) -> Rules:
    """Rules that know one pack and one calendar."""
    return Rules({pack.id: pack}, lambda area: calendar, lambda region: "")


def engine(
    log: Iterable[Rows], pack: RulePack, calendar: WorkCalendar, as_of: dt.date, *, size: int = 8192
) -> dict[str, dict[str, Any]]:
    """The engine's documents by project code, under one pack and on one calendar."""
    return judged(log, under(pack, calendar), as_of, size=size)


def judged(log: Iterable[Rows], rules: Rules, as_of: dt.date, *, size: int = 8192) -> dict[str, dict[str, Any]]:
    """The engine's documents by project code."""
    columns, traits = log_of(*log)
    found: dict[str, dict[str, Any]] = {}
    for part in parts(columns, traits, rules):
        for chunk in assess(part.log, part.pack, part.calendar, as_of, size=size):
            found |= {document["project_code"]: document for document in documents(chunk, part.log)}
    return found
