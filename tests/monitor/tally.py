"""The rollups of the tables, and what they must be by their definition: said in SQL over all shares, cases, pauses and
gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monitor.database import Database
from rules.vocabulary import CaseState, Unit
from tests.monitor.canonical_files import rows

KEY = ("department_id", "stage", "item_code")
DECIDED, WORKING = int(CaseState.DECIDED), int(Unit.WORKING_DAY)
# Table, the day on which its rows say something, when they do, and what.
Says = tuple[str, str, str, dict[str, str]]


@dataclass(frozen=True)
class Sum:
    """A rollup: what its key has beside the day, the case and the project's region and kind, and what adds to it."""

    more: tuple[str, ...]
    says: list[Says]

    @property
    def numbers(self) -> list[str]:
        return list(dict.fromkeys(name for *_, says in self.says for name in says))


def _begun(since: str) -> str:
    """The first of these days that a case has."""
    return f"COALESCE(x.accepted_on, x.received_on, x.{since})"


def _sum_where(condition: str, value: str = "1") -> str:
    return f"CASE WHEN {condition} THEN {value} ELSE 0 END"


def _clock(clock: str, within: str) -> dict[str, str]:
    limited, in_time = f"x.{clock}_limit IS NOT NULL", f"x.{clock}_limit IS NOT NULL AND x.{clock}_red_on IS NULL"
    working = f"{limited} AND x.{clock}_unit = {WORKING}"
    return {
        clock: _sum_where(limited),
        within: _sum_where(in_time),
        f"{clock}_working": _sum_where(working),
        f"{clock}_limit": _sum_where(working, f"x.{clock}_limit"),
        f"{clock}_used": _sum_where(working, f"x.{clock}_used"),
    }


_EARLY = "x.promised_limit IS NOT NULL AND x.promised_red_on IS NULL AND x.promised_used < x.promised_limit"
_BOTH = " AND ".join(f"x.{c}_limit IS NOT NULL AND x.{c}_unit = {WORKING}" for c in ("promised", "statutory"))
_OPEN = "x.closed_on IS NULL AND x.{0} > 0"
SUMS = {
    "tally": Sum(
        (),
        [
            ("share", "since", "1 = 1", {"rate": "x.rate", "sole": "x.sole"}),
            ("share", "until", "x.until IS NOT NULL", {"rate": "-x.rate", "sole": "-x.sole"}),
            ("case_standing", "received_on", "x.received_on IS NOT NULL", {"received": "1"}),
            ("case_standing", "accepted_on", "x.accepted_on IS NOT NULL", {"opened": "1"}),
            ("case_standing", "accepted_on", "x.accepted_on IS NOT NULL AND x.resubmitted", {"resubmitted": "1"}),
            ("case_standing", "closed_on", "x.accepted_on IS NOT NULL AND x.closed_on IS NOT NULL", {"closed": "1"}),
            ("case_standing", "beyond_since", "x.beyond_since IS NOT NULL", {"overdue": "1"}),
            ("case_standing", _begun("beyond_since"), _OPEN.format("beyond"), {"overdue_days": "x.beyond"}),
            ("case_standing", "beyond_statute_since", "x.beyond_statute_since IS NOT NULL", {"overdue_statute": "1"}),
            (
                "case_standing",
                _begun("beyond_statute_since"),
                _OPEN.format("beyond_statute"),
                {"overdue_days_statute": "x.beyond_statute"},
            ),
        ],
    ),
    "outcome": Sum(
        ("pending",),
        [
            (
                "case_standing",
                "closed_on",
                f"x.state = {DECIDED}",
                {
                    "decided": "1",
                    "used": "x.base",
                    "used_sq": "x.base * x.base",
                    "beyond": "x.beyond",
                    "beyond_sq": "x.beyond * x.beyond",
                    "beyond_statute": "x.beyond_statute",
                    **_clock("promised", "in_promise"),
                    "early": _sum_where(_EARLY),
                    **_clock("statutory", "in_statute"),
                    "comparable": _sum_where(_BOTH),
                    "comparable_promised": _sum_where(_BOTH, "x.promised_limit"),
                    "comparable_statutory": _sum_where(_BOTH, "x.statutory_limit"),
                },
            )
        ],
    ),
    "pause_tally": Sum(
        ("pause", "based"),
        [
            ("pause_piece", "since", "1 = 1", {"running": "1"}),
            ("pause_piece", "until", "x.until IS NOT NULL", {"running": "-1"}),
            ("pause_piece", "opened_on", "x.first", {"opened": "1"}),
        ],
    ),
    "handover_tally": Sum(
        ("before_department_id", "before_item_code"),
        [
            ("handover_gap", "since", "1 = 1", {"waiting": "1", "begun": "1"}),
            ("handover_gap", "until", "x.until IS NOT NULL", {"waiting": "-1", "ended": "1"}),
            ("handover_gap", "received", "x.received IS NOT NULL", {"lying": "1"}),
            ("handover_gap", "until", "x.until IS NOT NULL AND x.received IS NOT NULL", {"lying": "-1"}),
        ],
    ),
}


def _part(rollup: Sum, said: Says) -> str:
    table, day, when, says = said
    keys = ", ".join(f"x.{name}" for name in (*KEY, *rollup.more))
    numbers = ", ".join(f"{says.get(name, '0')} AS {name}" for name in rollup.numbers)
    return (
        f"SELECT {day if '(' in day else f'x.{day}'} AS day, {keys}, s.region AS region, s.kind AS kind, {numbers} "
        f"FROM {table} x JOIN standing s ON s.project_id = x.project_id WHERE {when}"
    )


def tally_as_it_must_be(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each rollup by definition, from all that stands there."""
    found = {}
    for table, rollup in SUMS.items():
        key = ", ".join(("day", *KEY, *rollup.more, "region", "kind"))
        sums = ", ".join(f"sum({name})" for name in rollup.numbers)
        some = " OR ".join(f"sum({name}) <> 0" for name in rollup.numbers)
        parts = " UNION ALL ".join(_part(rollup, said) for said in rollup.says)
        found[table] = sorted(rows(database, f"SELECT {key}, {sums} FROM ({parts}) p GROUP BY {key} HAVING {some}"))
    return found


def tally(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each rollup as they are."""
    found = {}
    for table, rollup in SUMS.items():
        columns = ", ".join(("day", *KEY, *rollup.more, "region", "kind", *rollup.numbers))
        found[table] = sorted(rows(database, f"SELECT {columns} FROM {table}"))
    return found
