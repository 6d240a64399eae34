"""What the watchman does: sweeps, projects set aside, the outbox, jobs and their runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import day, key, moment, number, ref, table, text, texts

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table(
        "sweep",
        ["id"],
        key(),
        day("as_of"),
        moment("started"),
        moment("ended", null=True),
        *(number(name) for name in ("projects", "changed", "turns", "failed")),
        text("rules_version"),
    )
    op.create_index("ix_sweep_as_of", "sweep", ["as_of"])
    table(
        "set_aside",
        ["project_id"],
        ref("project_id", "project"),
        day("as_of"),
        text("error"),
        number("tries"),
        moment("last_try"),
    )
    table(
        "outbox",
        ["id"],
        key(),
        ref("turn_id", "turn", null=True),
        *texts("kind", "payload"),
        moment("made_at"),
        moment("taken_at", null=True),
        moment("done_at", null=True),
    )
    op.create_index("ix_outbox_turn_id", "outbox", ["turn_id"])
    op.create_index("ix_outbox_open", "outbox", ["done_at", "taken_at"])
    table(
        "job",
        ["id"],
        key(),
        *texts("verb", "arguments", "asked_by"),
        moment("asked_at"),
        text("state"),
        number("progress"),
        number("total"),
        text("result", null=True),
        moment("started", null=True),
        moment("ended", null=True),
    )
    op.create_index("ix_job_state", "job", ["state"])
    table(
        "job_run",
        ["id"],
        key(),
        text("job"),
        moment("due_at"),
        moment("started"),
        moment("ended", null=True),
        text("outcome"),
        sa.UniqueConstraint("job", "due_at"),
    )


def downgrade() -> None:
    for name in ("job_run", "job", "outbox", "set_aside", "sweep"):
        op.drop_table(name)
