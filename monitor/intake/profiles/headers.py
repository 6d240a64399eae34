"""The header of a foreign table: which row it is, and where each column stands that a profile reads."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence

from monitor.intake.profiles.definition import Profile
from monitor.intake.refusals import MOST_COLUMNS, FileRefused, shorten


def plain(name: str) -> str:
    """A header as it is compared: without blanks, line breaks and stars, letters alike."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in text if not letter.isspace() and letter != "*").rstrip(":")


def named(upper: Sequence[str], lower: Sequence[str]) -> list[tuple[str, str]]:
    """The two names of each column of a header in two rows: its lower cell, and the upper one with the lower.

    A cell that is merged across stands above every column up to the next one; one that is merged downwards is the name.
    """
    names, above = [], ""
    for at in range(max(len(upper), len(lower))):
        one, other = (line[at].strip() if at < len(line) else "" for line in (upper, lower))
        above = one or (above if other else "")
        names.append((other or one, above + other))
        above = above if other else ""
    return names


def header(name: str, lines: Sequence[Sequence[str]], profile: Profile) -> tuple[int, list[int | None]]:
    """Place of the header among the first rows, and where each wanted column stands (None: the file lacks it).

    It is the first row that has every needed column, so a title above is passed over. Of a header in two rows it is the
    lower one, and a column goes by either of its names.
    """
    best: tuple[int, int, list[tuple[str, ...]]] = (-1, 0, list(profile.needed()))
    told = profile.file.header_rows[-1] if profile.file.header_rows else None
    if len(profile.file.header_rows) > 1 and told is not None and told <= len(lines):
        lines = [*lines[: told - 1], _either(lines[told - 2], lines[told - 1], profile)]
    for at, line in enumerate(lines):
        if len(line) > MOST_COLUMNS and sum(1 for cell in line if cell.strip()) > MOST_COLUMNS:
            raise FileRefused(name, "wide", f"{len(line):,}")
        if told is not None and at + 1 != told:
            continue
        there = [plain(cell) for cell in line]
        missing = [group for group in profile.needed() if not any(plain(one) in there for one in group)]
        found = sum(plain(one) in there for one in profile.wanted())
        if not missing and (found or not profile.wanted()):
            _no_doubles(name, line, there, profile)
            return at, [there.index(plain(one)) if plain(one) in there else None for one in profile.wanted()]
        if found > best[0] or (best[0] == 0 and sum(map(bool, there)) > sum(map(bool, lines[best[1]]))):
            best = (found, at, missing)
    if not any(any(map(str.strip, line)) for line in lines):
        raise FileRefused(name, "empty")
    raise missing_columns(name, best[2], [cell.strip() for cell in lines[best[1]] if cell.strip()])


def _either(upper: Sequence[str], lower: Sequence[str], profile: Profile) -> list[str]:
    """One name for each column: the whole one where the profile wants that, or where the lower cell stands twice."""
    wanted = {plain(one) for one in profile.wanted()}
    names = named(upper, lower)
    short = [plain(name) for name, _whole in names]
    return [whole if plain(whole) in wanted or short.count(plain(name)) > 1 else name for name, whole in names]


def _no_doubles(name: str, line: Sequence[str], there: list[str], profile: Profile) -> None:
    for one in profile.wanted():
        if there.count(plain(one)) > 1:
            raise FileRefused(name, "double_column", line[there.index(plain(one))].strip())


def missing_columns(name: str, missing: Sequence[tuple[str, ...]], there: Sequence[str]) -> FileRefused:
    """The refusal of a file that lacks columns: which, what is there, and which of these is nearest."""
    told = []
    for group in missing:
        near = difflib.get_close_matches(group[0], there, 1, 0.5)
        told.append(" / ".join(map(repr, group)) + (f" (~ {near[0]!r})" if near else ""))
    code = "no_source_column" if len(told) == 1 else "no_source_columns"
    return FileRefused(name, code, ", ".join(told), shorten(", ".join(dict.fromkeys(there)), 1_000))
