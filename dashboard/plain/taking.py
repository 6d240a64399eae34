"""What the page of imports sends and fetches: files handed in, jobs asked for, refused rows given back."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from flask import Blueprint, Response, abort, make_response, redirect, request, send_file

from dashboard.address import IMPORT, rooted
from dashboard.plain.frame import page
from monitor.doors.guard import MEBIBYTE, Guard, Rule, require, session
from monitor.jobs import CANONICAL, OWN, REFUSED_ROWS, Verb
from monitor.progress import State
from monitor.reading.jobs import Job
from monitor.rights import Right, Who
from monitor.text import N_, _, language
from monitor.uploads import Upload, UploadRefused
from monitor.wiring import Monitor

NAME = "taking"
LONGEST = 200_000  # characters of a profile
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WHY = {
    "kind": N_("Files of this kind are not taken. Allowed: {allowed}."),
    "large": N_("The file is too large. Allowed: {allowed} at most."),
    "empty": N_("The file is empty."),
}


def rules(most: int) -> dict[str, Rule]:
    """Of the routes; ``most``: bytes of a file, to which its form adds a little."""
    posts = {f"{NAME}.{name}": session(Right.IMPORT) for name in ("look", "attempt", "take", "drop")}
    undo = {f"{NAME}.{name}": session(Right.UNDO) for name in ("attempt_undo", "undo")}
    files = {f"{NAME}.{name}": session(Right.IMPORT) for name in ("returned", "template")}
    return posts | undo | files | {f"{NAME}.hand_in": session(Right.IMPORT, limit=most + MEBIBYTE)}


def taking(guard: Guard, monitor: Monitor) -> Blueprint:
    """The blueprint."""
    own, errands = Blueprint(NAME, __name__), monitor.errands
    uploads = errands.office.uploads

    @own.post(f"{IMPORT}/file")
    def hand_in() -> Response:
        who, file = require(Right.IMPORT), request.files.get("file")
        if file is None or not file.filename:
            abort(400)
        try:
            upload = uploads.keep(cast(Any, file.stream), file.filename)
        except UploadRefused as error:
            title, status = _("This file is not taken"), 413 if error.problem == "large" else 415
            detail = _(_WHY[error.problem]).format(allowed=error.allowed)
            return page(guard, monitor.settings, "refused.html", status, title=title, detail=detail, who=who)
        return _asked(who, Verb.LOOK, {**vars(upload), "layout": ""})

    @own.post(f"{IMPORT}/<int(max=9007199254740991):number>/look")
    def look(number: int) -> Response:
        who = require(Right.IMPORT)
        found = _mine(who, number)
        told = found.result or {}
        kept = {"fits": told.get("fits", []), "doubts": told.get("doubts", [])}
        return _asked(who, Verb.LOOK, _upload(found) | kept | _layout(found))

    @own.post(f"{IMPORT}/<int(max=9007199254740991):number>/try")
    def attempt(number: int) -> Response:
        who = require(Right.IMPORT)
        return _asked(who, Verb.TRY, _told(_mine(who, number)) | {"back": number})

    @own.post(f"{IMPORT}/<int(max=9007199254740991):number>/take")
    def take(number: int) -> Response:
        """Takes in what was tried, just as it was tried."""
        who = require(Right.IMPORT)
        found = _mine(who, number)
        if found.verb != Verb.TRY or not found.state.over:
            abort(400)
        if (begun := _begun(who, found.arguments["token"])) is not None:  # pressed twice, or in two tabs
            return _to(f"?job={begun}")
        partial = found.arguments["partial"] or request.form.get("partial") == "1"
        return _asked(who, Verb.IMPORT, found.arguments | {"partial": partial})

    @own.post(f"{IMPORT}/<int(max=9007199254740991):number>/drop")
    def drop(number: int) -> Response:
        found = _mine(require(Right.IMPORT), number)
        uploads.destroy(found.arguments.get("token", ""))
        return _to("")

    @own.post(f"{IMPORT}/undo/<int(max=9007199254740991):batch>/try")
    def attempt_undo(batch: int) -> Response:
        return _asked(require(Right.UNDO), Verb.TRY_UNDO, {"batch": batch})

    @own.post(f"{IMPORT}/undo/<int(max=9007199254740991):batch>")
    def undo(batch: int) -> Response:
        return _asked(require(Right.UNDO), Verb.UNDO, {"batch": batch})

    @own.get(f"{IMPORT}/<int(max=9007199254740991):number>/{REFUSED_ROWS}")
    def returned(number: int) -> Response:
        found = _mine(require(Right.IMPORT), number)
        try:
            path = uploads.beside(found.arguments.get("token", ""), REFUSED_ROWS)
        except FileNotFoundError:
            abort(404)
        if not path.is_file():
            abort(404)
        return send_file(path, XLSX, as_attachment=True, download_name=_("refused rows") + ".xlsx")

    @own.get(f"{IMPORT}/template.xlsx")
    def template() -> Response:
        require(Right.IMPORT)
        name = 'attachment; filename="template.xlsx"'
        return Response(monitor.errands.template(), mimetype=XLSX, headers={"Content-Disposition": name})

    def _begun(who: Who, token: str) -> int | None:
        """The job that takes a file in, or took it in."""
        own = (one for one in errands.jobs(who) if one.verb == Verb.IMPORT and one.arguments.get("token") == token)
        return next((one.id for one in own if one.state is not State.REFUSED and one.state is not State.FAILED), None)

    def _mine(who: Who, number: int) -> Job:
        found = errands.job(who, number)
        if found is None or "token" not in found.arguments:
            abort(404)
        return found

    def _asked(who: Who, verb: Verb, told: dict[str, Any]) -> Response:
        number = errands.ask(who, verb, told, address=request.remote_addr or "", language=language())
        return _to(f"?job={number}")

    def _told(found: Job) -> dict[str, Any]:
        """What the form says of how a file is to be taken in. A wrong day is a wrong request: the field takes none."""
        until = request.form.get("reported_until", "")
        try:
            day = dt.date.fromisoformat(until) if until else None
        except ValueError:
            abort(400)
        if day and day > errands.office.today():
            abort(400)
        told = {
            "source": request.form.get("source", "").strip()[:100],
            "reported_until": day.isoformat() if day else None,
            "partial": request.form.get("partial") == "1",
        }
        return _upload(found) | told | _layout(found)

    return own


def _to(query: str) -> Response:
    return make_response(redirect(rooted(IMPORT) + query, 303))


def _upload(found: Job) -> dict[str, Any]:
    return vars(Upload(found.arguments["token"], found.arguments["name"]))


def _layout(found: Job) -> dict[str, str]:
    """How the file is laid out, as the form says, among what it may say."""
    layout = request.form.get("layout", "")
    if layout not in (CANONICAL, OWN, *(found.result or {}).get("fits", [])):
        abort(400)
    return {"layout": layout, "text": request.form.get("text", "")[:LONGEST].replace("\r\n", "\n")}
