"""The only place that makes a `dcc.Graph`: no word leaves the machine, no maker's logo, Chinese month names."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from monitor.text import language

CONFIG: dict[str, Any] = {
    # plotly.js 4 offers "Share chart…", which uploads the figure to its maker's cloud.
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "displayModeBar": False,
    "responsive": True,
    "scrollZoom": False,
}


def graph(figure: dict[str, Any], label: str, *, name: str | None = None) -> html.Div:
    """A figure as high as its layout says; ``label`` is read aloud in its place."""
    config = CONFIG | {"locale": "zh-CN" if language() == "zh_CN" else "en"}
    height = figure["layout"]["height"]
    named = {"id": name} if name else {}
    return html.Div(
        dcc.Graph(figure=figure, config=config, style={"height": f"{height}px"}, **named),
        role="img",
        className="graph",
        **{"aria-label": label},
    )
