"""The trail: an entry is written as the last thing of the transaction of its deed, and nothing of it is ever changed.

What it says beside the chain can be erased; a tombstone, an entry of its own, then names where.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, delete, insert, select, update

from monitor.actor import actor
from monitor.chain import PARTS, digest, entry_hash, listed
from monitor.database import overwriting
from monitor.deeds import Deed, Verb
from monitor.store.bulk import StoreError
from monitor.tables import TrailDetail, TrailEntry, TrailHead
from monitor.tables.among import among

SALT = 32  # bytes
AT_ONCE = 20_000


def hold(connection: Connection) -> tuple[int, str]:
    """Waits for others who write entries; gives number and hash of the last one. Held to the end of the transaction, so
    it comes last in every verb: a long one must hold nobody up. Raises StoreError where the head is not there."""
    # SQLite has one writer and knows no FOR UPDATE.
    head = connection.execute(select(TrailHead.seq, TrailHead.hash).with_for_update()).first()
    if head is None or not (isinstance(head.seq, int) and isinstance(head.hash, str)):  # SQLite keeps what one writes
        raise StoreError("the head of the trail is missing: approval-monitor trail verify")
    return head.seq, head.hash


def record(connection: Connection, at: dt.datetime, deed: Deed) -> int:
    """Writes the entry of a deed of whoever acts now (`monitor.actor`); gives its number."""
    last, previous = hold(connection)
    who, seq = actor(), last + 1
    parts = {
        "detail": {name: told for name in ("before", "after") if (told := getattr(deed, name))},
        "personal": deed.personal,
    }
    kept = {part: (secrets.token_hex(SALT), _json(told)) for part, told in parts.items() if told}
    fields = {
        "seq": seq,
        "at": at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "actor": who.name,
        "role": who.role,
        "door": who.door,
        "address": who.address,
        "verb": deed.verb.value,
        "subject_kind": deed.subject_kind,
        "subject": deed.subject,
        "outcome": deed.outcome,
        **{f"{part}_digest": digest(*kept[part]) if part in kept else "" for part in PARTS},
        "previous": previous,
    }
    fields["hash"] = entry_hash(fields)
    connection.execute(insert(TrailEntry), fields)
    if kept:
        said = [{"seq": seq, "part": part, "salt": salt, "content": text} for part, (salt, text) in kept.items()]
        connection.execute(insert(TrailDetail), said)
    connection.execute(update(TrailHead).values(seq=seq, hash=fields["hash"]))
    return seq


def _json(told: object) -> str:
    """As JSON; the name of a file may hold bytes that are no text, and stands without them."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()


def erase(
    connection: Connection, at: dt.datetime, found: Iterable[tuple[int, str]], personal: Mapping[str, str]
) -> None:
    """Erases what entries say, by number and part, overwritten on SQLite, and leaves a tombstone for each part.
    ``personal``: what the tombstones say of who wanted it. The caller holds the trail."""
    by_part: defaultdict[str, list[int]] = defaultdict(list)
    for seq, part in found:
        by_part[part].append(seq)
    overwriting(connection)
    tombstone = Deed(Verb.ERASE, personal=personal)
    for part, seqs in sorted(by_part.items()):
        for start in range(0, len(seqs), AT_ONCE):
            some = among(connection, TrailDetail.seq, seqs[start : start + AT_ONCE])
            connection.execute(delete(TrailDetail).where(TrailDetail.part == part, some))
        record(connection, at, replace(tombstone, subject_kind=part, subject=listed(seqs)))
