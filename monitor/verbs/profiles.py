"""Profiles tried on files: what they make of them and what would be refused. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.intake import ORDER, FileRefused, Profile, Refusal, SecretList, Secrets, TableName, Taken, incoming, takers
from monitor.progress import Advance, unheard

FIRST = 10  # mapped rows of each table that are shown
LISTED = 10_000  # refusals that are listed; more are only counted


@dataclass
class Tried:
    """What a profile makes of files. ``first``: the first rows of each table, by canonical column."""

    profile: str
    files: list[dict[str, Any]] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDER, 0))
    refused: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDER, 0))
    first: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {table: [] for table in ORDER})
    refusals: list[Refusal | FileRefused] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether every row can be taken in."""
        return not self.refusals

    def document(self) -> dict[str, Any]:
        """As `profile check --json` prints it."""
        return {
            "profile": self.profile,
            "usable": self.usable,
            "problems": [],
            "files": self.files,
            "ignored": list(self.ignored),
            **{
                table: {"rows": self.rows[table], "refused": self.refused[table], "first": self.first[table]}
                for table in ORDER
            },
            "refusals": [refusal.document() for refusal in self.refusals],
        }


def try_profile(
    profile: Profile,
    paths: Iterable[Path],
    zone: ZoneInfo,
    packs: frozenset[str] = frozenset(),
    advance: Advance = unheard,
    secret: SecretList | None = None,
) -> Tried:
    """Maps files and takes the rows in as `import` would, but for what only the log knows: whether a project or a
    case that is not in the files is known already. ``secret``: projects that are refused whatever their kind says."""
    tried = Tried(profile.id)
    try:
        with incoming(paths, zone, profile, advance) as (listed, tried.ignored):
            for taker in takers(listed, zone, Secrets(secret or SecretList()), packs):
                sheet, read = taker.sheet, 0
                for taken in taker.chunks():
                    read += len(taken.numbers)
                    _note(tried, sheet.table, taken)
                told = {"file": sheet.file, "table": sheet.table, "encoding": sheet.encoding}
                tried.files.append(told | {"rows": read})
    except FileRefused as refused:
        tried.refusals.append(refused)
    return tried


def _note(tried: Tried, table: TableName, taken: Taken) -> None:
    tried.rows[table] += len(taken.numbers)
    tried.refused[table] += len({refusal.place for refusal in taken.refusals})
    tried.refusals += taken.refusals[: max(LISTED - len(tried.refusals), 0)]
    room = FIRST - len(tried.first[table])
    tried.first[table] += [taken.content(row) for row in taken.rows.row[: max(room, 0)]]
