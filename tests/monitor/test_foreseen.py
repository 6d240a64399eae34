"""A dry run says beforehand what an import brings: lights, days, due days and flags, on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database
from monitor.verbs import foreseen
from monitor.verbs.foreseen import Foreseen
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, everything, small, take, write
from tests.monitor.commands import Run, program, refused
from tests.monitor.sweeping import RULES, Office, office, portions
from tests.rules.generate import awkward_log

DAY = dt.date(2026, 11, 20)
Json = dict[str, Any]
Figure = tuple[str, str, str | None, str]  # project, where, case, what


def figures(objects: dict[str, Json]) -> dict[Figure, Any]:
    """What an effect speaks of, read off the objects of `status`; a case that has not begun has no light."""
    out: dict[Figure, Any] = {}
    for code, one in objects.items():
        for place, told in (("project", one), *one["groups"].items()):
            out |= {(code, place, None, what): told[what] for what in ("used", "light", "yellow_on", "red_on")}
        for case in one["cases"]:
            for clock in ("promised", "statutory"):
                out[code, clock, case["case_id"], "due_on"] = case[clock]["due_on"]
                begun = case["state"] != "not_started"
                out[code, clock, case["case_id"], "light"] = case[clock]["light"] if begun else "none"
    return out


def flags(objects: dict[str, Json]) -> set[tuple[str, str, str, str | None]]:
    """The flags of the objects."""
    return {(c, f["flag"], f["case_id"], f["event_id"]) for c, one in objects.items() for f in one["flags"]}


def expected(before: dict[str, Json], after: dict[str, Json], known: set[str]) -> dict[Figure, tuple[Any, Any]]:
    """The differences of projects that were ``known``; of others their light, days and turns."""
    was, now = figures(before), figures(after)
    out = {}
    for key in was | now:
        if key[0] not in known and key[1] != "project":
            continue
        blank = "none" if key[2] is not None and key[3] == "light" else None
        if was.get(key, blank) != now.get(key, blank):
            out[key] = (was.get(key, blank), now.get(key, blank))
    return out


def listed(effect: Foreseen) -> dict[Figure, tuple[Any, Any]]:
    """The changes of an effect in the same form."""
    found = {(c.project_code, c.where, c.case_id, c.what): (c.before, c.after) for c in effect.changes}
    assert len(found) == len(effect.changes)
    return found


def tried(of: Office, projects: Any, cases: Any, events: Any) -> Foreseen:
    """What a dry run says of these rows; it leaves everything as it was."""
    files = write(of.folder / "tried", projects, cases, events)
    before = everything(of.database)
    done = take(of.database, files, clock=of.clock, dry_run=True, foresee=RULES, as_of=DAY)
    assert everything(of.database) == before
    assert done.effect is not None
    for file in files.iterdir():
        file.unlink()
    return done.effect


@pytest.mark.parametrize("seed", [3, 8])
def test_what_is_foreseen_is_what_comes(database: Database, tmp_path: Path, seed: int) -> None:
    """An awkward log in three portions, each tried before it is taken; `status` before and after is the key."""
    of = office(database, tmp_path)
    seen: Counter[str] = Counter()
    for portion in portions(awkward_log(seed, 14), seed, 3):
        known = set(of.objects(DAY)) | {str(code) for code in _codes(database)}
        effect = tried(of, *portion)
        before = of.objects(DAY)
        of.take(*portion)
        after = of.objects(DAY)
        differences = expected(before, after, known)
        assert listed(effect) == differences
        assert {(f.project_code, f.flag, f.case_id, f.event_id) for f in effect.flagged} == flags(after) - flags(before)
        assert effect.flags == Counter(f.flag for f in effect.flagged)
        new = Counter(one["light"] for code, one in after.items() if code not in known)
        assert {light: n for light, n in effect.new.items() if light} == new
        of_known = {key: pair for key, pair in differences.items() if key[0] in known}
        assert effect.projects == len({key[0] for key in of_known})
        assert effect.lights == len({key[0] for key in of_known if key[2] is None and key[3] == "light"})
        assert effect.case_lights == len({key[:3:2] for key in of_known if key[2] is not None and key[3] == "light"})
        assert (effect.more_changes, effect.more_flagged, effect.gone) == (0, 0, 0)
        seen.update(key[3] for key in of_known)
        seen["flags"] += len(effect.flagged)
    assert min(seen[what] for what in ("used", "light", "yellow_on", "red_on", "due_on", "flags")) > 3


def _codes(database: Database) -> Iterator[str]:
    return (row[1] for row in everything(database)["project"])


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        yield call


def test_a_red_project_that_was_decided_long_ago(run: Run, tmp_path: Path) -> None:
    """Accepted on Tuesday 3 March 2026 and open since: red. The decision of Monday the 9th makes it 4 working days
    (4, 5, 6 and 9 March), and it is flagged as entered late. P2 is new, and has nothing yet."""
    assert run("import", write(tmp_path / "1", [PROJECT], [CASE], EVENTS[:1])).code == 0
    more = write(tmp_path / "2", [PROJECT | {"project_code": "P2"}], events=[EVENTS[1] | {"entered_at": "2026-11-20"}])
    on = ("--as-of", "2026-11-20")
    effect = run("import", more, "--dry-run", *on, "--json").document["effect"]
    of_project = {c["what"]: (c["before"], c["after"]) for c in effect["changes"] if c["where"] == "project"}
    assert effect["as_of"] == "2026-11-20"
    assert effect["counts"]["projects"] == effect["counts"]["lights"] == 1
    assert effect["new"] == {"projects": 1, "green": 1, "yellow": 0, "red": 0, "grey": 0, "none": 0}
    mine = [c for c in effect["changes"] if c["project_code"] == "P1"]
    of_project = {c["what"]: (c["before"], c["after"]) for c in mine if c["where"] == "project"}
    assert of_project["light"] == ("red", "green")
    assert of_project["used"][1] == 4
    assert of_project["red_on"][1] is None
    fresh = {c["what"]: (c["before"], c["after"]) for c in effect["changes"] if c["project_code"] == "P2"}
    assert fresh == {"light": (None, "green"), "used": (None, 0)}
    assert effect["flags"] == {"late_entry": 1}
    assert effect["flagged"] == [{"project_code": "P1", "flag": "late_entry", "case_id": "C1", "event_id": "E2"}]
    told = run("import", more, "--dry-run", *on)
    assert (told.code, told.out) == (0, "")
    assert "P1  the project  light  Red → Green" in told.err
    assert "1 new project: Green 1." in told.err
    assert "As of 2026-11-20: 1 known projects would change: 1 in days used, 1 in a light" in told.err
    assert run("import", more, "--json").document["effect"] is None
    assert run("import", more, "--dry-run", "--json").document["effect"] is None  # known already


def test_what_is_refused_changes_nothing_and_the_rest_is_foreseen(run: Run, tmp_path: Path) -> None:
    rows = [PROJECT, PROJECT | {"project_code": "P2", "coded_on": "2026-02-30"}]
    folder = write(tmp_path / "in", rows, [CASE], EVENTS)
    assert run("import", folder, "--dry-run", "--json").document["effect"] is None
    assert run("import", folder, "--dry-run", "--partial", "--json").document["effect"]["new"]["projects"] == 1
    refused(run("import", folder, "--as-of", "2026-11-20"), "--dry-run", code=2)


def test_a_project_coded_later_is_not_there_yet(run: Run, tmp_path: Path) -> None:
    effect = run("import", small(tmp_path / "in"), "--dry-run", "--as-of", "2026-03-01", "--json").document["effect"]
    assert effect["new"] == {"projects": 1, "green": 0, "yellow": 0, "red": 0, "grey": 0, "none": 0}
    assert (effect["changes"], effect["flagged"]) == ([], [])


def test_a_long_list_is_cut_and_says_so(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    of = office(database, tmp_path)
    first, second = portions(awkward_log(3, 8), 3, 2)
    of.take(*first)
    whole = tried(of, *second)
    monkeypatch.setattr(foreseen, "LISTED", 5)
    cut = tried(of, *second)
    assert (len(cut.changes), len(cut.flagged)) == (5, 5)
    assert cut.more_changes == len(whole.changes) - 5 > 0
    assert cut.more_flagged == len(whole.flagged) - 5 > 0
    assert {**vars(cut), "changes": 0, "flagged": 0, "more_changes": 0, "more_flagged": 0} == {
        **vars(whole), "changes": 0, "flagged": 0, "more_changes": 0, "more_flagged": 0
    }  # fmt: skip
    assert set(listed(cut)) <= set(listed(whole))
