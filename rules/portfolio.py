"""Which pack and which calendar judge which project: a log of many projects, each by its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt

from rules import almanac
from rules.assess import Assessed, assess
from rules.log import EventLog
from rules.notice import Notice
from rules.pack import DEFAULT_PACK, NATURAL, RulePack
from rules.packfile import shipped
from rules.workdays import WorkCalendar, day_of, natural_days


@dataclass
class Traits:
    """What a scope reads of each project: kind, area code, and the pack given by name ("" where blank)."""

    kind: Sequence[str]
    region: Sequence[str]
    pack: Sequence[str]


@dataclass
class Rules:
    """The packs by id and the calendar of an area code.

    ``forced`` judges every project, scope or not; ``offered`` those of its scope that name no pack, and no other does.
    """

    packs: Mapping[str, RulePack]
    calendar: Callable[[str], WorkCalendar]
    area: Callable[[str], str]
    forced: RulePack | None = None
    notices: str = ""  # names the shipped notices from which the calendars are made
    base: tuple[Notice, ...] | None = None  # all notices in force; None: calendars that no notice is laid over
    offered: RulePack | None = None
    ships: Mapping[str, RulePack] | None = None  # the packs that `version` names, where others were entered beside them
    known: dt.date | None = None  # the day on which what ships was known; None: all of it is

    @classmethod
    def shipped(cls, forced: RulePack | None = None) -> Rules:
        """What comes with the product."""
        notices = almanac.shipped_notices()
        return cls(shipped(), almanac.shipped, almanac.area, forced, almanac.edition(notices), notices)

    def known_on(self, day: dt.date) -> Rules:
        """These rules with so much of what ships as was known on a day, whatever is laid over them."""
        return replace(self.laid_over((), day), known=day)

    def laid_over(self, entered: Sequence[Notice], known_on: dt.date | None = None) -> Rules:
        """These rules with notices that an administrator entered laid over the shipped ones.

        ``known_on`` leaves out the shipped notices that were not known on that day, and what the library of holidays
        carries of years that were not arranged yet. `version` stays: it names what
        comes with the product, and what an entered notice touches is assessed again when it lands.
        """
        if self.base is None:
            return self
        known_on = known_on or self.known
        base = tuple(n for n in self.base if known_on is None or n.known_from <= known_on)
        last = almanac.last_year(known_on)
        if not entered and base == self.base and last == almanac.carried():
            return self
        notices = (*base, *entered)
        made = almanac.almanac(notices, last)
        return replace(self, calendar=made.calendar, area=made.area, base=notices)

    def with_packs(self, entered: Iterable[RulePack]) -> Rules:
        """These rules with packs that an administrator entered: a new id beside the others, a version of one that is
        there in its place. `version` stays, as with notices."""
        more = {pack.id: pack for pack in entered}
        return replace(self, packs={**self.packs, **more}, ships=self.ships or self.packs) if more else self

    def pack_of(self, given: str, kind: str, region: str, coded_on: dt.date) -> RulePack | None:
        """The pack given, else the newest whose scope fits on the day of coding; None: outside of every scope.

        Of two that begin on one day the one that was entered, and of those the one that was entered later.
        Raises KeyError for a given pack that is not there.
        """
        if self.forced:
            return self.forced
        if given:
            return self.packs[given]
        if self.offered:
            return self.offered if self.offered.scope.holds(kind, region, coded_on, named=True) else None
        fitting = [p for p in self.packs.values() if p.scope.holds(kind, region, coded_on)]
        return max(fitting, key=self._newness, default=None)

    def _newness(self, pack: RulePack) -> tuple[dt.date, dt.date, str]:
        """A version of a shipped pack stands where that one stood, or it would take projects from its neighbours."""
        entered = None if pack.id in (self.ships or self.packs) else pack.scope.judges_from
        return pack.scope.coded_from, entered or dt.date.min, pack.id

    def outside(self) -> RulePack:
        """The pack that counts the days of projects outside of every scope; it lights none of them."""
        known = self.packs.get(DEFAULT_PACK) or next(iter(self.packs.values()))
        return self.forced or self.offered or known

    def calendar_of(self, pack: RulePack, area: str) -> WorkCalendar:
        """The calendar on which a pack counts the days of an area."""
        return _every_day() if pack.calendar == NATURAL else self.calendar(area)

    def version(self) -> str:
        """Names the rules as a whole: changes when any shipped pack, catalogue or notice does."""
        packs = sorted((self.ships or self.packs).values(), key=lambda p: p.id)
        return " ".join([*(f"{p.id}:{p.digest}" for p in packs), f"notices:{self.notices}"])


@dataclass
class Part:
    """The projects of one pack and one calendar; ``projects`` and ``cases`` are their rows in the whole log."""

    log: EventLog
    pack: RulePack
    calendar: WorkCalendar
    projects: npt.NDArray[np.intp]
    cases: npt.NDArray[np.intp]

    def assess(self, as_of: dt.date, *, detail: bool = True) -> Iterator[Assessed]:
        """What they mean as of a day."""
        return assess(self.log, self.pack, self.calendar, as_of, detail=detail)


def parts(log: EventLog, traits: Traits, rules: Rules) -> Iterator[Part]:
    """The log cut by pack and calendar. A project outside of every scope is counted, but never lit."""
    default = rules.outside()
    chosen: dict[tuple[str, str, str, int], tuple[RulePack | None, str]] = {}
    keys = []
    for kind, region, given, coded in zip(
        traits.kind, traits.region, traits.pack, log.projects.coded_on.tolist(), strict=True
    ):
        key = (given, kind, region, coded)
        if key not in chosen:
            pack = rules.pack_of(given, kind, region, day_of(coded))
            natural = (pack or default).calendar == NATURAL
            chosen[key] = (pack, "" if natural else rules.area(region))
        keys.append(chosen[key])
    log.projects.in_scope = np.array([pack is not None for pack, _ in keys], np.bool_)
    groups: dict[tuple[str, str], int] = {}
    of = np.array([groups.setdefault(((pack or default).id, area), len(groups)) for pack, area in keys], np.int32)
    for (pack_id, area), n in groups.items():
        pack = default if pack_id == default.id else rules.packs[pack_id]
        mine = of == n
        rows, cases = np.flatnonzero(mine), np.flatnonzero(mine[log.cases.project])
        yield Part(log.part(mine), pack, rules.calendar_of(pack, area), rows, cases)


@cache
def _every_day() -> WorkCalendar:
    return natural_days()
