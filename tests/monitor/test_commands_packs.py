"""packs preview, import, withdraw on the command line, on SQLite and PostgreSQL. Packs and projects are made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.database import Database
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, write
from tests.monitor.commands import Run, program, refused
from tests.monitor.sweeping import dump
from tests.rules.own_packs import changed, own, shipped_text, version

FAR = dt.date(2090, 1, 1)
AS_OF = ("--as-of", "2026-04-30", "--json")


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        yield call


@pytest.fixture
def file(run: Run, tmp_path: Path) -> Path:
    """A pack red past 40 days; one project coded on 2 March, accepted on the 3rd, and swept as of 30 April."""
    folder = write(tmp_path / "in", [PROJECT], [CASE], EVENTS[:1])
    assert run("import", folder).code == 0
    assert run("tick", "--as-of", "2026-04-30").code == 0
    path = tmp_path / "own.toml"
    path.write_text(own(coded_from="2026-01-01"), "utf-8")
    return path


def test_a_pack_leaves_what_is_coded_already(run: Run, file: Path) -> None:
    before = run("status", "--all", *AS_OF).document
    ended = run("packs", "preview", file)
    assert (ended.code, ended.out) == (0, "")
    assert "own-40: a new pack, version 1." in ended.err
    assert "keep the pack that they have, unless you add --from-coding-day" in ended.err
    assert "0 projects would be judged otherwise" in ended.err
    done = run("packs", "import", file)
    assert (done.code, done.out) == (0, "")
    assert "0 projects are judged otherwise; 0 assessed" in done.err
    assert run("status", "--all", *AS_OF).document == before
    (told,) = [one for one in run("packs", "--json").document["packs"] if one["id"] == "own-40"]
    assert told["entered"]["judges_from"] > dt.date.today().isoformat() > told["scope"]["coded_from"]
    assert told["entered"]["known_from"].endswith("+08:00")
    assert told["entered"]["known_to"] is None


def test_a_pack_is_looked_at_let_hold_and_taken_back(run: Run, file: Path) -> None:
    """After 3 March 2026 the month has 20 working days, so 1 April is the 21st; April has 21 without Qingming, the 6th,
    so the 30th is the 41st. Yellow past 20, red past 40."""
    before = run("status", "P1", *AS_OF).document["projects"]
    back = "--from-coding-day"
    ended = run("packs", "preview", file, back)
    assert ended.code == 0
    assert "P1  would be judged by own-40, not by zhejiang-80" in ended.out
    assert "P1  the project  light  Green → Red" in ended.out
    assert "P1  the project  turns yellow on  2026-05-25 → 2026-04-01" in ended.out
    assert f"own.toml {back}" in ended.err
    document = run("packs", "preview", file, back, "--json").document
    assert document["taken"] == [{"project_code": "P1", "before": "zhejiang-80", "open": True}]
    assert (document["follows"], document["judges_from"], document["counts"]["open"]) == (None, "2026-01-01", 1)
    assert run("status", "P1", *AS_OF).document["projects"] == before
    refused(run("packs", "show", "own-40"), "own-40", "zhejiang-80")

    done = run("packs", "import", file, back, "--json").document
    assert (done["touched"], done["projects"], done["changed"], done["failed"]) == (1, 1, 1, 0)
    now = run("status", "P1", *AS_OF).document["projects"][0]
    assert (now["pack"], now["used"], now["light"]) == ("own-40", before[0]["used"], "red")
    assert run("packs", "import", file, "--json").document["known"]
    assert "known already" in run("packs", "import", file).err
    assert "known already" in run("packs", "preview", file).err
    assert "entered as version 1 from own.toml, known since" in run("packs").out
    shown = run("packs", "show", "own-40")
    assert "past 40 working days" in shown.out
    assert "judges projects coded from 2026-01-01 on" in shown.out
    assert run("packs", "show", "own-40", "--toml").out == file.read_text("utf-8")
    assert run("flags", "--pack", "own-40", "--json").document["pack"] == "own-40"

    gone = run("packs", "withdraw", "own-40", "1")
    assert "own-40 judges no project any more" in gone.err
    assert "1 projects are judged otherwise; 1 assessed" in gone.err
    assert run("status", "P1", *AS_OF).document["projects"] == before
    refused(run("packs", "withdraw", "own-40", "1"), "version 1 of own-40")
    assert "own-40" not in run("packs").out
    (last,) = [one for one in run("packs", "--past", "--json").document["packs"] if one["id"] == "own-40"]
    assert last["entered"]["known_to"].endswith("+08:00")
    assert "withdrawn 20" in run("packs", "--past").out


def test_a_further_version(run: Run, file: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text(version(FAR, ("red", 70), name="a"), "utf-8")
    second.write_text(version(FAR + dt.timedelta(9), ("red", 60), name="b", of=first.read_text("utf-8")), "utf-8")
    ended = run("packs", "preview", first)
    assert "zhejiang-80: version a follows 2020; every number in force stays." in ended.err
    assert "added: thresholds.red 70, since 2090-01-01" in ended.err
    done = run("packs", "import", first, "--json").document
    assert done["added"] == [{"key": "thresholds.red", "days": 70, "since": "2090-01-01"}]
    assert (done["follows"], done["touched"]) == ("2020", 0)
    assert run("packs", "import", second).code == 0
    refused(run("packs", "withdraw", "zhejiang-80", "a"), "Version b of zhejiang-80 was entered after a")
    assert "a later version has taken its place" in run("packs", "--past").out
    assert "zhejiang-80: version a holds again" in run("packs", "withdraw", "zhejiang-80", "b").err
    assert "zhejiang-80: version 2020 holds again" in run("packs", "withdraw", "zhejiang-80", "a").err


def test_a_project_that_names_a_pack_keeps_it_from_being_withdrawn(run: Run, file: Path, tmp_path: Path) -> None:
    named = write(tmp_path / "named", [PROJECT | {"project_code": "P2", "pack": "own-40"}])
    refused(run("import", named), "own-40", "zhejiang-80")
    assert run("packs", "import", file).code == 0
    assert run("import", named).code == 0
    refused(run("packs", "withdraw", "own-40", "1"), "1 project names own-40, P2")
    chinese = run("packs", "withdraw", "own-40", "1", MONITOR_LANGUAGE="zh_CN").err
    assert "有1个项目指定了 own-40，如 P2" in chinese


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            (("days = 80", "days = 79"),),
            ("thresholds.red[0]", "79 (2020-01-01)", "80 (2020-01-01), as in version 2020"),
        ),
        ((('comparison = "over"', 'comparison = "at"'),), ("comparison", "'at'", "over, as in version 2020")),
        (
            (("days = 80", "days = -1"), ('comparison = "over"', "")),
            ("thresholds.red[0].days", "comparison is missing"),
        ),
        ((('id = "zhejiang-80"', 'id = "my pack"'),), ("id", "'my pack'", "without a space")),
        ((("[scope]", "[scope"),), ("file", "TOML")),
        ((("since = 2020-01-01", "since = 0202-01-01"),), ("since", "0202-01-01", "1990-01-01 to 2099-12-31")),
        ((('kinds = ["filing"]', 'kinds = ["filng"]'),), ("scope.kinds", "filng", "approval, filing")),
        ((("days = 55", "days = 0"),), ("thresholds.yellow", "1 or more")),
    ],
)
def test_what_is_refused_is_named_and_changes_nothing(
    run: Run, file: Path, database: Database, words: tuple[tuple[str, str], ...], told: tuple[str, ...]
) -> None:
    before, everything = run("status", "--all", *AS_OF).out, dump(database)
    file.write_text(changed(shipped_text(), ('version = "2020"', 'version = "2027"'), *words), "utf-8")
    for command in ("preview", "import"):
        refused(run("packs", command, file), "own.toml", *told, "the pack is not used")
    refused(run("packs", "import", "nowhere.toml"), "nowhere.toml")
    assert run("status", "--all", *AS_OF).out == before
    assert run("packs", "--past", "--json").document == run("packs", "--json").document
    assert dump(database) == everything


def test_a_number_that_begins_too_early_in_both_languages(run: Run, file: Path) -> None:
    file.write_text(version(dt.date(2026, 4, 1), ("red", 70)), "utf-8")
    refused(run("packs", "import", file), "thresholds.red[1].since", "'2026-04-01'", "keeps its numbers; or a new id")
    assert "此前赋码的项目沿用原数字" in run("packs", "import", file, MONITOR_LANGUAGE="zh_CN").err
    file.write_text(version(FAR, ("red", 70)), "utf-8")
    refused(run("packs", "import", file, "--from-coding-day"), "id is 'zhejiang-80'", "a new id")


def test_files_are_judged_by_a_pack_that_is_a_file(run: Run, file: Path, tmp_path: Path) -> None:
    for force in ((), ("--force-pack",)):
        [told] = run("assess", tmp_path / "in", "--pack", file, *force, *AS_OF).document["projects"]
        assert (told["pack"], told["light"]) == ("own-40", "red")
    refused(run("assess", tmp_path / "in", "--pack", "nowhere.toml"), "nowhere.toml")
    refused(run("assess", tmp_path / "in", "--pack", "nowhere"), "nowhere", "zhejiang-80")


def test_without_a_database_the_packs_are_those_of_the_program(run: Run) -> None:
    url = "sqlite:////nowhere/at/all.db"
    ended = run("packs", "--json", MONITOR_DATABASE_URL=url)
    assert all(one["entered"] is None for one in ended.document["packs"])
    assert run("packs", "show", "zhejiang-80", "--json", MONITOR_DATABASE_URL=url).code == 0
