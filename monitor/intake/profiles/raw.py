"""Foreign files as raw rows: the texts of the columns that a profile reads, with the number of each row.

A row is numbered as a person sees it: the first row of a sheet or a CSV file is 1; in XES it is the event's number.
"""

from __future__ import annotations

import csv
import difflib
import io
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Any, Protocol, cast

from monitor.intake.charset import ENCODINGS, Opener
from monitor.intake.files import (
    archive_members,
    book_sheets,
    counts_from_1900,
    open_workbook,
    read_through,
    reading_workbook,
)
from monitor.intake.profiles.definition import FileForm, Profile
from monitor.intake.refusals import MOST_COLUMNS, FileRefused, shorten
from monitor.intake.sheets import as_text
from monitor.intake.spool import MARK, mark
from monitor.text import N_

LOOKED_AT = 50  # rows among which the header is
TEXTS, BOOKS, ZIPS = (".csv", ".txt", ".tsv"), (".xlsx", ".xlsm"), (".zip",)
SEPARATORS = ",;\t|"

Row = tuple[int, tuple[str, ...] | str]  # a text in place of the cells is a mark: why the row cannot be read
Lines = Callable[[], Iterator[Sequence[str]]]


class Source(Protocol):
    """One table of raw rows. ``serials``: a bare number in it may be a count of days since 1900. ``present``: which of
    the wanted columns it has, known once rows were read."""

    name: str
    sha256: str
    size: int
    encoding: str
    serials: bool
    present: frozenset[str]

    def rows(self, profile: Profile) -> Iterator[Row]:
        """Number and texts of each row, the texts in the order of ``profile.wanted()``."""
        ...


@dataclass
class Grid:
    """A CSV file or one sheet of a workbook."""

    name: str
    sha256: str
    size: int
    encoding: str
    lines: Lines = field(repr=False)
    may_be_blank: bool = False  # a new workbook has blank sheets that nobody means
    serials: bool = False  # a bare number may be a count of days
    present: frozenset[str] = frozenset()

    def rows(self, profile: Profile) -> Iterator[Row]:
        """The rows below the header; raises FileRefused when a column is missing."""
        lines = enumerate(self.lines(), 1)
        first = list(islice(lines, LOOKED_AT if profile.file.header_row is None else profile.file.header_row))
        if self.may_be_blank and not any(any(map(str.strip, line)) for _, line in first):
            return
        at, places = header(self.name, [line for _, line in first], profile)
        names = [line for _, line in first][at]
        width = max(n for n, name in enumerate(names, 1) if name.strip())
        wanted = profile.wanted()
        self.present = frozenset(one for one, place in zip(wanted, places, strict=True) if place is not None)
        down = [wanted.index(name) for name in profile.file.fill_down]
        passed_over = skipping(profile)
        above = [""] * len(wanted)
        get = itemgetter(*(width if place is None else place for place in places), width)
        for number, line in chain(first[at + 1 :], lines):
            if not any(map(str.strip, line)):
                continue
            cells = get([*line[:width], *[""] * (width - len(line)), ""])[:-1]
            said = "".join(cells)
            if "\x00" in said:
                raise FileRefused(self.name, "not_csv", N_("binary data"))
            if MARK in said:
                cells = tuple(cell.replace(MARK, "\ufffd") for cell in cells)
            if passed_over and passed_over(cells):
                continue
            # In a workbook no cell can slip into another column, and notes stand beside the table.
            if self.encoding != "xlsx" and (len(line) < width or any(map(str.strip, line[width:]))):
                yield number, mark("fields", "", n=len(line), m=width)
                continue
            if down:
                for i in down:
                    above[i] = cells[i] if cells[i].strip() else above[i]
                cells = tuple(above[i] if i in down else cell for i, cell in enumerate(cells))
            yield number, cells


def skipping(profile: Profile) -> Callable[[Sequence[str]], bool] | None:
    """Tells whether the profile passes a row over, such as totals; None: it never does."""
    if not profile.file.skip:
        return None
    wanted = profile.wanted()
    skips = [(wanted.index(name), [p.casefold() for p in told]) for name, told in profile.file.skip.items()]
    return lambda cells: any(any(fnmatchcase(cells[i].strip().casefold(), p) for p in told) for i, told in skips)


