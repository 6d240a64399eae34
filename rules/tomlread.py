"""Reading a TOML table strictly: each getter says file, key, value and what is allowed when it refuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any, TypeVar

from rules.errors import PackError, RuleError

W = TypeVar("W", bound=IntEnum)
_NONE: Any = object()
MOST_DAYS = 3660  # ten years: a longer limit is a slip of the pen


class Table:
    """One table of a TOML file, with the path of keys that leads to it."""

    def __init__(self, file: str, raw: dict[str, Any], path: str = "", *, error: type[RuleError] = PackError) -> None:
        self.file, self.raw, self.path, self.error = file, raw, path, error

    def __contains__(self, key: str) -> bool:
        return key in self.raw

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, value: object, allowed: str) -> RuleError:
        return self.error(self.file, self.at(key), value, allowed)

    def only(self, *keys: str) -> None:
        """Refuses any key that is not named."""
        for key in self.raw:
            if key not in keys:
                raise self.wrong(key, self.raw[key], f"a known key: {', '.join(keys)}")

    def get(self, key: str, default: Any = _NONE) -> Any:
        if key in self.raw:
            return self.raw[key]
        if default is _NONE:
            raise self.wrong(key, None, "required")
        return default

    def text(self, key: str, default: Any = _NONE) -> str:
        value = self.get(key, default)
        if not isinstance(value, str) or (default is _NONE and not value.strip()):
            raise self.wrong(key, value, "a text")
        return value

    def texts(self, key: str, default: Any = _NONE) -> tuple[str, ...]:
        value = self.get(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self.wrong(key, value, "a list of texts")
        return tuple(value)

    def flag(self, key: str) -> bool:
        value = self.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(key, value, "true or false")
        return value

    def whole(self, key: str) -> int:
        value = self.get(key)
        if type(value) is not int or not 0 <= value <= MOST_DAYS:
            raise self.wrong(key, value, f"a whole number of days, 0 to {MOST_DAYS}")
        return value

    def date(self, key: str) -> dt.date:
        value = self.get(key)
        if type(value) is not dt.date:
            raise self.wrong(key, value, "a date such as 2020-01-01, without quotes")
        return value

    def one_of(self, key: str, allowed: Sequence[str]) -> str:
        value = self.get(key)
        if value not in allowed:
            raise self.wrong(key, value, f"one of {', '.join(allowed)}")
        return str(value)

    def choices(self, key: str, allowed: Sequence[str]) -> tuple[str, ...]:
        values = self.texts(key)
        for value in values:
            if value not in allowed:
                raise self.wrong(key, value, f"among {', '.join(allowed)}")
        return values

    def word(self, key: str, words: type[W], default: W | None = None) -> W:
        if default is not None and key not in self.raw:
            return default
        return self._word(key, self.text(key), words)

    def words(self, key: str, words: type[W], least: int = 0) -> tuple[W, ...]:
        values = self.texts(key)
        if len(values) < least:
            raise self.wrong(key, list(values), f"at least {least} of {', '.join(w.name.lower() for w in words)}")
        return tuple(self._word(key, value, words) for value in values)

    def _word(self, key: str, value: str, words: type[W]) -> W:
        known = {w.name.lower(): w for w in words}
        if value not in known:
            raise self.wrong(key, value, f"one of {', '.join(known)}")
        return known[value]

    def table(self, key: str) -> Table:
        value = self.get(key)
        if not isinstance(value, dict):
            raise self.wrong(key, value, "a table")
        return Table(self.file, value, self.at(key), error=self.error)

    def tables(self, key: str, least: int = 0) -> list[Table]:
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value) or len(value) < least:
            raise self.wrong(key, value, f"a list of tables, at least {least}")
        return [Table(self.file, v, f"{self.at(key)}[{n}]", error=self.error) for n, v in enumerate(_plain(value))]


def _plain(values: Iterable[Any]) -> list[dict[str, Any]]:
    return list(values)
