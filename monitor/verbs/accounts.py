"""Accounts: made, changed, disabled, given another password. Each verb does all of it or, with PeopleRefused, nothing.

Whoever loses a right, or whose password was changed by somebody else, is signed out everywhere.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from monitor import passwords as password_rules
from monitor.actor import actor
from monitor.codes.departments import place
from monitor.database import Database
from monitor.deeds import Verb
from monitor.passwords import Passwords
from monitor.people import DISPLAY, Account, PeopleRefused, account_name, folded, one_line
from monitor.reading import people as reading
from monitor.reading.register import keys_of, places_of
from monitor.rights import MAY_HAVE, NEEDS, Part, Role, Scope
from monitor.store import people as store
from monitor.store.trail import record
from monitor.verbs.attempts import name_digest
from monitor.verbs.people_told import about, changed, made

CHANGEABLE = ("display", "role", *Part)
_LENGTHS = (2, 4, 6, 9, 12)  # of area codes and their beginnings


def add_account(
    database: Database,
    passwords: Passwords,
    name: str,
    *,
    role: str,
    display: str = "",
    scope: Mapping[str, Any] | None = None,
    password: str | None = None,
    provided: bool = False,
    now: dt.datetime,
) -> tuple[Account, str]:
    """Makes an account; gives it, and its initial password, to be told once and changed at the first sign-in.

    ``scope``: by the names of `monitor.rights.Part`. ``password``: the initial one; None: one is made. ``provided``:
    none at all (""), whoever has it signs in with the provider of the office. The first account of an office is an
    administrator's.
    """
    told = account_name(name)
    if not told:
        raise PeopleRefused("name", value=one_line(name, DISPLAY))
    wanted = _draft({"display": display.strip() or told, "role": role, **(scope or {})})
    initial = "" if provided else password if password is not None else password_rules.made()
    if not provided:
        password_rules.check(initial, told)
    hashed = None if provided else passwords.hashed(initial)
    with database.writing() as connection:
        store.lock_people(connection)
        if reading.accounts(connection, told):
            raise PeopleRefused("there", value=told)
        _check_departments(connection, wanted.scope)
        store.add_account(connection, told, wanted.display, wanted.role, wanted.scope, hashed, actor().name, now)
        added = require(connection, told)
        record(connection, now, made(added))
        return added, initial


def change_account(database: Database, name: str, changes: Mapping[str, Any], *, now: dt.datetime) -> Account:
    """Changes display, role or scope, by the names of CHANGEABLE; any other field is refused.

    With another role what that role has no use for is dropped, unless it is given here. Sessions end where role or
    scope changed.
    """
    for field in changes:
        if field not in CHANGEABLE:
            raise PeopleRefused("field", field=one_line(str(field), DISPLAY), allowed=", ".join(CHANGEABLE))
    with database.writing() as connection:
        store.lock_people(connection)
        before = require(connection, name)
        told: dict[str, Any] = {"display": before.display, "role": before.role.value}
        role = _role(changes.get("role", before.role))
        told |= {part: list(before.scope[part]) for part in MAY_HAVE[role]}
        after = _draft(told | dict(changes))
        _check_departments(connection, after.scope)
        if after.role is not Role.ADMINISTRATOR:
            _spare_the_last_administrator(connection, before)
        store.change_account(connection, before.id, after.display, after.role, after.scope)
        if (after.role, after.scope) != (before.role, before.scope):
            store.revoke_sessions(connection, before.id, now)
        found = require(connection, name)
        if deed := changed(before, found):
            record(connection, now, deed)
        return found


def disable_account(database: Database, name: str, *, now: dt.datetime) -> Account:
    """From now on the account cannot sign in, its sessions end, and its tokens prove nothing. Known already: stays."""
    with database.writing() as connection:
        store.lock_people(connection)
        found = require(connection, name)
        if found.disabled_at is None:
            _spare_the_last_administrator(connection, found)
            store.set_disabled(connection, found.id, now)
            ended = store.revoke_sessions(connection, found.id, now)
            record(connection, now, replace(about(Verb.ACCOUNT_DISABLE, found), after={"sessions_ended": ended}))
        return require(connection, name)


def enable_account(database: Database, name: str, *, now: dt.datetime) -> Account:
    """It may sign in again; sessions that ended stay ended."""
    with database.writing() as connection:
        store.lock_people(connection)
        found = require(connection, name)
        if found.disabled_at is not None:
            store.set_disabled(connection, found.id, None)
            since = found.disabled_at.isoformat()
            record(connection, now, replace(about(Verb.ACCOUNT_ENABLE, found), before={"disabled_at": since}))
        return require(connection, name)


def reset_password(
    database: Database, passwords: Passwords, name: str, *, password: str | None = None, now: dt.datetime
) -> str:
    """Gives an account another initial password, and gives that; its sessions end, and its failed attempts are
    forgotten. ``password``: as in `add_account`."""
    told = folded(name)
    initial = password if password is not None else password_rules.made()
    password_rules.check(initial, told)
    hashed = passwords.hashed(initial)
    with database.writing() as connection:
        store.lock_people(connection)
        found = require(connection, told)
        store.set_password(connection, found.id, hashed, must_change=True)
        ended = store.revoke_sessions(connection, found.id, now)
        store.forget_attempts(connection, name_digest(told))
        record(connection, now, replace(about(Verb.PASSWORD_RESET, found), after={"sessions_ended": ended}))
        return initial


def sign_out_everywhere(database: Database, name: str, *, now: dt.datetime) -> int:
    """Ends every session of an account; gives how many."""
    with database.writing() as connection:
        found = require(connection, name)
        if ended := store.revoke_sessions(connection, found.id, now):
            record(connection, now, replace(about(Verb.SESSIONS_END, found), after={"sessions_ended": ended}))
        return ended


def require(connection: Any, name: str, *, agent: bool = False, enabled: bool = False) -> Account:
    """The account of a name; raises PeopleRefused where there is none, where it is no agent's and has to be one, or is
    disabled and must not be."""
    found = next(iter(reading.accounts(connection, account_name(name))), None)
    if found is None:
        raise PeopleRefused("unknown", value=one_line(name, DISPLAY))
    if agent and found.role is not Role.AGENT:
        raise PeopleRefused("not_agent", value=found.name, role=found.role.value)
    if enabled and found.disabled_at is not None:
        raise PeopleRefused("disabled", value=found.name)
    return found


def department_keys(database: Database, told: Iterable[str]) -> list[int]:
    """The keys of departments as people name them: a name that is told in one region alone, or REGION/NAME, where the
    region of one of the whole country is blank."""
    keys: list[int] = []
    with database.reading() as connection:
        for text in told:
            region, slash, rest = one_line(text, 4 * DISPLAY).partition("/")
            bounded = bool(slash) and (region.isdigit() or not region)
            name = rest if bounded else f"{region}{slash}{rest}"
            found = [one for one in places_of(connection, name) if not bounded or place(one[0]) == place(region)]
            if not found:
                raise PeopleRefused("department", value=one_line(text, DISPLAY))
            if len(found) > 1:
                raise PeopleRefused("where", value=name, allowed=", ".join(map("/".join, found)))
            keys += keys_of(connection, found).values()
    return keys


def _spare_the_last_administrator(connection: Any, account: Account) -> None:
    if account.role is Role.ADMINISTRATOR and account.disabled_at is None and reading.administrators(connection) == 1:
        raise PeopleRefused("last_administrator", value=account.name)


@dataclass(frozen=True)
class _Draft:
    """What an account is to be."""

    display: str
    role: Role
    scope: Scope


def _draft(told: Mapping[str, Any]) -> _Draft:
    display = told["display"]
    if not isinstance(display, str) or not display or one_line(display, DISPLAY) != display:
        raise PeopleRefused("display", value=display)
    role = _role(told["role"])
    parts: dict[str, Any] = {}
    for part in Part:
        values = told.get(part, ())
        if not isinstance(values, list | tuple):
            raise PeopleRefused("value", field=part.value, value=values, allowed="[…]")
        if values and part not in MAY_HAVE[role]:
            allowed = ", ".join(sorted(MAY_HAVE[role])) or "–"
            raise PeopleRefused("has_no", role=role.value, field=part.value, value=values[0], allowed=allowed)
        parts[part.value] = tuple(dict.fromkeys(_CHECKS[part](value) for value in values))
    needed = NEEDS[role]
    if needed and not parts[needed.value]:
        raise PeopleRefused("needs", role=role.value, field=needed.value, allowed=_EXAMPLES[needed])
    return _Draft(display, role, Scope(**parts))


def _role(value: Any) -> Role:
    try:
        return Role(value)
    except ValueError:
        raise PeopleRefused("role", value=value, allowed=", ".join(Role)) from None


def _region(value: Any) -> str:
    if not isinstance(value, str) or not (value.isascii() and value.isdigit() and len(value) in _LENGTHS):
        raise PeopleRefused("region", value=value)
    return place(value)


def _department(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise PeopleRefused("department", value=value)
    return value


def _agent(value: Any) -> str:
    if not isinstance(value, str) or not value or one_line(value, DISPLAY) != value:
        raise PeopleRefused("agent", value=value)
    return value


_CHECKS: Mapping[Part, Callable[[Any], Any]] = {
    Part.REGIONS: _region, Part.DEPARTMENTS: _department, Part.AGENTS: _agent,
}  # fmt: skip
_EXAMPLES = {Part.REGIONS: "33, 3301, 330106 …", Part.DEPARTMENTS: "approval-monitor departments"}


def _check_departments(connection: Any, scope: Scope) -> None:
    known = reading.known_departments(connection, scope.departments)
    for key in scope.departments:
        if key not in known:
            raise PeopleRefused("department", value=key)
