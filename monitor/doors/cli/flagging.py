"""flags: what is flagged on records, why it matters, and from which threshold on."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from monitor.doors.cli.common import emit, say
from monitor.doors.cli.packs import pack_named
from monitor.oddities import saw, why
from monitor.text import N_, _


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("flags", help=_("What is flagged on odd records, why it matters, and from which threshold on."))(flags)


def flags(
    pack: Annotated[str | None, typer.Option(help=N_("The pack whose thresholds are meant."))] = None,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    from rules.flags import NAMES, threshold
    from rules.portfolio import DEFAULT_PACK

    name = pack or DEFAULT_PACK
    meant = pack_named(name).pack
    found: list[dict[str, Any]] = []
    for flag in NAMES:
        number = threshold(meant, flag)
        thresholds = [
            {"number": n.days, "since": n.since.isoformat(), "sure": n.flag, "source": n.source}
            for n in (number.versions if number else ())
        ]
        found.append({"flag": flag, "saw": saw(flag), "why": why(flag), "thresholds": thresholds})
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
    say(_("S: sourced; T: second-hand; E: an estimate, a setting. A flag is a question to whoever recorded it."))
