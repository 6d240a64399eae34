"""What came of an import, for people and for machines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from monitor.codes.departments import Name
from monitor.deeds import Told
from monitor.intake import ORDER, FileRefused, PassedOver, Refusal, Remark
from monitor.intake.remarks import LISTED
from monitor.verbs.foreseen import Foreseen


@dataclass
class Count:
    """What became of the rows of one table. ``known``: the same was known already."""

    read: int = 0
    added: int = 0
    changed: int = 0
    known: int = 0
    refused: int = 0


@dataclass(kw_only=True)
class Odd:
    """What is odd about rows that were taken all the same: the first ones, and how many there are; and departments that
    are new to us, each with the nearest names."""

    warnings: list[Remark] = field(default_factory=list)
    warned: int = 0
    departments: list[tuple[Name, list[Name]]] = field(default_factory=list)

    def warn(self, remarks: Iterable[Remark]) -> None:
        """Adds what is odd about some rows."""
        for remark in remarks:
            self.warned += 1
            if len(self.warnings) < LISTED:
                self.warnings.append(remark)

    def wondered_at(self) -> dict[str, Any]:
        """Its part of a document."""
        return {
            "warned": self.warned,
            "warnings": [remark.document() for remark in self.warnings],
            "new_departments": [
                {"region": region, "name": name, "like": [{"region": r, "name": n} for r, n in like]}
                for (region, name), like in self.departments
            ],
        }


@dataclass
class Imported(Odd):
    """The result of an import. ``outcome``: landed, partial, nothing (all was known) or refused. ``secret``: of the
    ``refused`` rows those of secret projects; ``known_secret``: secret projects that were taken in before."""

    source: str
    dry_run: bool
    profile: str | None = None  # None: the files were canonical
    outcome: str = "refused"
    batch: int | None = None
    known_from: dt.datetime | None = None
    reported_until: dt.date | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    passed_over: PassedOver = field(default_factory=PassedOver)
    counts: dict[str, Count] = field(default_factory=lambda: {table: Count() for table in ORDER})
    fed: int = 0  # rows that waited and came in
    touched: int = 0
    refusals: list[Refusal | FileRefused] = field(default_factory=list)
    refused: int = 0
    secret: int = 0
    known_secret: set[int] = field(default_factory=set)  # keys
    remembered: bool = False  # something of secret projects that was not known to be so
    effect: Foreseen | None = None  # of a dry run

    def in_short(self) -> Told:
        """What the trail keeps of it: counts and until which day, nothing that a row says."""
        return {
            "source": self.source,
            "reported_until": self.reported_until.isoformat() if self.reported_until else None,
            **{table: count.added + count.changed for table, count in self.counts.items()},
            "refused": self.refused,
            "secret": self.secret,
            "fed": self.fed,
            "touched": self.touched,
        }

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
            "ignored": list(self.passed_over.files),
            "passed_over": self.passed_over.listed(),
            **{table: vars(count) for table, count in self.counts.items()},
            "fed": self.fed,
            "touched": self.touched,
            "refused": self.refused,
            "secret": self.secret,
            "known_secret": len(self.known_secret),
            "effect": self.effect.document() if self.effect else None,
            "refusals": [refusal.document() for refusal in self.refusals],
            **self.wondered_at(),
        }
