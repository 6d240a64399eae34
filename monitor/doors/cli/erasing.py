"""trail erase: what the trail says of a person."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.doors.cli import common, together
from monitor.doors.cli.common import Refused, emit, say
from monitor.doors.cli.people import Json, refusing
from monitor.doors.cli.together import Approve, Ask, Stdin
from monitor.people import DeletionKind
from monitor.settings import now
from monitor.text import N_, _

HELP = N_("Erase what entries say of a person; the entries stay. Without --yes only count.")


def erase(
    name: Annotated[str, typer.Argument(metavar="NAME", help=N_("As it was written."))],
    by: Annotated[str, typer.Option(help=N_("Who says so; where there are accounts, the account."))],
    yes: Annotated[bool, typer.Option("--yes", help=N_("Delete; it cannot be undone. Only without accounts."))] = False,
    ask: Ask = False,
    approve: Approve = None,
    stdin: Stdin = False,
    json: Json = False,
) -> None:
    from monitor.verbs.deletions import Approval
    from monitor.verbs.trail import ask_erase, erase_person

    by, name = together.checked(by, yes=yes, ask=ask, approve=approve), name.strip()
    if not name:
        raise Refused(_("The name may not be blank. Nothing changed."))
    database = common.ready_database()
    number, request = approve, None
    if ask:
        with together.proved(database, by, stdin=stdin) as who:
            done, request = ask_erase(database, name, who=who, clock=now)
            number = request.number
    elif approve is not None:
        with together.proved(database, by, stdin=stdin) as who:
            done = erase_person(database, name, by=who.name, clock=now, approval=Approval(who, approve))
    else:
        with refusing():
            done = erase_person(database, name, by=by, clock=now, only_count=not yes)
    erased = yes or approve is not None
    two, waiting = together.told_open(database, DeletionKind.ERASE)
    if json:
        emit({"erased": erased, **vars(done), "request": number, "requests": waiting})
        return
    told = _("before and after of {detail} entries, names of persons of {personal}").format(**vars(done))
    if request is not None:
        say(_("Asked for: {what}.").format(what=told))
        together.tell_request(request, "trail erase NAME --by NAME --approve")
    elif erased:
        say(_("Erased: {what}.").format(what=told))
        together.tell_elsewhere()
    else:
        wanted = _("Found: {what}. Two persons erase it: --ask, then --approve.")
        say((wanted if two else _("Found: {what}. Erase with --yes.")).format(what=told))
        together.tell_open(waiting)
