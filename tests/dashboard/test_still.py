"""A still piece is the same HTML, in one component for Dash."""

from __future__ import annotations

import pytest
from dash import dcc, html

from dashboard.components.still import Still, still


def test_the_tree_is_the_html() -> None:
    made = still(html.Div([html.B("57", className="n"), None, dcc.Link("x", href="/projects")], className="c"))
    assert isinstance(made, Still)
    assert made.to_plotly_json() == {
        "type": "Still",
        "namespace": "still_pieces",
        "props": {
            "tree": {
                "type": "Div",
                "props": {
                    "className": "c",
                    "children": [
                        {"type": "B", "props": {"children": "57", "className": "n"}},
                        {"type": "Link", "props": {"children": "x", "href": "/projects"}},
                    ],
                },
            }
        },
    }


@pytest.mark.parametrize("part", [dcc.Input(), html.Div(dcc.Store(id="s")), html.Div(id="found-by-a-callback")])
def test_what_a_callback_could_change_is_never_still(part: object) -> None:
    with pytest.raises(TypeError, match="cannot be still"):
        still(part)
