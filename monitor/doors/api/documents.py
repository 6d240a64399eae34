"""The description of the API as an OpenAPI document, and a page that shows it, all of it from this machine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import flask_openapi3_swagger
import orjson
from flask import Blueprint, Response, current_app, send_from_directory, url_for
from flask_openapi3 import OpenAPI
from werkzeug.exceptions import NotFound

from monitor.doors.api.office import PREFIX
from monitor.doors.guard import EITHER, SIGNED_IN, Rule

NAME = "api_docs"
RULES: Mapping[str, Rule] = {
    f"{NAME}.document": EITHER,
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


def documents() -> Blueprint:
    """The blueprint of both."""
    own = Blueprint(NAME, __name__, url_prefix=PREFIX, static_folder="static", static_url_path="/docs/own")

    @own.get("/openapi.json")
    def document() -> Response:
        assert isinstance(current_app, OpenAPI)
        return Response(orjson.dumps(current_app.api_doc), mimetype="application/json")

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

    return own
