"""Accounts, sessions, tokens, attempts and agreements, as they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from monitor.codes.departments import place
from monitor.people import Account, Agreement, AgreementState, Session, Token
from monitor.reading.register import keys_of, known_register, names_of
from monitor.reading.viewer import Agent, Viewer
from monitor.rights import Right, Role, Scope, Who
from monitor.tables import Account as AccountRow
from monitor.tables import (
    AccountDepartment,
    AccountSession,
    AgreementFact,
    ApiToken,
    Department,
    Project,
    ProjectFact,
    SignInAttempt,
)
from monitor.tables import Agreement as AgreementRow
from rules.vocabulary import Stage


@dataclass(frozen=True)
class Credentials:
    """An account with the hash of its password, for those alone who verify it."""

    account: Account
    password: str | None


@dataclass(frozen=True)
class Attempts:
    """How often signing in failed lately."""

    failures: int
    locked_until: dt.datetime | None


def accounts(connection: Connection, name: str | None = None) -> list[Account]:
    """All accounts by name, or the one of a folded name, if there is any."""
    return [one.account for one in _accounts(connection, AccountRow.name == name if name is not None else None)]


def credentials(connection: Connection, name: str) -> Credentials | None:
    """The account of a folded name; None where there is none."""
    return next(iter(_accounts(connection, AccountRow.name == name)), None)


def of_subject(connection: Connection, issuer: str, subject: str) -> Account | None:
    """The account of a subject of a provider."""
    found = _accounts(connection, and_(AccountRow.issuer == issuer, AccountRow.subject == subject))
    return found[0].account if found else None


def linked(connection: Connection, key: int) -> bool:
    """Whether an account is already that of a subject of a provider."""
    query = select(AccountRow.subject).where(AccountRow.id == key)
    return connection.execute(query).scalar() is not None


def account_by_key(connection: Connection, key: int) -> Account:
    """The account of a session, a token or an agreement."""
    (found,) = _accounts(connection, AccountRow.id == key)
    return found.account


def administrators(connection: Connection) -> int:
    """How many administrators are not disabled."""
    query = select(func.count()).select_from(AccountRow)
    query = query.where(AccountRow.role == Role.ADMINISTRATOR.value, AccountRow.disabled_at.is_(None))
    return connection.execute(query).scalar_one()


def known_departments(connection: Connection, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Region and name of departments; of a key that is none nothing."""
    query = select(Department.id, Department.region, Department.name).where(Department.id.in_(list(keys)))
    return {key: (region, name) for key, region, name in connection.execute(query)}


def _accounts(connection: Connection, condition: Any) -> list[Credentials]:
    query, held = select(AccountRow.__table__).order_by(AccountRow.name), select(AccountDepartment.__table__)
    if condition is not None:
        query = query.where(condition)
        held = held.join(AccountRow, AccountRow.id == AccountDepartment.account_id).where(condition)
    departments: dict[int, list[int]] = {}
    for account_id, department_id in connection.execute(held.order_by(AccountDepartment.department_id)):
        departments.setdefault(account_id, []).append(department_id)
    return [
        Credentials(
            Account(
                id=row.id,
                name=row.name,
                display=row.display,
                role=Role(row.role),
                scope=Scope(_lines(row.regions), tuple(departments.get(row.id, ())), _lines(row.agents)),
                must_change=row.must_change,
                created_at=row.created_at,
                created_by=row.created_by,
                disabled_at=row.disabled_at,
            ),
            row.password,
        )
        for row in connection.execute(query)
    ]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.splitlines())


def attempts(connection: Connection, keys: Sequence[tuple[str, str]]) -> list[Attempts]:
    """What is counted under each of some keys; `monitor.tables.people.SignInAttempt` tells which there are."""
    table = SignInAttempt
    query = select(table.account, table.address, table.failures, table.locked_until)
    query = query.where(or_(*(and_(table.account == account, table.address == address) for account, address in keys)))
    found = {(row.account, row.address): Attempts(row.failures, row.locked_until) for row in connection.execute(query)}
    return [found.get(key, Attempts(0, None)) for key in keys]


def signed_in_from(connection: Connection, name: str, address: str, since: dt.datetime) -> bool:
    """Whether the account of a folded name signed in from an address after a moment."""
    query = select(AccountSession.id).join(AccountRow, AccountRow.id == AccountSession.account_id)
    query = query.where(AccountRow.name == name, AccountSession.address == address, AccountSession.created > since)
    return connection.execute(query.limit(1)).first() is not None


def session(connection: Connection, digest: str) -> tuple[Session, Account] | None:
    """The session of a token, by its digest, and whose it is."""
    row = connection.execute(_sessions().where(AccountSession.digest == digest)).one_or_none()
    return (_session(row), account_by_key(connection, row.account_id)) if row else None


