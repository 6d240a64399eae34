"""Logs taken in by parts and swept, and what the tables of standings hold without keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import text

from monitor.database import Database
from monitor.reading.reader import Reader
from monitor.reading.viewer import EVERYONE
from monitor.verbs.assess import assess_files
from monitor.verbs.import_log import Imported
from monitor.verbs.rewind import Rewinder
from monitor.verbs.tick import Swept, rebuild, tick
from rules.portfolio import Rules
from tests.monitor.canonical_files import MOMENT, TODAY, ZONE, take, write

RULES = Rules.shipped()
Rows = list[dict[str, str]]
Log = tuple[Rows, Rows, Rows]
Row = tuple[Any, ...]


class Clock:
    """A clock that goes on by a second whenever it is asked."""

    def __init__(self, start: dt.datetime = MOMENT) -> None:
        self.moment = start

    def __call__(self) -> dt.datetime:
        self.moment += dt.timedelta(seconds=1)
        return self.moment


@dataclass
class Office:
    """A database with its clock, and the verbs as a test asks for them."""

    database: Database
    folder: Path
    clock: Clock
    rules: Rules
    imports: int = 0

    def take(self, projects: Rows, cases: Rows, events: Rows, **options: Any) -> Imported:
        """Imports the rows as files of their own; nothing may be refused."""
        self.imports += 1
        files = write(self.folder / f"import{self.imports}", projects, cases, events)
        done = take(self.database, files, **({"clock": self.clock, "today": TODAY} | options))
        assert not done.refused, [str(r) for r in done.refusals][:3]
        return done

    def tick(self, day: dt.date) -> Swept:
        """Sweeps as of a day."""
        return tick(self.database, self.rules, day, self.clock)

    def rebuild(self, day: dt.date) -> Swept:
        """Drops every copy and assesses all."""
        return rebuild(self.database, self.rules, day, self.clock, lambda done, total: None)

    def reader(self) -> Reader:
        """The reading rooms."""
        told = {"region": "33", "zone": ZONE, "place_names": {"33": "某省"}, "demo": False, "office": "某委"}
        rewinder = Rewinder(self.database, self.rules, ZONE, self.clock)
        return Reader(self.database, self.rules, rewinder, **told)

    def objects(
        self, day: dt.date, known_at: dt.datetime | None = None, codes: Sequence[str] | None = None
    ) -> dict[str, dict[str, Any]]:
        """The objects of `status --all`, or of these projects, by project code."""
        found, missing = self.reader().status(EVERYONE, codes, day, known_at=known_at)
        assert not missing
        return of_the_law(found)


def office(database: Database, folder: Path, rules: Rules = RULES) -> Office:
    """An office with nothing in its database."""
    return Office(database, folder, Clock(), rules)


def assessed(folder: Path, day: dt.date, rules: Rules = RULES) -> dict[str, dict[str, Any]]:
    """The objects of `assess` on files, by project code."""
    found, refusals, _passed = assess_files([folder], ZONE, rules, day)
    assert not refusals
    return of_the_law(found)


def of_the_law(found: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The objects by project code, without what the law does not say: whether the sources have reported."""
    for turn in (turn for one in found for turn in one["turns"]):
        del turn["confirmed"]
    return {one["project_code"]: one for one in found}


def portions(log: Sequence[Rows], seed: int, parts: int) -> list[Log]:
    """The log in ``parts`` imports, each row in one of them: a row waits for what it names, in any order otherwise.

    Projects and cases come with the first of their rows that needs them, events that name one another together.
    """
    rng = Random(seed)
    projects, cases, events = ([*rows] for rows in log)
    for rows in (projects, cases, events):
        rng.shuffle(rows)
    leader = {row["event_id"]: row["event_id"] for row in events}

    def find(event: str) -> str:
        while leader[event] != event:
            event = leader[event]
        return event

    for row in events:
        for column in ("voids", "confirms"):
            if row.get(column):
                leader[find(row["event_id"])] = find(row[column])
    part_of_chain = {chain: rng.randrange(parts) for chain in sorted(set(map(find, leader)))}
    event_part = [part_of_chain[find(row["event_id"])] for row in events]
    case_part = {row["case_id"]: rng.randrange(parts) for row in cases}
    for row, part in zip(events, event_part, strict=True):
        case_part[row["case_id"]] = min(case_part[row["case_id"]], part)
    project_part = {row["project_code"]: rng.randrange(parts) for row in projects}
    for row in cases:
        project_part[row["project_code"]] = min(project_part[row["project_code"]], case_part[row["case_id"]])
    return [
        (
            [row for row in projects if project_part[row["project_code"]] == n],
            [row for row in cases if case_part[row["case_id"]] == n],
            [row for row, part in zip(events, event_part, strict=True) if part == n],
        )
        for n in range(parts)
    ]


