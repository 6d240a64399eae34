"""Secret projects at every door: repeated codes, what came before or comes after, profiles, exchange tables, undo.

Everything is made up. What is looked through is every row of every table and the file of the database.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from monitor.database import Database, integrity
from monitor.exchange.tables import CASES as TABLE_OF_CASES
from monitor.exchange.tables import PROJECTS, RECORDS
from monitor.intake import SecretList, read_canonical, read_secret_list
from monitor.intake.profiles import read, shipped, suggested
from monitor.intake.profiles.mapped import mapped
from monitor.text import use_language
from monitor.verbs.purge import purge
from monitor.verbs.undo import undo
from tests.monitor.canonical_files import CASE, EVENTS, MOMENT, PROJECT, ZONE, codes, rows, take, write
from tests.monitor.commands import Run
from tests.monitor.exchange_tables import CASE as ROW_OF_CASE
from tests.monitor.exchange_tables import PROJECT as ROW_OF_PROJECT
from tests.monitor.exchange_tables import SMALL, Front, record
from tests.monitor.test_secret_projects import CASES, CODE, SECRET, WORDS, clock, traces, written
from tests.monitor.test_secret_projects import RECORDS as SECRET_RECORDS

MARKED = {"project_code": CODE, "kind": "审批（保密）", "coded_on": "2026-03-02"}
WIDE = CODE.translate({ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789-"})
LATER = MOMENT + dt.timedelta(1)


def sent(database: Database, folder: Path, *tables: Any, **options: Any) -> Any:
    """Files imported with `--partial`."""
    return take(database, write(folder, *tables), **({"partial": True} | options))


@pytest.mark.parametrize("plain", [SECRET, SECRET | {"project_code": WIDE}])
@pytest.mark.parametrize("first", [True, False])
def test_another_row_of_the_code_is_as_secret_as_the_marked_one(
    first: bool, plain: Mapping[str, str], database: Database, tmp_path: Path
) -> None:
    plain = plain | {"kind": ""}
    projects = [plain, PROJECT, MARKED] if first else [MARKED, PROJECT, plain]
    done = sent(database, tmp_path / "in", projects, [CASE, *CASES], [*EVENTS, *SECRET_RECORDS], chunk=1)
    assert codes(done) == ["secret"] * 5  # two rows of the project, its case, two records
    assert (done.refused, done.secret, done.counts["projects"].added) == (5, 5, 1)
    assert not traces(written(database, json.dumps(done.document())), (*WORDS, WIDE))
    found = read_canonical([tmp_path / "in"], ZONE)
    assert [r.code for r in found.refusals] == ["secret"] * 5


def test_what_came_before_its_project_waits_no_longer(database: Database, tmp_path: Path) -> None:
    bad = SECRET_RECORDS[1] | {"occurred_at": "bad"}  # waits for two reasons
    assert sent(database, tmp_path / "one", [PROJECT], CASES, [SECRET_RECORDS[0], bad]).refused == 3
    assert set(traces(written(database))) >= {CODE, "SC-77", "机要理由"}  # else the test would say nothing
    done = sent(database, tmp_path / "two", [MARKED], clock=lambda: LATER)
    assert (codes(done), done.outcome) == (["secret"], "partial")
    assert not traces(written(database))
    assert rows(database, "SELECT count(*) FROM refused_row WHERE code = 'secret'") == [(4,)]
    assert integrity(database) == []


@pytest.mark.parametrize("partial", [True, False])
def test_what_comes_after_is_known_by_the_code(partial: bool, database: Database, tmp_path: Path) -> None:
    """Also where the import that told the mark was refused whole; a dry run tells nothing."""
    sent(database, tmp_path / "dry", [MARKED | {"project_code": "P9"}], dry_run=True)
    assert sent(database, tmp_path / "one", [MARKED, PROJECT], partial=partial).refused == 1
    others = [CASE, CASES[0] | {"project_code": WIDE}, CASE | {"case_id": "C9", "project_code": "P9"}]
    done = sent(database, tmp_path / "two", [PROJECT], others, [*EVENTS, *SECRET_RECORDS], clock=lambda: LATER)
    assert sorted(codes(done)) == ["secret", "secret", "secret", "unknown_project"]
    assert codes(sent(database, tmp_path / "three", [SECRET | {"kind": ""}])) == ["secret"]
    assert not traces(written(database), (*WORDS, WIDE))


def test_a_known_project_that_is_marked_later_takes_in_nothing_more_and_is_purged(
    database: Database, tmp_path: Path
) -> None:
    took = take(database, write(tmp_path / "one", [SECRET, PROJECT], [CASE, *CASES], SECRET_RECORDS[:1]))
    assert (took.outcome, took.known_secret) == ("landed", set())
    again = take(database, write(tmp_path / "two", [MARKED, PROJECT]), clock=lambda: LATER)
    assert (again.outcome, len(again.known_secret)) == ("refused", 1)
    assert again.document()["known_secret"] == 1
    # Its old case is known by its number, a new one by the code of its project.
    more = [CASES[0] | {"case_id": "SC-78"}]
    done = sent(database, tmp_path / "three", [], more, [SECRET_RECORDS[1]], clock=lambda: LATER)
    assert (codes(done), len(done.known_secret)) == (["secret", "secret"], 1)
    done = sent(database, tmp_path / "four", [], [], [SECRET_RECORDS[1] | {"event_id": "SE-77-8"}])
    assert codes(done) == ["secret"]
    assert "SC-78" not in written(database)
    assert vars(purge(database, SecretList(), by="张三", clock=clock)) == {
        "projects": 1,
        "cases": 1,
        "events": 1,
        "refused_rows": 0,
    }
    assert not traces(written(database))
    assert integrity(database) == []
    assert codes(sent(database, tmp_path / "five", [SECRET], CASES)) == ["secret"] * 2


def test_rows_that_wait_are_purged_though_no_project_came_in(database: Database, tmp_path: Path) -> None:
    sent(database, tmp_path / "one", [PROJECT], [CASE, *CASES], SECRET_RECORDS)
    listed = tmp_path / "list.txt"
    listed.write_text(WIDE, "utf-8")
    secret = read_secret_list(listed)
    counted = {"projects": 0, "cases": 0, "events": 0, "refused_rows": 3}
    assert vars(purge(database, secret, by="张三", clock=clock, only_count=True)) == counted
    assert set(traces(written(database))) >= {CODE, "SC-77", "机要理由"}
    assert vars(purge(database, secret, by="张三", clock=clock)) == counted
    assert not traces(written(database))
    assert codes(sent(database, tmp_path / "two", [], [], SECRET_RECORDS)) == ["secret"] * 2


def test_rows_that_wait_are_forgotten_with_the_next_import_once_they_are_listed(
    database: Database, tmp_path: Path
) -> None:
    sent(database, tmp_path / "one", [PROJECT], CASES, SECRET_RECORDS)
    listed = tmp_path / "list.txt"
    listed.write_text(CODE, "utf-8")
    sent(database, tmp_path / "two", [PROJECT], [CASE], secret_list=listed, clock=lambda: LATER)
    assert not traces(written(database))


def test_what_hangs_on_a_batch_that_is_taken_back_is_not_set_aside(database: Database, tmp_path: Path) -> None:
    first = take(database, write(tmp_path / "one", [SECRET, PROJECT]))
    take(database, write(tmp_path / "two", [], CASES, SECRET_RECORDS), clock=lambda: LATER)
    sent(database, tmp_path / "three", [MARKED], clock=lambda: LATER)
    undo(database, first.batch or 0, zone=ZONE, clock=lambda: LATER)
    assert rows(database, "SELECT DISTINCT content FROM refused_row") == [(None,)]
    purge(database, SecretList(), by="张三", clock=clock)
    assert not traces(written(database))


LIST = f"""项目代码,项目名称,项目类型,是否涉密,赋码日期,办件编号,事项名称,阶段,审批部门,受理时间,办理结果,办结时间
P1,厂房,备案,否,2026-03-02,C1,立项,立项,发改,2026-03-03,准予,2026-03-09
{CODE},机要楼,审批,,2026-03-02,SC-77,王机要,立项,发改,2026-03-03,机要理由,2026-03-09
{WIDE},机要楼,审批,是,2026-13-02,SC-77,王机要,立项,发改,2026-03-03,机要理由,2026-03-09
"""


@pytest.mark.parametrize("alike", [False, True])
@pytest.mark.parametrize("gathers", [False, True])
def test_through_a_profile_the_mark_of_one_row_holds_for_all(
    gathers: bool, alike: bool, database: Database, tmp_path: Path
) -> None:
    """Where the rows of a project are looked at together, and only the first of them would be taken, too; and where the
    rows say the same but for the mark."""
    told = LIST.replace(WIDE, CODE).replace("2026-13-02", "2026-03-02") if alike else LIST
    (tmp_path / "in.csv").write_text(told, "utf-8")
    text = shipped()["case-list"].text
    (tmp_path / "own.toml").write_text(text.replace("[cases]", 'differing = "first"\n[cases]') if gathers else text)
    profile = read(tmp_path / "own.toml")
    assert profile.gathers == gathers
    done = take(database, tmp_path / "in.csv", profile=profile, partial=True)
    assert {(r.code, r.row) for r in done.refusals} == {("secret", 3), ("secret", 4)}  # type: ignore[union-attr]
    assert done.counts["events"].added == 2
    assert not traces(written(database, json.dumps(done.document())), (*WORDS, WIDE))


def test_a_marked_row_without_keys_is_secret_with_all_that_it_tells(tmp_path: Path) -> None:
    bare = LIST.splitlines()[0] + "\n,机要楼,审批,是,,,王机要,,,2026-03-03,机要理由,2026-03-09\n"
    (tmp_path / "in.csv").write_text(bare + ",厂房,审批,否,,,立项,,,2026-03-03,准予,2026-03-09\n", "utf-8")
    found = read_canonical([tmp_path / "in.csv"], ZONE, profile=shipped()["case-list"])
    assert {r.code for r in found.refusals if r.row == 2} == {"secret"}
    assert {r.code for r in found.refusals if r.row == 3} == {"required"}


@pytest.mark.parametrize("gathers", [False, True])
def test_of_a_marked_row_only_its_keys_are_written_for_a_while(gathers: bool, tmp_path: Path) -> None:
    marked = LIST.replace(f"{CODE},机要楼,审批,,", f"{CODE},机要楼,审批,机密★10年,")
    (tmp_path / "in.csv").write_text(marked.replace(WIDE, CODE), "utf-8")
    text = shipped()["case-list"].text
    (tmp_path / "own.toml").write_text(text.replace("[cases]", 'differing = "first"\n[cases]') if gathers else text)
    folder = tmp_path / "scratch"
    folder.mkdir()
    listed, _ignored = mapped([tmp_path / "in.csv"], read(tmp_path / "own.toml"), ZONE, folder)
    told = "".join(file.read_text("utf-8") for file in folder.glob("*.csv"))
    assert "厂房" in told
    assert traces(told) == [CODE, "SC-77"]
    assert {sheet.table for sheet in listed} == {"projects", "cases", "events"}


def test_a_column_of_secrecy_does_not_tell_the_kind(database: Database, tmp_path: Path) -> None:
    take(database, write(tmp_path / "one", [PROJECT]))
    (tmp_path / "in.csv").write_text(LIST, "utf-8")
    lines = [line for line in shipped()["case-list"].text.splitlines() if not line.startswith("kind =")]
    (tmp_path / "own.toml").write_text("\n".join(lines), "utf-8")
    done = take(database, tmp_path / "in.csv", profile=read(tmp_path / "own.toml"), partial=True, clock=lambda: LATER)
    assert {(r.code, r.row) for r in done.refusals} == {("secret", 3), ("secret", 4)}  # type: ignore[union-attr]
    assert (done.counts["projects"].changed, done.counts["events"].added) == (1, 2)  # its region is blank there
    assert rows(database, "SELECT kind, region FROM project_fact WHERE known_to IS NULL") == [("filing", "")]


def test_the_exchange_tables_say_nothing_of_a_secret_project(database: Database, tmp_path: Path) -> None:
    source = Front(f"sqlite:///{tmp_path}/front.db").make(SMALL)
    mine = {"xmdm": CODE, "xmmc": "机要楼", "jsdw": "机要建设公司"}
    source.add(
        PROJECTS,
        ROW_OF_PROJECT | mine | {"lsh": "2", "gcdm": "W1"},
        ROW_OF_PROJECT | mine | {"lsh": "3", "gcdm": "W2", "lxlx": "涉密", "sjyxbs": 0},  # neither first nor valid
        ROW_OF_PROJECT | mine | {"lsh": "4", "gcdm": "W9"},
        ROW_OF_PROJECT | {"lsh": "5", "gcdm": "W9"},  # works that two projects claim
    )
    source.add(TABLE_OF_CASES, ROW_OF_CASE | {"spsxslbm": "SC-77"}, ROW_OF_CASE | {"spsxslbm": "SC-77-9"})
    for case, works in (("SC-77", "W1"), ("SC-77-9", "W9")):
        texts = {"blyj": "机要理由", "blr": "王机要"}
        source.add(RECORDS, record(f"SE-77-{works}", 3, "2026-03-04", case=case, works=works, **texts))
    source.add(RECORDS, record("T-1", 8, "2026-03-05"))  # the highest key is kept, and no secret here
    assert source.pull(database).outcome == "refused"
    # The project, its two cases, and the two works that are its own are known all the same.
    assert rows(database, "SELECT count(*) FROM secret_case") == [(5,)]
    done = source.pull(database, partial=True)
    assert codes(done) == ["secret"] * 5  # type: ignore[arg-type]
    assert (done.refused, done.secret, done.counts["projects"].added) == (5, 5, 1)
    told = json.dumps(done.document()) + "".join(map(str, done.refusals))
    assert [one["key"] for one in done.document()["refusals"]] == [None] * 5
    assert not traces(written(database, told))
    # They are read again with every pull, and noted once.
    again = source.pull(database, partial=True, whole=True)
    assert (again.secret, again.batches) == (5, [])
    assert rows(database, "SELECT count(*), max(row) FROM refused_row") == [(5, 0)]
    source.close()


def test_the_commands_tell_secret_rows_apart(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "in", [MARKED, PROJECT], [CASE, *CASES, CASE | {"case_id": "C3", "project_code": "P3"}])
    ended = run("import", "in", "--partial")
    assert ended.code == 3
    assert "2 rows of secret projects were refused; nothing of them was kept" in ended.err
    assert "1 row set aside" in ended.err
    assert [one["waiting"] for one in run("batches", "--json").document["batches"]] == [1]
    waits = run("refused")
    assert ("2 rows of secret projects" in waits.err, "1 row waits." in waits.err) == (True, True)
    again = run("import", "in", "--partial", "--json").document
    assert (again["refused"], again["secret"], again["known_secret"]) == (3, 2, 0)
    write(tmp_path / "known", [PROJECT | {"kind": "绝密级"}])
    told = run("import", "known", "--partial").err
    assert "1 project that was taken in before is secret now: approval-monitor purge deletes it" in told
    assert run("purge", "--by", "张三", "--yes", "--json").document["projects"] == 1


def test_profile_check_and_suggest_know_the_list(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(LIST.replace(",是,", ",否,"), "utf-8")
    (tmp_path / "list.txt").write_text(CODE, "utf-8")
    told = {"MONITOR_SECRET_PROJECTS_FILE": str(tmp_path / "list.txt")}
    for words, there in ((("check", "case-list"), "厂房"), (("suggest",), "项目名称")):
        ended = run("profile", *words, "in.csv", **told)
        assert there in ended.out
        assert not traces(ended.out + ended.err, (*WORDS, WIDE)), words
        unlisted = run("profile", *words, "in.csv")
        assert traces(unlisted.out + unlisted.err), words
        wrong = run("profile", *words, "in.csv", MONITOR_SECRET_PROJECTS_FILE=str(tmp_path / "none"))
        assert (wrong.code, "no such file" in wrong.err) == (1, True)


def test_a_column_of_secrecy_is_proposed_and_a_second_one_is_a_doubt(tmp_path: Path) -> None:
    lines = LIST.splitlines()
    more = ["密级", "", "机密", ""]
    (tmp_path / "in.csv").write_text("\n".join(f"{line},{one}" for line, one in zip(lines, more, strict=True)), "utf-8")
    with use_language("en"):
        proposed = suggested([tmp_path / "in.csv"], "own")
    assert 'secret = "是否涉密"' in proposed.text
    told = "密级 speaks of secrecy and is not mapped; by which column is a project secret?"
    assert ("projects.secret", told) in proposed.doubts
    assert not traces(proposed.text + str(proposed.doubts), (*WORDS, WIDE))
    (tmp_path / "own.toml").write_text(proposed.text, "utf-8")
    found = read_canonical([tmp_path / "in.csv"], ZONE, profile=read(tmp_path / "own.toml"))
    assert {(r.code, r.row) for r in found.refusals} == {("secret", 3), ("secret", 4)}
    assert found.projects.project_code == ["P1"]
