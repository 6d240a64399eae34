"""Accounts, sessions, tokens, attempts to sign in, agreements of agents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import current, day, flag, key, moment, number, ref, table, text, texts, word

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = (
    "account", "account_department", "account_session", "api_token", "sign_in_attempt", "agreement", "agreement_fact",
)  # fmt: skip


def upgrade() -> None:
    table(
        "account",
        ["id"],
        key(),
        *texts("name", "display", "role", "regions", "agents"),
        text("password", null=True),
        text("issuer", null=True),
        text("subject", null=True),
        flag("must_change"),
        moment("created_at"),
        text("created_by"),
        moment("disabled_at", null=True),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("issuer", "subject"),
    )
    table(
        "account_department",
        ["account_id", "department_id"],
        ref("account_id", "account"),
        ref("department_id", "department"),
        clustered=True,
    )
    table(
        "account_session",
        ["id"],
        key(),
        text("digest"),
        ref("account_id", "account"),
        *(moment(name) for name in ("created", "last_seen", "expires")),
        moment("revoked_at", null=True),
        *texts("address", "browser"),
        sa.UniqueConstraint("digest"),
    )
    table(
        "api_token",
        ["id"],
        key(),
        *texts("name", "digest", "prefix"),
        ref("account_id", "account"),
        *texts("rights", "source"),
        moment("created_at"),
        text("created_by"),
        moment("expires"),
        moment("revoked_at", null=True),
        moment("last_used", null=True),
        sa.UniqueConstraint("digest"),
    )
    table(
        "sign_in_attempt",
        ["account", "address"],
        *texts("account", "address"),
        number("failures"),
        moment("last_failed"),
        moment("locked_until", null=True),
        clustered=True,
    )
    _agreements()
    for name, columns in (
        ("account_session", ["account_id"]),
        ("api_token", ["account_id"]),
        ("sign_in_attempt", ["last_failed"]),
        ("agreement", ["account_id"]),
        ("agreement", ["project_id"]),
        ("agreement_fact", ["agreement_id"]),
        ("agreement_fact", ["project_id"]),
    ):
        op.create_index(f"ix_{name}_{'_'.join(columns)}", name, columns)


def _agreements() -> None:
    table(
        "agreement",
        ["id"],
        key(),
        ref("account_id", "account"),
        ref("project_id", "project"),
        text("code"),
    )
    table(
        "agreement_fact",
        ["id"],
        key(),
        ref("agreement_id", "agreement"),
        ref("project_id", "project"),
        word("stages"),
        word("state"),
        day("since", null=True),
        day("until", null=True),
        sa.Column("handed_to", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        text("said_by"),
        moment("known_from"),
        moment("known_to", null=True),
    )
    current("uq_agreement_fact_current", "agreement_fact", "agreement_id")


def downgrade() -> None:
    # Nothing else speaks of people: whoever could reach the database before can again.
    for name in reversed(TABLES):
        op.drop_table(name)
