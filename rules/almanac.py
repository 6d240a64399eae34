"""Notices into calendars: the national arrangement from `holidays`, overlaid by notice files.

`holidays` gives past years as amended and answers beyond the last notice without a word; therefore
each year counts as known only if the library carries its notice or a file here supplies one.
Late-December make-up days belong to the next year's notice, so a year is known until 24 December.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import holidays

from rules.errors import CalendarError
from rules.tomlread import Table
from rules.workdays import LAST, WorkCalendar

_FIRST_NOTICE = 2007  # the first year whose State Council notice was checked day by day
_GUESSED = 4  # years beyond the last notice in which statutory days are guessed
_KEYS = ("region", "year", "document", "source", "published", "known_from", "rest", "work", "amends")


@dataclass(frozen=True)
class Notice:
    """One published arrangement (放假通知): days of rest and of work for a year and a region.

    ``region`` is the prefix of the area codes it holds for ("" for all of China). A regional notice
    overlays the national one on the days it names. ``known_from`` is when we knew it (default: the day
    of publication); `calendar(known_at=…)` leaves out what was not known yet.
    """

    region: str
    year: int
    document: str
    source: str
    published: dt.date
    rest: frozenset[dt.date]
    work: frozenset[dt.date]
    known_from: dt.date
    amends: bool = False

    @classmethod
    def read(cls, path: Path) -> Notice:
        """A notice from a TOML file; raises CalendarError naming file, key, value and what is allowed."""
        try:
            raw: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise CalendarError(path.name, "file", str(error), "a TOML file in UTF-8") from error
        table = Table(path.name, raw, error=CalendarError)
        table.only(*_KEYS)
        region, year = table.get("region"), table.get("year")
        if not isinstance(region, str) or (region and not region.isdigit()):
            raise table.wrong("region", region, 'the digits of an area code, or "" for all of China')
        if type(year) is not int or not _FIRST_NOTICE <= year < LAST.year:
            raise table.wrong("year", year, f"a year from {_FIRST_NOTICE} to {LAST.year - 1}")
        rest, work = _days(table, "rest", year), _days(table, "work", year)
        if both := rest & work:
            raise table.wrong("work", min(both).isoformat(), "a day of rest or a day of work, not both")
        published = table.date("published")
        return cls(
            region=region,
            year=year,
            document=table.text("document"),
            source=table.text("source"),
            published=published,
            rest=rest,
            work=work,
            known_from=table.date("known_from") if "known_from" in table else published,
            amends=table.flag("amends"),
        )


def _days(table: Table, key: str, year: int) -> frozenset[dt.date]:
    """The days of a list; late-December days belong to the notice of the next year."""
    first, last = dt.date(year - 1, 12, 25), dt.date(year, 12, 31)
    days = table.get(key, [])
    if not isinstance(days, list):
        raise table.wrong(key, days, "a list of dates")
    for day in days:
        if type(day) is not dt.date:
            raise table.wrong(key, day, "dates such as 2027-01-01, without quotes")
        if not first <= day <= last:
            raise table.wrong(key, day.isoformat(), f"a day from {first} to {last}")
    return frozenset(days)


@cache
def shipped_notices() -> tuple[Notice, ...]:
    """The notices in rules/notices, in the order of publication."""
    folder = files("rules") / "notices"
    found = [Notice.read(Path(str(f))) for f in folder.iterdir() if f.name.endswith(".toml")]
    return tuple(sorted(found, key=lambda n: (n.published, n.document)))


def area(region: str, notices: Iterable[Notice] | None = None) -> str:
    """The region whose calendar holds for an area code: the narrowest that has a notice of its own, else ""."""
    known = {n.region for n in (shipped_notices() if notices is None else notices)}
    return max((r for r in known if region.startswith(r)), key=len, default="")


@cache
def shipped(region: str) -> WorkCalendar:
    """The calendar of an area code by the shipped notices alone."""
    return calendar(area(region))


def edition(notices: Iterable[Notice]) -> str:
    """Names what calendars are made from: changes with the library's days and with any of these notices."""
    told = (version("holidays"), sorted(f"{n.document} {n.region} {sorted(n.rest)} {sorted(n.work)}" for n in notices))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def calendar(
    region: str = "", *, notices: Iterable[Notice] | None = None, known_at: dt.date | None = None
) -> WorkCalendar:
    """The working calendar of an area code's prefix ("" for the national one).

    National days up to the last year whose notice `holidays` carries, then every notice of this region
    or of one that contains it, in the order of publication, the wider region first. ``known_at`` leaves
    out notices that were not known on that day.
    """
    extra = shipped_notices() if notices is None else tuple(notices)
    fitting = [n for n in extra if region.startswith(n.region) and (known_at is None or n.known_from <= known_at)]
    fitting.sort(key=lambda n: (len(n.region), n.published, n.document))
    free, made_up, last = _national()
    rest, work = set(free), set(made_up)
    told: set[int] = set()
    for notice in fitting:
        if notice.region == "" and notice.year > last and notice.year not in told:
            told.add(notice.year)
            rest = {day for day in rest if day.year != notice.year}  # what was guessed gives way as a whole
        rest = (rest - notice.work) | notice.rest
        work = (work - notice.rest) | notice.work
    while last + 1 in told:  # a year that nobody has told yet ends what is known
        last += 1
    digest = edition(fitting)
    return WorkCalendar.of(
        rest=rest,
        work=work,
        known_until=dt.date(last, 12, 24),
        name=f"CN-{region}" if region else "CN",
        version=digest,
    )


@cache
def _national() -> tuple[frozenset[dt.date], frozenset[dt.date], int]:
    probe = holidays.country_holidays("CN", language="zh_CN")
    last = max(probe.special_public_holidays)  # the last year with an arrangement of its own
    # Beyond the last notice: the statutory days alone (全国年节及纪念日放假办法), a guess that is marked provisional.
    days = holidays.country_holidays("CN", years=range(_FIRST_NOTICE, last + _GUESSED + 1), language="zh_CN")
    rest, work = set(), set()
    day = dt.date(_FIRST_NOTICE, 1, 1)
    while day <= dt.date(last + _GUESSED, 12, 31):
        if days.is_working_day(day) and day.weekday() >= 5:
            work.add(day)
        elif not days.is_working_day(day) and day.weekday() < 5:
            rest.add(day)
        day += dt.timedelta(1)
    return frozenset(rest), frozenset(work), last
