"""Tokens, by which another system acts for an account: made, shown once, revoked, and proved."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import replace

from monitor.actor import actor
from monitor.database import Database
from monitor.deeds import Deed, Told, Verb
from monitor.people import DISPLAY, PeopleRefused, Token, one_line
from monitor.reading import people as reading
from monitor.rights import FOR_TOKENS, RIGHTS, Right, Role, Who
from monitor.store import people as store
from monitor.store import signing_in as written
from monitor.store.trail import record
from monitor.verbs.accounts import require
from monitor.verbs.signing_in import SEEN_EVERY, NotProved, digest, note_use, who

MOST_DAYS = 365
_MARK = "am_"  # by which a token is known that was left lying about
_SHOWN = 10  # characters


def add_token(
    database: Database,
    name: str,
    *,
    account: str,
    rights: Iterable[str],
    source: str = "",
    days: int = MOST_DAYS,
    now: dt.datetime,
) -> tuple[Token, str]:
    """Makes a token for an account that is not disabled; gives it, and its text, to be shown once.

    It may do what is in ``rights`` and the account's role may do at that time, in the account's scope, and write for
    ``source`` alone. Raises PeopleRefused.
    """
    told, source = name.strip(), source.strip()
    if not told or one_line(told, DISPLAY) != told:
        raise PeopleRefused("token_name", value=one_line(name, DISPLAY))
    if not 1 <= days <= MOST_DAYS:
        raise PeopleRefused("days", value=days, allowed=MOST_DAYS)
    text = _MARK + secrets.token_urlsafe(32)
    with database.writing() as connection:
        store.lock_people(connection)
        found = require(connection, account, enabled=True)
        granted = _granted(rights, found.role)
        if (Right.IMPORT in granted) != bool(source) or one_line(source, DISPLAY) != source:
            raise PeopleRefused("source")
        for other in reading.tokens(connection):
            if other.name == told and other.revoked_at is None and other.expires > now:
                raise PeopleRefused("token_there", value=told, number=other.id)
        expires = now + dt.timedelta(days=days)
        values = (told, digest(text), text[:_SHOWN], found.id, granted, source, actor().name, now, expires)
        number = written.add_token(connection, *values)
        made = next(one for one in reading.tokens(connection) if one.id == number)
        after: Told = {
            "prefix": made.prefix, "rights": sorted(granted), "source": source, "expires": expires.isoformat(),
        }  # fmt: skip
        record(connection, now, replace(_about(Verb.TOKEN_ADD, made), after=after))
        return made, text


def revoke_token(database: Database, wanted: str, *, now: dt.datetime) -> Token:
    """Ends a token, by its number or by the name of one in use. Raises PeopleRefused where there is none."""
    with database.writing() as connection:
        store.lock_people(connection)
        live = [one for one in reading.tokens(connection) if one.revoked_at is None]
        named = [one for one in live if one.name == wanted.strip() and one.expires > now]
        found = named or [one for one in live if str(one.id) == wanted.strip()]
        if not found:
            raise PeopleRefused("no_token", value=one_line(wanted, DISPLAY))
        written.revoke_token(connection, found[0].id, now)
        record(connection, now, replace(_about(Verb.TOKEN_REVOKE, found[0]), before={"prefix": found[0].prefix}))
        return replace(found[0], revoked_at=now)


def token_of(database: Database, text: str, *, now: dt.datetime) -> Who:
    """For whom a token acts, and what it may. Its use is written once a minute at most (see `session_of`).

    Raises NotProved.
    """
    with database.reading() as connection:
        row = reading.token(connection, digest(text))
    if row is None:
        raise NotProved("unknown")
    found, account = row
    if found.revoked_at is not None:
        raise NotProved("revoked")
    if now >= found.expires:
        raise NotProved("expired")
    if account.disabled_at is not None:
        raise NotProved("disabled")
    if found.last_used is None or now - found.last_used >= SEEN_EVERY:
        note_use(database, lambda connection: written.used(connection, found.id, now, now - SEEN_EVERY))
    # Nobody has to sign in with an account that a machine alone uses.
    return replace(who(account), must_change=False, token=found.name, source=found.source, granted=found.rights)


def _about(verb: Verb, token: Token) -> Deed:
    return Deed(verb, "token", str(token.id), personal={"name": token.name, "account": token.account})


def _granted(rights: Iterable[str], role: Role) -> frozenset[Right]:
    possible = FOR_TOKENS & RIGHTS[role]
    allowed = ", ".join(sorted(possible)) or "–"
    for right in (wanted := list(rights)):
        if right not in possible:
            raise PeopleRefused("right", value=right, role=role.value, allowed=allowed)
    if not wanted:
        raise PeopleRefused("no_right", role=role.value, allowed=allowed)
    return frozenset(map(Right, wanted))
