"""Notices: what a file would change, before anything does; landing it; taking one back.

A notice lands in one transaction with the stored days of the calendars, and with the mark on every standing that rests
on a day which changes. Then a sweep as of the last one's day assesses those standings, and no other: a later day is
left to the next `tick`. Should it be cut short, the marks stay, and the next sweep goes on with the same reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.database import Database
from monitor.deeds import Deed, Told, Verb
from monitor.progress import Advance, unheard
from monitor.reading.lawbook import known_rules
from monitor.reading.notices import Entered, Touched, entered, touched
from monitor.reading.sweeps import last_sweep
from monitor.store import notices as store
from monitor.store import standings
from monitor.store.due import make_due
from monitor.store.trail import record
from monitor.verbs.effect import Effect, effect
from monitor.verbs.tick import Swept, assess_again
from rules.almanac import changed_days
from rules.notice import Notice
from rules.overlay import check, leaning
from rules.portfolio import Rules


class NoSuchNotice(Exception):
    """No notice that was entered, and is known now, has this number."""


class StillNeeded(Exception):
    """A notice that others rest on: they are to be taken back first."""

    def __init__(self, notice: Notice, by: list[Entered]) -> None:
        self.notice, self.by = notice, by
        super().__init__(notice.document)


@dataclass(frozen=True)
class Listed:
    """A notice of the list. ``id`` and ``known_from`` None: it comes with the product. ``amends``: the documents."""

    id: int | None
    notice: Notice
    known_from: dt.datetime | None
    known_to: dt.datetime | None
    amends: list[str]


@dataclass
class Preview:
    """What a notice would do. ``known``: it is known already; ``days``: each day that changes, and whether it works
    then; ``effect`` None: nothing was ever assessed."""

    notice: Notice
    known: bool = False
    days: dict[dt.date, bool] = field(default_factory=dict)
    effect: Effect | None = None


@dataclass
class Landed:
    """What a notice did. ``known``: it was known already, and nothing changed; ``swept`` None: it touched nothing."""

    notice: Notice
    known: bool = False
    days: dict[dt.date, bool] = field(default_factory=dict)
    touched: int = 0
    swept: Swept | None = None


def listed(
    database: Database, rules: Rules, *, past: bool = False, known_at: dt.datetime | None = None
) -> list[Listed]:
    """The shipped notices and those that were entered, as known now or at a moment, in order; ``past``: also what is
    known no more."""
    with database.reading() as connection:
        rows = entered(connection, known_at, past=past)
    shipped = [one for one in rules.base or () if known_at is None or one.known_from <= known_at.date()]
    found = [(None, notice, None, None) for notice in shipped]
    every: list[Any] = [*found, *((one.id, one.notice, one.known_from, one.known_to) for one in rows)]
    every.sort(key=lambda row: (row[1].year, row[1].region, row[1].published, row[1].document, row[0] or 0))
    known = [notice for _, notice, _, known_to in every if known_at or known_to is None]
    return [Listed(key, one, since, until, _amended(one, known)) for key, one, since, until in every]


def _amended(notice: Notice, known: list[Notice]) -> list[str]:
    if not notice.amends:
        return []
    place, since = (notice.region, notice.year), (notice.published, notice.document)
    return [n.document for n in known if (n.region, n.year) == place and (n.published, n.document) < since]


@dataclass
class _Revision:
    """What stands before a notice is landed or taken back, and what would stand after."""

    before: Rules
    after: Rules
    touched: Touched
    swept: dt.date | None

    def days(self, notice: Notice) -> dict[dt.date, bool]:
        """The days that change in the calendar of the notice's region, and whether they work then."""
        calendars = [rules.calendar(rules.area(notice.region)) for rules in (self.before, self.after)]
        return {day: calendars[1].is_working_day(day) for day in changed_days(*calendars)}


def _revision(connection: Any, rules: Rules, now_known: list[Notice]) -> _Revision:
    before, after = known_rules(connection, rules), known_rules(connection, rules, notices=now_known)
    swept = last_sweep(connection)
    return _Revision(before, after, touched(connection, before, after, swept), swept)


def _beside(notice: Notice, rows: list[Entered]) -> list[Notice]:
    """What is known but for an earlier version of the same document."""
    same = (notice.region, notice.year, notice.document)
    return [one.notice for one in rows if (one.notice.region, one.notice.year, one.notice.document) != same]


