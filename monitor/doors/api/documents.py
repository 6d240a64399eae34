"""The description of the API as an OpenAPI document, and a page that shows it, all of it from this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import flask_openapi3_swagger
import orjson
from flask import Blueprint, Response, current_app, request, send_from_directory, url_for
from werkzeug.exceptions import MethodNotAllowed, NotFound

from monitor.doors.api.office import PREFIX
from monitor.doors.guard import EITHER, SIGNED_IN, Rule

NAME = "api_docs"
RULES: Mapping[str, Rule] = {
    f"{NAME}.document": EITHER,
    f"{NAME}.nowhere": EITHER,
    f"{NAME}.page": SIGNED_IN,
    f"{NAME}.part": SIGNED_IN,
    f"{NAME}.static": SIGNED_IN,
}
_SWAGGER = Path(flask_openapi3_swagger.__file__).parent / "templates" / "swagger"
_PARTS = ("css/swagger-ui.css", "js/swagger-ui-bundle.js", "images/swagger.svg")
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>/api/v1</title>
<link rel="icon" type="image/svg+xml" href="{parts}/images/swagger.svg">
<link rel="stylesheet" href="{parts}/css/swagger-ui.css"></head>
<body><div id="swagger-ui" data-document="{document}"></div>
<script src="{parts}/js/swagger-ui-bundle.js"></script>
<script src="{start}"></script></body>
</html>"""


def documents(described: dict[str, Any]) -> Blueprint:
    """The blueprint of both, and of what leads nowhere. ``described``: the document."""
    text = orjson.dumps(described)
    own = Blueprint(NAME, __name__, url_prefix=PREFIX, static_folder="static", static_url_path="/docs/own")

    @own.get("/openapi.json")
    def document() -> Response:
        return Response(text, mimetype="application/json")

    @own.get("/docs")
    def page() -> Response:
        parts = url_for(f"{NAME}.page") + "/swagger"
        where = {"parts": parts, "document": url_for(f"{NAME}.document")}
        return Response(
            _PAGE.format(start=url_for(f"{NAME}.static", filename="start.js"), **where), mimetype="text/html"
        )

    @own.get("/docs/swagger/<path:name>")
    def part(name: str) -> Response:
        if name not in _PARTS:
            raise NotFound
        return send_from_directory(_SWAGGER, name, max_age=24 * 3600)

    @own.get("/<path:rest>")
    def nowhere(rest: str) -> Response:
        """What is no address of the API, or none to GET."""
        found = current_app.create_url_adapter(request)
        others = set(found.allowed_methods()) - {"GET", "HEAD", "OPTIONS"} if found else set()
        raise MethodNotAllowed(sorted(others)) if others else NotFound

    return own
