"""Signing in and out, the own password, and who a session is.

Whether there is an account of a name cannot be told from a refusal, nor from the work that it takes. How often it may
be tried: `monitor.verbs.attempts`.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from monitor import passwords as password_rules
from monitor.database import Database, DatabaseError
from monitor.deeds import Deed, Verb
from monitor.passwords import Passwords
from monitor.people import Account, PeopleRefused, account_name, browser_line, known_address
from monitor.reading import people as reading
from monitor.rights import Who
from monitor.store import people as store
from monitor.store import signing_in as written
from monitor.verbs import attempts
from monitor.verbs.attempts import Counted
from monitor.verbs.people_told import tell_as, tell_lock

SEEN_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: without being used, and at most."""

    idle: dt.timedelta
    absolute: dt.timedelta


class SignInRefused(Exception):
    """Name and password do not fit (`wrong`), or it was tried too often (`locked`). ``again_at``: when it may be tried
    again; None: at once."""

    def __init__(self, problem: str, again_at: dt.datetime | None = None) -> None:
        self.problem, self.again_at = problem, again_at
        super().__init__(problem)


class NotProved(Exception):
    """A session or a token that proves nobody: `unknown`, `revoked`, `expired`, `idle`, `disabled`."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True)
class SignedIn:
    """``token``: for the browser, kept nowhere else."""

    token: str
    who: Who
    expires: dt.datetime


def sign_in(
    database: Database,
    passwords: Passwords,
    name: str,
    password: str,
    *,
    address: str,
    browser: str = "",
    limits: Limits,
    now: dt.datetime,
) -> SignedIn:
    """Begins a session. Raises SignInRefused, which does not tell whether there is such an account."""
    place = known_address(address)
    proved = _proved(database, passwords, name, password, place, now)
    again = passwords.hashed(password) if passwords.outdated(proved.hashed) else None
    with database.writing() as connection:
        store.lock_people(connection)
        found = _still(connection, proved)
        attempts.did_not_fail(connection, proved.counted)
        if again:
            store.set_password(connection, found.id, again, must_change=found.must_change)
        begun = begin(connection, found, place, browser, limits, now)
        after = {"failures_before": proved.counted.of_name - 1}
        tell_as(connection, found, address, Deed(Verb.SIGN_IN, after=after), now)
        return begun


def prove(database: Database, passwords: Passwords, name: str, password: str, *, address: str, now: dt.datetime) -> Who:
    """Who somebody is by name and password, for one deed alone: no session begins. Raises SignInRefused, counted as at
    signing in."""
    proved = _proved(database, passwords, name, password, known_address(address), now)
    with database.writing() as connection:
        store.lock_people(connection)
        found = _still(connection, proved)
        attempts.did_not_fail(connection, proved.counted)
        return who(found)


def change_password(
    database: Database,
    passwords: Passwords,
    name: str,
    old: str,
    new: str,
    *,
    address: str,
    browser: str = "",
    limits: Limits,
    now: dt.datetime,
) -> SignedIn:
    """A person changes the own password: all sessions of the account end, and a new one begins.

    Raises SignInRefused where ``old`` is not the password, counted as at signing in, and PeopleRefused where ``new``
    cannot be one.
    """
    place = known_address(address)
    password_rules.check(new, name)
    if new == old:
        raise PeopleRefused("same_password")
    proved = _proved(database, passwords, name, old, place, now)
    hashed = passwords.hashed(new)
    with database.writing() as connection:
        store.lock_people(connection)
        found = _still(connection, proved)
        attempts.did_not_fail(connection, proved.counted)
        store.set_password(connection, found.id, hashed, must_change=False)
        ended = store.revoke_sessions(connection, found.id, now)
        begun = begin(connection, reading.account_by_key(connection, found.id), place, browser, limits, now)
        after = {"sessions_ended": ended, "initial": found.must_change}
        tell_as(connection, found, address, Deed(Verb.PASSWORD_CHANGE, after=after), now)
        return begun


def sign_out(database: Database, token: str, *, now: dt.datetime) -> bool:
    """Ends the session of a token; gives whether there was one to end."""
    with database.writing() as connection:
        known = digest(token)
        ended = written.end_session(connection, known, now)
        row = reading.session(connection, known) if ended else None
        if row is not None:
            session, account = row
            tell_as(connection, account, session.address, Deed(Verb.SIGN_OUT), now)
        return ended


def session_of(database: Database, token: str, *, limits: Limits, now: dt.datetime) -> Who:
    """Whose session a token is, and that it was used now. Raises NotProved where it does not hold.

    The use is written once a minute at most, and not while another program writes to a SQLite file for long: nobody
    waits for it. So a session may end by up to a minute, or by as long as such a writer works, too early.
    """
    with database.reading() as connection:
        row = reading.session(connection, digest(token))
    if row is None:
        raise NotProved("unknown")
    found, account = row
    if account.disabled_at is not None:
        raise NotProved("disabled")
    if found.revoked_at is not None:
        raise NotProved("revoked")
    if now >= found.expires or now >= found.created + limits.absolute:
        raise NotProved("expired")
    if now >= found.last_seen + limits.idle:
        raise NotProved("idle")
    if now - found.last_seen >= SEEN_EVERY:
        note_use(database, lambda connection: written.seen(connection, found.id, now, now - SEEN_EVERY))
    return who(account)


def note_use(database: Database, write: Callable[[Any], None]) -> None:
    """Writes that something was used, or leaves it where another program is writing."""
    try:
        with database.writing(patient=False) as connection:
            write(connection)
    except DatabaseError as error:
        if error.problem != "busy":
            raise


def who(account: Account) -> Who:
    """The person of an account."""
    return Who(account.id, account.name, account.display, account.role, account.scope, account.must_change)


def digest(token: str) -> str:
    """By what a session or a token is known here. It is as long as chance can make it, so no salt is needed."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class _Proved:
    """A name whose password was right a moment ago."""

    name: str
    hashed: str
    counted: Counted