def _version(notice: Notice, rows: list[Entered]) -> Notice | None:
    """The version of the same document that is known."""
    others = _beside(notice, rows)
    return next((one.notice for one in rows if one.notice not in others), None)


def _in_short(notice: Notice) -> Told:
    """What the trail keeps of a notice."""
    days = {name: [day.isoformat() for day in sorted(getattr(notice, name))] for name in ("rest", "work")}
    plain = {name: getattr(notice, name) for name in ("region", "year", "source", "amends", "whole")}
    return {**plain, "published": notice.published.isoformat(), **days}


def _plan(connection: Any, rules: Rules, notice: Notice, where: str) -> _Revision | None:
    """What landing a notice would do; None where it is known word for word. Raises CalendarError as `check` does."""
    rows = entered(connection)
    if any(_told(one.notice) == _told(notice) for one in rows):
        return None
    others = _beside(notice, rows)
    check(notice, [*(rules.base or ()), *others], where)
    return _revision(connection, rules, [*others, notice])


def _told(notice: Notice) -> tuple[Any, ...]:
    return tuple(value for key, value in vars(notice).items() if key != "known_from")


def preview(database: Database, rules: Rules, notice: Notice, file: Path, advance: Advance = unheard) -> Preview:
    """What landing a notice would change, as of the day of the last sweep; nothing is written.

    Raises CalendarError for a notice that cannot be laid over what is known.
    """
    with database.reading() as connection:
        plan = _plan(connection, rules, notice, file.name)
    if plan is None:
        return Preview(notice, known=True)
    found = None
    if plan.swept is not None:
        found = effect(database, plan.touched.projects, plan.before, plan.after, plan.swept, advance)
    return Preview(notice, days=plan.days(notice), effect=found)


def land(
    database: Database,
    rules: Rules,
    notice: Notice,
    file: Path,
    now: Callable[[], dt.datetime],
    advance: Advance = unheard,
) -> Landed:
    """Lands a notice, or a new version of its document, and assesses what it touches.

    Raises CalendarError for a notice that cannot be laid over what is known; then nothing is changed.
    """
    done = Landed(notice, known=True)
    with database.writing(bulk=True) as connection:
        standings.alone(connection)
        plan = _plan(connection, rules, notice, file.name)
        if plan is not None:
            moment, was = now(), _version(notice, entered(connection))
            store.land(connection, notice, moment)
            _mark(connection, plan, notice)
            done = Landed(notice, days=plan.days(notice), touched=len(plan.touched.projects))
            after = {**_in_short(notice), "file": file.name, "touched": done.touched}
            before = _in_short(was) if was else {}
            record(connection, moment, Deed(Verb.NOTICES_IMPORT, "notice", notice.document, before=before, after=after))
    if plan is not None:
        done.swept = assess_again(database, rules, plan.touched.projects, plan.swept, now, advance)
    return done


def take_back(
    database: Database,
    rules: Rules,
    key: int,
    now: Callable[[], dt.datetime],
    advance: Advance = unheard,
) -> Landed:
    """Takes back a notice that was entered: it is known no more, and what it touched is assessed again.

    Raises NoSuchNotice; StillNeeded where another notice amends it or follows it, and could not stand without it; then
    nothing is changed.
    """
    with database.writing(bulk=True) as connection:
        standings.alone(connection)
        rows = entered(connection)
        gone = next((one.notice for one in rows if one.id == key), None)
        if gone is None:
            raise NoSuchNotice(key)
        left = [one.notice for one in rows if one.id != key]
        if stays := leaning(gone, left, rules.base or ()):
            raise StillNeeded(gone, [one for one in rows if one.notice in stays])
        plan = _revision(connection, rules, left)
        moment = now()
        store.take_back(connection, key, moment)
        _mark(connection, plan, gone)
        done = Landed(gone, days=plan.days(gone), touched=len(plan.touched.projects))
        told, after = {"number": key, **_in_short(gone)}, {"touched": done.touched}
        record(connection, moment, Deed(Verb.NOTICES_WITHDRAW, "notice", gone.document, before=told, after=after))
    done.swept = assess_again(database, rules, plan.touched.projects, plan.swept, now, advance)
    return done


def _mark(connection: Any, plan: _Revision, notice: Notice) -> None:
    store.settle_calendars(connection, plan.touched.regions, plan.after)
    make_due(connection, plan.touched.projects, notice.document)
