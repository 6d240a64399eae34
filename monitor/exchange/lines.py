"""Rows of the exchange tables on their way into canonical ones: their cells, and by what a person finds them again."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from monitor.exchange.tables import CASES, PROCEDURES, PROJECTS, RECORDS
from monitor.intake import Refusal, Sheet
from monitor.intake.delimited import NO_LETTER, lettered
from monitor.intake.sheets import RawChunk

Foreign = Mapping[str, Any]  # a row of the source, by field


class Objection(NamedTuple):
    """Why a row is refused as it stands: a code of `monitor.intake.refusals`, the canonical column or the source's own,
    what stands there, and values for the text."""

    code: str
    column: str = ""
    value: str = ""
    params: Mapping[str, Any] = {}


SECRET_ROW = Objection("secret")


class Line(NamedTuple):
    """The source's table, the key of its row, the cells of the canonical row."""

    table: str
    key: str
    cells: list[str]
    objection: Objection | None = None


OF_PROJECT = {
    "project_code": "xmdm",
    "coded_on": "sbsj",
    "name": "xmmc",
    "region": "xzqhdm",
    "kind": "lxlx",
    "industry": "gbhy",
    "applicant": "jsdw",
    "credit_code": "jsdwdm",
    "investment": "ztze",
}
WORKS = f"{RECORDS}.gcdm"  # cases have none of their own
OF_CASE = {
    "case_id": "spsxslbm",
    "project_code": WORKS,
    "works_code": WORKS,
    "item_code": "spsxbm",
    "stage": "spsxbm",
    "department": "spbmmc",
    "promised_days": "sxblsx",
    "promised_unit": "sxblsx",
}
OF_RECORD = {
    "event_id": "lsh",
    "case_id": "spsxslbm",
    "status": "blzt",
    "occurred_at": "blsj",
    "office": "blcs",
    "handler": "blr",
    "reason": "blyj",
    "procedure": f"{PROCEDURES}.tbcxmc",
}
OF_PROCEDURE = OF_RECORD | {"occurred_at": "tbcxkssj", "procedure": "tbcxmc", "reason": "tbcxmc"}
SOURCE_COLUMNS = {PROJECTS: OF_PROJECT, CASES: OF_CASE, RECORDS: OF_RECORD, PROCEDURES: OF_PROCEDURE}


SHORT = 64  # characters or bytes of a text that is remembered


def readable(raw: bytes) -> str:
    """A text in UTF-8. Another is shown as far as can be, with what no column takes: nobody knows what was meant."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return raw.decode("gb18030") + NO_LETTER
        except UnicodeDecodeError:
            return raw.decode("utf-8", "replace").replace("\ufffd", NO_LETTER)


def text(value: Any) -> str:
    """A value of any driver as a file would say it: ISO dates, whole numbers without a point, no NUL."""
    if isinstance(value, (str, bytes)):
        return _short(value) if len(value) < SHORT else _said(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value.is_finite() else str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _said(value: str | bytes) -> str:
    if isinstance(value, bytes):
        if value in (b"\0", b"\1"):  # a single bit, as some drivers give it
            return str(value[0])
        value = readable(value)
    return lettered(value.replace("\x00", "")).strip()


_short = lru_cache(maxsize=1 << 14)(_said)  # keys are asked for again and again while their row is read


def moment(value: Any, zone: ZoneInfo | None = None) -> str:
    """A date or moment in one way of writing, whatever the database; midnight is a day without a time, as in workbooks.
    ``zone``: of a moment without an offset (None: the office's). What is none stays as it was told."""
    told = text(value)
    if len(told) <= len("2026-03-02"):
        return told
    try:
        at = dt.datetime.fromisoformat(told)
    except ValueError:
        return told
    if not at.tzinfo and zone is not None:
        at = at.replace(tzinfo=zone)
    return at.isoformat() if at.tzinfo or at.time() != dt.time() else at.date().isoformat()


def earliest_first(value: Any, zone: ZoneInfo | None = None) -> tuple[int, str]:
    """Puts days and moments in order, however each is written: what is none comes after them, and blanks last."""
    told = moment(value, zone)
    try:
        at = dt.datetime.fromisoformat(told)
    except ValueError:
        return (1, told) if told else (2, "")
    return 0, (at.astimezone(dt.UTC).replace(tzinfo=None) if at.tzinfo else at).isoformat()


@dataclass(frozen=True)
class Mapped(Sheet):
    """A canonical table made of foreign rows; a refusal names their table, their key and their column. Its rows are
    read once."""

    once: ClassVar[bool] = True
    names: tuple[str, ...] = ()
    lines: Callable[[], Iterable[Line]] = field(default=tuple, repr=False)
    words: Mapping[str, str] = field(
        default_factory=dict
    )  # what may stand in a canonical column, in the source's words
    _now: dict[int, Line] = field(default_factory=dict, repr=False)

    def header(self) -> list[str]:
        return list(self.names)

    def chunks(self, size: int, *, header: bool = False) -> Iterator[RawChunk]:
        lines, number = iter(self.lines()), 2
        while some := list(islice(lines, size)):
            self._now.clear()
            self._now.update(enumerate(some, number))
            yield RawChunk(range(number, number + len(some)), [line.cells for line in some], 0)
            number += len(some)

    def objections(self, numbers: range) -> list[Refusal]:
        told = ((row, self._now[row].objection) for row in numbers)
        return [self.refusal(row, one.code, one.column, one.value, dict(one.params)) for row, one in told if one]

    def refusal(self, row: int, code: str, column: str, value: str, params: dict[str, Any]) -> Refusal:
        table, key, cells, _objection = self._now[row]
        told = SOURCE_COLUMNS[table]
        digest = hashlib.sha256("\0".join((table, key, *cells)).encode("utf-8", "replace")).hexdigest()
        params = {name: told.get(v, v) if name in ("column", "other") else v for name, v in params.items()}
        if code == "word" and column in self.words:
            params["words"] = self.words[column]
        if code == "secret":
            key = ""
        return Refusal(table, digest, row, code, told.get(column, column), value, params, key, row)
