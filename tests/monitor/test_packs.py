"""Packs of a commission's own through the store, on both databases: whom they judge, said before. Made up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from random import Random

import pytest

from monitor.database import Database
from monitor.reading.packs import entered
from monitor.verbs.entering import preview
from monitor.verbs.own_pack import LaterVersion, NoSuchPack, PackRefused
from monitor.verbs.packs import listed
from rules.workdays import day_of
from tests.monitor.canonical_files import rows
from tests.monitor.closures import DAY
from tests.monitor.looking import FINISHED
from tests.monitor.own_packs import TOMORROW, enter, given, nth, running, swept, take_back
from tests.monitor.sweeping import RULES, office, standings
from tests.monitor.tally import tally, tally_as_it_must_be
from tests.monitor.test_notices import told_by
from tests.rules.generate import awkward_log
from tests.rules.own_packs import changed, drawn, drawn_version, own, read, shipped_text, version

# ---- a pack of a new id leaves older projects alone


@pytest.mark.parametrize("seed", range(3))
def test_a_pack_changes_no_standing_of_a_project_coded_before(database: Database, tmp_path: Path, seed: int) -> None:
    log = awkward_log(200 + seed, 40)
    here = office(database, tmp_path)
    here.take(*log)
    here.tick(DAY)
    rng = Random(seed)
    rows_of = {row["project_code"]: row for row in log[0]}
    older = {code for code, row in rows_of.items() if row["coded_on"] <= DAY.isoformat()}
    assert 10 < len(older) < 40
    was = {table: [row for row in found if row[0] in older] for table, found in standings(database).items()}
    for text in (drawn(rng, DAY), drawn_version(rng, DAY), drawn(rng, DAY).replace('id = "', 'id = "n', 1)):
        done = enter(here, text)
        after = {table: [row for row in found if row[0] in older] for table, found in standings(database).items()}
        assert after | {"tally": []} == was | {"tally": []}
        judges_from = done.judges_from
        assert judges_from is not None
        day = min((one.since for numbers in done.added.values() for one in numbers), default=judges_from)
        assert done.touched <= sum(row["coded_on"] >= day.isoformat() for row in rows_of.values()) < 30
    here.rebuild(DAY)
    after = {table: [row for row in found if row[0] in older] for table, found in standings(database).items()}
    assert after | {"tally": []} == was | {"tally": []}


def test_only_what_is_coded_later_is_judged_and_nothing_else_is_assessed(database: Database, tmp_path: Path) -> None:
    """Thirty projects coded up to the day of entry, and five coded after it, of which the scope fits three."""
    here = office(database, tmp_path)
    running(here, *(f"P{n:02}" for n in range(30)), since="2025-01-06")
    running(here, "A", "B", since="2025-03-31", coded_on="2025-04-01")
    running(here, "C", since="2025-03-31", coded_on="2025-04-20")
    running(here, "D", since="2025-03-31", coded_on="2025-04-20", region="320102")
    running(here, "E", since="2025-03-31", coded_on="2025-04-20", pack="zhejiang-90")
    here.tick(DAY)
    looked = preview(database, here.rules, given(own()), DAY)
    assert [(one.code, one.before) for one in looked.taken] == [(code, "zhejiang-80") for code in "ABC"]
    assert looked.effect is not None and looked.effect.looked_at == 3
    with database.reading() as connection:
        assert not entered(connection)
    done = enter(here, own())
    assert (done.judges_from, done.follows, swept(done)) == (TOMORROW, None, (3, 3, 0))
    by_pack = dict(rows(database, "SELECT p.code, s.pack FROM standing s JOIN project p ON p.id = s.project_id"))
    assert {code for code, pack in by_pack.items() if pack == "own-40"} == {"A", "B", "C"}
    assert by_pack["P00"] == "zhejiang-80"
    assert enter(here, own()).known
    assert preview(database, here.rules, given(own()), DAY).known
    here.tick(dt.date(2025, 6, 30))
    now = here.objects(dt.date(2025, 6, 30))
    assert [now[c]["light"] for c in ("A", "P00", "D")] == ["red", "red", "none"]
    assert (now["A"]["red_on"], now["E"]["pack"]) == ("2025-05-30", "zhejiang-90")  # day 41 after 31 March


def test_the_last_sweep_counts_where_it_lies_after_today(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, "P", since="2025-01-06")
    here.tick(DAY)
    assert enter(here, own(), today=DAY - dt.timedelta(30)).judges_from == TOMORROW
    assert enter(here, own("b"), today=DAY + dt.timedelta(30)).judges_from == TOMORROW + dt.timedelta(30)
    with pytest.raises(PackRefused, match=r"thresholds\.red\[1\]\.since: '2025-03-31'"):
        enter(here, version(DAY, ("red", 70)), today=DAY - dt.timedelta(30))
    assert enter(here, version(TOMORROW, ("red", 70)), today=DAY - dt.timedelta(30)).follows == "2020"


# ---- from its day of coding on, if the administrator says so: the preview is what the pack does


@pytest.mark.parametrize("seed", range(3))
def test_a_preview_says_what_will_be(database: Database, tmp_path: Path, seed: int) -> None:
    log = awkward_log(300 + seed, 50)
    here = office(database, tmp_path)
    here.take(*log)
    here.tick(DAY)
    text = own(coded_from="2023-06-01", regions='"3301", "33038"')
    was, stood = here.objects(DAY), standings(database)
    found = preview(database, here.rules, given(text), DAY, from_coding_day=True)
    assert standings(database) == stood
    fitting = {
        row["project_code"]
        for row in log[0]
        if row["coded_on"] >= "2023-06-01"
        and (row.get("kind") or "filing") == "filing"
        and (row.get("region") or "3301")[:4] in ("3301", "3303")
    }
    assert {one.code for one in found.taken} == fitting
    assert {one.code for one in found.taken if one.open} & was.keys() == {
        code for code in fitting & was.keys() if was[code]["phase"] not in FINISHED
    }
    done = enter(here, text, backwards=True)
    assert (done.judges_from, swept(done)) == (dt.date(2023, 6, 1), (len(fitting), len(fitting), 0))
    now = here.objects(DAY)
    assert {code for code, one in now.items() if one["pack"] == "own-40"} == fitting & now.keys()
    assert {code: one for code, one in now.items() if code not in fitting} == {
        code: one for code, one in was.items() if code not in fitting
    }
    assert now == told_by(log, RULES.with_packs([read(text)]), DAY)
    changes = {(c.project_code, c.where, c.what): (c.before, c.after) for c in found.effect.changes if not c.case_id}  # type: ignore[union-attr]
    expected = {
        (code, "project", what): (was[code][what], now[code][what])
        for code in now
        for what in ("used", "light", "yellow_on", "red_on")
        if was[code][what] != now[code][what]
    }
    assert {key: pair for key, pair in changes.items() if key[1] == "project"} == expected
    assert len(expected) > 5
    assert tally(database) == tally_as_it_must_be(database)
    after = standings(database)
    here.rebuild(DAY)
    assert standings(database) == after
    take_back(here, "own-40", "1")
    kept = {table: [row for row in found if table != "turn"] for table, found in stood.items()}
    assert {t: [r for r in f if t != "turn"] for t, f in standings(database).items()} == kept


def test_a_pack_without_groups_and_in_natural_days(database: Database, tmp_path: Path) -> None:
    """One project accepted on Monday 3 March: 28 natural days up to the 31st where there were 20 working days."""
    here = office(database, tmp_path)
    running(here, "P", since="2025-03-03")
    here.tick(DAY)
    text = changed(
        shipped_text("national-120"),
        ('id = "national-120"', 'id = "day-20"'),
        ('calendar = "CN"', 'calendar = "natural"'),
        ("days = 120", "days = 20"),
        ('applies = "named"', 'applies = "fits"'),
        ("coded_from = { date = 2019-07-01", "coded_from = { date = 2025-01-01"),
    )
    found = preview(database, here.rules, given(text), DAY, from_coding_day=True)
    told = {(c.where, c.what): (c.before, c.after) for c in found.effect.changes if not c.case_id}  # type: ignore[union-attr]
    assert told["project", "used"] == (20, 28)
    assert told["project", "red_on"] == ("2025-06-30", "2025-03-24")
    assert told["pre_construction", "light"] == ("green", None)
    assert told["pre_construction", "used"] == (20, None)
    enter(here, text, backwards=True)
    one = here.objects(DAY)["P"]
    assert (one["used"], one["light"], one["calendar"]["region"], one["groups"]) == (28, "red", "natural", {})
    assert rows(database, "SELECT count(*) FROM group_standing") == [(0,)]


# ---- versions of a pack that is known


def test_a_version_holds_for_what_is_coded_from_its_day_on(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, *(f"P{n}" for n in range(9)), since="2025-01-06")
    running(here, "N", since="2025-03-31", coded_on="2025-04-02")
    running(here, "M", since="2025-03-31", coded_on="2025-04-01", pack="zhejiang-80")
    here.tick(DAY)
    stood = standings(database)
    text = version(dt.date(2025, 4, 2), ("yellow", 20), ("red", 40), ("budget@1", 30))
    looked = preview(database, here.rules, given(text), DAY)
    assert looked.effect is not None and looked.effect.looked_at == 1
    ahead = {c.what: (c.before, c.after) for c in looked.effect.changes if c.where == "project"}
    assert ahead == {"yellow_on": (nth(DAY, 56), nth(DAY, 21)), "red_on": (nth(DAY, 81), nth(DAY, 41))}
    done = enter(here, text)
    assert (done.follows, swept(done), done.swept and done.swept.changed) == ("2020", (1, 1, 0), 1)
    assert {key: [n.days for n in numbers] for key, numbers in done.added.items()} == {
        "thresholds.yellow": [20], "thresholds.red": [40], "group pre_construction.budget": [30],
    }  # fmt: skip
    groups = "SELECT p.code, g.budget FROM group_standing g JOIN project p ON p.id = g.project_id WHERE g.grp = 0"
    assert {code: budget for code, budget in rows(database, groups) if budget != 50} == {"N": 30}
    here.rebuild(DAY)
    assert [row for row in standings(database)["standing"] if row[0] != "N"] == [
        row for row in stood["standing"] if row[0] != "N"
    ]
    now = here.objects(dt.date(2025, 6, 30))
    since = dt.date(2025, 1, 6)
    assert [now[c]["red_on"] for c in ("N", "M", "P0")] == [nth(DAY, 41), nth(DAY, 81), nth(since, 81)]


def test_versions_lie_one_on_another_and_are_taken_back_from_the_top(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, "N", since="2025-03-31", coded_on="2025-06-02")
    here.tick(DAY)
    first = version(dt.date(2025, 5, 1), ("red", 70), name="a")
    second = version(dt.date(2025, 6, 1), ("red", 60), name="b", of=first)
    enter(here, first)
    assert enter(here, second).follows == "a"
    assert enter(here, first).known
    red = {}
    for day in (dt.date(2025, 6, 30), dt.date(2025, 7, 31)):
        here.tick(day)
    red["b"] = here.objects(day)["N"]["red_on"]
    third = version(dt.date(2026, 1, 1), ("red", 65), name="c")
    for bad, words in (
        (first.replace("days = 70", "days = 71"), r"version: 'a'; another version"),
        (shipped_text() + "\n# other", r"version: '2020'; another version"),
        (third, r"thresholds\.red\[1\]: '65 \(2026-01-01\)'; 70 \(2025-05-01\), as in version b"),
    ):
        with pytest.raises(PackRefused, match=words):
            enter(here, bad)
        with pytest.raises(PackRefused, match=words):
            preview(database, here.rules, given(bad), DAY)
    with pytest.raises(PackRefused, match="id: 'zhejiang-80'; a new id"):
        enter(here, version(dt.date(2026, 1, 1), ("red", 65), name="c", of=second), backwards=True)
    with pytest.raises(LaterVersion, match="b"):
        take_back(here, "zhejiang-80", "a")
    for name in ("2020", "c"):
        with pytest.raises(NoSuchPack):
            take_back(here, "zhejiang-80", name)
    holds = {one.pack.id: one.pack.version for one in listed(database, here.rules)}
    assert holds["zhejiang-80"] == "b"
    done = take_back(here, "zhejiang-80", "b")
    assert (done.follows, swept(done)) == ("a", (1, 1, 0))
    red["a"] = here.objects(day)["N"]["red_on"]
    assert take_back(here, "zhejiang-80", "a").follows == "2020"
    red["2020"] = here.objects(day)["N"]["red_on"]
    assert red == {"b": nth(DAY, 61), "a": nth(DAY, 71), "2020": nth(DAY, 81)}
    past = [(one.entered.version if one.entered else "", one.holds) for one in listed(database, here.rules, past=True)
            if one.pack.id == "zhejiang-80"]  # fmt: skip
    assert past == [("", True), ("a", False), ("b", False)]
    with pytest.raises(PackRefused, match="a day after 2025-07-31"):  # what was coded since has other numbers by now
        enter(here, first)


def test_a_warning_holds_for_cases_accepted_from_its_day_on(database: Database, tmp_path: Path) -> None:
    """An older project with a case of 30 days accepted on 7 April: it warned two days before, then eight."""
    here = office(database, tmp_path)
    running(here, "P", "Q", since="2025-01-06")
    here.tick(DAY)
    stood = here.objects(DAY)
    done = enter(here, version(dt.date(2025, 4, 7), ("number@1", 8)))
    assert (done.touched, done.swept) == (0, None)
    assert here.objects(DAY) == stood
    more = {"case_id": "P-D", "project_code": "P", "stage": "planning", "department": "局", "promised_days": "30"}
    here.take([], [more], [{"event_id": "P-D", "case_id": "P-D", "status": "accepted", "occurred_at": "2025-04-07"}])
    here.tick(dt.date(2025, 4, 30))
    warned = "SELECT promised_yellow_on FROM case_standing WHERE promised_limit = 30"
    accepted_on = dt.date(2025, 4, 7)
    assert day_of(rows(database, warned)[0][0]).isoformat() == nth(accepted_on, 22)
    take_back(here, "zhejiang-80", "2027")
    assert day_of(rows(database, warned)[0][0]).isoformat() == nth(accepted_on, 28)
    stood_now = standings(database)
    here.rebuild(dt.date(2025, 4, 30))
    assert standings(database) == stood_now
