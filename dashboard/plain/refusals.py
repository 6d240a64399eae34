"""What is answered where a request is refused or fails: a page to people, problem+json to everything else."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from dash.exceptions import DependencyException
from flask import Flask, Response, g, make_response, redirect, request
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound, Unauthorized

from dashboard.address import PASSWORD, SIGN_IN, SIGN_OUT, rooted
from dashboard.callbacks import report
from dashboard.plain.frame import page
from monitor.doors.guard import Forged, Guard, MustChange
from monitor.doors.problems import problem
from monitor.settings import Settings
from monitor.text import N_, _

_WORDS = {
    400: (N_("This cannot be understood"), N_("What was asked for is not written as it should be.")),
    403: (
        N_("This is not yours"),
        N_("Your account may not see or do this. Whoever keeps the accounts can change it."),
    ),
    404: (N_("There is no such page"), N_("The address leads nowhere, or to something that is not yours.")),
    405: (N_("This cannot be done here"), N_("The address is there, but not for what was asked of it.")),
    413: (N_("This is too large"), N_("What was sent is larger than what is taken here.")),
    415: (N_("This is not taken here"), N_("What was sent is of another kind than what is taken here.")),
    429: (N_("Too many requests"), N_("Wait a while, then try again.")),
    500: (N_("This failed"), N_("Something went wrong on our side; nothing was changed. It is in the log.")),
}
_FORGED = N_(
    "This page was open for too long, or the request came from another site. Go back, load the page again, and try "
    "once more."
)


def wire(server: Flask, guard: Guard, settings: Settings) -> None:
    """From here on every refusal of the server is answered so."""

    @server.errorhandler(HTTPException)
    def _refused(error: HTTPException) -> Response:
        if error.code is None or error.code < 400:  # a redirection of the server's own
            return make_response(error.get_response())
        status, people = error.code or 500, _wants_page()
        if people and isinstance(error, Unauthorized) and request.method == "GET":
            here = request.full_path.rstrip("?")
            return _to(SIGN_IN + ("" if here == "/" else "?" + urlencode({"next": here})))
        if people and isinstance(error, Forged) and request.path == SIGN_OUT and not g.get("who"):
            return _to(SIGN_IN)  # another tab was quicker
        if people and isinstance(error, MustChange):
            return _to(PASSWORD)
        title, detail = _words(error, status)
        number = ""
        if isinstance(error, InternalServerError):
            number = _report(error)
        if people:
            told = {"title": title, "detail": detail, "number": number, "who": g.get("who")}
            return page(guard, settings, "refused.html", status, **told)
        answer = problem(status, title, detail, **({"number": number} if number else {}))
        if isinstance(error, Unauthorized):
            answer.headers["WWW-Authenticate"] = 'Bearer realm="approval-monitor"'
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                answer.headers[name] = value
        return answer

    @server.errorhandler(DependencyException)
    def _missing(_error: DependencyException) -> Response:
        """A script that is not there is no failure of ours: anybody may ask for one, and would fill the log."""
        return _refused(NotFound())

    def _to(path: str) -> Response:
        return make_response(redirect(rooted(path), 303))


def _report(error: InternalServerError) -> str:
    cause = error.original_exception
    return report(cause if isinstance(cause, Exception) else error, request.path)


def _wants_page() -> bool:
    """Whether a person looks at the answer: scripts of a page ask for JSON, other systems for anything."""
    told = request.accept_mimetypes
    return "text/html" in told.values() and not request.path.startswith(("/_dash", "/api/"))


def _words(error: Any, status: int) -> tuple[str, str]:
    if isinstance(error, Unauthorized):
        return _("Sign in first"), _("Nobody is signed in, or the session has ended.")
    if isinstance(error, Forged):
        return _(_WORDS[400][0]), _(_FORGED)
    if isinstance(error, MustChange):
        return _(_WORDS[403][0]), _("The password has to be changed first.")
    title, detail = _WORDS.get(status, _WORDS[400 if status < 500 else 500])
    return _(title), _(detail)
