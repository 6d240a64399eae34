"""plan: each item of a project against its plan (节点管控), from the database or from files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.cells import cell_len

from monitor.doors.cli import common
from monitor.doors.cli.common import KnownAt, Refused, emit, iso, leave, moment, say
from monitor.doors.cli.lines import unit_of
from monitor.doors.cli.refusing import say_refusals
from monitor.looks import stage_word
from monitor.settings import today
from monitor.text import N_, _
from monitor.words import in_unit
from rules.vocabulary import Stage, Unit

_GROUPS = {"pre_construction": N_("Before construction"), "acceptance": N_("Completion acceptance")}
_ARROW = " → "
_BLANK = "–"


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("plan", help=_("The items of a project against their plan: dates, slips, the critical chain."))(plan)


def plan(
    code: Annotated[str, typer.Argument(metavar="CODE")],
    file: Annotated[
        list[Path] | None, typer.Option(help=N_("Read this folder, zip, workbook or CSV file, not the database."))
    ] = None,
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help=N_("As of the end of this day; today."))
    ] = None,
    known_at: KnownAt = None,
    json: Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))] = False,
) -> None:
    on, known = as_of.date() if as_of else today(common.settings()), moment(known_at)
    found = _of_files(file, code, on) if file else _stored(code, on, known)
    if found is None:
        raise Refused(_("There is no project {codes}.").format(codes=code))
    if json:
        emit({"as_of": on.isoformat(), "known_at": iso(known), **found})
        return
    unit = unit_of(found["calendar"]["region"])
    for one in found["plans"]:
        print("\n".join(_page(one, unit)))
    told = _("Plan of {code} as of {day}; days are working days.")
    if unit == Unit.NATURAL_DAY.word:
        told = _("Plan of {code} as of {day}; days are natural days.")
    say(told.format(code=code, day=on.isoformat()))
    say(_("A slip is measured against the promised limits and holds the owner's own time too; it blames nobody."))


def _of_files(paths: list[Path], code: str, on: dt.date) -> dict[str, Any] | None:
    from monitor.intake import FileRefused, read_secret_list
    from monitor.verbs.plan import plan_of_files
    from rules.portfolio import Rules

    try:
        secret = read_secret_list(common.settings().secret_projects_file)
        found, refusals = plan_of_files(paths, code, common.settings().zone, Rules.shipped(), on, secret)
    except FileRefused as refused:
        say_refusals([refused])
        leave(common.REFUSED)
    if refusals:
        say_refusals(refusals)
        leave(common.REFUSED)
    return found


def _stored(code: str, on: dt.date, known: dt.datetime | None) -> dict[str, Any] | None:
    from monitor.reading.viewer import EVERYONE
    from monitor.wiring import monitor

    return monitor(common.settings()).reader.plan(EVERYONE, code, on, known_at=known)


def _page(one: dict[str, Any], unit: str) -> Iterator[str]:
    """A plan for a person: the two groups, the stages, then each item."""
    if one["works_code"]:
        yield _("Works {code}").format(code=one["works_code"])
    for group, of in one["groups"].items():
        yield _group(_(_GROUPS[group]), of, unit)
    heads = (_("Stage"), _("Lead department"), _("Done"), _("Planned end"), _("Ended"), _("Forecast"), _("Slip"))
    rows: list[tuple[str, ...]] = []
    for stage, of in one["stages"].items():
        done = f"{of['done']}/{of['items']}"
        rows.append((stage_word(Stage[stage.upper()]), of["lead"] or _BLANK, done, *_dates(of)))
    yield from _table(heads, rows)
    more = _("Item"), _("Department"), _("Promised"), _("Planned start"), _("Begun")
    rows = []
    for item in one["items"]:
        name = f"{'*' if item['critical'] else ' '} {item['item_code']} {item['item_name']}"
        days = (item["planned_start"] or _BLANK, item["start"] or _BLANK, *_dates(item))
        rows.append((name, "、".join(item["departments"]), _limit(item), *days))
    yield from _table((*more, *heads[3:]), rows)
    yield _("* critical: a day more here is a day more for the whole")
    if one["unplanned"]:
        yield _("Of no item of the catalogue, and in no plan: {cases}").format(cases=", ".join(one["unplanned"]))


def _group(name: str, of: dict[str, Any], unit: str) -> str:
    if not of["begins_on"]:
        return _("{group}: not planned until it begins").format(group=name)
    if not of["planned_finish"]:
        return _("{group}: no items").format(group=name)
    planned = in_unit(of["planned_days"], unit)
    parts = [
        _("{group}: from {begins}, planned {days} until {end}").format(
            group=name, begins=of["begins_on"], days=planned, end=of["planned_finish"]
        )
    ]
    if of["finish"]:
        parts.append(_("ended {day}").format(day=of["finish"]))
    elif of["forecast_finish"]:
        parts.append(_("forecast {day}").format(day=of["forecast_finish"]))
    if of["slip"] is not None:
        parts.append(_slip(of["slip"]))
    if of["chain"]:
        parts.append(_("critical chain {chain}").format(chain=_ARROW.join(of["chain"])))
    return "  ".join(parts)


def _dates(of: dict[str, Any]) -> tuple[str, str, str, str]:
    def day(name: str) -> str:
        mark = " " + _("(provisional)") if name in of["provisional"] else ""
        return (of[name] or _BLANK) + mark

    return day("planned_finish"), day("finish"), day("forecast_finish"), _slip(of["slip"])


def _slip(days: int | None) -> str:
    if days is None:
        return _BLANK
    if days == 0:
        return _("on plan")
    return _("{n} late").format(n=days) if days > 0 else _("{n} early").format(n=-days)


def _limit(item: dict[str, Any]) -> str:
    if item["limit"] is None:
        return _("none set")
    return in_unit(item["limit"], item["unit"])


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their widest cell; a Chinese character is two wide."""
    widths = [max(map(cell_len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
