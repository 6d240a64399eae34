"""The tokens of monitor.looks made into a style sheet, and into the theme of the components."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import product
from typing import Any, get_args

from flask import Flask, Response

from monitor.looks import ACCENT_SHADES, DARK_SHADES, FONT, Paint, Palette, Scheme

ADDRESS = "/tokens.css"
MARK = "/mark.svg"


def _block(selector: str, paint: Paint) -> str:
    lines = "".join(f"--{name}:{value};" for name, value in paint.variables().items())
    return f"{selector}{{{lines}color-scheme:{paint.scheme}}}"


@cache
def tokens() -> str:
    """All tokens as CSS variables, for every scheme and palette; on paper the light ones always."""
    blocks = [f":root{{--font:{FONT}}}{_block(':root', Paint())}"]
    for scheme, palette in product(get_args(Scheme), get_args(Palette)):
        selector = f':root[data-mantine-color-scheme="{scheme}"][data-palette="{palette}"]'
        blocks.append(_block(selector, Paint(scheme, palette)))
    for palette in get_args(Palette):
        blocks.append(f"@media print{{{_block(f':root[data-palette={palette}]:root:root', Paint('light', palette))}}}")
    return "\n".join(blocks)


def link() -> str:
    """Where the browser finds the tokens; the address changes with them."""
    return f"{ADDRESS}?m={hashlib.sha256(tokens().encode()).hexdigest()[:12]}"


def serve_tokens(server: Flask) -> None:
    """The style sheet of the tokens, made from monitor.looks, so that no colour stands in the assets."""

    @server.get(ADDRESS)
    def _tokens() -> Response:
        return Response(tokens(), mimetype="text/css", headers={"Cache-Control": "public, max-age=31536000"})

    @server.get(MARK)
    def _mark() -> Response:
        accent = Paint().token("accent")
        shape = f'<path d="M8 1 15 8 8 15 1 8z" fill="{accent}"/>'
        drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{shape}</svg>'
        return Response(drawing, mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def components() -> dict[str, Any]:
    """The theme of the Mantine components."""
    return {
        "colors": {"accent": list(ACCENT_SHADES), "dark": list(DARK_SHADES)},
        "primaryColor": "accent",
        "primaryShade": {"light": 6, "dark": 4},
        "fontFamily": FONT,
        "fontSizes": {"sm": "14px", "md": "14px"},
        "defaultRadius": 6,
        "respectReducedMotion": True,
    }
