"""A backup of the running system holds one state of it, and is put back whole, or not at all and with a reason."""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import shutil
import stat
import subprocess
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from monitor.database import Database, DatabaseError, downgrade, head, integrity, require_current, upgrade, version
from monitor.dumps import DumpError
from monitor.intake import read_secret_list
from monitor.settings import account
from monitor.store.trail import record
from monitor.verbs import backups
from monitor.verbs.backup import BackupRefused, ThereAlready, backup, restore
from monitor.verbs.purge import purge
from monitor.verbs.signing_in import NotProved, session_of
from tests.house.test_json_documents import documented, undocumented
from tests.monitor.canonical_files import CASE, EVENTS, MOMENT, PROJECT, log_of, rows, take, write
from tests.monitor.commands import Run, refused
from tests.monitor.peopling import LIMITS, everything_kept, settled
from tests.monitor.servers import programs
from tests.monitor.test_secret_projects import CASES, CODE, RECORDS, SECRET, WORDS, traces, written
from tests.monitor.trails import DEEDS, looked_at, told

PASSWORD = "vier Worte ohne Sinn"
LATER = MOMENT + dt.timedelta(hours=5)


def made(database: Database, out: Path, environment: dict[str, str] | None = None) -> backups.Manifest:
    return backup(database, out, environment=environment or programs(), clock=lambda: MOMENT)


def put_back(url: str, file: Path, *, over: bool = False) -> Any:
    database = Database(url)
    try:
        return restore(database, file, over=over, environment=programs(), clock=lambda: LATER)
    finally:
        database.close()


def opened(url: str, look: Callable[[Database], Any]) -> Any:
    database = Database(url)
    try:
        return look(database)
    finally:
        database.close()


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Database:
    """A log, an account that is signed in, and a trail."""
    take(database, write(tmp_path / "in", [PROJECT], [CASE], EVENTS))
    settled(database, "zhang", PASSWORD)
    return database


def test_what_is_put_back_is_what_was_there(office: Database, empty_url: str, tmp_path: Path) -> None:
    signed = settled(office, "li", PASSWORD)
    before, entries = log_of(office), told(office)
    manifest = made(office, tmp_path / "all.backup")
    assert stat.S_IMODE((tmp_path / "all.backup").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith((".", "all"))) == ["all.backup"]
    # The copy ends before its own entry, which says what is in it.
    assert manifest.trail is not None
    assert (manifest.trail.seq, manifest.trail.hash, manifest.version) == (len(entries), entries[-1].hash, head())
    (mine,) = told(office)[len(entries) :]
    assert (mine.verb, mine.after["seq"], mine.after["sha256"]) == ("backup", len(entries), manifest.sha256)
    with pytest.raises(ThereAlready):
        made(office, tmp_path / "all.backup")

    done = put_back(empty_url, tmp_path / "all.backup")
    assert (done.manifest, done.kept, done.lost) == (manifest, None, {})

    def look(restored: Database) -> None:
        require_current(restored)
        assert integrity(restored) == []
        assert log_of(restored) == before
        assert told(restored)[:-1] == entries
        assert looked_at(restored, manifest.trail.hash).sound
        last = told(restored)[-1]
        assert (last.verb, last.before, last.after["seq"]) == ("restore", {}, len(entries))
        with pytest.raises(NotProved, match="revoked"):
            session_of(restored, signed.token, limits=LIMITS, now=MOMENT)
        take(restored, write(tmp_path / "more", [PROJECT | {"project_code": "P2"}], [], []))  # keys go on
        settled(restored, "wang", PASSWORD)
        made(restored, tmp_path / "again.backup")

    opened(empty_url, look)
    assert session_of(office, signed.token, limits=LIMITS, now=MOMENT).name == "li"


