"""Dates as people write them -> ISO dates and moments, or nothing. What could mean two days is not guessed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from zoneinfo import ZoneInfo

from monitor.intake.profiles.definition import Order

_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_CLOCK = r"(\d{1,2})(?:[:时点](\d{1,2})(?:[:分](\d{1,2})(?:[.,]\d{1,9})?秒?|分)?|[时点])"
_TIME = rf"(?:[T ]*(上午|下午|晚上)?\s*{_CLOCK}\s*(AM|PM)?)?"
_ZONE = r"\s*(Z|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*([-/.月])\s*(\d{1,2})\s*日?" + _TIME + _ZONE, re.IGNORECASE
)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + _TIME, re.IGNORECASE)
_NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ,]+(\d{4}|\d{2})" + _TIME, re.IGNORECASE)
_PLAIN = re.compile(r"(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_EPOCH = dt.datetime(1899, 12, 30)  # day 0 of a workbook
SERIALS = range(32_874, 73_051)  # 1990-01-01 to 2099-12-31; any other number is no day
_CENTURY = 90  # years 90-99 of two digits are 1990-1999, the others 2000-2089


def is_count(text: str) -> bool:
    """Whether a text is a bare number that a workbook may mean as a count of days."""
    text = unicodedata.normalize("NFKC", text).strip()
    return _SERIAL.fullmatch(text) is not None and int(float(text)) in SERIALS


def iso(
    text: str, order: Order, zone: ZoneInfo, move: int, serials: bool, told_in: ZoneInfo | None = None
) -> str | None:
    """The date, or the moment with its time in ``zone``, moved by ``move`` days; None: no day, or it could be two.

    A moment belongs to its date in ``zone``, whatever its offset; one without an offset is of ``told_in`` (without it:
    of ``zone`` itself). A date without a time is that date. ``serials``: a bare number is a workbook's count of days.
    Raises nothing.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    try:
        found = _moment(text, order, serials)
        if found is None:
            return None
        moment, timed = found
        if moment.tzinfo is not None:
            moment = moment.astimezone(zone).replace(tzinfo=None)
        elif timed and told_in is not None and told_in != zone:
            moment = moment.replace(tzinfo=told_in).astimezone(zone).replace(tzinfo=None)
        moment += dt.timedelta(move)
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="seconds") if timed else moment.date().isoformat()


def _moment(text: str, order: Order, serials: bool) -> tuple[dt.datetime, bool] | None:
    if match := _YEAR_FIRST.fullmatch(text):
        if (match[2] == "年") != (match[4] == "月") or (match[2] != "年" and match[2] != match[4]):
            return None
        return _timed((match[1], match[3], match[5]), match.groups()[5:10], match[11])
    if match := _NAMED.fullmatch(text):
        month = _MONTHS.get(match[2].lower())
        year = int(match[3]) + (0 if len(match[3]) == 4 else 1900 if int(match[3]) >= _CENTURY else 2000)
        return _timed((year, month, match[1]), match.groups()[3:8], None) if month else None
    if match := _YEAR_LAST.fullmatch(text):
        if order == "ymd":
            return None
        day, month_told = (match[1], match[3]) if order == "dmy" else (match[3], match[1])
        return _timed((match[4], month_told, day), match.groups()[4:9], None)
    if match := _PLAIN.fullmatch(text):
        return _timed((match[1], match[2], match[3]), (None, match[4], match[5], match[6], None), None)
    if serials and is_count(text):
        # To the millisecond as a workbook means it, and then cut off as of its dates: 23:59:59.997 is of its own day.
        seconds = round(float(text) * 86_400_000) // 1_000
        return _EPOCH + dt.timedelta(seconds=seconds), bool(seconds % 86_400)
    return None


def _timed(
    day: tuple[str | int, str | int, str | int], time: tuple[str | None, ...], offset: str | None
) -> tuple[dt.datetime, bool] | None:
    half, hour, minute, second, english = time
    year, month, number = map(int, day)
    date = dt.datetime(year, month, number)
    if hour is None:
        return None if offset else (date, False)
    told = int(hour)
    if half in ("下午", "晚上") or (english or "").upper() == "PM":
        told = told if told >= 12 else told + 12
    elif (english or "").upper() == "AM" and told == 12:
        told = 0
    moment = date.replace(hour=told, minute=int(minute or 0), second=int(second or 0))
    if offset:
        moment = dt.datetime.fromisoformat(moment.isoformat() + offset)
    return moment, True
