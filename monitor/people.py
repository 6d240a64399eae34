"""People as the domain sees them: accounts, agreements of agents, and what is refused of them, in words."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, ClassVar

from monitor.rights import Right, Role, Scope
from monitor.text import N_, _

NAME = re.compile(r"[^\W_][\w.@-]{0,63}")
DISPLAY = 64  # characters
_LONGEST_TYPED = 256  # of what is no name in any case no more is looked at
_TOLD = 100  # characters of what was refused that are told again
_BROWSER = 120
ADDRESS = 64

_TEXTS = {
    "name": N_(
        "Name {value!r}: letters, digits and . _ - @, beginning with a letter or a digit, 64 characters at most."
    ),
    "there": N_("Name {value}: there is such an account already."),
    "unknown": N_("There is no account {value}; `approval-monitor user list` lists them."),
    "display": N_("Display {value!r}: 1 to 64 characters that can be printed, on one line."),
    "role": N_("Role {value!r}: one of {allowed}."),
    "field": N_("Field {field!r} cannot be changed; {allowed} can."),
    "value": N_("Field {field}: {value!r} is not what it takes: {allowed}."),
    "needs": N_("An account of role {role} needs {field}: {allowed}."),
    "has_no": N_("An account of role {role} has no {field}, but {value} was given; that role takes {allowed}."),
    "region": N_("Region {value!r}: an area code or its beginning, 2, 4, 6, 9 or 12 digits, such as 33 or 3301."),
    "department": N_("Department {value!r} is not known; `approval-monitor departments` lists them."),
    "where": N_("Department {value} is told in several regions; name one of {allowed}."),
    "agent": N_("Agent {value!r}: 1 to 64 characters that can be printed, on one line."),
    "last_administrator": N_("{value} is the last administrator who is not disabled; make another one first."),
    "disabled": N_("Account {value} is disabled."),
    "short": N_("The password has {length} characters; it takes 12 to 256."),
    "long": N_("The password has {length} characters; it takes 12 to 256."),
    "own_name": N_("The password is little more than the name of the account; take another one."),
    "common": N_("The password is one of those that everybody tries first; take another one."),
    "same_password": N_("The password is the one that is to be changed; take another one."),
    "token_name": N_("Token name {value!r}: 1 to 64 characters that can be printed, on one line."),
    "token_there": N_("There is a token {value} in use already, number {number}; revoke it or take another name."),
    "no_token": N_("There is no token {value} in use; `approval-monitor token list` lists them."),
    "right": N_("Right {value!r}: a token of an account of role {role} may have {allowed}."),
    "no_right": N_("A token needs a right at least; for an account of role {role}: {allowed}."),
    "source": N_("A token with the right import needs the source for which it may write; another one has none."),
    "days": N_("{value} days: a token holds for 1 to {allowed} days."),
    "not_agent": N_("Account {value} has the role {role}; an agreement is one of an agent."),
    "project": N_("Project {value!r} is not known here."),
    "state": N_("State {value!r}: one of {allowed}."),
    "stages": N_("Stage {value!r}: one of {allowed}."),
    "agreed": N_("{value} has agreement {number} on this project for the stage {stage} already; end it first."),
    "no_agreement": N_("There is no agreement {number}; `approval-monitor agreement list` lists them."),
    "terminated": N_("Agreement {number} is terminated; make a new one."),
    "signed_already": N_("Agreement {number} is signed and holds since {since}; it can be ended or handed over."),
    "not_signed": N_("Agreement {number} is not signed; only one that is signed has days on which it holds."),
    "first_day": N_("A signed agreement needs the first day on which it holds; one that is not signed has none."),
    "until": N_("{value} is before the first day, {since}."),
    "hand_over": N_("{value}: agreement {number} can be handed over on a day after {since}, {until} at the latest."),
    "itself": N_("Agreement {number} is {value}'s already."),
    "two_persons": N_(
        "There are accounts here, so two persons are needed: one asks (--ask), another one approves (--approve)."
    ),
    "one_person": N_("There are no accounts here, so nobody could approve it; --yes does it."),
    "nothing_to_delete": N_("There is nothing to delete, so nothing to ask for."),
    "no_request": N_("There is no request {number} of this kind that is open."),
    "own_request": N_("Request {number} is {value}'s own; another account has to approve it."),
    "request_expired": N_("Request {number} was open until {value}; ask anew."),
    "request_changed": N_("What request {number} was about is not what would be deleted now; ask anew."),
    "asker_gone": N_("{value}, who made request {number}, may not ask for it any more; ask anew."),
}  # fmt: skip


class PeopleRefused(Exception):
    """Something that was asked for about accounts, tokens or agreements is refused, and nothing changed.

    ``problem`` is a key of the texts above, ``values`` what it names: field, value, what is allowed. As text it is a
    sentence in the reader's language.
    """

    def __init__(self, problem: str, **values: Any) -> None:
        self.problem = problem
        self.values = {
            name: _shortened(value) if name in ("value", "field") else value for name, value in values.items()
        }
        super().__init__(problem)

    def __str__(self) -> str:
        return _(_TEXTS[self.problem]).format(**self.values)


def _shortened(value: Any) -> Any:
    return f"{value[:_TOLD]}…" if isinstance(value, str) and len(value) > _TOLD else value


class DeletionKind(StrEnum):
    """A deletion for which two persons are needed where there are accounts."""

    PURGE = "purge"  # secret projects
    ERASE = "erase"  # what the trail says of a person


class AgreementState(IntEnum):
    """How far the agreement of an agent is 代办协议: the five states that agents' systems know, in their order."""

    TO_SIGN = 1  # 待签订
    SIGNING = 2  # 签订中
    TO_SEAL = 3  # 待签章
    SIGNED = 4  # 已签订
    TERMINATED = 5  # 已终止

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class Account:
    """An account as it may be shown: nothing secret is in it."""

    id: int
    name: str
    display: str
    role: Role
    scope: Scope
    must_change: bool
    created_at: dt.datetime
    created_by: str
    disabled_at: dt.datetime | None


