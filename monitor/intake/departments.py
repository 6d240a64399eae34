"""Departments as a person writes them, one a row of a CSV file, made into entries of the register."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from monitor.codes.departments import Entry, Level, Said
from monitor.text import _

COLUMNS = ("name", "region", "level", "short", "code", "office", "follows", "since")
_LEVELS = {level.name.lower(): level for level in Level} | {"省": Level.PROVINCE, "市": Level.CITY, "县": Level.COUNTY}


class RegisterRefused(Exception):
    """A file or a row that cannot be used; the text says where, what stands there and what may."""


def read_register(told: Path | Iterable[Mapping[str, str]], by: str) -> list[Entry]:
    """Entries of the rows, or of a CSV file in UTF-8 with a header of some of COLUMNS, `name` and `region` among them.

    ``short``: several with a semicolon between. ``follows``: the department of the same region whose place it took.
    Raises RegisterRefused.
    """
    if not isinstance(told, Path):
        return [_entry(row, "", by) for row in told]
    try:
        with told.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            names = rows.fieldnames or []
            if {"name", "region"} - {*names} or {*names} - {*COLUMNS}:
                text = _("{file}: the columns are {found}; allowed: {allowed}, and name and region must be there")
                raise RegisterRefused(text.format(file=told, found=", ".join(names), allowed=", ".join(COLUMNS)))
            return [_entry(row, _("{file}, row {row}: ").format(file=told, row=rows.line_num), by) for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RegisterRefused(_("{file} cannot be read as CSV in UTF-8: {why}").format(file=told, why=error)) from error


def _entry(row: Mapping[str, str | None], where: str, by: str) -> Entry:
    if None in row:
        raise RegisterRefused(where + _("more fields than the header has"))
    told = {name: (row.get(name) or "").strip() for name in COLUMNS}

    def wrong(column: str, allowed: str) -> RegisterRefused:
        text = _("{column} '{value}'; allowed: {allowed}").format(column=column, value=told[column], allowed=allowed)
        return RegisterRefused(where + text)

    if not told["name"]:
        raise wrong("name", _("the full name of a department"))
    if not re.fullmatch("[0-9]{2,12}|", told["region"]):
        raise wrong("region", _("an area code, or blank for the whole country"))
    if told["level"] and told["level"] not in _LEVELS:
        raise wrong("level", ", ".join(_LEVELS))
    try:
        since = dt.date.fromisoformat(told["since"]) if told["since"] else None
    except ValueError as error:
        raise wrong("since", _("a day such as 2026-03-02, or blank")) from error
    return Entry(
        0,
        Said.REGISTERED,
        (told["region"], told["name"]),
        code=told["code"],
        short=tuple(dict.fromkeys(s.strip() for s in re.split("[;；]", told["short"]) if s.strip())),
        level=_LEVELS.get(told["level"]),
        office=told["office"],
        predecessor=(told["region"], told["follows"]) if told["follows"] else None,
        since=since,
        by=by,
    )
