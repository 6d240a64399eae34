"""What if: the same log under other numbers, on another calendar, or with promises kept (假设推演).

A scenario alters the rules, the log, or both, and hands them to `rules.assess`; nothing is written anywhere and there
is no other engine. Numbers of a scenario are made up by whoever asks; they carry the flag E and no source of law.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rules import almanac, overlay
from rules.assess import Assessed, reached
from rules.errors import CalendarError, PackError
from rules.log import I8, I32, NO_DAY, Bools, EventLog, Names
from rules.notice import FIRST_NOTICE, Notice, notice_year
from rules.pack import NATURAL, Dated, Number, RulePack
from rules.portfolio import Part, Rules, Traits, parts
from rules.promises import late_cases, promises_kept
from rules.vocabulary import Group, Light, Stage
from rules.workdays import FIRST, LAST

_HERE = "what-if"
MOST_DAYS = 366  # single days of rest or of work in one question
_BETWEEN = re.compile(r"[\s;；,，、]+")


@dataclass(frozen=True)
class Scenario:
    """What is asked. ``yellow``, ``red`` and ``budgets``: days in the unit of the pack (None: as they are); ``pack``
    judges every project, scope or not; ``notices``, by their files, overlay the published ones, and over all of them go
    single days of ``rest`` and ``work``, for all of China; ``promises``: every department keeps its promises, or with
    ``department`` all departments of that name alone."""

    yellow: int | None = None
    red: int | None = None
    budgets: Mapping[Group, int] = field(default_factory=dict)
    pack: RulePack | None = None
    notices: Mapping[Path, Notice] = field(default_factory=dict)
    rest: frozenset[dt.date] = frozenset()
    work: frozenset[dt.date] = frozenset()
    promises: bool = False
    department: str | None = None


def days_told(text: str) -> frozenset[dt.date]:
    """Days as a person writes them: 2026-05-06, several of them, and 2026-05-06..2026-05-08 from one to another.

    Raises ValueError with the part that is none of that; at most `MOST_DAYS` days are taken.
    """
    found: set[dt.date] = set()
    for part in _BETWEEN.split(text.strip()):
        first, _dots, last = part.partition("..")
        try:
            begin, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last or first)
        except ValueError:
            raise ValueError(part) from None
        if not 0 <= (end - begin).days < MOST_DAYS - len(found):
            raise ValueError(part)
        found |= {begin + dt.timedelta(n) for n in range((end - begin).days + 1)}
    return frozenset(found)


def altered_rules(rules: Rules, scenario: Scenario) -> Rules:
    """The rules with the pack and the notices of a scenario; its numbers come in where a pack judges projects.

    Raises PackError for the budget of a group that no pack has, CalendarError for a notice that cannot be laid over
    those that are known.
    """
    forced = scenario.pack or rules.forced
    groups = sorted({g.group.word for p in ([forced] if forced else rules.packs.values()) for g in p.groups})
    for group in scenario.budgets:
        if group.word not in groups:
            raise PackError(_HERE, "budget", group.word, f"one of: {', '.join(groups)}")
    out = replace(rules, forced=forced)
    for path, notice in scenario.notices.items():
        overlay.check(notice, out.base or (), path.name)
        out = out.laid_over([notice])
    return out.laid_over(_arranged(scenario, out.base or ()))


def _arranged(scenario: Scenario, known: Sequence[Notice]) -> list[Notice]:
    """The single days of a scenario as amendments of the years that have them."""
    until = almanac.calendar(notices=known).known_until
    by_year: defaultdict[int, dict[str, set[dt.date]]] = defaultdict(lambda: {"rest": set(), "work": set()})
    for kind, days in (("rest", scenario.rest), ("work", scenario.work - scenario.rest)):
        for day in days:
            if not dt.date(FIRST_NOTICE, 1, 1) <= day <= until:
                allowed = f"a day from {FIRST_NOTICE}-01-01 to {until}, so far as notices arrange the days"
                raise CalendarError(_HERE, kind, day.isoformat(), allowed)
            by_year[notice_year(day)][kind].add(day)
    if both := scenario.rest & scenario.work:
        raise CalendarError(_HERE, "work", min(both).isoformat(), "a day of rest or a day of work, not both")
    found = []
    for year, told in by_year.items():
        rest, work = frozenset(told["rest"]), frozenset(told["work"])
        notice = Notice("", year, _HERE, _HERE, LAST, rest, work, LAST, amends=True)
        overlay.check(notice, known, _HERE)
        found.append(notice)
    return found


def _parts(log: EventLog, traits: Traits, rules: Rules, scenario: Scenario) -> Iterator[Part]:
    for part in parts(log, traits, rules):
        yield replace(part, pack=_numbered(part.pack, scenario))


def _numbered(pack: RulePack, scenario: Scenario) -> RulePack:
    """The pack with the numbers of a scenario in place of its own, whatever the day."""
    groups = tuple(
        replace(g, budget=_number(f"budget {g.group.word}", scenario.budgets[g.group]))
        if g.group in scenario.budgets
        else g
        for g in pack.groups
    )
    yellow = pack.yellow if scenario.yellow is None else _number("yellow", scenario.yellow)
    red = pack.red if scenario.red is None else _number("red", scenario.red)
    if yellow and red:
        for day in (v.since for v in (*yellow.versions, *red.versions)):
            if yellow.on(day).days >= red.on(day).days:
                told = f"yellow {yellow.on(day).days}, red {red.on(day).days}"
                raise PackError(_HERE, pack.id, told, "yellow below red on every day")
    red_by = pack.red_by if scenario.red is None else None  # a number of days takes the place of whatever else reddens
    return replace(pack, yellow=yellow, red=red, red_by=red_by, groups=groups)


def _number(key: str, days: int) -> Dated:
    if days < 1:
        raise PackError(_HERE, key, days, "a number of days from 1 on")
    return Dated((Number(days, FIRST, "E", _HERE),))


@dataclass
class Seen:
    """What is seen of each project of a log: whether it is there by that day, its light, its stage, and its days."""

    present: Bools
    light: I8
    stage: I8  # the current one; PARALLEL where none of the four was reached
    used: I32  # days of the works that it shows, in the unit of its pack
    natural: Bools  # that unit is the natural day
    over: Bools  # [project, Group]: that works is past the group's budget

    @classmethod
    def nothing(cls, projects: int) -> Seen:
        """No project yet."""
        none = np.full(projects, Light.NONE, np.int8)
        over = np.zeros((projects, len(Group)), np.bool_)
        stage = np.full(projects, Stage.PARALLEL, np.int8)
        no = np.zeros(projects, np.bool_)
        return cls(no, none, stage, np.zeros(projects, np.int32), no.copy(), over)

    def part(self, chosen: Bools) -> Seen:
        """Some of the projects."""
        return Seen(*(getattr(self, field.name)[chosen] for field in fields(Seen)))

    def take(self, a: Assessed, rows: npt.NDArray[np.intp]) -> None:
        """Takes in what a chunk of a log means; ``rows`` of this table are the projects of the log."""
        own = rows[a.scene.chunk.first :][: len(a.light)]
        self.present[own], self.light[own], self.stage[own] = a.facts.present, a.light, a.facts.stage
        self.used[own] = a.total.used[a.worst]
        self.natural[own] = a.scene.pack.calendar == NATURAL
        for rule, group in zip(a.scene.pack.groups, a.groups, strict=True):
            over = reached(group.red_on[a.worst], a.scene.as_of)
            self.over[own, rule.group] = over & (a.light != Light.NONE)


@dataclass
class Imagined:
    """A scenario's projects as they stand in it, and how many cases were decided earlier and moved up for it."""

    seen: Seen
    decided: int = 0
    moved: int = 0


