"""Turns that hold no more, by when that became known: whoever follows them asks again and again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

ENDED = sa.text("known_to IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_turn_known_to", "turn", ["known_to"], sqlite_where=ENDED, postgresql_where=ENDED)


def downgrade() -> None:
    op.drop_index("ix_turn_known_to", "turn")
