"""What came of an import, for people and for machines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from monitor.intake import ORDER, FileRefused, Refusal


@dataclass
class Count:
    """What became of the rows of one table. ``known``: the same was known already."""

    read: int = 0
    added: int = 0
    changed: int = 0
    known: int = 0
    refused: int = 0


@dataclass
class Imported:
    """The result of an import. ``outcome``: landed, partial, nothing (all was known) or refused."""

    source: str
    dry_run: bool
    profile: str | None = None  # None: the files were canonical
    outcome: str = "refused"
    batch: int | None = None
    known_from: dt.datetime | None = None
    reported_until: dt.date | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    ignored: tuple[str, ...] = ()
    counts: dict[str, Count] = field(default_factory=lambda: {table: Count() for table in ORDER})
    touched: int = 0
    refusals: list[Refusal | FileRefused] = field(default_factory=list)
    refused: int = 0

    def document(self) -> dict[str, Any]:
        """The result as `import --json` prints it."""
        return {
            "outcome": self.outcome,
            "dry_run": self.dry_run,
            "profile": self.profile,
            "source": self.source,
            "batch": self.batch,
            "known_from": self.known_from.isoformat() if self.known_from else None,
            "reported_until": self.reported_until.isoformat() if self.reported_until else None,
            "files": self.files,
            "ignored": list(self.ignored),
            **{table: vars(count) for table, count in self.counts.items()},
            "touched": self.touched,
            "refused": self.refused,
            "refusals": [refusal.document() for refusal in self.refusals],
        }
