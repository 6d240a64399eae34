"""用时构成: the working days of a project's span, whose they are and what they were; sums to the span."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard import phrases
from dashboard.components.still import Still, still
from monitor.looks import STRETCH_KINDS, day_word
from monitor.text import _

Segment = tuple[str, str, float]  # kind of day, word, working days

OTHER_KINDS = ("procedure", "correction", "owner_works", "uncounted", "nobody")


def segments(shares: Mapping[str, Mapping[str, float]], ledger: Mapping[str, int]) -> list[Segment]:
    """Counted days by department, the most first, then the other kinds of days.

    Where works run side by side the departments' shares sum to more than the counted days; they are then drawn
    in proportion, and said as they are.
    """
    held = sorted(((float(s["share"]), name) for name, s in shares.items() if s["share"]), key=lambda x: (-x[0], x[1]))
    found: list[Segment] = [("counted", name, share) for share, name in held]
    return found + [(kind, day_word(kind), float(ledger[kind])) for kind in OTHER_KINDS if ledger.get(kind)]


def composition(shares: Mapping[str, Mapping[str, float]], ledger: Mapping[str, int]) -> Still:
    """One bar and the words to it."""
    parts = segments(shares, ledger)
    whole = sum(n for _kind, _word, n in parts) or 1.0
    bar = [
        html.Div(
            className=f"segment day-{kind}",
            style={"flexGrow": f"{n / whole:.5f}"},
            title=f"{word} {phrases.working_days(n)}",
        )
        for kind, word, n in parts
    ]
    words = [
        html.Li([html.I(className=f"swatch day-{kind}"), html.Span(word), html.B(phrases.days(n))])
        for kind, word, n in parts
    ]
    total = _("Counted {counted} of a span of {span}").format(
        counted=phrases.days(ledger.get("counted", 0)), span=phrases.working_days(ledger.get("span", 0))
    )
    named = html.Ul(words, className="segment-words")
    return still(html.Div([html.Div(bar, className="segments"), named, html.P(total, className="sum")]))


def key(stretches: Any, as_of: dt.date) -> html.Ul:
    """What the bars and marks of the timeline mean; only what is drawn."""
    drawn = [kind for state, kind in STRETCH_KINDS.items() if (stretches["state"] == state).any()]
    lines = [html.Li([html.I(className=f"swatch day-{kind}"), day_word(kind)]) for kind in drawn]
    marks = (("promised", _("Promised due day")), ("statutory", _("Statutory due day")))
    lines += [html.Li([html.I(className=f"due due-{kind}"), word]) for kind, word in marks]
    here = _("as of {day}").format(day=as_of.isoformat())
    return html.Ul([*lines, html.Li([html.I(className="due due-here"), here])], className="key")


def sums(days: Any) -> dict[str, int]:
    """Working days of a calendar strip by kind; ``days`` as of `ProjectView.days`. Days of rest are left out."""
    counts = days.loc[days["kind"] != "rest", "kind"].value_counts()
    found = {str(kind): int(n) for kind, n in counts.items()}
    return {kind: found[kind] for kind in ("counted", *OTHER_KINDS) if kind in found}
