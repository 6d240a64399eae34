"""pull: the exchange tables of another database into the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.doors.cli import common
from monitor.doors.cli.batches import came_in
from monitor.doors.cli.common import Refused, emit, leave, say
from monitor.doors.cli.foreseeing import AsOf, DryRun, day_foreseen, tell_foreseen
from monitor.doors.cli.importing import EDITED, say_odd, say_secret, set_aside
from monitor.doors.cli.refusing import say_refusals
from monitor.intake import FileRefused
from monitor.settings import now
from monitor.text import N_, _, _n
from rules.portfolio import Rules

if TYPE_CHECKING:
    from monitor.verbs.pulled import Pulled

_TABLES = {
    "projects": N_("projects: {added} new, {changed} changed, {known} known already, {refused} refused"),
    "cases": N_("cases: {added} new, {changed} changed, {known} known already, {refused} refused"),
    "events": EDITED,
}


def register(app: typer.Typer) -> None:
    """Adds the command."""
    told = _("Take in the national exchange tables of another database: what came since the last pull.")
    app.command("pull", help=told)(take)


def take(
    address: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="URL", help=N_("The database with the exchange tables; default: MONITOR_PULL_FROM.")
        ),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help=N_("How its rows are read: spgl, or a TOML file; default: MONITOR_PULL_PROFILE."))
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(help=N_("Who reports; event and case ids are unique within it. Default: MONITOR_PULL_SOURCE.")),
    ] = None,
    whole: Annotated[bool, typer.Option("--whole", help=N_("Read everything again, not only what is new."))] = False,
    partial: Annotated[
        bool, typer.Option("--partial", help=N_("Land the good rows, set the refused ones aside."))
    ] = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    from monitor.exchange import Exchange, ExchangeRefused, exchange_profile
    from monitor.verbs.pull import pull

    day, settings = day_foreseen(as_of, dry_run), common.settings()
    url = address or (settings.pull_from.get_secret_value() if settings.pull_from else "")
    if not url:
        raise typer.BadParameter(_("give the address, or set MONITOR_PULL_FROM"), param_hint="--from")
    name = settings.pull_source if source is None else source.strip()
    if not name:
        raise typer.BadParameter(_("must not be blank"), param_hint="--source")
    rules = exchange_profile(profile or settings.pull_profile)
    database = common.ready_database()
    try:
        exchange = Exchange(url, rules.schema)
        with common.progress(_("Pulling")) as advance:
            result = pull(
                database,
                exchange,
                rules,
                source=name,
                zone=settings.zone,
                clock=now,
                whole=whole,
                partial=partial,
                dry_run=dry_run,
                advance=advance,
                places=settings.place_names(),
                secret_list=settings.secret_projects_file,
                foresee=Rules.shipped() if dry_run else None,
                as_of=day,
            )
    except (ExchangeRefused, FileRefused) as refused:
        raise Refused(str(refused)) from refused
    if json:
        emit(result.document())
    tell(result, list_refusals=not json)
    codes = {"refused": common.REFUSED, "partial": common.SET_ASIDE}
    leave(codes.get(result.outcome, common.DONE))


def tell(result: Pulled, *, list_refusals: bool = True) -> None:
    """The result in words, on stderr."""
    if list_refusals:
        say_refusals(result.refusals)
    since = _("works with a record since {day}").format(day=result.since) if result.since else _("everything")
    say(_("Read from {address}: {since}").format(address=result.address, since=since))
    for table, count in result.counts.items():
        if count.read:
            say(_(_TABLES[table]).format(**vars(count)))
    for table, n in result.invalid.items():
        if n:
            say(_("{table}: {n} rows that their source marks as not valid").format(table=table, n=n))
    for table, n in result.without_records.items():
        if n:
            say(_("{table}: {n} rows without any record yet; they come with their first one").format(table=table, n=n))
    say_odd(result)
    if result.fed:
        say(came_in(result.fed))
    if result.effect:
        tell_foreseen(result.effect)
    say_secret(result)
    say(_summary(result))


def _summary(result: Pulled) -> str:
    landed = ", ".join(map(str, result.batches))
    if result.outcome == "refused":
        if result.effect:
            return _("Refused; nothing was written (--dry-run). What comes before the refused portion would land.")
        if not landed:
            return _("Refused; nothing was changed.")
        told = _("Refused; of this portion nothing was changed. What landed before it stays: {batches}.")
        return told.format(batches=landed)
    touched = _n("{n} project to assess again", "{n} projects to assess again", result.touched).format(n=result.touched)
    if result.dry_run:
        return _("Nothing was written (--dry-run); it would leave {touched}.").format(touched=touched)
    if not landed:
        return _("Everything was known already; nothing was changed.")
    done = _("Batches landed: {batches}; {touched}.").format(batches=landed, touched=touched)
    return f"{done} {set_aside(result)}".rstrip()
