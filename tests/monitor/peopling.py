"""An office with a few people, made up, whose passwords cost next to nothing to verify."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from argon2.profiles import CHEAPEST
from sqlalchemy import text

from monitor.actor import Actor, acting
from monitor.database import Database
from monitor.passwords import Passwords
from monitor.reading.people import accounts
from monitor.rights import Who
from monitor.tables import Base
from monitor.verbs.accounts import add_account
from monitor.verbs.signing_in import Limits, SignedIn, change_password, sign_in, who
from tests.monitor.canonical_files import MOMENT

CHEAP = Passwords(CHEAPEST)
LIMITS = Limits(dt.timedelta(minutes=30), dt.timedelta(hours=12))
HOME, AWAY = "10.1.0.7", "203.0.113.9"  # an address in the office, and one of RFC 5737
SECOND = dt.timedelta(seconds=1)
SCOPES: dict[str, dict[str, Any]] = {
    "administrator": {},
    "supervisor": {"regions": ["33"]},
    "leader": {"regions": ["3301"]},
    "agent": {},
    "auditor": {},
}


def add(database: Database, name: str, role: str = "supervisor", **more: Any) -> str:
    """Makes an account; gives its initial password."""
    told: dict[str, Any] = {"role": role, "scope": SCOPES.get(role), "now": MOMENT} | more
    with acting(Actor("root")):
        return add_account(database, CHEAP, name, **told)[1]


def person(database: Database, name: str, role: str = "administrator", **more: Any) -> Who:
    """Who an account is, made if need be, as a session of it would prove."""
    with database.reading() as connection:
        known = [one.name for one in accounts(connection, name)]
    if not known:
        add(database, name, role, **more)
    with database.reading() as connection:
        return replace(who(accounts(connection, name)[0]), must_change=False)


def enter(
    database: Database, name: str, password: str, now: dt.datetime = MOMENT, address: str = HOME, **more: Any
) -> SignedIn:
    """Signs in."""
    return sign_in(database, CHEAP, name, password, **{"address": address, "limits": LIMITS, "now": now} | more)


def settled(database: Database, name: str, password: str, role: str = "supervisor", **more: Any) -> SignedIn:
    """Makes an account that has changed its initial password to this one at home; gives its session."""
    initial = add(database, name, role, **more)
    return change_password(database, CHEAP, name, initial, password, address=HOME, limits=LIMITS, now=MOMENT)


def everything_kept(database: Database) -> str:
    """All that lies in all tables, as text."""
    with database.reading() as connection:
        return "\n".join(
            str(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in connection.execute(text(f"SELECT * FROM {table.name}"))
        )