def sessions(connection: Connection, account_id: int) -> list[Session]:
    """The sessions of an account that are kept, the latest first."""
    query = _sessions().where(AccountSession.account_id == account_id).order_by(AccountSession.id.desc())
    return [_session(row) for row in connection.execute(query)]


def _sessions() -> Select[Any]:
    named = AccountRow.name.label("account")
    return select(*AccountSession.__table__.columns, named).join(AccountRow, AccountRow.id == AccountSession.account_id)


def _session(row: Any) -> Session:
    return Session(*(getattr(row, name) for name in Session.__dataclass_fields__))


def token(connection: Connection, digest: str) -> tuple[Token, Account] | None:
    """The token of a digest, and for whom it acts."""
    row = connection.execute(_tokens().where(ApiToken.digest == digest)).one_or_none()
    return (_token(row), account_by_key(connection, row.account_id)) if row else None


def tokens(connection: Connection) -> list[Token]:
    """All tokens by number, those that hold no more too."""
    return [_token(row) for row in connection.execute(_tokens().order_by(ApiToken.id))]


def _tokens() -> Select[Any]:
    named = AccountRow.name.label("account")
    return select(*ApiToken.__table__.columns, named).join(AccountRow, AccountRow.id == ApiToken.account_id)


def _token(row: Any) -> Token:
    values = {name: getattr(row, name) for name in Token.__dataclass_fields__}
    return Token(**values | {"rights": frozenset(map(Right, _lines(row.rights)))})


def project_key(connection: Connection, code: str) -> int | None:
    """The key of a project of which something is known; None where there is none."""
    known = ProjectFact.known_to.is_(None)
    query = select(Project.id).join(ProjectFact, ProjectFact.project_id == Project.id)
    return connection.execute(query.where(Project.code == code, known)).scalar()


def agreements(connection: Connection, account_id: int | None = None, number: int | None = None) -> list[Agreement]:
    """What is known now of agreements, by number: of all, of those of an account, or of one."""
    columns = [AgreementRow.id.label("number"), AgreementRow.code, AgreementRow.project_id]
    columns += [
        AccountRow.name.label("account"),
        Project.code.label("project_code"),
        *(getattr(AgreementFact, name) for name in _SAID),
    ]
    query = (
        select(*columns)
        .join(AgreementFact, AgreementFact.agreement_id == AgreementRow.id)
        .join(AccountRow, AccountRow.id == AgreementRow.account_id)
        .join(Project, Project.id == AgreementRow.project_id)
        .where(AgreementFact.known_to.is_(None))
        .order_by(AgreementRow.id)
    )
    if account_id is not None:
        query = query.where(AgreementRow.account_id == account_id)
    if number is not None:
        query = query.where(AgreementRow.id == number)
    return [_agreement(row) for row in connection.execute(query)]


_SAID = ("stages", "state", "since", "until", "handed_to", "said_by", "known_from")


def _agreement(row: Any) -> Agreement:
    values = {name: getattr(row, name) for name in Agreement.__dataclass_fields__}
    stages = tuple(stage.word for stage in Stage if row.stages >> stage & 1)
    return Agreement(**values | {"stages": stages, "state": AgreementState(row.state)})


def viewer_of(connection: Connection, who: Who, day: dt.date) -> Viewer:
    """Who looks, by the scope of an account (a token's is that of its account) as of today, ``day``.

    An administrator sees everything; a supervisor and a leader their regions; a department the projects in which it
    has a case, by whatever name the register knows it; an agent those of the agreements that hold on the day, and
    those that bear a name of the account. An auditor, and who has to change the password first, sees none.
    """
    role, scope = who.role, who.scope
    if not who.must_change:
        if role is Role.ADMINISTRATOR:
            return Viewer(who.name)
        if role in (Role.SUPERVISOR, Role.LEADER):
            return Viewer(who.name, regions=scope.regions)
        if role is Role.DEPARTMENT:
            # A department has cases of its region and of what lies in it: their index spares looking at all cases.
            meant = _meant(connection, scope.departments)
            around = {place(region) for region, _name in names_of(connection, meant).values()}
            return Viewer(who.name, regions=tuple(sorted(around)), departments=meant)
        if role is Role.AGENT:
            return Viewer(who.name, agent=Agent(who.account_id, day, scope.agents))
    return Viewer(who.name, projects=())


def _meant(connection: Connection, keys: Iterable[int]) -> tuple[int, ...]:
    """Keys of departments, and of those that their names mean in some project."""
    register = known_register(connection)
    names = names_of(connection, keys)
    meant = set().union(*(register.meanings(name) for name in names.values()))
    return tuple(sorted({*names, *keys_of(connection, meant).values()}))


def entrusted(connection: Connection, account_id: int, day: dt.date) -> list[tuple[str, tuple[str, ...]]]:
    """The projects that an agent acts for on a day, by signed agreements: project codes, each with its stages."""
    return [(one.project_code, one.stages) for one in agreements(connection, account_id) if one.holds(day)]
