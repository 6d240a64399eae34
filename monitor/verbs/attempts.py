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

from monitor.people import account_name, folded
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
    of its address, and until when that was locked before; how many failures of the name that would be."""

    account: str
    at: str
    address: str
    of_address: int
    before: dt.datetime | None
    of_name: int


def locked(connection: Any, name: str, address: str, now: dt.datetime) -> dt.datetime | None:
    """Until when an attempt is locked out; None: it is not."""
    found = reading.attempts(connection, _keys(connection, name, address, now))
    until = [one.locked_until for one in found if one.locked_until and now < one.locked_until]
    return max(until, default=None)


def count(connection: Any, name: str, address: str, now: dt.datetime) -> tuple[Counted, dt.datetime | None]:
    """Counts an attempt that is not locked out as a failure under both keys, and gives until when the next one is. The
    caller holds the lock of people."""
    written.forget_attempts_before(connection, now - FORGOTTEN_AFTER)
    keys = _keys(connection, name, address, now)
    before = reading.attempts(connection, keys)
    waits = []
    for key, one, free in zip(keys, before, (FREE, FREE_OF_ADDRESS), strict=True):
        pause = wait(one.failures + 1, free)
        until = now + pause if pause else None
        waits += [until] if until else []
        written.count_attempt(connection, *key, one.failures + 1, until, now)
    counted = Counted(*keys[0], address, before[1].failures + 1, before[1].locked_until, before[0].failures + 1)
    return counted, max(waits, default=None)


def _keys(connection: Any, name: str, address: str, now: dt.datetime) -> tuple[tuple[str, str], tuple[str, str]]:
    """Under what an attempt is counted: of its name, and of its address."""
    known = reading.signed_in_from(connection, account_name(name), address, now - KNOWN_FOR)
    return (name_digest(name), address if known else _ANY), (_ANY, address)


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
