"""import: files into the log (canonical, or foreign ones through a profile), in one transaction; a batch lands whole
or not at all.

With ``partial`` the good rows land and the refused ones are set aside. ``dry_run`` does everything and
takes it back. The same files again add nothing and touch nothing.
"""

from __future__ import annotations

import datetime as dt
import gc
import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import structlog

from monitor.database import Database, Undo
from monitor.deeds import Deed, Verb
from monitor.intake import (
    CHUNK,
    FileRefused,
    PassedOver,
    Profile,
    Returned,
    Secrets,
    Sheet,
    Taker,
    find,
    incoming,
    read_secret_list,
    sheets,
)
from monitor.intake.profiles import can_be_mapped
from monitor.progress import Advance, unheard
from monitor.reading.scope import outside, shared
from monitor.store.log import LogBatch
from monitor.store.trail import record
from monitor.verbs.feeding import feed
from monitor.verbs.foreseen import foreseen
from monitor.verbs.imported import Imported
from monitor.verbs.landing import Landing
from monitor.verbs.secrecy import forget, keep_all_the_same
from monitor.verbs.terms import Terms
from rules.portfolio import Rules

DEFAULT_SOURCE = "files"
IMPORT = Deed(Verb.IMPORT)


class Delivery(Protocol):
    """What comes in by another door than that of files."""

    sha256: str

    def incoming(self, secrets: Secrets) -> AbstractContextManager[tuple[list[Sheet], PassedOver]]:
        """As `monitor.intake.incoming` gives files."""

    def begins(self, batch: LogBatch) -> bool:
        """Before the first row, when the batch is the only writer: whether it is to be taken in."""

    def lands(self, batch: LogBatch, result: Imported) -> None:
        """After the last row, unless it is refused."""


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
    foresee: Rules | None = None,
    as_of: dt.date | None = None,
    chunk: int = CHUNK,
    advance: Advance = unheard,
    places: Collection[str] = (),
    name: str = "",
    secret_list: Path | None = None,
    profile: Profile | None = None,
    deed: Deed = IMPORT,
    within: Sequence[str] | None = None,
    returned: Returned | None = None,
    inside: Path | None = None,
    delivery: Delivery | None = None,
) -> Imported:
    """Imports canonical files, or with a profile foreign ones. ``clock`` is asked once, when the batch is the only
    writer.

    ``reported_until``: until which day the source has reported; by default the latest day in the files,
    but never later than ``today``. ``foresee``: the rules that ship, by which a dry run says which lights would
    change, as of ``as_of`` (``today`` without one). ``places``: area codes that the office names itself, which are none
    to wonder at. ``name``: of the batch, instead of its paths. ``secret_list``: a file that names secret projects.
    ``deed``: as what it stands in the trail, and what that says besides. ``within``: beginnings of the area codes of
    whose projects may be written (None: of all); one of another is reason to refuse all, and so is a source for which
    somebody else sends. ``returned``: takes the rows
    that are refused, to be given back with the reasons. ``inside``: a folder of ours, taken off the names of files.
    ``delivery``: comes in instead of files.
    """
    result = Imported(source, dry_run, profile=profile.id if profile else None)
    paths, run = list(paths), None
    try:
        secrets = Secrets(secret := read_secret_list(secret_list))
        coming = delivery.incoming(secrets) if delivery else incoming(paths, zone, secrets, profile, advance, inside)
        with coming as (listed, result.passed_over), database.writing(bulk=True) as connection:
            sha256 = delivery.sha256 if delivery else _digest(listed)
            batch = LogBatch(connection, source, name or _names(paths), sha256, clock(), zone, within=within)
            if delivery and not delivery.begins(batch):
                raise Undo
            if within is not None and not delivery and shared(connection, batch.source_id, within):
                raise FileRefused(name or _names(paths), "shared_source", source)
            terms, until = Terms.now(batch, zone, places, secret), batch.reported_until()
            if secret:
                forget(batch.secrets, secret)
            if profile and profile.file.replaces:
                batch.edited_in_place()
            run = Landing(batch, result, terms, partial=partial, chunk=chunk, advance=advance, returned=returned)
            with no_collector():
                run.take(listed)
                stays = run.finish(today, reported_until, lambda batch: feed(batch, terms).total())
                if delivery and result.outcome != "refused":
                    delivery.lands(batch, result)
            if within is not None and (codes := outside(connection, batch.touched(), within, batch.known_from)):
                raise FileRefused(name or _names(paths), "outside", ", ".join(codes), ", ".join(within) or "–")
            if stays and dry_run and foresee:
                ids, moment = batch.touched(), batch.known_from
                result.effect = foreseen(connection, ids, moment, foresee, as_of or today, advance)
            if dry_run or not stays:
                raise Undo
            record(connection, batch.known_from, _told(deed, result, batch, name or _names(paths), until))
    except FileRefused as refused:
        passed = result.passed_over
        result = Imported(
            source=source, dry_run=dry_run, profile=result.profile, refusals=[refused], passed_over=passed
        )
    if run is not None and result.batch is None and not dry_run:
        keep_all_the_same(database, source, run.secrets, run.batch)
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
def no_collector() -> Iterator[None]:
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


def _names(paths: list[Path]) -> str:
    return ", ".join(map(str, paths))


def _told(deed: Deed, result: Imported, batch: LogBatch, files: str, until: dt.date | None) -> Deed:
    """The deed with the batch that it made. ``until``: until which day the source had reported before."""
    return replace(
        deed,
        subject_kind="batch",
        subject=str(batch.id),
        outcome=result.outcome,
        before={"reported_until": until.isoformat() if until else None},
        after={"files": files, "profile": result.profile, **result.in_short(), **deed.after},
    )


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
