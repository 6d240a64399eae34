"""Sources: who reports, and until which day each has told everything."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from pydantic import Field

from monitor.doors.api.asking import asks
from monitor.doors.api.office import Api, Office, answer, responses
from monitor.doors.api.shapes import DayTold, Told
from monitor.doors.guard import Rule, bearer
from monitor.rights import Right

RULES: Mapping[str, Rule] = {"list_sources": bearer(Right.READ)}


class Source(Told):
    """Who reports."""

    source: str
    last_on: DayTold = Field(description="The last day on which it sent anything.")
    reported_until: DayTold | None = Field(description="Until which day it has told everything.")
    habit: float | None = Field(description="Working days that usually lie between two days on which it sends.")
    silent: int = Field(description="Working days since it sent.")
    silent_for_long: bool = Field(description="For longer than usual, or than is allowed.")


class Sources(Told):
    """Who reports, those that are silent for long first."""

    as_of: DayTold
    sources: list[Source]


def wire(api: Api, office: Office) -> None:
    """Adds the operations."""

    @api.get("/sources", responses=responses(Sources))
    @asks
    def list_sources() -> Response:
        """List who reports, and until which day each has told everything."""
        today = office.today()
        found = office.monitor.reader.sources(office.viewer(), today)
        return answer(Sources(as_of=today, sources=[Source(**vars(one)) for one in found]))
