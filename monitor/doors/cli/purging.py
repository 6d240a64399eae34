"""purge: secret projects that were taken in before they were listed."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, leave, say
from monitor.intake import FileRefused, read_secret_list
from monitor.settings import now
from monitor.text import N_, _


def register(app: typer.Typer) -> None:
    """Adds the command."""
    text = _("Delete projects that are known to be secret by now from every table; without --yes only count them.")
    app.command("purge", help=text)(purge)


def purge(
    by: Annotated[str, typer.Option(help=N_("Who says so."))],
    yes: Annotated[bool, typer.Option("--yes", help=N_("Delete; it cannot be undone."))] = False,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    from monitor.verbs.purge import purge as delete

    if not by.strip():
        raise Refused(_("Who says so may not be blank. Nothing changed."))
    try:
        secret = read_secret_list(common.settings().secret_projects_file)
    except FileRefused as refused:
        say(str(refused))
        leave(common.REFUSED)
    done = delete(common.ready_database(), secret, by=by.strip(), clock=now, only_count=not yes)
    if json:
        emit({"deleted": yes, **vars(done)})
        return
    counts = _("{projects} projects, {cases} cases, {events} events, {refused_rows} rows that were set aside")
    told = counts.format(**vars(done))
    say(_("Deleted: {what}.").format(what=told) if yes else _("Secret: {what}. Delete with --yes.").format(what=told))
