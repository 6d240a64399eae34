"""A batch as it is sent, in JSON or in lines of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import Field

from monitor.doors.api.asking import JSON, LINES, checked, content, content_kind, lines, parsed, query
from monitor.doors.api.refused import BODY, Refused, field, of_form
from monitor.doors.api.shapes import CaseRow, Day, EventRow, ProjectRow, Strict
from monitor.intake import ORDER, Numbered, TableName, kinds
from monitor.text import _
from monitor.verbs.import_log import no_collector

MOST_ROWS = 10_000
MOST_KINDS = 200  # different sets of columns: each is taken in by itself
_BESIDE = ("batch_id", "reported_until")
_Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$", examples=["2026-11-20-0007"])]
_UNTIL = "Until which day you have told everything; by default the latest day in the batch."

Numbers = Mapping[TableName, Sequence[int]]  # of lines, by table


class Batch(Strict):
    """Rows as the canonical files have them. What a row leaves out stays as it is known; null is blank."""

    batch_id: _Name = Field(description="Your name for it: the same again is answered as before, and adds nothing.")
    reported_until: Day | None = Field(None, description=_UNTIL)
    projects: list[ProjectRow] = Field(default=[], max_length=MOST_ROWS)
    cases: list[CaseRow] = Field(default=[], max_length=MOST_ROWS)
    events: list[EventRow] = Field(default=[], max_length=MOST_ROWS)


class How(Strict):
    """How a batch is taken in; of lines also what a batch of JSON says itself."""

    partial: Literal["true", "false"] = Field(
        "false", description="true: rows that are refused are set aside, and the others land."
    )
    batch_id: _Name | None = Field(None, description="Of lines alone, and needed there.")
    reported_until: Day | None = Field(None, description=f"Of lines alone. {_UNTIL}")


def asks_batch(view: Callable[..., Response]) -> Callable[..., Response]:
    """As `monitor.doors.api.asking.asks`, for JSON and for lines of it: the view takes query, body and the numbers of
    lines."""

    @wraps(view)
    def ask() -> Response:
        with no_collector():
            return asked()

    def asked() -> Response:
        how = query(How)
        if content_kind() == LINES:
            told, numbers = _of_lines(content(LINES))
            beside = {name: request.args[name] for name in _BESIDE if name in request.args}
            return view(how, _batch(told | beside, numbers), numbers)
        if known := [name for name in _BESIDE if name in request.args]:
            reason = _("stands in the body of a batch of JSON")
            raise Refused(422, [field(name, request.args[name], reason) for name in known])
        return view(how, _batch(parsed(content(JSON)), {}), {})

    ask.__delay_validate_request__ = True  # type: ignore[attr-defined]
    return ask


def _of_lines(told: bytes) -> tuple[dict[str, Any], Numbers]:
    tables: dict[str, Any] = {table: [] for table in ORDER}
    numbers: dict[TableName, list[int]] = {table: [] for table in ORDER}
    wrong: list[dict[str, Any]] = []
    for n, (number, row) in enumerate(lines(told)):
        if n == MOST_ROWS:
            raise _too_many(_("more than {n}").format(n=f"{MOST_ROWS:,}"))
        if not isinstance(row, dict):
            wrong.append(field(BODY, row, *of_form("model_type"), row=number))
        elif (table := row.pop("table", None)) not in ORDER:
            known = of_form("literal_error", expected=", ".join(ORDER))
            wrong.append(field("table", table, *(of_form("missing") if table is None else known), row=number))
        else:
            tables[table].append(row)
            numbers[table].append(number)
    if wrong:
        raise Refused(422, wrong)
    return tables, numbers


def _batch(told: Any, numbers: Numbers) -> Batch:
    if isinstance(told, dict):
        rows = sum(len(told[table]) for table in ORDER if isinstance(told.get(table), list))
        if rows > MOST_ROWS:
            raise _too_many(f"{rows:,}")
    try:
        batch = checked(Batch, told)
    except Refused as refused:
        for error in refused.errors:
            if error.get("table") in numbers:
                error["row"] = numbers[error["table"]][error["row"] - 1]
        raise
    different = kinds({table: numbered(getattr(batch, table)) for table in ORDER})
    if different > MOST_KINDS:
        reason = _("has rows with {n} different sets of columns").format(n=different)
        allowed = _("{n} at most: tell what is blank by null").format(n=MOST_KINDS)
        raise Refused(422, [field(BODY, None, reason, allowed)])
    return batch


def _too_many(rows: str) -> Refused:
    return Refused(413, [field("rows", rows, _("are too many"), _("{n} in one batch").format(n=f"{MOST_ROWS:,}"))])


def numbered(rows: Sequence[dict[str, Any]], numbers: Sequence[int] | None = None) -> list[Numbered]:
    """Rows with their numbers, from 1 where none are given."""
    return list(zip(numbers or range(1, len(rows) + 1), rows, strict=True))