def test_data_are_only_replaced_by_who_says_so_and_kept(office: Database, database_url: str, tmp_path: Path) -> None:
    made(office, tmp_path / "all.backup")
    take(office, write(tmp_path / "more", [PROJECT | {"project_code": "P2"}], [], []))
    before = everything_kept(office)
    with pytest.raises(BackupRefused, match=r"holds: account 1, batch 2, event 2, project 2"):
        restore(office, tmp_path / "all.backup", environment=programs(), clock=lambda: LATER)
    assert everything_kept(office) == before
    done = restore(office, tmp_path / "all.backup", over=True, environment=programs(), clock=lambda: LATER)
    assert done.lost == {"account": 1, "batch": 2, "event": 2, "project": 2}
    assert rows(office, "SELECT code FROM project") == [("P1",)]
    assert told(office)[-1].before == done.lost
    if office.dialect == "sqlite":
        assert done.kept == f"{database_url.removeprefix('sqlite:///')}.before-restore-20261120T090000000000"
        assert opened(f"sqlite:///{done.kept}", everything_kept) == before
    else:
        assert done.kept == "before_restore_20261120t090000000000"
        assert rows(office, f"SELECT code FROM {done.kept}.project ORDER BY id") == [("P1",), ("P2",)]
        # What is kept aside is not in the next backup.
        assert made(office, tmp_path / "next.backup").counts["project"] == 1
        script = subprocess.run(
            ["pg_restore", "--file=-", unpacked(tmp_path / "next.backup", tmp_path / "next")],
            env=programs(), capture_output=True, check=True,
        ).stdout  # fmt: skip
        assert b"before_restore" not in script.replace(b"_before_restore_kept", b"")


def unpacked(file: Path, out: Path) -> Path:
    """The database that lies in a backup, as a file."""
    with zipfile.ZipFile(file) as archive:
        out.write_bytes(archive.read("database"))
    return out


def test_a_new_database_may_be_replaced(office: Database, empty_url: str, tmp_path: Path) -> None:
    made(office, tmp_path / "all.backup")
    opened(empty_url, upgrade)
    assert put_back(empty_url, tmp_path / "all.backup").lost == {}
    assert opened(empty_url, lambda found: rows(found, "SELECT code FROM project")) == [("P1",)]


