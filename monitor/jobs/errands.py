"""Errands: asked for, taken by the process that does jobs, told how far they are, ended, forgotten."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog

from monitor.actor import Actor, acting
from monitor.database import Database
from monitor.intake.template import template_bytes
from monitor.jobs.doing import HOW, within
from monitor.jobs.office import RIGHTS, Office, Verb
from monitor.progress import Advance, State
from monitor.reading import jobs as reading
from monitor.reading import people
from monitor.reading.jobs import Job
from monitor.reading.scope import held_within
from monitor.rights import Forbidden, Who
from monitor.store import jobs as store
from monitor.text import use_language
from monitor.uploads import Uploads
from monitor.verbs.signing_in import who as who_of

KEPT_FOR = dt.timedelta(days=1)  # uploads of which nothing came
TOLD_FOR = dt.timedelta(days=30)  # jobs
BEAT = 5.0  # seconds between two signs of life


def ask(
    database: Database, who: Who, verb: Verb, arguments: Mapping[str, Any], *, address: str, language: str,
    now: dt.datetime,
) -> int:  # fmt: skip
    """Asks for a job; gives its number. Raises Forbidden."""
    who.require(RIGHTS[verb])
    regions = within(who)
    held_to = None if regions is None else "\n".join(regions)
    told = {**arguments, "address": address, "language": language, "held_to": held_to}
    with database.writing() as connection:
        return store.ask(connection, verb.value, told, who.name, now)


@dataclass(frozen=True)
class Errands:
    """What a page holds of the jobs."""

    database: Database
    office: Office

    def ask(self, who: Who, verb: Verb, arguments: Mapping[str, Any], *, address: str, language: str) -> int:
        """As `ask`, now."""
        now = self.office.now()
        return ask(self.database, who, verb, arguments, address=address, language=language, now=now)

    def job(self, who: Who, number: int) -> Job | None:
        """A job that this person asked for; None too where it was of regions that are theirs no more."""
        with self.database.reading() as connection:
            found = reading.job(connection, number, who.name)
        return found if found is not None and _still(who, found) else None

    def jobs(self, who: Who) -> list[Job]:
        """The latest jobs of this person, of regions that are theirs still."""
        with self.database.reading() as connection:
            return [one for one in reading.jobs(connection, who.name, tuple(Verb)) if _still(who, one)]

    def template(self) -> bytes:
        """The workbook to fill in."""
        return template_bytes()

    def heard(self, number: int) -> tuple[int, int]:
        """How far a job is: done, of how many; 0: not known."""
        return self.office.uploads.heard(number)


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
                state, result = HOW[Verb(job.verb)](database, office, job, who, advance)
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


def _still(who: Who, job: Job) -> bool:
    """Whether all regions for which somebody asked for a job are theirs: what came of it tells of projects in them."""
    regions = within(who)
    return regions is None or held_within(job.arguments.get("held_to"), regions)


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
