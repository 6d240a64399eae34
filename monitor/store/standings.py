"""Standings, shares, turns: written together, for projects whose log is still the one that was assessed.

The tally is kept by difference: only what the new rows of a project add beyond its old ones is written.
Turns are records: one that no longer holds is closed (`known_to`), never dropped.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Integer, delete, insert, or_, select, text, type_coerce, update

from monitor.store import bulk
from monitor.store.rollups import CASE, HANDOVER, PAUSE, SHARE, Rows, rewrite
from monitor.tables import (
    Calendar,
    CalendarDay,
    CaseStanding,
    GroupStanding,
    HandoverGap,
    HandoverTally,
    Outcome,
    PausePiece,
    PauseTally,
    SetAside,
    Share,
    Standing,
    Sweep,
    Tally,
    Turn,
)
from monitor.tables.among import among
from rules.workdays import FIRST, WorkCalendar, day_number

Row = tuple[Any, ...]
_LOCK = 7_231_003
FIRST_DAY, LAST_DAY = FIRST, dt.date(2045, 12, 31)  # the days of calendar_day: all on which a record may begin

STANDING = (
    "region", "kind", "pack", "calendar_id", "in_scope", "coded_on", "base", "since", "first_day", "last_day",
    "yellow_on", "red_on", "grey", "phase", "stage", "held_by", "next_change", "assessed_on", "rules_version",
    "waiting_stops", "rests_from", "rests_until", "due_because",
)  # fmt: skip
_BESIDE = {"next_change", "assessed_on", "rests_from", "rests_until", "due_because"}  # when to look, not how it stands
_OF_ROWS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "case": (CaseStanding, CASE),
    "share": (Share, SHARE),
    "pause": (PausePiece, PAUSE),
    "handover": (HandoverGap, HANDOVER),
}
_COPIES = (
    *(Tally, Outcome, PauseTally, HandoverTally),
    *(Share, PausePiece, HandoverGap, CaseStanding, GroupStanding),
)
GROUP = ("project_id", "grp", "budget", "base", "since", "yellow_on", "red_on", "grey")


def lock_standings(connection: Connection) -> None:
    """Waits until no other sweep writes; held to the end of the transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def alone(connection: Connection) -> None:
    """Waits until neither a sweep nor an import writes standings; before every row of them is written at once."""
    lock_standings(connection)
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE standing IN SHARE ROW EXCLUSIVE MODE"))


