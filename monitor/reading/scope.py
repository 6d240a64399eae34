"""Of which projects a question is asked that is no list: the unfinished ones of a region or of a department."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.codes.departments import place
from monitor.reading.light import of_region, unfinished_on
from monitor.reading.sweeps import last_sweep
from monitor.reading.viewer import Viewer
from monitor.tables import CaseStanding, Department, Project, ProjectFact, Standing
from monitor.tables.among import among


def unfinished(
    connection: Connection, viewer: Viewer, as_of: dt.date, *, region: str | None, department_id: int | None
) -> int:
    """How many projects are unfinished on a day; of a region, and with a case of a department, open or closed."""
    conditions = _conditions(connection, as_of, region, department_id)
    return connection.execute(select(func.count()).select_from(Standing).where(*conditions)).scalar() or 0


def unfinished_ids(
    connection: Connection, viewer: Viewer, as_of: dt.date, *, region: str | None, department_id: int | None
) -> list[int]:
    """Their keys, in order."""
    conditions = _conditions(connection, as_of, region, department_id)
    query = select(Standing.project_id).where(*conditions).order_by(Standing.project_id)
    return list(connection.execute(query).scalars())


def project_names(connection: Connection, viewer: Viewer, codes: Sequence[str]) -> dict[str, str]:
    """Names by project code; a code that is not there is left out."""
    query = (
        select(Project.code, ProjectFact.name)
        .join(ProjectFact, ProjectFact.project_id == Project.id)
        .where(among(connection, Project.code, codes), ProjectFact.known_to.is_(None))
    )
    return dict(connection.execute(query).all())


def _conditions(connection: Connection, as_of: dt.date, region: str | None, department_id: int | None) -> list[Any]:
    found: list[Any] = [unfinished_on(as_of, last_sweep(connection))]
    if (inside := of_region(region)) is not None:
        found.append(inside)
    if department_id is not None:
        # A department has projects of its region and of what lies in it: their index spares looking at all cases.
        own = connection.execute(select(Department.region).where(Department.id == department_id)).scalar()
        held = select(CaseStanding.case_id).where(
            CaseStanding.project_id == Standing.project_id, CaseStanding.department_id == department_id
        )
        if (around := of_region(place(own or ""))) is not None:
            found.append(around)
        found.append(held.exists())
    return found
