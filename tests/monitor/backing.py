"""Backups made and put back in tests."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.database import Database
from monitor.verbs import backups
from monitor.verbs.backup import backup, restore
from tests.monitor.canonical_files import MOMENT
from tests.monitor.servers import programs

PASSWORD = "vier Worte ohne Sinn"
LATER = MOMENT + dt.timedelta(hours=5)


def made(database: Database, out: Path, environment: dict[str, str] | None = None) -> backups.Manifest:
    return backup(database, out, environment=environment or programs(), clock=lambda: MOMENT)


def put_back(url: str, file: Path, *, over: bool = False) -> Any:
    database = Database(url)
    try:
        return restore(database, file, over=over, environment=programs(), clock=lambda: LATER)
    finally:
        database.close()


def opened(url: str, look: Callable[[Database], Any]) -> Any:
    database = Database(url)
    try:
        return look(database)
    finally:
        database.close()


def unpacked(file: Path, out: Path) -> Path:
    """The database that lies in a backup, as a file."""
    with zipfile.ZipFile(file) as archive:
        out.write_bytes(archive.read("database"))
    return out


def put_back_over(database: Database, file: Path) -> Any:
    return restore(database, file, over=True, environment=programs(), clock=lambda: LATER)
