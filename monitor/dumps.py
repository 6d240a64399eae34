"""The whole database written into one file while it is in use, and put back from it.

SQLite: its online backup, of one state of the file, whoever writes meanwhile; put back by renaming a file. PostgreSQL:
pg_dump of one snapshot; put back by psql, in one transaction, what was there kept aside under another schema. Its
programs have to be of the server's version or newer.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable, Mapping
from contextlib import closing, nullcontext, suppress
from pathlib import Path
from typing import Any

from monitor.database import Database
from monitor.progress import Advance

PAGES = 4_096  # SQLite's pages of a step
_TOLD = 300  # characters of what a program of PostgreSQL said
_SECRET = ("password", "context")  # of the driver's words: not on a command line, where others see it; none of libpq's
_WAL = ("-wal", "-shm")


class DumpError(Exception):
    """It cannot be done; ``problem`` tells which way, ``detail`` what was found: `no_program`, `program` (it failed),
    `in_use` (other programs are at the database), `damaged` (the copy is)."""

    def __init__(self, problem: str, detail: str = "") -> None:
        self.problem, self.detail = problem, detail
        super().__init__(f"{problem}: {detail}")


def dump(database: Database, connection: Any, out: Path, environment: Mapping[str, str], advance: Advance) -> None:
    """Writes what a connection of `Database.reading` sees into a file, which nobody else may read.

    ``environment``: of the programs of PostgreSQL. Raises DumpError, OSError.
    """
    private(out)
    if database.dialect == "sqlite":
        _copy(connection, out, advance)
    else:
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar()
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
        words = ["--format=custom", f"--snapshot={snapshot}", f"--schema={_quoted(schema)}", f"--file={out}"]
        _run("pg_dump", [*words, *_told(database)], _with_password(database, environment))
    synced(out)


def _copy(connection: Any, out: Path, advance: Advance) -> None:
    # The state is that of the first reading in a transaction, and a copy from a connection that is in one stays with
    # it: were it not, each commit of another program would make the copy begin anew.
    connection.exec_driver_sql("SELECT COUNT(*) FROM sqlite_master").scalar()
    source: sqlite3.Connection = connection.connection.driver_connection
    with closing(sqlite3.connect(out)) as target:
        source.backup(target, pages=PAGES, progress=lambda _status, left, total: advance(total - left, total))
    settle(out)


def settle(file: Path) -> None:
    """Makes a SQLite file one that needs no other file beside it. Raises DumpError where its pages are not well."""
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")
        (found,) = raw.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise DumpError("damaged", str(found))


def file_of(database: Database) -> Path:
    """The file in which a SQLite database lies, whatever names it."""
    return Path(str(database.engine.url.database)).resolve()


def private(file: Path) -> None:
    """Makes an empty file that its owner alone may read."""
    os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def synced(*places: Path) -> None:
    """Waits until files or folders are on the disk."""
    for place in places:
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def free(database: Database) -> None:
    """Raises DumpError where another program is at the database."""
    database.close()
    if database.dialect == "sqlite":
        if (place := file_of(database)).exists():
            _alone(place).close()
        return
    # Of what another role's session is, a role is not told; what the server does by itself bears no role.
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND (backend_type = 'client backend' OR backend_type IS NULL AND usesysid IS NOT NULL)"
    )
    with database.reading() as connection:
        if n := connection.exec_driver_sql(others).scalar():
            raise DumpError("in_use", str(n))


def _alone(place: Path) -> sqlite3.Connection:
    """A connection that nobody else can work beside; of a file that cannot be read at all just a connection."""
    raw = sqlite3.connect(place, timeout=1, isolation_level=None)
    try:
        raw.execute("PRAGMA locking_mode = EXCLUSIVE")
        raw.execute("PRAGMA journal_mode = DELETE")  # refused while anybody has the file open, at work or not
        raw.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raw.close()
            raise DumpError("in_use", str(error)) from error
    except sqlite3.DatabaseError:
        pass  # damaged: that is what restoring is for
    return raw


def place_file(database: Database, copy: Path, kept: Path) -> bool:
    """Puts a SQLite file in the place of the database, in one step; gives whether there was one, which lies at ``kept``
    then. Raises DumpError, OSError."""
    place = file_of(database)
    database.close()
    there = place.exists()
    with closing(_alone(place)) if there else nullcontext():
        if there:
            shutil.copymode(place, copy)
            try:
                os.link(place, kept)  # so that at no moment there is no database
            except OSError:  # not every file system has links
                os.rename(place, kept)
        for end in _WAL:  # of a file that was damaged or is gone: SQLite would read it into the new one
            with suppress(FileNotFoundError):
                os.replace(f"{place}{end}", f"{kept}{end}")
        os.replace(copy, place)
    synced(place.parent)
    return there


def place_dump(database: Database, file: Path, work: Path, kept: str, environment: Mapping[str, str]) -> bool:
    """Puts a dump in the place of a PostgreSQL database, in one transaction; gives whether anything was there, which
    lies in the schema ``kept`` then. ``work``: a folder for what is under way. Raises DumpError."""
    schema, there = _schema(database)
    script = work / "restore.sql"
    private(script)
    words = ["--no-owner", "--no-privileges", f"--schema={schema}", f"--file={script}", str(file)]
    _run("pg_restore", words, environment)
    moved = [f"ALTER SCHEMA {_quoted(schema)} RENAME TO {kept}", f"CREATE SCHEMA {_quoted(schema)}"] if there else []
    _psql(database, [*(f"--command={one}" for one in moved), f"--file={script}", "--command=ANALYZE"], environment)
    return there


def take_back(database: Database, kept: str | None, environment: Mapping[str, str]) -> None:
    """Undoes `place_dump`: what was kept aside, if there was anything, is in its place again."""
    schema, _there = _schema(database)
    back = f"ALTER SCHEMA {kept} RENAME TO {_quoted(schema)}" if kept else f"CREATE SCHEMA {_quoted(schema)}"
    words = [f"DROP SCHEMA {_quoted(schema)} CASCADE", back]
    _psql(database, [f"--command={one}" for one in words], environment)


def _schema(database: Database) -> tuple[str, bool]:
    """Name of the schema in which the tables lie, and whether there is one."""
    tables = "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    with database.reading() as connection:
        schema = connection.exec_driver_sql("SELECT current_schema()").scalar()
        there = bool(connection.exec_driver_sql(tables).scalar())
    database.close()
    return str(schema), there


def _quoted(name: Any) -> str:
    return '"' + str(name).replace('"', '""') + '"'


def _psql(database: Database, words: Iterable[str], environment: Mapping[str, str]) -> None:
    told = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", "--output=/dev/null"]
    _run("psql", [*told, *words, *_told(database)], _with_password(database, environment))


def _told(database: Database) -> list[str]:
    """The address for a program of PostgreSQL, without the password."""
    from psycopg.conninfo import make_conninfo

    return [f"--dbname={make_conninfo(**{k: v for k, v in _words(database).items() if k not in _SECRET})}"]


def _words(database: Database) -> dict[str, Any]:
    return dict(database.engine.dialect.create_connect_args(database.engine.url)[1])


def _with_password(database: Database, environment: Mapping[str, str]) -> dict[str, str]:
    password = _words(database).get("password")
    return dict(environment) | ({"PGPASSWORD": str(password)} if password else {})


def _run(program: str, words: list[str], environment: Mapping[str, str]) -> None:
    found = shutil.which(program, path=environment.get("PATH"))
    if found is None:
        raise DumpError("no_program", program)
    done = subprocess.run([found, *words], env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip() or str(done.returncode)
        raise DumpError("program", f"{program}: {said[:_TOLD]}")
