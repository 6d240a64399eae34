"""What the commands share that take two persons: both prove who they are, and requests are told."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from monitor.actor import Actor, acting, actor
from monitor.database import Database
from monitor.doors.cli.common import Refused, office_moment, say
from monitor.doors.cli.people import refusing
from monitor.passwords import Passwords
from monitor.people import DeletionKind, DeletionRequest, PeopleRefused
from monitor.reading.deletions import any_account, open_requests
from monitor.rights import Forbidden, Who
from monitor.settings import now
from monitor.text import N_, _
from monitor.verbs.signing_in import SignInRefused, prove
from monitor.words import RIGHT_WORDS

Ask = Annotated[bool, typer.Option("--ask", help=N_("Where there are accounts: ask another one to approve it."))]
Approve = Annotated[
    int | None, typer.Option(metavar="NUMBER", help=N_("Where there are accounts: approve what another one asked for."))
]
Stdin = Annotated[bool, typer.Option("--stdin", help=N_("Read the password of the account from stdin."))]


def checked(by: str, *, yes: bool, ask: bool, approve: int | None) -> str:
    """Who says so. Raises Refused, and typer.BadParameter where more than one thing is wanted."""
    if not by.strip():
        raise Refused(_("Who says so may not be blank. Nothing changed."))
    if yes + ask + (approve is not None) > 1:
        raise typer.BadParameter(_("--yes, --ask or --approve, no two of them"))
    return by.strip()


@contextmanager
def proved(database: Database, name: str, *, stdin: bool) -> Iterator[Who]:
    """Within the block the account of a name acts, whose password somebody typed. Raises Refused."""
    with refusing(), database.reading() as connection:
        if not any_account(connection):
            raise PeopleRefused("one_person")
    prompt = _("Password of {name}: ").format(name=name)
    told = sys.stdin.readline().rstrip("\r\n") if stdin else getpass.getpass(prompt)
    of_system = actor()
    try:
        who = prove(database, Passwords(), name, told, address=of_system.address, now=now())
    except SignInRefused as error:
        until = office_moment(error.again_at)
        if error.problem == "locked":
            text = _("Too many wrong passwords for {name}; try again after {moment}. Nothing changed.")
            raise Refused(text.format(name=name, moment=until)) from error
        raise Refused(_("Account {name} and the password do not fit. Nothing changed.").format(name=name)) from error
    try:
        where = f"{of_system.name}@{of_system.address}"  # whoever lent the terminal is known as well
        with refusing(), acting(Actor(who.name, who.role.value, of_system.door, where)):
            yield who
    except Forbidden as error:
        if who.must_change:
            raise Refused(_("Account {name} has to change its password first.").format(name=who.name)) from error
        text = _("Account {name} may not: {right}. Nothing changed.")
        raise Refused(text.format(name=who.name, right=_(RIGHT_WORDS[error.right]))) from error


def told_open(database: Database, kind: DeletionKind) -> tuple[bool, list[dict[str, Any]]]:
    """Whether two persons are needed, and the requests that are open."""
    with database.reading() as connection:
        return any_account(connection), [_plain(one) for one in open_requests(connection, kind, now())]


def tell_request(one: DeletionRequest, command: str) -> None:
    """Says how a request goes on."""
    text = _("Request {number}: another account approves it before {moment}: approval-monitor {command} {number}")
    say(text.format(number=one.number, moment=office_moment(one.until), command=command))


def tell_open(found: list[dict[str, Any]]) -> None:
    """Says which requests are open."""
    for one in found:
        say(_("Request {number}, by {asked_by}, can be approved before {until}.").format(**one))


def tell_elsewhere() -> None:
    """Says what a deletion does not reach."""
    say(_("Backups and exported files that were made before still hold it: destroy them, then make a new backup."))


def _plain(one: DeletionRequest) -> dict[str, Any]:
    return {
        "number": one.number,
        "asked_by": one.asked_by,
        "asked_at": office_moment(one.asked_at),
        "until": office_moment(one.until),
        "counts": dict(one.counts),
    }
