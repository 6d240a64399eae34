"""export: the log as canonical files, from which an import makes the same log again.

Ids of cases and events are unique within a source, so files of several sources never lie together: one source is
written straight into the folder (or into a ZIP archive or a workbook), several into a folder each. A project is in the
files of every source that has cases of it; one without cases in those of who told it. `sources.json` beside them says
which folder is whose, and until which day each had reported.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from monitor.database import Database
from monitor.deeds import Deed, Verb
from monitor.intake import ORDER, TABLES, TableName
from monitor.intake.files import OF_EXPORT
from monitor.intake.writing import CsvTables, Tables, WorkbookTables, packed
from monitor.progress import Advance, unheard
from monitor.reading import late_stops, rewinding
from monitor.reading.export import Row, Some, Wanted, chosen, told
from monitor.reading.lawbook import known_rules
from monitor.reading.sight import wholly_seen
from monitor.reading.viewer import Viewer, seen_by
from monitor.store.trail import record
from rules.portfolio import Rules
from rules.workdays import day_of

COLUMNS: dict[str, list[str]] = {table: [column.name for column in TABLES[table]] for table in ORDER}
LONGEST_FOLDER = 60  # characters; a file system gives a name 255 bytes


class ThereAlready(Exception):
    """Something lies where the files should go."""


class NothingChosen(Exception):
    """No project is in the selection."""


class NoSuchSource(Exception):
    """No source has this name; ``names`` are those that there are."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        super().__init__(", ".join(names))


class SeveralSources(NoSuchSource):
    """One file holds one source, and the selection has several."""


@dataclass
class OfSource:
    """The files of one source; ``folder`` is where they lie in what was written ("" straight in it)."""

    source: str
    folder: str
    reported_until: dt.date | None
    projects: int = 0
    cases: int = 0
    events: int = 0

    def document(self) -> dict[str, Any]:
        """The files as `sources.json` and `export --json` tell them."""
        until = self.reported_until
        return vars(self) | {"reported_until": until.isoformat() if until else None}


@dataclass
class Exported:
    """What was written. ``projects``: how many there are in all, each once; ``waiting``: codes of those with a late
    stop that waits for a confirmation, as of the last sweep: files do not say when a record was learned of."""

    out: Path
    projects: int
    sources: list[OfSource]
    waiting: list[str]


def export(
    database: Database,
    rules: Rules,
    out: Path,
    wanted: Wanted,
    as_of: dt.date,
    clock: Callable[[], dt.datetime],
    *,
    viewer: Viewer,
    known_at: dt.datetime | None = None,
    advance: Advance = unheard,
) -> Exported:
    """Writes what is known (at a moment) of the chosen projects; of the source that is wanted, or of all. Of what the
    viewer may see alone: a project of which some cases are not theirs is left out, for its log would be another one.

    ``out``: a folder to be made, or a file that ends with .zip or .xlsx. It appears whole or not at all, after
    the trail was told of it. Raises ThereAlready, NothingChosen, NoSuchSource, SeveralSources, TooManyRows, OSError.
    """
    if out.exists():
        raise ThereAlready(str(out))
    with database.reading() as connection, aside(out) as place:
        seen_by(connection, viewer)
        rules = known_rules(connection, rules, known_at)
        sources = {key: (name, until) for key, name, until in rewinding.sources(connection, known_at)}
        if wanted.source is not None and wanted.source not in {name for name, _ in sources.values()}:
            raise NoSuchSource(sorted(name for name, _ in sources.values()))
        ids = wholly_seen(connection, chosen(connection, wanted, as_of, rules, known_at, advance), known_at)
        mine = {key: of for key, of in sources.items() if wanted.source in (None, of[0])}
        run = _Writing(place, out.suffix.lower(), mine, set(late_stops.waiting(connection, rules)))
        for some in told(connection, ids, COLUMNS, known_at):
            run.add(some)
            advance(run.seen, len(ids))
        written = run.close()
        done = Exported(out, run.projects, written, run.wait)
        if out.exists():
            raise ThereAlready(str(out))
        with database.writing() as writer:
            record(writer, clock(), _told(done, wanted, as_of, known_at))
        os.rename(run.whole, out)
    return done


