"""The frame of a plain page: what its templates may ask for, and its style sheet."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from dashboard import preferences, theme
from dashboard.address import rooted
from dashboard.words import product
from monitor.doors.guard import CSRF_FIELD, OPEN, SESSION, VISITOR, Guard, Rule
from monitor.settings import Settings
from monitor.text import _, known_language, language

FRAME = "plain"
RULES: dict[str, Rule] = {f"{FRAME}.static": OPEN, f"{FRAME}.speak": OPEN}
_YEAR = 365 * 24 * 3600


def frame(guard: Guard, settings: Settings) -> Blueprint:
    """The blueprint that holds templates and style sheet of all plain pages, and the choice of a language."""
    own = Blueprint(FRAME, __name__, template_folder="templates", static_folder="static", static_url_path="/plain")
    helpers = {
        "_": _, "language": language, "paint": preferences.paint, "product": product, "tokens": theme.link,
        "address": rooted, "office": lambda: settings.office_name,
        "csrf_field": CSRF_FIELD, "csrf_token": guard.csrf_token, "speaking": speaking,
    }  # fmt: skip
    own.app_context_processor(lambda: helpers)

    @own.get("/language/<word>")
    def speak(word: str) -> Any:
        there = local(request.args.get("next", ""))
        answer = redirect(rooted(there))
        with suppress(ValueError):  # none that we speak
            answer.set_cookie(
                preferences.LANGUAGE,
                known_language(word),
                max_age=_YEAR,
                path=settings.prefix or "/",
                samesite="Lax",
                secure=settings.secure,
            )
        return answer

    return own


def local(path: str) -> str:
    """Where to go on: a path of this server and nothing else, else the first page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() else "/"


def speaking(word: str, here: str = "") -> str:
    """The link that shows this page in another language; ``here``: its path, where that is not what was asked for."""
    return url_for(f"{FRAME}.speak", word=word, next=here or request.full_path.rstrip("?"))


def page(guard: Guard, settings: Settings, template: str, status: int = 200, **told: Any) -> Response:
    """A plain page; whoever has not signed in is known again by a cookie, without which no form of theirs is taken."""
    answer = Response(render_template(template, **told), status, mimetype="text/html")
    own = settings.prefix or "/"
    if not g.get("who") and SESSION in request.cookies:  # it holds no more
        answer.delete_cookie(SESSION, path=own, httponly=True, samesite="Lax", secure=settings.secure)
    if not g.get("who") and VISITOR not in request.cookies:
        answer.set_cookie(VISITOR, guard.visitor(), path=own, httponly=True, samesite="Lax", secure=settings.secure)
    return answer
