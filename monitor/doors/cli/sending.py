"""sources: who reports, until when, and who is silent for longer than usual."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import emit, say
from monitor.freshness import habit, silence
from monitor.reading.viewer import EVERYONE
from monitor.settings import today
from monitor.text import N_, _
from monitor.wiring import monitor


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("sources", help=_("Who reports, until when, and who is silent for longer than usual."))(sources)


def sources(json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False) -> None:
    known = monitor(common.settings())
    on = today(known.settings)
    found = known.reader.sources(EVERYONE, on)
    if json:
        days = [
            {
                "source": one.source,
                "last_on": one.last_on.isoformat(),
                "reported_until": one.reported_until.isoformat() if one.reported_until else None,
                "habit": one.habit,
                "silent": one.silent,
                "silent_for_long": one.silent_for_long,
            }
            for one in found
        ]
        emit({"as_of": on.isoformat(), "sources": days})
        return
    for one in found:
        told = _("has not reported until any day yet: none of its lights is confirmed")
        if one.reported_until:
            told = _("reported until {day}").format(day=one.reported_until.isoformat())
        parts = one.source, _("sent on {day}").format(day=one.last_on.isoformat()), told
        print("  ".join((*parts, habit(one.habit))))
    for one in found:
        if one.silent_for_long:
            say(silence(one.source, one.last_on, one.reported_until, one.habit, one.silent))
