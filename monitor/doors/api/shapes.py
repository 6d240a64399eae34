"""The types of what is asked and told by the API, each with its schema; and the rows, made of the canonical columns."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Literal, Required

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
    create_model,
    with_config,
)
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from monitor.intake import OWN_KEY, TABLES, Column, Kind, TableName
from monitor.intake.cells import KEY_LENGTH, TEXT_LENGTH
from rules.tomlread import MOST_DAYS
from rules.vocabulary import NATIONAL_CODES, Status
from rules.workdays import FIRST, LAST

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(_DAY.pattern + r"[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]{1,9})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_NUMBER = re.compile("[0-9]{1,9}")
_NO_LETTER = re.compile("[\x00\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Strict(BaseModel):
    """What is not named is refused, and nothing is taken for what it is not."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Told(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid")


def _day(value: Any) -> dt.date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            day = dt.date.min
        if FIRST <= day <= LAST:
            return day
    raise PydanticCustomError("day", "day", {"first": FIRST.isoformat(), "last": LAST.isoformat()})


def _moment(value: Any) -> dt.datetime:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            moment = dt.datetime.fromisoformat(value.upper())
        except ValueError:
            moment = None
        if moment is not None and FIRST <= moment.date() <= LAST:
            return moment
    raise PydanticCustomError("moment", "moment")


def _number(value: Any) -> Any:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    raise PydanticCustomError("number", "number")


def _tidy(value: Any) -> Any:
    if isinstance(value, str) and (not value or value != value.strip()):
        raise PydanticCustomError("blank", "blank")
    return value


def _letters(value: Any) -> Any:
    if isinstance(value, str) and _NO_LETTER.search(value):
        raise PydanticCustomError("no_letter", "no_letter")
    return value


Day = Annotated[
    dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-20"]})
]
Moment = Annotated[
    dt.datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-11-20T09:00:00+08:00"]}),
]
Number = Annotated[int, BeforeValidator(_number)]  # of a query, where everything is a text
Letters = Annotated[str, BeforeValidator(_letters), Field(max_length=KEY_LENGTH)]
DayTold = Annotated[
    dt.date, PlainSerializer(lambda day: day.isoformat()), WithJsonSchema({"type": "string", "format": "date"})
]
MomentTold = Annotated[
    dt.datetime,
    PlainSerializer(lambda moment: moment.isoformat()),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Table = Literal["projects", "cases", "events"]

# What each kind of column takes in JSON; the words, dates and lengths are checked where a file's are.
_AMOUNT = Annotated[
    Annotated[int, Field(strict=True)] | Decimal,
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 1e9}),
]
_EXAMPLES: dict[str, Any] = {
    "project_code": "2603-330106-04-01-100010", "name": "Modified plastics, 50,000 t a year", "region": "330106",
    "kind": "filing", "coded_on": "2026-03-02", "investment": 1200.5, "case_id": "S-1", "item_code": "B02",
    "stage": "planning", "department": "Natural Resources", "event_id": "S-1#1", "status": "accepted",
    "occurred_at": "2026-09-02T09:30:00+08:00",
}  # fmt: skip


def _type(column: Column) -> Any:
    words = [word.name.lower() for word in column.words]
    if column.kind is Kind.AMOUNT:
        return _AMOUNT
    if column.kind is Kind.WHOLE:
        return Annotated[int, WithJsonSchema({"type": "integer", "minimum": column.least, "maximum": MOST_DAYS})]
    if column.kind is Kind.WORD and isinstance(column.words[0], Status):
        codes = {"type": "integer", "enum": sorted(NATIONAL_CODES)}
        return Annotated[str | int, WithJsonSchema({"anyOf": [{"type": "string", "enum": words}, codes]})]
    schema: dict[str, Any] = {"type": "string"}
    if column.kind is Kind.WORD:
        schema["enum"] = words
    elif column.kind is Kind.DAY:
        schema["format"] = "date"
    elif column.kind is Kind.MOMENT:
        schema["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.,]+(Z|[+-][0-9:]+)?)?$"
    elif column.kind is Kind.KEY:
        schema["maxLength"] = KEY_LENGTH
    elif column.kind is Kind.TEXT:
        schema["maxLength"] = TEXT_LENGTH
    if column.required and "enum" not in schema:
        schema["minLength"] = 1
    told = Annotated[str, WithJsonSchema(schema)]
    return told if column.kind in (Kind.KEY, Kind.TEXT) else Annotated[told, BeforeValidator(_tidy)]


def _told(column: Column) -> dict[str, Any]:
    """What is to be known of a column."""
    example = {"examples": [_EXAMPLES[column.name]]} if column.name in _EXAMPLES else {}
    return {"description": column.note} | example


def _row(table: TableName, name: str) -> Any:
    """A row of a canonical table: a dictionary, for there are many of them, of no more than was told."""
    fields: dict[str, Any] = {}
    for column in TABLES[table]:
        kind = _type(column)
        if column.required:
            fields[column.name] = Required[Annotated[kind, Field(**_told(column))]]
        else:
            fields[column.name] = Annotated[kind | None, Field(**_told(column))]
    made = TypedDict(name, fields, total=False)  # type: ignore[misc]
    made.__doc__ = f"A row of {table}."
    return with_config(Strict.model_config)(made)


def _facts(table: TableName, name: str) -> type[Strict]:
    """The same without its own key, which the address has."""
    fields: dict[str, Any] = {}
    for column in TABLES[table]:
        kind = _type(column)
        if column.required:
            fields[column.name] = (kind, Field(**_told(column)))
        else:
            fields[column.name] = (kind | None, Field(None, **_told(column)))
    del fields[OWN_KEY[table]]
    return create_model(name, __base__=Strict, __doc__=f"The facts of one of the {table}.", **fields)


ProjectRow, CaseRow, EventRow = _row("projects", "ProjectRow"), _row("cases", "CaseRow"), _row("events", "EventRow")
ProjectFacts, CaseFacts = _facts("projects", "ProjectFacts"), _facts("cases", "CaseFacts")
