"""user: the accounts, their passwords and their sessions."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated, Any

import typer

from monitor.database import Database
from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, office_moment, say
from monitor.doors.cli.people import Json, refusing
from monitor.passwords import Passwords
from monitor.people import Account, Session, folded
from monitor.reading import people as reading
from monitor.rights import RIGHTS, Part, Role
from monitor.settings import now
from monitor.text import N_, _, _n
from monitor.verbs import accounts as verbs
from monitor.words import ROLE_WORDS

Name = Annotated[str, typer.Argument(metavar="NAME")]
Regions = Annotated[
    list[str] | None,
    typer.Option("--region", help=N_("Area code, or its beginning, of what is seen; may be given again.")),
]
Departments = Annotated[
    list[str] | None,
    typer.Option("--department", help=N_("NAME, or REGION/NAME, whose cases are seen; may be given again.")),
]
Agents = Annotated[
    list[str] | None,
    typer.Option("--agent", help=N_("Name of the agent that projects bear which are seen; may be given again.")),
]
Display = Annotated[str | None, typer.Option(help=N_("The name as others see it."))]
Ask = Annotated[bool, typer.Option("--ask", help=N_("Type the initial password; otherwise one is made."))]
Stdin = Annotated[bool, typer.Option("--stdin", help=N_("Read the initial password from the first line of stdin."))]

user_app = typer.Typer(no_args_is_help=True, help=N_("The accounts: who may sign in, and what each may do and see."))


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(user_app, name="user")


@user_app.command("add", help=N_("Make an account; its initial password is told once and has to be changed."))
def add(
    name: Name,
    role: Annotated[str, typer.Option(help=", ".join(Role))],
    region: Regions = None,
    department: Departments = None,
    agent: Agents = None,
    display: Display = None,
    ask: Ask = False,
    stdin: Stdin = False,
    provider: Annotated[
        bool, typer.Option("--provider", help=N_("Without a password: signs in with the provider of the office."))
    ] = False,
) -> None:
    if provider and (ask or stdin):
        raise typer.BadParameter(_("such an account has no password"), param_hint="--provider")
    database = common.ready_database()
    with refusing():
        scope = _scope(database, region, department, agent)
        account, initial = verbs.add_account(
            database, Passwords(), name, role=role, display=display or "", scope=scope,
            password=_typed(ask, stdin), provided=provider, now=now(),
        )  # fmt: skip
    say(_("Account {name}, {role}.").format(name=account.name, role=_(ROLE_WORDS[account.role])))
    if not provider:
        _tell_initial(initial, told=ask or stdin)


@user_app.command("list", help=N_("All accounts, with role and scope."))
def every(json: Json = False) -> None:
    with common.ready_database().reading() as connection:
        found = [(one, _plain(connection, one)) for one in reading.accounts(connection)]
    if json:
        emit({"accounts": [plain for _one, plain in found]})
        return
    for account, plain in found:
        print(_line(account, plain))
    say(_n("{n} account.", "{n} accounts.", len(found)).format(n=len(found)))


@user_app.command("show", help=N_("One account, and what it may do."))
def show(name: Name, json: Json = False) -> None:
    with common.ready_database().reading() as connection, refusing():
        account = verbs.require(connection, name)
        plain = _plain(connection, account) | {"rights": sorted(RIGHTS[account.role])}
    if json:
        emit(plain)
        return
    print(_line(account, plain))
    print(_("may: {rights}").format(rights=", ".join(plain["rights"])))
    print(_("made {moment} by {name}").format(moment=plain["created_at"], name=account.created_by))


@user_app.command("change", help=N_("Change role, scope or display; what is given takes the place of what was there."))
def change(
    name: Name,
    role: Annotated[str | None, typer.Option(help=", ".join(Role))] = None,
    region: Regions = None,
    department: Departments = None,
    agent: Agents = None,
    display: Display = None,
) -> None:
    database = common.ready_database()
    told = {"role": role, "display": display}
    with refusing():
        changes = {field: value for field, value in told.items() if value is not None}
        changes |= _scope(database, region, department, agent)
        if not changes:
            raise typer.BadParameter(_("nothing to change was given"))
        account = verbs.change_account(database, name, changes, now=now())
    with database.reading() as connection:
        say(_line(account, _plain(connection, account)))


@user_app.command("disable", help=N_("An account may not sign in any more; its sessions end, its tokens hold no more."))
def disable(name: Name) -> None:
    with refusing():
        account = verbs.disable_account(common.ready_database(), name, now=now())
    say(_("Account {name} is disabled.").format(name=account.name))


@user_app.command("enable", help=N_("A disabled account may sign in again."))
def enable(name: Name) -> None:
    with refusing():
        account = verbs.enable_account(common.ready_database(), name, now=now())
    say(_("Account {name} may sign in.").format(name=account.name))


@user_app.command("password", help=N_("Give an account another initial password; it is signed out everywhere."))
def password(name: Name, ask: Ask = False, stdin: Stdin = False) -> None:
    with refusing():
        told = _typed(ask, stdin)
        initial = verbs.reset_password(common.ready_database(), Passwords(), name, password=told, now=now())
    _tell_initial(initial, told=ask or stdin)


@user_app.command("sessions", help=N_("The sessions of an account, the latest first."))
def sessions(name: Name, json: Json = False) -> None:
    with common.ready_database().reading() as connection, refusing():
        found = reading.sessions(connection, verbs.require(connection, name).id)
    if json:
        emit({"account": folded(name), "sessions": [_session(one) for one in found]})
        return
    for one in map(_session, found):
        print(
            "  ".join(
                str(one[key] or "–") for key in ("created", "last_seen", "expires", "ended", "address", "browser")
            )
        )
    say(_n("{n} session.", "{n} sessions.", len(found)).format(n=len(found)))


@user_app.command("sign-out", help=N_("End every session of an account."))
def sign_out(name: Name) -> None:
    with refusing():
        n = verbs.sign_out_everywhere(common.ready_database(), name, now=now())
    say(_n("{n} session ended.", "{n} sessions ended.", n).format(n=n))


def _scope(
    database: Database, region: list[str] | None, department: list[str] | None, agent: list[str] | None
) -> dict[str, Any]:
    """The parts of the scope that were given; a blank name empties that part."""
    told: dict[str, Any] = {Part.REGIONS.value: region, Part.AGENTS.value: agent}
    found = {part: [one for one in values if one] for part, values in told.items() if values is not None}
    if department is not None:
        found[Part.DEPARTMENTS.value] = verbs.department_keys(database, filter(None, department))
    return found


def _typed(ask: bool, stdin: bool) -> str | None:
    """The initial password that somebody gives; None: one is to be made."""
    if ask and stdin:
        raise typer.BadParameter(_("--ask or --stdin, not both"))
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not ask:
        return None
    told = getpass.getpass(_("Initial password: "))
    if getpass.getpass(_("The same again: ")) != told:
        raise Refused(_("The two are not the same. Nothing changed."))
    return told


def _tell_initial(initial: str, *, told: bool) -> None:
    if told:
        say(_("The initial password has to be changed at the first sign-in."))
        return
    say(_("Initial password, shown this once, to be changed at the first sign-in:"))
    print(initial)


def _plain(connection: Any, account: Account) -> dict[str, Any]:
    names = reading.known_departments(connection, account.scope.departments)
    departments = [{"region": names[key][0], "name": names[key][1]} for key in account.scope.departments]
    return {
        "name": account.name,
        "display": account.display,
        "role": account.role.value,
        "regions": list(account.scope.regions),
        "departments": departments,
        "agents": list(account.scope.agents),
        "must_change": account.must_change,
        "created_at": office_moment(account.created_at),
        "created_by": account.created_by,
        "disabled_at": office_moment(account.disabled_at),
    }


def _line(account: Account, plain: dict[str, Any]) -> str:
    scope = [*account.scope.regions, *(f"{one['region']}/{one['name']}" for one in plain["departments"])]
    disabled = _("disabled {moment}").format(moment=plain["disabled_at"]) if account.disabled_at else ""
    changing = _("has to change the password") if account.must_change else ""
    parts = [account.name, account.display, _(ROLE_WORDS[account.role]), "、".join([*scope, *account.scope.agents])]
    return "  ".join(part for part in (*parts, disabled, changing) if part)


def _session(one: Session) -> dict[str, Any]:
    return {
        "created": office_moment(one.created),
        "last_seen": office_moment(one.last_seen),
        "expires": office_moment(one.expires),
        "ended": office_moment(one.revoked_at),
        "address": one.address,
        "browser": one.browser,
    }
