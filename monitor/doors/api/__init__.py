"""The HTTP API for other systems, /api/v1: they push batches and facts, read, and follow turns. See docs/api.md."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import Flask, Response
from flask_openapi3 import Info, OpenAPI
from flask_openapi3.models import Server, Tag
from flask_openapi3.types import SecuritySchemesDict

from monitor.database import DatabaseError
from monitor.doors.api import batches, departments, documents, measures, projects, sources, turns
from monitor.doors.api.office import BEARER, NAME, PREFIX, Api, Office, Problem
from monitor.doors.api.refused import Refused, field
from monitor.doors.guard import Guard
from monitor.text import _
from monitor.wiring import Monitor

RESOURCES = (batches, projects, departments, measures, turns, sources)
_ABOUT = (
    "Other systems push what happened and follow how projects stand. Every operation needs a bearer token, which the "
    "administrator of the office makes. Days are ISO days in the zone of the office, moments ISO with their offset."
)


def _description(api: Api, prefix: str) -> OpenAPI:
    """What describes the operations; it answers no request itself, so that the routes of others are none of it.
    ``prefix``: the path under which a proxy shows all of them."""
    by = "A token that the administrator of the office makes."
    security: SecuritySchemesDict = {BEARER: {"type": "http", "scheme": "bearer", "description": by}}
    about = Info(title="Approval monitor", version="1", description=_ABOUT)
    described = OpenAPI(
        __name__,
        info=about,
        security_schemes=security,
        servers=[Server(url=prefix or "/")],
        validation_error_model=Problem,
        doc_ui=False,
        static_folder=None,
    )
    described.register_api(api)
    return described


def wire(server: Flask, guard: Guard, monitor: Monitor, today: Callable[[], dt.date]) -> None:
    """Adds all operations to a server, each with its rule."""
    tag = Tag(name="v1", description="All that there is.")
    api = Api(NAME, __name__, url_prefix=PREFIX, abp_tags=[tag], abp_security=[{BEARER: []}], operation_id_callback=_id)
    office = Office(monitor, today)
    for resource in RESOURCES:
        resource.wire(api, office)
        guard.allow({f"{NAME}.{view}": rule for view, rule in resource.RULES.items()})
    server.register_blueprint(api)
    server.register_blueprint(documents.documents(_description(api, monitor.settings.prefix).api_doc))
    guard.allow(documents.RULES)
    _refuse(server)


def _id(*, bp_name: str = "", name: str = "", path: str = "", method: str = "") -> str:
    return name


def _refuse(server: Flask) -> None:
    @server.errorhandler(Refused)
    def _refused(refused: Refused) -> Response:
        return refused.answer()

    @server.errorhandler(DatabaseError)
    def _busy(error: DatabaseError) -> Response:
        if error.problem != "busy":
            raise error
        reason = _("has to wait, for another import is at work; try it again")
        return Refused(503, [field("body", None, reason)]).answer()
