"""slip: the query code of a project, for the acceptance slip."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, leave, office_moment, say
from monitor.intake import FileRefused, read_secret_list
from monitor.reading.viewer import EVERYONE
from monitor.settings import now
from monitor.slips import Slip
from monitor.text import N_, _

ENDINGS = (".html", ".txt")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("slip", help=_("Make the query code of a project for its acceptance slip; the one before ends."))(slip)


def slip(
    code: Annotated[str, typer.Argument(metavar="CODE")],
    out: Annotated[Path | None, typer.Option(help=N_("Write the slip to this file: .html or .txt."))] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help=N_("End the query code; make no other one."))] = False,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    from monitor.reports import slip as printed
    from monitor.verbs.slips import NoSuchProject, make_slip, withdraw_slip

    settings = common.settings()
    if out is not None and withdraw:
        raise typer.BadParameter(_("what is withdrawn is not printed"), param_hint="--out")
    if out is not None and out.suffix.lower() not in ENDINGS:
        raise typer.BadParameter(_("a name that ends with one of {endings}").format(endings=", ".join(ENDINGS)))
    try:
        secret = read_secret_list(settings.secret_projects_file)
    except FileRefused as refused:
        say(str(refused))
        leave(common.REFUSED)
    database = common.ready_database()
    try:
        if withdraw:
            gone = withdraw_slip(database, EVERYONE, secret, code, now=now())
            _told(code, None, gone, None, json=json)
            return
        address = settings.public_url and f"{settings.public_url}/status"
        with _file(out) as file:
            made = make_slip(database, EVERYONE, secret, code, address=address, office=settings.office_name, now=now())
            if file is not None:
                file.write((printed.html if _is_html(out) else printed.text)(made, settings.zone))
    except NoSuchProject as error:
        told = _("Project {code!r} is not known here. Nothing changed.")
        raise Refused(told.format(code=error.code)) from error
    if not address:
        say(_("MONITOR_PUBLIC_URL is not set: the slip names no address of the look-up."))
    _told(code, made, made.replaced, out, json=json)
    if not json and out is None:
        print(printed.text(made, settings.zone), end="")


def _is_html(out: Path | None) -> bool:
    return out is not None and out.suffix.lower() == ".html"


@contextmanager
def _file(out: Path | None) -> Iterator[TextIO | None]:
    """The file of a slip, for its owner alone, made before the code is: one that cannot be written ends no other
    code."""
    if out is None:
        yield None
        return
    try:
        file = os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")
    except OSError as error:
        text = _("{file} cannot be made: {problem}. Nothing changed.")
        raise Refused(text.format(file=out, problem=error.strerror)) from error
    try:
        with file:
            yield file
    except BaseException:
        out.unlink(missing_ok=True)
        raise


def _told(code: str, made: Slip | None, ended: bool, out: Path | None, *, json: bool) -> None:
    if json:
        emit(
            {
                "project_code": made.project_code if made else code,
                "name": made.name if made else None,
                "query_code": made.query_code if made else None,
                "made_at": office_moment(made.made_at) if made else None,
                "ended_another": ended,
                "address": (made.address or None) if made else None,
                "out": str(out) if out else None,
            }
        )
        return
    if made is None:
        say(_("The query code is withdrawn.") if ended else _("The project had no query code. Nothing changed."))
        return
    say(_("The query code is shown this once; what is kept is a hash of it."))
    if ended:
        say(_("The one before holds no more."))
    if out is not None:
        say(_("Written: {file}").format(file=out))
