"""notices on the command line, on SQLite and PostgreSQL. Notices and projects are made up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.database import Database
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, write
from tests.monitor.commands import Run, program, refused
from tests.monitor.sweeping import dump
from tests.rules.statute import STATUTE_2027

CLOSED = """
region = "3301"
year = 2026
document = "某市〔2026〕1号"
source = "虚构"
published = 2026-03-04
rest = [2026-03-05, 2026-03-07]
"""


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, database_url: str
) -> Iterator[Run]:
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        yield call


@pytest.fixture
def file(run: Run, tmp_path: Path) -> Path:
    """A closure on Thursday 5 March (and a Saturday), of a city with one project accepted on the 3rd."""
    folder = write(tmp_path / "in", [PROJECT], [CASE | {"promised_days": "3"}], EVENTS[:1])
    assert run("import", folder).code == 0
    assert run("tick", "--as-of", "2026-03-06").code == 0
    path = tmp_path / "closed.toml"
    path.write_text(CLOSED, "utf-8")
    return path


def test_the_list_names_what_comes_with_the_program(run: Run, file: Path) -> None:
    ended = run("notices")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert "国办发明电〔2018〕15号" in lines[0]
    assert "amends 国办发明电〔2018〕15号" in lines[1]
    assert all("comes with the program" in line for line in lines)
    found = run("notices", "--json").document["notices"]
    assert [one["year"] for one in found] == [2019, 2019, 2020, 2020]
    assert found[3]["rest"] == ["2020-01-31", "2020-02-01", "2020-02-02"]


def test_a_notice_is_looked_at_let_hold_and_taken_back(run: Run, file: Path) -> None:
    before = run("status", "P1", "--as-of", "2026-03-06", "--json").document["projects"]
    ended = run("notices", "preview", file)
    assert ended.code == 0
    assert "P1  the project  days used  3 → 2" in ended.out
    assert "P1  C1 promised limit  due on  2026-03-06 → 2026-03-09" in ended.out
    assert "become days of rest: 2026-03-05" in ended.err
    assert "2026-03-07" not in ended.err  # a Saturday rests anyway
    assert "Nothing was changed" in ended.err
    document = run("notices", "preview", file, "--json").document
    assert (document["known"], document["as_of"], document["counts"]["projects"]) == (False, "2026-03-06", 1)
    assert run("status", "P1", "--as-of", "2026-03-06", "--json").document["projects"] == before
    assert len(run("notices").out.splitlines()) == 4

    done = run("notices", "import", file, "--json").document
    assert (done["days"], done["touched"], done["projects"]) == ([{"day": "2026-03-05", "works": False}], 1, 1)
    now = run("status", "P1", "--as-of", "2026-03-06", "--json").document["projects"][0]
    assert (now["used"], now["cases"][0]["promised"]["due_on"]) == (2, "2026-03-09")
    assert now["calendar"]["region"] == "CN-3301"
    count = ("calendar", "count", "2026-03-03", "2026-03-06")
    assert run(*count, "--region", "330106", "--json").document["days"] == 2
    assert run(*count, "--region", "3302", "--json").document["days"] == 3
    assert run("notices", "import", file, "--json").document["known"]
    assert "known already" in run("notices", "import", file).err
    assert "known already" in run("notices", "preview", file).err

    gone = run("notices", "withdraw", 1)
    assert "become working days: 2026-03-05" in gone.err
    assert "1 projects rest on these days; 1 assessed" in gone.err
    assert run("status", "P1", "--as-of", "2026-03-06", "--json").document["projects"] == before
    refused(run("notices", "withdraw", 1), "number 1")
    assert len(run("notices").out.splitlines()) == 4
    (last,) = [one for one in run("notices", "--past", "--json").document["notices"] if one["id"]]
    assert last["known_to"].endswith("+08:00")
    assert "known until" in run("notices", "--past").out


def test_the_json_form_with_what_it_does_not_say(run: Run, file: Path, tmp_path: Path) -> None:
    days = [{"name": "节日", "date": day, "isOffDay": True} for day in STATUTE_2027.split()]
    days += [{"name": "元旦", "date": "2026-12-27", "isOffDay": False}]
    path = tmp_path / "2027.json"
    path.write_text(json.dumps({"year": 2027, "papers": ["https://www.gov.cn/x"], "days": days}), "utf-8")
    refused(run("notices", "import", path), "2027.json: published", "missing")
    said = ("--document", "虚构〔2026〕2号", "--published", "2026-11-04")
    assert run("notices", "import", path, *said).code == 0
    known = run("calendar", "days", "2026-12-26", "2026-12-27", "--json").document
    assert (known["known_until"], [day["works"] for day in known["days"]]) == ("2027-12-24", [False, True])
    refused(run("notices", "import", path, *said[2:], "--document", "又号"), "year is 2027", "amends")
    assert run("notices", "import", path, *said[2:], "--document", "又号", "--amends").code == 0
    ended = run("notices", "withdraw", 1)
    refused(ended, "虚构〔2026〕2号 cannot be withdrawn while 又号 (number 2) amends it", "notices withdraw 2")
    assert "虚构〔2026〕2号 不能撤回：又号（编号 2）" in run("notices", "withdraw", 1, MONITOR_LANGUAGE="zh_CN").err
    assert [run("notices", "withdraw", n).code for n in (2, 1)] == [0, 0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("published = 1998-11-01", ("published", "1998-11-01", "2024-01-01 to 2026-12-31")),
        ("published = 0202-11-01", ("published", "0202-11-01", "1990-01-01 to 2099-12-31")),
        ("whole = true", ("whole", "with amends = true alone")),
        ("work = [2026-02-14]", ("work", "2026-02-14", "a day that would be a day of rest")),  # a Saturday that works
        ("rest = [2027-03-05]", ("rest", "2027-03-05", "2025-12-25 to 2026-12-31")),
        ("work = [2026-03-06]", ("work", "2026-03-06", "a day that would be a day of rest")),
        ("holiday = 1", ("holiday", "a known key")),
        ("known_from = 2026-03-05", ("known_from", "our own clock")),
        ("rest = []", ("rest", "at least one day")),
        ("rest =", ("file", "a TOML file")),
    ],
)
def test_what_is_refused_is_named_and_changes_nothing(
    run: Run, file: Path, database: Database, line: str, words: tuple[str, ...]
) -> None:
    before, everything = run("status", "--all", "--as-of", "2026-03-06", "--json").out, dump(database)
    key = line.split()[0]
    text = "".join(kept for kept in CLOSED.splitlines(keepends=True) if not kept.startswith(f"{key} "))
    file.write_text(f"{text}{line}\n", "utf-8")
    for verb in ("preview", "import"):
        refused(run("notices", verb, file), "closed.toml", *words)
    refused(run("notices", "import", "nowhere.toml"), "nowhere.toml")
    assert run("status", "--all", "--as-of", "2026-03-06", "--json").out == before
    assert dump(database) == everything
    assert len(run("notices").out.splitlines()) == 4


def test_a_year_without_a_statutory_holiday_is_refused(
    run: Run, file: Path, database: Database, tmp_path: Path
) -> None:
    path, everything = tmp_path / "2027.toml", dump(database)
    lines = 'region = ""\nyear = 2027\ndocument = "虚构〔2026〕2号"\nsource = "虚构"\npublished = 2026-11-04\n'
    path.write_text(f"{lines}rest = [{', '.join(STATUTE_2027.replace('2027-06-09', '').split())}]\n", "utf-8")
    for verb in ("preview", "import"):
        refused(run("notices", verb, path), "2027.toml: rest lacks '端午节 2027-06-09'", "these statutory holidays")
    spoken = run("notices", "import", path, MONITOR_LANGUAGE="zh_CN").err
    assert "2027.toml：rest 缺少 '端午节 2027-06-09'；应为：这些法定节假日须列入休息日" in spoken
    assert dump(database) == everything


def test_without_a_database_the_calendar_is_that_of_the_program(run: Run) -> None:
    url = "sqlite:////nowhere/at/all.db"
    ended = run("calendar", "count", "2020-01-23", "2020-02-07", "--json", MONITOR_DATABASE_URL=url)
    assert (ended.code, ended.document["days"]) == (0, 5)
