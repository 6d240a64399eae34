"""Files that people hand in by a page, on their way into the log, and how far the work on them is.

Each upload is a folder of this user alone, under a name that nobody can guess. It holds what may turn out to be secret:
when nothing more comes of it, its bytes are overwritten before it goes. Several processes share the folder; on several
machines it has to be one that they share.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

import orjson

BLOCK = 1 << 20
ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".zip", ".xes", ".xml", ".gz")
_TOKEN = re.compile(r"[0-9a-f]{32}")
_LONGEST = 120  # characters of a name


class UploadRefused(Exception):
    """A file that is not taken: `kind`, `large`, `empty`. ``allowed``: what is."""

    def __init__(self, problem: str, allowed: str = "") -> None:
        self.problem, self.allowed = problem, allowed
        super().__init__(problem)


@dataclass(frozen=True)
class Upload:
    """A file that was handed in. ``name``: as its owner calls it, without any folder."""

    token: str
    name: str


class Uploads:
    """The folder of uploads."""

    def __init__(self, folder: Path, most: int) -> None:
        """``most``: bytes of a file that is taken."""
        self.folder, self.most = folder, most

    def keep(self, stream: BinaryIO, name: str) -> Upload:
        """Writes what a stream holds. Raises UploadRefused, and then nothing is kept."""
        told = plain_name(name)
        if PurePosixPath(told.lower()).suffix not in ENDINGS:
            raise UploadRefused("kind", ", ".join(ENDINGS))
        upload = Upload(secrets.token_hex(16), told)
        place = self.folder / upload.token
        place.mkdir(mode=0o700, parents=True)
        try:
            with os.fdopen(os.open(place / told, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                while block := stream.read(BLOCK):
                    file.write(block)
                    if file.tell() > self.most:
                        raise UploadRefused("large", f"{self.most >> 20} MiB")
                if not file.tell():
                    raise UploadRefused("empty")
        except BaseException:
            self.destroy(upload.token)
            raise
        return upload

    def path(self, upload: Upload) -> Path:
        """The file. Raises FileNotFoundError where it is gone."""
        found = self._place(upload.token) / plain_name(upload.name)
        if not found.is_file():
            raise FileNotFoundError(upload.name)
        return found

    def beside(self, token: str, name: str) -> Path:
        """Where a file that belongs to an upload lies, such as the workbook of its refused rows."""
        return self._place(token) / "made" / name

    def destroy(self, token: str) -> None:
        """Overwrites and removes an upload, with all that was made of it."""
        place = self._place(token)
        for path in sorted(place.rglob("*")) if place.is_dir() else ():
            with suppress(OSError):
                if path.is_file() and not path.is_symlink():
                    _overwrite(path)
        shutil.rmtree(place, ignore_errors=True)

    def destroy_before(self, moment: dt.datetime) -> int:
        """Destroys uploads that were made before a moment; gives how many."""
        old = [
            place.name
            for place in (self.folder.iterdir() if self.folder.is_dir() else ())
            if _TOKEN.fullmatch(place.name) and place.stat().st_mtime < moment.timestamp()
        ]
        for token in old:
            self.destroy(token)
        return len(old)

    def tell(self, job: int, done: int, total: int) -> None:
        """Says how far a job is: in a file, for on SQLite nobody can write while the job itself does."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.folder / f".{job}.{os.getpid()}"
        fresh.write_bytes(orjson.dumps([done, total]))
        fresh.replace(self.folder / f"{job}.job")

    def heard(self, job: int) -> tuple[int, int]:
        """How far a job is; 0 of 0 where it said nothing yet."""
        try:
            done, total = orjson.loads((self.folder / f"{job}.job").read_bytes())
        except (OSError, ValueError):
            return 0, 0
        return int(done), int(total)

    def over(self, job: int) -> None:
        """Nothing more is said of a job."""
        (self.folder / f"{job}.job").unlink(missing_ok=True)

    def _place(self, token: str) -> Path:
        if not _TOKEN.fullmatch(token):
            raise FileNotFoundError(token)
        return self.folder / token


def plain_name(name: str) -> str:
    """The name of a file without folders, without what cannot be printed, and no longer than a file system takes."""
    last = PureWindowsPath(PurePosixPath(name.replace("\0", "")).name).name
    told = "".join(c for c in last if c.isprintable() and c not in '/\\:*?"<>|').strip(" .") or "file"
    stem, ending = os.path.splitext(told)
    room = _LONGEST - len(ending)
    while len((stem[:room] + ending).encode("utf-8", "replace")) > 240:
        room -= 1
    return stem[:room] + ending


def _overwrite(path: Path) -> None:
    left = path.stat().st_size
    with path.open("r+b") as file:
        while left > 0:
            left -= file.write(bytes(min(left, BLOCK)))
        file.flush()
        os.fsync(file.fileno())
