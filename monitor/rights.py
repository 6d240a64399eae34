"""Who may do what: the roles, the rights, and the one table that joins them; of what each role sees a part.

Whoever is not in the table may nothing. What a person sees is the scope of the account, applied by the viewer; what a
person does is a right, asked for with `Who.require`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for. One account has one role: who does two things has two accounts."""

    ADMINISTRATOR = "administrator"  # 管理员
    SUPERVISOR = "supervisor"  # 监管人员
    LEADER = "leader"  # 领导
    DEPARTMENT = "department"  # 审批部门
    AGENT = "agent"  # 代办员
    AUDITOR = "auditor"  # 审计人员


class Right(StrEnum):
    """A kind of deed."""

    READ = "read"  # projects, cases, lights, plans, corrections, within the scope
    WHATIF = "whatif"
    REPORTS = "reports"  # read and issue them
    EXPORT = "export"
    IMPORT = "import"  # files, pulls, pushed batches, rows that wait
    UNDO = "undo"
    CONFIRM = "confirm"  # late stops
    ORDERS = "orders"  # raise and close them
    ANSWER = "answer"  # orders
    APPEAL = "appeal"  # against a light or an order
    CORRECTION = "correction"  # ask for data to be corrected
    DECIDE = "decide"  # on appeals and on requests for correction
    SLIPS = "slips"  # make the query code of an acceptance slip
    DEPARTMENTS = "departments"  # what their names mean
    AGREEMENTS = "agreements"  # of agents
    NOTICES = "notices"
    PACKS = "packs"
    SWEEP = "sweep"  # tick, rebuild
    ACCOUNTS = "accounts"
    TOKENS = "tokens"
    PURGE = "purge"
    BACKUP = "backup"
    TRAIL = "trail"


# Who keeps the accounts and the rules reads no trail, and who reads the trail has nothing in it of their own.
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMINISTRATOR: frozenset(
        {Right.READ, Right.WHATIF, Right.DEPARTMENTS, Right.AGREEMENTS, Right.NOTICES, Right.PACKS, Right.SWEEP}
        | {Right.ACCOUNTS, Right.TOKENS, Right.PURGE, Right.BACKUP}
    ),
    Role.SUPERVISOR: frozenset(
        {Right.READ, Right.WHATIF, Right.REPORTS, Right.EXPORT, Right.IMPORT, Right.UNDO, Right.CONFIRM, Right.ORDERS}
        | {Right.DECIDE, Right.SLIPS, Right.DEPARTMENTS, Right.AGREEMENTS, Right.PURGE}
    ),
    Role.LEADER: frozenset({Right.READ, Right.WHATIF, Right.REPORTS, Right.EXPORT}),
    Role.DEPARTMENT: frozenset({Right.READ, Right.ANSWER, Right.APPEAL, Right.CORRECTION, Right.SLIPS}),
    Role.AGENT: frozenset({Right.READ, Right.SLIPS}),
    Role.AUDITOR: frozenset({Right.TRAIL}),
}

# A machine takes in and gives out; it makes no accounts, no tokens and no rules.
FOR_TOKENS = frozenset({Right.READ, Right.REPORTS, Right.EXPORT, Right.IMPORT})


class Part(StrEnum):
    """By what the scope of an account is bounded."""

    REGIONS = "regions"
    DEPARTMENTS = "departments"
    AGENTS = "agents"


# What an account of a role has to be given; an agent sees by agreements, and by a name that projects bear if one is
# given. An administrator sees everything, an auditor no project.
NEEDS: Mapping[Role, Part | None] = {
    Role.ADMINISTRATOR: None,
    Role.SUPERVISOR: Part.REGIONS,
    Role.LEADER: Part.REGIONS,
    Role.DEPARTMENT: Part.DEPARTMENTS,
    Role.AGENT: None,
    Role.AUDITOR: None,
}
MAY_HAVE: Mapping[Role, frozenset[Part]] = {
    role: frozenset({Part.AGENTS} if role is Role.AGENT else {part} if part else ()) for role, part in NEEDS.items()
}


@dataclass(frozen=True)
class Scope:
    """Of what an account sees: ``regions`` are prefixes of area codes, ``departments`` keys, ``agents`` names that
    projects bear. Which part counts, the role says (`NEEDS`, `MAY_HAVE`)."""

    regions: tuple[str, ...] = ()
    departments: tuple[int, ...] = ()
    agents: tuple[str, ...] = ()

    def __getitem__(self, part: Part) -> tuple[str, ...] | tuple[int, ...]:
        found: tuple[str, ...] | tuple[int, ...] = getattr(self, part.value)
        return found


class Forbidden(Exception):
    """Somebody asked for a deed without having the right to it."""

    def __init__(self, right: Right, name: str) -> None:
        self.right, self.name = right, name
        super().__init__(f"{name}: no right {right.value}")


@dataclass(frozen=True)
class Who:
    """Who acts, as a session or a token has proved it. ``token``: the name of the token, which may write for
    ``source`` alone; None: a person. A person who has to change the password may nothing else before."""

    account_id: int
    name: str
    display: str
    role: Role
    scope: Scope = field(default_factory=Scope)
    must_change: bool = False
    token: str | None = None
    source: str = ""
    granted: frozenset[Right] | None = None  # of a token: no more than these

    @property
    def rights(self) -> frozenset[Right]:
        """What may be done now."""
        if self.must_change:
            return frozenset()
        own = RIGHTS.get(self.role, frozenset())
        return own if self.granted is None else own & self.granted

    def may(self, right: Right) -> bool:
        """Whether a deed may be done."""
        return right in self.rights

    def require(self, right: Right) -> None:
        """Raises Forbidden unless a deed may be done."""
        if not self.may(right):
            raise Forbidden(right, self.name)
