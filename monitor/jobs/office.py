"""What can be asked for, by whom, and what a job needs to know of the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.rights import Right
from monitor.uploads import Uploads


class Verb(StrEnum):
    """What can be asked for; `try` looks what would come of it and changes nothing."""

    LOOK = "look"  # what a file is, and a proposal how to read it
    TRY = "try"
    IMPORT = "import"
    TRY_UNDO = "try_undo"
    UNDO = "undo"


RIGHTS: Mapping[Verb, Right] = {
    Verb.LOOK: Right.IMPORT, Verb.TRY: Right.IMPORT, Verb.IMPORT: Right.IMPORT, Verb.TRY_UNDO: Right.UNDO,
    Verb.UNDO: Right.UNDO,
}  # fmt: skip


@dataclass(frozen=True)
class Office:
    """What a job needs to know of the office, apart from the database."""

    uploads: Uploads
    zone: ZoneInfo
    now: Callable[[], dt.datetime]
    places: Mapping[str, str]
    secret_list: Path | None

    def today(self) -> dt.date:
        """The day in the office's zone."""
        return self.now().astimezone(self.zone).date()
