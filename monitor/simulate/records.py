"""What is written down in the made-up province: projects, their cases, and the events of these."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.simulate.places import Department, Region
from rules.pack import Item, Limit, Limits
from rules.vocabulary import APPROVALS, CLOSINGS, EndReason, Holder, Mark, Pause, Status
from rules.workdays import day_of

NOT_TOLD = -1
PAUSE_STARTS = (Status.CORRECTION_STARTED, Status.PROCEDURE_STARTED)
PAUSE_ENDS = (Status.CORRECTION_ENDED, Status.PROCEDURE_ENDED)


@dataclass(slots=True, eq=False)
class Event:
    """One row of events.csv before it has a number; ``typed``: the day it was entered, None: the day it happened."""

    status: Status
    day: int
    procedure: Pause | None = None
    holder: Holder | None = None
    reason: str = ""
    basis: str = ""
    days: int | None = None
    approver: str = ""
    voids: Event | None = None
    confirms: Event | None = None
    typed: int | None = None


@dataclass(slots=True, eq=False)
class Case:
    """A case and what happened to it, in order."""

    id: str
    item: Item
    name: str
    department: Department
    works: str
    events: list[Event] = field(default_factory=list)

    def day_of(self, *statuses: Status) -> int | None:
        """The first day on which one of these happened."""
        return next((e.day for e in self.events if e.status in statuses), None)

    @property
    def approved(self) -> bool:
        """Whether an approval is among its events."""
        return any(e.status in APPROVALS for e in self.events)

    @property
    def closed(self) -> bool:
        """Whether a closing is among its events."""
        return any(e.status in CLOSINGS for e in self.events)


@dataclass(eq=False)
class Project:
    """One row of projects.csv with its cases."""

    code: str
    name: str
    region: Region
    kind: str
    industry: str
    applicant: str
    credit_code: str
    agent: str
    coded_on: int
    investment: int
    works: tuple[str, ...]
    cases: list[Case] = field(default_factory=list)
    ended_on: int | None = None
    end_reason: EndReason | None = None
    marks: tuple[Mark, ...] = ()


def in_force(limits: Limits | None, day: int) -> Limit | None:
    """The limit in force on a day number; None: there is none."""
    return limits.on(day_of(day)) if limits else None