def imagine(log: EventLog, traits: Traits, rules: Rules, as_of: dt.date, scenario: Scenario) -> Imagined:
    """How the projects of a log would stand as of a day, under rules as `altered_rules` gives them.

    Raises PackError for a number below 1 and for a yellow that is not below red in a pack that judges projects.
    """
    out = Imagined(Seen.nothing(len(log.projects)))
    for part in _parts(log, traits, rules, scenario):
        if not scenario.promises:
            for a in part.assess(as_of, detail=False):
                out.seen.take(a, part.projects)
            continue
        chosen = None if scenario.department is None else named(part.log.departments, scenario.department)
        for kept in promises_kept(part.log, part.pack, part.calendar, as_of, chosen, detail=False):
            out.seen.take(kept.assessed, part.projects)
            out.decided += int((kept.decided_on != NO_DAY).sum())
            out.moved += int((kept.moved_by > 0).sum())
    return out


def named(departments: Names, name: str) -> Bools:
    """Which departments bear a name: in different regions several may."""
    return np.fromiter((d == name for d in departments), np.bool_, len(departments))


@dataclass
class Saving:
    """What one department's kept promises would change: its late cases, the lights and the days of projects.

    ``days`` are those of all projects together, the scenario's taken from what is, ``natural_days`` those among them
    that are natural days; moving cases up can also part days that had run side by side, so a light may turn for the
    worse.
    """

    cases: int = 0
    red_to_yellow: int = 0
    red_to_green: int = 0
    yellow_to_green: int = 0
    worse: int = 0
    days: int = 0
    natural_days: int = 0

    @property
    def lights(self) -> int:
        """Lights saved."""
        return self.red_to_yellow + self.red_to_green + self.yellow_to_green

    def add(self, before: Seen, after: Seen) -> None:
        """Counts the projects of two tables of the same rows."""
        was, now = before.light[before.present], after.light[before.present]
        self.red_to_yellow += int(((was == Light.RED) & (now == Light.YELLOW)).sum())
        self.red_to_green += int(((was == Light.RED) & (now == Light.GREEN)).sum())
        self.yellow_to_green += int(((was == Light.YELLOW) & (now == Light.GREEN)).sum())
        self.worse += int((now > np.maximum(was, Light.GREEN)).sum())
        fewer = before.used[before.present].astype(np.int64) - after.used[before.present]
        self.days += int(fewer.sum())
        self.natural_days += int(fewer[before.natural[before.present]].sum())


