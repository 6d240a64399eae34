"""Typed rows: columns of equal length. A day is its number, a word its integer; None: not told.

`present` names the columns that the file has: a column that a file lacks says nothing, a blank cell says blank.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Self

Texts = list[str]
Days = list[int]
Maybe = list[int | None]


@dataclass
class Rows:
    """What all three tables have: row numbers as a person sees them, and which columns were told."""

    row: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.row)

    def keep(self, at: list[int]) -> Self:
        """The rows at these places."""
        names = [f.name for f in fields(self)]
        return type(self)(**{name: [getattr(self, name)[i] for i in at] for name in names})

    def extend(self, other: Self) -> None:
        """Adds the rows of ``other``."""
        for f in fields(self):
            getattr(self, f.name).extend(getattr(other, f.name))


@dataclass
class ProjectRows(Rows):
    """Projects; `investment` in 万元, exact to six decimals; `marks` are bits of Mark."""

    project_code: Texts = field(default_factory=list)
    name: Texts = field(default_factory=list)
    region: Texts = field(default_factory=list)
    kind: Texts = field(default_factory=list)
    industry: Texts = field(default_factory=list)
    applicant: Texts = field(default_factory=list)
    credit_code: Texts = field(default_factory=list)
    agent: Texts = field(default_factory=list)
    coded_on: Days = field(default_factory=list)
    investment: list[float | None] = field(default_factory=list)
    pack: Texts = field(default_factory=list)
    ended_on: Maybe = field(default_factory=list)
    end_reason: Maybe = field(default_factory=list)
    marks: Days = field(default_factory=list)


@dataclass
class CaseRows(Rows):
    """Cases; `holder` is told or agency; limits and their units None: those of the catalogue."""

    case_id: Texts = field(default_factory=list)
    project_code: Texts = field(default_factory=list)
    works_code: Texts = field(default_factory=list)
    item_code: Texts = field(default_factory=list)
    item_name: Texts = field(default_factory=list)
    stage: list[int] = field(default_factory=list)
    department: Texts = field(default_factory=list)
    holder: list[int] = field(default_factory=list)
    statutory_days: Maybe = field(default_factory=list)
    statutory_unit: Maybe = field(default_factory=list)
    promised_days: Maybe = field(default_factory=list)
    promised_unit: Maybe = field(default_factory=list)
    clock_start: Maybe = field(default_factory=list)


@dataclass
class EventRows(Rows):
    """Events; `day` is the date of `occurred_at` in the office's zone, `entered_day` that of `entered_at`.

    `procedure` is filled for the start and end of a procedure (blank: other), else None unless told.
    """

    event_id: Texts = field(default_factory=list)
    case_id: Texts = field(default_factory=list)
    status: list[int] = field(default_factory=list)
    occurred_at: Texts = field(default_factory=list)
    day: Days = field(default_factory=list)
    entered_at: list[str | None] = field(default_factory=list)
    entered_day: Maybe = field(default_factory=list)
    office: Texts = field(default_factory=list)
    handler: Texts = field(default_factory=list)
    procedure: Maybe = field(default_factory=list)
    holder: Maybe = field(default_factory=list)
    reason: Texts = field(default_factory=list)
    basis: Texts = field(default_factory=list)
    days: Maybe = field(default_factory=list)
    approver: Texts = field(default_factory=list)
    voids: list[str | None] = field(default_factory=list)
    confirms: list[str | None] = field(default_factory=list)


ROWS: dict[str, type[Rows]] = {"projects": ProjectRows, "cases": CaseRows, "events": EventRows}
