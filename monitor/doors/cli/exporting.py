"""export: the log as canonical files, so that nobody is locked in."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path
from typing import Annotated

import typer

from monitor.database import Database
from monitor.doors.cli import common
from monitor.doors.cli.common import KnownAt, Refused, emit, iso, moment, say
from monitor.doors.cli.sweeping import word_told
from monitor.intake.writing import MOST_ROWS, TooManyRows
from monitor.reading.export import Wanted, is_department, missing
from monitor.reading.viewer import EVERYONE
from monitor.settings import now, today
from monitor.text import N_, _, _n
from monitor.verbs.export import Exported, NoSuchSource, NothingChosen, OfSource, SeveralSources, ThereAlready, export
from monitor.wiring import monitor
from rules.vocabulary import Light, Phase

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]
_NO_FORM = (".csv", ".xls", ".txt", ".json")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("export", help=_("Write what is known as canonical files: of everything, or of a selection."))(give)


def give(
    out: Annotated[Path, typer.Option("--out", help=N_("A folder to be made, or a file: .zip or .xlsx."))],
    light: Annotated[str | None, typer.Option(help=N_("red, yellow, green, grey or none."))] = None,
    region: Annotated[str, typer.Option(help=N_("Area code, or how it begins."))] = "",
    department: Annotated[str | None, typer.Option(help=N_("Name of a department with an open case."))] = None,
    phase: Annotated[str | None, typer.Option(help=N_("A phase, or unfinished; every project if left out."))] = None,
    project: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help=N_("These projects; may be repeated."))
    ] = None,
    source: Annotated[str | None, typer.Option(help=N_("Only what this source told."))] = None,
    as_of: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=N_("Choose by light, phase and open cases of this day; today.")),
    ] = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    if out.suffix.lower() in _NO_FORM:
        raise typer.BadParameter(_("a folder, or a file name that ends with .zip or .xlsx"), param_hint="--out")
    light, at = word_told(light, Light, "--light"), moment(known_at)
    phase = phase if phase == "unfinished" else word_told(phase, Phase, "--phase")
    known = monitor(common.settings())
    wanted = Wanted(tuple(project or ()), region, light, phase, department, source)
    _check(known.database, wanted, at)
    on = as_of.date() if as_of else today(known.settings)
    with common.progress(_("Exporting")) as advance:
        try:
            done = export(
                known.database, known.rules, out, wanted, on, now, viewer=EVERYONE, known_at=at, advance=advance
            )
        except ThereAlready:
            raise Refused(_("{file} is there already; nothing was written.").format(file=out)) from None
        except NothingChosen:
            raise Refused(_("There is no project in this selection; nothing was written.")) from None
        except NoSuchSource as error:
            raise Refused(_no_source(error, source)) from None
        except TooManyRows as error:
            text = _("A sheet of a workbook has {most} rows at most, and {table} has more; take a folder or a .zip.")
            raise Refused(text.format(most=f"{MOST_ROWS:,}", table=error.table)) from None
        except OSError as error:
            raise Refused(_("{file} cannot be written: {why}").format(file=out, why=error.strerror)) from error
    if json:
        sources = [of.document() for of in done.sources]
        document = {"out": str(out), "as_of": on.isoformat(), "known_at": iso(at), "projects": done.projects}
        emit(document | {"waiting": done.waiting, "sources": sources})
    _tell(done)


def _check(database: Database, wanted: Wanted, at: dt.datetime | None) -> None:
    """Names that a person typed must be there."""
    with database.reading() as connection:
        if gone := missing(connection, wanted.codes, at):
            raise Refused(_("There is no project {codes}.").format(codes=", ".join(gone)))
        if wanted.department is not None and not is_department(connection, wanted.department):
            raise Refused(_("There is no department {name}.").format(name=wanted.department))


def _no_source(error: NoSuchSource, asked: str | None) -> str:
    names = ", ".join(error.names)
    if isinstance(error, SeveralSources):
        told = _(
            "A file holds one source, and these told of the projects: {names}. Choose one by --source, or a folder."
        )
        return told.format(names=names)
    return _("There is no source {name}. There are: {names}").format(name=asked, names=names)


def _tell(done: Exported) -> None:
    for of in done.sources:
        counts = _("projects: {projects}, cases: {cases}, events: {events}").format(**vars(of))
        say(
            _("{source}: {counts}. To take it in: {command}").format(
                source=of.source, counts=counts, command=_way_in(of, done)
            )
        )
    if done.waiting:
        text = _n(
            "{n} project has a late pause that waits for a confirmation. Files do not say when a record was "
            "learned of: taken in elsewhere, the pause counts.",
            "{n} projects have late pauses that wait for a confirmation. Files do not say when a record was "
            "learned of: taken in elsewhere, the pauses count.",
            len(done.waiting),
        )
        say(text.format(n=len(done.waiting)))
    say(_("Wrote {file}.").format(file=done.out))


def _way_in(of: OfSource, done: Exported) -> str:
    words = ["approval-monitor", "import", str(done.out / of.folder), "--source", of.source]
    if of.reported_until:
        words += ["--reported-until", of.reported_until.isoformat()]
    return shlex.join(words)
