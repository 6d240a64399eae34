"""Counts of lights, by stage and week; what turned and what will."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, or_, select

from monitor.reading.days import used_on, with_since
from monitor.reading.frames import framed
from monitor.reading.light import by_light, numbers, of_region, unfinished_now, unfinished_on
from monitor.reading.sources import beyond_reports
from monitor.reading.sweeps import last_sweep
from monitor.reading.viewer import Viewer
from monitor.tables import Calendar, Project, ProjectFact, Standing, Turn
from rules.vocabulary import Light, Stage

if TYPE_CHECKING:
    import pandas as pd


def _within(query: Any, region: str | None) -> Any:
    condition = of_region(region)
    return query if condition is None else query.where(condition)


def lights(connection: Connection, viewer: Viewer, as_of: dt.date, *, region: str | None = None) -> pd.DataFrame:
    """Unfinished projects by light: columns light (word), n; every light has a row."""
    query = select(*numbers(as_of)).select_from(Standing).where(unfinished_on(as_of, last_sweep(connection)))
    found = by_light(connection.execute(_within(query, region)).one())
    return framed([(w.word, found[w.word]) for w in reversed(Light)], ["light", "n"])


def lights_by_stage(
    connection: Connection, viewer: Viewer, as_of: dt.date, *, region: str | None = None
) -> pd.DataFrame:
    """Unfinished projects by current stage and light: columns stage, light (words), n."""
    # Grouped as the index lies, and added up here: by stage alone every row would have to be sorted.
    query = (
        select(Standing.stage, *numbers(as_of))
        .where(unfinished_on(as_of, last_sweep(connection)), Standing.stage.is_not(None))
        .group_by(Standing.phase, Standing.region, Standing.stage)
    )
    total: dict[int, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(_within(query, region)):
        total[row.stage].update(by_light(row))
    rows = [
        (Stage(s).word, w.word, found[w.word]) for s, found in sorted(total.items()) for w in Light if found[w.word]
    ]
    return framed(rows, ["stage", "light", "n"])


def lights_by_week(
    connection: Connection, viewer: Viewer, as_of: dt.date, *, weeks: int = 26, region: str | None = None
) -> pd.DataFrame:
    """Unfinished red and yellow projects at the end of each of the last weeks: columns week_end, light, n.

    Counted once now, then back in time by what came to a light and what left it in between.
    """
    ends = [as_of - dt.timedelta(7 * n) for n in range(weeks)]
    red_now, warm_now = (_passed(connection, c, as_of, region) for c in (Standing.red_on, Standing.yellow_on))
    first = ends[-1]
    red = _moves(connection, Standing.red_on, Standing.last_day, first, as_of, region)
    warm = _moves(connection, Standing.yellow_on, Standing.last_day, first, as_of, region)
    rows = []
    for end in ends:
        r = red_now - sum(n for day, n in red.items() if day > end)
        w = warm_now - sum(n for day, n in warm.items() if day > end)
        rows += [(end, "red", r), (end, "yellow", w - r)]
    return framed(rows[::-1], ["week_end", "light", "n"])


def _passed(connection: Connection, came: Any, as_of: dt.date, region: str | None) -> int:
    """Projects in scope that had come to a light by ``as_of`` and were not finished then."""
    there = or_(Standing.last_day.is_(None), Standing.last_day > as_of)
    query = select(func.count()).where(came <= as_of, there, Standing.in_scope.is_(True))
    return int(connection.execute(_within(query, region)).scalar() or 0)


def _moves(
    connection: Connection, came: Any, left: Any, first: dt.date, last: dt.date, region: str | None
) -> dict[dt.date, int]:
    """Net number of projects that came to a light on each day: +1 on ``came``, -1 on ``left`` after it."""
    scoped = Standing.in_scope.is_(True)
    entered = select(came, func.count()).where(came > first, came <= last, or_(left.is_(None), left > came), scoped)
    gone = select(left, func.count()).where(left > first, left <= last, came < left, scoped)
    out: dict[dt.date, int] = dict(connection.execute(_within(entered.group_by(came), region)).all())
    for day, n in connection.execute(_within(gone.group_by(left), region)):
        out[day] = out.get(day, 0) - n
    return out


def _named(query: Any) -> Any:
    """Adds the names of the projects of standings."""
    current = (ProjectFact.project_id == Standing.project_id) & ProjectFact.known_to.is_(None)
    return query.join(Project, Project.id == Standing.project_id).join(ProjectFact, current)


_NAMES = (Project.code, ProjectFact.name, Standing.region, Standing.stage, Standing.held_by)


def turning_next(
    connection: Connection, viewer: Viewer, as_of: dt.date, *, limit: int = 12, region: str | None = None
) -> pd.DataFrame:
    """The next turns if nothing happens: on, to, project_code, name, region, stage, held_by, used, provisional."""
    active, days = unfinished_now(by_index=False), used_on(connection, as_of)
    rows = []
    for column, light in ((Standing.yellow_on, Light.YELLOW), (Standing.red_on, Light.RED)):
        coming = select(Standing.project_id).where(column > as_of, active, Standing.in_scope.is_(True))
        first = _within(coming.order_by(column, Standing.project_id).limit(limit), region).subquery()
        query = (
            with_since(_named(select(column, days, Calendar.known_until, *_NAMES).select_from(Standing)))
            .join(Calendar, Calendar.id == Standing.calendar_id)
            .where(Standing.project_id.in_(select(first.c.project_id)))
        )
        for on, used, known, code, name, area, stage, held in connection.execute(query):
            word = Stage(stage).word if stage else None
            rows.append((on, light.word, code, name, area, word, held, used, on > known))
    rows.sort(key=lambda row: (row[0], row[2]))
    names = ["on", "to", "project_code", "name", "region", "stage", "held_by", "used", "provisional"]
    return framed(rows[:limit], names)


def turned(
    connection: Connection,
    viewer: Viewer,
    since: dt.date,
    until: dt.date,
    *,
    limit: int = 50,
    region: str | None = None,
) -> pd.DataFrame:
    """Turns of projects in (since, until], the latest first: on, from, to, project_code, name, region, stage,
    unconfirmed (it rests on days after those that every source of the project has reported)."""
    known = select(Turn.id).where(Turn.scope == "project", Turn.known_to.is_(None), Turn.on > since, Turn.on <= until)
    if region:
        known = _within(known.join(Standing, Standing.project_id == Turn.project_id), region)
    latest = known.order_by(Turn.on.desc(), Turn.id.desc()).limit(limit).subquery()
    told = beyond_reports(Turn.project_id, Turn.on)
    query = (
        _named(
            select(Turn.on, Turn.from_light, Turn.to_light, told, *_NAMES)
            .select_from(Turn)
            .join(Standing, Standing.project_id == Turn.project_id)
        )
        .where(Turn.id.in_(select(latest.c.id)))
        .order_by(Turn.on.desc(), Project.code)
    )
    rows = [
        (on, Light(was).word, Light(is_).word, code, name, area, Stage(stage).word if stage else None,
         bool(beyond))
        for on, was, is_, beyond, code, name, area, stage, _held in connection.execute(query)
    ]  # fmt: skip
    names = ["on", "from", "to", "project_code", "name", "region", "stage", "unconfirmed"]
    return framed(rows, names)
