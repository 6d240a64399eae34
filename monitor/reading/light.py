"""The light of a standing on a day, in SQL: from its dates, never from a stored colour."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_

from monitor.tables import Day, Standing
from rules.vocabulary import NO_PHASE, Light, Phase
from rules.workdays import LAST

UNFINISHED = (Phase.NOT_STARTED, Phase.RUNNING, Phase.STOPPED, Phase.WAITING_OWNER)


def light_on(day: dt.date) -> ColumnElement[int]:
    """The light as a word of `Light`, on ``day``."""
    return case(
        (Standing.in_scope.is_(False), int(Light.NONE)),
        (Standing.red_on <= day, int(Light.RED)),
        (Standing.yellow_on <= day, int(Light.YELLOW)),
        (Standing.grey.is_(True), int(Light.GREY)),
        else_=int(Light.GREEN),
    )


def has_light(light: Light, day: dt.date) -> ColumnElement[bool]:
    """The same as a condition that an index can serve."""
    dark = or_(Standing.red_on.is_(None), Standing.red_on > day)
    plain = and_(dark, or_(Standing.yellow_on.is_(None), Standing.yellow_on > day))
    conditions: dict[Light, Any] = {
        Light.RED: Standing.red_on <= day,
        Light.YELLOW: and_(Standing.yellow_on <= day, dark),
        Light.GREY: and_(plain, Standing.grey.is_(True), Standing.in_scope.is_(True)),
        Light.GREEN: and_(plain, Standing.grey.is_(False), Standing.in_scope.is_(True)),
        Light.NONE: Standing.in_scope.is_(False),
    }
    found: ColumnElement[bool] = conditions[light]
    return found


def numbers(day: dt.date) -> list[Any]:
    """Columns that count standings by light on ``day`` in one pass, for `by_light` to read; the rest is green."""
    warm = or_(Standing.yellow_on <= day, Standing.red_on <= day)
    return [
        func.count().filter(Standing.red_on <= day).label("red"),
        func.count().filter(warm).label("warm"),
        func.count().filter(has_light(Light.GREY, day)).label("grey"),
        func.count().filter(has_light(Light.NONE, day)).label("none"),
        func.count().label("all"),
    ]


def by_light(row: Any) -> dict[str, int]:
    """Numbers by the word of the light, from the columns of `numbers`."""
    return {
        "red": row.red,
        "yellow": row.warm - row.red,
        "green": row.all - row.warm - row.grey - row.none,
        "grey": row.grey,
        "none": row.none,
    }


def unfinished_now(*, by_index: bool = True) -> ColumnElement[bool]:
    """Unfinished projects by their phase. ``by_index=False`` where the first rows in another order are wanted:
    a sum keeps the planner from the index on phase, which would have to be sorted whole."""
    phase = Standing.phase if by_index else Standing.phase + 0
    return phase.in_([int(p) for p in UNFINISHED])


def unfinished_on(day: dt.date, swept: dt.date | None, *, by_index: bool = True) -> ColumnElement[bool]:
    """Projects that were there and not finished on ``day``; from the last sweep on the phase itself tells."""
    if swept is not None and day >= swept:
        return unfinished_now(by_index=by_index)
    # An expression, so that one covering index is read through instead of two searched and joined.
    return and_(there_on(day, swept), func.coalesce(Standing.last_day, literal(LAST, Day())) > day)


def there_on(day: dt.date, swept: dt.date | None) -> ColumnElement[bool]:
    """Projects that were coded by ``day``, or had a case accepted by then."""
    if swept is not None and day >= swept:
        return Standing.phase != NO_PHASE
    return or_(Standing.coded_on <= day, Standing.first_day <= day)


def of_region(region: str | None) -> ColumnElement[bool] | None:
    """Standings of an area code and of all that it contains; None for no condition."""
    return Standing.region.startswith(region, autoescape=True) if region else None
