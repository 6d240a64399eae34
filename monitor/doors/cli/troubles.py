"""A database that cannot be used, told so that a person knows the next step."""

from __future__ import annotations

from monitor.database import DatabaseError
from monitor.text import N_, _

_WORDS = {
    "driver": N_("The driver {detail} is not installed: pip install 'approval-monitor[postgres]'."),
    "address": N_("MONITOR_DATABASE_URL is not understood: {detail}"),
    "unreachable": N_("The database cannot be opened: {detail}"),
    "busy": N_("Another program is writing to the database; try again when it has finished."),
    "damaged": N_(
        "The database file is damaged: {detail}. "
        "Keep a copy of it, and bring back a backup: approval-monitor restore FILE"
    ),
    "missing": N_("There is no database yet at {detail}. Run: approval-monitor init"),
    "older": N_("The database has version {detail}, older than this program. Run: approval-monitor upgrade"),
    "newer": N_("The database has version {detail}, made by a newer program. Install that one."),
    "other": N_("The database cannot be used: {detail}"),
    "foreign keys": N_("The upgrade was undone, for it would have left rows pointing at nothing: {detail}"),
}


def in_words(error: DatabaseError) -> str:
    """One sentence in the user's language."""
    return _(_WORDS.get(error.problem, _WORDS["other"])).format(detail=error.detail)
