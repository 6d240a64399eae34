"""Jobs: long verbs that are asked for from a page, worked off by another process while the page shows how far it is.

Each does what the command of its name does, for whoever asked, with the rights that they have when it begins. It is
whole or not at all: one whose process died waits again, and the same again adds nothing.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from monitor.actor import Actor, acting
from monitor.database import Database
from monitor.intake import FileRefused, Profile, ProfileError, Returned, read_secret_list
from monitor.intake.profiles import can_be_mapped, read, shipped, suggested
from monitor.progress import Advance, State
from monitor.reading import jobs as reading
from monitor.reading import people
from monitor.reading.jobs import Job
from monitor.rights import Forbidden, Right, Role, Who
from monitor.scratch import scratch
from monitor.store import jobs as store
from monitor.text import use_language
from monitor.uploads import Upload, Uploads
from monitor.verbs.import_log import DEFAULT_SOURCE, can_be_read, import_log
from monitor.verbs.signing_in import who as who_of
from monitor.verbs.undo import CannotUndo, undo
from rules.portfolio import Rules

CANONICAL, OWN = "canonical", "own"  # how a file is laid out, besides the ids of profiles
KEPT_FOR = dt.timedelta(days=1)  # uploads of which nothing came
TOLD_FOR = dt.timedelta(days=30)  # jobs
BEAT = 5.0  # seconds between two signs of life
SHOWN = 200  # refusals, warnings and changes that a result lists; the workbook has all
REFUSED_ROWS = "refused.xlsx"


class Verb(StrEnum):
    """What can be asked for; `try` looks what would come of it and changes nothing."""

    LOOK = "look"  # what a file is, and a proposal how to read it
    TRY = "try"
    IMPORT = "import"
    TRY_UNDO = "try_undo"
    UNDO = "undo"


RIGHTS: Mapping[Verb, Right] = {
    Verb.LOOK: Right.IMPORT, Verb.TRY: Right.IMPORT, Verb.IMPORT: Right.IMPORT, Verb.TRY_UNDO: Right.UNDO,
    Verb.UNDO: Right.UNDO,
}  # fmt: skip


@dataclass(frozen=True)
class Office:
    """What a job needs to know of the office, apart from the database."""

    uploads: Uploads
    zone: ZoneInfo
    now: Callable[[], dt.datetime]
    places: Mapping[str, str]
    secret_list: Path | None

    def today(self) -> dt.date:
        """The day in the office's zone."""
        return self.now().astimezone(self.zone).date()


def ask(
    database: Database, who: Who, verb: Verb, arguments: Mapping[str, Any], *, address: str, language: str,
    now: dt.datetime,
) -> int:  # fmt: skip
    """Asks for a job; gives its number. Raises Forbidden."""
    who.require(RIGHTS[verb])
    told = {**arguments, "address": address, "language": language}
    with database.writing() as connection:
        return store.ask(connection, verb.value, told, who.name, now)


def work_off(database: Database, office: Office) -> int:
    """Does all jobs that wait, one after the other; gives how many."""
    done = 0
    with database.reading() as connection:
        any_waits = reading.waiting(connection)
    while any_waits:
        with database.writing() as connection:
            number = store.take(connection, office.now())
        if number is None:
            break
        with database.reading() as connection:
            job = reading.job(connection, number)
        assert job is not None
        _do(database, office, job)
        done += 1
    return done


def start_again(database: Database) -> int:
    """Jobs of a process that died wait again; asked when the one process that does jobs starts."""
    with database.writing() as connection:
        return store.again(connection)


def tidy(database: Database, office: Office) -> None:
    """Destroys uploads of which nothing came, and forgets old jobs."""
    office.uploads.destroy_before(office.now() - KEPT_FOR)
    with database.writing() as connection:
        store.forget_before(connection, office.now() - TOLD_FOR)


