"""assess, calendar: the law itself, over files; no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.doors.cli.common import (
    REFUSED,
    KnownAt,
    Refused,
    database_if_any,
    emit,
    iso,
    leave,
    moment,
    say,
    settings,
)
from monitor.doors.cli.profiles import CANONICAL, ProfileTold, profile_told
from monitor.doors.cli.refusing import say_passed_over, say_refusals
from monitor.intake import FileRefused, PassedOver, Refusal, read_secret_list
from monitor.settings import today
from monitor.text import N_, _

if TYPE_CHECKING:
    from rules.pack import RulePack

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]
Region = Annotated[str | None, typer.Option(help=N_("Area code whose calendar is meant."))]

calendar_app = typer.Typer(help=N_("Count working days by the published notices."), no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("assess", help=_("Judge the projects of files as of a day, without a database."))(assess)
    app.add_typer(calendar_app, name="calendar")


def day(text: str, what: str) -> dt.date:
    """A day that a person typed; raises Refused with what is allowed."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused(
            _("{what}: {value} is not a day; write it as 2026-03-02.").format(what=what, value=text)
        ) from None


def assess(
    path: Annotated[list[Path], typer.Argument(help=N_("Folder, zip, workbook or CSV files."))],
    pack: Annotated[
        str | None, typer.Option(help=N_("Judge the projects that name no pack by this one: its id, or a TOML file."))
    ] = None,
    force_pack: Annotated[
        bool, typer.Option("--force-pack", help=N_("Judge every project by --pack, scope or not."))
    ] = False,
    as_of: Annotated[str | None, typer.Option(help=N_("The day as of whose end to judge; today if left out."))] = None,
    known_at: Annotated[
        str | None, typer.Option(help=N_("By the notices known at this moment; files are known as they are."))
    ] = None,
    profile: ProfileTold = CANONICAL,
    json: Json = False,
) -> None:
    from monitor.verbs.assess import assess_files
    from rules.portfolio import Rules

    if force_pack and pack is None:
        raise Refused(_("--force-pack needs --pack."))
    on = day(as_of, "--as-of") if as_of else today(settings())
    known = moment(known_at)
    rules = Rules.shipped().laid_over((), known and known.date())
    if pack is not None:
        meant = pack_told(pack, rules.packs)
        rules = rules.with_packs([meant])
        rules.forced, rules.offered = (meant, None) if force_pack else (None, meant)
    refusals: list[Refusal | FileRefused] = []
    try:
        secret = read_secret_list(settings().secret_projects_file)
        found, wrong, passed = assess_files(path, settings().zone, rules, on, secret, profile_told(profile))
    except FileRefused as refused:
        found, refusals, passed = [], [refused], PassedOver()
    else:
        refusals.extend(wrong)
    if refusals:
        say_refusals(refusals)
        leave(REFUSED)
    say_passed_over(passed)
    if json:
        through = {} if profile == CANONICAL else {"passed_over": passed.listed()}
        emit({"as_of": on.isoformat(), "known_at": iso(known), **through, "projects": found})
    else:
        table(found, on)


def pack_told(told: str, packs: Mapping[str, RulePack]) -> RulePack:
    """One of these packs by its id, or one of a commission's own by its file; raises Refused or PackError."""
    from rules.packfile import read

    if told in packs:
        return packs[told]
    if told.endswith(".toml"):
        return read(Path(told))
    names = ", ".join(sorted(packs))
    raise Refused(_("There is no pack {name}. There are: {names}").format(name=told, names=names))


def table(found: list[dict[str, Any]], as_of: dt.date) -> None:
    """The standings for a person, one line a project, the worst first."""
    from monitor.doors.cli.lines import counted_line, standing_line
    from rules.vocabulary import Light

    def weight(one: dict[str, Any]) -> tuple[int, int, str]:
        return -Light[one["light"].upper()], -one["used"], one["project_code"]

    for one in sorted(found, key=weight):
        print(standing_line(one))
    say(counted_line([one["calendar"]["region"] for one in found], as_of))


def _calendar(region: str | None, known_at: dt.datetime | None) -> Any:
    """The calendar of an area by the shipped notices and, where there is a database, those entered in it; as known
    now or at a moment."""
    from monitor.reading.lawbook import known_rules
    from rules.portfolio import Rules

    rules = Rules.shipped()
    if database := database_if_any():
        with database.reading() as connection:
            rules = known_rules(connection, rules, known_at)
    else:
        rules = rules.laid_over((), known_at and known_at.date())
    return rules.calendar(rules.area(settings().region if region is None else region))


@calendar_app.command("count", help=N_("Working days after START up to and including END."))
def count(start: str, end: str, region: Region = None, known_at: KnownAt = None, json: Json = False) -> None:
    at = moment(known_at)
    known = _calendar(region, at)
    first, last = day(start, "START"), day(end, "END")
    days = known.count(first, last)
    provisional = max(first, last) > known.known_until
    if json:
        emit({"start": start, "end": end, "days": days, "provisional": provisional} | _told(known, at))
    else:
        print(f"{days}{_provisional(provisional)}")


@calendar_app.command("add", help=N_("The N-th working day after START."))
def add(start: str, n: int, region: Region = None, known_at: KnownAt = None, json: Json = False) -> None:
    at = moment(known_at)
    known = _calendar(region, at)
    due = known.add(day(start, "START"), n)
    provisional = due > known.known_until
    if json:
        emit({"start": start, "n": n, "due_on": due.isoformat(), "provisional": provisional} | _told(known, at))
    else:
        print(f"{due.isoformat()}{_provisional(provisional)}")


@calendar_app.command("days", help=N_("Each day from FIRST to LAST: whether it works."))
def days(first: str, last: str, region: Region = None, known_at: KnownAt = None, json: Json = False) -> None:
    at = moment(known_at)
    known = _calendar(region, at)
    begin, end = day(first, "FROM"), day(last, "TO")
    found = []
    for n in range((end - begin).days + 1):
        one = begin + dt.timedelta(n)
        found.append(
            {"day": one.isoformat(), "works": known.is_working_day(one), "provisional": one > known.known_until}
        )
    if json:
        emit(_told(known, at) | {"known_until": known.known_until.isoformat(), "days": found})
        return
    for one_day in found:
        word = _("working day") if one_day["works"] else _("rest day")
        print(f"{one_day['day']}  {word}{_provisional(bool(one_day['provisional']))}")


def _told(calendar: Any, at: dt.datetime | None) -> dict[str, Any]:
    return {"calendar": calendar.name, "known_at": iso(at)}


def _provisional(yes: bool) -> str:
    return " " + _("(provisional)") if yes else ""
