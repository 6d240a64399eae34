"""profile: how foreign files become canonical rows; those that come with the product, and those of one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.doors.cli.common import REFUSED, Refused, emit, leave, progress, say, settings
from monitor.doors.cli.refusing import problem_line, say_passed_over, say_refusals
from monitor.text import N_, _, _n, language

if TYPE_CHECKING:
    from monitor.exchange import ExchangeProfile
    from monitor.intake import Profile, SecretList
    from monitor.verbs.profiles import Tried
    from rules.errors import RuleError

CANONICAL = "canonical"
ProfileTold = Annotated[
    str,
    typer.Option(
        "--profile", help=N_("How the files are laid out: canonical, the id of a profile, or the file of one.")
    ),
]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]

profile_app = typer.Typer(help=N_("How foreign files become canonical rows."), no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(profile_app, name="profile")


def profile_told(told: str) -> Profile | None:
    """The profile of this id or file; None: canonical files. Raises BadParameter, or ProfileError for a bad file."""
    from monitor.exchange import reads_tables
    from monitor.intake.profiles import read, shipped

    if told == CANONICAL:
        return None
    known = shipped()
    if told in known:
        return known[told]
    if reads_tables(told):
        text = _("{profile} reads the tables of a database: approval-monitor pull --profile {profile}")
        raise typer.BadParameter(text.format(profile=told), param_hint="--profile")
    if told.endswith(".toml") or Path(told).is_file():
        return read(Path(told))
    names = ", ".join([CANONICAL, *known])
    allowed = _("one of: {names}; or a file that ends with .toml").format(names=names)
    raise typer.BadParameter(allowed, param_hint="--profile")


def _of_files(name: str) -> Profile:
    """The profile of this id or file; raises as `profile_told`, and where none is needed."""
    found = profile_told(name)
    if found is None:
        raise typer.BadParameter(_("canonical files need no profile"), param_hint="PROFILE")
    return found


def title(profile: Profile | ExchangeProfile) -> str:
    """Its title in the reader's language."""
    return (profile.title_en if language() == "en" else "") or profile.title


def _problems(name: str) -> list[RuleError]:
    """What is wrong with the profile of this id or file."""
    from monitor.exchange import ProfileError, exchange_profile, reads_tables
    from monitor.intake.profiles import problems, shipped

    if not reads_tables(name):
        return [] if name in shipped() or name == CANONICAL else problems(Path(name))
    try:
        exchange_profile(name)
    except ProfileError as error:
        return [error]
    return []


@profile_app.command("list", help=N_("The profiles that come with the product."))
def listed(json: Json = False) -> None:
    from monitor.exchange import FORM, SHIPPED, exchange_profile
    from monitor.intake.profiles import shipped

    tables = exchange_profile(SHIPPED)
    found = [{"id": one.id, "title": title(one), "form": one.form} for one in shipped().values()]
    found.append({"id": tables.id, "title": title(tables), "form": FORM})
    if json:
        emit({"profiles": found})
        return
    for one in found:
        print(f"{one['id']}  {one['title']}")


@profile_app.command("show", help=N_("One profile: what becomes of which column."))
def show(
    name: Annotated[str, typer.Argument(metavar="PROFILE", help=N_("An id, or the file of a profile."))],
    toml: Annotated[bool, typer.Option("--toml", help=N_("Its file, to start one of your own from."))] = False,
) -> None:
    from monitor.doors.cli.mappings import exchange_lines, lines
    from monitor.exchange import exchange_profile, reads_tables

    if reads_tables(name):
        tables = exchange_profile(name)
        head, told, text = title(tables), exchange_lines(tables), tables.text
    else:
        found = _of_files(name)
        head, told, text = title(found), lines(found), found.text
    print(text if toml else "\n".join([f"{name}  {head}", *told]), end="" if toml else "\n")


