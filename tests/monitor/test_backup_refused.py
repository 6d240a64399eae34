"""What is no sound backup is put back in no part, and whatever stands against it is said."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from monitor.database import Database, DatabaseError
from monitor.dumps import DumpError, free
from monitor.store.trail import record
from monitor.verbs import backups
from monitor.verbs.backup import BackupRefused, backup, restore
from tests.monitor.backing import LATER, PASSWORD, made, opened, put_back_over
from tests.monitor.canonical_files import CASE, EVENTS, MOMENT, PROJECT, log_of, rows, take, write
from tests.monitor.peopling import everything_kept, settled
from tests.monitor.servers import programs
from tests.monitor.trails import DEEDS, looked_at, told


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Database:
    """A log, an account that is signed in, and a trail."""
    take(database, write(tmp_path / "in", [PROJECT], [CASE], EVENTS))
    settled(database, "zhang", PASSWORD)
    return database


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


def test_who_has_it_open_under_another_role_is_seen_as_well(office: Database, database_url: str) -> None:
    """PostgreSQL tells a role that is no superuser little of the sessions of others."""
    if office.dialect != "postgresql":
        pytest.skip("a file has no roles")
    with office.writing() as connection:
        for role in ("restoring", "reading"):
            connection.execute(text(f"CREATE ROLE {role} LOGIN PASSWORD 'made up'"))
    office.close()
    url = make_url(database_url)
    restoring, reading = (
        Database(url.set(username=role, password="made up").render_as_string(hide_password=False))
        for role in ("restoring", "reading")
    )
    try:
        free(restoring)
        with reading.reading() as connection:
            connection.execute(text("SELECT 1"))
        with pytest.raises(DumpError) as refused:
            free(restoring)
        assert (refused.value.problem, refused.value.detail) == ("in_use", "1")
    finally:
        for one in (restoring, reading):
            one.close()
        with office.writing() as connection:
            connection.execute(text("DROP ROLE restoring, reading"))


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
    assert told(office)[-1].verb == "restore"


def test_where_there_is_no_database_none_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(DatabaseError, match="missing"):
        backup(database, tmp_path / "all.backup", environment={}, clock=lambda: MOMENT)
    assert list(tmp_path.iterdir()) == []


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
