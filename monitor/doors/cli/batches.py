"""batches, undo, refused: what came in, taking one batch back, and the rows that wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, office_moment, say
from monitor.doors.cli.foreseeing import AsOf, DryRun, day_foreseen, tell_foreseen
from monitor.exchange.tables import NAMES
from monitor.intake import OWN_KEY, FileRefused, Refusal
from monitor.reading.batches import Came, WaitingRow, batches, waiting_rows
from monitor.settings import now
from monitor.text import N_, _, _n
from monitor.verbs.undo import CannotUndo, Undone, undo
from rules.portfolio import Rules

SHOWN = 50  # rows in words; --json lists all
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]
Source = Annotated[str | None, typer.Option(help=N_("Only of this source."))]
_TABLES = {
    "projects": N_("projects: {gone} known no more, {changed} known otherwise, {waiting} rows wait"),
    "cases": N_("cases: {gone} known no more, {changed} known otherwise, {waiting} rows wait"),
    "events": N_("events: {gone} known no more, {changed} known otherwise, {waiting} rows wait"),
}
_WHY = {
    "not_yours": N_("Batch {number} is not yours to take back."),
    "unknown": N_("There is no batch {number}; `approval-monitor batches` lists them."),
    "undone": N_("Batch {number} was taken back already, at {moment}."),
    "an_undo": N_("Batch {number} is itself the taking back of batch {other}; import its files again instead."),
}


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("batches", help=_("Everything that came in, batch by batch, and what was taken back."))(every)
    app.command("undo", help=_("Take a batch back whole; what it replaced is known again."))(take_back)
    app.command("refused", help=_("The rows that wait: for what they lack, or to be corrected."))(refused)


def every(source: Source = None, json: Json = False) -> None:
    with common.ready_database().reading() as connection:
        found = batches(connection, source=source)
    if json:
        emit({"batches": [_plain(one) for one in found]})
        return
    for one in found:
        print("  ".join(part for part in _parts(one) if part))
    say(_n("{n} batch.", "{n} batches.", len(found)).format(n=len(found)))


def _plain(one: Came) -> dict[str, Any]:
    counts = {name: getattr(one, name) for name in ("projects", "cases", "events", "refused", "waiting")}
    return {
        "batch": one.id,
        "source": one.source,
        "files": one.name,
        "sha256": one.sha256,
        "known_from": office_moment(one.known_from),
        "reported_until": one.reported_until.isoformat() if one.reported_until else None,
        **counts,
        "undoes": one.undoes,
        "undone_at": office_moment(one.undone_at),
        "undone_by": one.undone_by,
    }


def _parts(one: Came) -> Iterator[str]:
    yield f"{one.id:>5}"
    yield str(office_moment(one.known_from))
    yield one.source
    yield one.name
    if one.undoes is not None:
        yield _("takes back batch {number}").format(number=one.undoes)
        return
    yield _("{projects} projects, {cases} cases, {events} events").format(**vars(one))
    if one.refused:
        yield _("{refused} rows set aside, {waiting} of them wait").format(refused=one.refused, waiting=one.waiting)
    elif one.waiting:
        yield _n("{n} row waits", "{n} rows wait", one.waiting).format(n=one.waiting)
    if one.reported_until:
        yield _("reported until {day}").format(day=one.reported_until.isoformat())
    if one.undone_at:
        yield _("taken back {moment} by batch {number}").format(
            moment=office_moment(one.undone_at), number=one.undone_by
        )


def take_back(
    batch: Annotated[int, typer.Argument(metavar="BATCH", help=N_("Its number, as `batches` lists it."))],
    dry_run: DryRun = False,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    day = day_foreseen(as_of, dry_run)
    database, settings = common.ready_database(), common.settings()
    try:
        with common.progress(_("Taking back")) as advance:
            done = undo(
                database,
                batch,
                zone=settings.zone,
                clock=now,
                dry_run=dry_run,
                advance=advance,
                secret_list=settings.secret_projects_file,
                foresee=Rules.shipped() if dry_run else None,
                as_of=day,
            )
    except FileRefused as error:
        raise Refused(str(error)) from error
    except CannotUndo as error:
        came = error.came
        told = {"moment": office_moment(came.undone_at), "other": came.undoes} if came else {}
        raise Refused(_(_WHY[error.why]).format(number=error.number, **told)) from error
    if json:
        emit(done.document())
    tell(done)


def tell(done: Undone) -> None:
    """The result in words, on stderr."""
    for table, change in done.of.items():
        if any(vars(change).values()):
            say(_(_TABLES[table]).format(**vars(change)))
    if done.dropped:
        text = _n("{n} row that waited is dropped with it", "{n} rows that waited are dropped with it", done.dropped)
        say(text.format(n=done.dropped))
    if done.fed:
        say(came_in(done.fed))
    if done.read_again:
        text = _("The next pull of {source} reads everything again, and brings back what its tables still say.")
        say(text.format(source=done.source))
    if done.effect:
        tell_foreseen(done.effect)
    touched = _n("{n} project to assess again", "{n} projects to assess again", done.touched).format(n=done.touched)
    if done.dry_run:
        say(_("Nothing was written (--dry-run); it would leave {touched}.").format(touched=touched))
        return
    told = _("Batch {batch} was taken back, as batch {undo}; {touched}.")
    say(told.format(batch=done.batch, undo=done.undo, touched=touched))


def came_in(rows: int) -> str:
    """How many rows came in that had waited."""
    return _n("{n} row that had waited came in", "{n} rows that had waited came in", rows).format(n=rows)


def secret_refused(rows: int) -> str:
    """How many rows were of secret projects."""
    told = _n(
        "{n} row of a secret project was refused; nothing of it was kept",
        "{n} rows of secret projects were refused; nothing of them was kept",
        rows,
    )
    return told.format(n=rows)


def refused(source: Source = None, json: Json = False) -> None:
    with common.ready_database().reading() as connection:
        found = waiting_rows(connection, source=source)
    if json:
        emit({"rows": [_waiting(one) for one in found]})
        return
    for one in found[:SHOWN]:
        for reason in _reasons(one):
            print(_("batch {number}, source {source}: {reason}").format(
                number=one.batch, source=one.source, reason=_line(one, reason)
            ))  # fmt: skip
    if (more := len(found) - SHOWN) > 0:
        say(_n("… and {n} more; --json lists them", "… and {n} more; --json lists them", more).format(n=more))
    secret = sum(one.content is None for one in found)
    if secret:
        say(secret_refused(secret))
    waiting = len(found) - secret
    say(_n("{n} row waits.", "{n} rows wait.", waiting).format(n=waiting))


def _waiting(one: WaitingRow) -> dict[str, Any]:
    reasons = [{k: v for k, v in r.document().items() if k not in ("file", "row", "key")} for r in _reasons(one)]
    return {
        "batch": one.batch,
        "source": one.source,
        "file": one.file,
        "row": one.row,
        "table": one.of or None,
        "content": one.content,
        "reasons": reasons,
    }


def _reasons(one: WaitingRow) -> list[Refusal]:
    return [
        Refusal(
            one.file, "", one.row or 0, told["code"], told.get("column", ""), told.get("value", ""),
            told.get("params", {}),
        )
        for told in one.reasons
    ]  # fmt: skip


def _line(one: WaitingRow, reason: Refusal) -> str:
    if one.row is not None:
        return str(reason)
    if one.content is None:
        return reason.reason
    key = next(key for table, key in OWN_KEY.items() if table == one.of)
    if one.file in NAMES:
        return str(replace(reason, key=one.content.get(key, "")))
    told = _("{key} '{value}', set aside when a batch was taken back: {column} '{lacks}' {reason}")
    values = {"key": key, "value": one.content.get(key, ""), "column": reason.column, "lacks": reason.value}
    return told.format(**values, reason=reason.reason)
