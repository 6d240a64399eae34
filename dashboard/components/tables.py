"""Tables that read as rows on a desk and as cards on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dash import html

from dashboard.components.still import Still, still


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]], *, numbers: Iterable[int] = (), label: str) -> Still:
    """``heads`` over ``rows``; columns in ``numbers`` are set right. On a phone each cell bears its head."""
    right = set(numbers)

    def kind(i: int) -> str | None:
        return "number" if i in right else None

    head = html.Thead(html.Tr([html.Th(word, scope="col", className=kind(i)) for i, word in enumerate(heads)]))
    body = [
        html.Tr([html.Td(cell, className=kind(i), **{"data-label": heads[i]}) for i, cell in enumerate(row)])
        for row in rows
    ]
    whole = html.Table([head, html.Tbody(body)], className="rows", **{"aria-label": label})
    return still(html.Div(whole, className="table"))