def _do(database: Database, office: Office, job: Job) -> None:
    log = structlog.get_logger()
    with use_language(job.arguments["language"]):
        try:
            who = _who(database, job)
            named = Actor(who.name, who.role.value, "web", job.arguments["address"])
            with acting(named), _alive(office.uploads, job.id) as advance:
                state, result = _HOW[Verb(job.verb)](database, office, job, who, advance)
        except Forbidden as error:
            state, result = State.REFUSED, {"problem": "forbidden", "right": error.right.value}
        except FileNotFoundError:
            state, result = State.REFUSED, {"problem": "gone"}
        except Exception as error:  # the next job has nothing to do with it
            log.error("job failed", job=job.id, verb=job.verb, error=type(error).__name__, exc_info=error)
            state, result = State.FAILED, {"problem": "failed"}
    office.uploads.over(job.id)
    with database.writing() as connection:
        store.end(connection, job.id, state, result, office.now())
    log.info("job", job=job.id, verb=job.verb, state=state)


def _who(database: Database, job: Job) -> Who:
    """Who asked, as they stand now."""
    with database.reading() as connection:
        found = people.accounts(connection, job.asked_by)
    right = RIGHTS[Verb(job.verb)]
    if not found or found[0].disabled_at is not None:
        raise Forbidden(right, job.asked_by)
    who = who_of(found[0])
    who.require(right)
    return who


@contextmanager
def _alive(uploads: Uploads, number: int) -> Iterator[Advance]:
    """Tells how far the work is, and by that the process lives, also while the work itself says nothing."""
    told, over = [0, 0], threading.Event()

    def beat() -> None:
        while True:
            uploads.tell(number, *told)
            if over.wait(BEAT):
                return

    def advance(done: int, total: int) -> None:
        if done - told[0] >= max(total // 200, 1) or done < told[0] or total != told[1]:
            told[:] = [done, total]
            uploads.tell(number, done, total)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield advance
    finally:
        over.set()
        thread.join()


def within(who: Who) -> Sequence[str] | None:
    """Of which regions somebody may write: an administrator of all."""
    return None if who.role is Role.ADMINISTRATOR else who.scope.regions


Done = tuple[State, dict[str, Any]]


def _look(database: Database, office: Office, job: Job, who: Who, advance: Advance) -> Done:
    path = office.uploads.path(_upload(job))
    if can_be_read([path]):
        return State.DONE, {"layout": CANONICAL, "fits": [], "text": "", "doubts": []}
    fits = [name for name, profile in shipped().items() if can_be_mapped([path], profile)]
    try:
        found = suggested([path], "mine", read_secret_list(office.secret_list))
    except FileRefused as error:
        if not fits:
            return State.REFUSED, {"problem": "file", "reason": error.reason}
        return State.DONE, {"layout": fits[0], "fits": fits, "text": "", "doubts": []}
    return State.DONE, {"layout": fits[0] if fits else OWN, "fits": fits, "text": found.text, "doubts": found.doubts}


def _import(database: Database, office: Office, job: Job, who: Who, advance: Advance) -> Done:
    told, upload = job.arguments, _upload(job)
    trying = job.verb == Verb.TRY
    path = office.uploads.path(upload)
    with scratch() as folder:
        try:
            profile = _profile(told["layout"], told["text"], folder)
        except ProfileError as error:
            wrong = {"key": error.key, "value": repr(error.value), "allowed": error.allowed}
            return State.REFUSED, {"problem": "profile", **wrong}
        returned = Returned(office.uploads.beside(upload.token, REFUSED_ROWS))
        until = told["reported_until"]
        result = import_log(
            database, [path], zone=office.zone, clock=office.now, today=office.today(),
            source=told["source"] or DEFAULT_SOURCE, reported_until=dt.date.fromisoformat(until) if until else None,
            partial=told["partial"], dry_run=trying, foresee=Rules.shipped() if trying else None,
            advance=advance, places=office.places, name=upload.name, secret_list=office.secret_list, profile=profile,
            within=within(who), returned=returned,
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


_HOW: Mapping[Verb, Callable[[Database, Office, Job, Who, Advance], Done]] = {
    Verb.LOOK: _look, Verb.TRY: _import, Verb.IMPORT: _import, Verb.TRY_UNDO: _undo, Verb.UNDO: _undo,
}  # fmt: skip


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


def _shortened(document: dict[str, Any]) -> dict[str, Any]:
    """A document whose lists are no longer than a page shows."""

    def short(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: short(inner) for key, inner in value.items()}
        return [short(one) for one in value[:SHOWN]] if isinstance(value, list | tuple) else value

    told = short(document)
    assert isinstance(told, dict)
    return told
