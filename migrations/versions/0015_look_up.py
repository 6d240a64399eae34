"""Query codes of acceptance slips, and the look-ups that found nothing."""

from __future__ import annotations

from alembic import op

from migrations.columns import moment, number, ref, table, text, texts

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table("slip_code", ["project_id"], ref("project_id", "project"), *texts("salt", "digest"), moment("made_at"))
    table(
        "look_up_miss",
        ["place"],
        text("place"),
        number("misses"),
        moment("last"),
        moment("until", null=True),
        clustered=True,
    )
    op.create_index("ix_look_up_miss_last", "look_up_miss", ["last"])


def downgrade() -> None:
    # A code whose hash is gone opens nothing: its slip has to be made again.
    for name in ("look_up_miss", "slip_code"):
        op.drop_table(name)
