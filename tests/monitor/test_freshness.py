"""Sources: their habit, their silence, and the lights that turned after what they have reported. All made up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from monitor.database import Database
from monitor.reading.projects import ProjectQuery
from monitor.reading.sources import Sending
from monitor.reading.viewer import EVERYONE
from monitor.verbs.late_stops import confirm
from monitor.verbs.undo import undo
from tests.monitor.canonical_files import CASE, PROJECT, ZONE, write
from tests.monitor.commands import Run
from tests.monitor.sweeping import Office, office

# A case accepted on Monday 2 March 2026. Counted by hand: Qingming 4-6 April and May Day 1-5 May are days of rest,
# 9 May works, so its 55th working day is 21 May, and it is yellow from 22 May; red, past 80, from 29 June.
ACCEPTED = {"event_id": "E1", "case_id": "C1", "status": "accepted", "occurred_at": "2026-03-02"}
YELLOW, RED = dt.date(2026, 5, 22), dt.date(2026, 6, 29)


def sent(here: Office, day: str, source: str = "平台", **options: Any) -> None:
    """A batch with one new project, on a day."""
    here.clock.moment = dt.datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=ZONE)
    code = f"{source}-{day}-{here.imports}"
    today = dt.date.fromisoformat(day)
    here.take(
        [PROJECT | {"project_code": code, "coded_on": "2026-03-02"}], [], [], source=source, today=today, **options
    )


def of(here: Office, day: str, allowed: int | None = None) -> dict[str, Sending]:
    reader = here.reader()
    reader.silent_days = allowed
    return {one.source: one for one in reader.sources(EVERYONE, dt.date.fromisoformat(day))}


def test_a_habit_is_told_from_four_intervals_on(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    # Monday to Friday; two batches on one day are one sending.
    for day in ("2026-03-02", "2026-03-03", "2026-03-03", "2026-03-04", "2026-03-05"):
        sent(here, day)
    assert (of(here, "2026-03-05")["平台"].habit, of(here, "2026-03-20")["平台"].silent_for_long) == (None, False)
    sent(here, "2026-03-06")
    one = of(here, "2026-03-10")["平台"]
    assert (one.last_on, one.habit, one.silent, one.silent_for_long) == (dt.date(2026, 3, 6), 1, 2, False)
    one = of(here, "2026-03-11")["平台"]  # Monday, Tuesday, Wednesday
    assert (one.silent, one.silent_for_long) == (3, True)


def test_silence_is_counted_in_working_days(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    for day in ("2026-03-26", "2026-03-27", "2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02", "2026-04-03"):
        sent(here, day)  # each working day before Qingming, 4 to 6 April
    assert (of(here, "2026-04-06")["平台"].silent, of(here, "2026-04-08")["平台"].silent_for_long) == (0, False)
    assert of(here, "2026-04-09")["平台"].silent_for_long


def test_a_weekly_source_may_be_silent_for_two_weeks(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    for day in ("2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30"):  # Mondays
        sent(here, day)
    # Monday 6 April is a day of rest: Tuesday 14 April is ten working days after 30 March.
    found = [of(here, day)["平台"] for day in ("2026-04-14", "2026-04-15")]
    assert [(one.habit, one.silent, one.silent_for_long) for one in found] == [(5, 10, False), (5, 11, True)]


def test_a_setting_allows_less(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    sent(here, "2026-03-02")
    assert not of(here, "2026-03-30")["平台"].silent_for_long
    assert [of(here, day, 3)["平台"].silent_for_long for day in ("2026-03-05", "2026-03-06")] == [False, True]


def test_a_confirmation_of_ours_is_no_sending(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.clock.moment = dt.datetime(2026, 3, 2, 10, tzinfo=ZONE)
    events = [
        ACCEPTED,
        ACCEPTED | {"event_id": "E2", "status": "correction_started", "occurred_at": "2026-03-04"},
    ]
    here.take([PROJECT], [CASE], events, source="平台", today=dt.date(2026, 3, 4))
    (record,) = here.reader().records(EVERYONE, "E2")
    here.clock.moment = dt.datetime(2026, 3, 20, 10, tzinfo=ZONE)
    confirm(
        database, record, by="张三", evidence="通知书", today=dt.date(2026, 3, 20), zone=ZONE, clock=here.clock
    )  # fmt: skip
    assert of(here, "2026-03-20")["平台"].last_on == dt.date(2026, 3, 2)


def running(here: Office, until: dt.date, *, second: dt.date | None = None) -> None:
    """A project with a case that runs since 2 March, of a source that has reported until a day; and with a case of a
    second source, closed at once, that has reported until another."""
    here.clock.moment = dt.datetime(2026, 7, 1, 10, tzinfo=ZONE)
    told = {"source": "平台", "reported_until": until, "today": dt.date(2026, 7, 1)}
    here.take([PROJECT], [CASE], [ACCEPTED], **told)
    if second:
        other = [ACCEPTED | {"case_id": "C2"}, ACCEPTED | {"case_id": "C2", "event_id": "E2", "status": "approved"}]
        here.take([PROJECT], [CASE | {"case_id": "C2"}], other, **(told | {"source": "住建", "reported_until": second}))


def confirmed(here: Office, day: dt.date, at: dt.datetime | None = None) -> list[tuple[str, bool | None]]:
    objects, _missing = here.reader().status(EVERYONE, ["P1"], day, known_at=at)
    return [(turn["light"], turn["confirmed"]) for turn in objects[0]["turns"]]


JULY = dt.date(2026, 7, 1)


def test_turns_after_what_a_source_has_reported_are_unconfirmed(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, dt.date(2026, 6, 28))
    before = here.clock.moment.astimezone(ZONE)
    assert confirmed(here, JULY) == [("yellow", True), ("red", False)]
    here.tick(JULY)
    reader = here.reader()
    assert reader.unconfirmed(EVERYONE, JULY) == 1
    assert reader.unconfirmed(EVERYONE, dt.date(2026, 6, 28)) == 0  # it was yellow, and that is confirmed
    assert reader.unconfirmed(EVERYONE, JULY, region="12") == 0
    assert list(reader.projects(EVERYONE, JULY, ProjectQuery()).rows["unconfirmed"]) == [True]
    assert list(reader.projects(EVERYONE, dt.date(2026, 6, 26), ProjectQuery()).rows["unconfirmed"]) == [False]
    view = reader.project(EVERYONE, "P1", JULY)
    assert view is not None
    assert [turn["confirmed"] for turn in view.standing["turns"]] == [True, False]
    frame = reader.turned(EVERYONE, dt.date(2026, 5, 1), JULY)
    assert list(zip(frame["to"], frame["unconfirmed"], strict=True)) == [("red", True), ("yellow", False)]
    # The source reports on, and nothing happened: the light is the same, and confirmed.
    here.take([PROJECT], [], [], source="平台", reported_until=JULY, today=JULY)
    assert confirmed(here, JULY) == [("yellow", True), ("red", True)]
    assert confirmed(here, JULY, before) == [("yellow", True), ("red", False)]
    here.tick(JULY)
    assert here.reader().unconfirmed(EVERYONE, JULY) == 0
    assert list(here.reader().projects(EVERYONE, JULY, ProjectQuery()).rows["unconfirmed"]) == [False]


def test_the_source_that_has_reported_least_says(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, JULY, second=dt.date(2026, 5, 21))
    assert confirmed(here, JULY) == [("yellow", False), ("red", False)]
    here.tick(JULY)
    assert here.reader().unconfirmed(EVERYONE, JULY) == 1
    # The day until which it has reported is told whole: a light of that day is confirmed.
    here.take([PROJECT], [], [], source="住建", reported_until=YELLOW, today=JULY)
    assert confirmed(here, JULY) == [("yellow", True), ("red", False)]
    here.tick(JULY)
    frame = here.reader().turned(EVERYONE, dt.date(2026, 5, 1), JULY)
    assert list(zip(frame["to"], frame["unconfirmed"], strict=True)) == [("red", True), ("yellow", False)]


def test_a_source_without_cases_of_a_project_says_nothing_of_it(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, JULY)
    sent(here, "2026-03-02", source="旧系统", reported_until=dt.date(2026, 3, 2))
    assert confirmed(here, JULY) == [("yellow", True), ("red", True)]
    here.tick(JULY)
    assert here.reader().unconfirmed(EVERYONE, JULY) == 0


def test_a_source_of_which_no_case_is_known_any_more_says_nothing(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    running(here, JULY)
    sent(here, "2026-07-02", source="旧系统", reported_until=dt.date(2026, 3, 2))  # so it has reported until a day
    other = [CASE | {"case_id": "C9"}], [ACCEPTED | {"event_id": "E9", "case_id": "C9"}]
    batch = here.take([PROJECT], *other, source="旧系统", reported_until=dt.date(2026, 3, 2), today=JULY).batch
    assert confirmed(here, JULY) == [("yellow", False), ("red", False)]
    known = here.clock.moment.astimezone(ZONE)
    here.clock.moment += dt.timedelta(days=1)
    undo(database, batch or 0, zone=ZONE, clock=here.clock)
    assert confirmed(here, JULY) == [("yellow", True), ("red", True)]
    assert confirmed(here, JULY, known) == [("yellow", False), ("red", False)]
    here.tick(JULY)
    assert here.reader().unconfirmed(EVERYONE, JULY) == 0


def test_the_commands(run: Run, database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path / "sent")
    for day in ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"):
        sent(here, day, source="旧系统", reported_until=dt.date(2026, 3, 6))
    write(tmp_path / "new", [PROJECT], [CASE], [ACCEPTED])
    run("import", "new", "--source", "平台")
    old, new = run("sources", "--json").document["sources"]
    assert (old["source"], old["last_on"], old["reported_until"], old["habit"]) == (
        "旧系统",
        "2026-03-06",
        "2026-03-06",
        1,
    )
    assert old["silent_for_long"]
    assert (new["source"], new["habit"], new["silent"], new["silent_for_long"]) == ("平台", None, 0, False)
    told = "Source “旧系统” sent last on 2026-03-06"
    for words in (("sources",), ("check",)):
        ended = run(*words)
        assert ended.code == 0
        assert told in ended.err
        assert "turned after 2026-03-06 are unconfirmed" in ended.err
    assert run("check", "--json").document["silent"] == ["旧系统"]
    assert run("assess", "new", "--as-of", "2026-07-01", "--json").document["projects"][0]["turns"] == [
        {"on": "2026-05-22", "light": "yellow", "confirmed": None},
        {"on": "2026-06-29", "light": "red", "confirmed": None},
    ]
