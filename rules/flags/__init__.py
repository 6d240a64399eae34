"""Odd records: possible, therefore kept and counted, but said aloud (DESIGN section 6).

Each flag is one function from what a chunk means to the cases (and events) that show it; a flag is
charged to who recorded it. `FLAGS` names them all; the names are those of the documents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rules.flags import entries, openings, order, pauses
from rules.flags.view import Found, View

FLAGS: dict[str, Callable[[View], Found]] = {
    "cannot_be_judged": openings.cannot_be_judged,
    "supposed_acceptance": openings.supposed_acceptance,
    "reopened": openings.reopened,
    "resubmitted": openings.resubmitted,
    "accepted_before_coding": openings.accepted_before_coding,
    "accepted_before_predecessor": order.accepted_before_predecessor,
    "pause_end_without_start": pauses.end_without_start,
    "pause_opened_late": pauses.opened_late,
    "pause_never_closed": pauses.never_closed,
    "pause_without_basis": pauses.without_basis,
    "correction_stops": pauses.correction_stops,
    "repeated_correction": pauses.repeated_correction,
    "late_entry": entries.late_entry,
    "bulk_on_rest_day": entries.bulk_on_rest_day,
}
NAMES = tuple(FLAGS)


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
