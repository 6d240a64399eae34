"""Batches of projects, cases and events that another system pushes, and single projects and cases by their keys."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from flask import Response
from flask_openapi3.models import MediaType, Schema
from flask_openapi3.models.data_type import DataType
from pydantic import BaseModel, Field

from monitor.doors.api.asking import LINES, asks
from monitor.doors.api.batch import Batch, How, Numbers, asks_batch, numbered
from monitor.doors.api.office import PREFIX, Api, Error, Office, answer, responses
from monitor.doors.api.projects import ProjectKey
from monitor.doors.api.refused import Refused, field, of_form, of_row, of_rows
from monitor.doors.api.shapes import (
    CaseFacts,
    DayTold,
    Letters,
    MomentTold,
    ProjectFacts,
    Strict,
    Table,
    Told,
)
from monitor.doors.guard import MEBIBYTE, Rule, bearer, who
from monitor.intake import ORDER, OWN_KEY, Numbered, TableName
from monitor.rights import Right
from monitor.settings import now
from monitor.text import _
from monitor.verbs.push import CONFLICTS, OtherContent, Pushed, Row, push

RULES: Mapping[str, Rule] = {
    "push_batch": bearer(Right.IMPORT, limit=32 * MEBIBYTE),
    "put_project": bearer(Right.IMPORT),
    "put_case": bearer(Right.IMPORT),
}
_LINES = 'One object a line: a row with its table, as {"table": "events", "event_id": …}; blank lines are passed over.'


class CaseKey(Strict):
    """The case by its number in your system."""

    case_id: Letters = Field(description="Number of the case in your system.")


class Became(Told):
    """What became of one row. One that is refused says why; one that waited and came in since is added."""

    table: Table
    row: int = Field(description="Its number in its list, from 1; of lines its line.")
    id: str | None = Field(description="Its own key; null: of a secret project, of which nothing is kept.")
    result: Literal["added", "changed", "unchanged", "refused"]
    errors: list[Error] | None = None


class Count(Told):
    """Rows of one table by what became of them."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


class Landed(Told):
    """What became of a batch. What it touched is assessed by the next sweep."""

    batch_id: str | None = Field(description="Your name for it; null: of a single project or case.")
    batch: int | None = Field(description="The number under which it stands here; null: it told nothing new.")
    source: str = Field(description="For which it was written: that of the token.")
    outcome: Literal["landed", "partial", "nothing"] = Field(
        description="landed: all of it; partial: some rows are refused; nothing: all was known already."
    )
    known_from: MomentTold | None = Field(description="Since when it is known.")
    reported_until: DayTold | None = Field(description="Until which day the source has told everything by this batch.")
    counts: dict[str, Count]
    fed: int = Field(description="Rows that waited, of this batch or earlier ones, and came in with it.")
    results: list[Became] = Field(description="Every row, in the order in which they were sent: projects first.")


def wire(api: Api, office: Office) -> None:
    """Adds the operations."""

    @api.post("/batches", responses=responses(Landed, 400, 409, 413, 415))
    @asks_batch
    def push_batch(query: How, body: Batch, numbers: Numbers) -> Response:
        """Push projects, cases and events: whole or nothing, unless `partial`.

        The same rows again add nothing. An event id with other content is a conflict: void the record, and send a new
        one. Rows of lines name their `table`.
        """
        told = {table: numbered(getattr(body, table), numbers.get(table)) for table in ORDER}
        return _landed(office, told, body.batch_id, body.reported_until, partial=query.partial == "true")

    taken = api.paths[f"{PREFIX}/batches"].post.requestBody.content
    taken[LINES] = MediaType(schema=Schema(type=DataType.STRING, description=_LINES))

    @api.put("/projects/<code>", responses=responses(Landed, 400, 409, 413, 415))
    @asks
    def put_project(path: ProjectKey, body: ProjectFacts) -> Response:  # type: ignore[valid-type]
        """Say the facts of one project. What is left out stays as it is known; null is blank."""
        return _landed(office, {"projects": [_keyed("projects", path.code, body)]})

    @api.put("/cases/<case_id>", responses=responses(Landed, 400, 409, 413, 415))
    @asks
    def put_case(path: CaseKey, body: CaseFacts) -> Response:  # type: ignore[valid-type]
        """Say the facts of one case. What is left out stays as it is known; null is blank."""
        return _landed(office, {"cases": [_keyed("cases", path.case_id, body)]})


def _keyed(table: TableName, key: str, facts: BaseModel) -> Numbered:
    return 1, {OWN_KEY[table]: key} | {name: getattr(facts, name) for name in facts.model_fields_set}


def _landed(
    office: Office,
    tables: Mapping[TableName, Sequence[Numbered]],
    name: str = "",
    until: dt.date | None = None,
    *,
    partial: bool = False,
) -> Response:
    """Takes rows in for the source of the token, and answers. Raises Refused."""
    sender, today = who(), office.today()
    if until is not None and until > today:
        raise Refused(422, [field("reported_until", until, *of_form("to_come", today=today.isoformat()))])
    settings = office.monitor.settings
    try:
        done = push(
            office.monitor.database,
            tables,
            source=sender.source,
            regions=sender.scope.regions,
            zone=settings.zone,
            clock=now,
            today=today,
            name=name,
            reported_until=until,
            partial=partial,
            places=settings.place_names(),
            secret_list=settings.secret_projects_file,
        )
    except OtherContent as other:
        reason, allowed = _("is the name of another batch already"), _("a new name, or the same rows as before")
        both = {"stored": f"SHA-256 {other.stored}", "sent": f"SHA-256 {other.sent}"}
        raise Refused(409, [field("batch_id", other.name, reason, allowed, **both)]) from other
    if done.outcome == "refused":
        clash = any(refusal.code in CONFLICTS for refusal in done.refusals)
        raise Refused(409 if clash else 422, list(of_rows(done.refusals)))
    return _told(office, done, name)


def _told(office: Office, done: Pushed, name: str) -> Response:
    counts = {table: Counter(row.result for row in done.rows if row.table == table) for table in ORDER}
    body = {
        "batch_id": name or None,
        "batch": done.batch,
        "source": done.source,
        "outcome": done.outcome,
        "known_from": office.local(done.known_from).isoformat() if done.known_from else None,
        "reported_until": done.reported_until.isoformat() if done.reported_until else None,
        "counts": {table: {result: found[result] for result in Count.model_fields} for table, found in counts.items()},
        "fed": done.fed,
        "results": [_became(row) for row in done.rows],
    }
    return answer(body, **({"Idempotent-Replay": "true"} if done.again else {}))


def _became(row: Row) -> dict[str, Any]:
    told: dict[str, Any] = {"table": row.table, "row": row.row, "id": row.id or None, "result": row.result}
    return told | ({"errors": [of_row(one, OWN_KEY[row.table]) for one in row.refusals]} if row.refusals else {})
