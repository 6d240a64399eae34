"""backup, restore: the database as one file, and put back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from monitor.database import head
from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, emit, office_moment, say
from monitor.doors.cli.people import Json
from monitor.settings import now
from monitor.text import N_, _
from monitor.verbs.backup import BackupRefused, DumpError, Manifest, ThereAlready
from monitor.verbs.backup import backup as write
from monitor.verbs.backup import restore as put_back

_REFUSED = {
    "no_backup": N_("{file} is no backup of this program."),
    "damaged": N_("{file} is damaged, or was cut off: {detail}"),
    "kind": N_("{file} is the backup of a {detail} database; it cannot go into one of another kind."),
    "newer": N_("{file} was made by a newer program, version {detail} of the schema. Install that one."),
    "counts": N_("{file} does not hold what its manifest says, rows of a table: {detail}"),
    "trail": N_("{file} does not hold what its manifest says, end of the trail: {detail}"),
    "holds": N_("The database holds data: {detail}. With --yes the backup takes its place, and it is kept aside."),
    "unreadable": N_(
        "The database {detail} cannot be read. With --yes the backup takes its place, and it is kept aside."
    ),
}
_FAILED = {
    "no_program": N_(
        "{detail} is not there. It comes with PostgreSQL (Debian: postgresql-client, of the server's version or newer) "
        "and has to be on PATH."
    ),
    "program": N_("It failed: {detail}"),
    "in_use": N_("The database is in use. Stop `serve`, `schedule` and whatever else works with it, and try again."),
    "damaged": N_("The copy is not sound, so no backup was made: {detail}. `approval-monitor check` says more."),
}


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("backup", help=_("Write a backup into a file, while everything runs."))(backup)
    app.command("restore", help=_("Put a backup in the place of the database."))(restore)


def backup(file: Path, json: Json = False) -> None:
    with _in_words(file), common.progress(_("Backing up")) as advance:
        database = common.open_database()
        done = write(database, file, environment=common.settings().environment(), clock=now, advance=advance)
    if json:
        emit(_plain(file, done))
        return
    say(_("Wrote {file}, {size:,} bytes of database.").format(file=file, size=done.size) + " " + _end(done))
    say(_("Whoever has the file has everything: keep it as safe as the database, and elsewhere."))
    if done.trail is not None and not done.trail.sound:
        say(_("The trail in it is not as it was written; `approval-monitor trail verify` says more."))


def restore(
    file: Path,
    yes: Annotated[
        bool, typer.Option("--yes", help=N_("Also where the database holds data, which is kept aside then."))
    ] = False,
    json: Json = False,
) -> None:
    with _in_words(file), common.progress(_("Restoring")) as advance:
        database, told = common.open_database(), common.settings().environment()
        done = put_back(database, file, over=yes, environment=told, clock=now, advance=advance)
    older = done.manifest.version != head()
    if json:
        emit(_plain(file, done.manifest) | {"kept": done.kept, "lost": done.lost, "older": older})
        return
    moment = office_moment(done.manifest.made_at)
    say(_("Restored {file}, made {moment}.").format(file=file, moment=moment) + " " + _end(done.manifest))
    if done.kept:
        say(_("What was there before is kept as {place}; delete it when it is not needed.").format(place=done.kept))
    say(
        _("Everybody is signed out. What was purged, revoked or disabled after the backup was made has to be so again.")
    )
    if older:
        say(_("It is of version {version}. Run: approval-monitor upgrade").format(version=done.manifest.version))


@contextmanager
def _in_words(file: Path) -> Iterator[None]:
    try:
        yield
    except BackupRefused as error:
        raise Refused(_told(_REFUSED[error.problem], file, error.detail)) from error
    except DumpError as error:
        raise Refused(_told(_FAILED[error.problem], file, error.detail)) from error
    except ThereAlready:
        raise Refused(_("{file} is there already; nothing was written.").format(file=file)) from None
    except OSError as error:
        place = error.filename or file
        raise Refused(_told(N_("{file}: {detail}."), Path(str(place)), error.strerror or str(error))) from error


def _told(text: str, file: Path, detail: str) -> str:
    return _("{problem} Nothing changed.").format(problem=_(text).format(file=file, detail=detail))


def _plain(file: Path, done: Manifest) -> dict[str, object]:
    return {
        "file": str(file),
        "made_at": office_moment(done.made_at),
        "database": done.database,
        "version": done.version,
        "size": done.size,
        "sha256": done.sha256,
        "counts": done.counts,
        "trail": done.trail.model_dump() if done.trail else None,
    }


def _end(done: Manifest) -> str:
    if done.trail is None:
        return ""
    return _("Its trail ends with entry {seq}, {hash}.").format(seq=done.trail.seq, hash=done.trail.hash)
