"""trail: taking it out as a file, and erasing what it says of a person."""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import orjson

from monitor.database import Database, Undo
from monitor.deeds import Deed, Verb
from monitor.intake.formulas import guarded
from monitor.people import DeletionKind, DeletionRequest
from monitor.progress import Advance, unheard
from monitor.reading.trail import Entry, Wanted, entries, head
from monitor.rights import Right, Who
from monitor.store import erasing
from monitor.store.people import lock_people
from monitor.store.trail import erase, hold, record
from monitor.verbs.deletions import Approval, ask, keys_digest, permitted
from monitor.verbs.export import ThereAlready, aside

__all__ = ["ENDINGS", "Erased", "Taken", "ThereAlready", "ask_erase", "erase_person", "export_trail"]

ENDINGS = (".csv", ".jsonl")


@dataclass(frozen=True)
class Taken:
    """What was written: ``entries`` of the trail that went up to ``seq`` with ``hash``."""

    out: Path
    entries: int
    seq: int
    hash: str


def export_trail(
    database: Database, out: Path, wanted: Wanted, clock: Callable[[], dt.datetime], advance: Advance = unheard
) -> Taken:
    """Writes the entries that are wanted, as CSV or, where ``out`` ends with .jsonl, a JSON document a line.

    The file appears whole or not at all. The deed is told before it does, so it is not among the entries.
    Raises ThereAlready, OSError.
    """
    if out.exists():
        raise ThereAlready(str(out))
    with aside(out) as place:
        whole = place / out.name
        with database.reading() as connection, whole.open("x", encoding="utf-8", newline="") as file:
            seq, last = head(connection) or (0, "")
            write = _lines(file) if out.suffix.lower() == ".jsonl" else _rows(file)
            many = 0
            for many, entry in enumerate(entries(connection, wanted), 1):
                write(entry)
                if many % 10_000 == 0:
                    advance(many, 0)
            file.flush()
            os.fsync(file.fileno())
        done = Taken(out, many, seq, last)
        told = {"verb": wanted.verb, "since": _iso(wanted.since), "until": _iso(wanted.until)}
        after = {"out": str(out), "entries": many, "seq": seq, **told}
        personal = {"actor": wanted.actor} if wanted.actor else {}
        with database.writing() as connection:
            record(connection, clock(), Deed(Verb.EXPORT_TRAIL, after=after, personal=personal))
        if out.exists():
            raise ThereAlready(str(out))
        os.rename(whole, out)
    return done


def _iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _lines(file: TextIO) -> Callable[[Entry], Any]:
    return lambda entry: file.write(orjson.dumps(entry.document(), option=orjson.OPT_APPEND_NEWLINE).decode())


def _rows(file: TextIO) -> Callable[[Entry], Any]:
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(Entry.__dataclass_fields__)
    return lambda entry: writer.writerow(map(_cell, entry.document().values()))


def _cell(value: Any) -> str:
    """A text as a CSV file holds it; what has parts as JSON."""
    return guarded(orjson.dumps(value).decode() if isinstance(value, dict | list) and value else str(value or ""))


@dataclass
class Erased:
    """How many entries lost what they said (``detail``), and what they said of persons (``personal``)."""

    detail: int = 0
    personal: int = 0


def erase_person(
    database: Database,
    name: str,
    *,
    by: str,
    clock: Callable[[], dt.datetime],
    only_count: bool = False,
    approval: Approval | None = None,
) -> Erased:
    """Erases every part of an entry in which a person is named, and leaves tombstones; ``only_count``: says how much
    there is, and erases nothing. The account under which somebody acted stays: who did it is what the trail is for.
    ``approval``: needed where there are accounts, for the same entries. Raises Forbidden, PeopleRefused."""
    with database.writing(scrub=True) as connection:
        lock_people(connection)  # before the trail, as all do who take both
        hold(connection)  # from the search to the tombstone: what is written meanwhile would be overlooked
        found = erasing.of_person(connection, name)
        if only_count or not found:
            raise Undo
        at = clock()
        asked = permitted(connection, DeletionKind.ERASE, approval, keys_digest(found), at)
        erase(connection, at, found, {"by": by, **({"asked_by": asked.asked_by} if asked else {})})
    return _counted(found)


def ask_erase(
    database: Database, name: str, *, who: Who, clock: Callable[[], dt.datetime]
) -> tuple[Erased, DeletionRequest]:
    """Asks for what entries say of a person to be erased, which another account approves; the request does not hold
    the name, so that has to be given again. Raises Forbidden, and PeopleRefused where there is nothing."""
    who.require(Right.PURGE)
    with database.reading() as connection:
        found = erasing.of_person(connection, name)
    done = _counted(found)
    return done, ask(database, DeletionKind.ERASE, who, vars(done), keys_digest(found), clock())


def _counted(found: list[erasing.Part]) -> Erased:
    parts = [part for _seq, part in found]
    return Erased(parts.count("detail"), parts.count("personal"))
