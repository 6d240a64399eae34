"""What each batch told, so that it can be taken back; rows that wait for what they lack."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.columns import key, number, ref, table, text, word

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FACTS = ("project_fact", "case_fact", "event")
WAIT = ("unknown_project", "unknown_case", "unknown_event")


def number_of_batch(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)


def upgrade() -> None:
    for name in FACTS:
        op.add_column(name, sa.Column("told", sa.Integer(), nullable=False, server_default="-1"))
    op.add_column("batch", number_of_batch("undoes"))
    table(
        "batch_known",
        ["id"],
        key(given=True),
        ref("batch_id", "batch"),
        word("of"),
        number("told"),
        key("first_project", given=True),
        key("last_project", given=True),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_batch_known_batch_id", "batch_known", ["batch_id"])
    for name in ("of", "code"):
        op.add_column("refused_row", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("refused_row", text("lacks", null=True))
    op.add_column("refused_row", number_of_batch("landed_in"))
    _look_at_refused_rows()


def _look_at_refused_rows() -> None:
    """What they are of, and what they lack, in columns by which they are found."""
    names = ("id", "content", "reasons", "of", "code", "lacks")
    refused = sa.table("refused_row", *(sa.column(name) for name in names))
    keys = (("events", "event_id"), ("cases", "case_id"), ("projects", "project_code"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(refused.c.id, refused.c.content, refused.c.reasons)).all()
    for row, content, reasons in rows:
        told, why = json.loads(content or "{}"), json.loads(reasons)
        own = [of for of, name in keys if name in told]
        only = why[0] if len(why) == 1 else {"code": ""}
        lacks = only["value"] if only["code"] in WAIT else None
        values = {"of": own[0] if own else "", "code": only["code"], "lacks": lacks}
        connection.execute(sa.update(refused).where(refused.c.id == row).values(**values))


def downgrade() -> None:
    # What was taken back stays so: that is in the moments. What was told and never held is nothing to an older program.
    for name in FACTS:
        op.execute(f"DELETE FROM {name} WHERE known_to = known_from")
    op.execute("DELETE FROM refused_row WHERE landed_in IS NOT NULL")
    for name in ("landed_in", "lacks", "code", "of"):
        op.drop_column("refused_row", name)
    op.drop_index("ix_batch_known_batch_id", "batch_known")
    op.drop_table("batch_known")
    op.drop_column("batch", "undoes")
    for name in FACTS:
        op.drop_column(name, "told")
