"""What came of a pull, for people and for machines."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from monitor.exchange.tables import NAMES
from monitor.intake import ORDER, FileRefused, Refusal
from monitor.verbs.foreseen import Foreseen
from monitor.verbs.imported import Count, Imported, Odd
from monitor.verbs.landing import LISTED


@dataclass
class Pulled(Odd):
    """The result of a pull. ``outcome``: landed, partial, nothing (all was known) or refused.

    ``since`` None: everything was read. ``resumed``: it went on where one before was cut. ``read``, ``invalid`` and
    ``without_records`` count rows by table of the source; the last is told only where everything was read. ``secret``
    and ``known_secret`` as of an import.
    """

    source: str
    profile: str
    address: str
    dry_run: bool
    outcome: str = "nothing"
    since: dt.date | None = None
    resumed: bool = False
    batches: list[int] = field(default_factory=list)
    reported_until: dt.date | None = None
    read: Counter[str] = field(default_factory=Counter)
    invalid: Counter[str] = field(default_factory=Counter)
    without_records: Counter[str] = field(default_factory=Counter)
    counts: dict[str, Count] = field(default_factory=lambda: {table: Count() for table in ORDER})
    effect: Foreseen | None = None
    fed: int = 0
    touched: int = 0
    refusals: list[Refusal | FileRefused] = field(default_factory=list)
    refused: int = 0
    secret: int = 0
    known_secret: set[int] = field(default_factory=set)

    def add(self, one: Imported) -> None:
        """Adds what came of one portion."""
        for table, count in one.counts.items():
            mine = self.counts[table]
            for name, n in vars(count).items():
                setattr(mine, name, getattr(mine, name) + n)
        self.fed += one.fed
        self.touched += one.touched
        self.warn(one.warnings)
        self.warned += one.warned - len(one.warnings)
        self.departments += one.departments
        self.refused += one.refused
        self.secret += one.secret
        self.known_secret |= one.known_secret
        self.refusals += one.refusals[: max(LISTED - len(self.refusals), 0)]
        self.reported_until = one.reported_until or self.reported_until
        if one.batch is not None:
            self.batches.append(one.batch)
        if one.outcome != "nothing" and self.outcome != "refused":
            self.outcome = "partial" if "partial" in (one.outcome, self.outcome) else one.outcome

    def document(self) -> dict[str, Any]:
        """The result as `pull --json` prints it."""
        tables = [
            {"table": name, "read": self.read[name], "invalid": self.invalid[name],
             "without_records": self.without_records.get(name)}
            for name in NAMES
        ]  # fmt: skip
        return {
            "outcome": self.outcome,
            "dry_run": self.dry_run,
            "source": self.source,
            "profile": self.profile,
            "from": self.address,
            "since": self.since.isoformat() if self.since else None,
            "resumed": self.resumed,
            "batches": self.batches,
            "reported_until": self.reported_until.isoformat() if self.reported_until else None,
            "tables": tables,
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
