"""corrections: what we had said of a day, and what we say of it since something else became known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, iso, moment, say
from monitor.text import N_, _, _n

Json = dict[str, Any]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("corrections", help=_("What was said of a day and no longer holds, with both values and the cause."))(
        corrections
    )


def corrections(
    codes: Annotated[list[str] | None, typer.Argument(metavar="CODE...")] = None,
    since: Annotated[
        str | None,
        typer.Option(help=N_("What became known from this day or moment on; without codes, of every project.")),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    from monitor.reading.viewer import EVERYONE
    from monitor.wiring import monitor

    if not codes and since is None:
        raise typer.BadParameter(_("give project codes, or --since"), param_hint="CODE")
    begin = moment(since, "--since")
    reader = monitor(common.settings()).reader
    with common.progress(_("Comparing")) as advance:
        found, missing = reader.corrections(EVERYONE, codes or None, since=begin, advance=advance)
    if missing:
        raise Refused(_("There is no project {codes}.").format(codes=", ".join(missing)))
    if json:
        emit({"since": iso(begin), "corrections": found})
        return
    for one in found:
        print("\n".join(_lines(one)))
    say(_n("{n} correction.", "{n} corrections.", len(found)).format(n=len(found)))


def _lines(one: Json) -> Iterator[str]:
    from monitor.differences import by_whom, figure, value, why

    known = f"{dt.datetime.fromisoformat(one['known_from']):%Y-%m-%d %H:%M:%S}"
    yield _("{code}  known from {moment}; both as of {day}; they differ from {first} on").format(
        code=one["project_code"], moment=known, day=one["as_of"], first=one["differs_from"]
    )
    if one["unconfirmed"]:
        yield "  " + _("what had been said was unconfirmed: its sources had not reported until that day")
    for cause in one["causes"]:
        beside = by_whom(cause)
        yield f"  {why(cause)}" + (f"  {beside}" if beside else "")
    for change in one["changes"]:
        was, now = (value(change["what"], change[side]) for side in ("before", "after"))
        yield "    " + "  ".join((*figure(change["where"], change["case_id"], change["what"]), f"{was} → {now}"))
