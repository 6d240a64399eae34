"""Rows of the exchange tables as rows of the canonical tables, which are then taken in like those of any file."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby, islice
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from monitor.codes.secret import is_secret
from monitor.exchange.portions import Page, Queries
from monitor.exchange.procedures import Procedure, Step, paired
from monitor.exchange.tables import CASES, PROCEDURES, PROJECTS, RECORDS
from monitor.exchange.terms import ExchangeProfile, catalogue_stages
from monitor.intake import Refusal, Secrets, Sheet
from monitor.intake.delimited import lettered
from monitor.intake.sheets import RawChunk
from rules.vocabulary import Status

Line = tuple[str, str, list[str]]  # the source's table, the key of its row, the cells of the canonical row
Foreign = Mapping[str, Any]

_OF_PROJECT = {
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
_WORKS = f"{RECORDS}.gcdm"  # cases have none of their own
_OF_CASE = {
    "case_id": "spsxslbm",
    "project_code": _WORKS,
    "works_code": _WORKS,
    "item_code": "spsxbm",
    "stage": "spsxbm",
    "department": "spbmmc",
    "promised_days": "sxblsx",
    "promised_unit": "sxblsx",
}
_OF_RECORD = {
    "event_id": "lsh",
    "case_id": "spsxslbm",
    "status": "blzt",
    "occurred_at": "blsj",
    "office": "blcs",
    "handler": "blr",
    "reason": "blyj",
    "procedure": f"{PROCEDURES}.tbcxmc",
}
_OF_PROCEDURE = _OF_RECORD | {"occurred_at": "tbcxkssj", "procedure": "tbcxmc", "reason": "tbcxmc"}
SOURCE_COLUMNS = {PROJECTS: _OF_PROJECT, CASES: _OF_CASE, RECORDS: _OF_RECORD, PROCEDURES: _OF_PROCEDURE}


def text(value: Any) -> str:
    """A value of any driver as a file would say it: ISO dates, whole numbers without a point, no NUL."""
    if isinstance(value, str):
        return lettered(value.replace("\x00", "")).strip()
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
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    return str(value)


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
    # Keys of cases whose works several projects claim: the works, and the projects.
    shared: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    _now: dict[int, Line] = field(default_factory=dict, repr=False)

    def header(self) -> list[str]:
        return list(self.names)

    def chunks(self, size: int, *, header: bool = False) -> Iterator[RawChunk]:
        lines, number = iter(self.lines()), 2
        while some := list(islice(lines, size)):
            self._now.clear()
            self._now.update(enumerate(some, number))
            yield RawChunk(range(number, number + len(some)), [cells for _, _, cells in some], 0)
            number += len(some)

    def refusal(self, row: int, code: str, column: str, value: str, params: dict[str, Any]) -> Refusal:
        table, key, cells = self._now[row]
        told = SOURCE_COLUMNS[table]
        digest = hashlib.sha256("\0".join((table, key, *cells)).encode("utf-8", "replace")).hexdigest()
        params = {name: told.get(v, v) if name in ("column", "other") else v for name, v in params.items()}
        if code == "word" and column in self.words:
            params["words"] = self.words[column]
        if code == "unknown_project" and key in self.shared:
            code, value, params = "shared_works", self.shared[key][0], {"known": self.shared[key][1]}
        if code == "secret":
            key = ""
        return Refusal(table, digest, row, code, told.get(column, column), value, params, key, row)


class Portion:
    """One page of works as three canonical tables, to be read in order and once.

    In ``secrets`` projects are noted that are marked as secret, before their rows are given out. After the reading
    ``retracted`` names the events that the source holds to be valid no longer, ``codes`` the projects of the page,
    valid or not; ``read`` and ``invalid`` count rows by table.
    """

    def __init__(
        self,
        connection: Connection,
        queries: Queries,
        page: Page,
        profile: ExchangeProfile,
        secrets: Secrets,
    ) -> None:
        self.connection, self.queries, self.page, self.profile = connection, queries, page, profile
        self.secrets = secrets
        self.retracted: list[str] = []
        self.codes: set[str] = set()
        self.read: Counter[str] = Counter()
        self.invalid: Counter[str] = Counter()
        self._works: defaultdict[str, set[str]] = defaultdict(set)  # projects by works, as far as their rows are valid
        self._dead_works: set[str] = set()  # of no valid row; only known after all projects
        self._shared: dict[str, tuple[str, str]] = {}
        self._dead_cases: set[str] = set()

    @property
    def sheets(self) -> list[Sheet]:
        """Projects, cases and events."""
        p, there = self.profile, self.queries.columns
        stages = ", ".join((*p.stages, *p.items, *catalogue_stages()))
        procedures = ", ".join((*p.procedure_names, *(f"tbcx {code}" for code in p.procedure_codes)))
        told = [n for n, column in _OF_PROJECT.items() if column in there[PROJECTS] and (n != "kind" or p.kinds)]
        cases = [n for n, column in _OF_CASE.items() if column in there[CASES] or column == _WORKS]
        return [
            Mapped(PROJECTS, "projects", "", 0, "", None, tuple(told), lambda: self._projects(told)),
            Mapped(
                CASES, "cases", "", 0, "", None, tuple(cases), lambda: self._cases(cases),
                {"stage": stages}, self._shared,
            ),
            Mapped(
                RECORDS, "events", "", 0, "", None, tuple(_OF_RECORD), self._events,
                {"status": ", ".join(p.statuses), "procedure": procedures},
            ),
        ]  # fmt: skip

    def _rows(self, table: str, *queries: Any) -> Iterator[Foreign]:
        for query in queries:
            names, n = query.selected_columns.keys(), 0
            for row in self.queries.exchange.rows(self.connection, query):
                n += 1
                yield dict(zip(names, row, strict=True))
            self.read[table] += n

    def _valid(self, table: str, row: Foreign) -> bool:
        if text(row.get("sjyxbs")) not in self.profile.invalid:
            return True
        self.invalid[table] += 1
        return False

    def _projects(self, names: list[str]) -> Iterator[Line]:
        """A project is its earliest valid row; its other rows are other works of it."""
        rows = self._rows(PROJECTS, *self.queries.projects(self.page))
        dead, by_code = set(), groupby(rows, key=lambda row: text(row["xmdm"]))
        for code, same in ((code, list(some) if code else some) for code, some in by_code):
            first = True
            self.codes |= {code} if code else set()
            if code and any(map(self._says_secret, same)):  # whether that row holds or not
                self.secrets.note([code])
            for row in same:
                if not self._valid(PROJECTS, row):
                    dead.add(text(row["gcdm"]))
                    continue
                self._works[text(row["gcdm"])] |= {code} if code else set()
                if first or not code:
                    cells = {n: (self._moment if n == "coded_on" else text)(row[_OF_PROJECT[n]]) for n in names}
                    if "kind" in cells:
                        cells["kind"] = self.profile.kinds.get(cells["kind"], "")
                    yield PROJECTS, text(row["lsh"]), list(cells.values())
                    first = False
        self._dead_works = dead - self._works.keys()

    def _says_secret(self, row: Foreign) -> bool:
        kind = text(row.get(_OF_PROJECT["kind"]))
        return is_secret(kind) or is_secret(self.profile.kinds.get(kind, ""))

    def _cases(self, names: list[str]) -> Iterator[Line]:
        p, holding = self.profile, set()
        for row in self._rows(CASES, self.queries.cases(self.page)):
            case, works, item = text(row["spsxslbm"]), text(row["gcdm"]), text(row["spsxbm"])
            if not self._valid(CASES, row) or works in self._dead_works:
                self._dead_cases.add(case)
                continue
            holding.add(case)
            codes, stage = self._works.get(works, set()), p.stage_of(item)
            if len(codes) > 1:
                codes = set(sorted(self.secrets.among(codes))[:1]) or codes
            project = ", ".join(sorted(codes))
            if len(codes) > 1:  # what is said then is no code that a project has
                self._shared[case] = works, project
            days = text(row.get("sxblsx"))
            cells = {
                "case_id": case,
                "project_code": project or works,
                "works_code": "" if works == project else works,
                "item_code": p.item_of(item),
                "stage": item if stage is None else stage.word,
                "department": text(row["spbmmc"]) or text(row.get("spbmbm")),
                "promised_days": days,
                "promised_unit": p.promised_unit.word if days else "",
            }
            yield CASES, case, [cells[name] for name in names]
        self._dead_cases -= holding

    def _events(self) -> Iterator[Line]:
        procedures: defaultdict[str, list[Foreign]] = defaultdict(list)
        for row in self._rows(PROCEDURES, self.queries.procedures(self.page)):
            procedures[text(row["spsxslbm"])].append(row)
        rows = self._rows(RECORDS, *self.queries.records(self.page))
        for case, same in groupby(rows, key=lambda row: text(row["spsxslbm"])):
            dead = case in self._dead_cases
            records = self._valid_ones(RECORDS, list(same), "{}", dead)
            started = self._valid_ones(PROCEDURES, procedures.pop(case, []), PROCEDURE_ID, dead)
            yield from self._of_case(case, records, {text(row["lsh"]): row for row in started})

    def _valid_ones(self, table: str, rows: list[Foreign], event_id: str, dead: bool) -> list[Foreign]:
        """The rows that hold; what the others told before is taken back."""
        holding, gone = [], set()
        for row in rows:
            if self._valid(table, row) and not dead:
                holding.append(row)
            else:
                gone.add(text(row["lsh"]))
        gone -= {text(row["lsh"]) for row in holding}
        self.retracted += [event_id.format(key) for key in sorted(gone)]
        return holding

    def _of_case(self, case: str, records: list[Foreign], procedures: dict[str, Foreign]) -> Iterator[Line]:
        statuses = self.profile.statuses
        steps = [
            Step(text(row["lsh"]), status, self._moment(row["blsj"]))
            for row in records
            if (status := statuses.get(text(row["blzt"]))) in _STEPS and status
        ]
        of, alone = paired(steps, [Procedure(key, self._moment(row["tbcxkssj"])) for key, row in procedures.items()])
        for row in records:
            key, code = text(row["lsh"]), text(row["blzt"])
            status = statuses.get(code)
            step = of.get(key)
            told = procedures[step.key] if step else None
            cells = [key, case, status.word if status else code, self._moment(row["blsj"])]
            cells += [text(row.get(name)) for name in ("blcs", "blr", "blyj")]
            if told and not cells[-1] and status is Status.PROCEDURE_STARTED:
                cells[-1] = text(told.get("tbcxmc"))
            yield RECORDS, key, [*cells, self._kind(told) if told else ""]
        for one in alone:
            row, name = procedures[one.key], text(procedures[one.key].get("tbcxmc"))
            cells = [PROCEDURE_ID.format(one.key), case, Status.PROCEDURE_STARTED.word, one.at]
            yield PROCEDURES, one.key, [*cells, "", "", name, self._kind(row)]
        told_by_records = procedures.keys() - {one.key for one in alone}
        self.retracted += [PROCEDURE_ID.format(key) for key in sorted(told_by_records)]

    def _moment(self, value: Any) -> str:
        return moment(value, self.profile.time_zone)

    def _kind(self, row: Foreign) -> str:
        """A kind that is not known stays as it was told, and is refused."""
        code, name = text(row["tbcx"]), text(row.get("tbcxmc"))
        kind = self.profile.kind_of(code, name)
        return kind.word if kind else name or code


PROCEDURE_ID = "tbc:{}"  # the event of a procedure that no record starts
_STEPS = (Status.PROCEDURE_STARTED, Status.PROCEDURE_ENDED)
