"""The ledger of what the timetable ran."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, update

from monitor.store import bulk
from monitor.tables import JobRun


def claim(connection: Connection, job: str, due_at: dt.datetime, now: dt.datetime) -> bool:
    """Claims a due moment of a job; False when it is taken already."""
    constants = {"outcome": "", "started": bulk.moment(connection, now), "due_at": bulk.moment(connection, due_at)}
    return bulk.Intake(connection, "job_run", "(job, due_at)", constants).add(("job",), [(job,)]) == 1


def close(connection: Connection, job: str, due_at: dt.datetime, outcome: str, now: dt.datetime) -> None:
    """Records how a run ended."""
    mine = (JobRun.job == job) & (JobRun.due_at == due_at)
    connection.execute(update(JobRun).where(mine).values(ended=now, outcome=outcome))
