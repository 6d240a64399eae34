"""Of which projects a question is asked that is no list: the unfinished ones of a region or of a department."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, false, func, not_, or_, select

from monitor.codes.departments import place
from monitor.reading.light import of_region, unfinished_on
from monitor.reading.sources import OURS
from monitor.reading.sweeps import last_sweep
from monitor.reading.viewer import Viewer
from monitor.tables import Batch, CaseStanding, Department, Project, ProjectFact, Standing
from monitor.tables.among import among

AT_ONCE = 20_000  # projects of one question


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


def outside(
    connection: Connection, ids: Sequence[int], regions: Sequence[str], moment: dt.datetime, most: int = 5
) -> list[str]:
    """Codes of the first of some projects that lie in none of these regions and their parts, as any source says of them
    now or said until ``moment``: what moves a project from one region into another touches both."""
    fact = ProjectFact
    inside = or_(false(), *(fact.region.startswith(one, autoescape=True) for one in regions))
    told = or_(fact.known_to.is_(None), fact.known_to == moment)
    query = select(Project.code).join(fact, fact.project_id == Project.id).where(told, not_(inside)).distinct()
    found: list[str] = []
    for at in range(0, len(ids), AT_ONCE):
        some = query.where(among(connection, Project.id, ids[at : at + AT_ONCE]))
        found += connection.scalars(some.order_by(Project.code).limit(most - len(found)))
        if len(found) >= most:
            break
    return found


def shared(connection: Connection, source_id: int, regions: Sequence[str]) -> bool:
    """Whether somebody has sent for a source who is not held to these regions or parts of them: its ids, and until when
    it has reported, are not for others to say. Who confirms a late stop sends nothing: its id follows from that of the
    stop, and it says of no further day that the source has reported."""
    sent = (Batch.source_id == source_id, Batch.undoes.is_(None), Batch.name != OURS)
    query = select(Batch.held_to).where(*sent).distinct()
    return not all(held_within(told, regions) for told in connection.scalars(query))


def held_within(told: str | None, regions: Sequence[str]) -> bool:
    """Whether the sender of a batch was held to these regions or parts of them. ``told``: as the batch keeps it."""
    return told is not None and all(one.startswith(tuple(regions)) for one in told.splitlines())


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
