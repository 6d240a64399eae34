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
    ACCOUNT_ADD = "account_add"
    ACCOUNT_CHANGE = "account_change"
    ACCOUNT_DISABLE = "account_disable"
    ACCOUNT_ENABLE = "account_enable"
    PASSWORD_RESET = "password_reset"
    PASSWORD_CHANGE = "password_change"
    SIGN_IN = "sign_in"
    SIGN_IN_LOCKED = "sign_in_locked"
    SIGN_OUT = "sign_out"
    SESSIONS_END = "sessions_end"
    TOKEN_ADD = "token_add"
    TOKEN_REVOKE = "token_revoke"
    AGREEMENT_ADD = "agreement_add"
    AGREEMENT_CHANGE = "agreement_change"
    AGREEMENT_END = "agreement_end"
    AGREEMENT_HAND_OVER = "agreement_hand_over"
    PURGE_ASK = "purge_ask"
    ERASE_ASK = "erase_ask"
    BACKUP = "backup"
    RESTORE = "restore"
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
    Verb.ACCOUNT_ADD: N_("made an account"),
    Verb.ACCOUNT_CHANGE: N_("changed an account"),
    Verb.ACCOUNT_DISABLE: N_("disabled an account"),
    Verb.ACCOUNT_ENABLE: N_("enabled an account"),
    Verb.PASSWORD_RESET: N_("gave an account another initial password"),
    Verb.PASSWORD_CHANGE: N_("changed the own password"),
    Verb.SIGN_IN: N_("signed in"),
    Verb.SIGN_IN_LOCKED: N_("was locked out after wrong passwords"),
    Verb.SIGN_OUT: N_("signed out"),
    Verb.SESSIONS_END: N_("ended the sessions of an account"),
    Verb.TOKEN_ADD: N_("made a token"),
    Verb.TOKEN_REVOKE: N_("revoked a token"),
    Verb.AGREEMENT_ADD: N_("entered an agreement"),
    Verb.AGREEMENT_CHANGE: N_("changed an agreement"),
    Verb.AGREEMENT_END: N_("terminated an agreement"),
    Verb.AGREEMENT_HAND_OVER: N_("handed an agreement over"),
    Verb.PURGE_ASK: N_("asked for secret projects to be purged"),
    Verb.ERASE_ASK: N_("asked for what the trail says of a person to be erased"),
    Verb.BACKUP: N_("made a backup"),
    Verb.RESTORE: N_("restored a backup"),
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
