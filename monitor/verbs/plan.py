"""`plan` from files: what each item of a project should have taken, and how far it slipped; no database."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from monitor.intake import SecretList, read_canonical
from monitor.intake.refusals import Refusal
from monitor.verbs.logbook import logbook
from rules.plan.document import document
from rules.portfolio import Rules, Traits, parts


def plan_of_files(
    paths: list[Path], code: str, zone: ZoneInfo, rules: Rules, as_of: dt.date, secret: SecretList
) -> tuple[dict[str, Any] | None, list[Refusal]]:
    """The plan of one project in canonical files as of a day (None: it is not there), or what was refused."""
    read = read_canonical(paths, zone, secret)
    if read.refusals:
        return None, read.refusals
    log, traits = logbook(read.projects, read.cases, read.events)
    if code not in log.projects.code:
        return None, []
    chosen = np.array([one == code for one in log.projects.code])
    one = Traits(
        *([value for value, mine in zip(column, chosen, strict=True) if mine] for column in vars(traits).values())
    )
    for part in parts(log.part(chosen), one, rules):
        for assessed in part.assess(as_of, detail=False):
            return document(assessed, part.log, kind=one.kind[0]), []
    return None, []
