"""Run by Alembic. `monitor.database` hands over its connection; the command `alembic` (for developers) has none."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from monitor.database import Database
from monitor.settings import Settings
from monitor.tables import Base


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite alters a table by building it anew
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    given = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    with Database(Settings().database_url).writing() as connection:
        run(connection)


main()
