"""What can be done that leaves an entry in the trail, and what an entry says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.text import N_

Value = str | int | float | bool | None | Sequence[str]
Told = Mapping[str, Value]


class Verb(StrEnum):
    """Every deed that changes something, or takes something out."""

    INIT = "init"
    UPGRADE = "upgrade"
    IMPORT = "import"
    PULL = "pull"
    UNDO = "undo"
    CONFIRM = "confirm"
    TICK = "tick"
    REBUILD = "rebuild"
    DEPARTMENTS_SAY = "departments_say"
    DEPARTMENTS_UNDO = "departments_undo"
    NOTICES_IMPORT = "notices_import"
    NOTICES_WITHDRAW = "notices_withdraw"
    PACKS_IMPORT = "packs_import"
    PACKS_WITHDRAW = "packs_withdraw"
    REMEMBER_SECRET = "remember_secret"
    PURGE = "purge"
    ERASE = "erase"
    EXPORT = "export"
    EXPORT_SPGL = "export_spgl"
    EXPORT_TRAIL = "export_trail"
    SLIP_MAKE = "slip_make"
    SLIP_WITHDRAW = "slip_withdraw"


WORDS = {
    Verb.INIT: N_("made the database"),
    Verb.UPGRADE: N_("brought the database up to date"),
    Verb.IMPORT: N_("imported"),
    Verb.PULL: N_("pulled"),
    Verb.UNDO: N_("took a batch back"),
    Verb.CONFIRM: N_("confirmed a pause"),
    Verb.TICK: N_("assessed what was due"),
    Verb.REBUILD: N_("dropped all standings"),
    Verb.DEPARTMENTS_SAY: N_("said what departments mean"),
    Verb.DEPARTMENTS_UNDO: N_("took back what was said of departments"),
    Verb.NOTICES_IMPORT: N_("entered a notice"),
    Verb.NOTICES_WITHDRAW: N_("withdrew a notice"),
    Verb.PACKS_IMPORT: N_("entered a pack"),
    Verb.PACKS_WITHDRAW: N_("withdrew a pack"),
    Verb.REMEMBER_SECRET: N_("refused secret projects, which are remembered"),
    Verb.PURGE: N_("purged secret projects"),
    Verb.ERASE: N_("erased what entries of the trail said"),
    Verb.EXPORT: N_("exported the log"),
    Verb.EXPORT_SPGL: N_("exported the exchange tables"),
    Verb.EXPORT_TRAIL: N_("exported the trail"),
    Verb.SLIP_MAKE: N_("made the query code of an acceptance slip"),
    Verb.SLIP_WITHDRAW: N_("withdrew the query code of an acceptance slip"),
}


@dataclass(frozen=True)
class Deed:
    """One deed. ``subject`` is told for ever, so it names nothing that may have to be erased: no person, no project; a
    number, a pack, a day.

    ``before`` and ``after``: flat, in keys and counts rather than rows where there are many. ``personal``: names of
    persons and what they wrote, kept apart so that it can be masked and erased by itself.
    """

    verb: Verb
    subject_kind: str = ""
    subject: str = ""
    outcome: str = "done"
    before: Told = field(default_factory=dict)
    after: Told = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)
