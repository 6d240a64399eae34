"""backup: the database as it is at one moment, while everything runs; restore: put back, and checked before that.

The copy comes first, then its entry in the trail, then the file appears. So the copy waits for nobody, whatever is
being imported; the entry says what the copy holds; and there is no file of which the trail does not tell. A backup
therefore does not hold its own entry: its manifest says with which one it ends.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor.database import Database, DatabaseError, is_empty, is_known, version
from monitor.deeds import Deed, Told, Verb
from monitor.dumps import DumpError, dump, file_of, free, place_dump, place_file, settle, synced, take_back
from monitor.progress import Advance, unheard
from monitor.reading.contents import counts, of_an_office
from monitor.scratch import scratch
from monitor.store.people import revoke_every_session
from monitor.store.trail import record
from monitor.verbs.backups import BackupRefused, Manifest, check, contents, opened, pack, unpack
from monitor.verbs.export import ThereAlready, aside

__all__ = ["BackupRefused", "DumpError", "Manifest", "Restored", "ThereAlready", "backup", "restore"]

Clock = Callable[[], dt.datetime]
PATIENCE = dt.timedelta(hours=1)  # with another writer on SQLite, until the entry can be written


def backup(
    database: Database, out: Path, *, environment: Mapping[str, str], clock: Clock, advance: Advance = unheard
) -> Manifest:
    """Writes a backup into a file, which appears whole or not at all, and which its owner alone may read.

    ``environment``: of the programs of PostgreSQL. Raises ThereAlready, OSError, DumpError, DatabaseError.
    """
    if (found := version(database)) is None:
        raise DatabaseError("missing", database.address)
    if not is_known(found):
        raise DatabaseError("newer", found)
    if out.exists():
        raise ThereAlready(str(out))
    with aside(out) as place:
        place.chmod(0o700)
        copy, packed = place / "database", place / "backup"
        with database.reading() as connection:
            made_at = clock()
            dump(database, connection, copy, environment, advance)
            what = contents(connection)
        manifest = pack(copy, packed, database.dialect, what, made_at, advance)
        if database.dialect == "sqlite":
            with _file(database, copy) as made, made.reading() as connection:
                check(contents(connection), manifest)
        _tell(database, out, manifest, clock)
        if out.exists():
            raise ThereAlready(str(out))
        os.rename(packed, out)
        synced(out.absolute().parent)
    return manifest


def _tell(database: Database, out: Path, manifest: Manifest, clock: Clock) -> None:
    if manifest.trail is None:  # the schema is older than the trail
        return
    after: Told = {"out": str(out), "version": manifest.version, "sha256": manifest.sha256, "seq": manifest.trail.seq}
    tries = max(1, int(PATIENCE.total_seconds()) // database.busy_seconds)
    for left in reversed(range(tries)):
        try:
            with database.writing() as connection:
                record(connection, clock(), Deed(Verb.BACKUP, after=after))
            return
        except DatabaseError as error:
            if error.problem != "busy" or not left:
                raise


@dataclass(frozen=True)
class Restored:
    """What was put back; ``kept``: where that lies now which was there before, a file or a schema, None: nothing was;
    ``lost``: rows by table that an office had there."""

    manifest: Manifest
    kept: str | None
    lost: dict[str, int]


def restore(
    database: Database,
    file: Path,
    *,
    over: bool = False,
    environment: Mapping[str, str],
    clock: Clock,
    advance: Advance = unheard,
) -> Restored:
    """Puts a backup in the place of the database; what was there is kept aside. ``over``: also where an office has
    data there. All who are signed in are signed out, for whoever was so then may have lost that since.

    Raises BackupRefused, DumpError, OSError, and changes nothing.
    """
    with opened(file) as (archive, manifest):
        if manifest.database != database.dialect:
            raise BackupRefused("kind", manifest.database)
        if not is_known(manifest.version):
            raise BackupRefused("newer", manifest.version)
        lost = _there(database)
        if lost is None and not over:
            raise BackupRefused("unreadable", database.address)
        if lost and not over:
            raise BackupRefused("holds", ", ".join(f"{name} {n}" for name, n in lost.items()))
        free(database)
        at = clock()
        with _work(database) as place:
            copy = place / "database"
            unpack(archive, manifest, copy, advance)
            put = _put_file if database.dialect == "sqlite" else _put_dump
            kept = put(
                database,
                copy,
                manifest,
                Deed(Verb.RESTORE, before=lost or {}, after=_of(file, manifest)),
                environment,
                at,
            )
    return Restored(manifest, kept, lost or {})


def _of(file: Path, manifest: Manifest) -> dict[str, str | int]:
    seq = manifest.trail.seq if manifest.trail else 0
    return {"file": str(file), "made_at": manifest.made_at.isoformat(), "sha256": manifest.sha256, "seq": seq}


def _put_file(
    database: Database, copy: Path, manifest: Manifest, deed: Deed, _environment: Mapping[str, str], at: dt.datetime
) -> str | None:
    with _file(database, copy) as made:
        with made.reading() as connection:
            check(contents(connection), manifest)
        _begin(made, manifest, deed, at)
    kept = Path(f"{file_of(database)}.before-restore-{at:%Y%m%dT%H%M%S%f}")
    return str(kept) if place_file(database, copy, kept) else None


def _put_dump(
    database: Database, copy: Path, manifest: Manifest, deed: Deed, environment: Mapping[str, str], at: dt.datetime
) -> str | None:
    kept = f"before_restore_{at:%Y%m%dt%H%M%S%f}"
    there = place_dump(database, copy, copy.parent, kept, environment)
    try:
        with database.reading() as connection:
            check(contents(connection), manifest)
        _begin(database, manifest, deed, at)
    except BaseException:
        database.close()
        take_back(database, kept if there else None, environment)
        raise
    return kept if there else None


def _begin(database: Database, manifest: Manifest, deed: Deed, at: dt.datetime) -> None:
    with database.writing() as connection:
        if "account_session" in manifest.counts:
            revoke_every_session(connection, at)
        if manifest.trail is not None:
            record(connection, at, deed)


def _there(database: Database) -> dict[str, int] | None:
    """What an office has in a database, rows by table; None where a file cannot be read."""
    try:
        if is_empty(database):
            return {}
        with database.reading() as connection:
            return of_an_office(counts(connection))
    except Exception:
        if database.dialect != "sqlite":
            raise
        return None  # whatever a damaged file makes of a question: restoring is for that


@contextmanager
def _file(database: Database, file: Path) -> Iterator[Database]:
    """A SQLite file as a database; it needs no other file beside it afterwards."""
    made = Database(database.engine.url.set(database=str(file)).render_as_string(hide_password=False))
    try:
        yield made
    finally:
        made.close()
    settle(file)


@contextmanager
def _work(database: Database) -> Iterator[Path]:
    """A folder for what is under way: of SQLite beside the file, into whose place it goes in one step."""
    if database.dialect != "sqlite":
        with scratch() as place:
            yield place
        return
    target = file_of(database)
    target.parent.mkdir(parents=True, exist_ok=True)
    with aside(target) as place:
        place.chmod(0o700)
        yield place
