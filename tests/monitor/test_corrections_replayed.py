"""Corrections of made-up logs whose rows became known in any order, held against the objects of `status`.

The objects come another way than the columns that corrections compare: what is told is flattened here once more.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random
from typing import Any

import pytest

from monitor.database import Database
from monitor.reading.viewer import EVERYONE
from tests.monitor.closures import landed, national
from tests.monitor.sweeping import Office, office, portions
from tests.rules.generate import awkward_log

LATER = dt.datetime(2027, 3, 2, 1, tzinfo=dt.UTC)  # every event of the generator is past by then
Figure = tuple[str, str | None, str]  # where, case id, what
Told = dict[Figure, Any]
NONE = {"share": 0.0}  # said where there is nothing; all else is None, but the light of a case


def figures(one: dict[str, Any] | None) -> Told:
    """The figures of an object of `status` that a correction may tell, without those that say nothing."""
    if one is None:
        return {}
    out: Told = {("project", None, what): one[what] for what in ("used", "light", "yellow_on", "red_on")}
    for group, of in one["groups"].items():
        out |= {(group, None, what): of[what] for what in ("used", "light", "yellow_on", "red_on")}
    out |= {(stage, None, "stage_days"): days for stage, days in one["stages"].items()}
    out |= {(name, None, "share"): of["share"] for name, of in one["shares"].items()}
    for case in one["cases"]:
        for clock in ("promised", "statutory"):
            out[clock, case["case_id"], "due_on"] = case[clock]["due_on"]
            begun = case["state"] != "not_started"  # a case of which nothing happened is green, and that says nothing
            out[clock, case["case_id"], "light"] = case[clock]["light"] if begun else "none"
    return {key: value for key, value in out.items() if value != blank(key)}


def blank(key: Figure) -> Any:
    return "none" if key[1] and key[2] == "light" else NONE.get(key[2])


def differences(before: Told, after: Told) -> dict[Figure, tuple[Any, Any]]:
    keys = before.keys() | after.keys()
    both = {key: (before.get(key, blank(key)), after.get(key, blank(key))) for key in keys}
    return {key: pair for key, pair in both.items() if pair[0] != pair[1]}


def told(correction: dict[str, Any]) -> dict[Figure, tuple[Any, Any]]:
    return {(c["where"], c["case_id"], c["what"]): (c["before"], c["after"]) for c in correction["changes"]}


def taken_in(here: Office, seed: int, gap: dt.timedelta, projects: int = 12) -> list[dt.datetime]:
    """Takes a log in by portions, so far apart; gives the moment after each."""
    here.clock.moment, moments = LATER, []
    for part in portions(awkward_log(400 + seed, projects), seed, 5):
        here.take(*part)
        moments.append(here.clock.moment)
        here.clock.moment += gap
    return moments


# Another log on each database: what a correction says does not rest on where it is read.
TWO = pytest.mark.parametrize(("database_url", "seed"), [("sqlite", 0), ("postgresql", 1)], indirect=["database_url"])


@TWO
def test_replayed_from_the_first_view_they_give_todays(database: Database, tmp_path: Path, seed: int) -> None:
    """All became known on one day, so every view is of one eve; each alters by what a correction says, and no more.

    Before the handling of a project has begun nothing was said: what comes then is the first view.
    """
    here = office(database, tmp_path)
    moments = taken_in(here, seed, dt.timedelta(minutes=1))
    eve = LATER.date() - dt.timedelta(1)
    views = [here.objects(eve, moment) for moment in moments]
    found, _ = here.reader().corrections(EVERYONE, None)
    assert {one["as_of"] for one in found} == {eve.isoformat()}
    listed = {(one["project_code"], dt.datetime.fromisoformat(one["known_from"])): one for one in found}
    now: dict[str, Told] = {}
    for moment, view, last in zip(moments, views, [{}, *views[:-1]], strict=True):
        for code, one in view.items():
            began = code in last and last[code]["phase"] != "not_started"
            correction = listed.pop((code, moment), None)
            if not began:
                assert correction is None
                now[code] = figures(one)
                continue
            alters = told(correction) if correction else {}
            for key, (was, after) in alters.items():
                assert now[code].get(key, blank(key)) == was
                now[code][key] = after
            assert not differences(now[code], figures(one)), code
    assert not listed
    today = here.objects(eve)
    assert not [code for code, one in today.items() if differences(now[code], figures(one))]
    assert len(found) > 15


@TWO
def test_each_tells_what_status_says_of_both_moments(database: Database, tmp_path: Path, seed: int) -> None:
    """Became known on several days: both values are those of the two moments, and none is missing."""
    here = office(database, tmp_path)
    moments = taken_in(here, seed, dt.timedelta(days=3))
    found, _ = here.reader().corrections(EVERYONE, None)
    listed = {(one["project_code"], one["known_from"]): told(one) for one in found}
    for moment in moments[1:]:
        local = moment.astimezone(here.reader().zone)
        eve = local.date() - dt.timedelta(1)
        before, after = (here.objects(eve, at) for at in (local - dt.timedelta(microseconds=1), local))
        expected = {code: differences(figures(before[code]), figures(after[code])) for code in before}
        for code, pairs in expected.items():
            assert listed.pop((code, local.isoformat()), {}) == pairs, (code, eve)
    assert not listed


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_day_from_which_they_differ_is_the_first(database: Database, tmp_path: Path, seed: int) -> None:
    here = office(database, tmp_path)
    taken_in(here, seed, dt.timedelta(hours=1), projects=8)
    first_days(here, seed)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_so_it_is_of_a_notice(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    taken_in(here, 3, dt.timedelta(seconds=1), projects=60)
    here.clock.moment = LATER + dt.timedelta(days=30)
    notice = national("2025-03-12 2025-03-13", "2025-03-16", known_from=here.clock.moment.date())
    here.tick(dt.date(2027, 3, 1))
    assert landed(here, notice).touched > 5
    first_days(here, 3, since=LATER + dt.timedelta(days=29))


def first_days(here: Office, seed: int, since: dt.datetime | None = None) -> None:
    """Of some corrections: on the day from which the moments differ something does, on a sample of days before not."""
    rng = Random(seed)
    found, _ = here.reader().corrections(EVERYONE, None, since=since)
    assert len(found) > 5
    for one in rng.sample(found, min(len(found), 10)):
        first = dt.date.fromisoformat(one["differs_from"])
        days = [first - dt.timedelta(n) for n in (*range(1, 8), *rng.sample(range(8, 700), 8))]
        assert differ(here, one, first), one
        assert not [day for day in days if differ(here, one, day)], one


def differ(here: Office, one: dict[str, Any], day: dt.date) -> bool:
    """Whether `status` says something else of a day at the two moments of a correction."""
    views = []
    for key in ("known_before", "known_from"):
        moment = dt.datetime.fromisoformat(one[key])
        objects, _ = here.reader().status(EVERYONE, [one["project_code"]], day, known_at=moment)
        views.append(figures(objects[0] if objects else None))
    return bool(differences(*views))
