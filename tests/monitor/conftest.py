"""A fresh, migrated database for every test, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from monitor.database import Database, upgrade
from tests.monitor.commands import Run, program
from tests.monitor.looking import World, made
from tests.monitor.servers import postgres_server

_names = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """Log lines of the verbs go to the standard library, not to stdout."""
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory())


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server with a migrated database `blank` to copy; gives the address of its main database."""
    with postgres_server(tmp_path_factory.mktemp("pg")) as main:
        # Nothing here outlives the run: to wait for the disk made dropping a database take seconds.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            _run(main, f"ALTER SYSTEM SET {setting} = off")
        _run(main, "SELECT pg_reload_conf()")
        _run(main, "CREATE DATABASE blank")
        blank = Database(_named(main, "blank"))
        upgrade(blank)
        blank.close()
        yield main


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "blank.db"
    blank = Database(f"sqlite:///{path}")
    upgrade(blank)
    blank.close()
    return path


@pytest.fixture(scope="session")
def worlds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], World]]:
    """Gives the world of a kind of database, made when it is first asked for: tests only read it."""
    known: dict[str, World] = {}

    def world(kind: str) -> World:
        if kind not in known:
            folder = tmp_path_factory.mktemp("world")
            if kind == "sqlite":
                shutil.copy(request.getfixturevalue("sqlite_file"), folder / "monitor.db")
                url = f"sqlite:///{folder}/monitor.db"
            else:
                main = request.getfixturevalue("postgres")
                url = own_database(main, "world")
            known[kind] = made(url, folder)
        return known[kind]

    yield world
    for one in known.values():
        one.here.database.close()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, worlds: Callable[[str], World]) -> World:
    """An office with a log that was swept, which tests read and leave as it is."""
    return worlds(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated, empty database of this test's own."""
    with fresh(request, request.param, tmp_path) as url:
        yield url


@contextmanager
def fresh(request: pytest.FixtureRequest, kind: str, folder: Path) -> Iterator[str]:
    """The address of a migrated, empty database of a kind, for as long as it is used."""
    if kind == "sqlite":
        path = folder / "monitor.db"
        shutil.copy(request.getfixturevalue("sqlite_file"), path)
        yield f"sqlite:///{path}"
        return
    main = request.getfixturevalue("postgres")
    name = f"test_{next(_names)}"
    yield own_database(main, name)
    _run(main, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[str]:
    """The address of a database with nothing in it; of a SQLite file that is not there yet."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/new/monitor.db"
        return
    main = request.getfixturevalue("postgres")
    name = f"test_{next(_names)}"
    _run(main, f"CREATE DATABASE {name}")
    yield _named(main, name)
    _run(main, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database."""
    opened = Database(database_url, busy_seconds=5)
    yield opened
    opened.close()


@pytest.fixture
def run(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Run]:
    """The command line over a migrated, empty database."""
    with program(monkeypatch, capsys, tmp_path, database_url) as call:
        yield call


def own_database(main: str, name: str) -> str:
    """The address of a new, migrated, empty database of a server."""
    _run(main, f"CREATE DATABASE {name} TEMPLATE blank STRATEGY file_copy")
    return _named(main, name)


def _named(main: str, name: str) -> str:
    return make_url(main).set(database=name).render_as_string(hide_password=False)


def _run(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
