"""What a reader asks of the page of assumptions, as it stands in the address: one question, of some projects.

`MOST`: of so many projects at once a page answers within about ten seconds; the command takes any number.
"""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from dashboard.address import Address
from monitor.looks import group_word
from monitor.text import N_, _
from rules.pack import DEFAULT_PACK, RulePack
from rules.packfile import shipped
from rules.vocabulary import Group
from rules.whatif import MOST_DAYS, Scenario, days_told

PROMISES, EACH, NUMBERS, PACK, DAYS = "promises", "each", "numbers", "pack", "days"
KINDS = {
    PROMISES: N_("Departments keep their promises"),
    EACH: N_("One department at a time keeps its promises: how many lights each would save"),
    NUMBERS: N_("Other thresholds and budgets"),
    PACK: N_("Another rule"),
    DAYS: N_("Another calendar"),
}
ARRANGED = {"rest": N_("Days of rest as well"), "work": N_("Days of work as well")}
THRESHOLDS = {"yellow": N_("Yellow past"), "red": N_("Red past")}
MOST = {PROMISES: 12_000, EACH: 5_000, NUMBERS: 12_000, PACK: 12_000, DAYS: 12_000}
_A_SECOND = {
    PROMISES: 1_900,
    EACH: 850,
    NUMBERS: 1_900,
    PACK: 1_900,
    DAYS: 1_900,
}  # projects, measured on an office machine
_LARGEST = 999  # days; of working days four years


@dataclass(frozen=True)
class Question:
    """One question; what it does not name stays as it is. ``keeper``: the department that keeps its promises."""

    kind: str
    numbers: Mapping[str, int] = field(default_factory=dict)  # by `THRESHOLDS` or the word of a group
    pack: str | None = None
    keeper: str | None = None
    days: Mapping[str, str] = field(default_factory=dict)  # by `ARRANGED`, as they were written

    @classmethod
    def read(cls, at: Address) -> Self | None:
        """The question of an address; None where none is asked, or none that is known."""
        kind = at.get("ask")
        if kind not in KINDS:
            return None
        told = {key: at.number(key) for key in number_keys()} if kind == NUMBERS else {}
        numbers = {key: days for key, days in told.items() if days is not None}
        pack = at.get("pack") if kind == PACK else None
        days = {key: text for key in ARRANGED if kind == DAYS and (text := at.get(key))}
        return cls(kind, numbers, pack, at.get("keeper") if kind == PROMISES else None, days)

    @property
    def wrong(self) -> str | None:
        """Why it cannot be answered, and what may be asked."""
        if self.kind == NUMBERS and not self.numbers:
            return _("Nothing is assumed yet: change at least one number.")
        if beyond := [key for key, days in self.numbers.items() if not 1 <= days <= _LARGEST]:
            return _("{number}: a number of days from 1 to {most}.").format(
                number=number_word(beyond[0]), most=_LARGEST
            )
        if self.kind == PACK and self.pack not in shipped():
            return _("Choose the rule by which all projects are to be counted.")
        if self.kind == DAYS and not self.days:
            return _("Nothing is assumed yet: write at least one day.")
        for text in self.days.values():
            try:
                days_told(text)
            except ValueError as wrong:
                told = _("{value}: write days as 2026-05-06 or 2026-05-06..2026-05-08, up to {most}")
                return told.format(value=wrong, most=MOST_DAYS)
        return None

    def scenario(self) -> Scenario:
        """The same for the law."""
        return Scenario(
            yellow=self.numbers.get("yellow"),
            red=self.numbers.get("red"),
            budgets={group: self.numbers[group.word] for group in Group if group.word in self.numbers},
            pack=shipped()[self.pack] if self.pack else None,
            rest=self._arranged("rest"),
            work=self._arranged("work"),
            promises=self.kind == PROMISES,
            department=self.keeper,
        )

    def _arranged(self, key: str) -> frozenset[dt.date]:
        return days_told(self.days[key]) if key in self.days else frozenset()

    def seconds(self, projects: int) -> int:
        """About how long it takes."""
        return max(1, round(projects / _A_SECOND[self.kind]))

    def command(self) -> str:
        """The command that answers it for all projects there are, finished ones included."""
        options = [f"--{key} {days}" for key, days in self.numbers.items() if key in THRESHOLDS]
        options += [f"--budget {key}={days}" for key, days in self.numbers.items() if key not in THRESHOLDS]
        if self.pack:
            options.append(f"--pack {self.pack}")
        options += [f"--{key} {shlex.quote(text)}" for key, text in self.days.items()]
        if self.kind == PROMISES:
            options.append(f"--department {shlex.quote(self.keeper)}" if self.keeper else "--promises")
        if self.kind == EACH:
            options.append("--each-department")
        return " ".join(["approval-monitor whatif --from-database", *options])


def number_keys() -> tuple[str, ...]:
    """The numbers that may be assumed, as they stand in an address."""
    return (*THRESHOLDS, *(group.word for group in Group))


def number_word(key: str) -> str:
    """What a number is."""
    return _(THRESHOLDS[key]) if key in THRESHOLDS else group_word(Group[key.upper()])


def law(pack: RulePack | None, day: dt.date) -> dict[str, int | None]:
    """The numbers of a rule (None: the usual one) in force on a day; None where it has none."""
    pack = pack or shipped()[DEFAULT_PACK]
    found = {key: getattr(pack, key) for key in THRESHOLDS} | {g.group.word: g.budget for g in pack.groups}
    return {key: found[key].on(day).days if found.get(key) else None for key in number_keys()}
