"""What it means: calendars, standings as dates, turns, shares and their tally, cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import big, day, flag, key, moment, number, ref, table, text, texts, word

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table(
        "calendar",
        ["id"],
        key(),
        *texts("name", "version"),
        day("known_until"),
        sa.UniqueConstraint("name", "version"),
    )
    table(
        "calendar_day",
        ["calendar_id", "day"],
        ref("calendar_id", "calendar"),
        day("day"),
        number("idx"),
        flag("works"),
        clustered=True,
    )
    _standings()
    _shares()


def _standings() -> None:
    table(
        "standing",
        ["project_id"],
        ref("project_id", "project"),
        *texts("region", "kind", "pack"),
        ref("calendar_id", "calendar", null=True),
        flag("in_scope"),
        day("coded_on", null=True),
        number("base"),
        *(day(name, null=True) for name in ("since", "first_day", "last_day", "yellow_on", "red_on")),
        flag("grey"),
        word("phase"),
        word("stage", null=True),
        text("held_by"),
        day("next_change", null=True),
        day("assessed_on", null=True),
        number("log_version"),
        text("rules_version"),
    )
    light = ["phase", "region", "stage", "yellow_on", "red_on", "grey", "in_scope"]
    line = ["coded_on", "first_day", "last_day", "calendar_id", "since", "base"]
    op.create_index("ix_standing_light", "standing", [*light, *line])
    op.create_index("ix_standing_phase", "standing", ["phase"])
    op.create_index("ix_standing_yellow_on", "standing", ["yellow_on", "last_day", "red_on", "in_scope", "phase"])
    op.create_index("ix_standing_red_on", "standing", ["red_on", "last_day", "in_scope", "phase"])
    finished = sa.text("last_day IS NOT NULL")
    op.create_index(
        "ix_standing_last_day",
        "standing",
        ["last_day", "yellow_on", "red_on", "in_scope"],
        sqlite_where=finished,
        postgresql_where=finished,
    )
    op.create_index("ix_standing_next_change", "standing", ["next_change"])
    op.create_index("ix_standing_rules_version", "standing", ["rules_version"])
    table(
        "group_standing",
        ["project_id", "grp"],
        ref("project_id", "project"),
        word("grp"),
        number("budget", null=True),
        number("base"),
        *(day(name, null=True) for name in ("since", "yellow_on", "red_on")),
        flag("grey"),
        clustered=True,
    )
    table(
        "turn",
        ["id"],
        key(),
        ref("project_id", "project"),
        text("scope"),
        day("on"),
        word("from_light"),
        word("to_light"),
        text("why"),
        moment("known_from"),
        moment("known_to", null=True),
    )
    op.create_index("ix_turn_project_id", "turn", ["project_id"])
    op.create_index("ix_turn_on", "turn", ["scope", "on"])


def _shares() -> None:
    table(
        "share",
        ["project_id", "n"],
        ref("project_id", "project"),
        number("n"),
        ref("department_id", "department"),
        word("stage"),
        text("item_code"),
        day("since"),
        day("until", null=True),
        big("rate"),
        big("sole"),
        clustered=True,
    )
    table(
        "tally",
        ["day", "department_id", "stage", "item_code", "region", "kind"],
        day("day"),
        ref("department_id", "department"),
        word("stage"),
        *texts("item_code", "region", "kind"),
        big("rate"),
        big("sole"),
        *(number(name) for name in ("opened", "closed", "decided", "beyond", "overdue", "overdue_days")),
        clustered=True,
    )
    dates = ("accepted_on", "closed_on")
    promised = ("promised_due_on", "promised_yellow_on", "promised_red_on")
    statutory = ("statutory_due_on", "statutory_yellow_on", "statutory_red_on")
    table(
        "case_standing",
        ["project_id", "case_id"],
        ref("project_id", "project"),
        ref("case_id", "approval_case"),
        ref("department_id", "department"),
        word("stage"),
        text("item_code"),
        word("state"),
        *(day(name, null=True) for name in dates),
        number("base"),
        day("since", null=True),
        number("promised_limit", null=True),
        *(day(name, null=True) for name in promised),
        number("statutory_limit", null=True),
        *(day(name, null=True) for name in statutory),
        number("beyond"),
        day("beyond_since", null=True),
        clustered=True,
    )
    still_open = sa.text("closed_on IS NULL")
    op.create_index(
        "ix_case_standing_open",
        "case_standing",
        ["department_id", "accepted_on", "stage"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def downgrade() -> None:
    for name in ("case_standing", "tally", "share", "turn", "group_standing", "standing", "calendar_day", "calendar"):
        op.drop_table(name)
