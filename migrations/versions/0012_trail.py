"""The trail: entries chained by hash, what they say beside the chain, and the head."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.columns import key, table, text, texts, word

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_SAYS = "an entry of the trail is neither changed nor deleted"


def upgrade() -> None:
    said = texts(
        "at", "actor", "role", "door", "address", "verb", "subject_kind", "subject", "outcome", "detail_digest",
        "personal_digest", "previous", "hash",
    )  # fmt: skip
    table("trail_entry", ["seq"], key("seq", given=True), *said)
    of = key("seq", given=True)
    of.append_foreign_key(sa.ForeignKey("trail_entry.seq"))
    table("trail_detail", ["seq", "part"], of, *texts("part", "salt", "content"))
    only = sa.CheckConstraint("id = 1", name="only")
    table("trail_head", ["id"], word("id"), key("seq", given=True), text("hash"), only)
    op.execute(f"INSERT INTO trail_head (id, seq, hash) VALUES (1, 0, '{'0' * 64}')")
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER trail_entry_no_{deed.lower()} BEFORE {deed} ON trail_entry "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION trail_entry_stays() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$"
    )
    for name, deed, each in (("row", "UPDATE OR DELETE", "ROW"), ("all", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER trail_entry_stays_{name} BEFORE {deed} ON trail_entry "
            f"FOR EACH {each} EXECUTE FUNCTION trail_entry_stays()"
        )


def downgrade() -> None:
    # What was done stays done; who did it is not known any more to an older program. Triggers go with their table.
    for name in ("trail_head", "trail_detail", "trail_entry"):
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION trail_entry_stays()")
