"""token: by which other systems act for an account."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import emit, office_moment, say
from monitor.doors.cli.people import Json, refusing
from monitor.people import Token
from monitor.reading import people as reading
from monitor.rights import FOR_TOKENS
from monitor.settings import now
from monitor.text import N_, _, _n
from monitor.verbs import tokens as verbs

token_app = typer.Typer(no_args_is_help=True, help=N_("The tokens, by which other systems act for an account."))


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(token_app, name="token")


@token_app.command("add", help=N_("Make a token; it is shown once."))
def add(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    account: Annotated[str, typer.Option("--for", help=N_("The account for which it acts."))],
    right: Annotated[list[str], typer.Option("--right", help=", ".join(sorted(FOR_TOKENS)))],
    source: Annotated[str, typer.Option(help=N_("With the right import: the source for which it may write."))] = "",
    days: Annotated[int, typer.Option(help=N_("For how many days it holds."))] = verbs.MOST_DAYS,
) -> None:
    with refusing():
        token, text = verbs.add_token(
            common.ready_database(), name, account=account, rights=right, source=source, days=days,
            now=now(),
        )  # fmt: skip
    told = _("Token {number}, {name}, for {account}, until {moment}; shown this once:")
    say(told.format(number=token.id, name=token.name, account=token.account, moment=office_moment(token.expires)))
    print(text)


@token_app.command("list", help=N_("All tokens: for whom, what they may, until when, when used last."))
def every(json: Json = False) -> None:
    with common.ready_database().reading() as connection:
        found = reading.tokens(connection)
    if json:
        emit({"tokens": [_plain(one) for one in found]})
        return
    for one in found:
        print("  ".join(part for part in _parts(one) if part))
    say(_n("{n} token.", "{n} tokens.", len(found)).format(n=len(found)))


@token_app.command("revoke", help=N_("A token holds no more; by its number, or by the name of one in use."))
def revoke(token: Annotated[str, typer.Argument(metavar="NAME|NUMBER")]) -> None:
    with refusing():
        done = verbs.revoke_token(common.ready_database(), token, now=now())
    say(_("Token {number}, {name}, holds no more.").format(number=done.id, name=done.name))


def _plain(one: Token) -> dict[str, Any]:
    return {
        "number": one.id,
        "name": one.name,
        "prefix": one.prefix,
        "account": one.account,
        "rights": sorted(one.rights),
        "source": one.source,
        "created_at": office_moment(one.created_at),
        "created_by": one.created_by,
        "expires": office_moment(one.expires),
        "revoked_at": office_moment(one.revoked_at),
        "last_used": office_moment(one.last_used),
    }


def _parts(one: Token) -> list[str]:
    return [
        f"{one.id:>4}",
        one.name,
        f"{one.prefix}…",
        one.account,
        ", ".join(sorted(one.rights)),
        one.source,
        _("holds until {moment}").format(moment=office_moment(one.expires)),
        _("revoked {moment}").format(moment=office_moment(one.revoked_at)) if one.revoked_at else "",
        _("used {moment}").format(moment=office_moment(one.last_used)) if one.last_used else _("never used"),
    ]