def plain(name: str) -> str:
    """A header as it is compared: without blanks, line breaks and stars, letters alike."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in text if not letter.isspace() and letter != "*").rstrip(":")


def header(name: str, lines: Sequence[Sequence[str]], profile: Profile) -> tuple[int, list[int | None]]:
    """Place of the header among the first rows, and where each wanted column stands (None: the file lacks it).

    It is the first row that has every needed column, so a title above is passed over.
    """
    best: tuple[int, int, list[tuple[str, ...]]] = (-1, 0, list(profile.needed()))
    told = profile.file.header_row
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


def sources(paths: Iterable[Path], form: FileForm) -> tuple[list[Grid], list[str]]:
    """The tables under paths (folders, zips, workbooks, texts), and what was passed over.

    Raises FileRefused for what cannot be read or is of no such kind.
    """
    found: list[Grid] = []
    ignored: list[str] = []
    for path in paths:
        kind = path.suffix.lower()
        if not path.exists():
            raise FileRefused(str(path), "missing")
        if path.is_dir():
            inside = [file for file in sorted(path.iterdir()) if file.suffix.lower() in (*TEXTS, *BOOKS)]
            if not inside:
                raise FileRefused(str(path), "kind", columns=", ".join((*TEXTS, *BOOKS)))
            more = sources(inside, form)
            found += more[0]
            ignored += more[1]
        elif kind in ZIPS:
            _zipped(path, form, found, ignored)
        elif kind in BOOKS:
            _sheets(path, form, found, ignored)
        elif kind in TEXTS:
            found.append(_text(str(path), lambda path=path: path.open("rb"), form))  # type: ignore[misc]
        else:
            raise FileRefused(str(path), "kind", columns=", ".join((*TEXTS, *BOOKS, *ZIPS)))
    return found, ignored


def _zipped(path: Path, form: FileForm, found: list[Grid], ignored: list[str]) -> None:
    before = len(found)
    for name, base, opener in archive_members(path):
        if PurePosixPath(base.lower()).suffix in TEXTS:
            found.append(_text(name, opener, form))
        else:
            ignored.append(name)
    if len(found) == before:
        raise FileRefused(str(path), "kind", columns=", ".join(TEXTS))


def _text(name: str, opener: Opener, form: FileForm) -> Grid:
    told = "utf-8-sig" if form.encoding == "utf-8" else form.encoding
    encodings = (told,) if told else ENCODINGS
    read = read_through(name, opener, encodings)
    encoding = read.encoding

    def lines() -> Iterator[Sequence[str]]:
        separator = form.separator or _separator(opener, encoding)
        with opener() as binary, io.TextIOWrapper(binary, encoding, newline="") as text:
            reader = csv.reader(text, delimiter=separator, strict=True)
            try:
                yield from reader
            except csv.Error as error:
                raise FileRefused(name, "quotes", str(reader.line_num)) from error
            except UnicodeDecodeError as error:
                raise FileRefused(name, "changed") from error

    return Grid(name, read.sha256, read.size, encoding.removesuffix("-sig"), lines)


def _separator(opener: Opener, encoding: str) -> str:
    """The mark that stands most often in the row with the most of it, among the first."""
    with opener() as binary, io.TextIOWrapper(binary, encoding, newline="") as text:
        start = text.read(1 << 16).splitlines()[:LOOKED_AT]
    counts = {mark: max((line.count(mark) for line in start), default=0) for mark in SEPARATORS}
    return max(SEPARATORS, key=lambda mark: counts[mark])


def _sheets(path: Path, form: FileForm, found: list[Grid], ignored: list[str]) -> None:
    sha256, size, names = book_sheets(path)
    meant = [name for name in names if not form.sheets or any(fnmatchcase(name.strip(), p) for p in form.sheets)]
    if not meant:
        raise FileRefused(str(path), "no_sheet", ", ".join(form.sheets), ", ".join(names))
    ignored += [f"{path}/{name}" for name in names if name not in meant]
    blank, serials = not form.sheets, counts_from_1900(path)
    for name in meant:
        lines = _sheet_lines(path, name)
        found.append(Grid(f"{path}/{name}", sha256, size // len(meant), "xlsx", lines, blank, serials=serials))


def _sheet_lines(path: Path, name: str) -> Lines:
    def lines() -> Iterator[Sequence[str]]:
        with reading_workbook(f"{path}/{name}"):
            sheet = open_workbook(path).get_sheet_by_name(name)
            for row in cast(Iterator[list[Any]], sheet.iter_rows()):
                yield [as_text(cell) for cell in row]

    return lines
