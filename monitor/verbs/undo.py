"""undo: takes a batch back whole. What it replaced is known again, what others told as well stays, and what hangs on
something that is not known any more waits until it arrives. Nothing is deleted: until this moment all was known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from monitor.database import Database, Undo
from monitor.deeds import Deed, Told, Verb
from monitor.intake import FileRefused, read_secret_list
from monitor.progress import Advance, unheard
from monitor.reading.batches import Came, batches
from monitor.reading.scope import held_within, outside
from monitor.store.history import told_projects
from monitor.store.log import LogBatch, lock_log
from monitor.store.refold import Change
from monitor.store.trail import record
from monitor.store.waiting import wait_again
from monitor.verbs.feeding import feed, work_out
from monitor.verbs.foreseen import Foreseen, foreseen
from monitor.verbs.secrecy import forget
from monitor.verbs.terms import Terms
from rules.portfolio import Rules

TABLES = ("projects", "cases", "events")


class CannotUndo(Exception):
    """A batch that cannot be taken back; ``why``: unknown, undone, an_undo, not_yours."""

    def __init__(self, number: int, why: str, came: Came | None = None) -> None:
        self.number, self.why, self.came = number, why, came
        super().__init__(f"batch {number}: {why}")


@dataclass
class Undone:
    """What an undo did, or would do. ``batch``: the one taken back; ``undo``: the number of the taking back itself.
    ``dropped``: rows of the batch that waited, and wait no more; ``fed``: rows that waited and came in. ``read_again``:
    it was a pull, and the next one reads everything."""

    batch: int
    source: str
    files: str
    dry_run: bool
    undo: int | None = None
    known_from: dt.datetime | None = None
    reported_until: dt.date | None = None
    of: dict[str, Change] = field(default_factory=lambda: {name: Change() for name in TABLES})
    dropped: int = 0
    fed: int = 0
    read_again: bool = False
    touched: int = 0
    effect: Foreseen | None = None

    def in_short(self) -> Told:
        """What the trail keeps of it."""
        counts = {f"{name}_{how}": n for name, change in self.of.items() for how, n in vars(change).items()}
        until = self.reported_until.isoformat() if self.reported_until else None
        return {"undo": self.undo, "reported_until": until, **counts, "fed": self.fed, "touched": self.touched}

    def document(self) -> dict[str, Any]:
        """The result as `undo --json` prints it."""
        return {
            "batch": self.batch,
            "source": self.source,
            "files": self.files,
            "dry_run": self.dry_run,
            "undo": self.undo,
            "known_from": self.known_from.isoformat() if self.known_from else None,
            "reported_until": self.reported_until.isoformat() if self.reported_until else None,
            **{name: vars(change) for name, change in self.of.items()},
            "dropped": self.dropped,
            "fed": self.fed,
            "read_again": self.read_again,
            "touched": self.touched,
            "effect": self.effect.document() if self.effect else None,
        }


def undo(
    database: Database,
    number: int,
    *,
    zone: ZoneInfo,
    clock: Callable[[], dt.datetime],
    dry_run: bool = False,
    advance: Advance = unheard,
    secret_list: Path | None = None,
    foresee: Rules | None = None,
    as_of: dt.date | None = None,
    within: Sequence[str] | None = None,
) -> Undone:
    """Takes a batch back, in one transaction. ``clock`` is asked once, when it is the only writer.

    ``secret_list``: a file that names secret projects, of which no row that waited comes in. ``foresee``: the rules
    that ship, by which a dry run says which lights would change, as of ``as_of`` (the day of ``clock`` without one).
    ``within``: as in `import_log`.

    Raises FileRefused for such a file that cannot be read and for what is not ``within``, and CannotUndo for a batch
    that is not there, was taken back already, or is a taking back itself.
    """
    with database.writing(bulk=True) as connection:
        lock_log(connection)
        came = _undoable(batches(connection, number=number), number)
        if within is not None and not held_within(came.held_to, within):  # before the work, which may be long
            raise CannotUndo(number, "not_yours", came)
        batch = LogBatch(connection, came.source, came.name, came.sha256, clock(), zone, undoes=number, within=within)
        terms = Terms.now(batch, zone, (), read_secret_list(secret_list))
        result = Undone(number, came.source, came.name, dry_run, dropped=came.waiting)
        result.read_again = batch.take_back(number)
        again = wait_again(connection, number)
        for (table, _source, _key), rows in again.items():
            result.of[table].waiting += len(rows)
        projects = told_projects(connection, number)
        done = 0
        for some in work_out(batch, projects, number, again):
            for of, change in some.of.items():
                total = result.of[of.name.lower()]
                total.gone += change.gone
                total.changed += change.changed
                total.waiting += change.waiting
            done += some.projects
            advance(done, len(projects))
        forget(batch.secrets, terms.secret)
        result.fed = feed(batch, terms, opposed=True).total()
        result.touched, result.reported_until = len(batch.touched()), batch.reported_until()
        if within is not None and (codes := outside(connection, batch.touched(), within, batch.known_from)):
            raise FileRefused(str(number), "outside", str(len(codes)), ", ".join(within) or "–")  # codes are not told
        batch.close(projects=0, cases=0, events=0, refused=0, reported_until=None)
        if dry_run and foresee:
            day = as_of or batch.known_on
            result.effect = foreseen(connection, batch.touched(), batch.known_from, foresee, day, advance)
        if dry_run:
            raise Undo
        result.undo, result.known_from = batch.id, batch.known_from
        was = {"source": came.source, "files": came.name, **{table: getattr(came, table) for table in TABLES}}
        record(connection, batch.known_from, Deed(Verb.UNDO, "batch", str(number), before=was, after=result.in_short()))
    structlog.get_logger().info(
        "undo", batch=number, undo=result.undo, dry_run=dry_run, source=result.source, touched=result.touched
    )
    return result


def _undoable(found: list[Came], number: int) -> Came:
    if not found:
        raise CannotUndo(number, "unknown")
    came = found[0]
    if came.undone_at is not None:
        raise CannotUndo(number, "undone", came)
    if came.undoes is not None:
        raise CannotUndo(number, "an_undo", came)
    return came
