"""packs: the rules by which projects are judged, with their sources; no database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.doors.cli.common import REFUSED, Refused, emit, leave, say
from monitor.text import N_, _, _n
from rules.pack import RulePack

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]

packs_app = typer.Typer(
    help=N_("The rules by which projects are judged, with their sources."), invoke_without_command=True
)


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(packs_app, name="packs")


def pack_named(name: str) -> RulePack:
    """A shipped pack; raises Refused with the names there are."""
    from rules.packfile import shipped

    if name not in shipped():
        names = ", ".join(sorted(shipped()))
        raise Refused(_("There is no pack {name}. There are: {names}").format(name=name, names=names))
    return shipped()[name]


@packs_app.callback()
def packs(context: typer.Context, json: Json = False) -> None:
    from monitor.doors.cli.rulebook import brief
    from monitor.verbs.packs import summary
    from rules.packfile import shipped

    if context.invoked_subcommand:
        return
    found = list(shipped().values())
    if json:
        emit({"packs": [summary(pack) for pack in found]})
    else:
        print("\n\n".join("\n".join(brief(pack)) for pack in found))


@packs_app.command("show", help=N_("One pack in full: scope, days, pauses and limits, with their sources."))
def show(
    pack_id: str,
    json: Json = False,
    toml: Annotated[bool, typer.Option("--toml", help=N_("Its file, to start one of your own from."))] = False,
) -> None:
    from importlib.resources import files

    from monitor.doors.cli.rulebook import full
    from monitor.verbs.packs import document

    pack = pack_named(pack_id)
    if toml:
        print((files("rules") / "packs" / f"{pack_id}.toml").read_text("utf-8"), end="")
    elif json:
        emit(document(pack))
    else:
        print("\n".join(full(pack)))


@packs_app.command("check", help=N_("Whether a pack of your own can be used, or all that is wrong with it."))
def check(file: Path, json: Json = False) -> None:
    from monitor.doors.cli.refusing import problem_line
    from rules.packfile import problems, read

    wrong = problems(file)
    if json:
        told = [{"file": e.where, "key": e.key, "value": repr(e.value), "allowed": e.allowed} for e in wrong]
        emit({"file": str(file), "usable": not wrong, "problems": told})
    for error in wrong:
        say(problem_line(error))
    if wrong:
        text = _n("{n} problem; the pack is not used.", "{n} problems; the pack is not used.", len(wrong))
        say(text.format(n=len(wrong)))
        leave(REFUSED)
    found = read(file)
    say(
        _("{file}: a pack that can be used, {id}, {n} items.").format(
            file=file, id=found.id, n=len(found.catalogue.items)
        )
    )