def _proved(
    database: Database, passwords: Passwords, name: str, password: str, address: str, now: dt.datetime
) -> _Proved:
    with database.reading() as connection:  # whoever is locked out need not wait for a writer, nor keep one waiting
        _check_lock(connection, name, address, now)
    with database.writing() as connection:
        store.lock_people(connection)
        _check_lock(connection, name, address, now)
        counted, again_at = attempts.count(connection, name, address, now)
        found = reading.credentials(connection, account_name(name))
    hashed = found.password if found else None
    if not passwords.fits(hashed, password) or found is None or hashed is None or found.account.disabled_at:
        if again_at:
            with database.writing() as connection:
                tell_lock(connection, found.account if found else None, counted, address, again_at, now)
        raise SignInRefused("wrong", again_at)
    return _Proved(found.account.name, hashed, counted)


def _check_lock(connection: Any, name: str, address: str, now: dt.datetime) -> None:
    if until := attempts.locked(connection, name, address, now):
        raise SignInRefused("locked", until)


def _still(connection: Any, proved: _Proved) -> Account:
    """The account, whose password or state may have been changed while it was verified."""
    found = reading.credentials(connection, proved.name)
    if found is None or found.password != proved.hashed or found.account.disabled_at:
        raise SignInRefused("wrong")
    return found.account


def begin(connection: Any, account: Account, address: str, browser: str, limits: Limits, now: dt.datetime) -> SignedIn:
    """Begins a session of somebody who has proved who they are; ``address`` as it is counted by."""
    token, expires = secrets.token_urlsafe(32), now + limits.absolute
    written.forget_sessions_before(connection, account.id, now - attempts.KNOWN_FOR)
    written.begin_session(connection, account.id, digest(token), now, expires, address, browser_line(browser))
    return SignedIn(token, who(account), expires)
