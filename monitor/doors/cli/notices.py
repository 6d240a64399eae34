"""notices: which arrangements of holidays are known; one handed in, looked at before, or taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import KnownAt, Refused, emit, leave, moment, office_moment, say
from monitor.doors.cli.effects import change_line, days_text, place, summary
from monitor.settings import now, today
from monitor.text import N_, _, _n
from monitor.verbs.notices import Landed, NoSuchNotice, StillNeeded, land, listed, preview, take_back
from monitor.wiring import monitor
from rules.notice import Notice, from_file

SHOWN = 50  # changes in words; --json lists all
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]
File = Annotated[Path, typer.Argument(help=N_("A TOML file, or JSON in the form of holiday-cn."))]
Document = Annotated[str | None, typer.Option(help=N_("Number of the document, where the file does not say it."))]
Source = Annotated[str | None, typer.Option(help=N_("Where it was published, where the file does not say it."))]
Published = Annotated[
    dt.datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help=N_("Day of publication, where the file does not say it.")),
]
Region = Annotated[str | None, typer.Option(help=N_("Area code, or how it begins, of where it holds."))]
Amends = Annotated[bool, typer.Option("--amends", help=N_("It changes a year that is arranged already."))]

notices_app = typer.Typer(help=N_("The notices that the working days come from."), invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(notices_app, name="notices")


@notices_app.callback()
def every(
    context: typer.Context,
    past: Annotated[bool, typer.Option("--past", help=N_("Also those that were revised or taken back."))] = False,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    if context.invoked_subcommand:
        return
    if past and known_at:
        raise typer.BadParameter(_("one of --past and --known-at"), param_hint="--past")
    at, known = moment(known_at), monitor(common.settings())
    found = listed(known.database, known.rules, past=past, known_at=at)
    if json:
        beside = [
            {
                "id": one.id,
                "known_from": office_moment(one.known_from),
                "known_to": office_moment(one.known_to),
                "amends": one.amends,
            }
            for one in found
        ]
        emit({"notices": [_plain(one.notice) | more for one, more in zip(found, beside, strict=True)]})
        return
    for one in found:
        notice = one.notice
        parts = [
            str(notice.year),
            place(notice.region),
            notice.document,
            _("published {day}").format(day=notice.published.isoformat()),
            _("{rest} days of rest, {work} days of work").format(rest=len(notice.rest), work=len(notice.work)),
            _("amends {documents}").format(documents="、".join(one.amends)) if one.amends else "",
            _("the whole year again") if notice.whole else "",
            _("entered as number {id}").format(id=one.id) if one.id else _("comes with the program"),
            _("known until {moment}").format(moment=office_moment(one.known_to)) if one.known_to else "",
        ]
        print("  ".join(part for part in parts if part))


def _plain(notice: Notice) -> dict[str, Any]:
    return {
        "year": notice.year,
        "region": notice.region,
        "document": notice.document,
        "source": notice.source,
        "published": notice.published.isoformat(),
        "rest": [day.isoformat() for day in sorted(notice.rest)],
        "work": [day.isoformat() for day in sorted(notice.work)],
        "whole": notice.replaces,
    }


def _read(
    file: Path,
    document: str | None,
    source: str | None,
    published: dt.datetime | None,
    region: str | None,
    amends: bool,
) -> Notice:
    given = {
        "document": document,
        "source": source,
        "published": published.date() if published else None,
        "region": region,
        "amends": amends or None,
    }
    return from_file(file, today(common.settings()), given)


@notices_app.command("preview", help=N_("What a notice would change, before anything is changed."))
def look(
    file: File,
    document: Document = None,
    source: Source = None,
    published: Published = None,
    region: Region = None,
    amends: Amends = False,
    json: Json = False,
) -> None:
    notice = _read(file, document, source, published, region, amends)
    known = monitor(common.settings())
    with common.progress(_("Assessing")) as advance:
        found = preview(known.database, known.rules, notice, file, advance)
    effect = found.effect
    if json:
        counts = "looked_at projects used lights turn_days cases_due case_lights".split()
        emit(
            {
                "notice": _plain(notice),
                "known": found.known,
                "days": [{"day": day.isoformat(), "works": works} for day, works in found.days.items()],
                "as_of": effect.as_of.isoformat() if effect else None,
                "counts": {name: getattr(effect, name) if effect else 0 for name in counts},
                "changes": [vars(change) for change in effect.changes] if effect else [],
            }
        )
        return
    if found.known:
        say(_("This notice is known already; nothing would change."))
        return
    say(days_text(found.days))
    if effect is None:
        say(_("No project was ever assessed; there is nothing to compare."))
        return
    for change in effect.changes[:SHOWN]:
        print(change_line(change))
    if (more := len(effect.changes) - SHOWN) > 0:
        say(_n("… and {n} more; --json lists them", "… and {n} more; --json lists them", more).format(n=more))
    say(summary(effect))
    say(_("Nothing was changed. To let it hold: approval-monitor notices import {file}").format(file=file))


@notices_app.command("import", help=N_("Let a notice hold: what rests on its days is assessed again."))
def take(
    file: File,
    document: Document = None,
    source: Source = None,
    published: Published = None,
    region: Region = None,
    amends: Amends = False,
    json: Json = False,
) -> None:
    notice = _read(file, document, source, published, region, amends)
    known = monitor(common.settings())
    with common.progress(_("Assessing")) as advance:
        done = land(known.database, known.rules, notice, file, now, advance)
    _told(done, json)


@notices_app.command("withdraw", help=N_("Take back a notice that was entered, by its number in the list."))
def withdraw(number: Annotated[int, typer.Argument(metavar="NUMBER")], json: Json = False) -> None:
    known = monitor(common.settings())
    with common.progress(_("Assessing")) as advance:
        try:
            done = take_back(known.database, known.rules, number, now, advance)
        except NoSuchNotice:
            raise Refused(
                _("No notice was entered under number {n}; `approval-monitor notices` lists them.").format(n=number)
            ) from None
        except StillNeeded as needed:
            raise Refused("\n".join(_needed(needed))) from None
    _told(done, json)


def _needed(refused: StillNeeded) -> Iterator[str]:
    """Which notice stands on the one that was to go, and how to take that one back first."""
    gone = refused.notice
    for one in refused.by:
        told = _("{document} cannot be withdrawn while {other} (number {id}) amends it. Withdraw that first: {command}")
        if one.notice.year != gone.year:
            told = _(
                "{document} cannot be withdrawn while {other} (number {id}) arranges the year after it. Withdraw that "
                "first: {command}"
            )
        command = f"approval-monitor notices withdraw {one.id}"
        yield told.format(document=gone.document, other=one.notice.document, id=one.id, command=command)


def _told(done: Landed, json: bool) -> None:
    swept = done.swept
    counts = {name: getattr(swept, name) if swept else 0 for name in ("projects", "changed", "turns", "failed")}
    if json:
        emit(
            {
                "notice": _plain(done.notice),
                "known": done.known,
                "days": [{"day": day.isoformat(), "works": works} for day, works in done.days.items()],
                "as_of": swept.as_of.isoformat() if swept else None,
                "touched": done.touched,
            }
            | counts
        )
    elif done.known:
        say(_("This notice is known already; nothing was changed."))
    else:
        say(days_text(done.days))
        say(
            _(
                "{touched} projects rest on these days; {n} assessed, {changed} standings changed, {turns} turns."
            ).format(touched=done.touched, n=counts["projects"], changed=counts["changed"], turns=counts["turns"])
        )
    if counts["failed"]:
        text = _("{n} projects could not be assessed and were set aside; the log has the reason.")
        say(text.format(n=counts["failed"]))
        leave(common.SET_ASIDE)
