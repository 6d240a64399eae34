"""One condition for many values, however many, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, Text, any_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute


def among(
    connection: Connection, column: InstrumentedAttribute[Any] | ColumnElement[Any], values: Sequence[Any]
) -> ColumnElement[bool]:
    """The condition that ``column`` (texts or whole numbers) is one of ``values``, bound as one value.

    A list of parameters would have an end: a statement of SQLite takes some 32,000.
    """
    if connection.dialect.name == "postgresql":
        kind = Text() if isinstance(column.type, Text) else BigInteger()
        return column == any_(literal(list(values), ARRAY(kind)))
    listed = func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
    return column.in_(select(listed.c.value))
