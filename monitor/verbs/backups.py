"""A backup as one file: a ZIP archive of the database as `monitor.dumps` wrote it, and of a manifest.

The manifest says what the database is of; by that it is checked before anything is put back.
"""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, NonNegativeInt, ValidationError

from monitor.dumps import private, synced
from monitor.progress import Advance
from monitor.reading.contents import counts, schema_version
from monitor.reading.verified import verify

_MANIFEST, _DATABASE = "manifest.json", "database"
_LARGEST_MANIFEST = 1 << 20  # bytes
_AT_ONCE = 1 << 20
_BY_ITSELF = zipfile.ZIP_STORED  # pg_dump packs by itself
# What the library raises by what was changed of an archive, its marks, lengths and names.
_OF_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_SEALED = {"frozen": True, "extra": "forbid"}


class BackupRefused(Exception):
    """A file cannot be restored, and nothing changed. ``problem``: `no_backup` (of this program), `damaged` (or cut
    off), `kind` (of another kind of database), `newer` (of a newer program), `counts`, `trail` (not what the manifest
    says), `holds` (the database holds data; ``detail`` says how much), `unreadable` (what lies there).
    ``detail``: what was found."""

    def __init__(self, problem: str, detail: str = "") -> None:
        self.problem, self.detail = problem, detail
        super().__init__(f"{problem}: {detail}")


class TrailHead(BaseModel):
    """How far the trail goes in a backup, and whether it was as it was written."""

    model_config = ConfigDict(**_SEALED)  # type: ignore[typeddict-item]
    seq: NonNegativeInt
    hash: str
    sound: bool


class Manifest(BaseModel):
    """What a backup is of. ``version``: of the schema; ``size`` (bytes), ``sha256``: of the database as it was written;
    ``counts``: rows of every table; ``trail``: None where the schema has none."""

    model_config = ConfigDict(**_SEALED)  # type: ignore[typeddict-item]
    format: Literal["approval-monitor backup"] = "approval-monitor backup"
    layout: Literal[1] = 1
    made_at: AwareDatetime
    database: Literal["sqlite", "postgresql"]
    version: str
    size: NonNegativeInt
    sha256: str
    counts: dict[str, NonNegativeInt]
    trail: TrailHead | None


class Contents(BaseModel):
    """What lies in a database."""

    model_config = ConfigDict(**_SEALED)  # type: ignore[typeddict-item]
    version: str
    counts: dict[str, int]
    trail: TrailHead | None


def contents(connection: Any) -> Contents:
    """Of the state that a connection of `Database.reading` sees."""
    rows = counts(connection)
    found = verify(connection) if "trail_head" in rows else None
    trail = TrailHead(seq=found.seq, hash=found.hash, sound=found.sound) if found else None
    return Contents(version=schema_version(connection) or "", counts=rows, trail=trail)


def check(found: Contents, manifest: Manifest) -> None:
    """Raises BackupRefused where a database is not what the manifest says."""
    for name in sorted(found.counts.keys() | manifest.counts.keys()):
        here, there = found.counts.get(name), manifest.counts.get(name)
        if here != there:
            raise BackupRefused("counts", f"{name}: {here} / {there}")
    if found.trail != manifest.trail or found.version != manifest.version:
        raise BackupRefused("trail", f"{found.version} {found.trail} / {manifest.version} {manifest.trail}")


def pack(database: Path, out: Path, kind: Any, what: Contents, made_at: dt.datetime, advance: Advance) -> Manifest:
    """Writes the archive, which nobody but its owner may read."""
    private(out)
    how = zipfile.ZIP_DEFLATED if kind == "sqlite" else _BY_ITSELF
    size, known = database.stat().st_size, hashlib.sha256()
    with zipfile.ZipFile(out, "w", how, compresslevel=1) as archive:
        with database.open("rb") as source, archive.open(_DATABASE, "w", force_zip64=True) as target:
            done = 0
            while some := source.read(_AT_ONCE):
                known.update(some)
                target.write(some)
                done += len(some)
                advance(done, size)
        manifest = Manifest(
            made_at=made_at, database=kind, size=size, sha256=known.hexdigest(), **what.model_dump()
        )  # fmt: skip
        archive.writestr(_MANIFEST, manifest.model_dump_json(indent=2))
    synced(out)
    return manifest


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The archive of a backup, and what it says it is. Raises BackupRefused, OSError."""
    with file.open("rb") as source:
        if not source.read(4).startswith(b"PK"):
            raise BackupRefused("no_backup", file.name)
    with ExitStack() as stack:
        with _damage():
            archive = stack.enter_context(zipfile.ZipFile(file))
            if sorted(archive.namelist()) != sorted((_DATABASE, _MANIFEST)):
                raise BackupRefused("no_backup", file.name)
            if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
                raise BackupRefused("no_backup", file.name)
            text = archive.read(_MANIFEST)
        try:
            manifest = Manifest.model_validate_json(text)
        except ValidationError as error:
            raise BackupRefused("no_backup", file.name) from error
        yield archive, manifest


def unpack(archive: zipfile.ZipFile, manifest: Manifest, out: Path, advance: Advance) -> None:
    """Writes the database of a backup into a file. Raises BackupRefused where it is not what the manifest says."""
    private(out)
    known, done = hashlib.sha256(), 0
    with _damage(), archive.open(_DATABASE) as source, out.open("r+b") as target:
        while some := _some(source, manifest.size - done + 1):
            known.update(some)
            target.write(some)
            done += len(some)
            advance(done, manifest.size)
    if done != manifest.size or known.hexdigest() != manifest.sha256:
        raise BackupRefused("damaged", f"SHA-256 {known.hexdigest()} / {manifest.sha256}")


def _some(source: IO[bytes], most: int) -> bytes:
    """More than the manifest says is not read: nobody knows how much it would be."""
    return source.read(min(_AT_ONCE, most))


@contextmanager
def _damage() -> Iterator[None]:
    """Whatever the library says of an archive that was cut off or changed."""
    try:
        yield
    except _OF_DAMAGE as error:
        raise BackupRefused("damaged", str(error)) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # it looks for a part before the beginning of the file
            raise
        raise BackupRefused("damaged", str(error)) from error
