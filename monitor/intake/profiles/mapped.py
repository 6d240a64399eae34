"""Foreign files and a profile -> sheets of canonical rows, which are taken in as if they had been canonical files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import count, groupby
from operator import itemgetter
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from monitor.intake.columns import ORDER, TableName
from monitor.intake.faulty import faulty
from monitor.intake.profiles.days import is_count
from monitor.intake.profiles.definition import Profile
from monitor.intake.profiles.mapping import Mapper, Raw
from monitor.intake.profiles.raw import Source, sources
from monitor.intake.profiles.values import Dating
from monitor.intake.profiles.xes import Log, log
from monitor.intake.refusals import FileRefused
from monitor.intake.sheets import PassedOver, Sheet
from monitor.intake.spool import Spool, mark
from monitor.progress import Advance, unheard

BLANKS = ("event_id", "case_id")  # what is told of an event without a day
TOLD_EVERY = 5_000  # rows between two words of progress


def mapped(
    paths: Iterable[Path], profile: Profile, zone: ZoneInfo, folder: Path, advance: Advance = unheard
) -> tuple[list[Sheet], PassedOver]:
    """The canonical rows of foreign files, spooled into ``folder`` (which must outlive the sheets), and what was
    passed over. ``zone``: the office's, where the profile names none. ``advance`` hears of canonical rows written.

    Raises FileRefused for a file that cannot be used. Rows that cannot be mapped are refused when they are taken in.
    """
    found, ignored = foreign(paths, profile)
    wanted = profile.wanted()
    at = {name: place for place, name in enumerate(wanted)}
    told_in, days_of = (ZoneInfo(name) if name else zone for name in (profile.time_zone, profile.day_zone))
    dating = Dating(profile.dates, told_in, days_of, profile.move_days, any(source.serials for source in found))
    spools: dict[tuple[TableName, int], Spool] = {}
    blanks: dict[int, Spool] = {}
    written = count(1)

    def write(table: TableName, source: int, cells: Sequence[str], row: int, rule: int) -> None:
        spools[table, source].write(cells, row, rule)
        if not (done := next(written)) % TOLD_EVERY:
            advance(done, 0)

    def blank(source: int, cells: Sequence[str], row: int, rule: int) -> None:
        blanks[source].write(cells, row, rule)

    mapper = Mapper(profile, at, dating, write, blank)
    for n in range(len(found)):
        for table in ORDER:
            if columns := mapper.columns[table]:
                untold = frozenset(columns) - profile.projects.keys() if table == "projects" else frozenset()
                spools[table, n] = Spool(folder / f"{n}-{table}.csv", columns, untold)
        blanks[n] = Spool(folder / f"{n}-blanks.csv", BLANKS)
    try:
        _map(mapper, found, profile, folder)
    finally:
        done = {(table, n): spool.close(mapper.labels(table, found[n].present)) for (table, n), spool in spools.items()}
        without = {n: spool.close(mapper.labels("events", found[n].present)) for n, spool in blanks.items()}
    if not any(source.present for source in found):
        raise FileRefused(found[0].name if found else "", "empty")
    listed = []
    for (table, n), spooled in done.items():
        mine = without[n] if table == "events" and blanks[n].count else None
        if spools[table, n].count or mine:
            source = found[n]
            derived = profile.derived if table == "projects" else frozenset[str]()
            told = (source.name, table, source.sha256, spooled.size, source.encoding, spooled)
            listed.append(Sheet(*told, derived=derived, blanks=mine))
    rows = {source.name: source.passed_over for source in found if source.passed_over}
    return sorted(listed, key=lambda sheet: ORDER.index(sheet.table)), PassedOver(tuple(ignored), rows)


def foreign(paths: Iterable[Path], profile: Profile) -> tuple[Sequence[Source], list[str]]:
    """The foreign tables under paths and what was passed over; raises FileRefused for what is of no such form."""
    if profile.form == "xes":
        return [log(file) for path in paths for file in _logs(path)], []
    return sources(paths, profile.file)


def can_be_mapped(paths: Iterable[Path], profile: Profile) -> bool:
    """Whether the files are of the profile's form and have its columns, by their first rows."""
    try:
        for source in foreign(paths, profile)[0]:
            next(source.rows(profile), None)
    except FileRefused:
        return False
    return True