def each_department(
    log: EventLog, traits: Traits, rules: Rules, as_of: dt.date, scenario: Scenario
) -> dict[str, Saving]:
    """What each department's promises alone would save, by name; departments without a late case are left out.

    Both sides are counted under the numbers, pack and notices of the scenario, so that only the promises differ.
    Only the projects in which the department has a late case are counted again: nothing else can change.
    """
    out: dict[str, Saving] = {}
    for part in _parts(log, traits, rules, scenario):
        late = late_cases(part.log, part.pack, part.calendar, as_of)
        before = Seen.nothing(len(part.log.projects))
        for a in part.assess(as_of, detail=False):
            before.take(a, np.arange(len(part.log.projects)))
        for name, chosen in _late_departments(part.log, late):
            mine = late & chosen[part.log.cases.department]
            touched = np.zeros(len(part.log.projects), np.bool_)
            touched[part.log.cases.project[mine]] = True
            own = part.log.part(touched)
            after = Seen.nothing(len(own.projects))
            for kept in promises_kept(own, part.pack, part.calendar, as_of, chosen, detail=False):
                after.take(kept.assessed, np.arange(len(own.projects)))
            saving = out.setdefault(name, Saving())
            saving.cases += int(mine.sum())
            saving.add(before.part(touched), after)
    return out


def _late_departments(log: EventLog, late: Bools) -> Iterator[tuple[str, Bools]]:
    for name in sorted({log.departments[n] for n in np.unique(log.cases.department[late]).tolist()}):
        yield name, named(log.departments, name)
