"""Accounts: made, changed in place, disabled; and the lock of all who write of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, text, update

from monitor.rights import Role, Scope
from monitor.tables import Account, AccountDepartment, AccountSession, SignInAttempt

_LOCK = 7_231_012  # any number that is nobody else's


def lock_people(connection: Connection) -> None:
    """Waits until no other writer of accounts, tokens, agreements and attempts is at work; held to the end of the
    transaction, so keep that short."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def add_account(
    connection: Connection,
    name: str,
    display: str,
    role: Role,
    scope: Scope,
    password: str | None,
    by: str,
    now: dt.datetime,
) -> int:
    """Writes an account, with the hash of an initial password (None: of a provider's); gives its key."""
    values = {
        "name": name,
        "display": display,
        "role": role.value,
        **_lines(scope),
        "password": password,
        "must_change": password is not None,
        "created_at": now,
        "created_by": by,
    }
    key = connection.execute(insert(Account).values(**values).returning(Account.id)).scalar_one()
    _write_departments(connection, key, scope.departments)
    return key


def change_account(connection: Connection, key: int, display: str, role: Role, scope: Scope) -> None:
    """Puts these in the place of what is there."""
    changed = update(Account).where(Account.id == key)
    connection.execute(changed.values(display=display, role=role.value, **_lines(scope)))
    connection.execute(delete(AccountDepartment).where(AccountDepartment.account_id == key))
    _write_departments(connection, key, scope.departments)


def set_disabled(connection: Connection, key: int, at: dt.datetime | None) -> None:
    """Disables an account from a moment on; None: it is not disabled any more."""
    connection.execute(update(Account).where(Account.id == key).values(disabled_at=at))


def set_password(connection: Connection, key: int, password: str, *, must_change: bool) -> None:
    """Puts the hash of a password in the place of the one before."""
    connection.execute(update(Account).where(Account.id == key).values(password=password, must_change=must_change))


def link(connection: Connection, key: int, issuer: str, subject: str) -> None:
    """An account is from now on that of a subject of a provider."""
    connection.execute(update(Account).where(Account.id == key).values(issuer=issuer, subject=subject))


def revoke_sessions(connection: Connection, key: int, now: dt.datetime) -> int:
    """Ends every session of an account that is not ended; gives how many."""
    ended = update(AccountSession).where(
        AccountSession.account_id == key, AccountSession.revoked_at.is_(None), AccountSession.expires > now
    )
    return connection.execute(ended.values(revoked_at=now)).rowcount


def revoke_every_session(connection: Connection, now: dt.datetime) -> None:
    """Ends every session of every account."""
    connection.execute(update(AccountSession).where(AccountSession.revoked_at.is_(None)).values(revoked_at=now))


def forget_attempts(connection: Connection, account: str) -> None:
    """Forgets how often signing in failed with a name, by its digest, wherever that was."""
    connection.execute(delete(SignInAttempt).where(SignInAttempt.account == account))


def _lines(scope: Scope) -> dict[str, str]:
    return {"regions": "\n".join(scope.regions), "agents": "\n".join(scope.agents)}


def _write_departments(connection: Connection, key: int, departments: Iterable[int]) -> None:
    if rows := [{"account_id": key, "department_id": one} for one in departments]:
        connection.execute(insert(AccountDepartment), rows)
