"""`whatif`: how projects would stand under other numbers or days off, or with promises kept; writes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from monitor.intake import SecretList, read_canonical
from monitor.intake.refusals import Refusal
from monitor.looks import group_word
from monitor.text import _
from monitor.verbs.logbook import logbook
from monitor.words import in_unit
from rules.log import EventLog
from rules.portfolio import Rules, Traits
from rules.vocabulary import Group, Light, Stage, Unit
from rules.whatif import Imagined, Saving, Scenario, Seen, altered_rules, each_department, imagine

Logs = Iterable[tuple[EventLog, Traits]]
Json = dict[str, Any]


def file_logs(
    paths: list[Path], zone: ZoneInfo, secret: SecretList
) -> tuple[list[tuple[EventLog, Traits]], list[Refusal]]:
    """The log of canonical files, or what was refused (then no log)."""
    read = read_canonical(paths, zone, secret)
    return ([], read.refusals) if read.refusals else ([logbook(read.projects, read.cases, read.events)], [])


def what_if(logs: Logs, rules: Rules, as_of: dt.date, scenario: Scenario) -> Json:
    """The document `whatif` of docs/json.md: the lights as they are, those of the scenario, and who changes."""
    altered = altered_rules(rules, scenario)
    before, after = _Counts(), _Counts()
    changed: list[Json] = []
    decided = moved = 0
    for log, traits in logs:
        now = imagine(log, traits, rules, as_of, Scenario()).seen
        then: Imagined = imagine(log, traits, altered, as_of, scenario)
        before.add(now)
        after.add(then.seen)
        decided, moved = decided + then.decided, moved + then.moved
        changed += _changed(log, now, then.seen)
    return {
        "as_of": as_of.isoformat(),
        "assumed": assumed(scenario),
        "assumptions": assumptions(scenario, after.units()),
        "before": before.told(),
        "after": after.told(),
        "decided_earlier": decided,
        "moved_up": moved,
        "changed": sorted(changed, key=lambda c: (-Light[c["before"].upper()], -c["used_before"], c["project_code"])),
    }


def what_if_each(logs: Logs, rules: Rules, as_of: dt.date, scenario: Scenario) -> Json:
    """The document `whatif --each-department` of docs/json.md: what each department's promises alone would save."""
    altered = altered_rules(rules, scenario)
    before, savings = _Counts(), dict[str, Saving]()
    for log, traits in logs:
        before.add(imagine(log, traits, altered, as_of, scenario).seen)
        for name, saving in each_department(log, traits, altered, as_of, scenario).items():
            sum_ = savings.setdefault(name, Saving())
            for field in fields(Saving):
                setattr(sum_, field.name, getattr(sum_, field.name) + getattr(saving, field.name))
    ranked = sorted(savings.items(), key=lambda s: (-s[1].lights, -s[1].days, s[0]))
    return {
        "as_of": as_of.isoformat(),
        "assumed": assumed(scenario),
        "assumptions": assumptions(scenario, before.units(), each=True),
        "before": before.told(),
        "departments": [{"department": name, "lights": s.lights, **vars(s)} for name, s in ranked],
    }


class _Counts:
    """Projects by light, and their days together."""

    def __init__(self) -> None:
        self.projects, self.over = np.zeros(len(Light), np.int64), np.zeros(len(Group), np.int64)
        self.days: dict[str, int] = {}

    def add(self, seen: Seen) -> None:
        self.projects += np.bincount(seen.light[seen.present], minlength=len(Light))
        self.over += seen.over[seen.present].sum(axis=0)
        for unit, natural in ((Unit.WORKING_DAY, False), (Unit.NATURAL_DAY, True)):
            mine = seen.present & (seen.natural == natural)
            if mine.any():
                self.days[unit.word] = self.days.get(unit.word, 0) + int(seen.used[mine].sum())

    def units(self) -> set[str]:
        """The units in which these projects count their days."""
        return set(self.days)

    def told(self) -> Json:
        return {light.word: int(self.projects[light]) for light in reversed(Light)} | {
            "projects": int(self.projects.sum()),
            "days": sum(self.days.values()),
            "days_by_unit": dict(sorted(self.days.items())),
            "over_budget": {group.word: int(self.over[group]) for group in Group},
        }


