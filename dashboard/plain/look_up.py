"""The public look-up, and the slip with the query code for it.

The project code may stand in the address, so that an answer can be kept as a bookmark; the query code never does: it
is sent in a form, and its answer is kept by nobody on the way.
"""

from __future__ import annotations

import datetime as dt
from functools import cache, partial
from typing import Any
from urllib.parse import urlencode

import structlog
from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.exceptions import NotFound, ServiceUnavailable

from dashboard.address import SLIP, STATUS, rooted
from dashboard.callbacks import Today
from dashboard.plain.answer import answer
from dashboard.plain.frame import page, speaking
from dashboard.visitor import ask_once, viewer
from monitor.doors.guard import OPEN, Guard, Rule, session
from monitor.people import one_line
from monitor.reports import slip as printed
from monitor.rights import Right
from monitor.settings import now
from monitor.slips import LONGEST_CODE, read_query_code
from monitor.text import _
from monitor.verbs.look_up import CannotAnswer, LookUp, NothingToTell, TooMany
from monitor.verbs.slips import NoSuchProject, make_slip, slip_of, withdraw_slip
from monitor.wiring import Monitor
from monitor.words import NO_PROOF

_log = structlog.get_logger()
NAME = "look_up"
RULES: dict[str, Rule] = {f"{NAME}.status": OPEN, f"{NAME}.slip": session(Right.SLIPS)}


def _kept(code: str) -> str:
    """The address of an answer that can be kept."""
    return STATUS + ("?" + urlencode({"code": code}) if code else "")


def look_up(guard: Guard, monitor: Monitor, today: Today) -> Blueprint:
    """The blueprint."""
    own, settings = Blueprint(NAME, __name__), monitor.settings

    @cache
    def asking() -> LookUp:
        return LookUp(monitor.database, monitor.rules, settings.secret_projects_file, settings.key())

    @own.route(STATUS, methods=["GET", "POST"])
    def status() -> Response:
        code, typed = request.args.get("code", ""), ""
        if request.method == "POST":
            code, typed = request.form.get("code", ""), request.form.get("query_code", "")
        code = one_line(code, LONGEST_CODE)
        if not code:
            told = _("Type the project code first.") if request.method == "POST" else ""
            return _page(200 if not told else 422, problem=told)
        query_code = read_query_code(typed) if typed.strip() else None
        if typed.strip() and query_code is None:
            told = _("The query code was mistyped: it has 12 letters and digits. Compare it with the slip.")
            return _page(422, code, problem=told)
        if request.method == "POST" and query_code is None:
            return make_response(redirect(rooted(_kept(code)), 303))
        return _asked(code, query_code)

    def _asked(code: str, query_code: str | None) -> Response:
        day, moment = ask_once(today), now()
        try:
            told = asking().ask(code, query_code, address=request.remote_addr or "", as_of=day, now=moment)
        except NothingToTell:
            return _page(404, code, nothing=True)
        except TooMany as error:
            at = f"{error.again_at.astimezone(settings.zone):%H:%M}"
            text = _("From here it was asked too often for what there is not. Ask again from {time} on.")
            refused = _page(429, code, problem=text.format(time=at))
            left = error.again_at - moment
            refused.headers["Retry-After"] = str(max(1, -(-left // dt.timedelta(seconds=1))))
            return refused
        except CannotAnswer as error:
            _log.error("look-up cannot answer", problem=str(error))
            return _page(503, code, problem=_("The look-up cannot answer at the moment. Please try again later."))
        return _page(200, code, answer=answer(told))

    def _page(status: int, code: str = "", **told: Any) -> Response:
        link = partial(speaking, here=_kept(code))
        texts = {"here": rooted(STATUS), "speaking": link, "no_proof": _(NO_PROOF), "demo": settings.demo}
        made = page(guard, settings, "status.html", status, code=code, **texts, **told)
        made.headers["Referrer-Policy"] = "no-referrer"
        return made

    @own.route(f"{SLIP}<path:code>", methods=["GET", "POST"])
    def slip(code: str) -> Response:
        ask_once(today)
        may_see = viewer(monitor.reader)
        try:
            secret = asking().secret()
            deed = request.form.get("deed")
            if deed == "withdraw":
                withdraw_slip(monitor.database, may_see, secret, code, now=now())
                return make_response(redirect(rooted(request.path), 303))
            if deed == "make":
                told = {"address": settings.public_url or request.url_root.rstrip("/"), "office": settings.office_name}
                told["address"] += STATUS
                made = make_slip(monitor.database, may_see, secret, code, now=now(), **told)
                return Response(printed.html(made, settings.zone), mimetype="text/html")
            found = slip_of(monitor.database, may_see, secret, code)
        except NoSuchProject as error:
            raise NotFound from error
        except CannotAnswer as error:
            _log.error("look-up cannot answer", problem=str(error))
            raise ServiceUnavailable from error
        made_on = _("There is no query code yet.")
        if found.made_at:
            at = f"{found.made_at.astimezone(settings.zone):%Y-%m-%d %H:%M}"
            made_on = _("The query code in use was made at {moment}.").format(moment=at)
        here = rooted(request.path)
        return page(guard, settings, "slip.html", found=found, made=made_on, here=here)

    return own
