"""tick, rebuild, status, projects: what the stored log means, kept and asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

import structlog
import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import KnownAt, Refused, emit, iso, leave, say
from monitor.doors.cli.lines import counted_line, standing_line
from monitor.reading.projects import ProjectQuery
from monitor.reading.rewinding import MOST, TooMany
from monitor.reading.viewer import EVERYONE
from monitor.settings import now, today
from monitor.text import N_, _, _n
from monitor.verbs.tick import Swept, TickRefused, rebuild, tick
from monitor.wiring import Monitor, monitor
from rules.vocabulary import Light, Phase, Stage

Day = Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help=N_("As of the end of this day; today."))]
Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("tick", help=_("Assess the projects that are due, and record the lights that turned."))(sweep)
    app.command("rebuild", help=_("Drop every computed standing and assess all projects again."))(afresh)
    app.command("status", help=_("How projects stand, with everything that their numbers rest on."))(status)
    app.command("projects", help=_("A list of projects by light, region, department or phase."))(listed)


def _day(given: dt.datetime | None, known: Monitor) -> dt.date:
    return given.date() if given else today(known.settings)


def _told(done: Swept, json: bool) -> None:
    if json:
        emit(
            {
                "as_of": done.as_of.isoformat(),
                "projects": done.projects,
                "changed": done.changed,
                "turns": done.turns,
                "failed": done.failed,
            }
        )
    else:
        say(
            _("As of {day}: {n} projects assessed, {changed} standings changed, {turns} turns of lights.").format(
                day=done.as_of.isoformat(), n=done.projects, changed=done.changed, turns=done.turns
            )
        )
    if done.failed:
        say(_("{n} projects could not be assessed and were set aside; the log has the reason.").format(n=done.failed))
        leave(common.SET_ASIDE)


def _refused(error: TickRefused) -> Refused:
    return Refused(
        _("{day} is before the last sweep, {last}: what was said since would be taken back. Nothing changed.").format(
            day=error.as_of.isoformat(), last=error.last.isoformat()
        )
    )


def sweep(as_of: Day = None, json: Json = False) -> None:
    known = monitor(common.settings())
    with common.progress(_("Assessing")) as advance:
        try:
            done = tick(known.database, known.rules, _day(as_of, known), now, advance)
        except TickRefused as error:
            raise _refused(error) from error
    _told(done, json)


def afresh(as_of: Day = None, json: Json = False) -> None:
    known = monitor(common.settings())
    with common.progress(_("Assessing")) as advance:
        try:
            done = rebuild(known.database, known.rules, _day(as_of, known), now, advance)
        except TickRefused as error:
            raise _refused(error) from error
    _told(done, json)


def status(
    codes: Annotated[list[str] | None, typer.Argument(metavar="CODE...")] = None,
    every: Annotated[bool, typer.Option("--all", help=N_("Every project."))] = False,
    as_of: Day = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    if bool(codes) == every:
        raise typer.BadParameter(_("give project codes, or --all"), param_hint="CODE")
    known = monitor(common.settings())
    on, moment = _day(as_of, known), common.moment(known_at)
    failed: dict[str, Exception] = {}
    objects, missing = known.reader.status(EVERYONE, codes or None, on, known_at=moment, failed=failed)
    if missing:
        raise Refused(_("There is no project {codes}.").format(codes=", ".join(missing)))
    if json:
        emit({"as_of": on.isoformat(), "known_at": iso(moment), "projects": objects})
    else:
        for one in objects:
            print(standing_line(one))
        say(counted_line([one["calendar"]["region"] for one in objects], on))
    if failed:
        _left_out(failed)


def _left_out(failed: dict[str, Exception]) -> None:
    """A project that cannot be assessed never ends the others."""
    log = structlog.get_logger()
    for code, error in failed.items():
        log.error("project left out", project=code, error=repr(error), exc_info=error)
    text = _n(
        "{n} project could not be assessed and was left out: {codes}; the log has the reason.",
        "{n} projects could not be assessed and were left out: {codes}; the log has the reason.",
        len(failed),
    )
    say(text.format(n=len(failed), codes=", ".join(sorted(failed))))
    leave(common.SET_ASIDE)


def word_told(text: str | None, words: Any, option: str) -> str | None:
    """A word that a person typed, in lower case; raises typer.BadParameter with what is allowed."""
    if text is not None and text.upper() not in words.__members__:
        allowed = ", ".join(name.lower() for name in words.__members__)
        raise typer.BadParameter(_("one of: {names}").format(names=allowed), param_hint=option)
    return text.lower() if text else None


def listed(
    light: Annotated[str | None, typer.Option(help=N_("red, yellow, green, grey or none."))] = None,
    region: Annotated[str | None, typer.Option(help=N_("Area code, or how it begins."))] = None,
    department: Annotated[str | None, typer.Option(help=N_("Name of a department with an open case."))] = None,
    phase: Annotated[str | None, typer.Option(help=N_("A phase; unfinished projects if left out."))] = None,
    stage: Annotated[str | None, typer.Option(help=N_("The current stage."))] = None,
    as_of: Day = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    known = monitor(common.settings())
    on, at = _day(as_of, known), common.moment(known_at)
    chosen = word_told(light, Light, "--light"), word_told(stage, Stage, "--stage")
    phase = "unfinished" if phase in (None, "unfinished") else word_told(phase, Phase, "--phase") or ""
    found: list[dict[str, Any]] = []
    ask = _asking(known, on, at, region, filtered=bool(chosen[1] or department or phase not in ("unfinished", "")))
    for key in departments_named(known, department):
        query = ProjectQuery(
            light=chosen[0], stage=chosen[1], department_id=key, region=region, phase=phase, limit=1_000_000_000
        )
        records = ask(query).to_dict("records")
        # A frame says "none" by a number that is not itself.
        found += [{str(name): None if value != value else value for name, value in one.items()} for one in records]
    unique = {row["project_code"]: row for row in found}
    rows = sorted(unique.values(), key=lambda row: (-Light[row["light"].upper()], -row["used"], row["project_code"]))
    if json:
        projects = [_plain(row) for row in rows]
        emit({"as_of": on.isoformat(), "known_at": iso(at), "total": len(rows), "projects": projects})
        return
    for row in rows:
        shown = row | {"held_by": [{"department": row["held_by"]}] if row["held_by"] else [], "judged": True}
        shown["calendar"] = {"region": row["calendar"]}
        print(standing_line(shown))
    say(counted_line([row["calendar"] for row in rows], on))


def _asking(
    known: Monitor, on: dt.date, at: dt.datetime | None, region: str | None, *, filtered: bool
) -> Callable[[ProjectQuery], Any]:
    """Asks the standings; where they cannot answer, those of a sweep made for it: as known at a moment, and for filters
    of a past day by what is not in the dates of a standing."""
    swept = known.reader.horizon(EVERYONE).swept_as_of
    reader = known.reader
    if at is not None or (filtered and swept and on < swept):
        try:
            reader = reader.as_known_at(at, on, region=region)
        except TooMany as error:
            raise Refused(
                _("{n} projects would have to be assessed again, at most {most} are: narrow it by --region.").format(
                    n=error.projects, most=MOST
                )
            ) from error
    return lambda query: reader.projects(EVERYONE, on, query).rows


def departments_named(known: Monitor, name: str | None) -> list[int | None]:
    """The keys of the departments of a name; without one a single None. Raises Refused where there is none."""
    if name is None:
        return [None]
    frame = known.reader.department_names(EVERYONE)
    found: list[int | None] = [int(key) for key in frame.loc[frame["name"] == name, "department_id"]]
    if not found:
        raise Refused(_("There is no department {name}.").format(name=name))
    return found


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Days as ISO texts."""
    return {key: value.isoformat() if isinstance(value, dt.date) else value for key, value in row.items()}
