"""Still: a piece of page that is drawn at once and does not change, as one component for Dash.

Dash keeps a record of each of its components; a project's two thousand cells and table fields as components of
their own hold a browser up for ten seconds and more, as one piece for a few hundredths of a second.
"""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

NAMESPACE = "still_pieces"  # what assets/still.js is found by in the browser


class Still(Component):
    """``tree``: plain HTML as nested {type, props}, as `still` makes it of components."""

    _namespace = NAMESPACE
    _type = "Still"
    _prop_names = ("tree",)
    _valid_wildcard_attributes: tuple[str, ...] = ()
    available_properties = ("tree",)
    available_wildcard_properties: tuple[str, ...] = ()
    _children_props: tuple[str, ...] = ()
    _base_nodes: tuple[str, ...] = ()

    def __init__(self, tree: dict[str, Any]) -> None:
        super().__init__(tree=tree)


class Native:
    """An element of a form as the browser has it, which Dash's own HTML lacks: input, select, textarea. ``props`` as
    React names them; it keeps what is typed by itself and tells nobody but its form."""

    def __init__(self, kind: str, children: Any = None, **props: Any) -> None:
        self.kind, self.props, self.children = kind, props, children


def still(part: Component) -> Still:
    """``part`` as one piece; TypeError where it holds anything but HTML, links and native elements, for nothing else
    can be still."""
    return Still(_packed(part))


def _packed(part: Any) -> Any:
    if isinstance(part, list | tuple):
        return [_packed(one) for one in part if one is not None]
    if isinstance(part, Native):
        inside = {} if part.children is None else {"children": _packed(part.children)}
        return {"type": part.kind, "props": part.props | inside}
    if not isinstance(part, Component):
        return part
    packed = part.to_plotly_json()
    if packed["type"] != "Link" and not hasattr(html, packed["type"]):
        raise TypeError(f"{packed['type']} cannot be still")
    if "id" in packed["props"]:
        raise TypeError(f"{packed['type']} with an id cannot be still: nothing outside finds it")
    props = {name: _packed(value) if name == "children" else value for name, value in packed["props"].items()}
    return {"type": packed["type"], "props": props}
