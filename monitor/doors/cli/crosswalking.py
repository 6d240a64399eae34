"""export-spgl: what is known now into the national exchange tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, leave, say
from monitor.settings import now
from monitor.text import N_, _, _n

if TYPE_CHECKING:
    from monitor.verbs.crosswalk import Crossed, Unsaid

SHOWN = 50


def register(app: typer.Typer) -> None:
    """Adds the command."""
    told = _("Write what is known now into the national exchange tables; list what they cannot say.")
    app.command("export-spgl", help=told)(write)


def write(
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="URL", help=N_("A database in which the four tables are empty or not there.")),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help=N_("A folder for four CSV files."))] = None,
    profile: Annotated[
        str | None,
        typer.Option(help=N_("How rows are read back: spgl, or a TOML file; default: MONITOR_PULL_PROFILE.")),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    from monitor.exchange import Exchange, ExchangeRefused, exchange_profile
    from monitor.exchange.writing import into_database, into_folder
    from monitor.reading.viewer import EVERYONE
    from monitor.verbs.crosswalk import crosswalk

    if (to is None) == (out is None):
        raise typer.BadParameter(_("give either --to or --out"), param_hint="--to")
    settings = common.settings()
    rules = exchange_profile(profile or settings.pull_profile)
    database = common.ready_database()
    try:
        exchange = Exchange(to, rules.schema) if to else None
        place = into_database(exchange) if exchange else into_folder(out or Path())
        told = exchange.address if exchange else str(out)
        with place as sink, common.progress(_("Writing")) as advance:
            done = crosswalk(database, rules, sink, settings.zone, viewer=EVERYONE, to=told, clock=now, advance=advance)
    except ExchangeRefused as refused:
        raise Refused(str(refused)) from refused
    if json:
        emit(done.document())
    tell(done, list_unsaid=not json)
    leave(common.SET_ASIDE if done.unsaid_of else common.DONE)


def tell(done: Crossed, *, list_unsaid: bool) -> None:
    """The result in words, on stderr."""
    from monitor.verbs.crosswalk import NO_RECORD

    if list_unsaid:
        for one in done.unsaid[:SHOWN]:
            say(_line(one, without=one.column == NO_RECORD))
        if (more := sum(done.unsaid_of.values()) - SHOWN) > 0:
            say(_n("… and {n} more; --json lists them", "… and {n} more; --json lists them", more).format(n=more))
    for table, n in done.rows.items():
        say(_("{table}: {n} rows").format(table=table, n=n))
    if done.voided:
        say(_("{n} voided records and their voids were left out").format(n=done.voided))
    for column, n in sorted(done.unsaid_of.items()):
        text = _("{column}: {n} values that the exchange tables cannot say")
        if column == NO_RECORD:
            text = _("{n} cases without any record, which nobody finds who pulls these tables")
        say(text.format(column=column, n=n))


def _line(one: Unsaid, *, without: bool) -> str:
    of = ", ".join(text for text in (one.project_code, one.case_id, one.event_id) if text)
    if without:
        return _("{file}: {reason}").format(file=of, reason=_("no record, so nobody finds it who pulls these tables"))
    return _("{file}: {reason}").format(
        file=of, reason=_("{column} '{value}' cannot be said").format(column=one.column, value=one.value)
    )
