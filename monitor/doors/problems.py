"""Refusals to other systems as RFC 9457 has them: application/problem+json."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response


def problem(status: int, title: str, detail: str = "", **more: Any) -> Response:
    """The answer to a request that is refused. ``title`` is the same for every refusal of a kind, ``detail`` says what
    is wrong with this one; ``more``: members of its own, such as ``errors`` with field, value and reason of each."""
    told = {"type": "about:blank", "title": title, "status": status} | ({"detail": detail} if detail else {}) | more
    return Response(orjson.dumps(told), status, mimetype="application/problem+json")