def _logs(path: Path) -> Iterator[Path]:
    if path.is_dir():
        inside = sorted(file for file in path.iterdir() if file.name.lower().endswith((".xes", ".xes.gz")))
        yield from inside or [path]
    else:
        yield path


def _map(mapper: Mapper, found: Sequence[Source], profile: Profile, folder: Path) -> None:
    if not profile.gathers:
        for n, source in enumerate(found):
            for number, cells in _readable(mapper, n, source, profile):
                mapper.row(Raw(n, number, cells))
        return
    for n, source in enumerate(found):
        if isinstance(source, Log):  # a trace is a project, and its rows stand together
            for _trace, rows in source.traces(profile):
                if kept := [Raw(n, number, cells) for number, cells in rows]:
                    mapper.group(kept)
    if tables := [(n, source) for n, source in enumerate(found) if not isinstance(source, Log)]:
        for rows_of_one in _gathered(mapper, tables, profile, folder):
            mapper.group(rows_of_one)


def _readable(mapper: Mapper, n: int, source: Source, profile: Profile) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The rows of a source; those that cannot be read are written as what is wrong with them.

    Where a cell without a value decides what becomes of a row, that is refused beside whatever else it says. A bare
    number is a count of days in the workbook that counts them, not in what is taken in with it."""
    table = next(table for table in ORDER if mapper.columns[table])
    deciding = [mapper.at[name] for name in profile.deciding()] if source.encoding == "xlsx" else []
    dated = mapper.dated if mapper.dating.serials and not source.serials else frozenset[int]()
    for number, cells in source.rows(profile):
        if n not in mapper.present and not isinstance(source, Log):  # of a log nobody says which columns it has
            mapper.present[n] = source.present
        if dated and not isinstance(cells, str):
            wrong = {i: mark("told_date", cells[i], order=profile.dates) for i in dated if is_count(cells[i])}
            cells = tuple(wrong.get(i, cell) for i, cell in enumerate(cells))
        if isinstance(cells, str):
            mapper.write(table, n, [cells], number, 0)
            continue
        for i in deciding:
            if why := faulty(cells[i]):
                mapper.write(table, n, [mark(*why, under=profile.wanted()[i])], number, 0)
        yield number, cells


def _gathered(
    mapper: Mapper, tables: Sequence[tuple[int, Source]], profile: Profile, folder: Path
) -> Iterator[list[Raw]]:
    """The rows of one project after the other: sorted on disk, so that memory stays flat."""
    with closing(sqlite3.connect(folder / "rows.db", isolation_level=None)) as scratch:
        scratch.execute("PRAGMA journal_mode=OFF")
        scratch.execute("PRAGMA synchronous=OFF")
        scratch.execute("CREATE TABLE told (project TEXT, source INTEGER, number INTEGER, cells BLOB)")
        scratch.execute("BEGIN")
        for n, source in tables:
            scratch.executemany("INSERT INTO told VALUES (?, ?, ?, ?)", _as_kept(mapper, n, source, profile))
        scratch.execute("COMMIT")
        rows = scratch.execute("SELECT project, source, number, cells FROM told ORDER BY project, rowid")
        for project, some in groupby(rows, key=itemgetter(0)):
            together = (Raw(source, number, tuple(orjson.loads(cells))) for _code, source, number, cells in some)
            if project:
                yield list(together)
            else:  # refused one by one: they may be as many as the file has
                yield from ([raw] for raw in together)


def _as_kept(mapper: Mapper, n: int, source: Source, profile: Profile) -> Iterator[tuple[str, int, int, bytes]]:
    for number, cells in _readable(mapper, n, source, profile):
        code = mapper.key(cells).strip() if mapper.key else ""
        yield code, n, number, orjson.dumps(cells)
