"""Notices that amend a year by arranging the whole of it again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice", sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    # An older program would take them for changes of single days: they are known no more, and all is judged again.
    op.execute(
        "UPDATE standing SET next_change = 0, log_version = log_version + 1 "
        "WHERE EXISTS (SELECT 1 FROM notice WHERE whole AND known_to IS NULL)"
    )
    op.execute("UPDATE notice SET known_to = CURRENT_TIMESTAMP WHERE whole AND known_to IS NULL")
    op.drop_column("notice", "whole")
