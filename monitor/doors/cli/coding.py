"""codes: what is odd about the codes of projects as they lie in the store."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, say
from monitor.intake import Remark, params_of
from monitor.reading.codes import OddCode
from monitor.reading.viewer import EVERYONE
from monitor.text import N_, _, _n
from monitor.wiring import monitor


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command(
        "codes", help=_("Codes of projects, credit, areas and industries that are odd; nothing is refused for it.")
    )(codes)


def codes(
    project: Annotated[list[str] | None, typer.Argument(metavar="[PROJECT_CODE…]")] = None,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    found, missing = monitor(common.settings()).reader.odd_codes(EVERYONE, project or None)
    if missing:
        raise Refused(_("There is no project {codes}.").format(codes=", ".join(missing)))
    if json:
        emit({"codes": [vars(one) | {"reason": _reason(one)} for one in found]})
        return
    for one in found:
        print(f"{one.project_code}  {one.column} '{one.value}' {_reason(one)}")
    say(_n("{n} code is odd.", "{n} codes are odd.", len(found)).format(n=len(found)))


def _reason(one: OddCode) -> str:
    return Remark("", "", 0, one.code, one.column, one.value, params_of(one.code)).reason
