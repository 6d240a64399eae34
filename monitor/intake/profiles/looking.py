"""A foreign table looked at: where its header is, what each column is likely to be, and what stands in it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

from monitor.codes.secret import is_secret, says_secret
from monitor.intake.delimited import LOOKED_AT
from monitor.intake.faulty import faulty
from monitor.intake.merged import alone
from monitor.intake.profiles.days import iso
from monitor.intake.profiles.definition import ORDERS, Order
from monitor.intake.profiles.headers import named, plain
from monitor.intake.profiles.raw import Grid, is_total
from monitor.intake.profiles.wording import vocabulary
from monitor.intake.secret_projects import SecretList, Secrets
from rules import packfile

ROWS = 5_000  # that are looked at
LIKE = 0.72  # of difflib: from here on two names are taken for the same
LIKE_DAY = 0.8  # the same of days: 审核时间 is as like 审批时间 as 0.75, and another day
SURE, LIKELY = 2, 1
MOSTLY = 0.8
_CODE = "projects.project_code"
_HAPPENED = 0.04  # by which 实际办结日期 goes before 办结日期
_SHORT = 4  # letters of a cell that only says which of two is meant
_ZONE = ZoneInfo("UTC")  # only whether a text is a day is asked, not which


@dataclass
class Seen:
    """One column: its header, what it is taken for (``section.role``), how sure that is, and its filled texts."""

    name: str
    place: int
    role: str = ""
    sure: int = 0
    texts: Counter[str] = field(default_factory=Counter)
    blank: int = 0

    def dated(self, order: Order, serials: bool) -> float:
        """Which part of its texts are days."""
        filled = sum(self.texts.values())
        days = sum(n for text, n in self.texts.items() if iso(text, order, _ZONE, 0, serials))
        return days / filled if filled else 0.0


@dataclass
class Looked:
    """One table. ``header_rows``: from 1, one or two; ``rows``: how many were looked at; ``totals``: texts of rows of
    totals, by column."""

    grid: Grid
    header_rows: tuple[int, ...]
    columns: list[Seen]
    rows: int
    totals: dict[str, list[str]]

    def of(self, role: str) -> Seen | None:
        """The column of a role."""
        return next((column for column in self.columns if column.role == role), None)

    def add(self, other: Looked) -> None:
        """What stands in another sheet of the same layout counts as well."""
        for column in self.columns:
            twin = next(one for one in other.columns if plain(one.name) == plain(column.name))
            column.texts += twin.texts
            column.blank += twin.blank
        self.rows += other.rows
        for name, texts in other.totals.items():
            self.totals.setdefault(name, []).extend(texts)

    @property
    def score(self) -> int:
        """How much of it is recognised."""
        return _score(self.columns)


@cache
def synonyms() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Section -> role -> names of columns, from synonyms.toml."""
    lists = ("words", "guesses", "denials", "apart", "actual", "closing")
    return {of: roles for of, roles in vocabulary().items() if of not in lists}


def look(grid: Grid, secret: SecretList) -> Looked | None:
    """Looks at the first rows; None when there is nothing on it. What speaks of a secret project is not looked at."""
    lines = [alone(line) for line in islice(grid.lines(), ROWS + LOOKED_AT)]
    found: list[tuple[tuple[int, ...], list[Seen]]] = [
        ((at + 1,), [] if _goes_on(lines[at + 1 : at + 2]) else recognised(lines[at]))
        for at in range(min(len(lines), LOOKED_AT))
    ]
    found += [((at, at + 1), recognised(_of_two(lines[at - 1], lines[at]))) for at in range(1, len(found))]
    if not found:
        return None
    header, columns = max(found, key=lambda one: (_score(one[1]), -len(one[0]), -one[0][0]))
    if not any(column.sure for column in columns):
        at = next((n for n, line in enumerate(lines) if sum(bool(cell.strip()) for cell in line) > 1), 0)
        header, columns = (at + 1,), recognised(lines[at])
    looked = Looked(grid, header, columns, 0, {})
    code, case, item = (looked.of(role) for role in ("projects.project_code", "cases.case_id", "cases.item_name"))
    codes, cases = ([column.place] if column else [] for column in (code, case or item))
    width = max((column.place for column in columns), default=-1) + 1
    for line in _open(lines[header[-1] :], columns, secret):
        cells = [*line, *[""] * (width - len(line))]
        filled = [(column, cells[column.place].strip()) for column in columns]
        if not any(text for _, text in filled):
            continue
        totals = [(c.name, text) for c, text in filled if total_of(text) and is_total(cells, c.place, codes, cases)]
        if totals:
            looked.totals.setdefault(totals[0][0], []).append(totals[0][1])
            continue
        looked.rows += 1
        for column, text in filled:
            if not text:
                column.blank += 1
            elif not faulty(text):
                column.texts[text] += 1
    return looked


def total_of(text: str) -> str | None:
    """The pattern of a row of totals that a text fits."""
    return next((p for p in synonyms()["other"]["total"] if fnmatchcase(text.casefold(), p)), None)


