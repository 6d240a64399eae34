"""What a reader prefers: language, dark or light, colours. Kept in cookies and read once a request."""

from __future__ import annotations

from flask import Flask, has_request_context, request

from monitor.looks import Paint, Palette, Scheme
from monitor.text import known_language, use_language

LANGUAGE, SCHEME, PALETTE = "language", "scheme", "palette"


def follow(server: Flask, default: str) -> None:
    """Every request speaks the language of its reader's cookie, else ``default``.

    A reader is not asked what the browser's own language is: an English browser in a Chinese office is common.
    """

    @server.before_request
    def _speak() -> None:
        try:
            use_language(known_language(request.cookies.get(LANGUAGE) or default))
        except ValueError:
            use_language(default)


def paint() -> Paint:
    """The colours in which the reader of this request wants figures."""
    cookies = request.cookies if has_request_context() else {}
    scheme: Scheme = "dark" if cookies.get(SCHEME) == "dark" else "light"
    palette: Palette = "safe" if cookies.get(PALETTE) == "safe" else "usual"
    return Paint(scheme, palette)
