"""What is wrong with a pack, a notice or a log, said so that a person can mend it."""

from __future__ import annotations


class RuleError(Exception):
    """Base of all errors of this package.

    ``where`` names the file (or table), ``key`` the key (or column and row), ``value`` what stood
    there and ``allowed`` what may stand there. ``str(error)`` is one line with all four.
    """

    def __init__(self, where: str, key: str, value: object, allowed: str) -> None:
        self.where, self.key, self.value, self.allowed = where, key, value, allowed
        super().__init__(f"{where}: {key}: {value!r}; {allowed}")


class PackError(RuleError):
    """A rule pack or a catalogue that cannot be used."""


class CalendarError(RuleError):
    """A notice that contradicts itself, or a day outside of what a calendar spans."""


class LogError(RuleError):
    """An event log whose columns have the wrong shape or point at nothing."""
