"""Where a value comes from, read from the TOML of a profile."""

from __future__ import annotations

import re

from monitor.intake.columns import TABLES, Column, Kind, TableName
from monitor.intake.profiles.definition import ITSELF, SCOPES, TAKES, UNFIT, Expression
from rules.tomlread import Table
from rules.vocabulary import NATIONAL_CODES, Status

KEYS = "value column join with words otherwise pattern unfit take of previous first optional".split()
STATUS = next(column for column in TABLES["events"] if column.name == "status")


def allowed(column: Column) -> tuple[str, ...]:
    """The words that may stand in a column; of statuses the national codes as well."""
    words = tuple(word.name.lower() for word in column.words)
    national = tuple(map(str, NATIONAL_CODES)) if column.words and isinstance(column.words[0], Status) else ()
    return words + national


def expression(table: Table, key: str, column: Column, of: TableName) -> Expression:
    """One expression for one canonical column of a table; what it cannot be is refused by the key."""
    raw = table.get(key)
    if isinstance(raw, str):
        if column.name == "status" and of == "events" and raw in allowed(column):
            return Expression(value=raw)  # a fixed status is what most events have
    if isinstance(raw, str | list):
        raw = {"column": raw}
        told = type(table)(table.file, raw, table.at(key), error=table.error)
        told.problems = table.problems
    elif isinstance(raw, dict):
        told = table.table(key)
    else:
        table.refuse(key, raw, "a column of the file, or a table with column, join or value")
        return Expression()
    told.only(*KEYS)
    if sum(name in told for name in ("value", "column", "join")) != 1:
        told.refuse("column", raw, "exactly one of column, join and value")
        return Expression()
    words = _words(told, column)
    columns: tuple[str, ...] = ()
    if "column" in told:
        columns = (told.text("column"),) if isinstance(told.get("column"), str) else told.texts("column")
    elif "join" in told:
        columns = told.texts("join")
    value = told.text("value", "")
    for name, word in (("value", value), ("otherwise", told.text("otherwise", ""))):
        _check_word(told, name, word, column)
    strict = "unfit" in told and told.one_of("unfit", UNFIT) == "refuse"
    if "unfit" in told and "pattern" not in told:
        told.refuse("unfit", told.raw["unfit"], "beside a pattern alone")
    take = told.one_of("take", TAKES) if "take" in told else ""
    if take in ("earliest", "latest") and column.kind not in (Kind.DAY, Kind.MOMENT):
        told.refuse("take", take, "first, last or most: earliest and latest are of dates")
    return Expression(
        columns=tuple(name.strip() for name in columns if name.strip()),
        value=value,
        joined="join" in told,
        between=told.text("with", ""),
        pattern=_pattern(told),
        strict=strict,
        words=words,
        otherwise=told.text("otherwise") if told.raw.get("otherwise") else ("" if "otherwise" in told else None),
        take=take,
        of=told.one_of("of", SCOPES) if "of" in told else ("project" if of == "projects" else "case"),
        previous=told.flag("previous"),
        first=told.text("first", ""),
        optional=told.flag("optional"),
    )


def _words(table: Table, column: Column) -> tuple[tuple[str, str], ...]:
    if "words" not in table:
        return ()
    told = table.table("words")
    found = []
    for text in told.raw:
        word = told.text(text, "")
        _check_word(told, text, word, column)
        found.append((text.strip(), word))
    return tuple(found)


def _check_word(table: Table, key: str, word: str, column: Column) -> None:
    if word and word != ITSELF and column.kind is Kind.WORD and word not in allowed(column):
        table.refuse(key, word, f"one of {', '.join(allowed(column))}")


def _pattern(table: Table) -> re.Pattern[str] | None:
    text = table.text("pattern", "")
    if not text:
        return None
    try:
        found = re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        table.refuse("pattern", text, f"a regular expression ({error})")
        return None
    if found.groups != 1:
        table.refuse("pattern", text, "a regular expression with one group: what stands in it is taken")
        return None
    return found
