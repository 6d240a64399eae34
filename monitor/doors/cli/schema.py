"""init, upgrade, check: the database made, migrated, inspected."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.database import DatabaseError, upgrade, version
from monitor.doors.cli.common import emit, open_database, say
from monitor.text import N_, _

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("init", help=_("Make the database (or bring an older one up to date)."))(init)
    app.command("upgrade", help=_("Bring the database up to this program's version."))(move)


def init(json: Json = False) -> None:
    database = open_database()
    _report(database.address, *upgrade(database), json=json)


def move(json: Json = False) -> None:
    database = open_database()
    if version(database) is None:
        raise DatabaseError("missing", database.address)
    _report(database.address, *upgrade(database), json=json)


def _report(address: str, before: str | None, after: str | None, *, json: bool) -> None:
    if json:
        emit({"database": address, "before": before, "version": after})
    elif before is None:
        say(_("Made the database {address}, version {version}.").format(address=address, version=after))
    elif before == after:
        say(_("The database {address} is up to date, version {version}.").format(address=address, version=after))
    else:
        say(
            _("The database {address} went from version {before} to {version}.").format(
                address=address, before=before, version=after
            )
        )
