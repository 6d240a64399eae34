"""What measures are taken from: pauses, hand-over gaps and decisions, with their rollups.

All of it is a copy of what the log means, and so are the two tables that grow: they are made anew and every standing is
due, so that the next sweep fills them.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.columns import big, day, flag, number, ref, table, text, texts, word

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

COPIES = ("tally", "share", "case_standing", "group_standing")
NEW = ("outcome", "handover_tally", "handover_gap", "pause_tally", "pause_piece")
OPEN = sa.text("closed_on IS NULL")


def upgrade() -> None:
    _forget()
    for name in ("tally", "case_standing"):
        op.drop_table(name)
    _tally("received", "opened", "resubmitted", "closed", "overdue", "overdue_days", *OVERDUE_STATUTE)
    _case_standing(
        [day("received_on", null=True)],
        [flag("resubmitted"), flag("pending")],
        lambda clock: [word(f"{clock}_unit"), number(f"{clock}_used", null=True)],
        [number("beyond_statute"), day("beyond_statute_since", null=True)],
    )
    _pauses()
    _handovers()
    _outcome()


def downgrade() -> None:
    _forget()
    for name in (*NEW, "tally", "case_standing"):
        op.drop_table(name)
    _tally("opened", "closed", "decided", "beyond", "overdue", "overdue_days")
    _case_standing([], [], lambda _clock: [], [])


OVERDUE_STATUTE = ("overdue_statute", "overdue_days_statute")
PLACE = ["day", "department_id", "stage", "item_code", "region", "kind"]


def _forget() -> None:
    """What the other form of the program would read wrongly is computed again."""
    for name in COPIES:
        op.execute(f"DELETE FROM {name}")
    op.execute("UPDATE standing SET next_change = 0, log_version = log_version + 1")


def _place() -> list[sa.Column[Any]]:
    return [day("day"), ref("department_id", "department"), word("stage"), *texts("item_code", "region", "kind")]


def _tally(*numbers: str) -> None:
    table("tally", PLACE, *_place(), big("rate"), big("sole"), *map(number, numbers), clustered=True)


def _case_standing(first: list[Any], then: list[Any], clock: Any, last: list[Any]) -> None:
    def dates(name: str) -> list[sa.Column[Any]]:
        return [day(f"{name}_{what}", null=True) for what in ("due_on", "yellow_on", "red_on")]

    table(
        "case_standing",
        ["project_id", "case_id"],
        ref("project_id", "project"),
        ref("case_id", "approval_case"),
        ref("department_id", "department"),
        word("stage"),
        text("item_code"),
        word("state"),
        *first,
        *(day(name, null=True) for name in ("accepted_on", "closed_on")),
        *then,
        number("base"),
        day("since", null=True),
        number("promised_limit", null=True),
        *clock("promised"),
        *dates("promised"),
        number("statutory_limit", null=True),
        *clock("statutory"),
        *dates("statutory"),
        number("beyond"),
        day("beyond_since", null=True),
        *last,
        clustered=True,
    )
    columns = ["department_id", "accepted_on", "stage"]
    op.create_index("ix_case_standing_open", "case_standing", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def _pauses() -> None:
    table(
        "pause_piece",
        ["project_id", "n"],
        ref("project_id", "project"),
        number("n"),
        ref("case_id", "approval_case"),
        ref("department_id", "department"),
        word("stage"),
        text("item_code"),
        word("pause"),
        flag("based"),
        flag("first"),
        *(day(name) for name in ("opened_on", "since")),
        day("until", null=True),
        clustered=True,
    )
    table(
        "pause_tally",
        [*PLACE, "pause", "based"],
        *_place(),
        word("pause"),
        flag("based"),
        *map(number, ("running", "opened")),
        clustered=True,
    )


def _handovers() -> None:
    table(
        "handover_gap",
        ["project_id", "case_id"],
        ref("project_id", "project"),
        ref("case_id", "approval_case"),
        ref("department_id", "department"),
        word("stage"),
        text("item_code"),
        ref("before_case_id", "approval_case"),
        ref("before_department_id", "department"),
        text("before_item_code"),
        day("since"),
        *(day(name, null=True) for name in ("until", "received")),
        clustered=True,
    )
    table(
        "handover_tally",
        [*PLACE[:4], "before_department_id", "before_item_code", *PLACE[4:]],
        *_place(),
        ref("before_department_id", "department"),
        text("before_item_code"),
        *map(number, ("waiting", "lying", "begun", "ended")),
        clustered=True,
    )


def _outcome() -> None:
    promised = ("promised", "in_promise", "early", "promised_working", "promised_limit", "promised_used")
    statutory = ("statutory", "in_statute", "statutory_working", "statutory_limit", "statutory_used")
    table(
        "outcome",
        [*PLACE, "pending"],
        *_place(),
        flag("pending"),
        *map(number, ("decided", "used")),
        big("used_sq"),
        number("beyond"),
        big("beyond_sq"),
        *map(
            number,
            ("beyond_statute", *promised, *statutory, "comparable", "comparable_promised", "comparable_statutory"),
        ),
        clustered=True,
    )
