"""Secret projects: refused at every door by mark and by list, purged when listed late; nothing of them is written.

What is looked through: every row of every table, the file of the database, the log, what was said and every document.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.codes.secret import digest
from monitor.database import Database, integrity
from monitor.deeds import Deed, Verb
from monitor.intake import FileRefused, SecretList, read_canonical, read_secret_list
from monitor.intake.profiles import shipped
from monitor.reading.export import Wanted
from monitor.reading.viewer import EVERYONE
from monitor.store.trail import record
from monitor.tables import Base
from monitor.verbs.export import export
from monitor.verbs.purge import purge
from tests.monitor.canonical_files import CASE, EVENTS, MOMENT, PROJECT, ZONE, codes, take, write
from tests.monitor.commands import Run, refused
from tests.monitor.sweeping import RULES, Office, office, standings
from tests.monitor.trails import looked_at, told

CODE = "2603-141124-89-05-346948"
WORDS = (CODE, "机要楼", "机要建设公司", "SC-77", "SE-77", "机要理由", "王机要")
SECRET = PROJECT | {"project_code": CODE, "name": "机要楼", "applicant": "机要建设公司"}
CASES = [CASE | {"case_id": "SC-77", "project_code": CODE}]
RECORDS = [
    event | {"event_id": f"SE-77-{n}", "case_id": "SC-77", "reason": "机要理由", "handler": "王机要"}
    for n, event in enumerate(EVENTS)
]
DAY = dt.date(2026, 7, 31)


def clock() -> dt.datetime:
    """A clock that stands still."""
    return MOMENT


def written(database: Database, *more: str) -> str:
    """All that lies in the database, and texts beside it."""
    found = list(more)
    with database.reading() as connection:
        for table in Base.metadata.sorted_tables:
            found += [str(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {table.name}"))]
    if database.dialect == "sqlite":
        place = Path(str(database.engine.url.database))
        found += [file.read_bytes().decode("utf-8", "replace") for file in place.parent.glob(f"{place.name}*")]
    return "\n".join(found)


def traces(told: str, words: tuple[str, ...] = WORDS) -> list[str]:
    return [word for word in words if word in told]


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A list of one project, by its hash."""
    file = tmp_path / "secret.txt"
    file.write_text(f"# made up\n\n{hashlib.sha256(CODE.encode()).hexdigest().upper()}\n", "utf-8")
    return file


def test_a_list_holds_codes_or_their_hashes(tmp_path: Path, listed: Path) -> None:
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, B.1
    plain = tmp_path / "plain.txt"
    plain.write_text(f"\ufeff {CODE} \nP2\n", "utf-8")
    assert read_secret_list(listed).names(f" {CODE} ")
    assert [read_secret_list(plain).names(code) for code in (CODE, "P2", "P1", "")] == [True, True, False, False]
    assert not read_secret_list(None).names(CODE)
    for file, why in ((tmp_path / "none.txt", "missing"), (tmp_path, "unreadable")):
        with pytest.raises(FileRefused) as refusal:
            read_secret_list(file)
        assert refusal.value.code == why