STANDINGS = {
    "standing": """
        SELECT p.code, s.region, s.kind, s.pack, c.name, s.in_scope, s.coded_on, s.base, s.since, s.first_day,
               s.last_day, s.yellow_on, s.red_on, s.grey, s.phase, s.stage, s.held_by, s.waiting_stops, s.next_change,
               s.rules_version
        FROM standing s JOIN project p ON p.id = s.project_id LEFT JOIN calendar c ON c.id = s.calendar_id""",
    "group_standing": """
        SELECT p.code, g.grp, g.budget, g.base, g.since, g.yellow_on, g.red_on, g.grey
        FROM group_standing g JOIN project p ON p.id = g.project_id""",
    "case_standing": """
        SELECT p.code, a.case_id, d.region, d.name, c.* FROM case_standing c JOIN project p ON p.id = c.project_id
        JOIN approval_case a ON a.id = c.case_id JOIN department d ON d.id = c.department_id""",
    "share": """
        SELECT p.code, d.region, d.name, s.stage, s.item_code, s.since, s.until, s.rate, s.sole
        FROM share s JOIN project p ON p.id = s.project_id JOIN department d ON d.id = s.department_id""",
    "tally": """
        SELECT d.region, d.name, t.* FROM tally t JOIN department d ON d.id = t.department_id""",
    "outcome": """
        SELECT d.region, d.name, t.* FROM outcome t JOIN department d ON d.id = t.department_id""",
    "pause_piece": """
        SELECT p.code, a.case_id, d.region, d.name, x.* FROM pause_piece x JOIN project p ON p.id = x.project_id
        JOIN approval_case a ON a.id = x.case_id JOIN department d ON d.id = x.department_id""",
    "pause_tally": """
        SELECT d.region, d.name, t.* FROM pause_tally t JOIN department d ON d.id = t.department_id""",
    "handover_gap": """
        SELECT p.code, a.case_id, d.region, d.name, b.case_id AS before, f.name AS before_name, x.*
        FROM handover_gap x JOIN project p ON p.id = x.project_id
        JOIN approval_case a ON a.id = x.case_id JOIN department d ON d.id = x.department_id
        JOIN approval_case b ON b.id = x.before_case_id JOIN department f ON f.id = x.before_department_id""",
    "handover_tally": """
        SELECT d.region, d.name, f.region AS before_region, f.name AS before_name, t.*
        FROM handover_tally t JOIN department d ON d.id = t.department_id
        JOIN department f ON f.id = t.before_department_id""",
    "turn": """
        SELECT p.code, t.scope, t."on", t.from_light, t.to_light, t.became_on, t.why
        FROM turn t JOIN project p ON p.id = t.project_id WHERE t.known_to IS NULL""",
}
# Named instead; pieces are numbered in the order of keys.
_KEYS = {"project_id", "case_id", "department_id", "before_case_id", "before_department_id", "n"}
_NAMED = 2  # columns of the names


def standings(database: Database) -> dict[str, list[Row]]:
    """The tables of standings and the turns known now, by names instead of keys: equal for equal logs."""
    found: dict[str, list[Row]] = {}
    with database.reading() as connection:
        for table, sql in STANDINGS.items():
            result = connection.execute(text(sql))
            chosen = [n for n, name in enumerate(result.keys()) if n < _NAMED or name not in _KEYS]
            found[table] = sorted((tuple(row[n] for n in chosen) for row in result), key=repr)
    return found


ALL = """standing group_standing case_standing share tally outcome pause_piece pause_tally handover_gap handover_tally
    turn set_aside calendar calendar_day""".split()


def dump(database: Database, tables: Iterable[str] = ALL) -> dict[str, list[Row]]:
    """Every row of tables, with keys and moments."""
    with database.reading() as connection:
        return {
            table: sorted((tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))), key=repr)
            for table in tables
        }
