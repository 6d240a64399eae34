"""How often signing in may be tried.

Failures are counted before the password is looked at, so that many attempts at once are no more than so many one after
the other, and an attempt that is locked out costs nothing. Counted are

1. of a name, all attempts from addresses from which it has not signed in within KNOWN_FOR; from an address from which
   it has, those from there by themselves: whoever tries names from elsewhere locks nobody out of their own office;
2. of an address, all attempts whatever the name; its limit is higher, for an office may have one address.

From failure number n on, where n >= FREE (of an address: FREE_OF_ADDRESS), the next attempt has to wait for
FIRST_WAIT * 2 ** (n - FREE), LONGEST_WAIT at most: after the fifth wrong password 30 seconds, after the sixth a minute,
after the twelfth and each further one an hour. Attempts in between are refused and not counted. A day after the last
failure it is forgotten; a sign-in forgets the failures of the name, and does not count as one of the address.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from monitor.people import folded
from monitor.reading import people as reading
from monitor.store import signing_in as written

FREE, FREE_OF_ADDRESS = 5, 30
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(hours=1)
FORGOTTEN_AFTER = dt.timedelta(days=1)
KNOWN_FOR = dt.timedelta(days=30)
_ANY = ""  # in place of an address, or of a name


@dataclass(frozen=True)
class Counted:
    """An attempt that was counted as a failure until it is known not to be one: under which key of its name, as which
    of its address, and until when that was locked before."""

    account: str
    at: str
    address: str
    of_address: int
    before: dt.datetime | None


def locked(connection: Any, name: str, account_id: int | None, address: str, now: dt.datetime) -> dt.datetime | None:
    """Until when an attempt is locked out; None: it is not."""
    keys = (_key(connection, name, account_id, address, now), (_ANY, address))
    until = [one for key in keys if (one := reading.attempts(connection, *key).locked_until) and now < one]
    return max(until, default=None)


def count(
    connection: Any, name: str, account_id: int | None, address: str, now: dt.datetime
) -> tuple[Counted, dt.datetime | None]:
    """Counts an attempt that is not locked out as a failure under both keys, and gives until when the next one is. The
    caller holds the lock of people."""
    written.forget_attempts_before(connection, now - FORGOTTEN_AFTER)
    account, at = _key(connection, name, account_id, address, now)
    of_name, of_address = reading.attempts(connection, account, at), reading.attempts(connection, _ANY, address)
    waits = []
    for key, place, before, free in ((account, at, of_name, FREE), (_ANY, address, of_address, FREE_OF_ADDRESS)):
        pause = wait(before.failures + 1, free)
        until = now + pause if pause else None
        waits += [until] if until else []
        written.count_attempt(connection, key, place, before.failures + 1, until, now)
    counted = Counted(account, at, address, of_address.failures + 1, of_address.locked_until)
    return counted, max(waits, default=None)


def _key(connection: Any, name: str, account_id: int | None, address: str, now: dt.datetime) -> tuple[str, str]:
    known = reading.signed_in_from(connection, account_id, address, now - KNOWN_FOR)
    return name_digest(name), address if known else _ANY


def did_not_fail(connection: Any, counted: Counted) -> None:
    """An attempt that was counted succeeded."""
    written.forget_attempt(connection, counted.account, counted.at)
    written.take_back_attempt(connection, counted.address, counted.of_address, counted.before)


def wait(failures: int, free: int) -> dt.timedelta | None:
    """How long to wait after so many failures; None: not at all."""
    if failures < free:
        return None
    doubled = min(failures - free, 20)  # beyond, LONGEST_WAIT is reached anyway
    return min(FIRST_WAIT * 2**doubled, LONGEST_WAIT)


def name_digest(name: str) -> str:
    """By what attempts with a name are counted: it may be anything, a password too."""
    return sha256(folded(name).encode("utf-8", "surrogatepass")).hexdigest()
