"""measures: what departments, items, stages, regions, kinds and weeks held, decided and took."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, say
from monitor.doors.cli.sweeping import departments_named, word_told
from monitor.reading.behind import FIGURES
from monitor.reading.endings import BeforeLastSweep
from monitor.reading.measures import BY, Wanted
from monitor.reading.rollups import WEEK
from monitor.reading.viewer import EVERYONE
from monitor.settings import today
from monitor.text import N_, _
from monitor.verbs.measuring import OF_INDICATOR, What, measure
from monitor.wiring import Monitor, monitor
from rules.vocabulary import Stage

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]
_NAMED = {
    "project_code", "case_id", "department", "item", "stage", "region", "indicator", "pause", "before_department",
    "before_item", "pack", "before", "after", "kind", "verdict", "differs",
}  # fmt: skip


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("measures", help=_("What departments, items and regions held, decided and took, in working days."))(
        measures
    )


def measures(
    what: Annotated[What, typer.Argument(help=N_("What is measured."))],
    since: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help=N_("Of the days after this one; of all."))
    ] = None,
    until: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help=N_("Up to the end of this day; today."))
    ] = None,
    by: Annotated[
        str, typer.Option(help=N_("Cut by these, with commas: department, item, stage, region, kind, week."))
    ] = ("department"),
    region: Annotated[str | None, typer.Option(help=N_("Area code, or how it begins."))] = None,
    department: Annotated[str | None, typer.Option(help=N_("Of departments of this name."))] = None,
    item: Annotated[str | None, typer.Option(help=N_("Of this item of the catalogue."))] = None,
    stage: Annotated[str | None, typer.Option(help=N_("Of cases of this stage."))] = None,
    kind: Annotated[str | None, typer.Option(help=N_("Of projects of this kind."))] = None,
    figure: Annotated[
        str | None, typer.Option(help=N_("Of cases: which figure of attribution they are behind."))
    ] = None,
    regions: Annotated[bool, typer.Option(help=N_("Of ranking: regions instead of departments."))] = False,
    json: Json = False,
) -> None:
    known = monitor(common.settings())
    wanted = _wanted(known, since, until, by, region, department, item, stage, kind)
    if (what is What.CASES) != (figure is not None) or (figure and figure not in FIGURES):
        allowed = ", ".join(FIGURES)
        raise typer.BadParameter(_("of cases, one of: {names}").format(names=allowed), param_hint="--figure")
    found = _found(known, what, wanted, figure or "", regions)
    if json:
        emit(found)
        return
    told = found["rows"]
    _shown(told, (*wanted.by, *_NAMED))
    say(
        _("{n} rows, days after {since} up to {until}; days are working days.").format(
            n=len(told), since=wanted.since or _("the first record"), until=wanted.until
        )
    )


def _wanted(
    known: Monitor,
    since: dt.datetime | None,
    until: dt.datetime | None,
    by: str,
    region: str | None,
    department: str | None,
    item: str | None,
    stage: str | None,
    kind: str | None,
) -> Wanted:
    words = tuple(dict.fromkeys(word.strip() for word in by.split(",") if word.strip()))
    strange = [word for word in words if word not in (*BY, WEEK)]
    if strange:
        allowed = ", ".join((*BY, WEEK))
        raise typer.BadParameter(_("one of: {names}").format(names=allowed), param_hint="--by")
    begin, end = since and since.date(), until.date() if until else today(known.settings)
    if begin and begin >= end:
        raise typer.BadParameter(
            _("{since} is not before {until}").format(since=begin, until=end), param_hint="--since"
        )
    if WEEK in words and begin is None:
        raise typer.BadParameter(_("weeks want a first day: give --since"), param_hint="--by")
    keys = [key for key in departments_named(known, department) if key is not None]
    chosen = word_told(stage, Stage, "--stage")
    return Wanted(
        begin,
        end,
        words,
        region=region,
        department=tuple(keys) if department else None,
        item=item,
        stage=Stage[chosen.upper()] if chosen else None,
        kind=kind,
    )


def _found(known: Monitor, what: What, wanted: Wanted, figure: str, regions: bool) -> dict[str, Any]:
    try:
        return measure(known.reader.measures, EVERYONE, what, wanted, figure=figure, regions=regions)
    except BeforeLastSweep as error:
        text = _("How long open cases had taken on {day} is not kept: the last sweep was as of {last}.")
        raise Refused(text.format(day=error.day, last=error.last)) from error
    except ValueError as error:
        raise Refused(_("This measure is not cut by {by}.").format(by=", ".join(wanted.by))) from error


def _shown(rows: list[dict[str, Any]], by: tuple[str, ...]) -> None:
    """A table on stdout; columns in which nothing stands are left out."""
    names = [name for name in (rows[0] if rows else ()) if name != "department_id"]
    kept = [name for name in names if name in by or any(row[name] for row in rows)]
    table = Table(box=None, pad_edge=False)
    for name in kept:
        table.add_column(name, justify="left" if name in by else "right", no_wrap=True)
    for row in rows:
        table.add_row(*(_cell(row, name) for name in kept))
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 320, highlight=False).print(table)


def _cell(row: dict[str, Any], name: str) -> str:
    value = row[name]
    if value is None:
        return "–"
    if name == "indicator":
        return _(OF_INDICATOR[value].title)
    if "indicator" in row and name == "value" and OF_INDICATOR[row["indicator"]].unit == "rate":
        return f"{100 * value:.2f} %"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
