"""A profile: how a foreign file becomes canonical rows. What its TOML file says, as values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from monitor.intake.columns import TABLES, Column, Kind, TableName
from rules.errors import RuleError

Form = Literal["table", "xes"]
FORMS: tuple[Form, ...] = ("table", "xes")
Order = Literal["ymd", "dmy", "mdy"]
ORDERS: tuple[Order, ...] = ("ymd", "dmy", "mdy")
TAKES = ("first", "last", "most", "earliest", "latest")
SCOPES = ("case", "project")
ITSELF = "="  # as a word: the text as it is
MISSING = ("skip", "refuse")
UNFIT = ("blank", "refuse")
DIFFERING = ("refuse", "first", "last")
EDITS = ("refuse", "replace")
SECRECY = Column("secret", Kind.KEY, "")  # of projects, beside the canonical columns: it only says that one is secret


class ProfileError(RuleError):
    """A profile that cannot be used."""


def spec_of(table: TableName) -> dict[str, Column]:
    """What a profile may say of a table, by name."""
    more = (SECRECY,) if table == "projects" else ()
    return {column.name: column for column in (*TABLES[table], *more)}


@dataclass(frozen=True)
class Expression:
    """Where the value of a canonical column comes from.

    ``columns``: of the source, the first that is filled (``joined``: all, with ``between`` between them). None: the
    constant ``value``. ``pattern``: the part of the text to take; a text that does not fit is blank, or with ``strict``
    refused. ``words``: pattern -> word, the first that fits; a text that fits none is refused unless there is
    ``otherwise``. ``take``: one value of all rows of a case or
    project (``of``). ``previous``: of the project's row before, in the order of time; ``first`` for its first row.
    """

    columns: tuple[str, ...] = ()
    value: str = ""
    joined: bool = False
    between: str = ""
    pattern: re.Pattern[str] | None = None
    strict: bool = False
    words: tuple[tuple[str, str], ...] = ()
    otherwise: str | None = None
    take: str = ""
    of: str = ""
    previous: bool = False
    first: str = ""
    optional: bool = False

    def sources(self) -> Iterator[str]:
        """The columns of the source that it reads."""
        yield from self.columns
        if self.first:
            yield self.first


@dataclass(frozen=True)
class Condition:
    """Rows whose text in ``column`` fits one of the patterns ``among``; without any: rows where it is filled."""

    column: str
    among: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventRule:
    """One event of a row (``once``: of a case). ``missing``: what a blank day means, "skip" or "refuse"; blank: refused
    where a column tells the status and says one, else there was no such event.

    ``until``: the rule stands for a stretch on every case of the project that is open on its day; it ends on the first
    day of a row that ``until`` names, with the status ``until_status``, if the case is still open then.
    """

    name: str
    columns: dict[str, Expression]
    when: Condition | None = None
    missing: str = ""
    once: bool = False
    until: Condition | None = None
    until_status: str = ""
    optional: bool = False


@dataclass(frozen=True)
class FileForm:
    """How the file is laid out. ``header_rows``: from 1, one or two of them; none: it is looked for. ``skip``: rows to
    pass over; ``totals``: the same only where no project and no case is named beside it. ``replaces``: what it says
    otherwise than before is an edit.
    """

    sheets: tuple[str, ...] = ()
    header_rows: tuple[int, ...] = ()
    skip: dict[str, tuple[str, ...]] = field(default_factory=dict)
    totals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fill_down: tuple[str, ...] = ()
    encoding: str = ""
    separator: str = ""
    replaces: bool = False


@dataclass(frozen=True)
class Profile:
    """A whole profile. ``time_zone``: of times without an offset, ``day_zone``: to whose dates moments belong; blank is
    the office's. ``move_days``: by which each date is moved.
    """

    id: str
    title: str
    title_en: str
    note: str
    form: Form
    text: str = field(repr=False)
    time_zone: str = ""
    day_zone: str = ""
    dates: Order = "ymd"
    move_days: int = 0
    file: FileForm = field(default_factory=FileForm)
    projects: dict[str, Expression] = field(default_factory=dict)
    cases: dict[str, Expression] = field(default_factory=dict)
    events: tuple[EventRule, ...] = ()
    differing: dict[TableName, str] = field(default_factory=dict)

    def expressions(self) -> Iterator[tuple[Expression, bool]]:
        """All of them, and whether the file may lack their columns."""
        for columns in (self.projects, self.cases):
            yield from ((told, told.optional) for told in columns.values())
        for rule in self.events:
            yield from ((told, told.optional or rule.optional) for told in rule.columns.values())

    def conditions(self) -> Iterator[tuple[Condition, bool]]:
        """All of them, and whether the file may lack their columns."""
        for rule in self.events:
            yield from ((found, rule.optional) for found in (rule.when, rule.until) if found)

    @property
    def gathers(self) -> bool:
        """Whether a row cannot be mapped without the other rows of its project."""
        return (
            any(told.take or told.previous for told, _ in self.expressions())
            or any(rule.once or rule.until for rule in self.events)
            or any(how != "refuse" for how in self.differing.values())
        )

    def wanted(self) -> tuple[str, ...]:
        """Every column of the source that is read, each once."""
        names = [name for told, _ in self.expressions() for name in told.sources()]
        names += [condition.column for condition, _ in self.conditions()]
        return tuple(dict.fromkeys([*names, *self.file.skip, *self.file.totals, *self.file.fill_down]))

    @property
    def derived(self) -> frozenset[str]:
        """Columns of projects that are the earliest of what the file happens to hold."""
        return frozenset(name for name, told in self.projects.items() if told.take == "earliest")

    def deciding(self) -> tuple[str, ...]:
        """The columns of the source that decide what becomes of a row, each once."""
        names = [condition.column for condition, _ in self.conditions()]
        return tuple(dict.fromkeys([*names, *self.file.skip, *self.file.totals]))

    @property
    def of_code(self) -> tuple[str, ...]:
        """The columns of the source that tell a project's code."""
        told = self.projects.get("project_code") or self.cases.get("project_code")
        return told.columns if told else ()

    @property
    def of_case(self) -> tuple[str, ...]:
        """Those that tell the number of a case."""
        return self.cases["case_id"].columns if self.cases else ()

    def needed(self) -> tuple[tuple[str, ...], ...]:
        """Of each of these groups of columns a file must have at least one (of a joined one: all)."""
        groups: list[tuple[str, ...]] = []
        for told, optional in self.expressions():
            if not optional and told.columns:
                groups += [(name,) for name in told.columns] if told.joined else [told.columns]
            if not optional and told.first:
                groups.append((told.first,))
        groups += [(condition.column,) for condition, optional in self.conditions() if not optional]
        groups += [(name,) for name in (*self.file.skip, *self.file.totals, *self.file.fill_down)]
        return tuple(dict.fromkeys(groups))