@pytest.mark.parametrize("mark", ["", "涉密"])
def test_of_a_secret_project_nothing_is_written(
    mark: str, database: Database, tmp_path: Path, listed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By the list alone, and by the mark alone."""
    caplog.set_level("DEBUG")
    options: dict[str, Any] = {"partial": True} if mark else {"partial": True, "secret_list": listed}
    files = write(tmp_path / "in", [PROJECT, SECRET | {"kind": mark}], [CASE, *CASES], [*EVENTS, *RECORDS])
    result = take(database, files, **options)
    assert codes(result) == ["secret"] * 4
    assert (result.counts["projects"].added, result.counts["events"].added) == (1, 2)
    # A record that comes later names its case alone: it is known by the digest of that.
    later = write(tmp_path / "later", [], [], [RECORDS[0] | {"event_id": "SE-77-9"}])
    assert codes(take(database, later, partial=True)) == ["secret"]
    told = written(database, caplog.text, json.dumps(result.document()), *map(str, result.refusals))
    assert not traces(told)
    assert integrity(database) == []


def test_a_row_with_too_many_fields_is_secret_as_well(tmp_path: Path, listed: Path) -> None:
    folder = write(tmp_path / "in", [PROJECT], CASES, [])
    with (folder / "cases.csv").open("a", encoding="utf-8") as file:
        file.write(f"SC-78,{CODE},A01,initiation,发改,机要理由\n")
    events = [RECORDS[0] | {"event_id": "SE-78-1", "case_id": "SC-78"}, EVENTS[0] | {"case_id": "C7"}]
    write(tmp_path / "more", [], [], events)
    shutil.copy(tmp_path / "more" / "events.csv", folder)
    found = read_canonical([folder], ZONE, read_secret_list(listed))
    told = [(r.code, r.row, r.column, r.value) for r in found.refusals]
    assert told[:2] == [("secret", 2, "", ""), ("secret", 3, "", "")]
    assert told[2:] == [("secret", 2, "", ""), ("unknown_case", 3, "case_id", "C7")]  # of its case, and of no case


@pytest.mark.parametrize("told", [CODE, "涉密"])
@pytest.mark.parametrize("profile", [None, "case-list"])
def test_a_file_that_is_broken_in_such_a_row_does_not_say_it(
    tmp_path: Path, listed: Path, told: str, profile: str | None
) -> None:
    """Of no encoding, of two encodings, and with quotation marks that do not fit; any other row is told."""
    path = tmp_path / "projects.csv"
    path.write_bytes(f"project_code,name,coded_on\nP1,{'厂房' * 20},2026-03-02\n".encode("gb18030"))
    good, wanted = path.read_bytes(), read_secret_list(listed)
    broken = (b"\xff\xff", "机要厂房".encode(), b'"a"b')
    for cell in broken:
        for name, hidden in ((told, True), ("P2", False)):
            row = name.encode("utf-8" if cell == broken[1] else "gb18030")
            path.write_bytes(good + row + b"," + cell + b",2026-03-02\n")
            with pytest.raises(FileRefused) as refusal:
                read_canonical([path], ZONE, wanted, profile=shipped()[profile] if profile else None)
            spot = refusal.value.spot
            assert spot is not None
            assert (spot.row, spot.value == "…", bool(spot.record)) == (3, hidden, not hidden)
            assert spot.heading == ("name" if row.isascii() or cell != broken[1] else "project_code")


def world(database: Database, folder: Path) -> Office:
    """An office that took the project in before it was listed, with a light that turned and a row set aside."""
    here = office(database, folder)
    here.take([PROJECT], [CASE], EVENTS)
    here.take([SECRET], CASES, RECORDS[:1])
    bad = write(folder / "bad", [], CASES, [RECORDS[1] | {"event_id": "SE-77-5", "occurred_at": "bad"}])
    assert take(database, bad, partial=True, clock=here.clock).refused == 1
    here.tick(DAY)
    return here


def test_a_project_that_is_listed_late_is_purged(
    database: Database, tmp_path: Path, listed: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here = world(database, tmp_path / "one")
    assert set(traces(written(database))) == set(WORDS)  # else the test would say nothing
    caplog.set_level("DEBUG")
    secret = read_secret_list(listed)
    counted = purge(database, secret, by="张三", clock=clock, only_count=True)
    assert vars(counted) == {"projects": 1, "cases": 1, "events": 1, "refused_rows": 1}
    assert set(traces(written(database))) == set(WORDS)
    assert purge(database, secret, by="张三", clock=clock) == counted
    assert not traces(written(database, caplog.text))
    assert integrity(database) == []
    # What stays is as in an office that never had it.
    assert here.tick(DAY).projects == 0
    assert list(here.objects(DAY)) == ["P1"]
    kept = standings(database)
    here.rebuild(DAY)
    assert standings(database) == kept
    assert vars(purge(database, secret, by="张三", clock=clock)) == dict.fromkeys(vars(counted), 0)
    # It does not come in again, nor what names only its case.
    again = write(tmp_path / "again", [SECRET], CASES, RECORDS)
    result = take(database, again, partial=True, secret_list=listed, clock=here.clock)
    assert codes(result) == ["secret"] * 4
    only = write(tmp_path / "only", [], [], [RECORDS[1]])
    assert codes(take(database, only, partial=True, clock=here.clock)) == ["secret"]
    assert not traces(written(database))


def test_the_trail_forgets_a_purged_project_and_verifies(database: Database, tmp_path: Path, listed: Path) -> None:
    here = world(database, tmp_path / "one")
    ids = {"project_code": "P1", "case_id": "SC-77", "event_id": "SE-77-0"}
    deeds = (
        Deed(Verb.CONFIRM, "batch", "7", after=ids, personal={"by": "王机要", "evidence": "机要理由"}),
        Deed(Verb.IMPORT, "batch", "8", after={"files": f"/in/机要楼 {CODE}.xlsx, 机要建设公司.csv"}),
        Deed(Verb.IMPORT, "batch", "9", after={"files": f"/in/{CODE}9.xlsx", "source": "SC-77"}),  # of another one
    )
    for deed in deeds:
        with database.writing() as connection:
            record(connection, MOMENT, deed)
    export(database, RULES, tmp_path / "out", Wanted((CODE.lower(),)), DAY, here.clock, viewer=EVERYONE)
    before = told(database)
    words = str([entry.document() for entry in before])
    assert set(traces(words)) == set(WORDS)
    assert before[-1].after["project_codes"] == [CODE.lower()]
    other = written(database).count(f"{CODE}9")
    assert purge(database, read_secret_list(listed), by="李四", clock=here.clock).projects == 1

    after = told(database)
    gone = [entry.seq for entry in after if entry.erased]
    confirmed, named, of_another, exported = (before[-4 + n].seq for n in range(4))
    assert gone == [confirmed, named, exported]
    stones = [(entry.subject_kind, entry.subject) for entry in after if entry.verb == "erase"]
    assert stones == [("detail", f"{confirmed}-{named},{exported}"), ("personal", str(confirmed))]
    assert [entry.verb for entry in after[len(before) :]] == ["erase", "erase", "purge"]
    assert after[of_another - 1] == before[of_another - 1]
    # Not a byte of it, in the file neither: all that is left is the name of a file that is like it.
    left = written(database)
    assert left.count(CODE) == left.count(f"{CODE}9") <= other
    assert not traces(left.replace(f"{CODE}9", "").replace('"source":"SC-77"', ""))
    assert looked_at(database).sound


def test_a_purge_forgets_files_and_entries_that_name_what_only_waits(
    database: Database, tmp_path: Path, listed: Path
) -> None:
    """Cases that came before their project was told: they wait, and their file is named by it."""
    files = write(tmp_path / f"{CODE} in", [], CASES, RECORDS[:1])
    assert take(database, files, partial=True).refused == 2
    for told_of in ({"event_id": "SE-77-0"}, {"files": "/in/other.xlsx"}):
        with database.writing() as connection:
            record(connection, MOMENT, Deed(Verb.CONFIRM, "batch", "7", after=told_of))
    assert CODE in written(database)
    done = purge(database, read_secret_list(listed), by="李四", clock=clock)
    assert (done.projects, done.refused_rows) == (0, 2)
    assert not traces(written(database))
    entries = told(database)
    assert [entry.after for entry in entries if entry.verb == "confirm"] == [{}, {"files": "/in/other.xlsx"}]
    assert looked_at(database).sound


@pytest.mark.parametrize("dash", ["—", "－", "_", " ", ""])
def test_a_purge_knows_a_name_in_a_text_however_it_is_written(
    database: Database, tmp_path: Path, listed: Path, dash: str
) -> None:
    here = world(database, tmp_path / "one")
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    plain = CODE.replace("-", dash)
    names = [f"/in/{plain}.xlsx", f"/in/关于{plain.translate(wide)}的.xlsx", "/in/机要　楼.xlsx", f"/in/{plain}9.xlsx"]
    before = len(told(database))
    for name in names:
        with database.writing() as connection:
            record(connection, MOMENT, Deed(Verb.IMPORT, "batch", "8", after={"files": name}))
    purge(database, read_secret_list(listed), by="李四", clock=here.clock)
    kept = [entry.after.get("files") for entry in told(database)[before : before + len(names)]]
    assert kept == [None, None, None, f"/in/{plain}9.xlsx"]  # the last is of another one


def test_a_purge_takes_nothing_of_the_others(database: Database, tmp_path: Path, listed: Path) -> None:
    here = world(database, tmp_path / "one")
    before = here.objects(DAY, codes=["P1"])
    frame = here.reader().departments(EVERYONE, DAY)
    assert int(frame["open_cases"].sum()) == 1  # of the secret project
    purge(database, read_secret_list(listed), by="张三", clock=clock)
    assert here.objects(DAY, codes=["P1"]) == before
    frame = here.reader().departments(EVERYONE, DAY)
    # The case of the other: accepted on 3 March, decided on the 9th.
    assert list(zip(frame["department"], frame["share"], frame["decided"], frame["open_cases"], strict=True)) == [
        ("发改", 4, 1, 0)
    ]
    assert purge(database, SecretList(), by="张三", clock=clock).projects == 0


def test_every_command_that_reads_files_knows_the_list(run: Run, tmp_path: Path, listed: Path) -> None:
    write(tmp_path / "in", [PROJECT, SECRET], [CASE, *CASES], [*EVENTS, *RECORDS])
    told = {"MONITOR_SECRET_PROJECTS_FILE": str(listed)}
    for words in (("import", "in"), ("assess", "in"), ("whatif", "in"), ("plan", "P1", "--file", "in")):
        ended = run(*words, **told)
        assert (ended.code, ended.out) == (1, ""), words
        assert "secret project" in ended.err
        assert not traces(ended.err + "".join(f.read_text("utf-8") for f in (tmp_path / "logs").glob("*")))
        refused(run(*words, MONITOR_SECRET_PROJECTS_FILE=str(tmp_path / "none")), "none", "no such file")
    document = run("import", "in", "--json", **told)
    assert not traces(document.out)


def test_the_purge_is_asked_for_twice(run: Run, tmp_path: Path, listed: Path) -> None:
    write(tmp_path / "in", [PROJECT, SECRET], [CASE, *CASES], [*EVENTS, *RECORDS])
    run("import", "in")
    told = {"MONITOR_SECRET_PROJECTS_FILE": str(listed)}
    assert "Secret: 0 projects" in run("purge", "--by", "张三").err
    refused(run("purge", "--by", " ", **told), "blank")
    counted = {"projects": 1, "cases": 1, "events": 2, "refused_rows": 0}
    counted |= {"request": None, "requests": []}
    assert run("purge", "--by", "张三", "--json", **told).document == {"deleted": False, **counted}
    assert "Delete with --yes" in run("purge", "--by", "张三", **told).err
    assert run("purge", "--by", "张三", "--yes", "--json", **told).document == {"deleted": True, **counted}
    assert "one person decided" in run("purge", "--by", "张三", "--yes", **told).err
    assert [one["project_code"] for one in run("status", "--all", "--json").document["projects"]] == ["P1"]
