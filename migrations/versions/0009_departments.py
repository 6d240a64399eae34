"""The register of departments, what a person confirmed of their names, and by what secret cases are known again."""

from __future__ import annotations

from alembic import op

from migrations.columns import day, key, moment, ref, table, text, texts, word

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table(
        "department_entry",
        ["id"],
        key(given=True),
        word("kind"),
        ref("department_id", "department"),
        ref("told_id", "department", null=True),
        *texts("code", "short"),
        word("level", null=True),
        text("office"),
        ref("predecessor_id", "department", null=True),
        day("since", null=True),
        text("said_by"),
        moment("known_from"),
        moment("known_to", null=True),
        text("ended_by", null=True),
    )
    table("secret_case", ["digest"], text("digest"))


def downgrade() -> None:
    # Cases are with the departments again that their sources named.
    op.execute(
        "UPDATE standing SET next_change = 0, log_version = log_version + 1 "
        "WHERE EXISTS (SELECT 1 FROM department_entry WHERE known_to IS NULL)"
    )
    op.drop_table("secret_case")
    op.drop_table("department_entry")
