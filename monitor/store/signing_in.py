"""Sessions, tokens and attempts to sign in: only digests of what proves them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import Connection, delete, insert, or_, update

from monitor.rights import Right
from monitor.tables import AccountSession, ApiToken, SignInAttempt


def count_attempt(
    connection: Connection, account: str, address: str, failures: int, until: dt.datetime | None, now: dt.datetime
) -> None:
    """Writes how often signing in failed, in the place of what was written; the caller holds the lock of people."""
    forget_attempt(connection, account, address)
    values = {"account": account, "address": address, "failures": failures, "last_failed": now, "locked_until": until}
    connection.execute(insert(SignInAttempt).values(**values))


def forget_attempt(connection: Connection, account: str, address: str) -> None:
    """Forgets the attempts counted under this key."""
    connection.execute(delete(SignInAttempt).where(SignInAttempt.account == account, SignInAttempt.address == address))


def take_back_attempt(connection: Connection, address: str, counted: int, before: dt.datetime | None) -> None:
    """An attempt from an address that was counted as its failure number ``counted`` did not fail: the lock is that of
    ``before``, unless another attempt has come since."""
    table = SignInAttempt
    mine = update(table).where(table.account == "", table.address == address)
    connection.execute(mine.where(table.failures == counted).values(locked_until=before))
    connection.execute(mine.where(table.failures > 0).values(failures=table.failures - 1))


def forget_attempts_before(connection: Connection, moment: dt.datetime) -> None:
    """Deletes attempts of which the last lies before a moment."""
    connection.execute(delete(SignInAttempt).where(SignInAttempt.last_failed < moment))


def begin_session(
    connection: Connection,
    account_id: int,
    digest: str,
    now: dt.datetime,
    expires: dt.datetime,
    address: str,
    browser: str,
) -> None:
    """Writes a session."""
    values = {"digest": digest, "account_id": account_id, "created": now, "last_seen": now, "expires": expires}
    connection.execute(insert(AccountSession).values(**values, address=address, browser=browser))


def forget_sessions_before(connection: Connection, account_id: int, moment: dt.datetime) -> None:
    """Deletes sessions of an account that were over before a moment."""
    over = AccountSession.expires < moment
    connection.execute(delete(AccountSession).where(AccountSession.account_id == account_id, over))


def end_session(connection: Connection, digest: str, now: dt.datetime) -> bool:
    """Ends one session; gives whether it was not ended before."""
    ended = update(AccountSession).where(AccountSession.digest == digest, AccountSession.revoked_at.is_(None))
    return connection.execute(ended.values(revoked_at=now)).rowcount > 0


def seen(connection: Connection, session: int, now: dt.datetime, before: dt.datetime) -> None:
    """A session was used, unless another request has said so since ``before``."""
    mine = update(AccountSession).where(AccountSession.id == session, AccountSession.last_seen <= before)
    connection.execute(mine.values(last_seen=now))


def add_token(
    connection: Connection, name: str, digest: str, prefix: str, account_id: int, rights: Iterable[Right], source: str,
    by: str, now: dt.datetime, expires: dt.datetime,
) -> int:  # fmt: skip
    """Writes a token; gives its number."""
    values = {
        "name": name,
        "digest": digest,
        "prefix": prefix,
        "account_id": account_id,
        "rights": "\n".join(sorted(rights)),
        "source": source,
        "created_at": now,
        "created_by": by,
        "expires": expires,
    }
    return connection.execute(insert(ApiToken).values(**values).returning(ApiToken.id)).scalar_one()


def revoke_token(connection: Connection, number: int, now: dt.datetime) -> None:
    """Ends a token."""
    mine = update(ApiToken).where(ApiToken.id == number, ApiToken.revoked_at.is_(None))
    connection.execute(mine.values(revoked_at=now))


def used(connection: Connection, token: int, now: dt.datetime, before: dt.datetime) -> None:
    """A token was used, unless another request has said so since ``before``."""
    earlier = or_(ApiToken.last_used.is_(None), ApiToken.last_used <= before)
    connection.execute(update(ApiToken).where(ApiToken.id == token, earlier).values(last_used=now))
