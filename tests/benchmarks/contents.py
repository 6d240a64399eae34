"""What the tables of standings hold, as digests by block: to hold two states of a large database against each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from monitor.database import Database

BLOCK = 10_000  # projects whose rows share a digest
FETCHED = 10_000

# The rows in an order, by a first column that grows. A turn that holds no more is a record of what was said before.
TABLES = {
    "standing": "SELECT * FROM standing ORDER BY project_id",
    "group_standing": "SELECT * FROM group_standing ORDER BY project_id, grp",
    "case_standing": "SELECT * FROM case_standing ORDER BY project_id, case_id",
    "share": "SELECT * FROM share ORDER BY project_id, n",
    "turn": """SELECT project_id, scope, "on", from_light, to_light, why, known_from FROM turn
        WHERE known_to IS NULL ORDER BY project_id, scope, "on", to_light, known_from""",
    "tally": "SELECT * FROM tally ORDER BY day, department_id, stage, item_code, region, kind",
    "outcome": "SELECT * FROM outcome ORDER BY day, department_id, stage, item_code, region, kind, pending",
    "pause_piece": "SELECT * FROM pause_piece ORDER BY project_id, n",
    "pause_tally": """SELECT * FROM pause_tally
        ORDER BY day, department_id, stage, item_code, region, kind, pause, based""",
    "handover_gap": "SELECT * FROM handover_gap ORDER BY project_id, case_id",
    "handover_tally": """SELECT * FROM handover_tally
        ORDER BY day, department_id, stage, item_code, before_department_id, before_item_code, region, kind""",
    "calendar": "SELECT * FROM calendar ORDER BY id",
    "calendar_day": "SELECT * FROM calendar_day ORDER BY calendar_id, day",
}
_COUNTERS = {"log_version"}  # how often a standing was made due, not how it stands

Place = tuple[str, int]


def rows(database: Database, sql: str) -> Iterator[tuple[list[str], list[Any]]]:
    """The names of the columns with some rows at a time, however many there are."""
    with database.engine.connect() as plain:
        result = plain.execution_options(stream_results=True, max_row_buffer=FETCHED).execute(text(sql))
        names = list(result.keys())
        for some in result.partitions(FETCHED):
            yield names, [tuple(row) for row in some]


def digests(database: Database) -> dict[Place, str]:
    """Of each table, by block of its first column, a digest of all its rows."""
    found: dict[Place, Any] = {}
    for table, sql in TABLES.items():
        for names, some in rows(database, sql):
            told = [n for n, name in enumerate(names) if name not in _COUNTERS]
            for row in some:
                place = table, row[0] // BLOCK
                if place not in found:
                    found[place] = hashlib.sha256()
                found[place].update(repr([row[n] for n in told]).encode())
    return {place: digest.hexdigest() for place, digest in found.items()}


def differing(one: dict[Place, str], other: dict[Place, str]) -> list[Place]:
    """The blocks that are not the same in both."""
    return sorted(place for place in one.keys() | other.keys() if one.get(place) != other.get(place))