def calendar_key(connection: Connection, calendar: WorkCalendar) -> int:
    """The key of the calendar of this name, with the days of this version: made on first use, brought up to date after.

    The key stays when a notice is revised, so that a standing which the revision does not touch, and is not written,
    is counted by the days as they are known now. The caller holds `lock_standings` and the notices known now.
    """
    query = select(Calendar.id, Calendar.version).where(Calendar.name == calendar.name).order_by(Calendar.id)
    found = connection.execute(query).first()
    if found is not None and found[1] == calendar.version:
        return int(found[0])
    values = {"version": calendar.version, "known_until": calendar.known_until}
    if found is None:
        new = insert(Calendar).values(name=calendar.name, **values)
        key = int(connection.execute(new.returning(Calendar.id)).scalar_one())
    else:
        key = int(found[0])
        connection.execute(update(Calendar).where(Calendar.id == key).values(**values))
        connection.execute(delete(CalendarDay).where(CalendarDay.calendar_id == key))
    days = [FIRST_DAY + dt.timedelta(n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    rows = [(key, day_number(day), calendar.index(day), calendar.is_working_day(day)) for day in days]
    bulk.insert(connection, CalendarDay.__tablename__, ("calendar_id", "day", "idx", "works"), rows)
    return key


def unchanged(connection: Connection, versions: Mapping[int, int], as_of: dt.date) -> set[int]:
    """Of projects with the log version that was read, those whose log is still the same; they stay locked.

    One that another sweep assessed as of a later day meanwhile is left to it.
    """
    query = select(Standing.project_id, Standing.log_version).where(
        among(connection, Standing.project_id, sorted(versions)),
        or_(Standing.assessed_on.is_(None), Standing.assessed_on <= as_of),
    )
    # An import raises versions in the order of keys: whoever locked in another order could wait for it for ever.
    now = connection.execute(query.order_by(Standing.project_id).with_for_update())
    return {project for project, version in now if versions[project] == version}


def write(
    connection: Connection,
    projects: Sequence[int],
    standing: Sequence[Row] = (),
    group: Sequence[Row] = (),
    rows: Rows | None = None,
) -> int:
    """Makes these rows all that stands there of these projects; gives how many standings say something else now.

    Only rows and columns that differ are written: what has not changed costs a reading, and no page of a table. A
    project of which nothing is known any more stands nowhere: its standing goes.
    """
    rows = rows or Rows()
    stood = _standing_now(connection, projects)
    before = Rows(**{name: _stood(connection, table, columns, projects) for name, (table, columns) in _OF_ROWS.items()})
    rewrite(
        connection,
        (before, {project: row[:2] for project, row in stood.items()}),
        (rows, {row[-1]: row[:2] for row in standing}),
    )
    changed = _write_standings(connection, stood, standing)
    _replace(connection, "group_standing", GROUP, _stood(connection, GroupStanding, GROUP, projects), group)
    for name, (table, columns) in _OF_ROWS.items():
        _replace(connection, table.__tablename__, columns, getattr(before, name), getattr(rows, name))
    return changed + _take_out(connection, stood.keys() - {row[-1] for row in standing})


def _write_standings(connection: Connection, stood: Mapping[int, Row], standing: Sequence[Row]) -> int:
    """Writes the columns that differ, for an index is touched by every column that is set; gives how many say more
    than that they were looked at."""
    by_columns: dict[tuple[int, ...], list[Row]] = defaultdict(list)
    told = 0
    for row in standing:
        before = stood[row[-1]]
        differ = tuple(n for n, was in enumerate(before) if was != row[n])
        told += any(STANDING[n] not in _BESIDE for n in differ)
        if differ:
            by_columns[differ].append((*(row[n] for n in differ), row[-1]))
    for differ, rows in by_columns.items():
        settings = ", ".join(f"{STANDING[n]} = ?" for n in differ)
        bulk.execute(connection, f"UPDATE standing SET {settings} WHERE project_id = ?", rows)
    return told


def _take_out(connection: Connection, projects: Iterable[int]) -> int:
    keys = [(key,) for key in sorted(projects)]
    bulk.execute(connection, "DELETE FROM standing WHERE project_id = ?", keys)
    return len(keys)


def _replace(
    connection: Connection, table: str, columns: Sequence[str], stood: Sequence[Row], rows: Sequence[Row]
) -> None:
    """Takes out the rows that are no longer so and puts in those that are new; the first two columns are the key."""
    before, now = set(stood), set(rows)
    gone = [row[:2] for row in stood if row not in now]
    bulk.execute(connection, f"DELETE FROM {table} WHERE {columns[0]} = ? AND {columns[1]} = ?", gone)
    bulk.insert(connection, table, columns, [row for row in rows if row not in before])


def _raw(table: Any, names: Iterable[str]) -> list[Any]:
    """Columns as they lie: days as numbers."""
    dated = {c.name for c in table.__table__.columns if type(c.type).__name__ == "Day"}
    return [type_coerce(getattr(table, n), Integer) if n in dated else getattr(table, n) for n in names]


def _standing_now(connection: Connection, projects: Sequence[int]) -> dict[int, Row]:
    query = select(*_raw(Standing, STANDING), Standing.project_id).where(
        among(connection, Standing.project_id, projects)
    )
    return {row[-1]: tuple(row[:-1]) for row in connection.execute(query)}


def _stood(connection: Connection, table: Any, columns: Sequence[str], projects: Sequence[int]) -> list[Row]:
    """The rows of these projects that stand there, in the order of keys."""
    query = select(*_raw(table, columns)).where(among(connection, table.project_id, projects))
    return [tuple(row) for row in connection.execute(query.order_by(*(getattr(table, n) for n in columns[:2])))]


def reasons(connection: Connection, projects: Sequence[int]) -> dict[int, str]:
    """Of projects that a notice made due, that notice; asked before `write` clears it."""
    query = select(Standing.project_id, Standing.due_because).where(
        among(connection, Standing.project_id, projects), Standing.due_because.is_not(None)
    )
    return {project: str(because) for project, because in connection.execute(query)}


def reconcile_turns(
    connection: Connection,
    projects: Sequence[int],
    found: Sequence[Row],
    now: dt.datetime,
    because: Mapping[int, str] | None = None,
) -> int:
    """Keeps the turns that still hold, closes those that do not, adds the new ones; gives how many changed.

    ``found`` rows: project, scope, on (day number), from, to, became_on, why. ``because``: what made projects due; it
    stands in the `why` of the turns that it brought or closed.
    """
    because = because or {}
    query = select(
        Turn.id, Turn.why, Turn.project_id, Turn.scope, type_coerce(Turn.on, Integer), Turn.from_light, Turn.to_light
    )
    known = {
        tuple(row[2:]): (row[0], row[1])
        for row in connection.execute(
            query.where(among(connection, Turn.project_id, projects), Turn.known_to.is_(None))
        )
    }

    def why(project: Any, told: str) -> str:
        return f"{told} / {because[project]}" if project in because else told

    hold = {row[:5] for row in found}
    moment = bulk.moment(connection, now)
    gone = [(moment, why(turn[0], told), key) for turn, (key, told) in known.items() if turn not in hold]
    bulk.execute(connection, "UPDATE turn SET known_to = ?, why = ? WHERE id = ?", gone)
    columns = ("project_id", "scope", '"on"', "from_light", "to_light", "became_on", "why", "known_from")
    new = [(*row[:6], why(row[0], row[6]), moment) for row in found if row[:5] not in known]
    bulk.insert(connection, "turn", columns, new)
    return len(gone) + len(new)


def set_aside(connection: Connection, project: int, as_of: dt.date, error: str, now: dt.datetime) -> None:
    """Records that a project failed; it is tried again by the next sweep."""
    row = (project, day_number(as_of), error, 1, bulk.moment(connection, now))
    bulk.execute(
        connection,
        "INSERT INTO set_aside (project_id, as_of, error, tries, last_try) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (project_id) DO UPDATE SET as_of = excluded.as_of, error = excluded.error, "
        "tries = set_aside.tries + 1, last_try = excluded.last_try",
        [row],
    )


def taken_back(connection: Connection, projects: Sequence[int]) -> None:
    """These projects are assessed again: no longer set aside."""
    connection.execute(delete(SetAside).where(among(connection, SetAside.project_id, projects)))


def overdue_by_rules(connection: Connection, rules_version: str) -> None:
    """Makes every standing due that was assessed by other rules."""
    version = Standing.rules_version
    others = [(version > "") & (version < rules_version), version > rules_version]  # ranges of an index, mostly empty
    if any(connection.execute(select(version).where(other).limit(1)).first() for other in others):
        alone(connection)
        for other in others:
            due = update(Standing).where(other)
            connection.execute(due.values(next_change=0, log_version=Standing.log_version + 1))


def begin_sweep(connection: Connection, as_of: dt.date, rules_version: str, now: dt.datetime) -> int:
    """Opens the diary entry of a sweep."""
    new = insert(Sweep).values(as_of=as_of, started=now, rules_version=rules_version, projects=0, changed=0)
    return int(connection.execute(new.values(turns=0, failed=0).returning(Sweep.id)).scalar_one())


def end_sweep(connection: Connection, key: int, counts: Mapping[str, int], now: dt.datetime) -> None:
    """Closes the diary entry with what was done."""
    connection.execute(update(Sweep).where(Sweep.id == key).values(ended=now, **counts))


def drop_standings(connection: Connection) -> None:
    """Drops every copy that can be computed again, and makes every project due. Turns stay: they were said."""
    alone(connection)
    for table in _COPIES:
        connection.execute(delete(table))
    connection.execute(update(Standing).values(next_change=0, log_version=Standing.log_version + 1))
