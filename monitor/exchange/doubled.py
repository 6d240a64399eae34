"""Keys that stand in several cases: which of them a row means nobody can tell, in whatever portion it is read."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from sqlalchemy import Connection

from monitor.exchange.lines import text
from monitor.exchange.portions import Queries
from monitor.exchange.tables import PROCEDURES, RECORDS
from monitor.exchange.terms import ExchangeProfile

Doubled = Mapping[str, Mapping[str, frozenset[str]]]  # by table, the cases in which rows with a key hold


def doubled(connection: Connection, queries: Queries, profile: ExchangeProfile) -> Doubled:
    """The keys of records and procedures that stand in several cases, of the whole tables."""
    found: dict[str, dict[str, frozenset[str]]] = {RECORDS: {}, PROCEDURES: {}}
    for table, keys in found.items():
        if (query := queries.doubled(table)) is None:
            continue
        rows = (row._mapping for row in queries.exchange.rows(connection, query))
        for key, same in groupby(rows, key=lambda row: text(row["lsh"])):
            keys[key] = frozenset(text(row["spsxslbm"]) for row in same if profile.holds(text(row.get("sjyxbs"))))
    return found
