"""The trail as a file, for whoever may read it. Taking it out is itself a deed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, after_this_request, request, send_file

from dashboard.address import TRAIL, Address
from dashboard.pages.trail import ASKED, wanted
from monitor.doors.guard import Rule, require, session
from monitor.rights import Right
from monitor.scratch import Scratch
from monitor.settings import now, today
from monitor.verbs.trail import export_trail
from monitor.wiring import Monitor

NAME = "trail"
RULES: dict[str, Rule] = {f"{NAME}.export": session(Right.TRAIL)}
_KINDS = {"csv": "text/csv", "jsonl": "application/jsonl"}


def taken_out(monitor: Monitor) -> Blueprint:
    """The blueprint."""
    own = Blueprint(NAME, __name__)

    @own.post(f"{TRAIL}/export")
    def export() -> Response:
        require(Right.TRAIL)
        kind = "jsonl" if request.form.get("kind") == "jsonl" else "csv"
        chosen = {key: request.form.get(key, "") for key in ASKED if request.form.get(key)}
        day = today(monitor.settings)
        place = Scratch()
        file = place.path / f"trail-{day}.{kind}"
        export_trail(monitor.database, file, wanted(Address(TRAIL, day, day, None, chosen), monitor.settings.zone), now)

        @after_this_request
        def _gone(answer: Any) -> Any:
            answer.call_on_close(place.close)
            return answer

        return send_file(file, _KINDS[kind], as_attachment=True, download_name=file.name)

    return own
