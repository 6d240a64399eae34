"""Projects that finished in a period, and how many of them kept the rule and its budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, func, select

from monitor.reading.frames import framed
from monitor.reading.measures import Wanted
from monitor.tables import GroupStanding, Standing
from rules.vocabulary import Group, Phase

if TYPE_CHECKING:
    import pandas as pd

FINISHED = (
    "finished", "judged", "within_rule", "budgets_pre_construction", "within_pre_construction", "budgets_acceptance",
    "within_acceptance",
)  # fmt: skip
BY = {"region": Standing.region, "kind": Standing.kind}


def finished(connection: Connection, wanted: Wanted) -> pd.DataFrame:
    """One row a key with FINISHED: projects finished in the period, those of them that a pack judges and that can be
    judged, those of these that never turned red; and of each group those with a budget, and that kept it.

    A project is of several departments, items and stages: it is cut by region and kind alone (`Wanted.by`), and
    ValueError says so of anything else.
    """
    strange = [word for word in wanted.by if word not in BY]
    if strange or any(one is not None for one in (wanted.department, wanted.item, wanted.stage)):
        raise ValueError("finished projects are cut by region and kind")
    own = [BY[word] for word in wanted.by]
    inside = [Standing.phase == int(Phase.FINISHED), Standing.last_day <= wanted.until, *wanted.where(Standing)]
    if wanted.since:
        inside.append(Standing.last_day > wanted.since)
    judged = and_(Standing.in_scope.is_(True), Standing.grey.is_(False))
    kept = Standing.red_on.is_(None)
    query = select(*own, func.count(), _count(judged), _count(and_(judged, kept))).where(*inside).group_by(*own)
    rows: dict[tuple[Any, ...], dict[str, int]] = {}
    for *key, many, can_be, good in connection.execute(query):
        into = rows.setdefault(tuple(key), dict.fromkeys(FINISHED, 0))
        into |= {"finished": int(many), "judged": int(can_be or 0), "within_rule": int(good or 0)}
    group = GroupStanding
    budgets = (
        select(*own, group.grp, func.count(), _count(group.red_on.is_(None)))
        .select_from(Standing)
        .join(group, group.project_id == Standing.project_id)
        .where(*inside, judged, group.budget.is_not(None), group.grey.is_(False))
        .group_by(*own, group.grp)
    )
    for *key, grp, many, good in connection.execute(budgets):
        word = Group(grp).word
        rows[tuple(key)] |= {f"budgets_{word}": int(many), f"within_{word}": int(good or 0)}
    found = [dict(zip(wanted.by, key, strict=True)) | row for key, row in sorted(rows.items()) if row["finished"]]
    return framed(found, [*wanted.by, *FINISHED])


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
