"""`assess`: files in, standings out; no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.intake import PassedOver, Profile, SecretList, read_canonical
from monitor.intake.refusals import Refusal
from monitor.verbs.logbook import logbook
from rules.document import documents
from rules.portfolio import Part, Rules, parts


def standing_documents(found: Iterable[Part], as_of: dt.date) -> list[dict[str, Any]]:
    """The objects of docs/json.md of every project of the parts, by project code."""
    objects = [o for part in found for chunk in part.assess(as_of) for o in documents(chunk, part.log)]
    return sorted(objects, key=lambda o: str(o["project_code"]))


def assess_files(
    paths: list[Path],
    zone: ZoneInfo,
    rules: Rules,
    as_of: dt.date,
    secret: SecretList | None = None,
    profile: Profile | None = None,
) -> tuple[list[dict[str, Any]], list[Refusal], PassedOver]:
    """Standings of the projects in files as of a day, or what was refused (then no standings), and what was not taken
    in. Without a profile the files are canonical. ``secret``: projects that are refused whatever their kind says."""
    read = read_canonical(paths, zone, secret, profile=profile)
    if read.refusals:
        return [], read.refusals, read.passed_over
    log, traits = logbook(read.projects, read.cases, read.events)
    found = standing_documents(parts(log, traits, rules), as_of)
    for turn in (turn for one in found for turn in one["turns"]):
        turn["confirmed"] = None  # files do not say until when they report
    return found, [], read.passed_over
