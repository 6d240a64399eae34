"""Lights in text: shape, word and colour together, always."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from dashboard.phrases import POLICY
from monitor.looks import LIGHT_ORDER, light_word, symbol
from monitor.text import _
from rules.vocabulary import Light


def shape(of: Light) -> html.Span:
    """◆ alone, where its word stands beside it or in its title."""
    return html.Span(symbol(of), className=f"shape shape-{of.word}", title=light_word(of))


def light(of: Light) -> html.Span:
    """◆ 黄灯: the shape in the colour of the light, the word in one that can be read."""
    return html.Span([shape(of), " ", light_word(of)], className=f"light light-{of.word}")


def turn(before: Light, after: Light) -> html.Span:
    """● → ◆ 黄灯."""
    return html.Span([shape(before), html.Span("→", className="muted arrow"), light(after)], className="turn")


def figure(of: Light, n: int, change: str | None, href: str) -> html.Div:
    """Light, figure, and what changed in a week; the figure leads to the list behind it."""
    return html.Div(
        [
            html.Div(light(of), className="figure-word"),
            dcc.Link(f"{n:,}", href=href, className="figure", title=_("Show the list")),
            html.Div(change, className="muted figure-change"),
        ],
        className="figure-cell",
    )


def key() -> html.Ul:
    """The lights in their order: what the parts of a bar mean."""
    return html.Ul([html.Li(light(of)) for of in LIGHT_ORDER], className="key")


def policy_note() -> html.P:
    """What a light is, and what it is not; once on every page that shows one."""
    return html.P(_(POLICY), className="policy muted")


def of(word: Any) -> Light:
    """The light of a word in a frame."""
    return Light[str(word).upper()]
