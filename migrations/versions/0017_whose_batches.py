"""To which regions the sender of a batch was held."""

from __future__ import annotations

from alembic import op

from migrations.columns import text

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("batch", text("held_to", null=True))  # what came before was held to none


def downgrade() -> None:
    op.drop_column("batch", "held_to")
