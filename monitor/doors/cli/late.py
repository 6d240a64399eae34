"""pending, confirm: late stops that wait for a supervisor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from monitor.differences import at_stake, figure, value
from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, say
from monitor.doors.cli.refusing import say_refusals
from monitor.looks import light_word, symbol
from monitor.reading.viewer import EVERYONE
from monitor.settings import now, today
from monitor.text import N_, _
from monitor.wiring import Monitor, monitor
from rules.vocabulary import Light

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("pending", help=_("Pauses learned of late that wait for a confirmation, with both figures."))(pending)
    app.command("confirm", help=_("Confirm a pause that was learned of late, with evidence."))(confirm)


def pending(json: Json = False) -> None:
    known = monitor(common.settings())
    on = today(known.settings)
    found = list(_stops(known, on))
    if json:
        emit({"as_of": on.isoformat(), "stops": found})
        return
    for stop in found:
        print(
            _(
                "{code} {case} {event}: paused {on}, learned {learned}; {used} days, {light}; "
                "if confirmed {then} days, {lit}"
            ).format(
                code=stop["project_code"], case=stop["case_id"], event=stop["event_id"], on=stop["on"],
                learned=stop["learned_on"], used=stop["used"], light=_light(stop["light"]),
                then=stop["used_if_confirmed"], lit=_light(stop["light_if_confirmed"]),
            )
        )  # fmt: skip
        for one in stop["changes"]:
            was, then = (value(one["what"], one[side]) for side in ("before", "after"))
            print("    " + "  ".join((*figure(one["where"], one["case_id"], one["what"]), f"{was} → {then}")))
    say(_("{n} pauses wait for a confirmation.").format(n=len(found)))


def _light(word: str) -> str:
    light = Light[word.upper()]
    return f"{symbol(light)} {light_word(light)}"


def _stops(known: Monitor, on: dt.date) -> Iterator[dict[str, Any]]:
    """One a late stop, with the project's figures without it and, were all of the project confirmed, with it."""
    codes = known.reader.waiting(EVERYONE)
    objects, _missing = known.reader.status(EVERYONE, codes, on) if codes else ([], [])
    for one in objects:
        then = one.get("if_confirmed", {})
        for stop in one.get("late_stops", ()):
            yield {
                "project_code": one["project_code"],
                **stop,
                "used": one["used"],
                "light": one["light"],
                "used_if_confirmed": then["used"],
                "light_if_confirmed": then["light"],
                "changes": at_stake(one, stop["case_id"]),
            }


def confirm(
    event_id: Annotated[str, typer.Argument(metavar="EVENT")],
    by: Annotated[str, typer.Option(help=N_("Who confirms."))],
    evidence: Annotated[str, typer.Option(help=N_("What shows it: the notice to the applicant, its number and day."))],
    source: Annotated[str | None, typer.Option(help=N_("The source, where several told a record of this id."))] = None,
) -> None:
    from monitor.verbs.late_stops import confirm as land

    if not by.strip() or not evidence.strip():
        raise Refused(_("Who confirms and the evidence may not be blank. Nothing changed."))
    known = monitor(common.settings())
    on = today(known.settings)
    told = [one for one in known.reader.records(EVERYONE, event_id) if source in (None, one.source)]
    if not told:
        raise Refused(_("There is no record {event}. Nothing changed.").format(event=event_id))
    if len(told) > 1:
        names = ", ".join(one.source for one in told)
        text = _("Several sources told {event}; name one with --source: {names}")
        raise Refused(text.format(event=event_id, names=names))
    (record,) = told
    objects, _missing = known.reader.status(EVERYONE, [record.project_code], on)
    waiting = {stop["event_id"] for one in objects for stop in one.get("late_stops", ())}
    if event_id not in waiting:
        text = _("{event} does not wait for a confirmation. Of this project wait: {names}. Nothing changed.")
        raise Refused(text.format(event=event_id, names=", ".join(sorted(waiting)) or _("none")))
    done = land(
        known.database, record, by=by.strip(), evidence=evidence.strip(), today=on, zone=known.settings.zone, clock=now
    )
    if done.refusals:
        say_refusals(done.refusals)
        common.leave(common.REFUSED)
    say(_("{event} is confirmed; the next sweep lets it stop the clock.").format(event=event_id))
