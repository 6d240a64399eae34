"""Notices that an administrator enters: a version is closed, never overwritten; what it touches becomes due."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

from sqlalchemy import Connection, func, insert, select, update

from monitor.store.standings import calendar_key
from monitor.tables import Calendar, Notice, Standing
from monitor.tables.among import among
from rules import notice as law
from rules.pack import NATURAL
from rules.portfolio import Rules


def land(connection: Connection, notice: law.Notice, now: dt.datetime) -> None:
    """Writes a notice, known from ``now``; a version of the same document that is known ends then."""
    same = (Notice.region == notice.region) & (Notice.year == notice.year) & (Notice.document == notice.document)
    connection.execute(update(Notice).where(same, Notice.known_to.is_(None)).values(known_to=now))
    connection.execute(
        insert(Notice).values(
            region=notice.region,
            year=notice.year,
            document=notice.document,
            source=notice.source,
            published=notice.published,
            rest=_written(notice.rest),
            work=_written(notice.work),
            amends=notice.amends,
            whole=notice.whole,
            known_from=now,
        )
    )


def take_back(connection: Connection, key: int, now: dt.datetime) -> None:
    """Ends what is known of a notice."""
    connection.execute(update(Notice).where(Notice.id == key, Notice.known_to.is_(None)).values(known_to=now))


def settle_calendars(connection: Connection, regions: Iterable[str], rules: Rules) -> None:
    """Brings the stored days of the calendars of these area codes up to ``rules``, and each standing to its own.

    The second part writes only where a region has got, or has lost, a calendar of its own. Standings in natural days
    know no notice and stay.
    """
    natural = select(Calendar.id).where(Calendar.name == NATURAL).scalar_subquery()
    by_area: dict[str, list[str]] = {}
    for region in regions:
        by_area.setdefault(rules.area(region), []).append(region)
    for area, codes in by_area.items():
        key = calendar_key(connection, rules.calendar(area))
        other = among(connection, Standing.region, codes) & (Standing.calendar_id != key)
        other &= Standing.calendar_id != func.coalesce(natural, -1)
        if connection.execute(select(func.count()).select_from(Standing).where(other)).scalar():
            connection.execute(update(Standing).where(other).values(calendar_id=key))


def _written(days: Iterable[dt.date]) -> str:
    return json.dumps([day.isoformat() for day in sorted(days)])
