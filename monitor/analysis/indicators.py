"""The indicators of approval 审批指标: each a sum over a sum, both of which are said.

They are named and counted as the systems and notices do that DOMAIN section 6 lists; places count over different cases,
so that a figure of one place is not to be held against that of another. What decides after long is not in them while it
is open: beside every rate of decided cases stands what is open (`monitor.analysis.durations`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from monitor.text import N_

Sums = Mapping[str, Any]


@dataclass(frozen=True)
class Indicator:
    """``name`` in files, ``title`` and ``formula`` for people; ``source``: where it is counted so, ``sure`` as in
    DOMAIN.md (A seen in a primary source, B in a second-hand one, E inferred by us). ``unit``: rate, or days a case.

    Its value is the sum ``over``, without the sum ``less``, by the sum ``under``.
    """

    name: str
    title: str
    formula: str
    over: str
    under: str
    source: str
    sure: str
    less: str = ""
    unit: str = "rate"

    @property
    def sums(self) -> tuple[str, ...]:
        """The columns that it is counted from."""
        return tuple(name for name in (self.over, self.less, self.under) if name)

    def above(self, sums: Sums) -> int:
        """What stands above the line."""
        return int(sums[self.over]) - (int(sums[self.less]) if self.less else 0)

    def of(self, sums: Sums) -> Fraction | None:
        """Its value, exact; None where there is nothing that it is counted over."""
        under = int(sums[self.under])
        return Fraction(self.above(sums), under) if under else None


INDICATORS = (
    Indicator(
        "closed_of_received",
        N_("Closed of received"),
        N_("cases closed in the period / cases received in it"),
        "closed",
        "received",
        N_("the Kechuang system"),
        "A",
    ),
    Indicator(
        "closed_of_accepted",
        N_("Closed of accepted"),
        N_("cases closed in the period / cases accepted in it"),
        "closed",
        "accepted",
        N_("bulletins of Jiangyong and Lianyuan"),
        "A",
    ),
    Indicator(
        "on_time",
        N_("Decided on time"),
        N_("decided within the promise / decided cases that have a promise"),
        "in_promise",
        "promised",
        N_("one less the late rate of the Evecom system"),
        "E",
    ),
    Indicator(
        "early",
        N_("Decided early"),
        N_("decided at least a day before the promise fell due / decided cases that have a promise"),
        "early",
        "promised",
        N_("the Evecom system"),
        "A",
    ),
    Indicator(
        "faster_than_statute",
        N_("Faster than the statute"),
        N_("(statutory days - days used) / statutory days, of decided cases whose statutory limit is in working days"),
        "statutory_limit",
        "statutory_limit",
        N_("the Kechuang system"),
        "A",
        less="statutory_used",
    ),
    Indicator(
        "faster_than_promise",
        N_("Faster than promised"),
        N_("(promised days - days used) / promised days, of decided cases whose promise is in working days"),
        "promised_limit",
        "promised_limit",
        N_("the Kechuang system"),
        "A",
        less="promised_used",
    ),
    Indicator(
        "promise_below_statute",
        N_("Promise below the statute"),
        N_("(statutory days - promised days) / statutory days, of decided cases that have both in working days"),
        "comparable_statutory",
        "comparable_statutory",
        N_("arithmetic of a published catalogue"),
        "B",
        less="comparable_promised",
    ),
    Indicator(
        "mean_used",
        N_("Mean days used"),
        N_("days used / decided cases; of decided cases alone"),
        "used",
        "decided",
        N_("a bulletin of Fangchenggang"),
        "B",
        unit="days",
    ),
    Indicator(
        "within_rule",
        N_("Finished within the rule"),
        N_("projects finished in the period that did not turn red / projects finished in it that can be judged"),
        "within_rule",
        "judged",
        N_("the target of Zhejiang for 2019"),
        "B",
    ),
    Indicator(
        "within_pre_construction",
        N_("Budget before construction kept"),
        N_("projects finished in the period within the budget before construction / those that have one"),
        "within_pre_construction",
        "budgets_pre_construction",
        N_("the budgets of Zhejiang: 50 days before construction, 30 of acceptance"),
        "E",
    ),
    Indicator(
        "within_acceptance",
        N_("Budget of the acceptance kept"),
        N_("projects finished in the period within the budget of the acceptance / those that have one"),
        "within_acceptance",
        "budgets_acceptance",
        N_("the budgets of Zhejiang: 50 days before construction, 30 of acceptance"),
        "E",
    ),
)


def indicators(rows: Iterable[Sums], keys: Sequence[str]) -> list[dict[str, Any]]:
    """One row a row of sums and indicator that it has the sums of: the keys, ``indicator``, ``value`` (a Fraction, or
    None), and what is above (``over``) and below (``under``) the line."""
    return [
        {key: row[key] for key in keys}
        | {"indicator": one.name, "value": one.of(row), "over": one.above(row), "under": int(row[one.under])}
        for row in rows
        for one in INDICATORS
        if row.keys() >= set(one.sums)
    ]
