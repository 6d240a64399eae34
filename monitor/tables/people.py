"""People: accounts and their scope, sessions, tokens, attempts to sign in, agreements of agents.

An account is changed in place. Of passwords, sessions and tokens only what proves them is kept, never they themselves.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.tables.base import Base, Key, Word
from monitor.tables.log import KNOWN


class Account(Base):
    """Somebody who may sign in, or for whom a token acts.

    `name` is folded (`monitor.people.folded`), `role` a word of `monitor.rights.Role`. `regions`, `agents`: the scope,
    one a line; its departments are rows of `account_department`. `password`: an argon2 hash; NULL for one that signs in
    with a provider, as whom `issuer` and `subject` say.
    """

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    display: Mapped[str]
    role: Mapped[str]
    regions: Mapped[str] = mapped_column(default="")
    agents: Mapped[str] = mapped_column(default="")
    password: Mapped[str | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    must_change: Mapped[bool]
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str]
    disabled_at: Mapped[dt.datetime | None]


class AccountDepartment(Base):
    """A department whose cases an account sees."""

    __tablename__ = "account_department"
    __table_args__ = ({"sqlite_with_rowid": False},)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), primary_key=True, autoincrement=False)
    department_id: Mapped[int] = mapped_column(Key, ForeignKey("department.id"), primary_key=True, autoincrement=False)


class AccountSession(Base):
    """Somebody signed in. `digest`: the SHA-256 of the token that the browser holds; `expires`: whatever happens."""

    __tablename__ = "account_session"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), index=True)
    created: Mapped[dt.datetime]
    last_seen: Mapped[dt.datetime]
    expires: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    address: Mapped[str]
    browser: Mapped[str]


class ApiToken(Base):
    """A token by which another system acts for an account. `digest`: its SHA-256; `prefix`: the beginning, by which
    people know it; `rights`: words of `monitor.rights.Right`, one a line; `source`: for which it may write."""

    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    prefix: Mapped[str]
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), index=True)
    rights: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime]
    created_by: Mapped[str]
    expires: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    last_used: Mapped[dt.datetime | None]


class SignInAttempt(Base):
    """How often signing in failed lately: with a name (`account`, a SHA-256, for what was typed may be anything) from
    wherever it has not signed in before, with it from an address from which it has, and from an address whatever the
    name (`account` blank). Deleted a day after the last one."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_last_failed", "last_failed"), {"sqlite_with_rowid": False})
    account: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_failed: Mapped[dt.datetime]
    locked_until: Mapped[dt.datetime | None]


class Agreement(Base):
    """An agent acts for a project 代办协议. `code`: the number that the paper bears."""

    __tablename__ = "agreement"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), index=True)
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), index=True)
    code: Mapped[str]


class AgreementFact(Base):
    """What is said of an agreement, in versions; one is known now.

    `stages`: bits, 1 << Stage. `state`: a word of `monitor.people.AgreementState`. It holds from `since` to `until`,
    both days in it. `handed_to`: the agreement that took its place. `project_id` stands here too, so that all that is
    kept of a project is found by it.
    """

    __tablename__ = "agreement_fact"
    __table_args__ = (
        Index("uq_agreement_fact_current", "agreement_id", unique=True, sqlite_where=KNOWN, postgresql_where=KNOWN),
    )
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    agreement_id: Mapped[int] = mapped_column(Key, ForeignKey("agreement.id"), index=True)
    project_id: Mapped[int] = mapped_column(Key, ForeignKey("project.id"), index=True)
    stages: Mapped[int] = mapped_column(Word)
    state: Mapped[int] = mapped_column(Word)
    since: Mapped[dt.date | None]
    until: Mapped[dt.date | None]
    handed_to: Mapped[int | None] = mapped_column(Key)  # the number of an agreement
    said_by: Mapped[str]
    known_from: Mapped[dt.datetime]
    known_to: Mapped[dt.datetime | None]


class DeletionRequest(Base):
    """Somebody asked for a deletion that another account has to approve. `kind`: a word of
    `monitor.people.DeletionKind`. Of what would go it holds `counts` (JSON) and `digest`, the SHA-256 of the keys of
    its rows, and nothing of what they say."""

    __tablename__ = "deletion_request"
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str]
    asked_by: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), index=True)
    asked_at: Mapped[dt.datetime]
    counts: Mapped[str]
    digest: Mapped[str]
    approved_by: Mapped[int | None] = mapped_column(Key, ForeignKey("account.id"), index=True)
    approved_at: Mapped[dt.datetime | None]
