"""Standings that have to be assessed again because what they rest on was revised."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, update

from monitor.tables import Standing
from monitor.tables.among import among


def make_due(connection: Connection, projects: Sequence[int], because: str | None) -> None:
    """Makes standings due, so that the next sweep assesses them, and says why (None: what turns no light)."""
    due = update(Standing).where(among(connection, Standing.project_id, projects))
    again = {"next_change": 0, "log_version": Standing.log_version + 1}
    connection.execute(due.values(**again, **({"due_because": because} if because is not None else {})))
