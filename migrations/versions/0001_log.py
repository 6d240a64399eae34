"""What we were told: sources, batches, facts of projects and cases in versions, events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import current, day, key, moment, number, ref, table, text, texts, word

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    table(
        "source", ["id"], key(given=True), text("name"), day("reported_until", null=True), sa.UniqueConstraint("name")
    )
    table(
        "batch",
        ["id"],
        key(given=True),
        ref("source_id", "source"),
        *texts("name", "sha256"),
        moment("known_from"),
        day("reported_until", null=True),
        number("projects"),
        number("cases"),
        number("events"),
        number("refused"),
        key("last_event", given=True),
        moment("undone_at", null=True),
    )
    op.create_index("ix_batch_source_id", "batch", ["source_id"])
    op.create_index("ix_batch_known_from", "batch", ["known_from"])
    table(
        "refused_row",
        ["id"],
        key(given=True),
        ref("batch_id", "batch"),
        *texts("file", "sha256"),
        number("row"),
        text("content", null=True),
        text("reasons"),
    )
    op.create_index("ix_refused_row_batch_id", "refused_row", ["batch_id"])
    _projects()
    _cases()
    _events()


def _projects() -> None:
    table("project", ["id"], key(given=True), text("code"), sa.UniqueConstraint("code"))
    table(
        "project_fact",
        ["id"],
        key(given=True),
        ref("project_id", "project"),
        ref("source_id", "source"),
        ref("batch_id", "batch"),
        moment("known_from"),
        moment("known_to", null=True),
        *texts("name", "region", "kind", "industry", "applicant", "credit_code", "agent"),
        day("coded_on"),
        sa.Column("investment", sa.Numeric(18, 6), nullable=True),
        text("pack"),
        day("ended_on", null=True),
        word("end_reason", null=True),
    )
    op.create_index("ix_project_fact_project_id", "project_fact", ["project_id"])
    current("uq_project_fact_current", "project_fact", "project_id")


def _cases() -> None:
    table("department", ["id"], key(given=True), *texts("region", "name"), sa.UniqueConstraint("region", "name"))
    table(
        "approval_case",
        ["id"],
        key(given=True),
        ref("source_id", "source"),
        text("case_id"),
        ref("project_id", "project"),
        sa.UniqueConstraint("source_id", "case_id"),
    )
    op.create_index("ix_approval_case_project_id", "approval_case", ["project_id"])
    table(
        "case_fact",
        ["id"],
        key(given=True),
        ref("case_id", "approval_case"),
        ref("project_id", "project"),
        ref("batch_id", "batch"),
        moment("known_from"),
        moment("known_to", null=True),
        *texts("works_code", "item_code", "item_name"),
        word("stage"),
        ref("department_id", "department"),
        word("holder"),
        number("statutory_days", null=True),
        word("statutory_unit", null=True),
        number("promised_days", null=True),
        word("promised_unit", null=True),
        word("clock_start", null=True),
    )
    op.create_index("ix_case_fact_project_id", "case_fact", ["project_id"])
    current("uq_case_fact_current", "case_fact", "case_id")


def _events() -> None:
    table(
        "event",
        ["project_id", "id"],
        ref("project_id", "project"),
        key(given=True),
        ref("case_id", "approval_case"),
        ref("source_id", "source"),
        text("event_id"),
        ref("batch_id", "batch"),
        word("status"),
        day("day"),
        text("occurred_at"),
        text("entered_at", null=True),
        day("entered_day", null=True),
        *texts("office", "handler"),
        word("procedure", null=True),
        word("holder", null=True),
        *texts("reason", "basis"),
        number("days", null=True),
        text("approver"),
        text("voids", null=True),
        text("confirms", null=True),
        moment("known_from"),
        moment("known_to", null=True),
        clustered=True,
    )
    current("uq_event_known", "event", "source_id", "event_id")


def downgrade() -> None:
    for name in (
        *("event", "case_fact", "approval_case", "department", "project_fact", "project"),
        *("refused_row", "batch", "source"),
    ):
        op.drop_table(name)
