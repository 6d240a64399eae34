"""A colour has one address; a graph is drawn by one helper."""

from __future__ import annotations

import ast
import re

from tests.house.tree import TOP, name, parsed, python_files, texts

HEX = re.compile(r"(?<![\w&/])#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})(?![\w-])")
FUNCTION = re.compile(r"\b(?:rgba?|hsla?|oklch)\(")
ADDRESSES = ("monitor/looks.py", "dashboard/theme")


def test_no_colour_outside_looks_and_theme() -> None:
    found = [
        f"{name(path)}:{line}: {text[:40]}"
        for path in python_files()
        if not name(path).startswith(ADDRESSES)
        for line, text in texts(parsed(path))
        if HEX.search(text) or FUNCTION.search(text)
    ]
    assert not found, "name the colour in monitor/looks.py or dashboard/theme"


def test_no_colour_in_our_scripts() -> None:
    assets = TOP / "dashboard" / "assets"
    ours = [p for p in assets.rglob("*.js") if "vendor" not in p.parts and ".min." not in p.name]
    assert not [name(p) for p in ours if HEX.search(p.read_text("utf-8"))]


def test_colours_are_seen() -> None:
    assert all(HEX.search(text) for text in ("#B42318", "color:#fff;", "1px solid #2F5BEA80"))
    assert not any(HEX.search(text) for text in ("#grid", "/project#events", "&#8230;", "#1", "#a-page"))


def test_one_helper_makes_every_graph() -> None:
    """plotly.js offers to upload a chart to its maker's cloud; the helper turns that off."""
    makers = {
        name(path)
        for path in python_files("monitor", "dashboard")
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Attribute) and node.attr == "Graph")
        or (isinstance(node, ast.ImportFrom) and any(alias.name == "Graph" for alias in node.names))
    }
    assert len(makers) <= 1, makers
    for maker in makers:
        source = (TOP / maker).read_text("utf-8")
        assert all(word in source for word in ("showSendToCloud", "plotlyServerURL", "displaylogo")), maker
