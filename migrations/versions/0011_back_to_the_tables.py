"""By what a pull has read, and batches that say of a source that it had not reported as far as was said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import text

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batch", sa.Column("falls_back", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("pull_mark", text("read_by", null=True))  # so the next pull reads everything


def downgrade() -> None:
    op.drop_column("pull_mark", "read_by")
    op.drop_column("batch", "falls_back")
