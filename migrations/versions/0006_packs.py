"""Packs that were entered."""

from __future__ import annotations

from alembic import op

from migrations.columns import current, day, key, moment, table, texts

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table(
        "pack",
        ["id"],
        key(),
        *texts("pack", "version", "text", "digest", "file"),
        day("coded_from"),
        day("judges_from"),
        moment("known_from"),
        moment("known_to", null=True),
    )
    current("uq_pack_current", "pack", "pack", "version")


def downgrade() -> None:
    # What they judged is judged by other rules again.
    op.execute(
        "UPDATE standing SET next_change = 0, log_version = log_version + 1 "
        "WHERE pack IN (SELECT pack FROM pack WHERE known_to IS NULL)"
    )
    op.drop_table("pack")
