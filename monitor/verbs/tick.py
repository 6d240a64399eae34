"""`tick`: assesses what is due, and nothing else. `rebuild`: drops every copy and assesses all.

A new event sets `next_change` to the past, a changed pack does so for what it judges, a notice for what rests on its
days, and time does it by itself: one index serves every reason. A standing is written only if its log, the notices and
the packs are still those that were read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from monitor.database import Database, out_of_reach
from monitor.deeds import Deed, Verb
from monitor.progress import Advance, unheard
from monitor.reading.lawbook import known_rules, stamp
from monitor.reading.log import load
from monitor.reading.sweeps import due, last_sweep
from monitor.store import standings as store
from monitor.store.trail import record
from monitor.verbs.standing_rows import StandingRows, Translator
from rules.portfolio import Rules, parts
from rules.workdays import WorkCalendar

CHUNK = 2_000


class TickRefused(Exception):
    """A tick before the last one: what was said as of a later day would be taken back."""

    def __init__(self, as_of: dt.date, last: dt.date) -> None:
        self.as_of, self.last = as_of, last
        super().__init__(f"{as_of} is before the last sweep, {last}")


class _Revised(Exception):
    """A notice or a pack landed between reading and writing: what was read was counted by what is no longer known."""


@dataclass
class Swept:
    """What a tick did: projects assessed, standings that differ, turns opened or closed, projects set aside."""

    as_of: dt.date
    projects: int = 0
    changed: int = 0
    turns: int = 0
    failed: int = 0


class Sweeper:
    """One tick: holds what does not change while it runs."""

    def __init__(self, database: Database, rules: Rules, as_of: dt.date, now: Callable[[], dt.datetime]) -> None:
        self.database, self.rules, self.as_of, self.now = database, rules, as_of, now
        self.rules_version = rules.version()
        self.entered: tuple[int, ...] = ()  # the stamp of the notices and packs that were laid over the rules
        self.done = Swept(as_of)
        self.calendars: dict[tuple[str, str], int] = {}
        self.log = structlog.get_logger()

    def chunk(self, versions: dict[int, int]) -> None:
        """Assesses some projects (key -> log version read); one that fails is set aside, the others go on."""
        error = self._failure(versions)
        if error is None:
            return
        keys = sorted(versions)
        if len(keys) == 1:
            self._fail(keys[0], error)
            return
        half = len(keys) // 2
        for some in (keys[:half], keys[half:]):
            self.chunk({key: versions[key] for key in some})

    def _failure(self, versions: dict[int, int]) -> Exception | None:
        """What kept these projects from being assessed; a database out of reach is no project's fault."""
        try:
            self._assess(versions)
        except Exception as error:
            if out_of_reach(error):
                raise
            return error
        return None

    def _assess(self, versions: dict[int, int]) -> None:
        while True:
            with suppress(_Revised):
                self._assess_once(versions)
                return

    def _assess_once(self, versions: dict[int, int]) -> None:
        with self.database.reading() as connection:
            self.entered = stamp(connection)
            rules = known_rules(connection, self.rules)
            loaded = load(connection, sorted(versions))
        found = list(parts(loaded.log, loaded.traits, rules))
        rows = StandingRows()
        for part in found:
            translator = Translator(loaded, part, self._calendar_key(part.calendar), self.rules_version)
            for chunk in part.assess(self.as_of, detail=False):
                rows.extend(translator.rows(chunk))
        with self.database.writing(bulk=True) as connection:
            self._lock(connection)
            same = store.unchanged(connection, versions, self.as_of)
            if len(same) < len(versions):
                rows = _only(rows, same)
            projects = sorted(same)
            because = store.reasons(connection, projects)
            changed = store.write(connection, projects, rows.standing, rows.group, rows)
            turns = store.reconcile_turns(connection, projects, rows.turn, self.now(), because)
            store.taken_back(connection, projects)
        self.done.projects += len(projects)
        self.done.changed += changed
        self.done.turns += turns

    def _lock(self, connection: Any) -> None:
        """Waits for other sweeps, and for notices and packs that land; raises _Revised if one has since the reading."""
        store.lock_standings(connection)
        if stamp(connection) != self.entered:
            raise _Revised

    def _calendar_key(self, calendar: WorkCalendar) -> int:
        name = (calendar.name, calendar.version)
        if name not in self.calendars:
            with self.database.writing() as connection:
                self._lock(connection)
                self.calendars[name] = store.calendar_key(connection, calendar)
        return self.calendars[name]

    def _fail(self, project: int, error: Exception) -> None:
        self.log.error("project set aside", project=project, error=repr(error), exc_info=error)
        with self.database.writing() as connection:
            store.set_aside(connection, project, self.as_of, f"{type(error).__name__}: {error}", self.now())
        self.done.failed += 1


