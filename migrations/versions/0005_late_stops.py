"""When we learned of a batch, when a turn became so, stops that wait for a confirmation, and marks of projects."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import day

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of batches that are there nobody wrote down the day in the office's zone: their stops are never late.
    op.add_column("batch", day("known_on", null=True))
    op.add_column("turn", day("became_on", null=True))
    op.add_column("standing", sa.Column("waiting_stops", sa.Integer(), nullable=False, server_default="0"))
    only = sa.text("waiting_stops > 0")
    op.create_index("ix_standing_waiting", "standing", ["waiting_stops"], sqlite_where=only, postgresql_where=only)
    op.add_column("project_fact", sa.Column("marks", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_index("ix_standing_waiting", "standing")
    for table, name in (
        ("project_fact", "marks"),
        ("standing", "waiting_stops"),
        ("turn", "became_on"),
        ("batch", "known_on"),
    ):
        op.drop_column(table, name)
