"""Notices into calendars: the national arrangement from `holidays`, overlaid by notice files.

`holidays` gives past years as amended and answers beyond the last notice without a word; therefore
each year counts as known only if the library carries its notice or a file here supplies one.
Late-December make-up days belong to the next year's notice, so a year is known until 24 December.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import holidays
import numpy as np

from rules.notice import FIRST_NOTICE, Notice
from rules.workdays import FIRST, WorkCalendar, day_number, day_of

_GUESSED = 4  # years beyond the last notice in which statutory days are guessed
# Days on which the arrangements that `holidays` carries were published: the State Council's papers, as holiday-cn
# cites them (2019 and 2020 in their original form). Earlier years count as known always.
PUBLISHED = {
    year: dt.date.fromisoformat(day)
    for year, day in {
        2018: "2017-11-30",
        2019: "2018-12-06",
        2020: "2019-11-21",
        2021: "2020-11-25",
        2022: "2021-10-25",
        2023: "2022-12-08",
        2024: "2023-10-25",
        2025: "2024-11-12",
        2026: "2025-11-04",
    }.items()
}


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


def last_year(known_at: dt.date | None = None) -> int:
    """The last year whose arrangement `holidays` carries, or the last of them that was published by a day."""
    last = carried()
    while known_at is not None and last in PUBLISHED and PUBLISHED[last] > known_at:
        last -= 1
    return last


def edition(notices: Iterable[Notice], last: int | None = None) -> str:
    """Names what calendars are made from: changes with the library's days, with the ``last`` of its years that is
    taken as told where that is not all of them, and with any of these notices."""
    told: tuple[object, ...] = (
        version("holidays"),
        sorted(f"{n.document} {n.region} {sorted(n.rest)} {sorted(n.work)}{' whole' * n.whole}" for n in notices),
    )
    if last is not None and last < carried():
        told = (*told, last)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def calendar(
    region: str = "",
    *,
    notices: Iterable[Notice] | None = None,
    known_at: dt.date | None = None,
    last: int | None = None,
) -> WorkCalendar:
    """The working calendar of an area code's prefix ("" for the national one).

    National days up to the last year whose notice `holidays` carries, then every notice of this region
    or of one that contains it, in the order of publication, the wider region first. One that is the whole arrangement
    of its year takes the place of whatever was known or guessed of it in its region. ``known_at`` leaves out what was
    not known on that day, ``last`` the arrangements of the library after that year alone.
    """
    extra = shipped_notices() if notices is None else tuple(notices)
    fitting = [n for n in extra if region.startswith(n.region) and (known_at is None or n.known_from <= known_at)]
    fitting.sort(key=lambda n: (len(n.region), n.published, n.amends, n.document))
    last = last_year(known_at) if last is None else last
    free, made_up = _national(last)
    rest, work = set(free), set(made_up)
    digest = edition(fitting, last)
    told: set[int] = set()
    place, wider = "", (frozenset[dt.date](), frozenset[dt.date]())  # under the nation's notices lies the plain week
    for notice in fitting:
        if notice.region != place:
            place, wider = notice.region, (frozenset(rest), frozenset(work))
        if notice.replaces:
            guessed = notice.region == "" and notice.year > last and notice.year not in told
            # What was guessed gives way up to New Year's Eve, which the notice after the next arranges.
            rest = {day for day in rest if not (notice.belongs(day) or (guessed and day.year == notice.year))}
            work = {day for day in work if not notice.belongs(day)}
            rest |= {day for day in wider[0] if notice.belongs(day)}
            work |= {day for day in wider[1] if notice.belongs(day)}
        if notice.region == "" and not notice.amends:
            told.add(notice.year)
        rest = (rest - notice.work) | notice.rest
        work = (work - notice.rest) | notice.work
    while last + 1 in told:  # a year that nobody has told yet ends what is known
        last += 1
    return WorkCalendar.of(
        rest=rest,
        work=work,
        known_until=dt.date(last, 12, 24),
        name=f"CN-{region}" if region else "CN",
        version=digest,
    )


class Almanac:
    """The calendars that some notices make, each made once; ``last`` as `calendar` has it."""

    def __init__(self, notices: Sequence[Notice], last: int | None = None) -> None:
        self.notices, self.last = tuple(notices), last
        self._made: dict[str, WorkCalendar] = {}

    def area(self, region: str) -> str:
        """As `area`, by these notices."""
        return area(region, self.notices)

    def calendar(self, of: str) -> WorkCalendar:
        """The calendar of an area that `area` gave."""
        if of not in self._made:
            self._made[of] = calendar(of, notices=self.notices, last=self.last)
        return self._made[of]


@lru_cache(maxsize=16)
def almanac(notices: tuple[Notice, ...], last: int | None = None) -> Almanac:
    """The almanac of these notices; the same object for the same notices, so that no calendar is made twice."""
    return Almanac(notices, last)


def changed_days(before: WorkCalendar, after: WorkCalendar) -> list[dt.date]:
    """The days that work on one of two calendars alone, ascending."""
    first = day_number(FIRST)
    return [day_of(first + n) for n in np.flatnonzero(before.works != after.works).tolist()]


@cache
def carried() -> int:
    """The last year of which `holidays` carries the arrangement, and not the statutory days alone."""
    years: dict[int, object] = holidays.country_holidays("CN", language="zh_CN").special_public_holidays
    return max(years)


@cache
def statutory(year: int) -> dict[dt.date, str]:
    """The holidays of all citizens in a year and their names (全国年节及纪念日放假办法 2, as in force then), by day."""
    found = holidays.country_holidays("CN", language="zh_CN", observed=False)  # no day in place of a weekend's
    found.special_public_holidays = {}
    found.get(dt.date(year, 1, 1))  # the library fills a year when one of its days is asked for
    return dict(sorted(found.items()))


@cache
def _national(last: int) -> tuple[frozenset[dt.date], frozenset[dt.date]]:
    """Weekdays of rest and weekends of work, as arranged up to 24 December of a year.

    From then on the statutory days alone (全国年节及纪念日放假办法), a guess that is marked provisional.
    """
    days, plain = (holidays.country_holidays("CN", language="zh_CN") for _ in range(2))
    plain.special_public_holidays = {}
    rest, work = set(), set()
    day, known_until = dt.date(FIRST_NOTICE, 1, 1), dt.date(last, 12, 24)
    while day <= dt.date(last + _GUESSED, 12, 31):
        works = (days if day <= known_until else plain).is_working_day(day)
        if works and day.weekday() >= 5:
            work.add(day)
        elif not works and day.weekday() < 5:
            rest.add(day)
        day += dt.timedelta(1)
    return frozenset(rest), frozenset(work)
