"""Four made-up projects as records, for pages on which the law itself counts: small enough to count by hand.

Under zhejiang-80, on 21 November 2026:

* RICH: A08 from 2 March to 18 May (promised: 5 days, due on 9 March), then B01 from 18 to 22 May, in time. 56 days,
  yellow; with the promise of A08 kept 5 + 4 = 9, green.
* LATE: A08 from 2 March on, still open, red. Its promise fell due on 9 March: 5 days, green.
* FINE: A08 from 2 to 6 March, 4 days, green whatever is assumed of promises.
* BEYOND: A02 from 2 to 6 March; verified (核准), so outside of the scope: not applicable.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np

from rules.log import EventLog
from rules.plan.document import document
from rules.portfolio import Rules, Traits, parts
from tests.dashboard.fake_project import RICH
from tests.rules.columns import log_of

LATE, FINE, BEYOND = "2603-330110-04-01-200011", "2603-330110-04-01-300011", "2603-330106-04-01-400011"
NAMES = {RICH: "某某新材料年产10万吨项目", LATE: "=拖延的项目,一", FINE: "按时的项目", BEYOND: "核准的项目"}
LAND, HOUSING = "甲局", "乙局"
RULES = Rules.shipped()

_PROJECTS = [
    {"project_code": code, "coded_on": "2026-03-02", "region": code[5:11], "kind": kind}
    for code, kind in ((RICH, "filing"), (LATE, "filing"), (FINE, "filing"), (BEYOND, "verification"))
]
# project, item, stage, department, accepted, approved
_CASES = [
    (RICH, "A08", "initiation", LAND, "2026-03-02", "2026-05-18"),
    (RICH, "B01", "planning", HOUSING, "2026-05-18", "2026-05-22"),
    (RICH, "Z9", "parallel", "测绘公司", "2026-05-18", "2026-05-18"),
    (LATE, "A08", "initiation", HOUSING, "2026-03-02", ""),
    (FINE, "A08", "initiation", LAND, "2026-03-02", "2026-03-06"),
    (BEYOND, "A02", "initiation", LAND, "2026-03-02", "2026-03-06"),
]


def logs() -> tuple[EventLog, Traits]:
    """All of it."""
    cases = [
        {"case_id": f"{code}-{item}", "project_code": code, "item_code": item, "stage": stage, "department": department}
        for code, item, stage, department, _accepted, _approved in _CASES
    ]
    events = [
        {"event_id": f"{code}-{item}-{status}", "case_id": f"{code}-{item}", "status": status, "occurred_at": day}
        for code, item, _stage, _department, accepted, approved in _CASES
        for status, day in (("3", accepted), ("11", approved))
        if day
    ]
    return log_of(_PROJECTS, cases, events)


def some(codes: Sequence[str]) -> tuple[EventLog, Traits]:
    """Of these projects."""
    log, traits = logs()
    chosen = np.isin(np.array(log.projects.code), list(codes))
    kept = ([value for value, mine in zip(column, chosen) if mine] for column in vars(traits).values())
    return log.part(chosen), Traits(*kept)


def plan_of(code: str, as_of: dt.date) -> dict[str, Any] | None:
    """The plan of one of them."""
    log, traits = some([code])
    for part in parts(log, traits, RULES):
        for a in part.assess(as_of, detail=False):
            return document(a, part.log, kind=traits.kind[0])
    return None
