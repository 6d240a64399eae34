"""import: files into the log (canonical, or foreign ones through a profile), in one transaction; a batch lands whole
or not at all.

With ``partial`` the good rows land and the refused ones are set aside. ``dry_run`` does everything and
takes it back. The same files again add nothing and touch nothing.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from monitor.database import Database, Undo
from monitor.intake import CHUNK, FileRefused, Profile, Secrets, Sheet, Taker, find, incoming, sheets
from monitor.intake.profiles import can_be_mapped
from monitor.reading.packs import names
from monitor.store import packs
from monitor.store.log import LogBatch
from monitor.verbs.imported import Imported
from monitor.verbs.landing import Advance, Landing

DEFAULT_SOURCE = "files"


def import_log(
    database: Database,
    paths: Iterable[Path],
    *,
    zone: ZoneInfo,
    clock: Callable[[], dt.datetime],
    today: dt.date,
    source: str = DEFAULT_SOURCE,
    reported_until: dt.date | None = None,
    partial: bool = False,
    dry_run: bool = False,
    chunk: int = CHUNK,
    advance: Advance = lambda done, total: None,
    profile: Profile | None = None,
) -> Imported:
    """Imports canonical files, or with a profile foreign ones. ``clock`` is asked once, when the batch is the only
    writer.

    ``reported_until``: until which day the source has reported; by default the latest day in the files,
    but never later than ``today``.
    """
    result = Imported(source, dry_run, profile=profile.id if profile else None)
    paths = list(paths)
    try:
        with (
            _no_collector(),
            incoming(paths, zone, profile) as (listed, result.ignored),
            database.writing(bulk=True) as connection,
        ):
            batch = LogBatch(connection, source, ", ".join(map(str, paths)), _digest(listed), clock(), zone)
            packs.hold(connection)
            run = Landing(batch, result, zone, names(connection), partial, chunk, advance)
            run.take(listed)
            if not run.finish(today, reported_until) or dry_run:
                raise Undo
    except FileRefused as refused:
        result = Imported(source, dry_run, profile=result.profile, refusals=[refused], ignored=result.ignored)
    _log(result)
    return result


def can_be_read(paths: Iterable[Path], profile: Profile | None = None) -> bool:
    """Whether the files are what their names say, with headers that can be used; hardly a row is looked at."""
    if profile is not None:
        return can_be_mapped(paths, profile)
    try:
        for sheet in sheets(find(paths)):
            Taker(sheet, ZoneInfo("UTC"), Secrets())
    except FileRefused:
        return False
    return True


@contextmanager
def _no_collector() -> Iterator[None]:
    """Millions of short-lived rows are freed as they go; the collector would only walk over them, again and
    again, for a third of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _digest(listed: list[Sheet]) -> str:
    return hashlib.sha256("".join(f"{sheet.table} {sheet.sha256}\n" for sheet in listed).encode()).hexdigest()


def _log(result: Imported) -> None:
    """Files, counts and codes: never anything that a row says."""
    codes = sorted({refusal.code for refusal in result.refusals})
    structlog.get_logger().info(
        "import",
        outcome=result.outcome,
        dry_run=result.dry_run,
        source=result.source,
        batch=result.batch,
        touched=result.touched,
        refused=result.refused,
        codes=codes,
        **{table: count.added + count.changed for table, count in result.counts.items()},
    )
