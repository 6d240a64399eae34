"""The database: engine, transactions, schema. The only caller of Alembic.

SQLite and PostgreSQL take the same path; what differs between them is here and in `monitor.store.bulk`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError

CACHE_KIB = 65_536  # SQLite's own 2 MB make a count over a million standings read the file again and again
BULK_CACHE_KIB = 98_304  # scattered writes want the tops of their trees in memory (PERF.md)
WAL_PAGES = 16_384  # a sweep's scattered pages are copied back once, not once a commit
_OVERWRITES = "overwrites what it deletes"  # of a connection, until the end of its transaction
_UPGRADE_LOCK = 7_231_001  # any number that is nobody else's: PostgreSQL's advisory locks have no names


class DatabaseError(Exception):
    """The database cannot be used as it is; ``problem`` tells which way, ``detail`` what was found."""

    def __init__(self, problem: str, detail: str = "") -> None:
        self.problem, self.detail = problem, detail
        super().__init__(f"{problem}: {detail}" if detail else problem)


class Undo(Exception):
    """Raised inside a `writing` block: ends it, and nothing of it was done."""


class Database:
    """One database; made once a process, shared by its threads."""

    def __init__(self, url: str, *, busy_seconds: int = 60, scratch: bool = False) -> None:
        """``scratch``: a copy that is made again after a crash, on SQLite: nothing waits for the disk, and rows that
        were checked where they came from are not checked again."""
        self.busy_seconds, self.scratch = busy_seconds, scratch
        self.engine = _engine(url, busy_seconds, scratch)

    @property
    def dialect(self) -> str:
        """sqlite or postgresql."""
        return self.engine.dialect.name

    @property
    def address(self) -> str:
        """The address without its password, for people."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database, however many questions it asks."""
        with self.engine.connect() as plain:
            connection = plain
            if self.dialect == "postgresql":
                connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, *, bulk: bool = False, scrub: bool = False, patient: bool = True) -> Iterator[Connection]:
        """A transaction that writes: committed at the end, rolled back when an error leaves the block.

        On SQLite the writer's lock is taken at once, for one that has read cannot upgrade while another
        writes. ``bulk`` gives the writer a larger page cache. ``scrub``: on SQLite what is deleted is overwritten
        in the file too (see `overwriting` as well). Not ``patient``: on SQLite raises DatabaseError ("busy") at once
        where another writes. Raise `Undo` to roll back and go on.
        """
        with self.engine.connect() as plain:
            connection = plain.execution_options(writes=True)
            wide = bulk and self.dialect == "sqlite"
            if wide:
                _pragma(connection, f"cache_size = -{BULK_CACHE_KIB}")
            if scrub:
                overwriting(connection)
            hasty = not patient and self.dialect == "sqlite"
            if hasty:
                _pragma(connection, "busy_timeout = 0")
            try:
                with suppress(Undo), connection.begin():
                    yield connection
            finally:
                if connection.info.pop(_OVERWRITES, False):
                    _pragma(connection, "wal_checkpoint(TRUNCATE)")
                    _pragma(connection, "secure_delete = OFF")
                if wide:
                    _pragma(connection, f"cache_size = -{CACHE_KIB}")
                if hasty:
                    _pragma(connection, f"busy_timeout = {self.busy_seconds * 1000}")

    def close(self) -> None:
        """Closes what is open; the object can be used again."""
        self.engine.dispose()


def overwriting(connection: Connection) -> None:
    """From here to the end of the transaction SQLite overwrites in its file what is deleted."""
    if connection.dialect.name == "sqlite":
        _pragma(connection, "secure_delete = ON")
        connection.info[_OVERWRITES] = True


def out_of_reach(error: Exception) -> bool:
    """Whether the database was locked, full or gone, so that nothing is wrong with what was asked of it.

    By the names of PEP 249, which the drivers and SQLAlchemy share.
    """
    return any(kind.__name__ in ("OperationalError", "InterfaceError") for kind in type(error).__mro__)


def _engine(url: str, busy_seconds: int, scratch: bool) -> Engine:
    try:
        engine = create_engine(url, hide_parameters=True)  # an error must not carry rows into the log
    except ModuleNotFoundError as error:
        raise DatabaseError("driver", error.name or str(error)) from error
    except NoSuchModuleError as error:
        raise DatabaseError("address", str(error)) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _record: _prepare_sqlite(raw, busy_seconds, scratch))
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "handle_error", _named_if_damaged)
    return engine


def _named_if_damaged(context: Any) -> None:
    """A page that SQLite cannot make sense of is told as what it is, whatever was asked when it was met."""
    if "malformed" in str(context.original_exception):
        raise DatabaseError("damaged", str(context.original_exception)) from context.original_exception


