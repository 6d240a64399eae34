"""Agreements of agents: what is said of one is closed by what is said next, never overwritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert, update

from monitor.people import AgreementState
from monitor.tables import Agreement, AgreementFact
from rules.vocabulary import Stage


@dataclass(frozen=True)
class Said:
    """What is said of an agreement; `monitor.people.Agreement` tells what each part means."""

    stages: Iterable[Stage]
    state: AgreementState
    since: dt.date | None
    until: dt.date | None = None
    handed_to: int | None = None


def add(
    connection: Connection, account_id: int, project_id: int, code: str, said: Said, by: str, now: dt.datetime
) -> int:
    """Writes an agreement and what is said of it first; gives its number."""
    values = {"account_id": account_id, "project_id": project_id, "code": code}
    number = connection.execute(insert(Agreement).values(**values).returning(Agreement.id)).scalar_one()
    _write(connection, number, project_id, said, by, now)
    return number


def say(connection: Connection, number: int, project_id: int, said: Said, by: str, now: dt.datetime) -> None:
    """Closes what is known of an agreement and writes what is said now."""
    known = AgreementFact.known_to.is_(None)
    connection.execute(update(AgreementFact).where(AgreementFact.agreement_id == number, known).values(known_to=now))
    _write(connection, number, project_id, said, by, now)


def _write(connection: Connection, number: int, project_id: int, said: Said, by: str, now: dt.datetime) -> None:
    values = {
        "agreement_id": number,
        "project_id": project_id,
        "stages": sum(1 << stage for stage in set(said.stages)),
        "state": int(said.state),
        "since": said.since,
        "until": said.until,
        "handed_to": said.handed_to,
        "said_by": by,
        "known_from": now,
    }
    connection.execute(insert(AgreementFact).values(**values))