def _told(done: Exported, wanted: Wanted, as_of: dt.date, known_at: dt.datetime | None) -> Deed:
    counts = {table: sum(getattr(of, table) for of in done.sources) for table in ("cases", "events")}
    chosen = {
        "project_codes": list(wanted.codes),
        "region": wanted.region,
        "light": wanted.light,
        "phase": wanted.phase,
        "department": wanted.department,
        "as_of": as_of.isoformat(),
        "known_at": known_at.isoformat() if known_at else None,
    }
    sources = [of.source for of in done.sources]
    after = {"out": str(done.out), "projects": done.projects, **counts, "sources": sources, **chosen}
    return Deed(Verb.EXPORT, after=after)


@contextmanager
def aside(out: Path) -> Iterator[Path]:
    """A folder beside ``out`` to write into; it is gone afterwards, whatever happened."""
    place = out.absolute().parent / f".{out.name[:LONGEST_FOLDER]}.{uuid4().hex[:8]}"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


class _Writing:
    """The files under way, below ``place``: one set of tables a source, made when its first row comes.

    ``sources``: name, and until which day it had reported (a day number), by key; rows of others are passed over.
    ``waiting``: codes of the projects with a late stop that waits, anywhere.
    """

    def __init__(self, place: Path, kind: str, sources: dict[int, tuple[str, int | None]], waiting: set[str]) -> None:
        self.place, self.kind, self.sources, self.waiting = place, kind, sources, waiting
        self.folders = _folders(name for name, _ in sources.values())
        self.tables: dict[int, Tables] = {}
        self.written: dict[int, OfSource] = {}
        self.projects = self.seen = 0
        self.wait: list[str] = []
        self.whole = place / f"whole{kind if self.is_file else ''}"

    @property
    def is_file(self) -> bool:
        return self.kind in (".zip", ".xlsx")

    def add(self, some: Some) -> None:
        """Writes the rows of some projects."""
        having: dict[int, set[int]] = {}
        for row in some.cases:
            having.setdefault(row[0], set()).add(row[1])
        rows: dict[int, dict[TableName, list[Row]]] = {}

        def put(source: int, table: TableName, row: Row) -> None:
            if source in self.sources:
                rows.setdefault(source, {name: [] for name in ORDER})[table].append(row[2:])

        for row in some.projects:
            by = having.get(row[0], {row[1]}) & self.sources.keys()
            for source in by:
                put(source, "projects", row)
            self.projects += bool(by)
            if by and row[2] in self.waiting:
                self.wait.append(row[2])
        for row in some.cases:
            put(row[1], "cases", row)
        for row in some.events:
            put(row[1], "events", row)
        for source in sorted(rows):
            self._write(source, rows[source])
        self.seen += len(some.projects)

    def _write(self, source: int, rows: dict[TableName, list[Row]]) -> None:
        if source not in self.tables:
            self._begin(source)
        of = self.written[source]
        for table, listed in rows.items():
            self.tables[source].add(table, listed)
            setattr(of, table, getattr(of, table) + len(listed))

    def _begin(self, key: int) -> None:
        if self.tables and self.is_file:
            raise SeveralSources(sorted(name for name, _ in self.sources.values()))
        name, until = self.sources[key]
        folder = self.folders[name]
        self.written[key] = OfSource(name, folder, None if until is None else day_of(until))
        if self.kind == ".xlsx":
            self.tables[key] = WorkbookTables(self.whole)
        else:
            (self.place / "parts" / folder).mkdir(parents=True)
            self.tables[key] = CsvTables(self.place / "parts" / folder)

    def close(self) -> list[OfSource]:
        """Ends the files and puts them together."""
        if not self.tables:
            raise NothingChosen
        for tables in self.tables.values():
            tables.close()
        written = sorted(self.written.values(), key=lambda of: of.source)
        inside = self.place / "parts"
        if len(written) == 1:
            inside, written[0].folder = inside / written[0].folder, ""
        if self.kind != ".xlsx":
            listed = [of.document() for of in written]
            (inside / OF_EXPORT).write_bytes(orjson.dumps(listed, option=orjson.OPT_INDENT_2))
            if self.kind == ".zip":
                packed(inside, self.whole)
            else:
                self.whole = inside
        return written


def _folders(sources: Iterable[str]) -> dict[str, str]:
    """By source a name for its folder that every file system takes, and that no other one has."""
    out: dict[str, str] = {}
    taken: set[str] = set()
    for source in sorted(sources):
        plain = name = re.sub(r"\W+", "_", source)[:LONGEST_FOLDER].strip("_") or "source"
        n = 1
        while name.casefold() in taken:
            n += 1
            name = f"{plain}_{n}"
        taken.add(name.casefold())
        out[source] = name
    return out
