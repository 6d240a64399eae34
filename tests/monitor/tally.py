"""The tally of the tables, and what it must be by its definition: said in SQL over all shares and cases."""

from __future__ import annotations

from typing import Any

from monitor.database import Database
from rules.vocabulary import CaseState
from tests.monitor.canonical_files import rows

NUMBERS = ("rate", "sole", "opened", "closed", "decided", "beyond", "overdue", "overdue_days")
KEY = ("department_id", "stage", "item_code")
DECIDED = int(CaseState.DECIDED)
# Table, the day on which its rows say something, when they do, and what.
SAYS: list[tuple[str, str, str, dict[str, str]]] = [
    ("share", "since", "1 = 1", {"rate": "x.rate", "sole": "x.sole"}),
    ("share", "until", "x.until IS NOT NULL", {"rate": "-x.rate", "sole": "-x.sole"}),
    ("case_standing", "accepted_on", "x.accepted_on IS NOT NULL", {"opened": "1"}),
    ("case_standing", "closed_on", "x.accepted_on IS NOT NULL AND x.closed_on IS NOT NULL", {"closed": "1"}),
    ("case_standing", "closed_on", f"x.state = {DECIDED}", {"decided": "1", "beyond": "x.beyond"}),
    ("case_standing", "accepted_on", "x.closed_on IS NULL AND x.beyond > 0", {"overdue_days": "x.beyond"}),
    ("case_standing", "beyond_since", "x.beyond_since IS NOT NULL", {"overdue": "1"}),
]


def _part(table: str, day: str, when: str, says: dict[str, str]) -> str:
    keys = ", ".join(f"x.{name}" for name in KEY)
    numbers = ", ".join(f"{says.get(name, '0')} AS {name}" for name in NUMBERS)
    return (
        f"SELECT x.{day} AS day, {keys}, s.region AS region, s.kind AS kind, {numbers} "
        f"FROM {table} x JOIN standing s ON s.project_id = x.project_id WHERE {when}"
    )


def tally_as_it_must_be(database: Database) -> list[tuple[Any, ...]]:
    """The rows of the tally by definition, from all shares and cases that stand there."""
    key = ", ".join(("day", *KEY, "region", "kind"))
    sums = ", ".join(f"sum({name})" for name in NUMBERS)
    some = " OR ".join(f"sum({name}) <> 0" for name in NUMBERS)
    parts = " UNION ALL ".join(_part(*said) for said in SAYS)
    return sorted(rows(database, f"SELECT {key}, {sums} FROM ({parts}) p GROUP BY {key} HAVING {some}"))


def tally(database: Database) -> list[tuple[Any, ...]]:
    """The rows of the tally as they are."""
    return sorted(rows(database, f"SELECT {', '.join(('day', *KEY, 'region', 'kind', *NUMBERS))} FROM tally"))
