"""What an assumption would change, in sentences and figures: the lights before and after, the budgets.

``document`` is that of `whatif --json` or `whatif --each-department --json` (docs/json.md).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import html

from dashboard import phrases, words
from dashboard.components import lights
from monitor.looks import LIGHT_ORDER
from monitor.text import _, _n
from rules.vocabulary import Light

Document = Mapping[str, Any]


def frame(document: Document) -> pd.DataFrame:
    """Numbers of projects by light: light (word), before, after."""
    before, after = document["before"], document["after"]
    rows = [(light.word, before[light.word], after[light.word]) for light in LIGHT_ORDER]
    return pd.DataFrame(rows, columns=["light", "before", "after"])


def assumptions(document: Document, scope: str) -> html.Ul:
    """Of which projects it was asked, and what was assumed, a sentence each."""
    return html.Ul([html.Li(text) for text in (scope, *document["assumptions"])], className="assumptions")


def sentence(document: Document) -> str:
    """What changes, and what was moved for it."""
    before, after, n = document["before"], document["after"], len(document["changed"])
    text = _n(
        "As of {day} the light of {n} of {total} project would change.",
        "As of {day} the light of {n} of {total} projects would change.",
        before["projects"],
    )
    day = phrases.day_long(dt.date.fromisoformat(document["as_of"]))
    parts = [text.format(day=day, n=f"{n:,}", total=f"{before['projects']:,}")]
    if before["days_by_unit"] != after["days_by_unit"]:
        now, was = (phrases.in_units(side["days_by_unit"]) for side in (after, before))
        parts.append(_("Their days together: {now} instead of {was}.").format(now=now, was=was))
    return phrases.joined([*parts, _moved(document) if document["assumed"]["promises"] else ""])


def _moved(document: Document) -> str:
    decided, moved = document["decided_earlier"], document["moved_up"]
    told = _("{decided} late cases decided on their due day, {moved} cases moved up behind them.")
    if not moved:
        told = _("{decided} late cases decided on their due day.")
    return told.format(decided=f"{decided:,}", moved=f"{moved:,}")


def figures(document: Document) -> html.Section:
    """The five lights, each as it is and as it would be."""
    cells = []
    for word, was, now in frame(document).itertuples(index=False):
        change = now - was
        said = f"{'+' if change > 0 else '−'}{abs(change):,}" if change else _("the same")
        cells.append(
            html.Div(
                [
                    html.Div(lights.light(lights.of(word)), className="figure-word"),
                    html.Div(
                        [
                            html.Span(f"{was:,}", className="figure-was"),
                            html.Span("→", className="muted arrow"),
                            html.Span(f"{now:,}", className="figure-now"),
                        ],
                        className="figure-pair",
                    ),
                    html.Div(said, className="muted figure-change"),
                ],
                className="figure-cell",
            )
        )
    return html.Section(cells, className="panel figures", **{"aria-label": _("Lights before and after")})


def one(document: Document) -> list[Any]:
    """What changes of a single project: its light, its days in the unit of either rule, and what was moved for that."""
    before, after = document["before"], document["after"]
    was, now = (next(light for light in LIGHT_ORDER if side[light.word]) for side in (before, after))
    same = was == now and before["days_by_unit"] == after["days_by_unit"]
    days = _("{before} as it is, {after} as assumed.").format(
        before=phrases.in_units(before["days_by_unit"]), after=phrases.in_units(after["days_by_unit"])
    )
    light = lights.light(was) if was == now else lights.turn(was, now)
    parts = [html.P([light, " ", _("Nothing would change.") if same else days], className="one-told")]
    if document["assumed"]["promises"] and not same:
        parts.append(html.P(_moved(document), className="muted"))
    told = {0: _("inside its budget"), 1: _("past its budget")}
    for group, was_over, is_over in _over_budget(document):
        if was_over != is_over:
            text = _("{group}: {before} → {after}")
            parts.append(html.P(text.format(group=words.group(group), before=told[was_over], after=told[is_over])))
    return parts


def over_budget(document: Document) -> html.Ul:
    """How many projects are past the budget of a group, as it is and as assumed."""
    return html.Ul(
        [
            html.Li([html.Span(words.group(group)), html.B(f"{was:,} → {now:,}" if was != now else f"{was:,}")])
            for group, was, now in _over_budget(document)
        ],
        className="pairs",
    )


def _over_budget(document: Document) -> list[tuple[str, int, int]]:
    before, after = document["before"]["over_budget"], document["after"]["over_budget"]
    return [(group, before[group], after[group]) for group in before]


def turns(document: Document) -> html.Ul:
    """How many projects go from which light to which, the most first."""
    counted = Counter((Light[c["before"].upper()], Light[c["after"].upper()]) for c in document["changed"])
    pairs = sorted(counted.items(), key=lambda pair: (-pair[1], -pair[0][0], -pair[0][1]))
    return html.Ul([html.Li([lights.turn(*pair), html.B(phrases.projects(n))]) for pair, n in pairs], className="pairs")
