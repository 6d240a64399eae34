"""Made-up sequences of imports and undos in one small office, and what they are held against.

Three projects, four cases of each of two sources, and events among which some void or confirm others. A batch tells any
rows of them, in any columns, so that rows overlap, change and lack what they name; of some events it may say that they
were on another day. Of two rows that so contradict one another the one that was in first stays, and that depends on
what was there to let it in: an id of which a source says both is contested, and either may be what is known.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import text

from monitor.database import Database
from monitor.reading.batches import waiting_rows
from monitor.tables import Base, UTCDateTime
from monitor.verbs.imported import Imported
from monitor.verbs.undo import undo
from tests.monitor.canonical_files import LOG, ZONE, take, write
from tests.monitor.sweeping import Clock

Rows = list[dict[str, str]]
Contested = Set[tuple[str, str]]
CODES = ("P1", "P2", "P3")
SOURCES = ("east", "west")
CASES = {"C1": "P1", "C2": "P1", "C3": "P2", "C4": "P3"}  # case id of either source, and its project
EVENTS: dict[str, dict[str, str]] = {
    "E1": {"case_id": "C1", "status": "accepted", "occurred_at": "2026-03-03"},
    "E2": {"case_id": "C1", "status": "procedure_started", "occurred_at": "2026-03-10", "procedure": "hearing"},
    "E3": {"case_id": "C1", "status": "procedure_ended", "occurred_at": "2026-03-20", "procedure": "hearing"},
    "E4": {"case_id": "C1", "status": "approved", "occurred_at": "2026-04-09"},
    "E5": {"case_id": "C2", "status": "accepted", "occurred_at": "2026-03-12", "entered_at": "2026-03-13T09:00:00"},
    "E6": {"case_id": "C3", "status": "accepted", "occurred_at": "2026-02-11", "office": "窗口"},
    "E7": {"case_id": "C4", "status": "accepted", "occurred_at": "2026-03-02"},
    "V1": {"case_id": "C1", "status": "voided", "occurred_at": "2026-04-10", "voids": "E4"},
    "V2": {"case_id": "C1", "status": "voided", "occurred_at": "2026-04-11", "voids": "V1"},
    "V3": {"case_id": "C3", "status": "voided", "occurred_at": "2026-04-11", "voids": "E6"},
    "K1": {"case_id": "C1", "status": "confirmed", "occurred_at": "2026-04-12", "confirms": "E2"},
}
OTHER_DAYS = {"E3": "2026-03-24", "E5": "2026-03-17", "E6": "2026-02-13", "V1": "2026-04-13"}
ALWAYS = ("event_id", "case_id", "status", "occurred_at")
LACKED = ("office", "procedure", "entered_at", "handler", "voids", "confirms")  # columns that a file may lack


_FOLDERS = count()


@dataclass(frozen=True)
class Telling:
    """One import: the rows of its files."""

    source: str
    projects: Rows
    cases: Rows
    events: Rows


@dataclass(frozen=True)
class Undo:
    """The taking back of one of the batches that are there, by its place among them."""

    place: int


@dataclass(frozen=True)
class Again:
    """The files of an import once more."""

    place: int


def _some(columns: Mapping[str, Any]) -> st.SearchStrategy[list[str]]:
    """Some of the columns that a file may lack."""
    return st.lists(st.sampled_from(sorted(columns)), unique=True)


@st.composite
def tellings(draw: Any) -> Telling:
    """An import."""
    told = {
        "name": st.sampled_from(["甲", "乙", ""]),
        "region": st.sampled_from(["330100", "330200"]),
        "kind": st.sampled_from(["filing", ""]),
        "investment": st.sampled_from(["12.5", "4000"]),
    }
    columns = draw(_some(told))
    projects = [
        {"project_code": code, "coded_on": draw(st.sampled_from(["2026-02-02", "2026-02-09"]))}
        | {name: draw(told[name]) for name in columns}
        for code in draw(st.lists(st.sampled_from(CODES), unique=True))
    ]
    told = {
        "holder": st.sampled_from(["agency", "owner", ""]),
        "promised_days": st.sampled_from(["10", "20", ""]),
        "item_code": st.sampled_from(["A01", ""]),
    }
    columns = draw(_some(told))
    cases = [
        {"case_id": case, "project_code": CASES[case], "stage": "planning"}
        | {"department": draw(st.sampled_from(["住建", "资规"]))}
        | {name: draw(told[name]) for name in columns}
        for case in draw(st.lists(st.sampled_from(sorted(CASES)), unique=True))
    ]
    names = draw(st.lists(st.sampled_from(sorted(EVENTS)), unique=True))
    needed = {column for name in names for column in EVENTS[name]} - {*ALWAYS}
    columns = (*ALWAYS, *sorted(needed | {*draw(_some(dict.fromkeys(LACKED)))}))
    told_as = {name: {"event_id": name} | EVENTS[name] for name in names}
    for name in draw(st.lists(st.sampled_from(sorted(OTHER_DAYS)), unique=True, max_size=2)):
        if name in told_as:
            told_as[name]["occurred_at"] = OTHER_DAYS[name]
    events = [{column: told_as[name].get(column, "") for column in columns} for name in names]
    return Telling(draw(st.sampled_from(SOURCES)), projects, cases, events)


STEPS = st.lists(
    st.one_of(tellings(), tellings(), st.integers(0, 9).map(Undo), st.integers(0, 9).map(Again)),
    min_size=3,
    max_size=9,
)
Step = Telling | Undo | Again


@dataclass
class History:
    """A database in which steps happen; ``kept``: number and import of each batch that was not taken back."""

    database: Database
    folder: Path
    clock: Clock
    kept: dict[int, Telling] = field(default_factory=dict)
    told: list[Telling] = field(default_factory=list)

    def go(self, step: Step) -> None:
        """One step; a place that is not there is none."""
        if isinstance(step, Undo):
            if self.kept:
                number = sorted(self.kept)[step.place % len(self.kept)]
                undo(self.database, number, zone=ZONE, clock=self.clock)
                del self.kept[number]
            return
        if isinstance(step, Again):
            if self.told:
                self.go(self.told[step.place % len(self.told)])
            return
        done = self.take(step)
        if done.batch is not None:
            self.kept[done.batch] = step
        if step not in self.told:
            self.told.append(step)

    def take(self, one: Telling) -> Imported:
        """Imports; what cannot come in waits."""
        files = write(self.folder / str(next(_FOLDERS)), one.projects, one.cases, one.events)
        if not any((one.projects, one.cases, one.events)):
            return Imported(one.source, False)
        return take(self.database, files, clock=self.clock, source=one.source, partial=True)


def log_at(database: Database, moment: dt.datetime | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """What is known now, or was known at a moment, without keys: asked by SQL of its own."""
    at, given = "known_to IS NULL", {}
    if moment is not None:
        with database.reading() as connection:
            given = {"at": UTCDateTime().process_bind_param(moment, connection.dialect)}
        if database.dialect == "sqlite":
            given = {"at": given["at"].isoformat(" ", timespec="microseconds")}
        at = "known_from <= :at AND ({0}known_to IS NULL OR {0}known_to > :at)"
    found = {}
    with database.reading() as connection:
        for table, sql in LOG.items():
            alias = "e." if table == "events" else "f."
            asked = sql.replace(f"{alias}known_to IS NULL", alias + at.format(alias) if moment else alias + at)
            asked = asked.replace("p.id = c.project_id", "p.id = f.project_id")  # a case may have moved since
            found[table] = sorted((tuple(row) for row in connection.execute(text(asked), given)), key=repr)
    return found


def waiting(database: Database, disputed: Contested) -> set[tuple[str, str, str]]:
    """The rows that wait: source, table, and what they say where they say anything; of what is contested the id. Twice
    or once: an import that brings nothing but rows that wait already leaves no batch, and whether they do is asked by
    their place in a file."""
    with database.reading() as connection:
        found = waiting_rows(connection)
    unsaid = ("", "agency")  # a blank holder is agency
    said = [{name: told for name, told in (row.content or {}).items() if told not in unsaid} for row in found]
    for row, one in zip(found, said, strict=True):
        if (key := one.get("event_id", "")) and (row.source, key) in disputed:
            one.clear()
            one["event_id"] = key
    return {(row.source, row.of, json.dumps(one, sort_keys=True)) for row, one in zip(found, said, strict=True)}


def contested(told: Iterable[Telling]) -> Contested:
    """The source and id of the events of which two days are told."""
    days: dict[tuple[str, str], set[str]] = {}
    for one in told:
        for row in one.events:
            days.setdefault((one.source, row["event_id"]), set()).add(row["occurred_at"])
    return {key for key, found in days.items() if len(found) > 1}


def agreed(log: dict[str, list[tuple[Any, ...]]], disputed: Contested) -> dict[str, list[tuple[Any, ...]]]:
    """A log (`canonical_files.log_of`) with nothing of what is contested but that it is known, and of which case."""
    events = [row[:4] if row[:2] in disputed else row for row in log["events"]]
    return log | {"events": sorted(events, key=repr)}


def folded(kept: Iterable[Telling]) -> set[tuple[str, ...]]:
    """What is known of projects (code, name, region, kind, day of coding), by the plain meaning of the words: each
    column as the last batch told it that has it; nothing ever hinders a project."""
    known: dict[str, dict[str, str]] = {}
    for one in kept:
        for row in one.projects:
            known[row["project_code"]] = known.get(row["project_code"], {}) | row
    return {
        (code, *(row.get(name, "") for name in ("name", "region", "kind", "coded_on"))) for code, row in known.items()
    }


def emptied(database: Database) -> Database:
    """The same database without a row, but for the trail, which loses none."""
    with database.writing() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if not table.name.startswith("trail_"):
                connection.exec_driver_sql(f"DELETE FROM {table.name}")
    return database
