"""Turns of lights as they become known, and as they are known to hold no more: for a system that follows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Literal

from flask import Response
from pydantic import Field

from monitor.doors.api import cursors
from monitor.doors.api.asking import asks
from monitor.doors.api.office import MOST_LISTED, Api, Limit, Office, answer, responses
from monitor.doors.api.projects import Light
from monitor.doors.api.shapes import DayTold, MomentTold, Strict, Told
from monitor.doors.guard import Rule, bearer
from monitor.reading.turns import Seen
from monitor.rights import Right

RULES: Mapping[str, Rule] = {"follow_turns": bearer(Right.READ)}


class Asked(Strict):
    """From where on."""

    since: str | None = Field(None, description="`next` of the answer before; left out: from the first turn on.")
    limit: Limit = MOST_LISTED


class Turn(Told):
    """A light became another. It is told again, under its number, when it is known to hold no more."""

    id: int
    project_code: str
    scope: Literal["project", "pre_construction", "acceptance"]
    on: DayTold = Field(description="The day on which it turned.")
    from_light: Light
    to_light: Light
    became_on: DayTold | None = Field(description="The day on which it became so, where that is later.")
    why: str = Field(description="By which rules it turned; after a slash the notice because of which it was found.")
    confirmed: bool | None = Field(
        description="Whether all sources of the project have reported until that day; null: none said until when."
    )
    known_from: MomentTold
    known_to: MomentTold | None = Field(description="Since when it holds no more: what was told of it is corrected.")


class Turns(Told):
    """Turns in the order in which they became known, then those that hold no more."""

    turns: list[Turn]
    next: str = Field(description="The cursor from which to ask on, now or later.")
    more: bool = Field(description="Whether there are more already.")


def wire(api: Api, office: Office) -> None:
    """Adds the operations."""

    @api.get("/turns", responses=responses(Turns))
    @asks
    def follow_turns(query: Asked) -> Response:
        """Follow the turns of lights: what became known since a cursor, none of it missed."""
        seen = cursors.read(query.since, cursors.InTurns, "since").seen() if query.since is not None else Seen()
        found, then, more = office.monitor.reader.turns(office.viewer(), seen, query.limit)
        told = []
        for one in found:
            ended = office.local(one.known_to) if one.known_to else None
            told.append(Turn(**asdict(replace(one, known_from=office.local(one.known_from), known_to=ended))))
        cursor = cursors.InTurns(turn=then.turn, ended_at=then.ended_at, ended=then.ended)
        return answer(Turns(turns=told, next=cursors.written(cursor), more=more))
