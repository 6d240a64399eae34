"""The 55/80 bar of a project, and the budgets of its groups beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard import phrases, words
from dashboard.components.lights import of, shape
from monitor.text import _
from rules.vocabulary import Light


def _at(part: float) -> dict[str, str]:
    return {"left": f"{100 * part:.2f}%"}


def limit_bar(used: int, light: Light, yellow: int | None, red: int | None, unit: str) -> html.Div:
    """Days used on a line with the marks of yellow and red (None: no such mark); the scale ends where the longest
    needs."""
    told = [(of, n) for of, n in ((Light.YELLOW, yellow), (Light.RED, red)) if n is not None]
    end = max(*(n * 1.2 for _of, n in told), used * 1.06, 1)
    marks = [
        html.Div(
            [html.Span(className="tick"), html.Span([shape(of), " ", str(n)], className=f"light light-{of.word}")],
            className="limit-mark",
            style=_at(n / end),
        )
        for of, n in told
    ]
    text = _("{used} used; yellow past {yellow}, red past {red}")
    if yellow is None or red is None:
        text = _("{used} used; red past {red}") if yellow is None else _("{used} used; yellow past {yellow}")
    said = text.format(used=phrases.in_unit(used, unit), yellow=yellow, red=red)
    return html.Div(
        [
            html.Div(
                html.Div(className=f"limit-used fill-{light.word}", style={"width": f"{100 * used / end:.2f}%"}),
                className="limit-track",
            ),
            html.Div([html.Span("0", className="limit-zero muted"), *marks], className="limit-scale"),
            html.Div(
                html.Span(phrases.days(used), className=f"light light-{light.word}"),
                className="limit-here",
                style=_at(used / end),
            ),
        ],
        className="limit",
        role="img",
        **{"aria-label": said},
    )


def budget(name: str, group: Mapping[str, Any], unit: str) -> html.Div:
    """开工前 46 / 50 个工作日, with a small bar and its own light where that is not green."""
    light, used, most = of(group["light"]), group["used"], group["budget"]
    part = min(1.0, used / most) if most else 1.0
    return html.Div(
        [
            html.Div(
                [
                    html.Span(words.group(name)),
                    html.Span(
                        [
                            shape(light),
                            " ",
                            html.Strong(phrases.days(used)),
                            html.Span(" / " + phrases.in_unit(most, unit), className="muted"),
                        ]
                    ),
                ],
                className="budget-word",
            ),
            html.Div(
                html.Div(className=f"limit-used fill-{light.word}", style={"width": f"{100 * part:.1f}%"}),
                className="limit-track thin",
            ),
        ],
        className="budget",
    )
