"""Cursors: from where an answer goes on. A word without meaning to whoever gets one; looked at when it comes back."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
from typing import Annotated, Any, Literal, TypeVar

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from monitor.doors.api.refused import Refused, field, of_form
from monitor.doors.api.shapes import Letters
from monitor.reading.turns import Seen

_Key = Annotated[int, Field(ge=0, lt=2**63)]


class _Cursor(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class InProjects(_Cursor):
    """After which code a list of projects goes on; the same list only: as of the same day, by the same filters."""

    of: Literal["projects"] = "projects"
    after: Letters
    as_of: dt.date
    filters: str


class InTurns(_Cursor):
    """How far turns were followed."""

    of: Literal["turns"] = "turns"
    turn: _Key
    ended_at: AwareDatetime
    ended: _Key

    def seen(self) -> Seen:
        """As the reader wants it."""
        return Seen(self.turn, self.ended_at, self.ended)


def digest(filters: Any) -> str:
    """By which the same filters are known again."""
    return hashlib.sha256(orjson.dumps(filters)).hexdigest()[:16]


Cursor = TypeVar("Cursor", bound=_Cursor)


def written(cursor: _Cursor) -> str:
    """The word for it."""
    return base64.urlsafe_b64encode(cursor.model_dump_json().encode()).decode().rstrip("=")


def read(word: str, kind: type[Cursor], name: str) -> Cursor:
    """What a word says. Raises Refused for one that was not given out for this."""
    try:
        told = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        return kind.model_validate_json(told)
    except (ValueError, binascii.Error, ValidationError) as error:
        raise Refused(422, [field(name, word, *of_form("cursor"))]) from error
