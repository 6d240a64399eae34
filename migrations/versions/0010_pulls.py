"""How far a pull of exchange tables has come."""

from __future__ import annotations

from alembic import op

from migrations.columns import day, moment, ref, table, text

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table(
        "pull_mark",
        ["source_id"],
        ref("source_id", "source"),
        day("told_until", null=True),
        text("highest", null=True),
        day("whole_on", null=True),
        text("position", null=True),
        day("since", null=True),
        moment("started", null=True),
    )


def downgrade() -> None:
    # Without it the next pull reads everything again, and what is known adds nothing.
    op.drop_table("pull_mark")
