"""Notices of holidays: those that come with the product, and those that were entered, revised or taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import select

from monitor.reading.causes.cause import Asked, Cause, Finder, Found
from monitor.tables import Notice, ProjectFact
from rules import almanac
from rules.portfolio import Rules


def _under_a_notice(asked: Asked) -> set[int]:
    found: set[int] = set()
    for region in {one.region for one in _notices(asked, ())}:
        rows = select(ProjectFact.project_id).where(ProjectFact.region.startswith(region, autoescape=True)).distinct()
        found |= set(asked.connection.execute(rows).scalars())
    return found


def _notices(asked: Asked, ids: Sequence[int]) -> Iterator[Found]:
    """Shipped notices, the years that the library of holidays carries, and what was entered; a version that follows
    another one of its document revises it."""
    for day, region, document, source in _shipped(asked.rules):
        at = dt.datetime.combine(day, dt.time(), asked.zone)
        if asked.holds(at):
            yield Found(at, None, Cause("notice", document=document, source=source), region)
    columns = (Notice.known_from, Notice.known_to, Notice.region, Notice.year, Notice.document, Notice.source)
    rows = asked.connection.execute(select(*columns).order_by(Notice.id)).all()
    follows = {(row.known_from, row.region, row.year, row.document) for row in rows}
    replaced = {(row.known_to, row.region, row.year, row.document) for row in rows}
    for row in rows:
        same = row.region, row.year, row.document
        told = {"document": row.document, "source": row.source}
        if asked.holds(row.known_from):
            word = "notice_revised" if (row.known_from, *same) in replaced else "notice"
            yield Found(row.known_from, None, Cause(word, **told), row.region)
        if asked.holds(row.known_to) and (row.known_to, *same) not in follows:
            yield Found(row.known_to, None, Cause("notice_withdrawn", **told), row.region)


def _shipped(rules: Rules) -> Iterator[tuple[dt.date, str, str, str | None]]:
    """Day, region, document and source of what comes with the product; of a year that the library carries, itself."""
    if rules.base is None:
        return
    for one in rules.base:
        yield one.known_from, one.region, one.document, one.source
    told = {one.year for one in rules.base if not one.region}
    for year, day in almanac.PUBLISHED.items():
        if year not in told:
            yield day, "", str(year), None


NOTICES = Finder(_under_a_notice, _notices)