@dataclass(frozen=True)
class Session:
    """A session that was begun. ``expires``: when it ends whatever happens."""

    id: int
    account: str
    created: dt.datetime
    last_seen: dt.datetime
    expires: dt.datetime
    revoked_at: dt.datetime | None
    address: str
    browser: str


@dataclass(frozen=True)
class Token:
    """A token as it may be shown: of its text the beginning alone."""

    id: int
    name: str
    prefix: str
    account: str
    rights: frozenset[Right]
    source: str
    created_at: dt.datetime
    created_by: str
    expires: dt.datetime
    revoked_at: dt.datetime | None
    last_used: dt.datetime | None


@dataclass(frozen=True)
class Agreement:
    """What is known now of an agreement. It holds on the days from ``since`` to ``until``, both of them in it; while
    ``since`` is None it holds on none. ``stages``: words of `rules.vocabulary.Stage`. ``handed_to``: the number of the
    agreement that took its place."""

    number: int
    account: str
    project_id: int
    project_code: str
    code: str
    stages: tuple[str, ...]
    state: AgreementState
    since: dt.date | None
    until: dt.date | None
    handed_to: int | None
    said_by: str
    known_from: dt.datetime

    def holds(self, day: dt.date) -> bool:
        """Whether the agent is the project's on a day."""
        return self.since is not None and self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class DeletionRequest:
    """A deletion that was asked for, and was not carried out.

    ``counts``: how much would go; ``digest``: of the keys of what would go.
    """

    number: int
    kind: DeletionKind
    asked_by: str
    asked_at: dt.datetime
    counts: Mapping[str, int]
    digest: str

    VALID_FOR: ClassVar = dt.timedelta(days=7)

    @property
    def until(self) -> dt.datetime:
        """The first moment at which it can be approved no more."""
        return self.asked_at + self.VALID_FOR


def folded(name: str) -> str:
    """A name as accounts are known by it: width and case make no difference."""
    return unicodedata.normalize("NFKC", name[:_LONGEST_TYPED]).strip().casefold()


def account_name(text: str) -> str:
    """The folded name of an account that a text may mean; blank, which is nobody's, where it cannot be one."""
    told = folded(text)
    return told if NAME.fullmatch(told) else ""


def one_line(text: str, longest: int) -> str:
    """What can be printed, and so be written to a database, of a text that somebody else wrote, shortened."""
    return "".join(c for c in text[: 4 * longest] if c.isprintable())[:longest].strip()


def browser_line(text: str) -> str:
    """What is kept of how a browser calls itself."""
    return one_line(text, _BROWSER)


def known_address(text: str) -> str:
    """An address as attempts are counted by it: of IPv6 the 64 bits that one customer is given, of IPv4 all.

    >>> known_address("2001:db8::17"), known_address("::ffff:10.0.0.7")
    ('2001:db8::/64', '10.0.0.7')
    """
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return one_line(text, ADDRESS)
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False))
