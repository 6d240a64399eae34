"""The acceptance slip 受理单 and the query code 查询码 that stands on it.

A query code has 12 characters of an alphabet of 30 in which none looks like another: 11 by chance, some 54 bits, and a
check character by ISO 7064 (MOD 31,30), by which one wrong character, or two that changed places, is seen before
anything is asked. It is kept as a SHA-256 with a salt of its own: no password, but chance, so that a slow hash would
gain nothing. Whoever holds the table has to try 2**53 codes for each project, to read what stands in the tables beside
it; whoever asks this program, at any speed that it has, would need centuries.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

from stdnum.iso7064 import mod_37_36

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O, 1 I L, U
BY_CHANCE, GROUP = 11, 4
SALT = 16  # bytes
LONGEST_CODE = 64  # characters of a project code that are looked at
_LONGEST_TYPED = 64


@dataclass(frozen=True)
class Slip:
    """What is printed. ``query_code``: as it is told, in groups; kept nowhere. ``address``: of the look-up; blank where
    the office has set none. ``replaced``: whether it takes the place of another one."""

    project_code: str
    name: str
    query_code: str
    made_at: dt.datetime
    replaced: bool
    address: str = ""
    office: str = ""


@dataclass(frozen=True)
class Kept:
    """What is kept of a query code."""

    salt: str
    digest: str


NO_CODE = Kept("0" * 2 * SALT, "0" * 64)  # of a project that has none: the work to refuse is the same


def new_query_code() -> str:
    """A query code as it is told: 7KQ4-M2XW-9TPA."""
    plain = "".join(secrets.choice(ALPHABET) for _ in range(BY_CHANCE))
    plain += mod_37_36.calc_check_digit(plain, ALPHABET)
    return "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))


def read_query_code(typed: str) -> str | None:
    """The twelve characters that somebody typed, in any case and width, with blanks and dashes wherever; None for what
    is no query code, so that it was mistyped."""
    told = unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED]).upper()
    plain = "".join(c for c in told if not c.isspace() and unicodedata.category(c) != "Pd")
    if len(plain) != BY_CHANCE + 1 or not mod_37_36.is_valid(plain, ALPHABET):
        return None
    return plain


def keep(query_code: str) -> Kept:
    """What is kept of a query code, as it is told."""
    salt = secrets.token_hex(SALT)
    return Kept(salt, _digest(salt, read_query_code(query_code) or ""))


def fits(kept: Kept | None, plain: str | None) -> bool:
    """Whether the characters of a query code are those that are kept; the work is the same without any."""
    known = kept or NO_CODE
    same = hmac.compare_digest(_digest(known.salt, plain or ""), known.digest)
    return same and kept is not None and plain is not None


def _digest(salt: str, plain: str) -> str:
    return sha256(f"{salt}:{plain}".encode()).hexdigest()
