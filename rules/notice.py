"""A notice (放假通知): the days of rest and of work that one document arranges for a year and a region.

Read from a TOML file of ours, or from the JSON form of the holiday-cn project: one file a notice year, with ``year``,
``papers`` and ``days`` of ``name``, ``date``, ``isOffDay``. That names neither document nor day of publication.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.errors import CalendarError
from rules.tomlread import Table, parsed
from rules.workdays import LAST

FIRST_NOTICE = 2007  # the first year whose State Council notice was checked day by day
KEYS = ("region", "year", "document", "source", "published", "known_from", "rest", "work", "amends", "whole")
_PUBLISHED = re.compile(r"/(\d{4})-(\d{2})/(\d{2})/")  # in the addresses of the State Council's papers


@dataclass(frozen=True)
class Notice:
    """One published arrangement: days of rest and of work for a year and a region.

    ``region`` is the prefix of the area codes it holds for ("" for all of China). A regional notice
    overlays the national one on the days it names. A national one is the whole arrangement of its year, unless it
    ``amends``: then it changes the days it names alone, or with ``whole`` is the whole arrangement of its region and
    year again, and days that it no longer names are as they were before any. ``known_from`` is when we knew it
    (default: the day of publication).
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
    whole: bool = False

    @classmethod
    def read(cls, path: Path) -> Notice:
        """A notice from a TOML file; raises CalendarError naming file, key, value and what is allowed."""
        return cls.of(path.name, _toml(path))

    @classmethod
    def of(cls, name: str, raw: dict[str, Any]) -> Notice:
        """A notice from the keys and values of a file; raises CalendarError as `read` does."""
        table = Table(name, raw, error=CalendarError)
        table.only(*KEYS)
        region, year = table.get("region"), table.get("year")
        if not isinstance(region, str) or (region and not (region.isascii() and region.isdigit())):
            raise table.wrong("region", region, 'the digits of an area code, or "" for all of China')
        if type(year) is not int or not FIRST_NOTICE <= year < LAST.year:
            raise table.wrong("year", year, f"a year from {FIRST_NOTICE} to {LAST.year - 1}")
        rest, work = _days(table, "rest", year), _days(table, "work", year)
        if both := rest & work:
            raise table.wrong("work", min(both).isoformat(), "a day of rest or a day of work, not both")
        published, amends, whole = table.date("published"), table.flag("amends"), table.flag("whole")
        if not dt.date(year - 2, 1, 1) <= published <= dt.date(year, 12, 31):
            allowed = f"a day from {year - 2}-01-01 to {year}-12-31"
            raise table.wrong("published", published.isoformat(), allowed)
        if whole and not amends:
            raise table.wrong("whole", True, "with amends = true alone")
        return cls(
            region=region,
            year=year,
            document=table.text("document"),
            source=table.text("source"),
            published=published,
            rest=rest,
            work=work,
            known_from=table.date("known_from") if "known_from" in table else published,
            amends=amends,
            whole=whole,
        )

    @property
    def replaces(self) -> bool:
        """Whether it takes the place of whatever was arranged before for its region and year."""
        return self.whole or (self.region == "" and not self.amends)

    def belongs(self, day: dt.date) -> bool:
        """Whether a day is one that the notices of this year arrange."""
        return notice_year(day) == self.year


def notice_year(day: dt.date) -> int:
    """The year whose notices arrange a day: from 25 December on the next one's."""
    return day.year + (day > dt.date(day.year, 12, 24))


def from_file(path: Path, known_from: dt.date, given: Mapping[str, Any]) -> Notice:
    """A notice that somebody hands in: TOML, or JSON in the form of holiday-cn; ``given`` goes before the file.

    ``known_from`` is our own day, never the file's. Raises CalendarError naming file, key, value and what is allowed.
    """
    raw = _holiday_cn(path) if _is_json(path) else _toml(path)
    if "known_from" in raw:
        raise CalendarError(path.name, "known_from", str(raw["known_from"]), "nothing: our own clock says it")
    raw |= {key: value for key, value in given.items() if value is not None}
    if _is_json(path) and raw.get("amends"):
        raw["whole"] = True  # that form names every day of a year, never the changed ones alone
    return Notice.of(path.name, raw | {"known_from": known_from})


def imagined(path: Path, today: dt.date, known_until: dt.date) -> Notice:
    """A notice that is only assumed to hold; raises CalendarError as `from_file` does.

    The JSON form names no document: its file is taken for it, published today or at the end of its year, and it takes
    the place of a year that is arranged already, so far as ``known_until`` says.
    """
    if not _is_json(path):
        return from_file(path, today, {})
    told = _holiday_cn(path)["year"]
    year = told if type(told) is int and FIRST_NOTICE <= told < LAST.year else today.year  # `from_file` refuses others
    published = min(max(today, dt.date(year - 2, 1, 1)), dt.date(year, 12, 31))
    amends = True if year <= known_until.year else None
    return from_file(path, max(today, published), {"document": path.name, "published": published, "amends": amends})


def _is_json(path: Path) -> bool:
    return path.suffix.lower() == ".json"


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
    if len(twice := [day for day in days if days.count(day) > 1]):
        raise table.wrong(key, min(twice).isoformat(), "each day once")
    return frozenset(days)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise CalendarError(path.name, "file", error.strerror, "a file that can be read") from error
    except UnicodeDecodeError as error:
        raise CalendarError(path.name, "file", str(error), "a file in UTF-8") from error


def _toml(path: Path) -> dict[str, Any]:
    try:
        return parsed(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise CalendarError(path.name, "file", str(error), "a TOML file in UTF-8") from error


def _holiday_cn(path: Path) -> dict[str, Any]:
    """The keys of a notice from the JSON form: the last paper is the source, its address tells the day where it can."""
    try:
        told = json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise CalendarError(path.name, "file", str(error), "a JSON file in UTF-8") from error
    if not isinstance(told, dict):
        raise CalendarError(path.name, "file", type(told).__name__, "an object with year, papers and days")
    table = Table(path.name, told, error=CalendarError)
    table.only("$schema", "$id", "year", "papers", "days")
    papers = table.texts("papers")
    raw: dict[str, Any] = {"region": "", "year": table.get("year"), "rest": [], "work": []}
    for entry in table.tables("days"):
        entry.only("name", "date", "isOffDay")
        entry.get("isOffDay")
        raw["rest" if entry.flag("isOffDay") else "work"].append(_day(entry))
    if papers:
        raw["source"] = papers[-1]
        if found := _PUBLISHED.search(papers[-1]):
            raw["published"] = dt.date(*map(int, found.groups()))
    return raw


def _day(entry: Table) -> dt.date:
    text = entry.text("date")
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise entry.wrong("date", text, "a date such as 2027-01-01") from None
