"""A dry run of an undo and of a pull says beforehand which lights, days and flags would change."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.exchange import portions as pages
from monitor.exchange.tables import CASES, PROJECTS, RECORDS
from monitor.reading.batches import batches
from monitor.verbs.undo import undo
from tests.monitor.canonical_files import MOMENT, ZONE, everything
from tests.monitor.exchange_tables import CASE, PROJECT, RECORDED, SMALL, Front, front, record
from tests.monitor.sweeping import RULES, Office, office, portions
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


def _tried_and_done(source: Front, of: Office, days: int, **options: Any) -> tuple[Any, ...]:
    """A pull, tried before so many days later: both tell the same, and what was foreseen is what `status` says then.
    Gives the outcome, the batches, and the lights that changed."""
    moment = MOMENT + dt.timedelta(days)
    there, before = everything(of.database), of.objects(moment.date())
    tried = source.pull(of.database, moment, dry_run=True, foresee=RULES, **options)
    assert everything(of.database) == there
    done, after = source.pull(of.database, moment, **options), of.objects(moment.date())
    own = ("dry_run", "batches", "effect")
    told, as_told = ({name: v for name, v in one.document().items() if name not in own} for one in (done, tried))
    assert as_told == told
    wanted = expected(before, after, {*before})
    assert (tried.effect.as_of if tried.effect else None) == (moment.date() if done.batches else None)
    assert (listed(tried.effect) if tried.effect else {}) == wanted
    lights = {key[0]: pair for key, pair in wanted.items() if key[1:] == ("project", None, "light")}
    return done.outcome, done.batches, lights


def test_a_pull_does_what_it_said_beforehand(
    database: Database, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of three projects has one case, accepted on Wednesday 4 March and open: red long before November. Decided on
    Friday 13 March it is green."""
    monkeypatch.setattr(pages, "WORKS", 1)
    with front("sqlite", request, tmp_path) as source:
        source.make({})
        for n in (1, 2, 3):
            source.add(PROJECTS, PROJECT | {"lsh": f"{n}", "xmdm": f"P{n}", "gcdm": f"P{n}"})
            source.add(CASES, CASE | {"spsxslbm": f"C{n}"})
            source.add(RECORDS, record(10 * n, 3, "2026-03-04", case=f"C{n}", works=f"P{n}"))
        source.change(RECORDS, "10", blzt=97)
        of = office(database, tmp_path)
        # The first portion is refused; then the second: the first lands, and that is all.
        assert _tried_and_done(source, of, 0) == ("refused", [], {})
        source.change(RECORDS, "10", blzt=3)
        source.change(RECORDS, "20", blzt=97)
        assert _tried_and_done(source, of, 0) == ("refused", [1], {"P1": (None, "red")})
        # Days later it goes on there, and speaks of that day: P2 used no day yet, for its record is set aside.
        lights = {"P2": (None, "green"), "P3": (None, "red")}
        assert _tried_and_done(source, of, 2, partial=True) == ("partial", [2, 3, 4], lights)
        # What was set aside is mended, and P1 is decided; then a record that names no case ends the pull.
        source.change(RECORDS, "20", blzt=3)
        source.add(RECORDS, record(11, 11, "2026-03-13"), record(31, 3, "2026-03-05", case="C9", works="P3"))
        lights = {"P1": ("red", "green"), "P2": ("green", "red")}
        assert _tried_and_done(source, of, 3, whole=True) == ("refused", [5, 6], lights)
        assert _tried_and_done(source, of, 3, partial=True, whole=True) == ("partial", [7, 8], {})
        assert _tried_and_done(source, of, 3, partial=True, whole=True) == ("partial", [], {})
        # Of the refused portion nothing is foreseen, not even of a project that the portion before it changes.
        source.change(RECORDS, "11", blzt=13)
        source.add(PROJECTS, PROJECT | {"lsh": "4", "gcdm": "P1-B"})
        source.add(CASES, CASE | {"spsxslbm": "CB"})
        source.add(RECORDS, *(record(40 + n, n, "2026-03-04", case="CB", works="P1-B") for n in (3, 97)))
        assert _tried_and_done(source, of, 4, whole=True) == ("refused", [9], {})
