"""The trail: every entry follows from the one before; whatever is done to it past the program is found and named."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import multiprocessing
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from monitor.actor import NOBODY, Actor, acting
from monitor.chain import PARTS, START, Named, entry_hash, listed
from monitor.database import Database, Undo
from monitor.deeds import WORDS, Deed, Verb
from monitor.reading.trail import Wanted, entries
from monitor.reading.verified import verify
from monitor.store.bulk import StoreError
from monitor.store.trail import record
from tests.monitor.canonical_files import MOMENT
from tests.monitor.trails import DEEDS, fill, found, looked_at, past_every_lock, rows, told

LAST = 5  # the tombstone


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database)
    return database


def broken(connection: Connection) -> list[tuple[int, str, str]]:
    return [(one.seq, one.what, one.part) for one in verify(connection).broken]


def test_an_entry_is_chained_as_the_docstring_says(filled: Database) -> None:
    """Worked out anew from the rows, with the standard library alone."""
    with filled.reading() as connection:
        entries, details = rows(connection, "trail_entry"), rows(connection, "trail_detail")
    previous = "0" * 64
    for n, row in enumerate(entries, 1):
        stated = row.pop("hash")
        plain = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert (row["seq"], row["previous"]) == (n, previous)
        previous = hashlib.sha256(plain.encode()).hexdigest()
        assert stated == previous
    for row in details:
        plain = json.dumps([row["salt"], row["content"]], separators=(",", ":"), ensure_ascii=False)
        assert entries[row["seq"] - 1][f"{row['part']}_digest"] == hashlib.sha256(plain.encode()).hexdigest()
    done = looked_at(filled)
    assert (done.sound, done.entries, done.seq, done.hash) == (True, LAST, LAST, previous)
    assert {row["at"] for row in entries[:1]} == {"2026-11-20T04:00:00.000000+00:00"}
    assert all(len(row["salt"]) == 64 for row in details) and len({row["salt"] for row in details}) == len(details)


def test_who_acts_is_said_at_the_door(database: Database) -> None:
    with database.writing() as connection, acting(Actor("张三", "supervisor", "web", "10.1.2.3")):
        record(connection, MOMENT, DEEDS[0])
    with database.writing() as connection:
        record(connection, MOMENT, DEEDS[0])
    web, program = told(database)
    assert (web.actor, web.role, web.door, web.address) == ("张三", "supervisor", "web", "10.1.2.3")
    assert Actor(program.actor, program.role, program.door, program.address) == NOBODY
    assert [one.seq for one in told(database, Wanted(actor="张三"))] == [1]


def test_entries_are_chosen_by_verb_and_moment(filled: Database) -> None:
    def chosen(**wanted: Any) -> list[int]:
        return [one.seq for one in told(filled, Wanted(**wanted))]

    assert chosen(verb="undo") == [4]
    assert chosen(since=MOMENT + dt.timedelta(hours=1)) == [2, 3, 4]
    assert chosen(until=MOMENT + dt.timedelta(hours=1)) == [1, LAST]  # the tombstone bears the moment of the first


def test_what_is_rolled_back_leaves_nothing(filled: Database) -> None:
    for error in (Undo, ZeroDivisionError):
        try:
            with filled.writing() as connection:
                record(connection, MOMENT, DEEDS[1])
                raise error
        except ZeroDivisionError:
            pass
    assert looked_at(filled).seq == LAST


def test_both_databases_refuse_to_change_an_entry(filled: Database) -> None:
    deeds = ["UPDATE trail_entry SET actor = 'x' WHERE seq = 2", "DELETE FROM trail_entry WHERE seq = 5"]
    if filled.dialect == "postgresql":
        deeds.append("TRUNCATE trail_entry CASCADE")
    for sql in deeds:
        with pytest.raises(DBAPIError, match="neither changed nor deleted"), filled.writing() as connection:
            connection.execute(text(sql))
    assert looked_at(filled).sound


def other(value: Any) -> Any:
    """The same with one character less, more, or another one."""
    if isinstance(value, int):
        return value + 100
    return f"{value[:-1]}{'0' if value[-1:] != '0' else '1'}" if value else "x"


def test_one_byte_of_any_column_of_any_row_is_found_and_named(filled: Database) -> None:
    seen = 0
    for table in ("trail_entry", "trail_detail"):
        with filled.reading() as connection:
            stood = rows(connection, table)
        for row in stood:
            for column in row:
                with past_every_lock(filled) as connection:
                    where = "seq = :seq" + (" AND part = :part" if "part" in row else "")
                    change = f"UPDATE {table} SET {column} = :new WHERE {where}"
                    connection.execute(text(change), {"new": other(row[column])} | row)
                    named = broken(connection)
                    assert named and row["seq"] == named[0][0], (table, row["seq"], column, named)
                    seen += 1
    assert seen == LAST * 14 + 5 * 4  # columns, of rows that the trail has
    assert looked_at(filled).sound


def test_a_byte_that_is_no_text_is_found_too(filled: Database) -> None:
    """SQLite keeps any bytes, and its driver fails on them."""
    if filled.dialect != "sqlite":
        pytest.skip("PostgreSQL refuses such bytes")
    for table, column, seq in (("trail_entry", "subject", 5), ("trail_detail", "content", 4), ("trail_entry", "at", 1)):
        with past_every_lock(filled) as connection:
            connection.execute(text(f"UPDATE {table} SET {column} = CAST(x'ff' AS TEXT) WHERE seq = {seq}"))
            assert broken(connection)[0][0] == seq


def test_a_row_that_is_gone_is_found_and_named(filled: Database) -> None:
    for seq in range(1, LAST + 1):
        with past_every_lock(filled) as connection:
            connection.execute(text(f"DELETE FROM trail_entry WHERE seq = {seq}"))
            assert broken(connection)[0] == (seq, "cut_off" if seq == LAST else "missing", "")
    with filled.reading() as connection:
        kept = [(row["seq"], row["part"]) for row in rows(connection, "trail_detail")]
    assert kept == [(2, "detail"), (3, "detail"), (4, "detail"), (4, "personal"), (5, "personal")]
    for seq, part in kept:
        with past_every_lock(filled) as connection:
            connection.execute(text(f"DELETE FROM trail_detail WHERE seq = {seq} AND part = '{part}'"))
            assert broken(connection) == [(seq, "content_missing", part)]


@pytest.mark.parametrize(("one", "two"), [(1, 2), (2, 4), (4, 5)])
def test_two_that_changed_places_are_found(filled: Database, one: int, two: int) -> None:
    for table in ("trail_entry", "trail_detail"):
        with past_every_lock(filled) as connection:
            for old, new in ((one, 90), (two, one), (90, two)):
                connection.execute(text(f"UPDATE {table} SET seq = {new} WHERE seq = {old}"))
            assert broken(connection)[0][0] == one


def test_whoever_works_the_hash_out_anew_breaks_the_next_link(filled: Database) -> None:
    with filled.reading() as connection:
        second, last = (rows(connection, "trail_entry")[n] for n in (1, LAST - 1))
    for row, named in ((second, (3, "unlinked", "")), (last, (LAST, "other_head", ""))):
        with past_every_lock(filled) as connection:
            forged = row | {"actor": "x"}
            change = text("UPDATE trail_entry SET actor = 'x', hash = :hash WHERE seq = :seq")
            connection.execute(change, {"hash": entry_hash(forged), "seq": row["seq"]})
            assert broken(connection)[0] == named


def test_a_cut_off_end_is_missed_by_the_head_or_by_one_that_was_printed(filled: Database) -> None:
    printed = looked_at(filled).hash
    with past_every_lock(filled) as connection:
        connection.execute(text("DELETE FROM trail_entry WHERE seq > 3"))
        assert broken(connection)[0] == (4, "cut_off", "")
        # Whoever puts the head back as well is found by the printed one alone.
        fourth = connection.execute(text("SELECT hash FROM trail_entry WHERE seq = 3")).scalar_one()
        connection.execute(text("DELETE FROM trail_detail WHERE seq > 3"))
        connection.execute(text(f"UPDATE trail_head SET seq = 3, hash = '{fourth}'"))
        done = verify(connection, printed)
        assert [one.what for one in done.broken] == ["content_missing"]  # the tombstone is gone too
        assert (done.asked_at, done.sound) == (None, False)
    assert looked_at(filled, printed).asked_at == LAST
    assert looked_at(filled, START).asked_at == 0
    assert not looked_at(filled, "f" * 64).sound


def test_a_head_that_is_wrong_or_not_there_is_found(filled: Database) -> None:
    for sql, named in (
        ("UPDATE trail_head SET seq = 4", (5, "beyond_head", "")),
        ("UPDATE trail_head SET hash = 'x'", (LAST, "other_head", "")),
        ("DELETE FROM trail_head", (LAST, "no_head", "")),
    ):
        with past_every_lock(filled) as connection:
            connection.execute(text(sql))
            assert broken(connection) == [named]
    with filled.writing() as connection:
        connection.execute(text("DELETE FROM trail_head"))
    with pytest.raises(StoreError, match="trail verify"), filled.writing() as connection:
        record(connection, MOMENT, DEEDS[0])


def test_what_is_no_number_where_one_stands_is_found(filled: Database) -> None:
    """One byte of a SQLite file says of what kind a value is; whatever it is, nothing stumbles over it."""
    if filled.dialect != "sqlite":
        pytest.skip("PostgreSQL refuses it")
    for value in ("'x'", "x'35'", "5.5", "x'ff'"):
        with past_every_lock(filled) as connection:
            connection.execute(text(f"UPDATE trail_head SET seq = {value}"))
            assert broken(connection) == [(LAST, "no_head", "")]
            with pytest.raises(StoreError, match="trail verify"):
                record(connection, MOMENT, DEEDS[0])
        with past_every_lock(filled) as connection:
            connection.execute(text(f"UPDATE trail_detail SET seq = {value} WHERE seq = 2"))
            assert broken(connection) == [(2, "content_missing", "detail")]
        with past_every_lock(filled) as connection:
            connection.execute(text(f"INSERT INTO trail_detail VALUES ({value}, 'detail', 'x', '{{}}')"))
            assert broken(connection) == [(0, "content_unexpected", "")]


def test_a_text_that_became_bytes_is_found_and_named(filled: Database) -> None:
    """The same bytes, of another kind: whoever asks for what an actor did, or erases, would not find them."""
    if filled.dialect != "sqlite":
        pytest.skip("PostgreSQL refuses it")
    for table in ("trail_entry", "trail_detail"):
        with filled.reading() as connection:
            stood = rows(connection, table)
        for row in stood:
            for column in row.keys() - {"seq"}:
                with past_every_lock(filled) as connection:
                    where = f"seq = {row['seq']}" + (f" AND part = '{row['part']}'" if "part" in row else "")
                    connection.execute(text(f"UPDATE {table} SET {column} = CAST({column} AS BLOB) WHERE {where}"))
                    named = ("content_changed", row["part"]) if "part" in row else ("changed", "")
                    assert broken(connection)[0] == (row["seq"], *named)
    with past_every_lock(filled) as connection:
        connection.execute(text("UPDATE trail_head SET hash = CAST(hash AS BLOB)"))
        assert broken(connection) == [(LAST, "no_head", "")]
        with pytest.raises(StoreError, match="trail verify"):
            record(connection, MOMENT, DEEDS[0])


def test_a_tombstone_with_a_number_without_end_is_found(filled: Database) -> None:
    with past_every_lock(filled) as connection:
        connection.execute(text(f"UPDATE trail_entry SET subject = '{'1' * 5000}' WHERE seq = {LAST}"))
        assert broken(connection)[0] == (LAST, "changed", "")


def test_what_is_no_object_any_more_is_shown_all_the_same(filled: Database) -> None:
    with past_every_lock(filled) as connection:
        connection.execute(text("UPDATE trail_detail SET content = '3' WHERE seq = 2"))
        assert [entry.after for entry in entries(connection, Wanted())][1] == {}
        assert broken(connection) == [(2, "content_changed", "detail")]


def test_what_was_erased_leaves_a_tombstone_and_nothing_else(filled: Database) -> None:
    erased = told(filled)[2]
    assert (erased.after, erased.personal, erased.erased) == ({"event_id": "E1"}, {}, ["personal"])
    stone = told(filled)[4]
    assert (stone.verb, stone.subject_kind, stone.subject, stone.personal) == ("erase", "personal", "3", {"by": "王五"})
    with filled.reading() as connection:
        assert "张三" not in str([rows(connection, table) for table in ("trail_entry", "trail_detail")])
    with past_every_lock(filled) as connection:  # what was erased may not come back under another content
        connection.execute(text("INSERT INTO trail_detail VALUES (3, 'personal', 'x', '{}')"))
        assert broken(connection) == [(3, "content_unexpected", "personal")]
    with past_every_lock(filled) as connection:  # nor anything under a part, or an entry, that is none
        connection.execute(text("INSERT INTO trail_detail VALUES (3, 'more', 'x', '{}')"))
        assert broken(connection) == [(3, "content_unexpected", "more")]
    with past_every_lock(filled) as connection:
        connection.execute(text("INSERT INTO trail_detail VALUES (77, 'detail', 'x', '{}')"))
        assert broken(connection) == [(77, "content_unexpected", "")]


def test_a_tombstone_speaks_of_entries_before_it_alone() -> None:
    named = Named([(9, "1-3,7"), (12, "5-6,12-40"), (4, "?,8-")])
    assert [seq for seq in range(45) if seq in named] == [1, 2, 3, 5, 6, 7]
    assert listed([7, 2, 1, 3, 3]) == "1-3,7"


def _write_many(url: str, name: str, many: int, ready: Barrier) -> None:
    database = Database(url)
    ready.wait(120)
    with acting(Actor(name, door="program")):
        for n in range(many):
            with database.writing() as connection:
                connection.execute(text("SELECT count(*) FROM trail_entry")).scalar()
                record(connection, MOMENT, Deed(Verb.TICK, "day", f"{name}{n}", after={"n": n}))
    database.close()


def test_two_processes_at_once_make_neither_fork_nor_gap(database: Database, database_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(2)
    both = [context.Process(target=_write_many, args=(database_url, name, 40, ready)) for name in ("a", "b")]
    for process in both:
        process.start()
    for process in both:
        process.join(120)
    assert [process.exitcode for process in both] == [0, 0]
    assert found(database) == []
    entries = told(database)
    assert [entry.seq for entry in entries] == list(range(1, 81))
    for name in ("a", "b"):
        assert [entry.subject for entry in entries if entry.actor == name] == [f"{name}{n}" for n in range(40)]


def test_every_verb_has_its_words() -> None:
    assert list(WORDS) == list(Verb)
    assert PARTS == ("detail", "personal")
