"""Odd records: possible, therefore kept and counted, but said aloud (DESIGN section 6).

Each flag is one function from what a chunk means to the cases (and events) that show it; a flag is
charged to who recorded it. `FLAGS` names them all; the names are those of the documents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.flags import entries, limits, openings, order, pauses
from rules.flags.view import Found, View
from rules.pack import Dated, RulePack

FLAGS: dict[str, Callable[[View], Found]] = {
    "cannot_be_judged": openings.cannot_be_judged,
    "supposed_acceptance": openings.supposed_acceptance,
    "deemed_acceptance": openings.deemed_acceptance,
    "reopened": openings.reopened,
    "resubmitted": openings.resubmitted,
    "accepted_before_coding": openings.accepted_before_coding,
    "decided_before_acceptance": openings.decided_before_acceptance,
    "withdrawn_before_limit": openings.withdrawn_before_limit,
    "accepted_before_predecessor": order.accepted_before_predecessor,
    "pause_end_without_start": pauses.end_without_start,
    "pause_opened_late": pauses.opened_late,
    "pause_never_closed": pauses.never_closed,
    "pause_without_basis": pauses.without_basis,
    "correction_stops": pauses.correction_stops,
    "repeated_correction": pauses.repeated_correction,
    "long_pause": pauses.long_pause,
    "pause_past_ceiling": pauses.past_ceiling,
    "late_stop": pauses.late_stop,
    "overlapping_pauses": pauses.overlapping_pauses,
    "extended_after_limit": limits.extended_after_limit,
    "late_entry": entries.late_entry,
    "entered_ahead": entries.entered_ahead,
    "entered_together": entries.entered_together,
    "bulk_on_rest_day": entries.bulk_on_rest_day,
}
NAMES = tuple(FLAGS)
_THRESHOLDS = {
    "long_pause": "long_pause_days",
    "late_entry": "late_entry_days",
    "entered_together": "together_days",
    "bulk_on_rest_day": "bulk_events",
}


def threshold(pack: RulePack, flag: str) -> Dated | None:
    """The number of the pack from which on a record is flagged; None for a flag that has none, or none in this pack."""
    if flag in ("pause_opened_late", "withdrawn_before_limit"):
        return pack.warning_days
    if flag == "late_stop":
        return pack.late_stop_days
    if flag == "deemed_acceptance":
        return pack.deemed_acceptance
    return pack.oddities.get(_THRESHOLDS.get(flag, ""))


@dataclass
class Flags:
    """One row a flag: which (index of NAMES), whose case (of the chunk), which event (row of the log, or -1)."""

    flag: npt.NDArray[np.int8]
    case: npt.NDArray[np.int32]
    event: npt.NDArray[np.int64]


def flags(view: View) -> Flags:
    """All flags of a chunk, in the order of NAMES."""
    kinds, cases, events = [], [], []
    for n, name in enumerate(NAMES):
        case, event = FLAGS[name](view)
        kinds.append(np.full(len(case), n, np.int8))
        cases.append(case.astype(np.int32))
        events.append(event.astype(np.int64))
    return Flags(np.concatenate(kinds), np.concatenate(cases), np.concatenate(events))
