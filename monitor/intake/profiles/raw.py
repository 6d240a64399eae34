"""Foreign files as raw rows: the texts of the columns that a profile reads, with the number of each row.

A row is numbered as a person sees it: the first row of a sheet or a CSV file is 1; in XES it is the event's number.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Protocol

from monitor.intake import formulas
from monitor.intake.charset import ENCODINGS
from monitor.intake.delimited import LOOKED_AT, Opener, lettered, separator, unreadable
from monitor.intake.files import (
    archive_members,
    counts_from_1900,
    look_through,
    read_through,
)
from monitor.intake.merged import Merged, alone, shown
from monitor.intake.profiles.definition import FileForm, Profile
from monitor.intake.profiles.headers import header, named
from monitor.intake.refusals import FileRefused
from monitor.intake.sheets import sheet_rows
from monitor.intake.spool import mark

TEXTS, BOOKS, ZIPS = (".csv", ".txt", ".tsv"), (".xlsx", ".xlsm"), (".zip",)

Row = tuple[int, tuple[str, ...] | str]  # a text in place of the cells is a mark: why the row cannot be read
Lines = Callable[[], Iterator[Sequence[str]]]


class Source(Protocol):
    """One table of raw rows. ``serials``: a bare number in it may be a count of days since 1900. Known once rows were
    read: ``present``, which of the wanted columns it has, and ``passed_over``, how many rows the profile passes over.
    """

    name: str
    sha256: str
    size: int
    encoding: str
    serials: bool
    present: frozenset[str]
    passed_over: int

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
    hidden: bool = False  # a sheet that nobody sees
    merged: Merged = field(default_factory=Merged, repr=False)
    present: frozenset[str] = frozenset()
    passed_over: int = 0

    @property
    def sheet(self) -> str:
        """The name of the sheet of a workbook."""
        return self.name.rpartition("/")[2]

    def rows(self, profile: Profile) -> Iterator[Row]:
        """The rows below the header; raises FileRefused when a column is missing."""
        lines = enumerate(self.lines(), 1)
        self.passed_over = 0
        first = list(islice(lines, profile.file.header_rows[-1] if profile.file.header_rows else LOOKED_AT))
        heads = [alone(line) for _, line in first]
        if self.may_be_blank and not any(any(map(str.strip, line)) for line in heads):
            return
        at, places = header(self.name, heads, profile)
        names = heads[at]
        if len(profile.file.header_rows) > 1:
            names = [whole for _name, whole in named(heads[at - 1], names)]
        width = max(n for n, name in enumerate(names, 1) if name.strip())
        wanted = profile.wanted()
        self.present = frozenset(one for one, place in zip(wanted, places, strict=True) if place is not None)
        columns = self.merged.columns(first[at][0])
        merged = {one for one, place in zip(wanted, places, strict=True) if place in columns}
        filled_down = FilledDown(profile, merged) if profile.file.fill_down else None
        passed_over = skipping(profile)
        get = itemgetter(*(width if place is None else place for place in places), width)
        for number, line in chain(first[at + 1 :], lines):
            if not any(map(str.strip, alone(line) if self.merged.there else line)):
                continue
            cells = get([*line[:width], *[""] * (width - len(line)), ""])[:-1]
            if self.encoding != "xlsx" and lettered(said := "".join(cells)) != said:
                cells = tuple(map(lettered, cells))
            as_meant = shown(cells) if self.merged.there else cells
            # A total stands below cells that are merged over its row too; a row is crossed out by one merged over it.
            if passed_over and (passed_over(as_meant) or (self.merged.there and passed_over(alone(cells)))):
                self.passed_over += 1
                continue
            # In a workbook no cell can slip into another column, and notes stand beside the table.
            if self.encoding != "xlsx" and (len(line) < width or any(map(str.strip, line[width:]))):
                yield number, mark("fields", "", n=len(line), m=width)
                continue
            yield number, filled_down(as_meant) if filled_down else as_meant


class FilledDown:
    """Takes what stands above for blank cells, as merged cells mean it. What a row says of its project is taken only
    from a row of the same project: where the code is blank too, or is the same again. A column with ``merged`` cells
    says itself what is meant."""

    def __init__(self, profile: Profile, merged: Container[str]) -> None:
        wanted = profile.wanted()
        self._down = frozenset(wanted.index(name) for name in profile.file.fill_down if name not in merged)
        self._code = [wanted.index(name) for name in profile.of_code]
        told = {name for one in profile.projects.values() for name in one.columns}
        self._of_project = frozenset(wanted.index(name) for name in told if name not in profile.of_code) & self._down
        self._above = [""] * len(wanted)

    def __call__(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The cells of the next row of the file with what is meant in place of the blank ones."""
        above = self._above
        if any(cells[i].strip() and cells[i].strip() != above[i].strip() for i in self._code):
            for i in self._of_project:
                above[i] = ""
        for i in self._down.union(self._code):
            if cells[i].strip():
                above[i] = cells[i]
        return tuple(above[i] if i in self._down else cell for i, cell in enumerate(cells))


