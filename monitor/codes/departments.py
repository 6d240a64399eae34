"""Names of departments: how a text that a source gives is found in the register, and which names are like it.

A department is named within a region. A name is looked for in the project's region first, then in those above it: the
county 330381, the city 3303, the province 33, the country.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum

LIKE = 0.6  # from here on a name is offered
OFFERED = 3

Name = tuple[str, str]  # region, name


class Said(IntEnum):
    """What an entry of the register says."""

    REGISTERED = 1
    SAME = 2
    NOT_SAME = 3


class Level(IntEnum):
    """省, 市, 县."""

    PROVINCE = 1
    CITY = 2
    COUNTY = 3


@dataclass(frozen=True)
class Entry:
    """One entry of the register; `monitor.tables.register` says what each field means."""

    id: int
    said: Said
    department: Name
    told: Name | None = None
    code: str = ""
    short: tuple[str, ...] = ()
    level: Level | None = None
    office: str = ""
    predecessor: Name | None = None
    since: dt.date | None = None
    by: str = ""
    known_from: dt.datetime | None = None
    known_to: dt.datetime | None = None
    ended_by: str | None = None

    def names(self) -> Iterator[Name]:
        """The texts that mean its department by this entry, other than its own name."""
        if self.said is Said.REGISTERED:
            for text in (*self.short, self.code):
                if text:
                    yield self.department[0], text
            if self.predecessor:
                yield self.predecessor
        elif self.said is Said.SAME and self.told:
            yield self.told


def place(region: str) -> str:
    """A region without the zeros at its end: 330300 and 3303 are one place, and so are 330381001000 and 330381001."""
    if region.isdigit():
        for length, zeros in ((12, "000"), (9, "000"), (6, "00"), (4, "00")):
            if len(region) == length and region.endswith(zeros):
                region = region.removesuffix(zeros)
    return region


def above(region: str) -> Iterator[str]:
    """The region itself and those above it, the nearest first; the last is the country, without a code."""
    at = place(region)
    yield at
    if at.isdigit():
        for length in (9, 6, 4, 2):
            if length < len(at):
                yield at[:length]
    if at:
        yield ""


class Register:
    """What is known of the names of departments."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self.registered = {(place(e.department[0]), e.department[1]): e for e in self.entries if not e.told}
        self._means: dict[Name, list[Entry]] = {}
        self._denied: set[tuple[Name, Name]] = set()
        for entry in self.entries:
            for region, text in entry.names():
                self._means.setdefault((place(region), text), []).append(entry)
            if entry.said is Said.NOT_SAME and entry.told:
                self._denied.add((entry.told, entry.department))
        # The newest day first, and of one day what was said last.
        for listed in self._means.values():
            listed.sort(key=lambda e: (e.since or dt.date.min, e.id), reverse=True)

    def meant(self, told: Name, coded_on: dt.date) -> Name:
        """The department that a text means in a project coded on a day; itself where nothing is known of it."""
        at, met = told, {told}
        while (found := self._next(at, coded_on)) and found not in met:
            met.add(found)
            at = found
        return at

    def _next(self, at: Name, coded_on: dt.date) -> Name | None:
        region, text = at
        for one in above(region):
            for entry in self._means.get((one, text), ()):
                if (entry.since is None or entry.since <= coded_on) and entry.department != at:
                    return entry.department
            if entry_of := self.registered.get((one, text)):
                return entry_of.department if entry_of.department != at else None
        return None

    def days(self) -> list[dt.date]:
        """Days of coding that differ in what names mean: one before all, and every day from which an entry speaks."""
        return [dt.date.min, *sorted({e.since for e in self.entries if e.since})]

    def meanings(self, told: Name) -> set[Name]:
        """All that a text means, in projects of whatever day."""
        return {self.meant(told, day) for day in self.days()}

    def knows(self, told: Name) -> bool:
        """Whether a text is in the register: as a department, or as another name of one."""
        return any((one, told[1]) in self.registered or (one, told[1]) in self._means for one in above(told[0]))

    def denied(self, told: Name, department: Name) -> bool:
        """Whether somebody said that a text does not mean a department."""
        return (told, department) in self._denied


_PLACE = re.compile(r"^(?:[\u4e00-\u9fff]{2,3}?)?[省市县区]")
_KIND = re.compile(r"(?:委员会|办公室|分局|支队|大队|委|局|厅|办)$")


def _core(name: str) -> str:
    """What a name says beyond place and kind: 发展和改革 of 某某市发展和改革委员会."""
    return _KIND.sub("", _PLACE.sub("", name)) or name


def likeness(one: str, other: str) -> float:
    """How like two names are, 0 to 1. The characters of a short name stand in the long one, in its order."""
    short, long = sorted((_core(one), _core(other)), key=len)
    if short == long:
        return 1.0
    rest = iter(long)
    if len(short) > 1 and all(character in rest for character in short):
        return LIKE + (1 - LIKE) * len(short) / len(long)
    return SequenceMatcher(None, short, long, autojunk=False).ratio()


def nearest(told: Name, known: Iterable[Name], register: Register) -> list[Name]:
    """Departments of the region of a text and of those above it whose names are like it, the likest first; none that
    somebody has denied."""
    places = list(above(told[0]))
    found = [
        (likeness(told[1], one[1]), -places.index(place(one[0])), one)
        for one in known
        if one != told and place(one[0]) in places and not register.denied(told, one)
    ]
    best = sorted((one for one in found if one[0] >= LIKE), key=lambda one: (-one[0], -one[1], one[2]))
    return [one for _likeness, _distance, one in best[:OFFERED]]
