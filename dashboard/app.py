"""create_app(monitor): the dashboard as one Dash app on Flask. Nothing in it asks another host for anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

from dash import Dash, Input, Output, State, dcc, html, no_update, set_props
from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard import plain, preferences, shell, theme
from dashboard.address import Address, rooted
from dashboard.asked import Pages
from dashboard.callbacks import Today, report, view_of
from dashboard.components.states import denied, empty, failed
from dashboard.pages import departments, importing, overview, project, projects, trail, whatif
from dashboard.visitor import ask_once, may
from dashboard.words import product
from monitor.doors import api
from monitor.doors.guard import CSRF_COOKIE, OPEN, SIGNED_IN, Guard, Rule
from monitor.rights import Role, Who
from monitor.settings import Settings
from monitor.settings import today as today_of
from monitor.text import _, language
from monitor.wiring import Monitor

Examples = Callable[[], list[Any]]
READING: tuple[ModuleType, ...] = (overview, projects, project, departments, whatif)
PAGES = (*READING, importing, trail)

INDEX = """<!DOCTYPE html>
<html lang="{lang}" data-mantine-color-scheme="{scheme}" data-palette="{palette}">
<head>{metas}<title>{title}</title><link rel="icon" type="image/svg+xml" href="{mark}">
<link rel="stylesheet" href="{tokens}">{css}</head>
<body>{app_entry}<footer>{config}{scripts}{renderer}</footer></body>
</html>"""


class _App(Pages):
    """A Dash whose page says its language and colours before any script runs, so that nothing flashes."""

    def interpolate_index(self, **parts: Any) -> str:
        colours = preferences.paint()
        return INDEX.format(
            lang="zh-CN" if language() == "zh_CN" else "en",
            scheme=colours.scheme,
            palette=colours.palette,
            tokens=rooted(theme.link()),
            mark=rooted(theme.MARK),
            **{k: parts[k] for k in ("metas", "css", "app_entry", "config", "scripts", "renderer")},
            title=product(),
        )


def _page_of(path: str) -> ModuleType | None:
    """The page of a path; a path that ends in a slash and more (/project/…) belongs to the page before it."""
    for page in PAGES:
        if path == page.PATH or (page.PATH != "/" and page.PATH.endswith("/") and path.startswith(page.PATH)):
            return page
    return None


def _route(app: Pages, today: Today) -> None:
    @app.callback(
        Output("page", "children"),
        Output("shown", "data"),
        Output("title", "data"),
        Input("url", "pathname"),
        Input("url", "search"),
        State("shown", "data"),
        right=None,
    )
    def _show(path: str | None, search: str | None, shown: str | None) -> tuple[Any, Any, Any]:
        at = Address.read(path, search, today())
        page = _page_of(at.path)
        if page is overview and not may(page.RIGHT):  # whom the first page is not for begins with their own
            page, at = next(((p, replace(at, path=p.PATH)) for p in PAGES if may(p.RIGHT)), (page, at))
        if page is not None and not may(page.RIGHT):
            return denied(), at.path, _("This is not yours")
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


def _headers(app: Pages, server: Flask, guard: Guard, settings: Settings) -> None:
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
            if g.get("who"):  # Dash sends it back with everything that it asks for
                own = settings.prefix or "/"
                response.set_cookie(
                    CSRF_COOKIE, guard.csrf_token(), path=own, samesite="Strict", secure=settings.secure
                )
        if response.mimetype in ("text/html", "application/json", "application/problem+json"):
            response.headers["Cache-Control"] = "no-store"
        elif request.path.startswith("/assets/") and request.args.get("m"):
            # The address of an asset holds its time of change: a copy of it never grows old.
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _entries() -> list[tuple[str, str, str]]:
    return [(page.NAME, page.PATH, page.title()) for page in PAGES if may(page.RIGHT)]


def _rules(app: Pages) -> dict[str, Rule]:
    """Of the routes of Dash and of our own sheets: what holds no data anybody may load, to sign in as well."""
    dash = {"/_dash-layout", "/_dash-dependencies", "/_dash-update-component", "/", "/<path:path>"}
    still = {"_dash_assets.static", "/_favicon.ico", "_tokens", "_mark"}
    scripts = {one for one in app.server.view_functions if one.startswith("/_dash-component-suites/")}
    return dict.fromkeys(dash, SIGNED_IN) | dict.fromkeys(still | scripts, OPEN)


def _ask_first(app: Pages, today: Today) -> None:
    """What every request is asked after the guard let it through."""

    @app.server.before_request
    def _known() -> None:
        ask_once(today)
        if request.endpoint == "/<path:path>" and request.path.startswith("/api/"):
            raise NotFound
        if request.endpoint == "/_dash-update-component":
            if (field := app.may_ask(request.get_json(silent=True))) is not None:
                raise BadRequest(field)


def create_app(
    monitor: Monitor, today: Today | None = None, *, guard: Guard | None = None, examples: Examples = list
) -> Dash:
    """The dashboard on ``monitor``; ``.server`` is the WSGI application.

    ``today`` gives the day on which a request is made, by default the office's own. ``guard``: who is let in, by
    default whoever proves who they are. ``examples``: accounts that the page to sign in offers, in a demonstration.
    """
    settings = monitor.settings
    today = today or (lambda: today_of(settings))
    guard = guard or Guard(monitor, settings.key())
    server = Flask("dashboard", static_folder=None)
    guard.stand_before(server)
    server.extensions["guard"] = guard
    preferences.follow(server, settings.language)
    app = _App(
        "dashboard",
        server=server,
        requests_pathname_prefix=f"{settings.prefix}/",
        routes_pathname_prefix="/",
        assets_folder="assets",
        assets_ignore=r"LICENSES\.txt",
        serve_locally=True,
        suppress_callback_exceptions=True,
        compress=True,
        update_title=None,
        enable_mcp=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    server.register_blueprint(plain.frame(guard, settings))
    server.register_blueprint(plain.signing_in(server, guard, monitor, examples))
    server.register_blueprint(plain.look_up(guard, monitor, today))
    server.register_blueprint(plain.taking(guard, monitor))
    server.register_blueprint(plain.taken_out(monitor))
    plain.refuse(server, guard, settings)
    api.wire(server, guard, monitor, today)
    theme.serve_tokens(server)
    app.layout = lambda: shell.layout(_entries(), ask_once(today), guard.csrf_token())
    shell.wire(app, monitor.reader, today)
    _route(app, today)
    for page in READING:
        page.wire(app, monitor.reader, today)
    importing.wire(app, monitor.errands, today, guard.csrf_token)
    trail.wire(app, monitor.reader, today, guard.csrf_token)
    _headers(app, server, guard, settings)
    guard.allow(
        _rules(app)
        | plain.RULES
        | plain.provider_rules(settings)
        | plain.taking_rules(monitor.errands.office.uploads.most)
    )
    _ask_first(app, today)
    server.wsgi_app = _behind_proxies(server.wsgi_app, settings)  # type: ignore[method-assign]
    _find_scripts(app)
    return app


def _find_scripts(app: Pages) -> None:
    """Dash finds its scripts before it answers its first request; a second one on another thread meanwhile fails."""
    with app.server.test_request_context("/"):
        g.who = Who(0, "", "", Role.AUDITOR)  # it wants to see the layout once, and nobody asks yet
        app._setup_server()


def _behind_proxies(answer: Any, settings: Settings) -> Any:
    """Believes so many proxies what they add to a request, and answers under the path that the office named."""
    if many := settings.proxies:
        answer = ProxyFix(answer, x_for=many, x_proto=many, x_host=many)

    def rooted(environ: dict[str, Any], start: Any) -> Any:
        return answer(environ | {"SCRIPT_NAME": settings.prefix}, start)

    return rooted
