"""The columns of the migrations, in the words of the tables.

What these functions give is history: it never changes once a migration that uses them was released.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

KNOWN = sa.text("known_to IS NULL")


def _key_type() -> sa.types.TypeEngine[Any]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def key(name: str = "id", *, given: bool = False) -> sa.Column[Any]:
    """A primary key; ``given``: handed out by the program, not by the database."""
    return sa.Column(name, _key_type(), autoincrement=False if given else "auto", nullable=False)


def ref(name: str, to: str, *, null: bool = False) -> sa.Column[Any]:
    """A reference to the id of the table ``to``."""
    return sa.Column(name, _key_type(), sa.ForeignKey(f"{to}.id"), autoincrement=False, nullable=null)


def day(name: str, *, null: bool = False) -> sa.Column[Any]:
    """Days since 1970-01-01."""
    return sa.Column(name, sa.Integer(), nullable=null)


def moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def text(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=null)


def texts(*names: str) -> list[sa.Column[Any]]:
    return [text(name) for name in names]


def number(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=null)


def big(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def word(name: str, *, null: bool = False) -> sa.Column[Any]:
    """A word of the vocabulary as its number."""
    return sa.Column(name, sa.SmallInteger(), nullable=null)


def flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def current(name: str, table: str, *columns: str) -> None:
    """At most one row of these columns is known now."""
    op.create_index(name, table, list(columns), unique=True, sqlite_where=KNOWN, postgresql_where=KNOWN)


def table(name: str, primary: list[str], *columns: Any, clustered: bool = False) -> None:
    """Makes a table; ``clustered``: SQLite keeps it in the order of its primary key."""
    rest = {"sqlite_with_rowid": False} if clustered else {}
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*primary), **rest)
