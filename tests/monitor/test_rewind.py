"""As known at a moment every question is answered as by an office that had been told no more by then.

The office that is asked was told more since: rows that came late, records that were voided, facts that changed, a
notice and a pack. The other one is fed only what came up to the moment, and swept as of the same day. All made up.
"""

from __future__ import annotations

import datetime as dt
import gc
import shutil
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pandas as pd
import pytest

from monitor.database import Database
from monitor.reading import rewinding
from monitor.reading.projects import ProjectQuery
from monitor.reading.reader import Reader
from monitor.reading.rewinding import TooMany
from monitor.reading.viewer import EVERYONE
from monitor.scratch import PREFIX
from monitor.verbs import rewind
from monitor.verbs.rewind import Rewinder
from tests.monitor.canonical_files import ZONE, rows
from tests.monitor.closures import accepted, case, landed, national, project
from tests.monitor.own_packs import enter, running
from tests.monitor.sweeping import Office, office, portions
from tests.rules.generate import awkward_log
from tests.rules.own_packs import own

BASE = dt.datetime(2026, 11, 21, 2, tzinfo=dt.UTC)
DAY = dt.date(2025, 6, 30)
SOME = ["P", "Q", *(f"P00077-{n:03d}" for n in range(0, 24, 8)), "nobody"]
Step = Callable[[Office], object]


def _changed(here: Office) -> None:
    """P moves to another region, with less time for its case; the acceptance of Q was wrong."""
    void = {"event_id": "Q-V", "case_id": "Q-C", "status": "voided", "occurred_at": "2025-06-02", "voids": "Q-E"}
    again = accepted("Q", "2025-02-20") | {"event_id": "Q-E2"}
    moved = project("P", "2025-01-06", "330212") | {"pack": ""}
    here.take([moved], [case("P", "7")], [void, again])


def steps() -> list[Step]:
    """What the office is told, each on a day of its own."""
    parts = portions(awkward_log(77, 24), 77, 3)
    return [
        lambda here: here.take(*parts[0]),
        lambda here: running(here, "P", "Q", since="2025-01-06"),
        lambda here: here.take(*awkward_log(78, 6), source="平台", reported_until=dt.date(2025, 6, 20)),
        _changed,
        lambda here: landed(here, national("2025-03-12 2025-03-13", "2025-03-16")),
        lambda here: here.take([], [case("P", "7") | {"department": "另一局"}], []) and here.take(*parts[1]),
        lambda here: enter(here, own(), today=DAY, backwards=True),
        lambda here: here.take(*parts[2]),
    ]


def told(here: Office, upto: int, *, swept: tuple[int, ...] = ()) -> list[dt.datetime]:
    """Tells an office the first steps; after those in ``swept`` it is swept. Gives the moment after each step."""
    moments = []
    for n, step in enumerate(steps()[:upto]):
        here.clock.moment = BASE + dt.timedelta(days=n)
        step(here)
        moments.append((here.clock.moment + dt.timedelta(hours=1)).astimezone(ZONE))
        if n in swept:
            here.tick(dt.date(2025, 4, 30) + dt.timedelta(20 * n))
    return moments


QUERIES = {
    "all": ProjectQuery(phase="", sort="project_code", descending=False),
    "used": ProjectQuery(),
    "second page": ProjectQuery(phase="", sort="used", offset=5, limit=5),
    "named": ProjectQuery(phase="", text="P", sort="name"),
    "yellow": ProjectQuery(phase="", light="yellow", sort="light"),
    "department": ProjectQuery(phase="", department_id=1),
    "stage": ProjectQuery(stage="planning", sort="investment"),
}
Question = Callable[[Reader, dt.date], Any]


def _logs(found: Any) -> Any:
    logs, rules, *missing = found
    return list(logs), sorted(rules.packs), rules.version(), missing


def _corrections(found: Any) -> Any:
    """The files of each office lie in a folder of its own."""
    for cause in (cause for one in found[0] for cause in one["causes"] if cause["file"]):
        cause["file"] = Path(cause["file"]).name
    return found


