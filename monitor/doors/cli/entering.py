"""packs preview, import, withdraw: a pack of a commission's own looked at before it holds, entered, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import REFUSED, SET_ASIDE, Refused, emit, leave, say
from monitor.doors.cli.effects import change_line, pack_summary
from monitor.doors.cli.refusing import say_problems
from monitor.settings import now, today
from monitor.text import N_, _, _n
from monitor.verbs.entering import Landed, Result, land, preview, take_back
from monitor.verbs.own_pack import LaterVersion, NoSuchPack, Own, PackRefused, StillNamed
from monitor.wiring import monitor
from rules.vocabulary import Applies

entering_app = typer.Typer()
SHOWN = 50  # changes in words; --json lists all
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]
File = Annotated[Path, typer.Argument(help=N_("A TOML file, as `packs show ID --toml` prints one."))]
FromCodingDay = Annotated[
    bool,
    typer.Option(
        "--from-coding-day",
        help=N_("Judge also projects that are coded already, from scope.coded_from of the pack on."),
    ),
]


@entering_app.command("preview", help=N_("What a pack of your own would change, before anything is changed."))
def look(file: File, from_coding_day: FromCodingDay = False, json: Json = False) -> None:
    known = monitor(common.settings())
    try:
        own = Own.read(file)
        with common.progress(_("Assessing")) as advance:
            on = today(common.settings())
            found = preview(known.database, known.rules, own, on, from_coding_day=from_coding_day, advance=advance)
    except PackRefused as refused:
        _refuse(refused)
    effect = found.effect
    if json:
        counts = "looked_at projects used lights turn_days cases_due case_lights".split()
        numbers = {name: getattr(effect, name) if effect else 0 for name in counts}
        taken = [{"project_code": one.code, "before": one.before, "open": one.open} for one in found.taken]
        emit(
            _plain(found)
            | {
                "as_of": effect.as_of.isoformat() if effect else None,
                "counts": numbers | {"taken": len(taken), "open": sum(one.open for one in found.taken)},
                "taken": taken,
                "changes": [vars(change) for change in effect.changes] if effect else [],
            }
        )
        return
    if found.known:
        say(_("This pack is known already; nothing would change."))
        return
    _said(found, own, from_coding_day)
    if effect is None:
        say(_("No project was ever assessed; there is nothing to compare."))
        return
    for one in found.taken[:SHOWN]:
        told = _("{code}  would be judged by {after}, not by {before}")
        print(told.format(code=one.code, after=found.id, before=one.before or _("any pack")))
    for change in effect.changes[:SHOWN]:
        print(change_line(change))
    more = max(len(found.taken) - SHOWN, 0) + max(len(effect.changes) - SHOWN, 0)
    if more:
        say(_n("… and {n} more; --json lists them", "… and {n} more; --json lists them", more).format(n=more))
    say(pack_summary(effect, sum(one.open for one in found.taken)))
    words = f"{file} --from-coding-day" if from_coding_day else file
    say(_("Nothing was changed. To let it hold: approval-monitor packs import {file}").format(file=words))


@entering_app.command("import", help=N_("Let a pack of your own hold: what it judges otherwise is assessed again."))
def take(file: File, from_coding_day: FromCodingDay = False, json: Json = False) -> None:
    known = monitor(common.settings())
    try:
        own = Own.read(file)
        with common.progress(_("Assessing")) as advance:
            on = today(common.settings())
            done = land(known.database, known.rules, own, on, now, from_coding_day=from_coding_day, advance=advance)
    except PackRefused as refused:
        _refuse(refused)
    if not json and done.known:
        say(_("This pack is known already; nothing was changed."))
    elif not json:
        _said(done, own, from_coding_day)
    _told(done, json)


@entering_app.command("withdraw", help=N_("Take back a version that was entered; `packs` lists them."))
def withdraw(pack_id: str, version: str, json: Json = False) -> None:
    known = monitor(common.settings())
    with common.progress(_("Assessing")) as advance:
        try:
            done = take_back(known.database, known.rules, pack_id, version, now, advance)
        except NoSuchPack:
            text = _("No version {version} of {id} was entered; `approval-monitor packs` lists those that were.")
            raise Refused(text.format(version=version, id=pack_id)) from None
        except LaterVersion as later:
            text = _("Version {later} of {id} was entered after {version}; withdraw that one first.")
            raise Refused(text.format(later=later.version, id=pack_id, version=version)) from None
        except StillNamed as named:
            n, first = len(named.codes), named.codes[0]
            text = _n(
                "{n} project names {id}, {first}; import it with another pack first.",
                "{n} projects name {id}, the first is {first}; import them with another pack first.",
                n,
            )
            raise Refused(text.format(n=n, id=pack_id, first=first)) from None
    if not json:
        say(
            _("{id}: version {version} holds again.").format(id=pack_id, version=done.follows)
            if done.follows
            else _("{id} judges no project any more.").format(id=pack_id)
        )
    _told(done, json)


def _refuse(refused: PackRefused) -> Any:
    say_problems(refused.problems)
    leave(REFUSED)


def _plain(found: Result) -> dict[str, Any]:
    return {
        "pack": found.id,
        "version": found.version,
        "known": found.known,
        "follows": found.follows,
        "judges_from": found.judges_from.isoformat() if found.judges_from else None,
        "added": [
            {"key": key, "days": one.days, "since": one.since.isoformat()}
            for key, numbers in found.added.items()
            for one in numbers
        ],
    }


def _said(found: Result, own: Own, from_coding_day: bool) -> None:
    """Whom a pack judges, and what it leaves as it is."""
    if found.follows:
        text = _("{id}: version {version} follows {follows}; every number in force stays.")
        say(text.format(id=found.id, version=found.version, follows=found.follows))
        for key, numbers in found.added.items():
            for one in numbers:
                say(_("added: {key} {n}, since {day}").format(key=key, n=one.days, day=one.since.isoformat()))
        return
    day, scope = found.judges_from, own.pack.scope
    if scope.applies is Applies.NAMED:
        text = _("{id}: a new pack, version {version}. It judges only projects that name it.")
        say(text.format(id=found.id, version=found.version))
        return
    text = _("{id}: a new pack, version {version}. In its scope it judges projects coded from {day} on.")
    say(text.format(id=found.id, version=found.version, day=day))
    if day and day > scope.coded_from and not from_coding_day:
        text = _("Projects coded before {day} keep the pack that they have, unless you add --from-coding-day.")
        say(text.format(day=day))


def _told(done: Landed, json: bool) -> None:
    swept = done.swept
    counts = {name: getattr(swept, name) if swept else 0 for name in ("projects", "changed", "turns", "failed")}
    if json:
        emit(_plain(done) | {"as_of": swept.as_of.isoformat() if swept else None, "touched": done.touched} | counts)
    elif not done.known:
        text = _("{touched} projects are judged otherwise; {n} assessed, {changed} standings changed, {turns} turns.")
        say(text.format(touched=done.touched, n=counts["projects"], changed=counts["changed"], turns=counts["turns"]))
    if counts["failed"]:
        text = _("{n} projects could not be assessed and were set aside; the log has the reason.")
        say(text.format(n=counts["failed"]))
        leave(SET_ASIDE)
