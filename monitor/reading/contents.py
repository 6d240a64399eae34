"""How much lies in every table, whatever the version of the schema: by which a copy is compared with what it is of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, column, func, inspect, select, table

OWN = ("project", "event", "batch", "account", "notice", "pack", "department_entry")  # what an office has told


def counts(connection: Connection) -> dict[str, int]:
    """Rows by table, by the tables that are there."""
    return {name: _rows(connection, name) for name in sorted(inspect(connection).get_table_names())}


def of_an_office(found: dict[str, int]) -> dict[str, int]:
    """Of counts those that an office would miss; empty where the database is new."""
    foreign = {} if "alembic_version" in found else found
    return {name: n for name, n in (foreign or found).items() if n and (foreign or name in OWN)}


def schema_version(connection: Connection) -> str | None:
    """The version of the schema that a database says it has."""
    return connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()


def _rows(connection: Connection, name: str) -> int:
    number: Any = connection.execute(select(func.count()).select_from(table(name))).scalar_one()
    return int(number)
