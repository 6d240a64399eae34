"""purge: secret projects that were taken in before they were listed."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.doors.cli import common, together
from monitor.doors.cli.common import emit, leave, say
from monitor.doors.cli.people import refusing
from monitor.doors.cli.together import Approve, Ask, Stdin
from monitor.intake import FileRefused, read_secret_list
from monitor.people import DeletionKind
from monitor.settings import now
from monitor.text import N_, _
from monitor.uploads import Uploads


def register(app: typer.Typer) -> None:
    """Adds the command."""
    text = _("Delete projects that are known to be secret by now from every table; without --yes only count them.")
    app.command("purge", help=text)(purge)


def purge(
    by: Annotated[str, typer.Option(help=N_("Who says so; where there are accounts, the account."))],
    yes: Annotated[bool, typer.Option("--yes", help=N_("Delete; it cannot be undone. Only without accounts."))] = False,
    ask: Ask = False,
    approve: Approve = None,
    stdin: Stdin = False,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    from monitor.verbs.deletions import Approval
    from monitor.verbs.purge import ask_purge
    from monitor.verbs.purge import purge as delete

    by = together.checked(by, yes=yes, ask=ask, approve=approve)
    try:
        secret = read_secret_list(common.settings().secret_projects_file)
    except FileRefused as refused:
        say(str(refused))
        leave(common.REFUSED)
    database = common.ready_database()
    uploads = Uploads(common.settings().upload_folder, common.settings().upload_mebibytes << 20)
    number, request = approve, None
    if ask:
        with together.proved(database, by, stdin=stdin) as who:
            done, request = ask_purge(database, secret, who=who, clock=now)
            number = request.number
    elif approve is not None:
        with together.proved(database, by, stdin=stdin) as who:
            approval = Approval(who, approve)
            done = delete(database, secret, by=who.name, clock=now, approval=approval, uploads=uploads)
    else:
        with refusing():
            done = delete(database, secret, by=by, clock=now, only_count=not yes, uploads=uploads)
    deleted = yes or approve is not None
    two, waiting = together.told_open(database, DeletionKind.PURGE)
    if json:
        emit({"deleted": deleted, **vars(done), "request": number, "requests": waiting})
        return
    counts = _("{projects} projects, {cases} cases, {events} events, {refused_rows} rows that were set aside")
    told = counts.format(**vars(done))
    if request is not None:
        say(_("Asked for: {what}.").format(what=told))
        together.tell_request(request, "purge --by NAME --approve")
    elif deleted:
        say(_("Deleted: {what}.").format(what=told))
        if not two:
            say(_("There are no accounts here: one person decided it."))
        together.tell_elsewhere()
    else:
        wanted = _("Secret: {what}. Two persons delete it: --ask, then --approve.")
        say((wanted if two else _("Secret: {what}. Delete with --yes.")).format(what=told))
        together.tell_open(waiting)