def skipping(profile: Profile) -> Callable[[Sequence[str]], bool] | None:
    """Tells whether the profile passes a row over, such as totals; None: it never does."""
    skips, totals = (_fitting(told, profile) for told in (profile.file.skip, profile.file.totals))
    if not skips and not totals:
        return None
    wanted = profile.wanted()
    codes, cases = ([wanted.index(name) for name in told] for told in (profile.of_code, profile.of_case))

    def passed_over(cells: Sequence[str]) -> bool:
        if any(_fits(cells[i], told) for i, told in skips):
            return True
        return any(_fits(cells[i], told) and is_total(cells, i, codes, cases) for i, told in totals)

    return passed_over


def is_total(cells: Sequence[str], at: int, codes: Sequence[int], cases: Sequence[int]) -> bool:
    """Whether a row in which a total stands ``at`` a place can be one of totals: no project is named in it (``codes``:
    places of the codes) and no case. Where the total stands for the code, a number under the cases counts them."""
    if any(cells[i].strip() for i in codes if i != at):
        return False
    beside = [text for i in cases if i != at and (text := cells[i].strip())]
    return not beside or (at in codes and all(map(str.isdecimal, beside)))


def _fitting(told: Mapping[str, Sequence[str]], profile: Profile) -> list[tuple[int, list[str]]]:
    wanted = profile.wanted()
    return [(wanted.index(name), [pattern.casefold() for pattern in patterns]) for name, patterns in told.items()]


def _fits(cell: str, patterns: Sequence[str]) -> bool:
    text = cell.strip().casefold()
    return any(fnmatchcase(text, pattern) for pattern in patterns)


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
        mark = form.separator or separator(opener, encoding)
        with opener() as binary, io.TextIOWrapper(binary, encoding, newline="") as text:
            reader = csv.reader(text, delimiter=mark, strict=True)
            try:
                yield from (list(map(formulas.shown, line)) for line in reader) if read.odd else reader
            except csv.Error as error:
                raise FileRefused(name, "quotes", spot=unreadable(opener, encoding, mark)) from error
            except UnicodeDecodeError as error:
                raise FileRefused(name, "changed") from error

    return Grid(name, read.sha256, read.size, encoding.removesuffix("-sig"), lines)


def _sheets(path: Path, form: FileForm, found: list[Grid], ignored: list[str]) -> None:
    book = look_through(path)
    names = book.sheets
    meant = [name for name in names if not form.sheets or any(fnmatchcase(name.strip(), p) for p in form.sheets)]
    if not meant:
        raise FileRefused(str(path), "no_sheet", ", ".join(form.sheets), ", ".join(names))
    ignored += [f"{path}/{name}" for name in names if name not in meant]
    blank, serials = not form.sheets, counts_from_1900(path)
    for name in meant:
        merged = Merged()
        lines = partial(sheet_rows, f"{path}/{name}", path, name, book.faults.get(name), merged)
        size = book.size // len(meant)
        hidden = name in book.hidden
        found.append(Grid(f"{path}/{name}", book.sha256, size, "xlsx", lines, blank, serials, hidden, merged))
