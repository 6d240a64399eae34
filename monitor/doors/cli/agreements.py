"""agreement: which agent acts for which project, from when to when."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import typer

from monitor.doors.cli import common
from monitor.doors.cli.common import emit, office_moment, say
from monitor.doors.cli.people import Json, refusing
from monitor.looks import stage_word
from monitor.people import Agreement, AgreementState
from monitor.reading import people as reading
from monitor.settings import now, today
from monitor.text import N_, _, _n
from monitor.verbs import agreements as verbs
from monitor.verbs.accounts import require
from monitor.words import AGREEMENT_WORDS
from rules.vocabulary import Stage

_STATES = ", ".join(state.word for state in verbs.OPEN)
Number = Annotated[int, typer.Argument(metavar="NUMBER")]
First = Annotated[
    dt.datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help=N_("Of a signed one: the first day on which it holds.")),
]
Last = Annotated[
    dt.datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help=N_("The last day on which it holds; without it, open.")),
]

agreement_app = typer.Typer(no_args_is_help=True, help=N_("The agreements of agents with projects."))


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.add_typer(agreement_app, name="agreement")


@agreement_app.command("add", help=N_("Enter an agreement of an agent for a project."))
def add(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT")],
    project: Annotated[str, typer.Argument(metavar="PROJECT_CODE")],
    stage: Annotated[
        list[str] | None, typer.Option(help=N_("A stage that is entrusted; may be given again; without it, all."))
    ] = None,
    state: Annotated[str, typer.Option(help=_STATES)] = AgreementState.TO_SIGN.word,
    code: Annotated[str, typer.Option(help=N_("The number that the agreement bears."))] = "",
    since: First = None,
    until: Last = None,
) -> None:
    with refusing():
        done = verbs.add_agreement(
            common.ready_database(), account, project, stages=stage or (), state=state, code=code,
            since=_day(since), until=_day(until), now=now(),
        )  # fmt: skip
    say(_line(done))


@agreement_app.command("change", help=N_("An agreement that is not signed goes on to another state, or is signed."))
def change(
    number: Number,
    state: Annotated[str, typer.Option(help=_STATES)],
    since: First = None,
    until: Last = None,
) -> None:
    with refusing():
        done = verbs.change_agreement(
            common.ready_database(), number, state=state, since=_day(since), until=_day(until), now=now()
        )
    say(_line(done))


@agreement_app.command("list", help=N_("All agreements, or those of an agent."))
def every(
    account: Annotated[str | None, typer.Option("--for", help=N_("Only of this account."))] = None, json: Json = False
) -> None:
    with common.ready_database().reading() as connection, refusing():
        key = require(connection, account).id if account is not None else None
        found = reading.agreements(connection, key)
    if json:
        emit({"agreements": [_plain(one) for one in found]})
        return
    for one in found:
        print(_line(one))
    say(_n("{n} agreement.", "{n} agreements.", len(found)).format(n=len(found)))


@agreement_app.command("end", help=N_("Terminate an agreement."))
def end(
    number: Number,
    on: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=N_("The last day on which it holds; without it, today.")),
    ] = None,
) -> None:
    with refusing():
        last = _day(on) or today(common.settings())
        done = verbs.end_agreement(common.ready_database(), number, on=last, now=now())
    say(_line(done))


@agreement_app.command("hand-over", help=N_("Another agent takes an agreement over, from a day on."))
def hand_over(
    number: Number,
    to: Annotated[str, typer.Option(help=N_("The account of the agent who takes it over."))],
    on: Annotated[
        dt.datetime, typer.Option(formats=["%Y-%m-%d"], help=N_("The first day on which the other agent acts."))
    ],
) -> None:
    with refusing():
        done = verbs.hand_over(common.ready_database(), number, to, on=on.date(), now=now())
    for one in done:
        say(_line(one))


def _day(told: dt.datetime | None) -> dt.date | None:
    return told.date() if told else None


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _plain(one: Agreement) -> dict[str, Any]:
    return {
        "number": one.number,
        "account": one.account,
        "project_code": one.project_code,
        "code": one.code,
        "stages": list(one.stages),
        "state": one.state.word,
        "since": _iso(one.since),
        "until": _iso(one.until),
        "handed_to": one.handed_to,
        "by": one.said_by,
        "known_from": office_moment(one.known_from),
    }


def _line(one: Agreement) -> str:
    stages = "、".join(stage_word(Stage[word.upper()]) for word in one.stages)
    parts = [
        f"{one.number:>4}",
        one.account,
        one.project_code,
        one.code,
        stages if len(one.stages) < len(Stage) else _("all stages"),
        _(AGREEMENT_WORDS[one.state.word]),
        _("from {day}").format(day=_iso(one.since)) if one.since else "",
        _("to {day}").format(day=_iso(one.until)) if one.until else "",
        _("handed over to agreement {number}").format(number=one.handed_to) if one.handed_to else "",
    ]
    return "  ".join(part for part in parts if part)