REACH = ("data_until", "known_until", "pending")
QUESTIONS: dict[str, list[Question]] = {
    "horizon": [lambda r, day: [getattr(r.horizon(EVERYONE), name) for name in REACH]],
    "regions": [lambda r, day: r.regions(EVERYONE)],
    "department_names": [lambda r, day: r.department_names(EVERYONE)],
    "lights": [
        lambda r, day: r.lights(EVERYONE, day),
        lambda r, day: r.lights(EVERYONE, day - dt.timedelta(7)),
        lambda r, day: r.lights(EVERYONE, day, region="3301"),
    ],
    "lights_by_stage": [lambda r, day: r.lights_by_stage(EVERYONE, day)],
    "lights_by_week": [
        lambda r, day: r.lights_by_week(EVERYONE, day, weeks=60),
        lambda r, day: r.lights_by_week(EVERYONE, day, region="3301"),
    ],
    "turning_next": [lambda r, day: r.turning_next(EVERYONE, day, limit=100)],
    "turned": [
        lambda r, day: r.turned(EVERYONE, day - dt.timedelta(900), day, limit=500),
        lambda r, day: r.turned(EVERYONE, day - dt.timedelta(14), day),
        lambda r, day: r.turned(EVERYONE, day - dt.timedelta(400), day, region="3301"),
    ],
    "projects": [lambda r, day, query=query: r.projects(EVERYONE, day, query) for query in QUERIES.values()],
    "project": [lambda r, day: [r.project(EVERYONE, code, day) for code in ("P", "Q")]],
    "departments": [
        lambda r, day: r.departments(EVERYONE, day),
        lambda r, day: r.departments(EVERYONE, day, stage="planning", since=day - dt.timedelta(90)),
        lambda r, day: r.departments(EVERYONE, day, region="3301"),
    ],
    "status": [lambda r, day: r.status(EVERYONE, None, day)],
    "waiting": [lambda r, day: r.waiting(EVERYONE)],
    "records": [lambda r, day: [r.records(EVERYONE, key) for key in ("Q-E", "Q-V", "P-E")]],
    "logs": [lambda r, day: _logs(r.logs(EVERYONE, None))],
    "flagged": [lambda r, day: r.flagged(EVERYONE, None, day)],
    "unfinished": [lambda r, day: r.unfinished(EVERYONE, day), lambda r, day: r.unfinished(EVERYONE, day, region="33")],
    "unfinished_logs": [lambda r, day: _logs(r.unfinished_logs(EVERYONE, day, region="3301"))],
    "project_names": [lambda r, day: r.project_names(EVERYONE, ["P", "Q", "nobody"])],
    "plan": [lambda r, day: r.plan(EVERYONE, "P", day)],
    "corrections": [
        lambda r, day: _corrections(r.corrections(EVERYONE, SOME)),
        lambda r, day: _corrections(r.corrections(EVERYONE, None, until=BASE + dt.timedelta(4))),
    ],
    "first_known": [lambda r, day: r.first_known(EVERYONE)],
    "sources": [lambda r, day: r.sources(EVERYONE, day)],
    "unconfirmed": [lambda r, day, at=at: r.unconfirmed(EVERYONE, day, region=at) for at in (None, "33")],
    "register": [lambda r, day: r.register(EVERYONE), lambda r, day: r.register(EVERYONE, past=True)],
    "odd_codes": [lambda r, day: r.odd_codes(EVERYONE, None)],
}  # fmt: skip
REWINDING = {"as_known_at", "can_rewind"}
# Scopes, what came in and what was told and done are those of today at every moment; measures are asked of today alone.
OF_NOW = {"viewer", "batches", "waiting_rows", "turns", "trail", "trail_head", "trail_verified", "measures"}


def plain(value: Any) -> Any:
    """A value in parts that can be held against one another."""
    if isinstance(value, pd.DataFrame):
        kinds = [str(kind) for kind in value.dtypes]
        return list(value.columns), kinds, value.astype(object).where(value.notna(), None).to_numpy().tolist()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return {key: plain(one) for key, one in value.items()} if isinstance(value, dict) else value


