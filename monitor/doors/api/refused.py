"""What the API refuses, field by field: which, what was sent, why, and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask import Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.doors.problems import problem
from monitor.intake import OWN_KEY, TABLES, Refusal, shorten
from monitor.text import N_, _

MOST = 1_000  # entries of one refusal; ``refused`` counts all
BODY = "body"
TITLES = {
    400: N_("This cannot be understood"),
    404: N_("There is no such thing here"),
    409: N_("This contradicts what is known"),
    413: N_("This is too large"),
    415: N_("This is not taken here"),
    422: N_("This cannot be taken in"),
    503: N_("Busy"),
}
# What pydantic finds, in words: reason and what is allowed, with its values.
_TEXTS = {
    "missing": (N_("is missing, and must not be"), ""),
    "extra_forbidden": (N_("is not known here"), N_("one of: {names}")),
    "string_type": (N_("is not a text"), N_("a text")),
    "int_type": (N_("is not a whole number"), N_("a whole number")),
    "decimal_type": (N_("is not a number"), N_("a number")),
    "list_type": (N_("is not a list"), N_("a list")),
    "model_type": (N_("is not an object"), N_("an object")),
    "literal_error": (N_("is not a known word"), N_("one of: {expected}")),
    "too_long": (N_("has too many entries"), N_("{max_length} at most")),
    "string_pattern_mismatch": (N_("is not of the form that is wanted"), N_("a text that fits {pattern}")),
    "string_too_long": (N_("is too long"), N_("at most {max_length} characters")),
    "greater_than_equal": (N_("is out of range"), N_("{ge} or more")),
    "less_than_equal": (N_("is out of range"), N_("{le} or less")),
    # Of our own, see `monitor.doors.api.shapes`.
    "day": (N_("is not a day, or there is no such day"), N_("a day such as 2026-03-02, from {first} to {last}")),
    "moment": (
        N_("is not a moment with its offset, or there is no such moment"),
        N_("a moment such as 2026-11-20T09:00:00+08:00"),
    ),
    "blank": (N_("is blank, or has blanks around it"), N_("a value, or null for none")),
    "number": (N_("is not a whole number"), N_("a whole number")),
    "cursor": (N_("is no cursor of this list"), N_("the next of an earlier answer, as it is")),
    "no_letter": (N_("holds a code that is no letter"), N_("a text; type the value in again")),
    "to_come": (N_("is still to come"), N_("{today} or earlier")),
    "several": (N_("stands several times"), N_("once")),
    "other": (N_("cannot be understood"), ""),
}


def of_form(code: str, **values: Any) -> tuple[str, str]:
    """Reason and what is allowed, in the reader's language."""
    reason, allowed = _TEXTS[code]
    return _(reason), _(allowed).format(**values)


class Refused(Exception):
    """A request that is refused. ``errors``: of fields, as `field` makes them; ``more``: members of its own."""

    def __init__(self, status: int, errors: Sequence[dict[str, Any]], detail: str = "", **more: Any) -> None:
        self.status, self.errors, self.detail, self.more = status, list(errors), detail, more
        super().__init__(status)

    def answer(self) -> Response:
        """As RFC 9457 has it."""
        told: dict[str, Any] = {"errors": self.errors[:MOST], "refused": len(self.errors)} | self.more
        answer = problem(self.status, _(TITLES[self.status]), self.detail, **told)
        if self.status == 503:
            answer.headers["Retry-After"] = "5"
        return answer


def field(name: str, value: Any, reason: str, allowed: str = "", **more: Any) -> dict[str, Any]:
    """One field that is refused, with a value of which no more is told than tells it."""
    return {"field": name, "value": _told(value), "reason": reason} | ({"allowed": allowed} if allowed else {}) | more


def _told(value: Any) -> str | None:
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return json.dumps(value)
    return shorten(str(value))


def of_model(error: ValidationError, names: Iterable[str]) -> list[dict[str, Any]]:
    """What pydantic found, each field once. ``names``: those that are known where one is not."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in error.errors(include_url=False):
        at = _place(one["loc"])
        found.setdefault(tuple(at.items()), _entry(one, at, names))
    return list(found.values())


def _entry(one: ErrorDetails, at: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    known = one["type"] if one["type"] in _TEXTS else "other"
    if "table" in at:
        names = (column.name for column in TABLES[at["table"]])
    values = {"names": ", ".join(names)} | one.get("ctx", {})
    reason, allowed = of_form(known, **values)
    return field(at.pop("field"), None if known == "missing" else one["input"], reason, allowed, **at)


def _place(loc: tuple[int | str, ...]) -> dict[str, Any]:
    """A place in the body: of a row its table, its number from 1 and the column."""
    if len(loc) > 1 and loc[0] in OWN_KEY and isinstance(loc[1], int):
        return {"field": str(loc[2]) if len(loc) > 2 else BODY, "table": loc[0], "row": loc[1] + 1}
    return {"field": str(loc[0]) if loc else BODY}


def of_rows(refusals: Iterable[Refusal]) -> Iterator[dict[str, Any]]:
    """What an import refuses, each with its table and row, but for what tells of a secret project more than that."""
    for one in refusals:
        table = one.file.rpartition("/")[2]
        at = {"table": table, "row": one.row}
        yield of_row(one, OWN_KEY[table]) | at  # type: ignore[index]


def of_row(one: Refusal, key: str) -> dict[str, Any]:
    """One reason why a row is refused. What is known otherwise is told beside what was sent, with the column of it."""
    if one.code == "secret":
        return field(key, None, one.reason)
    both: dict[str, Any] = {}
    if "known" in one.params and "told" in one.params:
        both = {"column": one.params["column"], "stored": one.params["known"], "sent": one.params["told"]}
    elif one.code == "moved_case":
        both = {"column": one.column, "stored": one.params["known"], "sent": shorten(one.value)}
    return field(one.column or key, one.value, one.reason, one.allowed, **both)
