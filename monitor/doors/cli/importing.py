"""import: canonical files into the log."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from monitor.database import Database, is_empty, require_current, upgrade
from monitor.doors.cli import common
from monitor.doors.cli.batches import came_in, secret_refused
from monitor.doors.cli.common import emit, leave, say
from monitor.doors.cli.foreseeing import AsOf, DryRun, day_foreseen, tell_foreseen
from monitor.doors.cli.profiles import CANONICAL, ProfileTold, profile_told
from monitor.doors.cli.refusing import say_passed_over, say_refusals
from monitor.intake import Profile
from monitor.scratch import scratch
from monitor.settings import now, today
from monitor.text import N_, _, _n
from monitor.verbs.import_log import DEFAULT_SOURCE, can_be_read, import_log
from monitor.verbs.imported import Imported, Odd
from monitor.verbs.pulled import Pulled
from rules.portfolio import Rules

ODD_SHOWN = 10  # warnings in words; --json lists more
_TABLES = {
    "projects": N_("projects: {added} new, {changed} changed, {known} known already, {refused} refused"),
    "cases": N_("cases: {added} new, {changed} changed, {known} known already, {refused} refused"),
    "events": N_("events: {added} new, {known} known already, {refused} refused"),
}
EDITED = N_("events: {added} new, {changed} edited or taken back, {known} known already, {refused} refused")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "import",
        help=_(
            "Take in files: a folder, a zip, a workbook, or single CSV files; canonical ones, or others with --profile."
        ),
    )(take)


def take(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...")],
    profile: ProfileTold = CANONICAL,
    source: Annotated[
        str, typer.Option(help=N_("Who reports; event and case ids are unique within it."))
    ] = DEFAULT_SOURCE,
    reported_until: Annotated[
        dt.datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help=N_("Until which day the source has reported; default: the latest in it.")
        ),
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help=N_("Land the good rows, set the refused ones aside."))
    ] = False,
    dry_run: DryRun = False,
    as_of: AsOf = None,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    if not source.strip():
        raise typer.BadParameter(_("must not be blank"), param_hint="--source")
    day = day_foreseen(as_of, dry_run)
    settings = common.settings()
    if reported_until and reported_until.date() > (last := today(settings)):
        told = _("{day} is still to come; allowed: a day up to {today}")
        days = told.format(day=reported_until.date().isoformat(), today=last.isoformat())
        raise typer.BadParameter(days, param_hint="--reported-until")
    meant = profile_told(profile)
    with _place(paths, dry_run, meant) as database, common.progress(_("Importing")) as advance:
        result = import_log(
            database,
            paths,
            zone=settings.zone,
            clock=now,
            today=today(settings),
            source=source.strip(),
            reported_until=reported_until.date() if reported_until else None,
            partial=partial,
            dry_run=dry_run,
            foresee=Rules.shipped() if dry_run else None,
            as_of=day,
            advance=advance,
            places=settings.place_names(),
            secret_list=settings.secret_projects_file,
            profile=meant,
        )
    if json:
        emit(result.document())
    tell(result, list_refusals=not json)
    leave(exit_code(result))


@contextmanager
def _place(paths: list[Path], dry_run: bool, profile: Profile | None) -> Iterator[Database]:
    """The database to import into. The first import makes it, so that one command is enough; an older one is
    not changed unasked, and --dry-run tries on a database that is thrown away."""
    database = common.open_database()
    if not is_empty(database):
        require_current(database)
        yield database
        return
    with scratch() as folder:
        if dry_run or not can_be_read(paths, profile):
            database = Database(f"sqlite:///{folder}/monitor.db")
            upgrade(database)
        else:
            upgrade(database)
            say(_("Made the database {address}.").format(address=database.address))
        yield database
        database.close()


def exit_code(result: Imported) -> int:
    """0 done, 1 refused and nothing changed, 3 done with rows set aside."""
    return {"refused": common.REFUSED, "partial": common.SET_ASIDE}.get(result.outcome, common.DONE)


def tell(result: Imported, *, list_refusals: bool = True) -> None:
    """The result in words, on stderr."""
    if list_refusals:
        say_refusals(result.refusals)
    say_passed_over(result.passed_over)
    if result.files and result.outcome != "refused":
        for table, count in result.counts.items():
            if count.read or count.changed:
                text = EDITED if table == "events" and count.changed else _TABLES[table]
                say(_(text).format(**vars(count)))
        say_odd(result)
    if result.fed:
        say(came_in(result.fed))
    if result.effect:
        tell_foreseen(result.effect)
    say_secret(result)
    say(_summary(result))


def say_secret(result: Imported | Pulled) -> None:
    """How much there was of secret projects."""
    if result.secret:
        say(secret_refused(result.secret))
    if n := len(result.known_secret):
        told = _n(
            "{n} project that was taken in before is secret now: approval-monitor purge deletes it",
            "{n} projects that were taken in before are secret now: approval-monitor purge deletes them",
            n,
        )
        say(told.format(n=n))


def set_aside(result: Imported | Pulled) -> str:
    """How many rows wait now; of secret projects none does."""
    n = result.refused - result.secret
    return _n("{n} row set aside", "{n} rows set aside", n).format(n=n) if n else ""


def say_odd(result: Odd) -> None:
    """What is odd about rows that were taken all the same."""
    _say_warnings(result)
    _say_departments(result)


def _say_warnings(result: Odd) -> None:
    """The first values that are odd, and how many more there are."""
    if not result.warned:
        return
    told = _n(
        "{n} value is odd and was taken all the same:", "{n} values are odd and were taken all the same:", result.warned
    )
    say(told.format(n=result.warned))
    for remark in result.warnings[:ODD_SHOWN]:
        say(f"  {remark}")
    if (more := result.warned - ODD_SHOWN) > 0:
        say(_n("… and {n} more; --json lists them", "… and {n} more; --json lists them", more).format(n=more))


def _say_departments(result: Odd) -> None:
    """New departments whose names are like those of others."""
    alike = [(name, like) for (_region, name), like in result.departments if like]
    for name, like in alike[:ODD_SHOWN]:
        others = "、".join(other for _region, other in like)
        say(_("New department {name}, like {others}").format(name=name, others=others))
    if alike:
        say(_("Say which they are: approval-monitor departments"))


def _summary(result: Imported) -> str:
    if result.outcome == "refused":
        return _("Refused; nothing was changed.")
    if result.outcome == "nothing":
        return _("Everything was known already; nothing was changed.")
    touched = _n("{n} project to assess again", "{n} projects to assess again", result.touched).format(n=result.touched)
    if result.dry_run:
        return _("Nothing was written (--dry-run); it would leave {touched}.").format(touched=touched)
    if result.batch is None:
        if result.refused == result.secret:
            return _("Everything else was known already; nothing was changed.")
        return _("The refused rows were set aside before; nothing was changed.")
    done = _("Batch {batch} landed; {touched}.").format(batch=result.batch, touched=touched)
    return f"{done} {set_aside(result)}".rstrip()
