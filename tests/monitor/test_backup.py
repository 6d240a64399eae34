"""A backup of the running system holds one state of it, and is put back whole."""

from __future__ import annotations

import gc
import stat
import subprocess
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor import dumps
from monitor.database import Database, downgrade, head, integrity, require_current, upgrade, version
from monitor.intake import read_secret_list
from monitor.settings import account
from monitor.store.trail import record
from monitor.verbs.backup import BackupRefused, ThereAlready, backup, restore
from monitor.verbs.purge import purge
from monitor.verbs.signing_in import NotProved, session_of
from tests.house.test_json_documents import documented, undocumented
from tests.monitor.backing import LATER, PASSWORD, made, opened, put_back, put_back_over, unpacked
from tests.monitor.canonical_files import CASE, EVENTS, MOMENT, PROJECT, log_of, rows, take, write
from tests.monitor.commands import Run, refused
from tests.monitor.peopling import LIMITS, everything_kept, settled
from tests.monitor.servers import programs
from tests.monitor.test_secret_projects import CASES, CODE, RECORDS, SECRET, WORDS, traces, written
from tests.monitor.trails import DEEDS, looked_at, told


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


def test_a_new_database_may_be_replaced(office: Database, empty_url: str, tmp_path: Path) -> None:
    made(office, tmp_path / "all.backup")
    opened(empty_url, upgrade)
    assert put_back(empty_url, tmp_path / "all.backup").lost == {}
    assert opened(empty_url, lambda found: rows(found, "SELECT code FROM project")) == [("P1",)]


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


def test_what_is_committed_while_it_is_copied_is_not_in_it(
    office: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dumps, "PAGES", 5)
    before, entries, steps = log_of(office), len(told(office)), []
    other = Database(office.engine.url.render_as_string(hide_password=False))

    def write_between(done: int, total: int) -> None:
        steps.append(done)
        if len(steps) <= 5:
            with other.writing() as connection:
                connection.execute(text(f"UPDATE project SET code = 'P1{len(steps)}'"))
                record(connection, MOMENT, DEEDS[1])

    manifest = backup(
        office, tmp_path / "all.backup", environment=programs(), clock=lambda: MOMENT, advance=write_between
    )
    other.close()
    assert manifest.trail is not None and manifest.trail.seq == entries
    assert len(steps) < 1_000  # it did not begin anew with each of them
    assert len(told(office)) == entries + min(len(steps), 5) + 1
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
