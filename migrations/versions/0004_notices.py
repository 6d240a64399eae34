"""Notices that were entered, and on which days a standing rests, so that a revised notice finds what it touches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import current, day, flag, key, moment, number, table, text, texts

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table(
        "notice",
        ["id"],
        key(),
        text("region"),
        number("year"),
        *texts("document", "source"),
        day("published"),
        *texts("rest", "work"),
        flag("amends"),
        moment("known_from"),
        moment("known_to", null=True),
    )
    current("uq_notice_current", "notice", "region", "year", "document")
    # Empty in standings that are there: such a standing is assessed again by whatever notice comes first.
    op.add_column("standing", day("rests_from", null=True))
    op.add_column("standing", day("rests_until", null=True))
    op.add_column("standing", sa.Column("due_because", sa.Text(), nullable=True))


def downgrade() -> None:
    for name in ("due_because", "rests_until", "rests_from"):
        op.drop_column("standing", name)
    op.drop_table("notice")
