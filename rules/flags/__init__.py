"""Odd records: possible, therefore kept and counted, but said aloud (DESIGN section 6).

Each flag is one function from what a chunk means to the cases (and events) that show it; a flag is
charged to who recorded it. `FLAGS` names them all; the names are those of the documents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.flags import entries, limits, offices, openings, order, pauses, voids
from rules.flags.view import Found, View
from rules.log import NO_DAY, NONE
from rules.pack import NATURAL, Dated, RulePack
from rules.vocabulary import Pause

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
    "pause_lengthened_late": voids.lengthened_late,
    "overlapping_pauses": pauses.overlapping_pauses,
    "extended_after_limit": limits.extended_after_limit,
    "papers_overdue": limits.papers_overdue,
    "check_overdue": limits.check_overdue,
    "waived_item": limits.waived_item,
    "late_entry": entries.late_entry,
    "entered_ahead": entries.entered_ahead,
    "entered_together": entries.entered_together,
    "bulk_on_rest_day": entries.bulk_on_rest_day,
    "unknown_office": offices.unknown_office,
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
    if flag in ("late_stop", "pause_lengthened_late"):
        return pack.late_stop_days
    if flag == "deemed_acceptance":
        return pack.deemed_acceptance
    return pack.oddities.get(_THRESHOLDS.get(flag, ""))


def raised(pack: RulePack, flag: str) -> bool:
    """Whether a pack can raise a flag at all; it cannot where it has not what the flag is about."""
    rules = pack.pauses.values()
    stops = any(rule.stops for rule in rules)
    return {
        "deemed_acceptance": pack.deemed_acceptance is not None,
        "check_overdue": pack.commitment_check is not None,
        "waived_item": any(rule.waives for rule in pack.marks.values()),
        "accepted_before_predecessor": any(item.prerequisites for item in pack.catalogue.items.values()),
        "correction_stops": bool(pack.pauses[Pause.CORRECTION].stops),
        "pause_past_ceiling": any(rule.ceiling for rule in rules),
        "bulk_on_rest_day": pack.calendar != NATURAL,
    }.get(flag, stops or flag not in ("long_pause", "overlapping_pauses", "late_stop", "pause_lengthened_late"))


def unit_of(flag: str, pack: RulePack) -> str:
    """What the number that a flag saw counts: `record`, `time` (the second, the third …), or days of the calendar."""
    others = {"bulk_on_rest_day": "record", "repeated_correction": "time"}
    return others.get(flag, "natural_day" if pack.calendar == NATURAL else "working_day")


@dataclass
class Flags:
    """One row a flag: which (index of NAMES), whose case (of the chunk), which event (row of the log, or -1), and what
    was seen of it, see `Found`."""

    flag: npt.NDArray[np.int8]
    case: npt.NDArray[np.int32]
    event: npt.NDArray[np.int64]
    on: npt.NDArray[np.int32]
    until: npt.NDArray[np.int32]
    number: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]


def flags(view: View) -> Flags:
    """All flags of a chunk, in the order of NAMES."""
    found = [FLAGS[name](view) for name in NAMES]
    many = [len(one.case) for one in found]

    def column(parts: list[npt.NDArray[Any] | None], blank: int, dtype: Any) -> npt.NDArray[Any]:
        told = [np.full(n, blank) if part is None else part for part, n in zip(parts, many, strict=True)]
        return np.concatenate(told).astype(dtype)

    return Flags(
        np.repeat(np.arange(len(NAMES), dtype=np.int8), many),
        column([one.case for one in found], NONE, np.int32),
        column([one.event for one in found], NONE, np.int64),
        column([one.on for one in found], NO_DAY, np.int32),
        column([one.until for one in found], NO_DAY, np.int32),
        column([one.number for one in found], NONE, np.int32),
        column([one.kind for one in found], NONE, np.int8),
    )
