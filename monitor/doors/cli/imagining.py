"""whatif: the same log under other numbers, on another calendar, or with promises kept; nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.doors.cli.common import REFUSED, KnownAt, Refused, emit, iso, leave, moment, say, settings
from monitor.doors.cli.judging import Json, day, pack_told
from monitor.doors.cli.refusing import say_refusals
from monitor.intake import FileRefused, read_secret_list
from monitor.looks import group_word, light_word, symbol
from monitor.settings import today
from monitor.text import N_, _
from monitor.words import in_unit
from rules.vocabulary import Group, Light


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("whatif", help=_("How projects would stand under other rules, or with promises kept."))(whatif)


def whatif(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH...", help=N_("Files as of assess; with --from-database project codes, or none.")),
    ] = None,
    from_database: Annotated[
        bool, typer.Option("--from-database", help=N_("The projects of the database instead of files."))
    ] = False,
    yellow: Annotated[int | None, typer.Option(help=N_("Yellow past so many days, in the unit of the rule."))] = None,
    red: Annotated[int | None, typer.Option(help=N_("Red past so many days, in the unit of the rule."))] = None,
    budget: Annotated[
        list[str] | None, typer.Option(help=N_("Budget of a group, such as pre_construction=45; may be repeated."))
    ] = None,
    pack: Annotated[
        str | None, typer.Option(help=N_("Judge every project by this pack, its id or a TOML file, scope or not."))
    ] = None,
    notice: Annotated[
        list[Path] | None, typer.Option(help=N_("A notice that is taken to hold as well; may be repeated."))
    ] = None,
    rest: Annotated[
        list[str] | None,
        typer.Option(help=N_("Days of rest as well, such as 2026-05-06 or 2026-05-06..2026-05-08; may be repeated.")),
    ] = None,
    work: Annotated[
        list[str] | None, typer.Option(help=N_("Days of rest on which work is done; written as --rest."))
    ] = None,
    promises: Annotated[
        bool, typer.Option("--promises", help=N_("Every department decides within what it promised."))
    ] = False,
    department: Annotated[
        str | None, typer.Option(help=N_("The department of this name alone keeps its promises."))
    ] = None,
    each_department: Annotated[
        bool, typer.Option("--each-department", help=N_("Each department in turn: the lights its promises would save."))
    ] = False,
    as_of: Annotated[str | None, typer.Option(help=N_("The day as of whose end to judge; today if left out."))] = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    from monitor.verbs.whatif import what_if, what_if_each
    from rules.notice import imagined
    from rules.whatif import Scenario

    if promises + (department is not None) + each_department > 1:
        raise typer.BadParameter(_("one of --promises, --department and --each-department"), param_hint="--promises")
    if not from_database and not what:
        raise typer.BadParameter(_("give files, or --from-database"), param_hint="PATH")
    if known_at is not None and not from_database:
        raise typer.BadParameter(_("files are known as they are; give --from-database"), param_hint="--known-at")
    at = moment(known_at)
    logs, rules = _from_database(what, at) if from_database else _from_files(what or [])
    scenario = Scenario(
        yellow=yellow,
        red=red,
        budgets=_budgets(budget or []),
        pack=pack_told(pack, rules.packs) if pack else None,
        notices={path: imagined(_there(path), today(settings()), _known_until(rules)) for path in notice or []},
        rest=_days(rest or [], "--rest"),
        work=_days(work or [], "--work"),
        promises=promises or department is not None,
        department=department,
    )
    if not (each_department or scenario != Scenario()):
        raise typer.BadParameter(_("say what is assumed, such as --promises or --red 70"), param_hint="whatif")
    on = day(as_of, "--as-of") if as_of else today(settings())
    asked = what_if_each if each_department else what_if
    document = {"known_at": iso(at)} | asked(_known(logs, department), rules, on, scenario)
    if json:
        emit(document)
    else:
        (_each_told if each_department else _told)(document)


def _there(path: Path) -> Path:
    if not path.is_file():
        raise Refused(_("There is no file {file}.").format(file=path))
    return path


def _known_until(rules: Any) -> dt.date:
    from rules.almanac import calendar

    return calendar(notices=rules.base).known_until


def _days(given: list[str], option: str) -> frozenset[dt.date]:
    from rules.whatif import MOST_DAYS, days_told

    try:
        return days_told(" ".join(given)) if given else frozenset()
    except ValueError as wrong:
        text = _("{value}: write days as 2026-05-06 or 2026-05-06..2026-05-08, up to {most}")
        raise typer.BadParameter(text.format(value=wrong, most=MOST_DAYS), param_hint=option) from None


def _budgets(given: list[str]) -> dict[Group, int]:
    out = {}
    for text in given:
        name, _equals, days = text.partition("=")
        if name.upper() not in Group.__members__ or not days.isdigit():
            allowed = ", ".join(f"{g.word}=N" for g in Group)
            raise typer.BadParameter(_("one of: {names}").format(names=allowed), param_hint="--budget")
        out[Group[name.upper()]] = int(days)
    return out


def _from_files(paths: list[str]) -> tuple[Any, Any]:
    from monitor.verbs.whatif import file_logs
    from rules.portfolio import Rules

    try:
        secret = read_secret_list(settings().secret_projects_file)
        logs, wrong = file_logs([Path(path) for path in paths], settings().zone, secret)
    except FileRefused as refused:
        say_refusals([refused])
        leave(REFUSED)
    if wrong:
        say_refusals([*wrong])
        leave(REFUSED)
    return logs, Rules.shipped()


def _from_database(codes: list[str] | None, known_at: dt.datetime | None) -> tuple[Any, Any]:
    from monitor.reading.viewer import EVERYONE
    from monitor.wiring import monitor

    known = monitor(settings())
    logs, rules, missing = known.reader.logs(EVERYONE, codes or None, known_at=known_at)
    if missing:
        raise Refused(_("There is no project {codes}.").format(codes=", ".join(missing)))
    return logs, rules


def _known(logs: Iterable[Any], department: str | None) -> Iterable[Any]:
    """The logs themselves; refuses a department that none of them names."""
    seen = department is None
    for log, traits in logs:
        seen = seen or department in log.departments
        yield log, traits
    if not seen:
        raise Refused(_("There is no department {name}.").format(name=department))


def _word(light: str) -> str:
    one = Light[light.upper()]
    return f"{symbol(one)} {light_word(one)}"


def _lines(texts: list[str]) -> None:
    for text in texts:
        print(text)


def _told(document: dict[str, Any]) -> None:
    before, after = document["before"], document["after"]
    _lines(document["assumptions"])
    print()
    for light in reversed(Light):
        print(f"{_word(light.word)}  {before[light.word]} → {after[light.word]}")
    for group in Group:
        was, now = before["over_budget"][group.word], after["over_budget"][group.word]
        print(_("{group}, past its budget: {before} → {after}").format(group=group_word(group), before=was, after=now))
    print(_("days of all projects: {change}").format(change=_change(before["days_by_unit"], after["days_by_unit"])))
    if document["assumed"]["promises"]:
        told = _("{decided} cases decided earlier, {moved} cases moved up.")
        print(told.format(decided=document["decided_earlier"], moved=document["moved_up"]))
    if document["changed"]:
        print()
    for one in document["changed"]:
        days = _change({one["unit_before"]: one["used_before"]}, {one["unit_after"]: one["used_after"]})
        print(f"{one['project_code']}  {_word(one['before'])} → {_word(one['after'])}  {days}")
    _counted(document, _("The light of {n} of {total} projects changes, finished ones included, as of {day}."))


def _change(before: dict[str, int], after: dict[str, int]) -> str:
    """Days before and after, by unit; the unit is said once where it is the same one."""
    if before.keys() == after.keys() and len(before) == 1:
        [(unit, now)] = after.items()
        return f"{before[unit]} → {in_unit(now, unit)}"
    return f"{_in_units(before)} → {_in_units(after)}"


def _in_units(days: dict[str, int]) -> str:
    return ", ".join(in_unit(n, unit) for unit, n in days.items()) or "0"


def _saved(one: dict[str, Any], units: Iterable[str]) -> str:
    natural = one["natural_days"]
    days = {"natural_day": natural, "working_day": one["days"] - natural}
    return _in_units({unit: days[unit] for unit in units})


def _each_told(document: dict[str, Any]) -> None:
    _lines(document["assumptions"])
    print()
    for one in document["departments"]:
        lights = _(
            "{lights} lights saved (red to yellow {ry}, red to green {rg}, yellow to green {yg}; worse {worse}), "
            "{days}, {cases} late cases"
        ).format(
            lights=one["lights"], ry=one["red_to_yellow"], rg=one["red_to_green"], yg=one["yellow_to_green"],
            worse=one["worse"], days=_saved(one, document["before"]["days_by_unit"]), cases=one["cases"],
        )  # fmt: skip
        print(f"{one['department']}  {lights}")
    _counted(
        document, _("{n} departments have late cases among {total} projects, finished ones included, as of {day}.")
    )


def _counted(document: dict[str, Any], text: str) -> None:
    many = len(document["changed"] if "changed" in document else document["departments"])
    say(text.format(n=many, total=document["before"]["projects"], day=document["as_of"]))
