"""The people of the demonstration: one made-up account of each role, all with one password that the page tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from monitor.actor import acting_as
from monitor.database import Database
from monitor.passwords import Passwords
from monitor.rights import Role
from monitor.text import N_, _
from monitor.verbs.accounts import add_account
from monitor.verbs.agreements import add_agreement
from monitor.verbs.signing_in import Limits, change_password, sign_out
from monitor.words import ROLE_WORDS

PASSWORD = "for-show-only"
BY = "demo"
_SEES = {
    Role.SUPERVISOR: N_("sees all regions; takes in records, confirms pauses, raises orders"),
    Role.LEADER: N_("reads all regions and the reports"),
    Role.DEPARTMENT: N_("sees the cases of one department"),
    Role.AGENT: N_("sees the projects of its agreements"),
    Role.AUDITOR: N_("reads who did what, and no project"),
    Role.ADMINISTRATOR: N_("keeps accounts, rules and notices"),
}


@dataclass(frozen=True)
class Example:
    """What the page to sign in offers: ``role`` and ``sees`` in the reader's language."""

    name: str
    password: str
    role: str
    sees: str


def examples() -> list[Example]:
    """One of each role."""
    return [Example(role.value, PASSWORD, _(ROLE_WORDS[role]), _(sees)) for role, sees in _SEES.items()]


def demo_people(
    database: Database,
    passwords: Passwords,
    *,
    region: str,
    department: int,
    projects: Iterable[str],
    since: dt.date,
    now: dt.datetime,
) -> None:
    """Makes them. ``department``: the key of the one whose account it is; ``projects``: codes of those for which the
    agent has a signed agreement, which holds from ``since`` on."""
    scopes: dict[Role, dict[str, Any]] = {
        Role.SUPERVISOR: {"regions": [region]},
        Role.LEADER: {"regions": [region]},
        Role.DEPARTMENT: {"departments": [department]},
    }
    limits = Limits(dt.timedelta(minutes=1), dt.timedelta(minutes=1))
    with acting_as(BY, ""):
        for role in _SEES:
            display = _(ROLE_WORDS[role])
            _account, initial = add_account(
                database, passwords, role.value, role=role.value, display=display, scope=scopes.get(role), now=now
            )
            begun = change_password(
                database, passwords, role.value, initial, PASSWORD, address="127.0.0.1", limits=limits, now=now
            )
            sign_out(database, begun.token, now=now)
        for code in projects:
            add_agreement(database, Role.AGENT.value, code, state="signed", since=since, now=now)
