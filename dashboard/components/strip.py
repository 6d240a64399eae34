"""逐日计时明细: every natural day of a project's span as one cell, a row a month."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any

import pandas as pd
from dash import html

from dashboard import phrases
from dashboard.components.composition import sums
from dashboard.components.still import Still, still
from monitor.looks import day_word
from monitor.text import _

Row = dict[str, Any]


def _holders(value: Any) -> str:
    if isinstance(value, str):
        return value
    return phrases.listing(str(name) for name in value) if isinstance(value, (list, tuple, set)) else ""


def _cell(row: Row) -> html.Td:
    day, kind, holders = row["day"], str(row["kind"]), _holders(row["held_by"])
    parts = [phrases.day_long(day), day_word(kind)]
    if row["makeup"]:
        parts.append(_("make-up working day"))
    if holders:
        parts.append(_("in hand at {departments}").format(departments=holders))
    name = f"cell day-{kind}" + (" makeup" if row["makeup"] else "")
    return html.Td(html.Span(className=name, title=" · ".join(parts)))


def _month(first: dt.date, rows: list[Row], year: bool) -> html.Tr:
    by_day = {row["day"].day: row for row in rows}
    cells = [_cell(by_day[n]) if n in by_day else html.Td() for n in range(1, 32)]
    counted = sum(row["kind"] == "counted" for row in rows)
    return html.Tr(
        [html.Th(phrases.month_name(first, year), scope="row"), *cells, html.Td(str(counted), className="number")]
    )


def strip(days: pd.DataFrame) -> Still:
    """The strip of ``days`` (`ProjectView.days`) with its sums, which are those of the figures above it."""
    rows = [dict(zip(days.columns, row)) for row in days.itertuples(index=False, name=None)]
    months = [
        _month(dt.date(year, month, 1), list(group), n == 0 or month == 1)
        for n, ((year, month), group) in enumerate(groupby(rows, key=lambda row: (row["day"].year, row["day"].month)))
    ]
    numbers = [html.Th(str(n) if n == 1 or n % 5 == 0 else "", scope="col") for n in range(1, 32)]
    head = html.Tr([html.Th(""), *numbers, html.Th(_("Counted"), className="number")])
    found = sums(days)
    legend = [
        html.Li([html.Span(className=f"cell day-{kind}"), day_word(kind), html.B(f"{n:,}")])
        for kind, n in found.items()
    ]
    legend.append(html.Li([html.Span(className="cell day-rest"), day_word("rest")]))
    if days["makeup"].any():
        legend.append(html.Li([html.Span(className="cell makeup"), _("make-up working day")]))
    total = _("Sum: {n}").format(n=phrases.working_days(sum(found.values())))
    whole = html.Div(
        [
            html.Div(html.Table([html.Thead(head), html.Tbody(months)], className="days"), className="scroll"),
            html.Ul([*legend, html.Li(total, className="sum")], className="segment-words"),
        ]
    )
    return still(whole)
