"""Reading a TOML table strictly: each getter says file, key, value and what is allowed when it refuses.

`Table` raises at the first refusal; `Gathering` goes on and keeps them all, for one who mends a file.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from functools import partial
from typing import Any, TypeVar

from rules.errors import PackError, RuleError
from rules.workdays import FIRST

W = TypeVar("W", bound=IntEnum)
R = TypeVar("R")
_NONE: Any = object()
LATEST = dt.date(2099, 12, 31)  # a later day is a slip of the pen; before FIRST no calendar counts
MOST_DAYS = 3660  # ten years: a longer limit is a slip of the pen


def parsed(text: str) -> dict[str, Any]:
    """What a TOML text says. Raises TOMLDecodeError, of one that nests too deeply or has too long a number as well."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except (RecursionError, ValueError) as error:
        raise tomllib.TOMLDecodeError(str(error)) from error


class Table:
    """One table of a TOML file, with the path of keys that leads to it."""

    def __init__(self, file: str, raw: dict[str, Any], path: str = "", *, error: type[RuleError] = PackError) -> None:
        self.file, self.raw, self.path, self.error = file, raw, path, error
        self.problems: list[RuleError] = []  # those that did not end the reading

    def __contains__(self, key: str) -> bool:
        return key in self.raw

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, value: object, allowed: str) -> RuleError:
        return self.error(self.file, self.at(key), value, allowed)

    def refuse(self, key: str, value: object, allowed: str) -> None:
        """Says what cannot be where the keys by themselves are right."""
        raise self.wrong(key, value, allowed)

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
        if not FIRST <= value <= LATEST:
            raise self.wrong(key, value.isoformat(), f"a day from {FIRST} to {LATEST}")
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
        return self._below(value, self.at(key))

    def tables(self, key: str, least: int = 0) -> list[Table]:
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value) or len(value) < least:
            raise self.wrong(key, value, f"a list of tables, at least {least}")
        return [self._below(v, f"{self.at(key)}[{n}]") for n, v in enumerate(_plain(value))]

    def versions(self, key: str) -> list[Table]:
        """One table, or a list of at least one: the versions of something that changes with time."""
        value = self.get(key)
        if isinstance(value, list) and value:
            return self.tables(key)
        if not isinstance(value, dict):
            raise self.wrong(key, value, "a table, or a list of tables, one for each version")
        return [self._below(value, self.at(key))]

    def _below(self, raw: dict[str, Any], path: str) -> Table:
        return Table(self.file, raw, path, error=self.error)


class Gathering(Table):
    """A table that keeps every refusal in ``problems`` and gives something harmless in the place of what it refused.

    What it gives then is of no use but to read on; nothing may be judged by it.
    """

    _blank = False  # a table that is not there: its keys are not asked for one by one
    _within = False  # inside a getter, whose own refusal is the one to keep

    def refuse(self, key: str, value: object, allowed: str) -> None:
        self.problems.append(self.wrong(key, value, allowed))

    def only(self, *keys: str) -> None:
        for key, value in self.raw.items():
            one = Table(self.file, {key: value}, self.path, error=self.error)
            self._try(partial(one.only, *keys), None)

    def text(self, key: str, default: Any = _NONE) -> str:
        return self._try(lambda: Table.text(self, key, default), "")

    def texts(self, key: str, default: Any = _NONE) -> tuple[str, ...]:
        return self._try(lambda: Table.texts(self, key, default), ())

    def flag(self, key: str) -> bool:
        return self._try(lambda: Table.flag(self, key), False)

    def whole(self, key: str) -> int:
        return self._try(lambda: Table.whole(self, key), 0)

    def date(self, key: str) -> dt.date:
        return self._try(lambda: Table.date(self, key), dt.date.max)

    def one_of(self, key: str, allowed: Sequence[str]) -> str:
        return self._try(lambda: Table.one_of(self, key, allowed), allowed[0])

    def choices(self, key: str, allowed: Sequence[str]) -> tuple[str, ...]:
        return self._try(lambda: Table.choices(self, key, allowed), ())

    def word(self, key: str, words: type[W], default: W | None = None) -> W:
        return self._try(lambda: Table.word(self, key, words, default), next(iter(words)))

    def words(self, key: str, words: type[W], least: int = 0) -> tuple[W, ...]:
        return self._try(lambda: Table.words(self, key, words, least), ())

    def table(self, key: str) -> Table:
        missing: Table = self._missing(key)
        return self._try(lambda: Table.table(self, key), missing)

    def tables(self, key: str, least: int = 0) -> list[Table]:
        return self._try(lambda: Table.tables(self, key, least), [])

    def versions(self, key: str) -> list[Table]:
        return self._try(lambda: Table.versions(self, key), [])

    def _below(self, raw: dict[str, Any], path: str) -> Table:
        found = Gathering(self.file, raw, path, error=self.error)
        found.problems = self.problems
        return found

    def _missing(self, key: str) -> Gathering:
        found = Gathering(self.file, {}, self.at(key), error=self.error)
        found._blank = True
        return found

    def _try(self, getter: Callable[[], R], instead: R) -> R:
        if self._blank:
            return instead
        if self._within:
            return getter()
        self._within = True
        try:
            return getter()
        except self.error as error:
            self.problems.append(error)
            return instead
        finally:
            self._within = False


def _plain(values: Iterable[Any]) -> list[dict[str, Any]]:
    return list(values)
