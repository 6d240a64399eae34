"""Packs that an administrator enters: a version is withdrawn, never overwritten."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, insert, select, update

from monitor.tables import Pack
from rules.pack import RulePack


def hold(connection: Connection, *, alone: bool = False) -> None:
    """Keeps the packs that are known as they are until the end of the transaction; ``alone``: waits for all who do.

    An import holds them, so that no pack is withdrawn which a project that it brings names. SQLite has one writer.
    """
    if connection.dialect.name == "postgresql":
        known = select(Pack.id).where(Pack.known_to.is_(None)).order_by(Pack.id)
        connection.execute(known.with_for_update(read=not alone))


def land(connection: Connection, pack: RulePack, text: str, file: str, judges_from: dt.date, now: dt.datetime) -> None:
    """Writes a version of a pack, known from ``now``."""
    connection.execute(
        insert(Pack).values(
            pack=pack.id,
            version=pack.version,
            text=text,
            digest=pack.digest,
            file=file,
            coded_from=pack.scope.coded_from,
            judges_from=judges_from,
            known_from=now,
        )
    )


def take_back(connection: Connection, key: int, now: dt.datetime) -> None:
    """Ends what is known of a version."""
    connection.execute(update(Pack).where(Pack.id == key, Pack.known_to.is_(None)).values(known_to=now))