def _changed(log: EventLog, now: Seen, then: Seen) -> list[Json]:
    rows = np.flatnonzero((now.present | then.present) & (now.light != then.light))
    return [
        {
            "project_code": log.projects.code[n],
            "stage": Stage(now.stage[n]).word if now.stage[n] else None,
            "before": Light(now.light[n]).word,
            "after": Light(then.light[n]).word,
            "used_before": int(now.used[n]),
            "used_after": int(then.used[n]),
            "unit_before": _unit(now, n),
            "unit_after": _unit(then, n),
        }
        for n in rows.tolist()
    ]


def _unit(seen: Seen, n: int) -> str:
    return (Unit.NATURAL_DAY if seen.natural[n] else Unit.WORKING_DAY).word


def assumed(scenario: Scenario) -> Json:
    """What was asked, for a program."""
    return {
        "yellow": scenario.yellow,
        "red": scenario.red,
        "budgets": {group.word: days for group, days in scenario.budgets.items()},
        "pack": scenario.pack.id if scenario.pack else None,
        "notices": [notice.document for notice in scenario.notices.values()],
        "rest": sorted(day.isoformat() for day in scenario.rest),
        "work": sorted(day.isoformat() for day in scenario.work),
        "promises": scenario.promises,
        "department": scenario.department,
    }


def assumptions(scenario: Scenario, units: Collection[str] = (), *, each: bool = False) -> list[str]:
    """What was assumed, for a person, a sentence each; ``units``: those in which the projects count their days."""
    out = [_("This is a calculation under assumptions, not how projects stand; nothing was changed.")]
    if scenario.pack:
        out.append(_("Every project is judged by the pack {name}, in its scope or not.").format(name=scenario.pack.id))
    if scenario.yellow is not None:
        out.append(_("A project turns yellow past {days}.").format(days=_so_many(scenario.yellow, units)))
    if scenario.red is not None:
        out.append(_("A project turns red past {days}.").format(days=_so_many(scenario.red, units)))
    for group, days in scenario.budgets.items():
        out.append(_("Budget of {group}: {days}.").format(group=group_word(group), days=_so_many(days, units)))
    for notice in scenario.notices.values():
        out.append(_("The notice {document} holds as well.").format(document=notice.document))
    for told, arranged in (
        (_("Days of rest as well: {days}."), scenario.rest),
        (_("Days of work as well: {days}."), scenario.work),
    ):
        if arranged:
            out.append(told.format(days=", ".join(day.isoformat() for day in sorted(arranged))))
    if scenario.promises or each:
        out += _promised(scenario, each)
    return out


def _so_many(n: int, units: Collection[str]) -> str:
    if len(units) > 1:
        return _("{n} days, working or natural ones as the rule of the project counts").format(n=n)
    return in_unit(n, next(iter(units), Unit.WORKING_DAY.word))


def _promised(scenario: Scenario, each: bool) -> list[str]:
    if each:
        who = _("For each department in turn, and for it alone: its promises are kept.")
    elif scenario.department is not None:
        who = _("{department} keeps its promises, and nobody else changes.").format(department=scenario.department)
    else:
        who = _("Every department keeps its promises.")
    return [
        who,
        _(
            "A case that ran past the day on which its promise fell due is decided on that day, or on the day on which "
            "it was taken on if that was later: as it was decided later, or approved where no decision is known."
        ),
        _(
            "A closed case accepted on or after the close of its prerequisites keeps its gap in working days to the "
            "latest of them, and moves up with them, pauses and all; owners apply just as soon as they did."
        ),
        _(
            "What was accepted before a prerequisite was closed does not move by it; cases still open do not move at "
            "all, since nobody knows how long they would have run, nor do those that count as accepted by law alone."
        ),
    ]
