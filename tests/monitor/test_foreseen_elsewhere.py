"""A dry run of an undo and of a pull says beforehand which lights, days and flags would change."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from monitor.database import Database
from monitor.exchange.tables import RECORDS
from monitor.reading.batches import batches
from monitor.verbs.undo import undo
from tests.monitor.canonical_files import MOMENT, ZONE, everything
from tests.monitor.exchange_tables import RECORDED, SMALL, front
from tests.monitor.sweeping import RULES, office, portions
from tests.monitor.test_foreseen import DAY, expected, flags, listed
from tests.rules.generate import awkward_log


def test_of_an_undo(database: Database, tmp_path: Path) -> None:
    """The last of three portions of an awkward log, tried before it is taken back; `status` is the key."""
    of = office(database, tmp_path)
    for portion in portions(awkward_log(5, projects=12), 5, 3):
        of.take(*portion)
    of.tick(DAY)
    before, there = of.objects(DAY), everything(database)
    with database.reading() as connection:
        last = batches(connection)[-1].id
    tried = undo(database, last, zone=ZONE, clock=of.clock, dry_run=True, foresee=RULES, as_of=DAY)
    assert everything(database) == there
    assert tried.effect is not None
    undo(database, last, zone=ZONE, clock=of.clock)
    of.tick(DAY)
    after = of.objects(DAY)
    wanted = {key: pair for key, pair in expected(before, after, {*before}).items() if key[0] in after}
    found = {key: pair for key, pair in listed(tried.effect).items() if key[0] in after}
    assert wanted
    assert found == wanted
    assert tried.effect.gone == len(before.keys() - after.keys())
    assert {(f.project_code, f.flag, f.case_id, f.event_id) for f in tried.effect.flagged} == flags(after) - flags(
        before
    )


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_a_pull(database: Database, kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Accepted on Wednesday 4 March and not yet decided: red long before November. Decided on Friday 13: 7 days."""
    with front(kind, request, tmp_path) as source:
        source.make(SMALL | {RECORDS: list(RECORDED[:2])}).pull(database)
        source.add(RECORDS, RECORDED[2])
        there = everything(database)
        later = MOMENT + dt.timedelta(1)
        tried = source.pull(database, later, whole=True, dry_run=True, foresee=RULES, as_of=DAY)
        assert everything(database) == there
        assert tried.effect is not None
        assert listed(tried.effect)["P1", "project", None, "light"] == ("red", "green")
        assert listed(tried.effect)["P1", "project", None, "used"][1] == 7
        assert (tried.effect.lights, tried.effect.new.total()) == (1, 0)
