"""The rules as a commission has them: what ships, with the notices and packs that were entered, now or at a moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection

from monitor.reading import notices as notice_room
from monitor.reading import packs as pack_room
from monitor.reading.packs import EnteredPack
from rules.notice import Notice
from rules.portfolio import Rules


def known_rules(
    connection: Connection,
    rules: Rules,
    known_at: dt.datetime | None = None,
    *,
    notices: Sequence[Notice] | None = None,
    packs: Sequence[EnteredPack] | None = None,
) -> Rules:
    """The rules with what was entered laid over them, as known now or at a moment.

    ``notices``, ``packs``: to be taken for the entered ones that are known. Shipped notices are known from a day on:
    that of ``known_at`` in the zone in which it was given. Raises PackError for an entered pack that this program
    cannot use any more.
    """
    if notices is None:
        notices = [one.notice for one in notice_room.entered(connection, known_at)]
    if packs is None:
        packs = pack_room.entered(connection, known_at)
    laid = rules.laid_over(notices, known_at.date() if known_at else None)
    return laid.with_packs(one.pack for one in pack_room.holding(packs))


def stamp(connection: Connection) -> tuple[int, ...]:
    """Differs whenever a notice or a pack was entered, revised or taken back."""
    return (*notice_room.stamp(connection), *pack_room.stamp(connection))
