"""RulePack: the rules of one kind of approval. `rules.packfile` reads it from TOML and checks it.

Every number of the law stands in one pack or catalogue file with `since`, `source` and `flag`
(S sourced, T second-hand, E estimate: a setting, not law).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from rules.vocabulary import Applies, ClockStart, Group, Holder, Mark, Pause, Stage, Unit

DEFAULT_PACK = "zhejiang-80"
CLOCKS = ("project_total", "promised", "statutory")
ODDITIES = ("late_entry_days", "bulk_events", "long_pause_days", "together_days")
FLAGS = ("S", "T", "E")
NATURAL = "natural"  # every day counts: natural days, on a calendar that needs no notice
CALENDARS = ("CN", NATURAL)


@dataclass(frozen=True)
class Number:
    """A number of the law: in ``days``, in force from ``since`` on."""

    days: int
    since: dt.date
    flag: str
    source: str


@dataclass(frozen=True)
class Dated:
    """The versions of one number, oldest first; old values stay."""

    versions: tuple[Number, ...]

    def on(self, day: dt.date) -> Number:
        """The version in force on ``day``; the oldest one for any day before it."""
        return next((n for n in reversed(self.versions) if n.since <= day), self.versions[0])


@dataclass(frozen=True)
class Limit(Number):
    """A limit of an item in its ``unit``; ``start`` tells from which event it runs."""

    unit: Unit = Unit.WORKING_DAY
    start: ClockStart = ClockStart.ACCEPTED


@dataclass(frozen=True)
class Limits:
    """The versions of a limit, oldest first, all from the same start; old values stay.

    ``later``: the first one begins after the day from which its file speaks (``scope.coded_from`` of a pack, ``since``
    of a catalogue), so before it there was none. Else the oldest holds for any day before it, as of any number.
    """

    versions: tuple[Limit, ...]
    later: bool = False

    @property
    def start(self) -> ClockStart:
        """From which event the limit runs."""
        return self.versions[0].start

    @property
    def changes(self) -> tuple[dt.date, ...]:
        """The days on which another limit comes into force; empty where one holds for ever."""
        return tuple(limit.since for limit in self.versions[not self.later :])

    def on(self, day: dt.date) -> Limit | None:
        """The version in force on ``day``; None: there is no limit yet."""
        before = None if self.later else self.versions[0]
        return next((limit for limit in reversed(self.versions) if limit.since <= day), before)


@dataclass(frozen=True)
class Item:
    """An entry of the catalogue (事项). ``prerequisites``: of each inner tuple one is enough.

    ``project_kinds``: the kinds of projects (备案, 核准, 审批) that begin with it; empty where it is no beginning.
    """

    code: str
    name: str
    stage: Stage
    lead: str
    kind: str
    prerequisites: tuple[tuple[str, ...], ...] = ()
    parallel: bool = False
    conditional: bool = False
    condition: str = ""
    alternative_to: str = ""
    wraps: tuple[str, ...] = ()
    project_kinds: frozenset[str] = frozenset()
    usual_procedures: str = ""
    statutory: Limits | None = None
    promised: Limits | None = None


@dataclass(frozen=True)
class Catalogue:
    """The items of a pack by code. ``since``: the day from which it speaks."""

    name: str
    version: str
    since: dt.date
    items: dict[str, Item]


@dataclass(frozen=True)
class Clock:
    """A clock (计时口径): whose days count in it, and from which event ``project_total`` runs.

    A case's own two clocks start where its limit says (`Limit.start`).
    """

    counts: frozenset[Holder]
    flag: str
    source: str
    start: ClockStart = ClockStart.ACCEPTED


@dataclass(frozen=True)
class PauseRule:
    """What one kind of pause does: the clocks it stops and whose time it is.

    ``runs_on``: (clock, holder): in that clock the pause does not stop when each start of the kind on
    the day names that holder.
    """

    kind: Pause
    stops: frozenset[str]
    whose: str
    runs_on: tuple[str, Holder] | None
    flag: str
    source: str
    needs_basis: bool = False  # without a legal basis it stops nothing
    ceiling: Limits | None = None  # past which the clocks run again; None: no ceiling
    named: bool = True  # False: the pack says nothing of this kind, so it runs on


@dataclass(frozen=True)
class ExtensionRule:
    """Whether an extension approved before the promise fell due moves the promise too, or the statutory limit alone."""

    promised: bool = False
    flag: str = "E"
    source: str = "not named: the promise stays"


@dataclass(frozen=True)
class MarkRule:
    """What a mark of a project does: items that need no case any more, and promises that it shortens (by item)."""

    mark: Mark
    waives: frozenset[str]
    promised: dict[str, Limits]
    flag: str
    source: str


@dataclass(frozen=True)
class GroupRule:
    """A group of stages with its budget; it ends on the day its milestone item is first approved."""

    group: Group
    stages: frozenset[Stage]
    budget: Dated
    milestone: str


@dataclass(frozen=True)
class Scope:
    """Which projects the pack speaks of. Without kinds (regions) any kind (area code) fits.

    ``source`` and ``flag`` are those of ``coded_from``. ``judges_from``: of a pack that was entered later, the first
    day of coding from which it judges projects that do not name it; those coded before keep the pack they had.
    """

    kinds: frozenset[str]
    regions: tuple[str, ...]
    coded_from: dt.date
    applies: Applies = Applies.FITS
    flag: str = "E"
    source: str = ""
    judges_from: dt.date | None = None

    def holds(self, kind: str, region: str, coded_on: dt.date, *, named: bool = False) -> bool:
        """Whether a project of this kind and area code, coded on that day, is in scope.

        What was not told contradicts nothing, unless it has to be TOLD. ``named``: the pack was chosen by name.
        """
        if self.applies is Applies.NAMED and not named:
            return False
        if self.judges_from and coded_on < self.judges_from and not named:
            return False
        blank = self.applies is not Applies.TOLD
        fits_kind = kind in self.kinds or not self.kinds or (blank and not kind)
        fits_region = not self.regions or region.startswith(self.regions) or (blank and not region)
        return fits_kind and fits_region and coded_on >= self.coded_from


@dataclass(frozen=True)
class RulePack:
    """One pack; ``version`` names its text, ``digest`` the bytes of pack and catalogue.

    ``yellow``, ``red``: thresholds of the project's total, None where the rule has none; ``red_by``: instead of a
    threshold, the word of the group past whose budget a project is red, or `statutory`: red with the first of its
    counted cases that is past its statutory limit.
    """

    id: str
    name: str
    name_en: str
    version: str
    note: str
    note_en: str
    calendar: str
    comparison: str
    scope: Scope
    yellow: Dated | None
    red: Dated | None
    red_by: str | None
    warning_days: Dated
    late_stop_days: Dated
    oddities: dict[str, Dated]  # when a record is odd, by name of ODDITIES
    clocks: dict[str, Clock]
    pauses: dict[Pause, PauseRule]
    deemed_acceptance: Dated | None  # working days without a word after which the receipt counts as acceptance
    commitment_check: Dated | None  # working days within which a commitment is checked (告知承诺)
    extension: ExtensionRule
    marks: dict[Mark, MarkRule]
    groups: tuple[GroupRule, ...]
    leads: dict[Stage, str]
    catalogue: Catalogue
    digest: str

    @property
    def lights(self) -> bool:
        """Whether a project has a light at all under this pack: without any threshold it is NONE."""
        return bool(self.yellow or self.red or self.red_by)

    def numbers(self) -> dict[str, Dated]:
        """Every dated number but the limits of the catalogue, by where it stands in the file."""
        found = {"thresholds.yellow": self.yellow, "thresholds.red": self.red, "warning_days": self.warning_days}
        found |= {"late_stop_days": self.late_stop_days, "deemed_acceptance": self.deemed_acceptance}
        found |= {"commitment_check": self.commitment_check}
        found |= {f"oddities.{name}": number for name, number in self.oddities.items()}
        found |= {f"group {g.group.word}.budget": g.budget for g in self.groups}
        return {key: number for key, number in found.items() if number}

    def waived(self, marks: int) -> frozenset[str]:
        """Codes of the items that the marks of a project (bits of Mark) waive."""
        return frozenset(code for mark, rule in self.marks.items() if mark & marks for code in rule.waives)

    def limits(self) -> dict[str, Limits]:
        """Every dated limit, by where it stands: the ceilings of pauses, the promises of marks, those of the items."""
        found = {f"pause {kind.word}.ceiling": rule.ceiling for kind, rule in self.pauses.items()}
        for mark, does in self.marks.items():
            found |= {f"mark {mark.word}.promised {code}": limits for code, limits in does.promised.items()}
        for code, item in self.catalogue.items.items():
            found |= {f"item {code}.statutory": item.statutory, f"item {code}.promised": item.promised}
        return {key: limits for key, limits in found.items() if limits}

    def promises(self, item: Item, marks: int) -> list[Limits]:
        """What is promised for an item in a project with these marks: by the catalogue, and by each mark."""
        found = [rule.promised.get(item.code) for mark, rule in self.marks.items() if mark & marks]
        return [limits for limits in (item.promised, *found) if limits]

    def promise(self, item: Item, marks: int, day: dt.date) -> Limit | None:
        """The promise in force on a day for an item in a project with these marks: the shortest of its promises."""
        found = [limit for limits in self.promises(item, marks) if (limit := limits.on(day))]
        return min(found, key=lambda limit: limit.days, default=None)

    def judging_from(self, day: dt.date) -> RulePack:
        """This pack, leaving to others the projects coded before a day, unless they name it."""
        return replace(self, scope=replace(self.scope, judges_from=day))

    def group_of(self, stage: Stage) -> GroupRule | None:
        """The group a stage belongs to."""
        return next((g for g in self.groups if stage in g.stages), None)