def rewritten(file: Path, out: Path, **changes: Any) -> Path:
    """The same backup with other words in its manifest."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for name, value in changes.items():
            manifest[name] = value(manifest[name]) if callable(value) else value
        new.writestr("database", old.read("database"))
        new.writestr("manifest.json", json.dumps(manifest))
    return out


def test_what_is_no_sound_backup_is_refused_and_nothing_changes(
    office: Database, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "all.backup"
    made(office, file)
    whole = file.read_bytes()
    other = "postgresql" if office.dialect == "sqlite" else "sqlite"
    cases: list[tuple[str, Path]] = []

    def case(problem: str, name: str, content: bytes) -> None:
        (tmp_path / name).write_bytes(content)
        cases.append((problem, tmp_path / name))

    case("no_backup", "empty", b"")
    case("no_backup", "letter", b"This is a letter.\n" * 1000)
    case("no_backup", "plain.db", b"SQLite format 3\x00" + b"\x00" * 4096)
    case("damaged", "half", whole[: len(whole) // 2])
    case("damaged", "short", whole[:-1])
    middle = len(whole) // 3
    case("damaged", "flipped", whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    cases.append(("no_backup", tmp_path / "book.xlsx"))
    for n, (problem, changes) in enumerate([
        ("no_backup", {"format": "something else"}),
        ("no_backup", {"layout": 2}),
        ("no_backup", {"more": 1}),
        ("kind", {"database": other}),
        ("newer", {"version": "9999"}),
        ("trail", {"version": "0013"}),
        ("damaged", {"sha256": "0" * 64}),
        ("damaged", {"size": lambda size: size - 1}),
        ("counts", {"counts": lambda counts: counts | {"event": 99}}),
        ("counts", {"counts": lambda counts: counts | {"more": 0}}),
        ("trail", {"trail": lambda head: head | {"seq": 1}}),
        ("trail", {"trail": lambda head: head | {"hash": "0" * 64}}),
    ]):  # fmt: skip
        cases.append((problem, rewritten(file, tmp_path / f"rewritten{n}", **changes)))
    before = everything_kept(office)
    there = sorted(tmp_path.iterdir())
    for problem, path in cases:
        with pytest.raises(BackupRefused) as refused:
            put_back_over(office, path)
        assert refused.value.problem == problem, (path, refused.value)
        assert everything_kept(office) == before, path
        office.close()
        assert [one for one in sorted(tmp_path.iterdir()) if one.suffix not in (".db-wal", ".db-shm")] == [
            one for one in there if one.suffix not in (".db-wal", ".db-shm")
        ]
    if office.dialect == "postgresql":
        assert rows(office, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'before%%'") == [(0,)]
    with pytest.raises(IsADirectoryError):
        put_back_over(office, tmp_path)
    with pytest.raises(FileNotFoundError):
        put_back_over(office, tmp_path / "nowhere")


def put_back_over(database: Database, file: Path) -> Any:
    return restore(database, file, over=True, environment=programs(), clock=lambda: LATER)


def test_no_changed_byte_is_taken_for_what_was_written(tmp_path: Path) -> None:
    content = os.urandom(500)
    (tmp_path / "database").write_bytes(content)
    head_ = backups.TrailHead(seq=1, hash="x", sound=True)
    what = backups.Contents(version="0014", counts={"event": 1}, trail=head_)
    told_of = backups.pack(tmp_path / "database", tmp_path / "b", "sqlite", what, MOMENT, lambda done, total: None)
    whole = (tmp_path / "b").read_bytes()
    taken = refused_ones = 0
    for place in range(len(whole)):
        (tmp_path / "b").write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
        out = tmp_path / "out"
        out.unlink(missing_ok=True)
        try:
            with backups.opened(tmp_path / "b") as (archive, manifest):
                backups.unpack(archive, manifest, out, lambda done, total: None)
        except BackupRefused:
            refused_ones += 1
        else:  # a day or a mark of the archive itself, which nobody reads
            assert (manifest, out.read_bytes()) == (told_of, content), place
            taken += 1
    assert refused_ones > len(content) and taken < 150


def test_a_database_that_others_have_open_is_not_replaced(office: Database, database_url: str, tmp_path: Path) -> None:
    made(office, tmp_path / "all.backup")
    other = Database(database_url)
    with other.reading() as connection:
        connection.execute(text("SELECT 1"))
    with pytest.raises(DumpError) as refused:  # it is open, though nothing goes on
        put_back_over(office, tmp_path / "all.backup")
    assert refused.value.problem == "in_use"
    other.close()
    put_back_over(office, tmp_path / "all.backup")


def test_a_file_that_is_damaged_is_replaced_by_who_says_so(office: Database, tmp_path: Path) -> None:
    if office.dialect != "sqlite":
        pytest.skip("a file")
    made(office, tmp_path / "all.backup")
    before = log_of(office)
    office.close()
    place = Path(str(office.engine.url.database))
    place.write_bytes(b"this is a letter, not a database" * 1000)
    with pytest.raises(BackupRefused) as refused:
        restore(office, tmp_path / "all.backup", environment=programs(), clock=lambda: LATER)
    assert refused.value.problem == "unreadable"
    done = put_back_over(office, tmp_path / "all.backup")
    assert log_of(office) == before
    assert Path(str(done.kept)).read_bytes().startswith(b"this is a letter")


def test_the_log_beside_a_file_that_is_gone_is_not_read_into_the_new_one(office: Database, tmp_path: Path) -> None:
    if office.dialect != "sqlite":
        pytest.skip("a file")
    made(office, tmp_path / "all.backup")
    before, place = log_of(office), Path(str(office.engine.url.database))
    with office.writing() as connection:
        record(connection, MOMENT, DEEDS[1])
    shutil.copy(f"{place}-wal", tmp_path / "left")
    office.close()
    place.unlink()
    shutil.copy(tmp_path / "left", f"{place}-wal")
    put_back_over(office, tmp_path / "all.backup")
    assert log_of(office) == before and looked_at(office).sound


def test_where_there_is_no_database_none_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(DatabaseError, match="missing"):
        backup(database, tmp_path / "all.backup", environment={}, clock=lambda: MOMENT)
    assert list(tmp_path.iterdir()) == []


def test_an_older_backup_is_brought_up_afterwards(office: Database, empty_url: str, tmp_path: Path) -> None:
    downgrade(office, "0013")
    made(office, tmp_path / "older.backup")
    downgrade(office, "0011")  # before there was a trail
    before = log_of(office)
    manifest = made(office, tmp_path / "oldest.backup")
    assert manifest.trail is None
    for name, number in (("older", "0013"), ("oldest", "0011")):
        put_back(empty_url, tmp_path / f"{name}.backup", over=True)

        def look(found: Database, number: str = number) -> None:
            assert version(found) == number
            upgrade(found)
            assert (log_of(found), looked_at(found).sound) == (before, True)

        opened(empty_url, look)


def test_while_another_writes_the_copy_does_not_wait_and_its_entry_does(office: Database, tmp_path: Path) -> None:
    begun, copied = threading.Event(), threading.Event()
    before = log_of(office)
    # The state that was committed last, though the other is in the middle of its work.
    other = Database(office.engine.url.render_as_string(hide_password=False))

    def write_on() -> None:
        with other.writing() as connection:
            connection.execute(text("UPDATE project SET code = 'P7'"))
            begun.set()
            assert copied.wait(60)
            record(connection, MOMENT, DEEDS[1])

    worker = threading.Thread(target=write_on)
    worker.start()
    assert begun.wait(60)
    manifest = backup(
        office, tmp_path / "all.backup", environment=programs(), clock=lambda: MOMENT,
        advance=lambda done, total: copied.set(),
    )  # fmt: skip
    worker.join()
    verbs = [one.verb for one in told(office)[-2:]]
    assert verbs == ["import", "backup"] if office.dialect == "sqlite" else sorted(verbs) == ["backup", "import"]
    assert manifest.trail is not None and manifest.trail.seq == len(told(office)) - 2
    other.close()
    put_back_over(office, tmp_path / "all.backup")
    assert log_of(office) == before


def test_a_backup_after_a_purge_holds_nothing_of_it(database: Database, empty_url: str, tmp_path: Path) -> None:
    take(database, write(tmp_path / f"in {CODE}", [PROJECT, SECRET], [CASE, *CASES], [*EVENTS, *RECORDS]))
    (tmp_path / "secret.txt").write_text(f"{CODE}\n", "utf-8")
    made(database, tmp_path / "before.backup")
    purge(database, read_secret_list(tmp_path / "secret.txt"), by="李四", clock=lambda: MOMENT)
    made(database, tmp_path / "after.backup")

    def bytes_of(name: str) -> str:
        file = unpacked(tmp_path / f"{name}.backup", tmp_path / name)
        if database.dialect == "postgresql":
            words = ["pg_restore", "--file=-", str(file)]
            content = subprocess.run(words, env=programs(), capture_output=True, check=True).stdout
        else:
            content = file.read_bytes()
        return content.decode("utf-8", "replace") + (tmp_path / f"{name}.backup").read_bytes().decode("latin-1")

    assert set(traces(bytes_of("before"))) == set(WORDS)  # out of its reach, as it says
    assert not traces(bytes_of("after"))
    put_back(empty_url, tmp_path / "after.backup")
    assert not traces(opened(empty_url, written))


def test_the_password_of_a_server_is_on_no_command_line(office: Database, tmp_path: Path) -> None:
    if office.dialect == "sqlite":
        pytest.skip("a server")
    with pytest.raises(DumpError, match="no_program: pg_dump"):
        made(office, tmp_path / "no.backup", {"PATH": str(tmp_path)})
    assert not (tmp_path / "no.backup").exists()
    spy = tmp_path / "pg_dump"
    spy.write_text('#!/bin/sh\necho "$@" > "$SPIED"\necho "$PGPASSWORD" > "$SPIED.env"\necho made up >&2\nexit 3\n')
    spy.chmod(0o755)
    address = office.engine.url.set(password="geheim ü'").render_as_string(hide_password=False)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SPIED": str(tmp_path / "spied")}
    with pytest.raises(DumpError, match="program: pg_dump: made up"):
        opened(address, lambda found: made(found, tmp_path / "no.backup", environment))
    assert (tmp_path / "spied.env").read_text("utf-8") == "geheim ü'\n"
    assert "geheim" not in (tmp_path / "spied").read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "no"))] == []


def test_by_commands(run: Run, office: Database, tmp_path: Path) -> None:
    path = {"PATH": programs()["PATH"]}
    made_ = run("backup", "all.backup", "--json", **path)
    assert undocumented(made_.document, documented("backup")) == []
    office.close()
    refused(run("backup", "all.backup", **path), "all.backup is there already")
    refused(run("backup", "nowhere/all.backup", **path), "nowhere", "Nothing changed")
    refused(run("restore", "all.backup", **path), "account 1, batch 1, event 2, project 1", "--yes")
    (tmp_path / "letter").write_text("dear all", "utf-8")
    refused(run("restore", "letter", "--yes", **path), "letter is no backup")
    refused(run("restore", "letter", "--yes", MONITOR_LANGUAGE="zh_CN", **path), "letter 不是本程序的备份")
    gc.collect()  # the commands before had it open, in this one process
    restored = run("restore", "all.backup", "--yes", "--json", **path)
    assert undocumented(restored.document, documented("restore")) == []
    assert restored.document["lost"] == {"account": 1, "batch": 1, "event": 2, "project": 1}
    assert restored.document["sha256"] == made_.document["sha256"]
    gc.collect()
    again = run("restore", "all.backup", "--yes", **path)
    assert again.code == 0 and "is kept as" in again.err and "signed out" in again.err
    assert run("trail", "verify", "--head", made_.document["trail"]["hash"]).code == 0
    assert run("check").code == 0
    entry = told(office)[-1]
    assert (entry.verb, entry.actor, entry.door) == ("restore", account(), "cli")
    if office.dialect == "postgresql":
        refused(run("backup", "other", PATH=str(tmp_path)), "pg_dump is not there", "postgresql-client")