@profile_app.command("check", help=N_("Whether a profile can be used, and what it makes of files; nothing is written."))
def check(
    name: Annotated[str, typer.Argument(metavar="PROFILE", help=N_("An id, or the file of a profile."))],
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]", help=N_("Files to try it on."))] = None,
    json: Json = False,
) -> None:
    from monitor.exchange import reads_tables
    from monitor.verbs.profiles import Tried, try_profile

    if wrong := _problems(name):
        if json:
            told = [{"file": e.where, "key": e.key, "value": repr(e.value), "allowed": e.allowed} for e in wrong]
            emit(Tried(name).document() | {"usable": False, "problems": told})
        for error in wrong:
            say(problem_line(error))
        text = _n("{n} problem; the profile is not used.", "{n} problems; the profile is not used.", len(wrong))
        say(text.format(n=len(wrong)))
        leave(REFUSED)
    if not reads_tables(name):
        with progress(_("Mapping")) as advance:
            secret = _secret_list()
            tried = try_profile(_of_files(name), paths or [], settings().zone, advance=advance, secret=secret)
    elif not paths:
        tried = Tried(name)
    else:
        text = _("{profile} reads the tables of a database: approval-monitor pull --profile {profile} --dry-run")
        raise typer.BadParameter(text.format(profile=name), param_hint="PATH")
    if json:
        emit(tried.document())
    else:
        _tell(tried, bool(paths))
    if not tried.usable:
        leave(REFUSED)


@profile_app.command("suggest", help=N_("Propose a profile for a file, and say what is not sure."))
def suggest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help=N_("A file, or several of one layout."))],
    out: Annotated[
        Path | None, typer.Option("--out", help=N_("File to write; without it the text is printed."))
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=N_("Overwrite a file that is there."))] = False,
) -> None:
    from monitor.intake import FileRefused, read_secret_list
    from monitor.intake.profiles import suggested

    if out and out.exists() and not force:
        raise Refused(_("{file} is there already; --force overwrites it.").format(file=out))
    try:
        name = re.sub(r"[^\w.-]", "-", out.stem)[:60] if out else "mine"
        found = suggested(paths, name, read_secret_list(settings().secret_projects_file))
    except FileRefused as refused:
        raise Refused(str(refused)) from refused
    if out is None:
        print(found.text, end="")
    else:
        try:
            out.write_text(found.text, "utf-8")
        except OSError as error:
            raise Refused(_("{file} cannot be written: {why}").format(file=out, why=error.strerror)) from error
    for key, doubt in found.doubts:
        say(f"{key}: {doubt}")
    say(
        _n("{n} thing to look at.", "{n} things to look at.", len(found.doubts)).format(n=len(found.doubts))
        + (" " + _("Then: approval-monitor profile check {file} PATH").format(file=out) if out else "")
    )


def _secret_list() -> SecretList:
    from monitor.intake import FileRefused, read_secret_list

    try:
        return read_secret_list(settings().secret_projects_file)
    except FileRefused as refused:
        raise Refused(str(refused)) from refused


def _tell(tried: Tried, with_files: bool) -> None:
    """The first rows and what would be refused, for a person."""
    for table, first in tried.first.items():
        if tried.rows[table]:
            print(
                _("{table}: {n} rows, {refused} refused").format(
                    table=table, n=tried.rows[table], refused=tried.refused[table]
                )
            )
            for row in first:
                print("  " + "  ".join(f"{name}={value}" for name, value in row.items() if value))
    for file in tried.files:
        say(_("{file}: {n} rows of {table}, read as {encoding}").format(n=file["rows"], **file))
    say_passed_over(tried.passed_over)
    say_refusals(tried.refusals)
    if not with_files:
        say(_("{profile}: a profile that can be used.").format(profile=tried.profile))
    elif not tried.usable:
        say(_("As it is, the files would be refused; nothing was written."))
    else:
        if not tried.compared:
            say(_("Not every id was looked for a second time: there are too many. import --dry-run does it."))
        say(_("Every row can be taken in; nothing was written. import --dry-run compares them with what is known."))
