"""Sources that are silent for longer than usual, and lights that nobody has confirmed for that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import html

from monitor.freshness import silence
from monitor.text import _, _n


def silent(sources: Sequence[Any], unconfirmed: int) -> Any:
    """A warning a source, and how many lights are unconfirmed; nothing where all is fresh."""
    told = [silence(one.source, one.last_on, one.reported_until, one.habit, one.silent) for one in sources]
    if unconfirmed:
        text = _n(
            "{n} project shows a light that turned after the day until which its sources have reported: unconfirmed.",
            "{n} projects show a light that turned after the day until which their sources have reported: unconfirmed.",
            unconfirmed,
        )
        told.append(text.format(n=f"{unconfirmed:,}"))
    if not told:
        return None
    icon = html.Span(className="icon icon-alert-triangle", **{"aria-hidden": "true"})
    lines = [html.P([icon, html.Span(line)], className="warning") for line in told]
    return html.Section(lines, className="panel fresh", role="status", **{"aria-label": _("State of the data")})
