"""Passwords: argon2id with its parameters, what is refused as one, and initial ones. The one address of argon2."""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cached_property

from argon2 import Parameters, PasswordHasher
from argon2.exceptions import VerifyMismatchError
from argon2.profiles import RFC_9106_LOW_MEMORY

from monitor.people import PeopleRefused, folded

# RFC 9106, section 4, second recommendation: 3 passes over 64 MiB. Hashes made with others are made anew at sign-in.
PARAMETERS: Parameters = RFC_9106_LOW_MEMORY
SHORTEST, LONGEST = 12, 256  # characters
_INITIAL = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that are taken for one another on paper
_GROUPS, _GROUP = 4, 4  # 31 ** 16: 79 bits

# The commonest that are long enough; shorter ones are refused for their length.
_COMMON = frozenset(
    "123456789012 1234567890123 12345678901234 123456789123 123456123456 123123123123 112233445566 012345678910 "
    "0123456789012 987654321098 098765432109 111222333444 password1234 password12345 passwordpassword p@ssw0rd1234 "
    "p@ssword1234 qwertyuiop12 qwertyuiop123 qwertyuiop[] qwerty123456 qwertyqwerty qwerty1234567 1q2w3e4r5t6y "
    "1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc q1w2e3r4t5y6 asdfghjkl123 asdfghjklzxc zxcvbnm12345 qazwsxedcrfv "
    "abcdefghijkl abcdefghijklmn abcd12345678 abc123456789 abcd1234abcd aa1234567890 a12345678901 iloveyou1234 "
    "letmein12345 administrator administrator1 adminadmin12 admin1234567 admin12345678 admin@123456 admin@1234567 "
    "woaini1314520 woaini123456 5201314520131 5201314521314 zhongguo1234 root12345678 welcome12345 changeme1234 "
    "monkey123456 dragon123456 sunshine1234 football1234".split()
)


class Passwords:
    """Makes and verifies hashes of passwords with some parameters; one a process."""

    def __init__(self, parameters: Parameters | None = None) -> None:
        self._hasher = PasswordHasher.from_parameters(parameters or PARAMETERS)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_bytes(16))

    def hashed(self, password: str) -> str:
        """The hash of a password, with its salt and parameters."""
        return self._hasher.hash(_plain(password))

    def fits(self, hashed: str | None, password: str) -> bool:
        """Whether a password is the one of a hash. None, of an account that is not there or has none: never, after the
        same work."""
        nobodys = self._nobodys  # made here in any case, or the first name that is not known would take twice as long
        try:
            self._hasher.verify(hashed or nobodys, _plain(password))
        except VerifyMismatchError:
            return False
        return hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether a hash was made with other parameters."""
        return self._hasher.check_needs_rehash(hashed)


def check(password: str, name: str) -> None:
    """Raises PeopleRefused for a password that is too short or long, the account's name, or among the commonest.

    Nothing is asked of its composition. The refusal never holds the password.
    """
    length = len(_same(password)) if len(password) <= LONGEST else len(password)
    if not SHORTEST <= length <= LONGEST:
        raise PeopleRefused("short" if length < SHORTEST else "long", length=length)
    told, own = folded(password), folded(name)
    if told == own or (_letters(own) and _letters(told) == _letters(own)):
        raise PeopleRefused("own_name")
    if told in _COMMON or len(set(told)) == 1:
        raise PeopleRefused("common")


def made() -> str:
    """An initial password, to be told once and changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_INITIAL) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text)


def _same(password: str) -> str:
    """A password as it is compared: typed with a Chinese input method it may come in full width."""
    return unicodedata.normalize("NFKC", password)


def _plain(password: str) -> bytes:
    # No password is longer than LONGEST: what is beyond need not be read to be refused.
    return _same(password[: 4 * LONGEST]).encode("utf-8", "surrogatepass")
