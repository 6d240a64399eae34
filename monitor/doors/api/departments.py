"""Departments: what each held, decided and has open."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from pydantic import Field

from monitor.doors.api.asking import asks
from monitor.doors.api.office import Api, Office, answer, records, responses
from monitor.doors.api.projects import Region, Stage
from monitor.doors.api.shapes import Day, DayTold, Strict, Told
from monitor.doors.guard import Rule, bearer
from monitor.rights import Right

RULES: Mapping[str, Rule] = {"list_departments": bearer(Right.READ)}


class Asked(Strict):
    """Which departments, and of which days."""

    region: Region | None = Field(None, description="Area code, or how it begins.")
    stage: Stage | None = Field(None, description="Of cases of this stage.")
    as_of: Day | None = Field(None, description="As of the end of this day; by default today.")
    since: Day | None = Field(None, description="Days held and decisions after this day; by default all.")


class Department(Told):
    """What a department held in working days, decided, and has open."""

    department_id: int
    department: str
    region: str
    share: float = Field(description="Days held, a day shared with others in equal parts.")
    sole: float = Field(description="Days held alone.")
    decided: int = Field(description="Cases decided.")
    beyond: int = Field(description="Days beyond the promise, of cases decided and of those open.")
    open_cases: int
    longest_open: int = Field(description="Days since acceptance of the case that has been open longest.")


class Departments(Told):
    """Departments, the longest share first."""

    as_of: DayTold
    departments: list[Department]


def wire(api: Api, office: Office) -> None:
    """Adds the operations."""

    @api.get("/departments", responses=responses(Departments))
    @asks
    def list_departments(query: Asked) -> Response:
        """List what departments held, decided and have open."""
        as_of = query.as_of or office.today()
        frame = office.monitor.reader.departments(
            office.viewer(), as_of, region=query.region, stage=query.stage, since=query.since
        )
        return answer({"as_of": as_of.isoformat(), "departments": records(frame)})
