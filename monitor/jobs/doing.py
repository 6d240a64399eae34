"""How each job is done: as the command of its name does it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.database import Database
from monitor.intake import FileRefused, Profile, ProfileError, Returned, read_secret_list
from monitor.intake.profiles import Suggested, can_be_mapped, read, shipped, suggested
from monitor.jobs.office import Office, Verb
from monitor.progress import Advance, State
from monitor.reading.jobs import Job
from monitor.rights import Role, Who
from monitor.scratch import scratch
from monitor.uploads import Upload
from monitor.verbs.import_log import can_be_read, import_log
from monitor.verbs.profiles import try_profile
from monitor.verbs.undo import CannotUndo, undo
from rules.portfolio import Rules

CANONICAL, OWN = "canonical", "own"  # how a file is laid out, besides the ids of profiles
SHOWN = 200  # refusals, warnings and changes that a result lists; the workbook has all
REFUSED_ROWS = "refused.xlsx"


def within(who: Who) -> Sequence[str] | None:
    """Of which regions somebody may write: an administrator of all."""
    return None if who.role is Role.ADMINISTRATOR else who.scope.regions


Done = tuple[State, dict[str, Any]]


def _look(database: Database, office: Office, job: Job, who: Who, advance: Advance) -> Done:
    path, secret = office.uploads.path(_upload(job)), read_secret_list(office.secret_list)
    if job.arguments.get("layout"):  # somebody chose or corrected it
        told = {name: job.arguments[name] for name in ("layout", "text", "fits", "doubts")}
    elif can_be_read([path]):
        return State.DONE, {"layout": CANONICAL, "fits": [], "text": "", "doubts": [], "mapped": None}
    else:
        fits = [name for name, profile in shipped().items() if can_be_mapped([path], profile)]
        try:
            found = suggested([path], "mine", secret)
        except FileRefused as error:
            if not fits:
                return State.REFUSED, {"problem": "file", "reason": error.reason}
            found = Suggested("")
        told = {"layout": fits[0] if fits else OWN, "fits": fits, "text": found.text, "doubts": found.doubts}
    with scratch() as folder:
        try:
            profile = _profile(told["layout"], told["text"], folder)
        except ProfileError as error:
            return State.REFUSED, {"problem": "profile", **_wrong(error), **told}
        if profile is None:
            return State.DONE, told | {"mapped": None}
        tried = try_profile(profile, [path], office.zone, advance=advance, secret=secret, inside=path.parent)
    return State.DONE, told | {"mapped": _shortened(tried.document())}


def _import(database: Database, office: Office, job: Job, who: Who, advance: Advance) -> Done:
    told, upload = job.arguments, _upload(job)
    trying = job.verb == Verb.TRY
    path = office.uploads.path(upload)
    with scratch() as folder:
        try:
            profile = _profile(told["layout"], told["text"], folder)
        except ProfileError as error:
            return State.REFUSED, {"problem": "profile", **_wrong(error)}
        returned = Returned(office.uploads.beside(upload.token, REFUSED_ROWS))
        until = told["reported_until"]
        result = import_log(
            database, [path], zone=office.zone, clock=office.now, today=office.today(),
            source=told["source"] or who.name, reported_until=dt.date.fromisoformat(until) if until else None,
            partial=told["partial"], dry_run=trying, foresee=Rules.shipped() if trying else None,
            advance=advance, places=office.places, name=upload.name, secret_list=office.secret_list, profile=profile,
            within=within(who), returned=returned, inside=path.parent,
        )  # fmt: skip
    document = _shortened(result.document()) | {"returned": returned.close()}
    if result.outcome == "refused":
        return State.REFUSED, {"problem": "rows", "document": document}
    if not trying and not document["returned"]:
        office.uploads.destroy(upload.token)
    return State.DONE, {"document": document}


def _undo(database: Database, office: Office, job: Job, who: Who, advance: Advance) -> Done:
    trying = job.verb == Verb.TRY_UNDO
    try:
        result = undo(
            database, job.arguments["batch"], zone=office.zone, clock=office.now, dry_run=trying, advance=advance,
            secret_list=office.secret_list, foresee=Rules.shipped() if trying else None, within=within(who),
        )  # fmt: skip
    except CannotUndo as error:
        return State.REFUSED, {"problem": f"undo_{error.why}"}
    except FileRefused as error:
        return State.REFUSED, {"problem": "file", "reason": error.reason}
    return State.DONE, {"document": _shortened(result.document())}


HOW: Mapping[Verb, Callable[[Database, Office, Job, Who, Advance], Done]] = {
    Verb.LOOK: _look, Verb.TRY: _import, Verb.IMPORT: _import, Verb.TRY_UNDO: _undo, Verb.UNDO: _undo,
}  # fmt: skip


def titles(language: str) -> dict[str, str]:
    """What the profiles that come with the product are called, by id."""
    return {name: (one.title_en if language == "en" else "") or one.title for name, one in shipped().items()}


def _upload(job: Job) -> Upload:
    return Upload(job.arguments["token"], job.arguments["name"])


def _profile(layout: str, text: str, folder: Path) -> Profile | None:
    """The profile by which a file is read; None: it is canonical. Raises ProfileError."""
    if layout == CANONICAL:
        return None
    if layout != OWN:
        return shipped()[layout]
    path = folder / "profile.toml"
    path.write_text(text, "utf-8")
    return read(path)


def _wrong(error: ProfileError) -> dict[str, str]:
    return {"key": error.key, "value": repr(error.value), "allowed": error.allowed}


def _shortened(document: dict[str, Any]) -> dict[str, Any]:
    """A document whose lists are no longer than a page shows."""

    def short(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: short(inner) for key, inner in value.items()}
        return [short(one) for one in value[:SHOWN]] if isinstance(value, list | tuple) else value

    told = short(document)
    assert isinstance(told, dict)
    return told
