"""packs: the rules by which projects are judged, with their sources; those of the database beside the shipped ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.doors.cli.common import (
    REFUSED,
    KnownAt,
    Refused,
    database_if_any,
    emit,
    leave,
    moment,
    office_moment,
    say,
)
from monitor.doors.cli.entering import Json, entering_app
from monitor.doors.cli.refusing import say_problems
from monitor.text import N_, _
from rules.vocabulary import Applies

if TYPE_CHECKING:
    from monitor.reading.packs import EnteredPack
    from monitor.verbs.packs import Listed

packs_app = typer.Typer(
    help=N_("The rules by which projects are judged, with their sources."), invoke_without_command=True
)
packs_app.add_typer(entering_app)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(packs_app, name="packs")


def known_packs(*, past: bool = False, known_at: dt.datetime | None = None) -> list[Listed]:
    """The packs that hold: the shipped ones and, where there is a database, those entered in it; now or at a moment."""
    from monitor.verbs.packs import listed
    from rules.portfolio import Rules

    return listed(database_if_any(), Rules.shipped(), past=past, known_at=known_at)


def pack_named(name: str) -> Listed:
    """A pack that holds; raises Refused with the names there are."""
    known = {one.pack.id: one for one in known_packs()}
    if name not in known:
        raise Refused(_("There is no pack {name}. There are: {names}").format(name=name, names=", ".join(known)))
    return known[name]


@packs_app.callback()
def packs(
    context: typer.Context,
    past: Annotated[
        bool, typer.Option("--past", help=N_("Also versions that others took the place of, and what was withdrawn."))
    ] = False,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    from monitor.doors.cli.rulebook import brief
    from monitor.verbs.packs import summary

    if context.invoked_subcommand:
        return
    if past and known_at:
        raise typer.BadParameter(_("one of --past and --known-at"), param_hint="--past")
    found = known_packs(past=past, known_at=moment(known_at))
    if json:
        emit({"packs": [summary(one.pack) | _entered(one.entered) for one in found]})
    else:
        print("\n\n".join("\n".join([*brief(one.pack), *_lines(one)]) for one in found))


def _entered(one: EnteredPack | None) -> dict[str, Any]:
    if one is None:
        return {"entered": None}
    told = {"file": one.file, "judges_from": one.judges_from.isoformat()}
    return {
        "entered": told | {"known_from": office_moment(one.known_from), "known_to": office_moment(one.known_to)},
    }


def _lines(listed: Listed) -> Iterator[str]:
    """Since when an entered version is known, and what it judges."""
    one = listed.entered
    if one is not None:
        yield "  " + _("entered as version {version} from {file}, known since {moment}").format(
            version=one.version, file=one.file, moment=office_moment(one.known_from)
        )
        if listed.pack.scope.applies is not Applies.NAMED:
            yield "  " + _("judges projects coded from {day} on, and those that name it").format(day=one.judges_from)
        if one.known_to:
            yield "  " + _("withdrawn {moment}").format(moment=office_moment(one.known_to))
    if not listed.holds and not (one and one.known_to):
        yield "  " + _("a later version has taken its place")


@packs_app.command("show", help=N_("One pack in full: scope, days, pauses and limits, with their sources."))
def show(
    pack_id: str,
    json: Json = False,
    toml: Annotated[bool, typer.Option("--toml", help=N_("Its file, to start one of your own from."))] = False,
) -> None:
    from importlib.resources import files

    from monitor.doors.cli.rulebook import full
    from monitor.verbs.packs import document

    found = pack_named(pack_id)
    if toml and found.entered:
        print(found.entered.text, end="")
    elif toml:
        print((files("rules") / "packs" / f"{pack_id}.toml").read_text("utf-8"), end="")
    elif json:
        emit(document(found.pack) | _entered(found.entered))
    else:
        print("\n".join([*full(found.pack), *_lines(found)]))


@packs_app.command("check", help=N_("Whether a pack of your own can be used, or all that is wrong with it."))
def check(file: Path, json: Json = False) -> None:
    from rules.packfile import problems, read

    wrong = problems(file)
    if json:
        told = [{"file": e.where, "key": e.key, "value": repr(e.value), "allowed": e.allowed} for e in wrong]
        emit({"file": str(file), "usable": not wrong, "problems": told})
    if wrong:
        say_problems(wrong)
        leave(REFUSED)
    found = read(file)
    say(
        _("{file}: a pack that can be used, {id}, {n} items.").format(
            file=file, id=found.id, n=len(found.catalogue.items)
        )
    )
