"""flags: what is flagged on records and why it matters; of projects, which records and who recorded them."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from monitor.doors.cli.common import KnownAt, Refused, emit, iso, moment, say, settings
from monitor.doors.cli.packs import pack_named
from monitor.oddities import saw, told, why
from monitor.settings import today
from monitor.text import N_, _, _n


def register(app: typer.Typer) -> None:
    """Adds the command."""
    does = _("What is flagged on odd records and why it matters; with project codes, their flags.")
    app.command("flags", help=does)(flags)


def flags(
    codes: Annotated[list[str] | None, typer.Argument(metavar="CODE...")] = None,
    every: Annotated[bool, typer.Option("--all", help=N_("Every project."))] = False,
    pack: Annotated[str | None, typer.Option(help=N_("The pack whose thresholds are meant."))] = None,
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help=N_("As of the end of this day; today."))
    ] = None,
    known_at: KnownAt = None,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    if codes and every:
        raise typer.BadParameter(_("give project codes, or --all"), param_hint="CODE")
    if codes or every:
        _of_projects(codes or None, as_of, known_at, json)
        return
    if as_of or known_at:
        raise typer.BadParameter(_("give project codes, or --all"), param_hint="CODE")
    _explained(pack, json)


def _of_projects(codes: list[str] | None, as_of: dt.datetime | None, known_at: str | None, json: bool) -> None:
    """The flags of projects, and who recorded what is flagged."""
    from monitor.reading.viewer import EVERYONE
    from monitor.wiring import monitor

    on, at = as_of.date() if as_of else today(settings()), moment(known_at)
    found, missing = monitor(settings()).reader.flagged(EVERYONE, codes, on, known_at=at)
    if missing:
        raise Refused(_("There is no project {codes}.").format(codes=", ".join(missing)))
    if json:
        emit({"as_of": on.isoformat(), "known_at": iso(at), "flags": [one | _said(one) for one in found]})
        return
    for one in found:
        record = " ".join(text for text in (one["case_id"], one["event_id"]) if text)
        who = "  ".join(text for text in (one["department"], one["recorded_by"]) if text)
        print(f"{one['project_code']}  {told(one['flag'], one['seen'])}  {record}  {who}")
        print(f"    {why(one['flag'])}")
    say(_n("{n} flag as of {day}.", "{n} flags as of {day}.", len(found)).format(n=len(found), day=on.isoformat()))


def _said(one: dict[str, Any]) -> dict[str, str]:
    return {"saw": told(one["flag"], one["seen"]), "why": why(one["flag"])}


def _explained(pack: str | None, json: bool) -> None:
    from rules.flags import NAMES, raised, threshold
    from rules.pack import DEFAULT_PACK

    name = pack or DEFAULT_PACK
    meant = pack_named(name).pack
    found: list[dict[str, Any]] = []
    for flag in NAMES:
        number = threshold(meant, flag)
        thresholds = [
            {"number": n.days, "since": n.since.isoformat(), "sure": n.flag, "source": n.source}
            for n in (number.versions if number else ())
        ]
        found.append(
            {"flag": flag, "saw": saw(flag), "why": why(flag), "raised": raised(meant, flag), "thresholds": thresholds}
        )
    if json:
        emit({"pack": name, "flags": found})
        return
    for one in found:
        print(f"{one['flag']}  {one['saw']}")
        print(f"    {one['why']}")
        for n in one["thresholds"]:
            print(
                "    "
                + _("threshold {number}, since {since} ({sure}): {source}").format(
                    number=n["number"], since=n["since"], sure=n["sure"], source=n["source"]
                )
            )
        if not one["raised"]:
            print("    " + _("not raised under this pack"))
    silent = [one["flag"] for one in found if not one["raised"]]
    if silent:
        say(_("Pack {pack} does not raise: {flags}.").format(pack=name, flags=", ".join(silent)))
    say(_("S: sourced; T: second-hand; E: an estimate, a setting. A flag is a question to whoever recorded it."))