def test_every_question_is_asked() -> None:
    public = {name for name in vars(Reader) if not name.startswith("_")}
    assert public - REWINDING - OF_NOW == QUESTIONS.keys()


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory, sqlite_file: Path) -> Callable[[int], Office]:
    """Offices that were told the first steps alone, and swept after the first two; their stores are files."""

    def made(upto: int) -> Office:
        folder = tmp_path_factory.mktemp("other")
        shutil.copy(sqlite_file, folder / "other.db")
        here = office(Database(f"sqlite:///{folder / 'other.db'}"), folder)
        told(here, upto, swept=(0, 1))
        return here

    return made


@pytest.fixture
def asked(database: Database, tmp_path: Path) -> tuple[Office, list[dt.datetime]]:
    """The office that was told everything, and swept on its way."""
    here = office(database, tmp_path)
    return here, told(here, len(steps()), swept=(0, 2, 4, 7))


def test_as_an_office_that_was_told_no_more(
    asked: tuple[Office, list[dt.datetime]], other: Callable[[int], Office]
) -> None:
    here, moments = asked
    seen = set()
    for upto in (3, 4, 5, 7):
        there = other(upto)
        for day in (DAY,) if upto != 5 else (DAY - dt.timedelta(40), DAY):
            there.tick(day)
            then = here.reader().as_known_at(moments[upto - 1], day)
            of_moment = here.reader().horizon(EVERYONE, known_at=moments[upto - 1])
            assert of_moment.data_until == there.reader().horizon(EVERYONE).data_until
            for name, questions in QUESTIONS.items():
                for n, question in enumerate(questions):
                    found, expected = (plain(question(reader, day)) for reader in (then, there.reader()))
                    assert found == expected, (upto, day, name, n)
        seen.add(str(plain(there.reader().status(EVERYONE, None, DAY))))
        there.database.close()
    assert len(seen) == 4  # each of these moments says something else of the same day


