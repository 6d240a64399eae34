"""What every resource of the API stands on: the application, the day, and for whom it answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

import orjson
from flask import Response
from flask_openapi3 import APIBlueprint
from pydantic import Field

from monitor.doors.api.refused import MOST
from monitor.doors.api.shapes import Number, Told
from monitor.doors.guard import who
from monitor.reading.viewer import Viewer
from monitor.wiring import Monitor

NAME, PREFIX = "api", "/api/v1"
BEARER = "bearer"
MOST_LISTED = 500  # entries of one page
Api = APIBlueprint
Limit = Annotated[Number, Field(ge=1, le=MOST_LISTED, description="Entries of a page at most.")]


@dataclass(frozen=True)
class Office:
    """``today`` gives the day on which a request is made."""

    monitor: Monitor
    today: Callable[[], dt.date]

    def viewer(self) -> Viewer:
        """For whom a request is answered."""
        return self.monitor.reader.viewer(who(), self.today())

    def local(self, moment: dt.datetime) -> dt.datetime:
        """A moment in the office's zone, with its offset."""
        return moment.astimezone(self.monitor.settings.zone)


class Error(Told):
    """One field that is refused."""

    field: str = Field(description="Name of the field; `body`: of the whole; of a row its column.")
    value: str | None = Field(description="What was sent, shortened; null: nothing, or what must not be told again.")
    reason: str = Field(description="Why it is refused, in the language of the office.")
    allowed: str | None = Field(None, description="What may stand there.")
    table: str | None = Field(None, description="Of a row: projects, cases or events.")
    row: int | None = Field(None, description="Of a row: its number in its list, from 1; of NDJSON its line.")
    column: str | None = Field(None, description="Of a contradiction: the column in which the two differ.")
    stored: str | None = Field(None, description="Of a contradiction: what is known.")
    sent: str | None = Field(None, description="Of a contradiction: what was sent.")


class Problem(Told):
    """A refusal as RFC 9457 has it; nothing was changed."""

    type: str
    title: str
    status: int
    detail: str | None = None
    number: str | None = Field(None, description="Of a fault of ours: under which it stands in the log.")
    errors: list[Error] | None = Field(None, description=f"Every field that is refused, the first {MOST:,} of them.")
    refused: int | None = Field(None, description="How many there are.")


def answer(told: Told | dict[str, Any], **headers: str) -> Response:
    """An answer as JSON."""
    document = told.model_dump(mode="json", exclude_unset=True) if isinstance(told, Told) else told
    return Response(orjson.dumps(document), mimetype="application/json", headers=headers)


def responses(told: type[Told], *statuses: int) -> dict[str | int | HTTPStatus, Any]:
    """What an operation answers: this, or a refusal; with these statuses besides those of all operations."""
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {"application/problem+json": {"schema": schema}}
    refusals = sorted({*_ALL, *statuses})
    found: dict[str | int | HTTPStatus, Any] = {"200": told}
    return found | {str(status): {"description": _MEANS[status], "content": content} for status in refusals}


_MEANS = {
    400: "Not understood: no JSON, not in UTF-8, a name twice in one object.",
    401: "No token, or one that is not known, has expired or was revoked.",
    403: "The token may not do this.",
    404: "No such project, or not yours to see.",
    409: "Contradicts what is known: `errors` name what is stored and what was sent.",
    413: "Too large.",
    415: "Of another kind than is taken.",
    422: "Refused, field by field.",
    429: "Too many requests.",
    500: "Our fault: `number` is that under which it stands in the log.",
    503: "Another import is at work; try again.",
}
_ALL = (401, 403, 422, 429, 500, 503)


def records(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame as JSON has them. A frame says "none" by a number that is not itself."""
    return [
        {str(name): None if value != value else _plain(value) for name, value in one.items()}
        for one in frame.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value
