"""Folders for what is needed only while a piece of work lasts, such as rows of a file on their way in.

They go with the work. What a process that was killed left behind goes when the next one makes a folder: it may hold
what nobody else may read.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

PREFIX = "approval-monitor-work-"


class Scratch:
    """A folder of this process alone, under lock while it is there; `close` removes it, at the latest the end of the
    process does."""

    def __init__(self) -> None:
        clear_left()
        # Until it is under lock, another process may take it for one that was left behind.
        while (held := _hold(folder := TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True))) is None:
            folder.cleanup()
        self._folder, self._held = folder, held

    @property
    def path(self) -> Path:
        return Path(self._folder.name)

    def close(self) -> None:
        self._folder.cleanup()
        os.close(self._held)


def clear_left() -> None:
    """Removes what processes left behind that were killed."""
    for left in Path(gettempdir()).glob(f"{PREFIX}*"):
        _remove_if_left(left)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder while the block lasts."""
    folder = Scratch()
    try:
        yield folder.path
    finally:
        folder.close()


def _hold(folder: TemporaryDirectory[str]) -> int | None:
    """The lock on a folder, as a file that is open; None where it is gone."""
    try:
        held = os.open(folder.name, os.O_RDONLY)
    except FileNotFoundError:
        return None
    fcntl.flock(held, fcntl.LOCK_EX)
    if os.path.isdir(folder.name):
        return held
    os.close(held)
    return None


def _remove_if_left(folder: Path) -> None:
    """Removes a folder that no process holds any more; those of other users cannot be opened and stay."""
    with suppress(OSError):
        held = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(held)
