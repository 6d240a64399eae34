"""Import, undo, import again, in any order, with voids between: what is known is what the batches that remain give."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from monitor.database import Database
from monitor.reading.batches import batches
from monitor.reading.health import health
from monitor.reading.viewer import EVERYONE
from monitor.verbs.tick import rebuild, tick
from rules.workdays import day_of
from tests.monitor.canonical_files import log_of
from tests.monitor.sweeping import RULES, Clock, standings
from tests.monitor.undoing import STEPS, History, Step, agreed, contested, emptied, folded, log_at, waiting

DAY = dt.date(2026, 11, 20)
# The made-up steps get simpler when one fails; a database is emptied between examples.
_few = settings(max_examples=max(settings.default.max_examples // 3, 5)) if settings.default else settings()
properties = settings(_few, suppress_health_check=[*HealthCheck])


@pytest.fixture
def fresh(sqlite_file: Path, tmp_path: Path) -> Iterator[Database]:
    """The other database: into which only what remains is imported."""
    shutil.copy(sqlite_file, tmp_path / "fresh.db")
    opened = Database(f"sqlite:///{tmp_path}/fresh.db")
    yield opened
    opened.close()


@properties
@given(steps=STEPS)
def test_what_is_known_is_what_the_batches_that_remain_tell(
    database: Database, fresh: Database, tmp_path: Path, steps: list[Step]
) -> None:
    here = History(emptied(database), tmp_path / "here", Clock())
    seen = []
    for step in steps:
        here.go(step)
        seen.append((here.clock.moment, log_of(database)))
        tick(database, RULES, DAY, here.clock)
    told = {(*row[:4], day_of(row[8]).isoformat()) for row in log_of(database)["projects"]}
    assert told == folded(one for _number, one in sorted(here.kept.items()))

    there = History(emptied(fresh), tmp_path / "there", Clock())
    moments = _moments(database)
    for number, one in sorted(here.kept.items()):
        there.clock.moment = moments[number] - dt.timedelta(seconds=1)
        there.go(one)
    disputed = contested(here.kept.values())
    assert agreed(log_of(database), disputed) == agreed(log_of(fresh), disputed)
    assert waiting(database, disputed) == waiting(fresh, disputed)

    tick(fresh, RULES, DAY, there.clock)
    if not disputed:
        assert standings(database) == standings(fresh)
    before = standings(database)
    rebuild(database, RULES, DAY, here.clock, lambda done, total: None)
    assert standings(database) == before

    for moment, log in seen:
        assert log_at(database, moment) == log
    with database.reading() as connection:
        assert health(connection, EVERYONE).troubles == {}


def _moments(database: Database) -> dict[int, dt.datetime]:
    with database.reading() as connection:
        return {one.id: one.known_from for one in batches(connection)}