def _only(rows: StandingRows, projects: set[int]) -> StandingRows:
    def kept(name: str, some: Sequence[Any]) -> list[Any]:
        key = -1 if name == "standing" else 0
        return [r for r in some if r[key] in projects]

    return StandingRows(**{name: kept(name, some) for name, some in vars(rows).items()})


def tick(
    database: Database,
    rules: Rules,
    as_of: dt.date,
    now: Callable[[], dt.datetime],
    advance: Advance = unheard,
    *,
    only: Sequence[int] | None = None,
) -> Swept:
    """Assesses every project that is due as of ``as_of``, in chunks that each land whole. The trail is told at the end:
    what a tick that was killed left undone is done, and told, by the next.

    Raises TickRefused for a day before the last sweep's, PackError for an entered pack that this program cannot use.
    ``only`` narrows it to some projects.
    """
    sweeper = Sweeper(database, rules, as_of, now)
    with database.writing() as connection:
        last = last_sweep(connection)
        if last is not None and as_of < last:
            raise TickRefused(as_of, last)
        known_rules(connection, rules)  # a pack that cannot be used is no fault of the projects
        store.overdue_by_rules(connection, sweeper.rules_version)
        key = store.begin_sweep(connection, as_of, sweeper.rules_version, now())
    with database.reading() as connection:
        versions = due(connection, as_of)
    if only is not None:
        versions = {k: versions[k] for k in only if k in versions}
    keys = sorted(versions)
    for at in range(0, len(keys), CHUNK):
        sweeper.chunk({k: versions[k] for k in keys[at : at + CHUNK]})
        advance(min(at + CHUNK, len(keys)), len(keys))
    done = sweeper.done
    with database.writing() as connection:
        counts = {"projects": done.projects, "changed": done.changed, "turns": done.turns, "failed": done.failed}
        ended = now()
        store.end_sweep(connection, key, counts, ended)
        if not database.scratch:  # a copy made to answer a question: nobody's deed
            outcome = "set_aside" if done.failed else "done"
            record(connection, ended, Deed(Verb.TICK, "day", as_of.isoformat(), outcome, after=counts))
    return done


def assess_again(
    database: Database,
    rules: Rules,
    projects: Sequence[int],
    day: dt.date | None,
    now: Callable[[], dt.datetime],
    advance: Advance,
) -> Swept | None:
    """Assesses what was made due as of ``day``, the last sweep's; None where there was no sweep, or nothing is due."""
    if day is None or not projects:
        return None
    while True:
        try:
            return tick(database, rules, day, now, advance, only=projects)
        except TickRefused as later:  # a sweep of another day began meanwhile
            day = later.last


def rebuild(
    database: Database, rules: Rules, as_of: dt.date, now: Callable[[], dt.datetime], advance: Advance
) -> Swept:
    """Drops every copy and assesses all projects again as of ``as_of``; turns are reconciled, not dropped."""
    with database.writing() as connection:
        last = last_sweep(connection)
        if last is not None and as_of < last:
            raise TickRefused(as_of, last)
        known_rules(connection, rules)
        store.drop_standings(connection)
        record(connection, now(), Deed(Verb.REBUILD, "day", as_of.isoformat()))
    return tick(database, rules, as_of, now, advance)
