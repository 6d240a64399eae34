"""create_app(monitor): the dashboard as one Dash app on Flask. Nothing in it asks another host for anything."""

from __future__ import annotations

from contextvars import copy_context
from types import ModuleType
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update, set_props
from flask import Flask, Response, request

from dashboard import preferences, shell, theme
from dashboard.address import Address
from dashboard.callbacks import Today, report, view_of
from dashboard.components.states import empty, failed
from dashboard.pages import departments, overview, project, projects, whatif
from monitor.settings import today as today_of
from monitor.text import _, language

PAGES: tuple[ModuleType, ...] = (overview, projects, project, departments, whatif)

INDEX = """<!DOCTYPE html>
<html lang="{lang}" data-mantine-color-scheme="{scheme}" data-palette="{palette}">
<head>{metas}<title>{title}</title><link rel="icon" type="image/svg+xml" href="{mark}">
<link rel="stylesheet" href="{tokens}">{css}</head>
<body>{app_entry}<footer>{config}{scripts}{renderer}</footer></body>
</html>"""


class _App(Dash):
    """A Dash whose page says its language and colours before any script runs, so that nothing flashes."""

    def interpolate_index(self, **parts: Any) -> str:
        colours = preferences.paint()
        prefix = self.config.requests_pathname_prefix.rstrip("/")
        return INDEX.format(
            lang="zh-CN" if language() == "zh_CN" else "en",
            scheme=colours.scheme,
            palette=colours.palette,
            tokens=prefix + theme.link(),
            mark=prefix + theme.MARK,
            **{k: parts[k] for k in ("metas", "css", "app_entry", "config", "scripts", "renderer")},
            title=shell.product(),
        )


def _page_of(path: str) -> ModuleType | None:
    """The page of a path; a path that ends in a slash and more (/project/…) belongs to the page before it."""
    for page in PAGES:
        if path == page.PATH or (page.PATH != "/" and page.PATH.endswith("/") and path.startswith(page.PATH)):
            return page
    return None


def _route(app: Dash, today: Today) -> None:
    @app.callback(
        Output("page", "children"),
        Output("shown", "data"),
        Output("title", "data"),
        Input("url", "pathname"),
        Input("url", "search"),
        State("shown", "data"),
    )
    def _show(path: str | None, search: str | None, shown: str | None) -> tuple[Any, Any, Any]:
        at = Address.read(path, search, today())
        page = _page_of(at.path)
        if page is None:
            there = empty(_("There is no such page."), _("Choose one of the entries."))
            return there, at.path, _("No such page")
        view = {"path": at.path, "search": search or ""}
        if shown == at.path:
            # Same page, other choices: its fields keep their focus, its parts are filled again.
            set_props(view_of(page.NAME), {"data": view})
            return no_update, no_update, no_update
        try:
            body = [dcc.Store(id=view_of(page.NAME), data=view), page.layout(at)]
        except Exception as error:
            return failed(report(error, page.NAME)), at.path, no_update
        return html.Div(body, className=f"page-{page.NAME}"), at.path, page.title()


def _headers(app: Dash, server: Flask) -> None:
    """Strict content security: own scripts by address or hash, nothing from elsewhere."""
    scripts = " ".join(["'self'", *app.csp_hashes()])
    policy = (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    )

    @server.after_request
    def _secure(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if response.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = policy
            response.headers["Cache-Control"] = "no-store"
        elif request.path.startswith("/assets/") and request.args.get("m"):
            # The address of an asset holds its time of change: a copy of it never grows old.
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def create_app(monitor: Any, today: Today | None = None) -> Dash:
    """The dashboard on ``monitor`` (its ``settings`` and ``reader``); ``.server`` is the WSGI application.

    ``today`` gives the day on which a request is made, by default the office's own.
    """
    today = today or (lambda: today_of(monitor.settings))

    app = _App(
        "dashboard",
        assets_folder="assets",
        assets_ignore=r"LICENSES\.txt",
        serve_locally=True,
        suppress_callback_exceptions=True,
        compress=True,
        update_title=None,
        enable_mcp=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    server: Flask = app.server
    preferences.follow(server, monitor.settings.language)
    theme.serve_tokens(server)
    app.layout = lambda: shell.layout([(page.NAME, page.PATH, page.title()) for page in PAGES], today())
    shell.wire(app, monitor.reader, today)
    _route(app, today)
    for page in PAGES:
        page.wire(app, monitor.reader, today)
    _headers(app, server)
    # Dash finds its scripts while it answers its first request; a second one on another thread meanwhile fails.
    # In a context of its own: a request speaks its reader's language, and this one is nobody's.
    copy_context().run(server.test_client().get, "/", buffered=True)
    return app
