"""Whether the trail is as it was written, worked out from its rows alone: no trigger and no lock is relied on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, func, select

from monitor.chain import PARTS, START, Named, digest, entry_hash
from monitor.reading.trail import Row, head, of_another_kind, pages, tombstones
from monitor.tables import TrailDetail, TrailEntry
from monitor.text import N_, _

NO_ENTRY = 0

What = Literal[
    "missing", "changed", "unlinked", "cut_off", "beyond_head", "other_head", "no_head",
    "content_changed", "content_missing", "content_unexpected",
]  # fmt: skip

_WHAT: dict[What, str] = {
    "missing": N_("entry {seq} is missing"),
    "changed": N_("entry {seq} was changed: it does not fit its hash"),
    "unlinked": N_("entry {seq} does not follow from the one before it"),
    "cut_off": N_("the end is cut off: entry {seq} and what came after it is missing"),
    "beyond_head": N_("entry {seq} was not written by the program: the head knows of none so late"),
    "other_head": N_("entry {seq} is not the one that the head names"),
    "no_head": N_("the head of the trail is missing; the last entry that is there is {seq}"),
    "content_changed": N_("what entry {seq} says was changed ({part})"),
    "content_missing": N_("what entry {seq} says is gone, and no tombstone names it ({part})"),
    "content_unexpected": N_("something is kept under entry {seq} that does not belong there ({part})"),
}
_PARTS = {"detail": N_("before and after"), "personal": N_("names of persons")}


@dataclass(frozen=True)
class Broken:
    """What is wrong, and with which entry.

    Of the chain: ``missing`` (there are later ones), ``changed`` (it does not fit its hash), ``unlinked`` (it does not
    name the one before), ``cut_off`` (the head knows of later ones), ``beyond_head`` (the head knows of none so late),
    ``other_head`` (the head has another hash for it), ``no_head``. Of what an entry says, with the ``part``:
    ``content_changed``, ``content_missing`` (no tombstone names it), ``content_unexpected`` (of no entry, erased, or of
    no part that it has).
    """

    seq: int
    what: What
    part: str = ""


@dataclass
class Verified:
    """``entries`` that were read, up to ``seq`` with ``hash``. ``broken``: the first broken link of the chain, and
    the first content that does not fit, if any. ``asked_at``: the entry whose hash was asked for (0: the start), None
    where there is none."""

    entries: int = 0
    seq: int = 0
    hash: str = START
    broken: list[Broken] = field(default_factory=list)
    asked: str | None = None
    asked_at: int | None = None

    @property
    def sound(self) -> bool:
        """Whether all is as it was written, and the hash that was asked for is in the chain."""
        return not self.broken and (self.asked is None or self.asked_at is not None)

    def document(self) -> dict[str, Any]:
        """The result as `trail verify --json` prints it."""
        return asdict(self) | {"sound": self.sound}


def in_words(one: Broken) -> str:
    """What is wrong, in the reader's language."""
    return _(_WHAT[one.what]).format(seq=one.seq, part=part_word(one.part) if one.part in PARTS else one.part or "?")


def part_word(part: str) -> str:
    """A part of what an entry says, in the reader's language."""
    return _(_PARTS[part])


def verify(connection: Connection, asked: str | None = None) -> Verified:
    """Reads the whole trail, in memory that does not grow with it. ``asked``: the hash of a head that was printed
    once, which must be in the chain."""
    done = Verified(asked=asked, asked_at=0 if asked == START else None)
    link, content = _chain(connection, done)
    done.broken = [one for one in (link, content) if one]
    return done


def _chain(connection: Connection, done: Verified) -> tuple[Broken | None, Broken | None]:
    """Follows the links to the first that is broken; gives that and the first content before it that does not fit."""
    gone, content = _erased(connection), _strays(connection)
    other_entries, other_contents = of_another_kind(connection)
    for rows, said in pages(connection):
        for row in rows:
            if link := _link(row, done.seq, done.hash):
                return link, content
            if row["seq"] in other_entries:
                return Broken(row["seq"], "changed"), content
            wrong = next(_contents(row, said.get(row["seq"], {}), gone, other_contents), None)
            if wrong and (content is None or content.seq == NO_ENTRY or wrong.seq < content.seq):
                content = wrong
            done.entries, done.seq, done.hash = done.entries + 1, row["seq"], row["hash"]
            if row["hash"] == done.asked:
                done.asked_at = row["seq"]
    return _end(connection, done), content


def _link(row: Row, seq: int, previous: str) -> Broken | None:
    """What is wrong with an entry after the one of this number and hash."""
    if row["seq"] != seq + 1:
        return Broken(seq + 1, "missing") if row["seq"] > seq else Broken(row["seq"], "unlinked")
    if row["previous"] != previous:
        return Broken(row["seq"], "unlinked" if _hash(row) == row["hash"] else "changed")
    return None if _hash(row) == row["hash"] else Broken(row["seq"], "changed")


def _hash(row: Row) -> str:
    try:
        return entry_hash(row)
    except TypeError:  # no UTF-8
        return ""


def _end(connection: Connection, done: Verified) -> Broken | None:
    told = head(connection)
    if told is None:
        return Broken(done.seq, "no_head")
    if told[0] != done.seq:
        return Broken(done.seq + 1, "cut_off") if told[0] > done.seq else Broken(told[0] + 1, "beyond_head")
    return None if told[1] == done.hash else Broken(done.seq, "other_head")


def _erased(connection: Connection) -> dict[str, Named]:
    """By part what tombstones name. Each is an entry, whose own link is looked at in its place."""
    return {part: Named(tombstones(connection, part)) for part in PARTS}


def _contents(row: Row, said: dict[str, Row], gone: dict[str, Named], others: set[tuple[int, str]]) -> Iterator[Broken]:
    """What does not fit of what an entry says. ``others``: what is no text any more, by number and part."""
    seq = row["seq"]
    for part in PARTS:
        told, there = row[f"{part}_digest"], said.get(part)
        if there is None:
            if told and seq not in gone[part]:
                yield Broken(seq, "content_missing", part)
        elif not told or seq in gone[part]:
            yield Broken(seq, "content_unexpected", part)
        elif _digest(there) != told or (seq, part) in others:
            yield Broken(seq, "content_changed", part)
    if other := sorted(said.keys() - set(PARTS)):
        yield Broken(seq, "content_unexpected", other[0].encode("utf-8", "replace").decode())


def _digest(there: Row) -> str:
    try:
        return digest(there["salt"], there["content"])
    except TypeError:
        return ""


def _strays(connection: Connection) -> Broken | None:
    """The first content of an entry that is not there; of NO_ENTRY where it bears no number at all, which SQLite keeps
    as well."""
    known = select(TrailEntry.seq).where(TrailEntry.seq == TrailDetail.seq)
    first = select(func.min(TrailDetail.seq)).where(~known.exists())
    seq: Any = connection.execute(first).scalar()
    if seq is None:
        return None
    return Broken(seq if isinstance(seq, int) else NO_ENTRY, "content_unexpected")
