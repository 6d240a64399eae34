"""Flags on the order of items (successor accepted before its predecessor was decided)."""

from __future__ import annotations

from rules.flags.view import Found, View, of_cases
from rules.log import NO_DAY
from rules.predecessors import ready_on


def accepted_before_predecessor(view: View) -> Found:
    """Accepted although the project has a case of a prerequisite that was not approved by that day.

    Not where the law alone took it on (with others, or by silence): nobody accepted it, so nobody kept no order.
    """
    opening = view.scene.opening
    early = (opening.opened != NO_DAY) & (ready_on(view.scene) > opening.opened)
    return of_cases(early & ~opening.by_law, opening.opened)
