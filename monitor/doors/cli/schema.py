"""init, upgrade, check: the database made, migrated, inspected."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.database import DatabaseError, head, integrity, version
from monitor.doors.cli.common import DONE, REFUSED, emit, leave, open_database, ready_database, say, settings
from monitor.settings import now
from monitor.text import N_, _
from monitor.verbs.schema import bring_up

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("init", help=_("Make the database (or bring an older one up to date)."))(init)
    app.command("upgrade", help=_("Bring the database up to this program's version."))(move)
    app.command("check", help=_("Inspect the database: version, integrity, counts."))(check)


def init(json: Json = False) -> None:
    database = open_database()
    _report(database.address, *bring_up(database, now), json=json)


def move(json: Json = False) -> None:
    database = open_database()
    if version(database) is None:
        raise DatabaseError("missing", database.address)
    _report(database.address, *bring_up(database, now), json=json)


def _report(address: str, before: str | None, after: str | None, *, json: bool) -> None:
    if json:
        emit({"database": address, "before": before, "version": after})
    elif before is None:
        say(_("Made the database {address}, version {version}.").format(address=address, version=after))
    elif before == after:
        say(_("The database {address} is up to date, version {version}.").format(address=address, version=after))
    else:
        text = _("The database {address} went from version {before} to {version}.")
        say(text.format(address=address, before=before, version=after))


def check(json: Json = False) -> None:
    from monitor.freshness import silence
    from monitor.reading.health import health
    from monitor.reading.viewer import EVERYONE
    from monitor.settings import today
    from monitor.wiring import monitor

    database = ready_database()
    broken = integrity(database)
    with database.reading() as connection:
        found = health(connection, EVERYONE)
    well = not broken and not found.troubles
    known = monitor(settings())
    silent = [one for one in known.reader.sources(EVERYONE, today(known.settings)) if one.silent_for_long]
    if json:
        document = {"database": database.address, "version": head(), "well": well, "integrity": broken}
        document["silent"] = [one.source for one in silent]
        emit(document | {"counts": found.counts, "troubles": found.troubles})
    else:
        say(_("Database {address}, version {version}.").format(address=database.address, version=head()))
        for table, n in found.counts.items():
            say(f"  {table:16} {n:>12,}")
        for text in broken:
            say(_("Broken: {what}").format(what=text))
        for what, n in found.troubles.items():
            say(_("Does not agree: {what}: {n}").format(what=_(what), n=n))
        for one in silent:
            say(silence(one.source, one.last_on, one.reported_until, one.habit, one.silent))
        say(_("All is well.") if well else _("Restore a backup, or ask for help with this report."))
    leave(DONE if well else REFUSED)
