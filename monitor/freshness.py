"""A source that is silent, in words: what the command line and the pages share."""

from __future__ import annotations

import datetime as dt

from monitor.text import _, _n


def habit(days: float | None) -> str:
    """How often a source sends."""
    if days is None:
        return _("no habit to tell yet")
    return _n("sends every {n} working day", "sends every {n} working days", 1 if days == 1 else 2).format(
        n=f"{days:g}"
    )


def silence(source: str, last_on: dt.date, until: dt.date | None, days: float | None, silent: int) -> str:
    """Which source is silent, since when, how often it sends else, and what that means for the lights."""
    since = _n("silent for {n} working day", "silent for {n} working days", silent).format(n=silent)
    text = _("Source “{source}” sent last on {day}: {since} ({habit}).")
    told = text.format(source=source, day=last_on.isoformat(), since=since, habit=habit(days))
    if until is None:
        return told
    more = _("Lights of its projects that turned after {day} are unconfirmed: what happened since is not known.")
    return f"{told} {more.format(day=until.isoformat())}"