def _score(columns: Iterable[Seen]) -> int:
    return sum(column.sure for column in columns)


def _of_two(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The likelier name of each column of a header in two rows; the whole one where the lower cell stands twice."""
    names = named(upper, lower)
    short = [plain(name) for name, _whole in names]

    def likely(name: str) -> float:
        return max((like for _role, like in roles(name)), default=0.0)

    return [whole if short.count(plain(name)) > 1 or likely(whole) > likely(name) else name for name, whole in names]


def _goes_on(below: Sequence[Sequence[str]]) -> bool:
    """Whether the row below a header is its second row: it says which of them is meant, such as 承诺 and 实际."""
    words = (*vocabulary()["apart"], *vocabulary()["actual"])
    cells = [plain(cell) for line in below for cell in line if cell.strip()]
    if any(letter.isdigit() for cell in cells for letter in cell):
        return False
    return any(len(cell) <= _SHORT and any(word in cell for word in words) for cell in cells)


def _open(lines: Sequence[Sequence[str]], columns: Sequence[Seen], listed: SecretList) -> list[Sequence[str]]:
    """The rows that are of no secret project: by its code in any cell, or by a mark in any row with the same code."""

    def cells(line: Sequence[str], role: str) -> list[str]:
        return [line[c.place] for c in columns if c.role == role and c.place < len(line)]

    named = cache(listed.names)
    marks = [c.place for c in columns if c.role == "projects.kind" or speaks_of_secrecy(c.name)]
    secrets, secret = Secrets(), []
    for line in lines:
        marked = any(is_secret(line[place]) for place in marks if place < len(line))
        secret.append(marked or any(map(says_secret, cells(line, "projects.secret"))))
        if secret[-1]:
            secrets.note(cells(line, _CODE))
    told = [(cells(line, _CODE) or [""])[0] for line in lines]
    for n in secrets.of_projects(told, [""] * len(told)):
        secret[n] = True
    return [line for line, one in zip(lines, secret, strict=True) if not one and not (listed and any(map(named, line)))]


def speaks_of_secrecy(name: str) -> bool:
    """Whether a header speaks of secrecy."""
    told = plain(name)
    return any(word in told for word in ("密级", "涉密", "保密", "定密")) or told in ("secret", "secrecy")


def recognised(line: Sequence[str]) -> list[Seen]:
    """The columns of a header with their roles, each role once: the surest, of equally sure ones the first."""
    columns = [Seen(cell.strip(), place) for place, cell in enumerate(line) if cell.strip()]
    if len(columns) < 2:
        return columns
    guesses = [(sure, -n, role, column) for n, column in enumerate(columns) for role, sure in roles(column.name)]
    for sure, _n, role, column in sorted(guesses, key=lambda one: (-one[0], -one[1])):
        if not column.role and not any(other.role == role for other in columns):
            column.role, column.sure = role, SURE if sure >= 1 else LIKELY
    return columns


@cache
def roles(name: str) -> tuple[tuple[str, float], ...]:
    """What a header may be, with how like it is (1: the very name)."""
    told, found = plain(name), {}
    happened = any(word in told for word in vocabulary()["actual"])
    for word in vocabulary()["actual"]:
        told = told.replace(f"({word})", "").replace(word, "")
    for section, listed in synonyms().items():
        for role, names in listed.items():
            if role == "total":
                continue
            like = max(_likeness(told, plain(one)) for one in names)
            if like >= (LIKE_DAY if section == "days" else LIKE):
                found[f"{section}.{role}"] = like + (_HAPPENED if happened else 0)
    return tuple(found.items())


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if _apart(one) != _apart(other):
        return 0.0
    if len(other) >= 4 and (one.startswith(other) or one.endswith(other)):
        return 0.95
    return difflib.SequenceMatcher(None, one, other).ratio()


@cache
def _apart(name: str) -> frozenset[str]:
    return frozenset(word for word in vocabulary()["apart"] if word in name)


def order_of(columns: Iterable[Seen], serials: bool) -> tuple[Order, bool]:
    """In which order the dates are written, and whether that is sure."""
    listed = [column for column in columns if column.role.startswith("days.") or column.role.endswith("_at")]
    days = {order: sum(column.dated(order, serials) for column in listed) for order in ORDERS}
    best = max(ORDERS, key=lambda order: days[order])
    return best, best == "ymd" or days["dmy"] != days["mdy"]


@cache
def _items() -> dict[str, str]:
    return {
        plain(item.name): item.stage.word
        for pack in packfile.shipped().values()
        for item in pack.catalogue.items.values()
    }


def stage_of_item(name: str) -> str | None:
    """The stage of the item of the catalogue that bears this name, or a longer or shorter one; None where several
    stages do."""
    told = plain(name)
    if told in _items():
        return _items()[told]
    found = {stage for item, stage in _items().items() if len(told) >= 4 and (told in item or item in told)}
    return found.pop() if len(found) == 1 else None
