"""Late stops through the store: what came in by parts, as known when, until a supervisor confirms."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.database import Database
from monitor.reading.viewer import EVERYONE
from monitor.verbs.late_stops import confirm
from tests.house.test_json_documents import documented, undocumented
from tests.monitor.canonical_files import ZONE
from tests.monitor.commands import program
from tests.monitor.sweeping import Office, office, standings

PROJECT = [{"project_code": "P", "coded_on": "2026-03-02", "kind": "filing", "region": "330106"}]
CASE = [{"case_id": "A", "project_code": "P", "stage": "planning", "department": "规划局"}]


def event(n: int, status: str, on: str, **more: str) -> dict[str, str]:
    return {"event_id": f"e{n}", "case_id": "A", "status": status, "occurred_at": on, **more}


def at(here: Office, day: str) -> dt.date:
    """The office's clock on a day at nine."""
    found = dt.date.fromisoformat(day)
    here.clock.moment = dt.datetime.combine(found, dt.time(9), ZONE)
    return found


@pytest.fixture
def here(database: Database, tmp_path: Path) -> Office:
    """Accepted on 2 March, told at once: 55 working days are over on 21 May, so yellow from the 22nd. On the 25th a
    pause is told that began on 1 April and ended on 11 May."""
    found = office(database, tmp_path)
    found.take(PROJECT, CASE, [event(1, "accepted", "2026-03-02")], today=at(found, "2026-03-02"))
    found.tick(at(found, "2026-03-02"))
    found.tick(at(found, "2026-05-22"))
    pause = {"procedure": "appraisal", "basis": "行政许可法45"}
    told = [event(2, "procedure_started", "2026-04-01", **pause), event(3, "procedure_ended", "2026-05-11", **pause)]
    found.take([], [], told, today=at(found, "2026-05-25"))
    found.tick(at(found, "2026-05-25"))
    return found


def waiting(here: Office) -> list[tuple[Any, ...]]:
    with here.database.reading() as connection:
        return [tuple(r) for r in connection.execute(text("SELECT waiting_stops, yellow_on FROM standing"))]


def turns(here: Office) -> list[tuple[Any, ...]]:
    """Of the project: to which light, and whether it still holds."""
    query = text("SELECT to_light, known_to IS NULL FROM turn WHERE scope = 'project' ORDER BY id")
    with here.database.reading() as connection:
        return [(light, bool(holds)) for light, holds in connection.execute(query)]


def test_the_light_stays_and_both_figures_are_kept(here: Office) -> None:
    found = here.objects(dt.date(2026, 5, 25))["P"]
    assert (found["light"], found["used"]) == ("yellow", 57)
    assert [stop["event_id"] for stop in found["late_stops"]] == ["e2"]
    # 2 April to 11 May: 20 working days of April (its 22 without the 1st and Monday the 6th, Qingming) and, 9 May
    # being a make-up Saturday, 5 of May (6, 7, 8, 9, 11): 25.
    assert (found["if_confirmed"]["light"], found["if_confirmed"]["used"]) == ("green", 57 - 25)
    assert waiting(here)[0][0] == 1
    assert here.reader().waiting(EVERYONE) == ["P"]
    assert turns(here) == [(3, True)]


def test_what_was_known_before_knows_nothing_of_it(here: Office) -> None:
    eve = dt.datetime(2026, 5, 24, 12, tzinfo=ZONE)
    found = here.objects(dt.date(2026, 5, 22), known_at=eve)["P"]
    assert (found["light"], "late_stops" in found) == ("yellow", False)


def test_a_confirmation_lets_it_stop_and_the_turn_is_closed_as_a_correction(here: Office) -> None:
    (record,) = here.reader().records(EVERYONE, "e2")
    confirmed_on = at(here, "2026-05-26")
    done = confirm(
        here.database, record, by="张督查", evidence="鉴定通知书〔2026〕5号", today=confirmed_on, zone=ZONE,
        clock=here.clock,
    )  # fmt: skip
    assert (done.refused, done.counts["events"].added) == (0, 1)
    here.tick(confirmed_on)
    found = here.objects(confirmed_on)["P"]
    assert (found["light"], found["used"], "late_stops" in found) == ("green", 58 - 25, False)
    assert waiting(here)[0][0] == 0
    assert turns(here) == [(3, False)]
    before = here.objects(confirmed_on, known_at=dt.datetime(2026, 5, 26, 8, tzinfo=ZONE))["P"]
    assert (before["light"], before["used"]) == ("yellow", 58)


def test_rebuilding_gives_the_same(here: Office) -> None:
    before = standings(here.database)
    here.rebuild(dt.date(2026, 5, 25))
    assert standings(here.database) == before


def test_the_commands(here: Office, monkeypatch: pytest.MonkeyPatch, capsys: Any, tmp_path: Path) -> None:
    url = here.database.engine.url.render_as_string(hide_password=False)
    with program(monkeypatch, capsys, tmp_path, url) as run:
        document = run("pending", "--json").document
        assert [(s["event_id"], s["learned_on"]) for s in document["stops"]] == [("e2", "2026-05-25")]
        assert not undocumented(document, documented("pending"))
        (stop,) = document["stops"]
        # The pause is 25 working days long: 2 and 3 April, 18 from the 7th to the 30th, 6-9 and 11 May. So many later
        # is the 56th day, not 22 May but 29 June (the 19th is a holiday), and the 81st, not 29 June but 3 August.
        changed = {(one["where"], one["what"]): (one["before"], one["after"]) for one in stop["changes"]}
        assert changed["project", "yellow_on"] == ("2026-05-22", "2026-06-29")
        assert changed["project", "red_on"] == ("2026-06-29", "2026-08-03")
        assert ("project", "light") not in changed  # red today either way
        status = run("status", "P", "--json").document
        assert not undocumented(status, documented("assess, status"))
        assert "e2: paused 2026-04-01" in run("pending").out
        for words, why in (
            (("nowhere", "--by", "张", "--evidence", "文"), "There is no record nowhere"),
            (("e1", "--by", "张", "--evidence", "文"), "e1 does not wait for a confirmation. Of this project wait: e2"),
            (("e2", "--by", " ", "--evidence", "文"), "may not be blank"),
            (("e2", "--by", "张", "--evidence", "文", "--source", "elsewhere"), "There is no record e2"),
        ):
            refused = run("confirm", *words)
            assert (refused.code, why in refused.err) == (1, True), refused.err
        assert run("pending", "--json").document == document
        assert run("confirm", "e2", "--by", "张督查", "--evidence", "鉴定通知书〔2026〕5号").code == 0
        assert run("tick").code == 0
        assert run("pending", "--json").document["stops"] == []
