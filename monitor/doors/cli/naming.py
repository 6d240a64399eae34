"""departments: which there are, which names the register does not know, and what somebody says of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from monitor.codes.departments import Entry, Level, Name, Said
from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, office_moment, say
from monitor.intake.departments import RegisterRefused, read_register
from monitor.reading.register import Listed
from monitor.reading.viewer import EVERYONE
from monitor.settings import now
from monitor.text import N_, _, _n
from monitor.verbs import departments as verbs
from monitor.verbs.departments import DepartmentRefused
from monitor.wiring import monitor

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]
By = Annotated[str, typer.Option(help=N_("Who says so."))]
Region = Annotated[str | None, typer.Option(help=N_("Area code of the region in which the name is told."))]
Since = Annotated[
    dt.datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help=N_("Only in projects coded from this day on.")),
]
As = Annotated[str, typer.Argument(metavar="AS")]
Told = Annotated[str, typer.Argument(metavar="NAME")]

_LEVELS = {Level.PROVINCE: N_("province"), Level.CITY: N_("city"), Level.COUNTY: N_("county")}
_PROBLEMS = {
    "itself": N_("{name} is itself already."),
    "unknown": N_(
        "Nobody told a department {name} there, and none is registered. `approval-monitor departments` lists them."
    ),
    "where": N_("{name} is told in several regions; name one with --region: {other}"),
    "taken": N_(
        "{name} means {other} by entry {number}; take that back first: approval-monitor departments undo {number}"
    ),
    "registered": N_(
        "{name} is registered by entry {number}; take that back first: approval-monitor departments undo {number}"
    ),
    "circle": N_("{other} means {name} already: the two would mean one another."),
    "no_entry": N_("There is no entry {number}, or it was taken back."),
}

departments_app = typer.Typer(help=N_("The departments, and what their names mean."), invoke_without_command=True)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(departments_app, name="departments")


@departments_app.callback()
def every(
    context: typer.Context,
    past: Annotated[bool, typer.Option("--past", help=N_("Also what was taken back."))] = False,
    json: Json = False,
) -> None:
    if context.invoked_subcommand:
        return
    found, said = monitor(common.settings()).reader.register(EVERYONE, past=past)
    if json:
        emit({"departments": [_plain(one) for one in found], "entries": [_entry(one) for one in said]})
        return
    for one in found:
        print(_line(one))
    for entry in said:
        print(_said(entry))
    unknown = sum(not one.known for one in found)
    say(_("{n} departments, {unknown} of them not in the register.").format(n=len(found), unknown=unknown))


def _plain(one: Listed) -> dict[str, Any]:
    entry = one.entry
    return {
        "region": one.department[0],
        "name": one.department[1],
        "cases": one.cases,
        "known": one.known,
        "number": entry.id if entry else None,
        "level": entry.level.name.lower() if entry and entry.level else None,
        "told": [{"region": region, "name": name, "cases": n} for (region, name), n in sorted(one.told.items())],
        "like": [_name(like) for like in one.like],
    }


def _name(name: Name | None) -> dict[str, str] | None:
    return {"region": name[0], "name": name[1]} if name else None


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "number": one.id,
        "said": one.said.name.lower(),
        "department": _name(one.department),
        "told": _name(one.told),
        "code": one.code,
        "short": list(one.short),
        "level": one.level.name.lower() if one.level else None,
        "office": one.office,
        "follows": _name(one.predecessor),
        "since": one.since.isoformat() if one.since else None,
        "by": one.by,
        "known_from": office_moment(one.known_from),
        "known_to": office_moment(one.known_to),
        "ended_by": one.ended_by,
    }


def _line(one: Listed) -> str:
    cases = _n("{n} case", "{n} cases", one.cases).format(n=one.cases)
    others = [name for region, name in one.told if (region, name) != one.department]
    parts = [
        f"{one.department[0]:6}",
        one.department[1],
        cases,
        _(_LEVELS[one.entry.level]) if one.entry and one.entry.level else "",
        _("told as {names}").format(names="、".join(sorted(others))) if others else "",
        "" if one.known else _("not in the register"),
        _("like {names}").format(names="、".join(name for _region, name in one.like)) if one.like else "",
    ]
    return "  ".join(part for part in parts if part)


def _said(one: Entry) -> str:
    name = one.department[1]
    told = one.told[1] if one.told else ""
    text = {
        Said.REGISTERED: _("entry {n}: {name} is registered").format(n=one.id, name=name),
        Said.SAME: _("entry {n}: {told} means {name}").format(n=one.id, told=told, name=name),
        Said.NOT_SAME: _("entry {n}: {told} does not mean {name}").format(n=one.id, told=told, name=name),
    }[one.said]
    parts = [
        text,
        _("short: {names}").format(names="、".join(one.short)) if one.short else "",
        _("code {code}").format(code=one.code) if one.code else "",
        one.office,
        _("in place of {name}").format(name=one.predecessor[1]) if one.predecessor else "",
        _("of projects coded from {day} on").format(day=one.since.isoformat()) if one.since else "",
        _("by {name}").format(name=one.by),
        _("taken back {moment}").format(moment=office_moment(one.known_to)) if one.known_to else "",
    ]
    return "  ".join(part for part in parts if part)


def _refused(error: DepartmentRefused) -> Refused:
    text = _(_PROBLEMS[error.problem]).format(name=error.name, number=error.number, other=error.other)
    return Refused(_("{problem} Nothing changed.").format(problem=text))


def _who(by: str) -> str:
    if not by.strip():
        raise Refused(_("Who says so may not be blank. Nothing changed."))
    return by.strip()


def _land(entries: list[Entry], json: bool) -> None:
    known = monitor(common.settings())
    try:
        done = verbs.say(known.database, entries, now)
    except DepartmentRefused as error:
        raise _refused(error) from error
    _tell(done, json)


def _tell(done: verbs.Done, json: bool) -> None:
    if json:
        emit({"numbers": list(done.numbers), "known": done.known, "touched": done.touched})
        return
    numbers = ", ".join(map(str, done.numbers))
    if done.known:
        say(_("It was known already; nothing changed."))
    if done.numbers:
        touched = _n("{n} project to assess again", "{n} projects to assess again", done.touched)
        say(_("Entry {n}; {touched}.").format(n=numbers, touched=touched.format(n=done.touched)))


def _spoken(told: str, word: str, other: str, region: str | None) -> tuple[Name, Name]:
    if word.lower() != "as":
        raise typer.BadParameter(_("write it as: NAME as NAME"), param_hint="AS")
    try:
        return verbs.named(monitor(common.settings()).database, told.strip(), other.strip(), region)
    except DepartmentRefused as error:
        raise _refused(error) from error


@departments_app.command("same", help=N_("A name that was told means another department."))
def same(
    name: Told, as_: As, department: Told, by: By, region: Region = None, since: Since = None, json: Json = False
) -> None:
    told, meant = _spoken(name, as_, department, region)
    _land([Entry(0, Said.SAME, meant, told, since=since.date() if since else None, by=_who(by))], json)


@departments_app.command("not", help=N_("A name that was told does not mean a department; it is not offered again."))
def differs(name: Told, as_: As, department: Told, by: By, region: Region = None, json: Json = False) -> None:
    told, meant = _spoken(name, as_, department, region)
    _land([Entry(0, Said.NOT_SAME, meant, told, by=_who(by))], json)


@departments_app.command("add", help=N_("Enter a department into the register."))
def add(
    name: Told,
    region: Annotated[str, typer.Option(help=N_("Area code of the region of which it is a department."))],
    by: By,
    level: Annotated[str | None, typer.Option(help=N_("province, city or county."))] = None,
    short: Annotated[list[str] | None, typer.Option(help=N_("A short name; may be given again."))] = None,
    code: Annotated[str, typer.Option(help=N_("Its code in the sources."))] = "",
    office: Annotated[str, typer.Option(help=N_("The office in it that handles approvals."))] = "",
    follows: Annotated[str | None, typer.Option(help=N_("The department whose place it took."))] = None,
    since: Since = None,
    json: Json = False,
) -> None:
    row = {
        "name": name, "region": region, "level": level or "", "short": ";".join(short or ()), "code": code,
        "office": office, "follows": follows or "", "since": since.date().isoformat() if since else "",
    }  # fmt: skip
    try:
        _land(read_register([row], _who(by)), json)
    except RegisterRefused as error:
        raise Refused(_("{problem}. Nothing changed.").format(problem=error)) from error


@departments_app.command(
    "import", help=N_("Enter many: a CSV with name, region, level, short, code, office, follows, since.")
)
def many(file: Annotated[Path, typer.Argument()], by: By, json: Json = False) -> None:
    try:
        _land(read_register(file, _who(by)), json)
    except RegisterRefused as error:
        raise Refused(_("{problem}. Nothing changed.").format(problem=error)) from error


@departments_app.command("undo", help=N_("Take back what was said, by its number in the list."))
def undo(number: Annotated[int, typer.Argument(metavar="NUMBER")], by: By, json: Json = False) -> None:
    try:
        done = verbs.take_back(monitor(common.settings()).database, number, _who(by), now)
    except DepartmentRefused as error:
        raise _refused(error) from error
    _tell(done, json)
