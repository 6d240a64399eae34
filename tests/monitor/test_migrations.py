"""The schema: from nothing to head and back, and equal to the tables, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from monitor.database import (
    Database,
    DatabaseError,
    downgrade,
    head,
    integrity,
    is_empty,
    require_current,
    upgrade,
    version,
)
from monitor.intake import SecretList
from monitor.people import DeletionKind
from monitor.reading.viewer import EVERYONE
from monitor.tables import Base
from monitor.verbs.accounts import department_keys
from monitor.verbs.agreements import add_agreement
from monitor.verbs.deletions import ask
from monitor.verbs.slips import make_slip
from monitor.verbs.tokens import add_token
from tests.monitor.canonical_files import MOMENT, log_of, rows, small, take
from tests.monitor.peopling import add, person, settled


def test_from_nothing_to_head_and_back(empty_url: str) -> None:
    database = Database(empty_url)
    assert is_empty(database)
    assert version(database) is None
    assert upgrade(database) == (None, head())
    assert not is_empty(database)
    downgrade(database)
    assert is_empty(database)
    assert upgrade(database) == (None, head())
    assert upgrade(database) == (head(), head())
    assert integrity(database) == []
    database.close()


def test_each_migration_goes_down_and_up_again(empty_url: str) -> None:
    database = Database(empty_url)
    numbers = [f"{n:04d}" for n in range(1, int(head()) + 1)]
    for number in numbers:
        assert upgrade(database, number)[1] == number
    for number in reversed(["base", *numbers[:-1]]):
        downgrade(database, number)
        assert version(database) == (None if number == "base" else number)
    database.close()


def test_people_go_down_with_their_tables_and_leave_the_rest(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "in"))
    add(database, "zhang", "department", scope={"departments": department_keys(database, ["发改"])})
    settled(database, "li", "vier Worte ohne Sinn", "agent")
    add_agreement(database, "li", "P1", now=MOMENT)
    add_token(database, "made up", account="li", rights=["read"], now=MOMENT)
    ask(database, DeletionKind.PURGE, person(database, "root"), {"projects": 1}, "made up", MOMENT)
    before = log_of(database)
    downgrade(database, "0013")
    with database.reading() as connection:
        assert "deletion_request" not in inspect(connection).get_table_names()
    upgrade(database)
    assert len(rows(database, "SELECT * FROM account")) == 3
    downgrade(database, "0012")
    with database.reading() as connection:
        assert not {"account", "agreement", "api_token"} & set(inspect(connection).get_table_names())
    upgrade(database)
    assert integrity(database) == []
    assert log_of(database) == before
    assert rows(database, "SELECT COUNT(*) FROM account") == [(0,)]
    add(database, "zhang")


def test_query_codes_go_down_with_their_table_and_leave_the_rest(database: Database, tmp_path: Path) -> None:
    take(database, small(tmp_path / "in"))
    make_slip(database, EVERYONE, SecretList(), "P1", now=MOMENT)
    before = log_of(database)
    downgrade(database, "0014")
    with database.reading() as connection:
        assert not {"slip_code", "look_up_miss"} & set(inspect(connection).get_table_names())
    upgrade(database)
    assert integrity(database) == []
    assert log_of(database) == before
    assert rows(database, "SELECT COUNT(*) FROM slip_code") == [(0,)]
    assert make_slip(database, EVERYONE, SecretList(), "P1", now=MOMENT).replaced is False


def test_the_migrated_schema_is_that_of_the_tables(database: Database) -> None:
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_constraint_has_the_name_that_the_tables_give_it(database: Database, tmp_path: Path) -> None:
    """`compare_metadata` does not look at names, and a later migration on SQLite finds constraints by them."""
    made = create_engine(f"sqlite:///{tmp_path}/made.db")
    Base.metadata.create_all(made)
    with made.connect() as wanted, database.reading() as found:
        for table in Base.metadata.tables:
            for ask in ("get_foreign_keys", "get_unique_constraints", "get_indexes"):
                names = [
                    {row["name"] for row in getattr(inspect(c), ask)(table) if not row.get("duplicates_constraint")}
                    for c in (wanted, found)
                ]
                assert names[0] == names[1], (table, ask)
            assert inspect(wanted).get_pk_constraint(table)["name"] == inspect(found).get_pk_constraint(table)["name"]
    made.dispose()


def test_events_lie_by_project_on_sqlite(sqlite_file: Path) -> None:
    with create_engine(f"sqlite:///{sqlite_file}").connect() as connection:
        made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'event'")).scalar_one()
    assert "WITHOUT ROWID" in made
    assert "PRIMARY KEY (project_id, id)" in made


def test_a_database_of_a_newer_program_is_left_alone(database: Database) -> None:
    require_current(database)
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError) as refused:
        require_current(database)
    assert refused.value.problem == "newer"
    with pytest.raises(DatabaseError) as refused:
        upgrade(database)
    assert refused.value.problem == "newer"


def test_an_older_database_says_so(database: Database) -> None:
    downgrade(database, "0001")
    with pytest.raises(DatabaseError) as refused:
        require_current(database)
    assert refused.value.problem == "older"


def test_no_database_says_so_and_is_not_made_by_asking(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseError) as refused:
        require_current(database)
    assert refused.value.problem == "missing"
    assert not path.exists()


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "monitor.db"
    path.write_text("this is a letter, not a database" * 100)
    with pytest.raises(DatabaseError) as refused:
        version(Database(f"sqlite:///{path}"))
    assert refused.value.problem == "unreachable"


def test_a_writing_block_that_fails_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.writing() as connection:
            connection.execute(text("INSERT INTO project (id, code) VALUES (1, 'P1')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM project")).scalar() == 0


def test_a_second_writer_on_sqlite_is_told_to_wait(sqlite_file: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/monitor.db"
    first, second = Database(url, busy_seconds=1), Database(url, busy_seconds=1)
    upgrade(first)
    with first.writing() as connection:
        connection.execute(text("INSERT INTO project (id, code) VALUES (1, 'P1')"))
        with pytest.raises(DatabaseError) as refused, second.writing():
            pass
        assert refused.value.problem == "busy"
        with second.reading() as other:  # readers go on, and see the state before
            assert other.execute(text("SELECT count(*) FROM project")).scalar() == 0
    with second.writing() as connection:
        assert connection.execute(text("SELECT count(*) FROM project")).scalar() == 1


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseError) as refused:
        upgrade(Database(f"sqlite:///{tmp_path}/file/monitor.db"))
    assert refused.value.problem == "unreachable"
