"""Raw rows -> typed rows and refusals, chunk by chunk, column by column; knows no tables of ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from monitor.intake.cells import BAD, KEY_LENGTH, LOST, Cells, converter
from monitor.intake.columns import OWN_KEY, TABLES, Column, Kind
from monitor.intake.delimited import NO_LETTER
from monitor.intake.faulty import FAULT, faulty
from monitor.intake.refusals import FileRefused, Refusal
from monitor.intake.rows import ROWS, Rows
from monitor.intake.secret_projects import Secrets
from monitor.intake.sheets import RawChunk, Sheet
from monitor.intake.spool import MARK, Spooled, marked, said
from rules import packfile
from rules.vocabulary import Pause, Status

CHUNK = 20_000
_KEYS = {"projects": ("project_code",), "cases": ("case_id", "project_code"), "events": ("event_id", "case_id")}
_NEEDS = {Status.EXTENDED: "days", Status.PAPERS_DUE: "days", Status.VOIDED: "voids", Status.CONFIRMED: "confirms"}


@dataclass
class Taken:
    """One chunk taken in: the good rows, the refused ones, and which columns the file has."""

    sheet: Sheet
    rows: Any  # ProjectRows, CaseRows or EventRows, by sheet.table
    present: frozenset[str]
    refusals: list[Refusal]
    numbers: range
    read: int
    _header: list[str] = field(repr=False, default_factory=list)
    _raw: list[list[str]] = field(repr=False, default_factory=list)

    def content(self, row: int) -> dict[str, str]:
        """What a row of the table said, by column."""
        cells = (said(cell).removeprefix(FAULT) for cell in self._raw[row - self.numbers.start])
        return dict(zip(self._header, cells, strict=False))

    def refuse(self, row: int, code: str, column: str = "", value: str = "", /, **params: Any) -> Refusal:
        """A refusal of a row of this chunk."""
        return self.sheet.refusal(row, code, column, value, params)


class Taker:
    """Takes one sheet in. Raises FileRefused at once when its header cannot be used.

    ``packs``: names of packs that a project may give besides the shipped ones.
    """

    def __init__(self, sheet: Sheet, zone: ZoneInfo, secrets: Secrets, packs: frozenset[str] = frozenset()) -> None:
        self.sheet, self.secrets = sheet, secrets
        self.header = _header(sheet)
        spec = {column.name: column for column in TABLES[sheet.table]}
        untold = sheet.source.untold if isinstance(sheet.source, Spooled) else frozenset()
        self.present = frozenset(self.header) - untold
        self.columns = [spec[name] for name in self.header]
        self.absent = [column for name, column in spec.items() if name not in self.header]

        def names() -> frozenset[str]:
            return packs | packfile.shipped().keys()

        self.cells = [converter(c, zone, names if c.name == "pack" else None) for c in self.columns]
        self.kind_at = self.header.index("kind") if "kind" in self.header else None

    def look(self, size: int = CHUNK) -> None:
        """Notes which projects the sheet says to be secret, of all its rows; no other column is looked at."""
        if self.sheet.table != "projects" or self.kind_at is None or self.sheet.once:
            return
        code, kind = self.header.index(OWN_KEY["projects"]), self.kind_at
        for raw in self.sheet.chunks(size):
            rows = [row for row in raw.rows if len(row) > max(code, kind)]
            self.secrets.note_marked([row[code] for row in rows], [row[kind] for row in rows])

    def chunks(self, size: int = CHUNK) -> Iterator[Taken]:
        """The rows, ``size`` at a time."""
        for raw in self.sheet.chunks(size):
            yield self._take(raw)

    def _take(self, raw: RawChunk) -> Taken:
        numbers = range(raw.numbers[0], raw.numbers[0] + len(raw.rows))
        taken = Taken(self.sheet, None, self.present, [], numbers, raw.read, self.header, raw.rows)
        places = self._whole_rows(taken)
        told = list(zip(*(raw.rows[i] for i in places), strict=True)) or [()] * len(self.header)
        row = [numbers[i] for i in places]
        bad = self._secret_rows(told, row, taken)
        bad |= self._objected(row, bad, taken)
        typed: dict[str, list[Any]] = {"row": row}
        for at, (column, cells) in enumerate(zip(self.columns, self.cells, strict=True)):
            self._convert(column, cells, told[at], typed, bad, taken)
        for column in self.absent:
            _fill(column, typed, len(row))
        good = _shape(self.sheet.table, typed)
        if bad:
            good = good.keep([i for i in range(len(row)) if i not in bad])
        taken.rows = self._agreeing(good, taken)
        return taken

    def _whole_rows(self, taken: Taken) -> list[int]:
        """Places of the rows with as many fields as the header has; blank rows are passed over."""
        rows, width = taken._raw, len(self.header)
        key = self.header.index(OWN_KEY[self.sheet.table])
        if set(map(len, rows)) == {width} and all(r[key].strip() for r in rows):
            return list(range(len(rows)))
        places = []
        for i, cells in enumerate(rows):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) == 1 and (found := marked(cells[0])):
                under = found[2].pop("under", "")
                taken.refusals.append(taken.refuse(taken.numbers[i], found[0], under, found[1], **found[2]))
                continue
            if len(cells) > width and not any(cell.strip() and not faulty(cell) for cell in cells[width:]):
                rows[i] = cells = cells[:width]
            if len(cells) == width:
                places.append(i)
            elif self.secrets.tell(cells, of_case=self.sheet.table == "cases"):
                taken.refusals.append(taken.refuse(taken.numbers[i], "secret"))
            else:
                taken.refusals.append(taken.refuse(taken.numbers[i], "fields", n=len(cells), m=width))
        return places

    def _secret_rows(self, told: list[tuple[str, ...]], row: list[int], taken: Taken) -> set[int]:
        """Places of rows of secret projects: they are refused before anything else of them is looked at."""
        at, blank = self.header.index, [""] * len(row)
        if self.sheet.table == "projects":
            kinds = blank if self.kind_at is None else told[self.kind_at]
            found = self.secrets.of_projects(told[at("project_code")], kinds)
        elif self.sheet.table == "cases":
            found = self.secrets.of_cases(told[at("case_id")], told[at("project_code")])
        else:
            found = self.secrets.of_events(told[at("case_id")])
        taken.refusals.extend(taken.refuse(row[i], "secret") for i in found)
        return set(found)

    def _objected(self, row: list[int], secret: set[int], taken: Taken) -> set[int]:
        """Places of rows that the sheet itself refuses; of a secret one nothing more is told."""
        objections = self.sheet.objections(taken.numbers)
        if not objections:
            return set()
        place = {number: i for i, number in enumerate(row)}
        found = [one for one in objections if place.get(one.place) not in {None, *secret}]
        taken.refusals.extend(found)
        return {place[one.place] for one in found}

    def _convert(
        self,
        column: Column,
        cells: Cells,
        told: tuple[str, ...],
        typed: dict[str, list[Any]],
        bad: set[int],
        taken: Taken,
    ) -> None:
        if column.name in _KEYS[self.sheet.table]:
            values = _keys(cells, told)
        else:
            values = [cells[text] for text in told]
        if cells.wrong and BAD in values:
            self._refuse(column, cells, told, values, typed["row"], bad, taken)
        if column.kind is Kind.MOMENT:
            number = "day" if column.name == "occurred_at" else "entered_day"
            typed[number] = values
            values = [text.strip() or None for text in told]
        typed[column.name] = values
        cells.tidy()

    def _refuse(
        self,
        column: Column,
        cells: Cells,
        told: tuple[str, ...],
        values: list[Any],
        row: list[int],
        bad: set[int],
        taken: Taken,
    ) -> None:
        secret = {r.place for r in taken.refusals if r.code == "secret"}
        for i, value in enumerate(values):
            if value is BAD:
                bad.add(i)
                if row[i] not in secret:
                    wrong = cells.wrong[told[i]]
                    text = said(told[i].strip()).removesuffix(LOST).removeprefix(FAULT)
                    taken.refusals.append(taken.refuse(row[i], wrong.code, column.name, text, **wrong.params))

    def _agreeing(self, rows: Any, taken: Taken) -> Any:
        """Drops the rows whose columns contradict one another."""
        wrong: dict[int, tuple[str, str, str]] = {}
        if self.sheet.table == "events":
            for i, status in enumerate(rows.status):
                other = _NEEDS.get(status)
                if other and getattr(rows, other)[i] is None:
                    wrong[i] = ("status", Status(status).word, other)
        elif self.sheet.table == "projects":
            for i, reason in enumerate(rows.end_reason):
                if reason is not None and rows.ended_on[i] is None:
                    wrong[i] = ("end_reason", taken.content(rows.row[i]).get("end_reason", ""), "ended_on")
        if not wrong:
            return rows
        for i, (column, value, other) in wrong.items():
            taken.refusals.append(taken.refuse(rows.row[i], "needs", column, value, other=other))
        return rows.keep([i for i in range(len(rows)) if i not in wrong])


def takers(
    listed: Iterable[Sheet], zone: ZoneInfo, secrets: Secrets, packs: frozenset[str] = frozenset()
) -> list[Taker]:
    """Takers of all tables of one import. Every header is looked at, and which projects are secret is known, before
    the first row is taken: another row of the same project may say what this one does not. Raises as a Taker."""
    made = [Taker(sheet, zone, secrets, packs) for sheet in listed]
    for taker in made:
        taker.look()
    return made


def _header(sheet: Sheet) -> list[str]:
    spec = TABLES[sheet.table]
    columns = ", ".join(column.name for column in spec)
    names = [cell.strip().lower().removeprefix(FAULT) for cell in sheet.header()]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise FileRefused(sheet.file, "no_header", columns=columns)
    known = {column.name for column in spec}
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise FileRefused(sheet.file, "separator")
    for name in names:
        if name not in known:
            raise FileRefused(sheet.file, "unknown_column", repr(name), columns)
        if names.count(name) > 1:
            raise FileRefused(sheet.file, "double_column", name)
    for column in spec:
        if column.required and column.name not in names:
            raise FileRefused(sheet.file, "missing_column", column.name)
    return names


def _keys(cells: Cells, told: tuple[str, ...]) -> list[Any]:
    """Keys are nearly all distinct: looked at together, and one by one only when something is wrong."""
    values = [text.strip() for text in told]
    if values and (not all(values) or max(map(len, values)) > KEY_LENGTH or _odd("".join(values))):
        return [cells[text] for text in told]
    return values


def _odd(text: str) -> bool:
    return any(told in text for told in (LOST, MARK, FAULT, NO_LETTER, "E+", "e+"))  # the last two: shortened numbers


def _fill(column: Column, typed: dict[str, list[Any]], n: int) -> None:
    value: Any = column.blank
    if column.kind in (Kind.KEY, Kind.TEXT):
        value = None if column.name in ("voids", "confirms") else ""
    typed[column.name] = [value] * n
    if column.kind is Kind.MOMENT:
        typed["day" if column.name == "occurred_at" else "entered_day"] = [None] * n


def _shape(table: str, typed: dict[str, list[Any]]) -> Rows:
    if table == "events":
        starts_or_ends = (Status.PROCEDURE_STARTED, Status.PROCEDURE_ENDED)
        both = zip(typed["procedure"], typed["status"], strict=True)
        typed["procedure"] = [int(Pause.OTHER) if p is None and s in starts_or_ends else p for p, s in both]
    return ROWS[table](**typed)
