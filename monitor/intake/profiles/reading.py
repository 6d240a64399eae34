"""Profiles read from TOML and checked when they are read: each refusal says file, key, value and what is allowed."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from monitor.intake.columns import OWN_KEY, TableName
from monitor.intake.profiles.definition import (
    DIFFERING,
    EDITS,
    FORMS,
    MISSING,
    ORDERS,
    Condition,
    EventRule,
    Expression,
    FileForm,
    Form,
    Order,
    Profile,
    ProfileError,
    spec_of,
)
from monitor.intake.profiles.expressions import STATUS, allowed, expression
from rules.errors import RuleError
from rules.tomlread import Gathering, Table, parsed

_ID = re.compile(r"[\w.-]{1,60}")
_KEYS = "id title title_en note form time_zone day_zone dates move_days file projects cases events".split()
_OF_EVENT = "name when missing once until optional".split()
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
# As people write them, and as Python does; its other codecs are no texts, or would unpack something.
TEXT_ENCODINGS = {
    name: name for name in "utf-8 gb18030 gbk gb2312 big5 big5hkscs utf-16 utf-16-le utf-16-be".split()
} | {
    "windows-1252": "cp1252",
    "iso-8859-1": "iso8859-1",
}
HEADER_ROWS = 2  # that a header may take, merged across or downwards
MOST_MOVED = 40_000  # days, more than a century


def read(path: Path) -> Profile:
    """A profile from a file; raises ProfileError at the first thing that cannot be."""
    raw, text = _loaded(path)
    return build(Table(path.name, raw, error=ProfileError), text)


def problems(path: Path) -> list[RuleError]:
    """Everything that is wrong with a profile, in the order of the checks; empty: it can be used."""
    try:
        raw, text = _loaded(path)
    except ProfileError as error:
        return [error]
    table = Gathering(path.name, raw, error=ProfileError)
    build(table, text)
    return table.problems


@cache
def shipped() -> dict[str, Profile]:
    """The profiles that come with the product, by id."""
    folder = Path(str(files("monitor.intake.profiles")))
    found = (read(path) for path in sorted(folder.glob("*.toml")) if path.name != "synonyms.toml")
    return {profile.id: profile for profile in found}


def _loaded(path: Path) -> tuple[dict[str, Any], str]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ProfileError(path.name, "file", error.strerror or "", "a file that can be read") from error
    except UnicodeDecodeError as error:
        raise ProfileError(path.name, "file", str(error.reason), "a TOML file in UTF-8") from error
    try:
        return parsed(text), text
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(path.name, "file", str(error), "a TOML file in UTF-8") from error


def build(table: Table, text: str) -> Profile:
    """A profile from what its TOML file says."""
    table.only(*_KEYS)
    profile_id = table.text("id")
    if profile_id and not _ID.fullmatch(profile_id):
        table.refuse("id", profile_id, "letters, digits, - _ and . without a space, at most 60")
    moved = table.get("move_days", 0)
    if type(moved) is not int or abs(moved) > MOST_MOVED:
        table.refuse("move_days", moved, f"a whole number of days, -{MOST_MOVED} to {MOST_MOVED}")
        moved = 0
    form = cast(Form, table.one_of("form", FORMS) if "form" in table else "table")
    differing: dict[TableName, str] = {}
    columns: dict[TableName, dict[str, Expression]] = {"projects": {}, "cases": {}}
    tables: tuple[TableName, ...] = ("projects", "cases")
    for name in tables:
        if name in table:
            told = table.table(name)
            if "differing" in told:
                differing[name] = told.one_of("differing", DIFFERING)
            inherited = ("project_code",) if name == "cases" and "projects" in table else ()
            columns[name] = _columns(told, name, ("differing",), inherited)
    events = table.tables("events")
    if not any(columns.values()) and not events:
        table.refuse("projects", None, "at least one of projects, cases, events")
    _first_of(table, columns)
    return Profile(
        profile_id,
        table.text("title"),
        table.text("title_en", ""),
        table.text("note", ""),
        form,
        text,
        time_zone=_zone(table, "time_zone"),
        day_zone=_zone(table, "day_zone"),
        dates=cast(Order, table.one_of("dates", ORDERS) if "dates" in table else "ymd"),
        move_days=moved,
        file=_file(table.table("file"), form) if "file" in table else FileForm(),
        projects=columns["projects"],
        cases=columns["cases"],
        events=_events(table, events, bool(columns["cases"])),
        differing=differing,
    )


def _zone(table: Table, key: str) -> str:
    name = table.text(key, "")
    try:
        if name:
            ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        table.refuse(key, name, "a time zone such as Asia/Shanghai")
        return ""
    return name


def _file(table: Table, form: Form) -> FileForm:
    if form == "xes":
        table.only("skip")
    table.only("sheets", "header_row", "header_rows", "skip", "totals", "fill_down", "encoding", "separator", "edits")
    encoding = table.text("encoding", "")
    if encoding and encoding.casefold() not in TEXT_ENCODINGS:
        table.refuse("encoding", encoding, f"one of {', '.join(TEXT_ENCODINGS)}")
        encoding = ""
    separator = table.one_of("separator", tuple(_SEPARATORS)) if "separator" in table else ""
    return FileForm(
        table.texts("sheets", ()),
        _header_rows(table),
        _fitting(table, "skip"),
        _fitting(table, "totals"),
        table.texts("fill_down", ()),
        TEXT_ENCODINGS.get(encoding.casefold(), ""),
        _SEPARATORS.get(separator, ""),
        "edits" in table and table.one_of("edits", EDITS) == "replace",
    )


def _fitting(table: Table, key: str) -> dict[str, tuple[str, ...]]:
    told = table.table(key) if key in table else None
    return {name: told.texts(name) for name in told.raw} if told else {}


def _header_rows(table: Table) -> tuple[int, ...]:
    if "header_row" in table:
        row = table.get("header_row")
        if type(row) is not int or row < 1:
            table.refuse("header_row", row, "a row of the file, 1 or more")
        elif "header_rows" in table:
            table.refuse("header_rows", table.get("header_rows"), "one of header_row and header_rows")
        else:
            return (row,)
    if "header_rows" in table:
        rows = table.get("header_rows")
        whole = isinstance(rows, list) and len(rows) == HEADER_ROWS and all(type(row) is int for row in rows)
        if whole and 1 <= rows[0] == rows[1] - 1:
            return tuple(rows)
        table.refuse("header_rows", rows, "two rows, one below the other, such as [2, 3]")
    return ()


def _first_of(table: Table, columns: dict[TableName, dict[str, Expression]]) -> None:
    """The keys by which rows are gathered stand in each row."""
    keys: tuple[tuple[TableName, str], ...] = (
        *(("projects", "project_code"), ("cases", "project_code"), ("cases", "case_id")),
    )
    for name, key in keys:
        told = columns[name].get(key)
        if told is not None and (told.take or told.previous):
            table.refuse(
                f"{name}.{key}", told.take or "previous", "a column of the row itself: rows are gathered by it"
            )


def _columns(
    table: Table, name: TableName, others: tuple[str, ...], inherited: tuple[str, ...]
) -> dict[str, Expression]:
    spec = spec_of(name)
    table.only(*others, *spec)
    found = {key: expression(table, key, column, name) for key, column in spec.items() if key in table}
    for key, column in spec.items():
        if column.required and key not in found and key not in inherited:
            table.refuse(key, None, "required")
    return found


def _events(table: Table, told: list[Table], with_cases: bool) -> tuple[EventRule, ...]:
    rules: list[EventRule] = []
    for one in told:
        inherited = (OWN_KEY["events"], *(("case_id",) if with_cases else ()))
        columns = _columns(one, "events", tuple(_OF_EVENT), inherited)
        name = one.text("name")
        if name and name in [rule.name for rule in rules]:
            one.refuse("name", name, "each name once: it tells the events of a case apart")
        once = bool(one.one_of("once", ("case",))) if "once" in one else False
        until, status = None, ""
        if "until" in one:
            end = one.table("until")
            end.only("column", "among", "status")
            status = end.text("status")
            if status and status not in allowed(STATUS):
                end.refuse("status", status, f"one of {', '.join(allowed(STATUS))}")
            until = Condition(end.text("column"), end.texts("among", ()))
        when = None
        if "when" in one:
            inner = one.table("when")
            inner.only("column", "among")
            when = Condition(inner.text("column"), inner.texts("among", ()))
        missing = one.one_of("missing", MISSING) if "missing" in one else ""
        rules.append(EventRule(name, columns, when, missing, once, until, status, one.flag("optional")))
    return tuple(rules)
