"""What comes in, whatever its form: canonical files as they are, foreign ones through a profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.intake.files import find
from monitor.intake.profiles.definition import Profile
from monitor.intake.profiles.mapped import mapped
from monitor.intake.refusals import FileRefused
from monitor.intake.secret_projects import Secrets, withholding
from monitor.intake.sheets import PassedOver, Sheet, sheets
from monitor.progress import Advance, unheard
from monitor.scratch import scratch


@contextmanager
def incoming(
    paths: Iterable[Path],
    zone: ZoneInfo,
    secrets: Secrets,
    profile: Profile | None = None,
    advance: Advance = unheard,
    inside: Path | None = None,
) -> Iterator[tuple[list[Sheet], PassedOver]]:
    """The tables under ``paths`` in the order in which they must be read, and what was passed over.

    Without a profile the files are canonical. ``advance`` hears how many rows a profile has written. ``inside``: a
    folder of ours, which is taken off the names of files. Raises FileRefused for a file that cannot be used, also while
    its rows are read; what a row says of a secret project, as ``secrets`` knows them, is not told.
    """

    def called(file: str) -> str:
        return file.removeprefix(f"{inside}/") if inside else file

    try:
        with withholding(secrets), _found(paths, zone, profile, advance) as (listed, passed):
            over = PassedOver(tuple(map(called, passed.files)), {called(file): n for file, n in passed.rows.items()})
            yield [replace(sheet, file=called(sheet.file)) for sheet in listed], over
    except FileRefused as refused:
        refused.file = called(refused.file)
        raise


@contextmanager
def _found(
    paths: Iterable[Path], zone: ZoneInfo, profile: Profile | None, advance: Advance
) -> Iterator[tuple[list[Sheet], PassedOver]]:
    if profile is None:
        found = find(paths)
        yield sheets(found), PassedOver(found.ignored)
        return
    with scratch() as folder:
        yield mapped(paths, profile, zone, folder, advance)
