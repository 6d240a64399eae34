"""The canonical columns: the one address of their names, kinds and notes; intake and template read them here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any, Literal

from monitor.text import N_, _
from rules.vocabulary import PROCEDURES, ClockStart, EndReason, Holder, Mark, Stage, Status, Unit
from rules.workdays import day_of

TableName = Literal["projects", "cases", "events"]


class Kind(Enum):
    """What may stand in a column."""

    KEY = "key"  # an identifier, indexed, so not long
    TEXT = "text"
    DAY = "day"
    MOMENT = "moment"
    WORD = "word"
    WORDS = "words"  # several, of which each is a bit
    WHOLE = "whole"
    AMOUNT = "amount"


@dataclass(frozen=True)
class Column:
    """One column: what may stand in it, and what a person should know of it (`note`, for gettext)."""

    name: str
    kind: Kind
    note: str
    required: bool = False
    words: tuple[IntEnum, ...] = ()
    least: int = 0
    blank: str | int | None = None  # what a blank cell means; None: not told


K = Kind
_UNIT_NOTE = N_("working_day or natural_day")

TABLES: dict[TableName, tuple[Column, ...]] = {
    "projects": (
        Column("project_code", K.KEY, N_("The code under which the project is registered"), required=True),
        Column("name", K.TEXT, N_("Name of the project")),
        Column("region", K.KEY, N_("Area code of the place that approves, such as 330100")),
        Column("kind", K.KEY, N_("Kind: filing, verification or approval; secret projects are refused")),
        Column("industry", K.TEXT, N_("Industry, a code of GB/T 4754")),
        Column("applicant", K.TEXT, N_("Who invests")),
        Column("credit_code", K.TEXT, N_("Unified social credit code of who invests")),
        Column("agent", K.TEXT, N_("The project agent who accompanies the approval")),
        Column("coded_on", K.DAY, N_("Day on which the project was given its code"), required=True),
        Column("investment", K.AMOUNT, N_("Total investment in 万元")),
        Column("pack", K.KEY, N_("Rules to count by; blank: the newest that fit")),
        Column("ended_on", K.DAY, N_("Day on which the source says that the project ended")),
        Column("end_reason", K.WORD, N_("completed or terminated"), words=tuple(EndReason)),
        Column(
            "marks",
            K.WORDS,
            N_("Marks that waive or shorten items, several with a semicolon between"),
            words=tuple(Mark),
            blank=0,
        ),
    ),
    "cases": (
        Column("case_id", K.KEY, N_("Number of the case in your system"), required=True),
        Column("project_code", K.KEY, N_("The project to which the case belongs"), required=True),
        Column("works_code", K.KEY, N_("Part of the project that is approved by itself; blank: the whole project")),
        Column("item_code", K.KEY, N_("Code of the approval item in the catalogue")),
        Column("item_name", K.TEXT, N_("Name of the approval item")),
        Column("stage", K.WORD, N_("Stage of the approval"), required=True, words=tuple(Stage)),
        Column("department", K.KEY, N_("Department, by code or by its name within the region"), required=True),
        Column("holder", K.WORD, N_("Whose time it is; blank: agency"), words=tuple(Holder), blank=int(Holder.AGENCY)),
        Column("statutory_days", K.WHOLE, N_("Limit set by law, in days")),
        Column("statutory_unit", K.WORD, _UNIT_NOTE, words=tuple(Unit)),
        Column("promised_days", K.WHOLE, N_("Limit promised to the public, in days")),
        Column("promised_unit", K.WORD, _UNIT_NOTE, words=tuple(Unit)),
        Column("clock_start", K.WORD, N_("From which event the limits run"), words=tuple(ClockStart)),
    ),
    "events": (
        Column("event_id", K.KEY, N_("Number of the record in your system; each once"), required=True),
        Column("case_id", K.KEY, N_("The case to which this happened"), required=True),
        Column(
            "status", K.WORD, N_("What happened: a word or a national code 1-15"), required=True, words=tuple(Status)
        ),
        Column("occurred_at", K.MOMENT, N_("When it happened: a date, or a moment with its offset"), required=True),
        Column("entered_at", K.MOMENT, N_("When it was typed into your system")),
        Column("office", K.TEXT, N_("Office that handled it")),
        Column("handler", K.TEXT, N_("Person who handled it")),
        Column("procedure", K.WORD, N_("Kind of special procedure; blank: other"), words=tuple(PROCEDURES)),
        Column("holder", K.WORD, N_("Whose time the procedure is"), words=tuple(Holder)),
        Column("reason", K.TEXT, N_("Reason given")),
        Column("basis", K.TEXT, N_("Legal basis of a pause")),
        Column(
            "days",
            K.WHOLE,
            N_("Days by which a limit is longer, or in which papers or a check are due"),
            least=1,
        ),
        Column("approver", K.TEXT, N_("Who approved the extension")),
        Column("voids", K.KEY, N_("Number of the record that this one takes back")),
        Column("confirms", K.KEY, N_("Number of the record of a late stop that this one confirms")),
    ),
}
OWN_KEY: dict[TableName, str] = {"projects": "project_code", "cases": "case_id", "events": "event_id"}
# What makes two rows of one key the same row.
CONTENT = {table: tuple(c.name for c in listed if c.name != OWN_KEY[table]) for table, listed in TABLES.items()}
ORDER: tuple[TableName, ...] = ("projects", "cases", "events")  # what is named comes before what names it


def told(column: Column, value: Any) -> str:
    """A typed value as a file says it; a blank cell where there is none."""
    if value is None:
        return ""
    if column.kind is Kind.WORD:
        return next(word.name.lower() for word in column.words if word == value)
    if column.kind is Kind.WORDS:
        return "; ".join(word.name.lower() for word in column.words if word & value)
    if column.kind is Kind.DAY:
        return day_of(value).isoformat()
    if column.kind is Kind.AMOUNT:
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value)


def written(table: TableName, name: str, value: Any) -> str:
    """The same of a column by its name."""
    return told(next(column for column in TABLES[table] if column.name == name), value)


def shown(table: TableName, name: str, value: object) -> str:
    """A typed value as a file would say it, for messages; a text (of no type) as it is."""
    return (value if isinstance(value, str) else written(table, name, value)) or _("(blank)")