def test_of_a_region_where_all_are_too_many(
    asked: tuple[Office, list[dt.datetime]], other: Callable[[int], Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, moments = asked
    there = other(3)
    there.tick(DAY)
    reader, expected = here.reader(), there.reader()
    regions = [
        str(region) for (region,) in rows(there.database, "SELECT region FROM project_fact WHERE known_to IS NULL")
    ]
    inside = sum(region.startswith("3301") for region in regions)
    assert 0 < inside < len(regions)
    monkeypatch.setattr(rewinding, "MOST", inside)
    then = reader.as_known_at(moments[2], DAY, region="3301")
    assert then.unfinished(EVERYONE, DAY) == expected.unfinished(EVERYONE, DAY, region="3301")
    for question in (
        lambda r: r.lights(EVERYONE, DAY, region="3301"),
        lambda r: r.lights_by_stage(EVERYONE, DAY, region="3301"),
        lambda r: r.lights_by_week(EVERYONE, DAY, region="3301"),
        lambda r: r.turned(EVERYONE, DAY - dt.timedelta(400), DAY, region="3301"),
        lambda r: r.projects(EVERYONE, DAY, ProjectQuery(phase="", region="3301")),
        lambda r: r.departments(EVERYONE, DAY, region="3301"),
    ):
        assert plain(question(then)) == plain(question(expected))
    for ask in (lambda: reader.as_known_at(moments[2], DAY), lambda: reader.can_rewind(EVERYONE, moments[2])):
        with pytest.raises(TooMany) as many:
            ask()
        assert many.value.projects == len(regions)
    reader.can_rewind(EVERYONE, moments[2], region="3301")
    reader.can_rewind(EVERYONE, BASE)  # nothing was known yet
    there.database.close()


def test_before_the_first_records_nothing_is_known(asked: tuple[Office, list[dt.datetime]]) -> None:
    here, moments = asked
    reader = here.reader()
    then = reader.as_known_at(BASE, DAY)
    assert then.lights(EVERYONE, DAY)["n"].sum() == 0
    assert then.departments(EVERYONE, DAY).empty and then.regions(EVERYONE).empty
    assert then.projects(EVERYONE, DAY, ProjectQuery(phase="")).total == 0
    first = reader.first_known(EVERYONE)
    assert first is not None and BASE < first < moments[0]
    assert then.first_known(EVERYONE) is None


def test_the_horizon_of_a_moment_speaks_of_no_sweep(asked: tuple[Office, list[dt.datetime]]) -> None:
    here, moments = asked
    # With the third step a second source comes, which has told until 20 June 2025 and no further.
    then = here.reader().horizon(EVERYONE, known_at=moments[2])
    assert then.data_until == dt.date(2025, 6, 20)
    before = here.reader().horizon(EVERYONE, known_at=moments[1]).data_until
    assert before is not None and before > dt.date(2025, 6, 20)
    assert (then.swept_at, then.swept_as_of, then.pending) == (None, None, 0)
    assert here.reader().horizon(EVERYONE, known_at=BASE).data_until is None


def test_days_are_counted_by_the_notices_known_then(database: Database, tmp_path: Path) -> None:
    """14 February 2026, a Saturday, works by the arrangement published on 4 November 2025; before, nobody knew. A
    notice that was entered, of another year, does not bring it in."""
    here = office(database, tmp_path)
    here.clock.moment = dt.datetime(2025, 10, 20, tzinfo=dt.UTC)
    running(here, "P", since="2026-02-13", coded_on="2026-02-02")
    landed(here, national("2025-12-30", "2025-12-28"))
    here.clock.moment = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    day = dt.date(2026, 2, 14)
    here.tick(day)

    def used(moment: str) -> list[int]:
        at = dt.datetime.fromisoformat(moment).replace(tzinfo=ZONE)
        listed = here.reader().as_known_at(at, day).projects(EVERYONE, day, ProjectQuery()).rows
        assert [one["used"] for one in here.objects(day, at).values()] == list(listed["used"])
        return [int(n) for n in listed["used"]]

    assert used("2025-11-03T12:00") == [0]
    assert used("2025-11-04T12:00") == [1]


# ---- the stores that are made for it


def test_a_store_is_made_once_and_goes_when_nobody_reads_it(
    asked: tuple[Office, list[dt.datetime]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here, moments = asked
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    made = []
    make = Rewinder._made

    def watched(self: Rewinder, *given: Any) -> Any:
        made.append(given)
        return make(self, *given)

    monkeypatch.setattr(Rewinder, "_made", watched)
    ask = Rewinder(here.database, here.rules, ZONE, here.clock)
    found: list[Any] = []
    threads = [Thread(target=lambda: found.append(ask(moments[0], DAY, None))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 5 and len({id(store) for store, _rules in found}) == 1 and len(made) == 1
    there = set(tmp_path.glob(f"{PREFIX}*"))
    assert len(there) == 1
    first = found[0][0]
    ask(moments[1], DAY, None)
    ask(moments[2], DAY, None)  # the first is no longer kept, but is still read
    with first.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM project").scalar()
    assert there < set(tmp_path.glob(f"{PREFIX}*"))
    del first, connection
    found.clear()
    gc.collect()
    left = set(tmp_path.glob(f"{PREFIX}*"))
    assert len(left) == rewind.KEPT and not there & left
    ask(moments[0], DAY, None)
    assert len(made) == 4


def test_what_lands_while_it_is_kept_makes_it_anew(asked: tuple[Office, list[dt.datetime]]) -> None:
    """An office's clock that was set back, or an import under way, brings what is known before a moment asked for."""
    here, moments = asked
    reader, late = here.reader(), moments[-1] + dt.timedelta(days=30)
    before = reader.as_known_at(late, DAY).project_names(EVERYONE, ["R"])
    here.clock.moment = (late - dt.timedelta(days=1)).astimezone(dt.UTC)
    running(here, "R", since="2025-05-06")
    after = reader.as_known_at(late, DAY).project_names(EVERYONE, ["R"])
    assert (before, list(after)) == ({}, ["R"])
