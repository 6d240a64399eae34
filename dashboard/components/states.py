"""What a place shows while it has nothing to show: loading, empty, failed."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from monitor.text import _


def loading(height: int) -> html.Div:
    """Keeps the room of what is being read."""
    return html.Div(dmc.Skeleton(height=height, radius=6), className="loading", role="status", **{"aria-busy": "true"})


def empty(what: str, how: str | None = None) -> html.Div:
    """Says what would be here, and how to get it."""
    return html.Div([html.P(what), html.P(how, className="muted") if how else None], className="state")


def failed(number: str) -> html.Div:
    """Says what happened, what was kept and what to do; ``number`` finds the trace in the log."""
    return html.Div(
        [
            html.P(html.Strong(_("This part could not be read."))),
            html.P(
                _("No record was changed. Load the page again; if it stays so, give the administrator this number.")
            ),
            html.P([_("Error number"), " ", html.Code(number)], className="muted"),
        ],
        className="state alarm",
        role="alert",
    )


def denied() -> html.Div:
    """Says that a page is for others, and who can change that."""
    return html.Div(
        [
            html.P(html.Strong(_("This is not yours"))),
            html.P(_("Your account may not see or do this. Whoever keeps the accounts can change it.")),
        ],
        className="state",
        role="alert",
    )


def panel(title: str, body: Any, *, note: Any = None, className: str = "") -> html.Section:
    """A titled piece of a page; ``note`` stands small beside the title."""
    head = html.Div([html.H2(title), html.Div(note, className="note")], className="panel-head")
    parts = body if isinstance(body, list) else [body]
    return html.Section([head, *parts], className=f"panel {className}".strip())


def slot(name: str, height: int) -> html.Div:
    """A place that a callback fills; until then it keeps its room."""
    return html.Div(loading(height), id=name, className="slot")