def _prepare_sqlite(raw: Any, busy_seconds: int, scratch: bool) -> None:
    raw.isolation_level = None  # the driver must not begin on its own: see _begin_sqlite
    cursor = raw.cursor()
    for pragma in (
        f"busy_timeout = {busy_seconds * 1000}",
        f"journal_mode = {'MEMORY' if scratch else 'WAL'}",
        f"synchronous = {'OFF' if scratch else 'NORMAL'}",
        f"foreign_keys = {'OFF' if scratch else 'ON'}",
        f"cache_size = -{CACHE_KIB}",
        f"wal_autocheckpoint = {WAL_PAGES}",
        f"journal_size_limit = {WAL_PAGES * 4096}",  # a bulk import leaves no huge -wal file behind
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    except OperationalError as error:
        problem = "busy" if "locked" in str(error.orig) else "unreachable"
        raise DatabaseError(problem, str(error.orig)) from error


def _pragma(connection: Connection, pragma: str) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _script() -> alembic.config.Config:
    config = alembic.config.Config()
    config.set_main_option("script_location", str(files("migrations")).replace("%", "%%"))
    return config


@cache
def head() -> str:
    """The newest version of the schema, the one this program needs."""
    return ScriptDirectory.from_config(_script()).get_current_head() or ""


def version(database: Database) -> str | None:
    """The version of the schema that the database has; None when it has none.

    Raises DatabaseError when it cannot be reached, or is no database.
    """
    place = make_url(str(database.engine.url)).database
    if database.dialect == "sqlite" and place and place != ":memory:" and not Path(place).exists():
        return None  # to ask would make the file
    try:
        with database.reading() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except (OperationalError, DBAPIError) as error:
        raise DatabaseError("unreachable", str(error.orig)) from error


def require_current(database: Database) -> None:
    """Raises DatabaseError ("missing", "older" or "newer") unless the schema is the one this program needs."""
    found = version(database)
    if found == head():
        return
    if found is None:
        raise DatabaseError("missing", database.address)
    raise DatabaseError("older" if is_known(found) else "newer", found)


def is_known(revision: str) -> bool:
    """Whether this program knows a version of the schema: it is its own, or an older one."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_script()).walk_revisions()}


def is_empty(database: Database) -> bool:
    """Whether there is nothing at all in the database, so that it may be made here."""
    if version(database) is not None:
        return False
    place = database.engine.url.database
    if database.dialect == "sqlite" and place and not Path(place).exists():
        return True
    with database.reading() as connection:
        return not set(inspect(connection).get_table_names()) - {"alembic_version"}


def upgrade(
    database: Database, revision: str = "head", also: Callable[[Connection, str | None], None] | None = None
) -> tuple[str | None, str | None]:
    """Brings the schema to ``revision``, all of it or nothing; gives the version before and after.

    ``also`` is called at the end of the same transaction, with the version before, where that was another one.
    """
    before = version(database)
    if before is not None and not is_known(before):
        raise DatabaseError("newer", before)

    def step(config: alembic.config.Config) -> None:
        connection = config.attributes["connection"]
        found = MigrationContext.configure(connection).get_current_revision()  # under the lock
        alembic.command.upgrade(config, revision)
        if also and MigrationContext.configure(connection).get_current_revision() != found:
            also(connection, found)

    _move(database, step)
    return before, version(database)


def downgrade(database: Database, revision: str = "base") -> None:
    """Takes the schema back to ``revision``; what later tables held is lost."""
    _move(database, lambda config: alembic.command.downgrade(config, revision))


def _move(database: Database, step: Any) -> None:
    place = database.engine.url.database
    sqlite = database.dialect == "sqlite"
    if sqlite and place:
        try:
            Path(place).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError("unreachable", f"{error.filename}: {error.strerror}") from error
    config = _script()
    with database.engine.connect() as plain:
        connection = plain.execution_options(writes=True)
        if sqlite:
            # Batch mode rebuilds a table under another name: its children must not be checked half-way,
            # and the pragma does nothing inside a transaction.
            _pragma(connection, "foreign_keys = OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
                config.attributes["connection"] = connection
                step(config)
                if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                    raise DatabaseError("foreign keys", f"{broken[0][0]}: {len(broken)}")
        except OperationalError as error:
            raise DatabaseError("unreachable", str(error.orig)) from error
        finally:
            if sqlite:
                _pragma(connection, "foreign_keys = ON")


def integrity(database: Database) -> list[str]:
    """What the database itself finds wrong with its pages and foreign keys; nothing when all is well."""
    with database.reading() as connection:
        if database.dialect == "sqlite":
            pages = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
            keys = [f"foreign key: {row[0]}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
            return [p for p in pages if p != "ok"] + sorted(set(keys))
        unchecked = "SELECT conrelid::regclass || '.' || conname FROM pg_constraint WHERE NOT convalidated"
        invalid = "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid"
        found = [*connection.exec_driver_sql(unchecked), *connection.exec_driver_sql(invalid)]
        return [f"not valid: {row[0]}" for row in found]
