"""Profiles tried on files: what they make of them and what would be refused. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.intake import (
    CONTENT,
    ORDER,
    OWN_KEY,
    FileRefused,
    PassedOver,
    Profile,
    Refusal,
    SecretList,
    Secrets,
    Sheet,
    TableName,
    Taken,
    incoming,
    shown,
    takers,
)
from monitor.progress import Advance, unheard

FIRST = 10  # mapped rows of each table that are shown
COMPARED = 200_000  # ids that are remembered, to find those that stand twice; memory stays flat beyond
LISTED = 10_000  # refusals that are listed; more are only counted


@dataclass
class Tried:
    """What a profile makes of files. ``first``: the first rows of each table, by canonical column."""

    profile: str
    files: list[dict[str, Any]] = field(default_factory=list)
    passed_over: PassedOver = field(default_factory=PassedOver)
    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDER, 0))
    refused: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ORDER, 0))
    first: dict[str, list[dict[str, str]]] = field(default_factory=lambda: {table: [] for table in ORDER})
    refusals: list[Refusal | FileRefused] = field(default_factory=list)
    compared: bool = True  # whether every id was looked for a second time

    @property
    def usable(self) -> bool:
        """Whether every row can be taken in."""
        return not self.refusals

    def document(self) -> dict[str, Any]:
        """As `profile check --json` prints it."""
        return {
            "profile": self.profile,
            "usable": self.usable,
            "compared": self.compared,
            "problems": [],
            "files": self.files,
            "ignored": list(self.passed_over.files),
            "passed_over": self.passed_over.listed(),
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
    inside: Path | None = None,
) -> Tried:
    """Maps files and takes the rows in as `import` would, but for what only the log knows: whether a project or a case
    that is not in the files is known already, and with what content. Ids that stand twice with different content are
    found among the first ``COMPARED`` ones. ``secret``: projects that are refused whatever their kind says.
    ``inside``: a folder of ours, taken off the names of files."""
    tried, secrets = Tried(profile.id), Secrets(secret or SecretList())
    met = _Met()
    try:
        with incoming(paths, zone, secrets, profile, advance, inside) as (listed, tried.passed_over):
            for taker in takers(listed, zone, secrets, packs):
                sheet, read = taker.sheet, 0
                for taken in taker.chunks():
                    read += len(taken.numbers)
                    taken.refusals += met.twice(taken)
                    _note(tried, sheet.table, taken)
                told = {"file": sheet.file, "table": sheet.table, "encoding": sheet.encoding}
                tried.files.append(told | {"rows": read})
    except FileRefused as refused:
        tried.refusals.append(refused)
    tried.compared = not met.full
    return tried


class _Met:
    """The ids that were met, each with its content and where it stood first."""

    def __init__(self) -> None:
        self.full = False
        self._first: dict[tuple[TableName, str], tuple[tuple[Any, ...], Sheet, int]] = {}

    def twice(self, taken: Taken) -> list[Refusal]:
        """The rows of a chunk whose id stood in another row, with other content."""
        table, rows = taken.sheet.table, taken.rows
        names = [name for name in CONTENT[table] if name in taken.present]
        contents = zip(*(getattr(rows, name) for name in names), strict=True)
        found = []
        for row, key, content in zip(rows.row, getattr(rows, OWN_KEY[table]), contents, strict=True):
            first = self._first.get((table, key))
            if first is None:
                self.full = self.full or len(self._first) >= COMPARED
                if not self.full:
                    self._first[table, key] = (content, taken.sheet, row)
            elif first[0] != content:
                at = next(n for n, (one, other) in enumerate(zip(first[0], content, strict=True)) if one != other)
                known, here = (shown(table, names[at], one[at]) for one in (first[0], content))
                where = (first[1].file, first[1].place(first[2])[0])
                told = {"column": names[at], "known": known, "told": here, "where": where}
                found.append(taken.refuse(row, "twice", OWN_KEY[table], key, **told))
        return found


def _note(tried: Tried, table: TableName, taken: Taken) -> None:
    tried.rows[table] += len(taken.numbers)
    tried.refused[table] += len({refusal.place for refusal in taken.refusals})
    tried.refusals += taken.refusals[: max(LISTED - len(tried.refusals), 0)]
    room = FIRST - len(tried.first[table])
    tried.first[table] += [taken.content(row) for row in taken.rows.row[: max(room, 0)]]
