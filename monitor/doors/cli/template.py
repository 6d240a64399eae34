"""template: an empty workbook with the canonical sheets, to be filled in and imported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.doors.cli.common import Refused, say
from monitor.text import N_, _

DEFAULT = Path("approval-monitor.xlsx")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("template", help=_("Write an empty workbook to fill in and import."))(template)


def template(
    out: Annotated[Path, typer.Option("--out", help=N_("File to write."))] = DEFAULT,
    force: Annotated[bool, typer.Option("--force", help=N_("Overwrite a file that is there."))] = False,
) -> None:
    from monitor.intake.template import template_bytes

    if out.suffix.lower() != ".xlsx":
        raise typer.BadParameter(_("a file name that ends with .xlsx"), param_hint="--out")
    if out.exists() and not force:
        raise Refused(_("{file} is there already; --force overwrites it.").format(file=out))
    try:
        out.write_bytes(template_bytes())
    except OSError as error:
        raise Refused(_("{file} cannot be written: {why}").format(file=out, why=error.strerror)) from error
    say(_("Wrote {file}. Fill in the sheets, then: approval-monitor import {file}").format(file=out))
