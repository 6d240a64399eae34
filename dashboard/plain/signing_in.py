"""Signing in and out, and the own password."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, g, make_response, redirect, request

from dashboard.address import PASSWORD, SIGN_IN, SIGN_OUT, rooted
from dashboard.plain.frame import local, page
from dashboard.plain.provider import provider, ways
from monitor.doors.guard import OPEN, SESSION, UNSETTLED, VISITOR, Guard, Rule, who
from monitor.people import PeopleRefused
from monitor.settings import now
from monitor.text import _
from monitor.verbs.provided import sign_in_by_provider
from monitor.verbs.signing_in import SignedIn, SignInRefused, change_password, sign_in, sign_out
from monitor.wiring import Monitor

NAME = "people"
RULES: dict[str, Rule] = {f"{NAME}.enter": OPEN, f"{NAME}.leave": OPEN, f"{NAME}.password": UNSETTLED}
LONGEST = 1024  # characters of a name or a password that are looked at


def signing_in(server: Flask, guard: Guard, monitor: Monitor, examples: Callable[[], list[Any]] = list) -> Blueprint:
    """The blueprint. ``examples``: accounts that a demonstration offers."""
    own, settings = Blueprint(NAME, __name__), monitor.settings

    def form(status: int = 200, **told: Any) -> Response:
        more = {"examples": examples(), "providers": ways(settings)}
        return page(guard, settings, "sign_in.html", status, **{"onward": "/"} | more | told)

    @own.route(SIGN_IN, methods=["GET", "POST"])
    def enter() -> Response:
        onward = local(request.args.get("next", ""))
        if request.method != "POST":
            if g.who:
                return _to(onward)
            return form(onward=onward)
        name, password = _typed("name"), _typed("password")
        try:
            done = sign_in(monitor.database, monitor.passwords, name, password, **_from_here())
        except SignInRefused as error:
            told, status = _why(error)
            return _wait(form(status, name=name, problem=told, onward=onward), error)
        return _begun(_to(PASSWORD if done.who.must_change else onward), done)

    @own.post(SIGN_OUT)
    def leave() -> Response:
        sign_out(monitor.database, request.cookies.get(SESSION, ""), now=now())
        answer = _to(SIGN_IN)
        answer.delete_cookie(SESSION, path=_path(), secure=settings.secure, httponly=True, samesite="Lax")
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    @own.route(PASSWORD, methods=["GET", "POST"])
    def password() -> Response:
        known = who()
        if request.method != "POST":
            return page(guard, settings, "password.html", who=known)
        old, new = _typed("old"), _typed("new")
        if new != _typed("again"):
            told = _("The new password was typed in two ways; type it twice alike.")
            return page(guard, settings, "password.html", 422, who=known, problem=told)
        try:
            done = change_password(monitor.database, monitor.passwords, known.name, old, new, **_from_here())
        except PeopleRefused as error:
            return page(guard, settings, "password.html", 422, who=known, problem=str(error))
        except SignInRefused as error:
            told, status = _why(error)
            if error.problem == "wrong":
                told = _("That is not your present password.")
            return _wait(page(guard, settings, "password.html", status, who=known, problem=told), error)
        return _begun(_to("/"), done)

    def _from_here() -> dict[str, Any]:
        browser = request.headers.get("User-Agent", "")
        return {"address": request.remote_addr or "", "browser": browser, "limits": monitor.limits, "now": now()}

    def _to(path: str) -> Response:
        return make_response(redirect(rooted(path), 303))

    def _path() -> str:
        return settings.prefix or "/"

    def _begun(answer: Response, done: SignedIn) -> Response:
        """The session ends with the browser, or at its own limit."""
        answer.set_cookie(SESSION, done.token, path=_path(), secure=settings.secure, httponly=True, samesite="Lax")
        answer.delete_cookie(VISITOR, path=_path())
        if (before := request.cookies.get(SESSION, "")) and before != done.token:
            sign_out(monitor.database, before, now=now())
        return answer

    def _why(error: SignInRefused) -> tuple[str, int]:
        if error.problem == "locked" and error.again_at:
            at = error.again_at.astimezone(settings.zone)
            return _("Too many attempts. Try again at {time}.").format(time=f"{at:%H:%M:%S}"), 429
        return _("Name and password do not fit."), 401

    if settings.oidc_issuer:
        issuer = settings.oidc_issuer

        def prove(subject: str, name: str) -> SignedIn:
            return sign_in_by_provider(monitor.database, issuer, subject, name, **_from_here())

        told = (prove, lambda onward, done: _begun(_to(onward), done), lambda why: form(401, problem=why))
        own.register_blueprint(provider(server, monitor, *told))
    return own


def _typed(field: str) -> str:
    return request.form.get(field, "")[:LONGEST]


def _wait(answer: Response, error: SignInRefused) -> Response:
    if error.again_at:
        left = error.again_at - now()
        answer.headers["Retry-After"] = str(max(1, -(-left // dt.timedelta(seconds=1))))
    return answer
