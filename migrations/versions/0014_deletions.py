"""Requests for deletions that another account has to approve."""

from __future__ import annotations

from alembic import op

from migrations.columns import key, moment, ref, table, text, texts

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    approved_by = ref("approved_by", "account", null=True)
    table(
        "deletion_request",
        ["id"],
        key(),
        text("kind"),
        ref("asked_by", "account"),
        moment("asked_at"),
        *texts("counts", "digest"),
        approved_by,
        moment("approved_at", null=True),
    )
    for column in ("asked_by", "approved_by"):
        op.create_index(op.f(f"ix_deletion_request_{column}"), "deletion_request", [column])


def downgrade() -> None:
    op.drop_table("deletion_request")
