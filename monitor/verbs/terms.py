"""What rows are held against on their way in, whichever door they come by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from monitor.codes import Checker
from monitor.intake import SecretList
from monitor.reading.packs import names
from monitor.store import packs
from monitor.store.log import LogBatch


@dataclass(frozen=True)
class Terms:
    """The office's zone, the names of packs that were entered, what is wondered at in a code, and the secret
    projects."""

    zone: ZoneInfo
    packs: frozenset[str]
    checker: Checker
    secret: SecretList

    @classmethod
    def now(cls, batch: LogBatch, zone: ZoneInfo, places: Collection[str], secret: SecretList) -> Terms:
        """As they are; until the end of the batch no pack is withdrawn. ``places``: area codes that the office names
        itself."""
        packs.hold(batch.connection)
        return cls(zone, names(batch.connection), Checker(places), secret)
