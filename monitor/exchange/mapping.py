"""Rows of the exchange tables as rows of the canonical tables, which are then taken in like those of any file."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from monitor.codes.secret import is_secret
from monitor.exchange.doubled import Doubled
from monitor.exchange.lines import (
    OF_CASE,
    OF_PROJECT,
    OF_RECORD,
    SECRET_ROW,
    Foreign,
    Line,
    Mapped,
    Objection,
    earliest_first,
    moment,
    text,
)
from monitor.exchange.lines import WORKS as WORKS_OF_RECORD
from monitor.exchange.portions import WORKS, Page, Queries
from monitor.exchange.procedures import Procedure, Step, paired
from monitor.exchange.tables import CASES, PROCEDURES, PROJECTS, RECORDS
from monitor.exchange.terms import ExchangeProfile, catalogue_stages
from monitor.exchange.works import Works
from monitor.intake import Secrets, Sheet
from monitor.text import _
from rules.vocabulary import Status


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
        doubled: Doubled,
    ) -> None:
        self.connection, self.queries, self.page, self.profile = connection, queries, page, profile
        self.secrets, self.doubled = secrets, doubled
        self.retracted: list[str] = []
        self.codes: set[str] = set()
        self.read: Counter[str] = Counter()
        self.invalid: Counter[str] = Counter()
        self.works = Works(secrets)
        self._spread: defaultdict[str, set[str]] = defaultdict(set)  # works of the cases whose records name several
        self._dead_cases: set[str] = set()

    @property
    def sheets(self) -> list[Sheet]:
        """Projects, cases and events."""
        p, there = self.profile, self.queries.columns
        stages = ", ".join((*p.stages, *p.items, *catalogue_stages()))
        procedures = ", ".join((*p.procedure_names, *(f"tbcx {code}" for code in p.procedure_codes)))
        told = [n for n, column in OF_PROJECT.items() if column in there[PROJECTS] and (n != "kind" or p.kinds)]
        cases = [n for n, column in OF_CASE.items() if column in there[CASES] or column == WORKS_OF_RECORD]
        return [
            Mapped(PROJECTS, "projects", "", 0, "", None, tuple(told), lambda: self._projects(told)),
            Mapped(
                CASES, "cases", "", 0, "", None, tuple(cases), lambda: self._cases(cases), {"stage": stages},
            ),
            Mapped(
                RECORDS, "events", "", 0, "", None, tuple(OF_RECORD), self._events,
                {"status": ", ".join(p.statuses), "procedure": procedures},
            ),
        ]  # fmt: skip

    def _rows(self, table: str | None, *queries: Any) -> Iterator[Foreign]:
        for query in queries:
            names, n = query.selected_columns.keys(), 0
            for row in self.queries.exchange.rows(self.connection, query):
                n += 1
                yield dict(zip(names, row, strict=True))
            if table:
                self.read[table] += n

    def _holds(self, table: str, row: Foreign) -> bool | None:
        """None: it says so in a word that is not known, and is refused."""
        holds = self.profile.holds(text(row.get("sjyxbs")))
        self.invalid[table] += holds is False
        return holds

    def _doubt(self, row: Foreign) -> Objection:
        return Objection("word", "sjyxbs", text(row["sjyxbs"]), {"words": ", ".join(self.profile.validity)})

    def _projects(self, names: list[str]) -> Iterator[Line]:
        """A project is its earliest valid row; its other rows are other works of it."""
        named: dict[Any, None] = {}
        for row in self._rows(None, self.queries.spread(self.page)):
            self._spread[text(row["spsxslbm"])].add(text(row["gcdm"]))
            named[row["gcdm"]] = None
        some = [self.queries.projects(self.page)]
        for at in range(0, len(named), WORKS):
            some.append(self.queries.projects(self.page, list(named)[at : at + WORKS]))
        met: set[str] = set()
        for coded, _nameless in some:
            for code, same in groupby(self._rows(PROJECTS, coded), key=lambda row: text(row["xmdm"])):
                self.codes.add(code)
                if code not in met:
                    met.add(code)
                    yield from self._of_project(code, list(same), names)
        self.works.settle()
        for _coded, nameless in some:
            yield from self._nameless(self._rows(PROJECTS, nameless), names)

    def _of_project(self, code: str, same: list[Foreign], names: list[str]) -> Iterator[Line]:
        if any(map(self._says_secret, same)):  # whether that row holds or not
            self.secrets.note([code])
        first = True
        for row in sorted(same, key=lambda row: earliest_first(row["sbsj"], self.profile.time_zone)):
            holds = self._holds(PROJECTS, row)
            self.works.tell(code, text(row["gcdm"]), holds=holds)
            if holds is None:
                yield self._project(row, names, self._doubt(row))
            elif holds and first:
                yield self._project(row, names)
                first = False

    def _nameless(self, rows: Iterable[Foreign], names: list[str]) -> Iterator[Line]:
        """Rows that do not say of which project they are: they are refused, for this or because they are secret."""
        for row in rows:
            works, holds = text(row["gcdm"]), self._holds(PROJECTS, row)
            self.works.tell("", works, holds=holds)
            secret = self._says_secret(row)
            if secret:
                self.works.mark(works)
            why = self._doubt(row) if holds is None else None
            if holds is not False:
                yield self._project(row, names, SECRET_ROW if secret or self.works.is_secret(works) else why)

    def _project(self, row: Foreign, names: list[str], objection: Objection | None = None) -> Line:
        cells = {n: (self._moment if n == "coded_on" else text)(row[OF_PROJECT[n]]) for n in names}
        if "kind" in cells:
            cells["kind"] = self.profile.kinds.get(cells["kind"], "")
        return Line(PROJECTS, text(row["lsh"]), list(cells.values()), objection)

    def _says_secret(self, row: Foreign) -> bool:
        kind = text(row.get(OF_PROJECT["kind"]))
        return is_secret(kind) or is_secret(self.profile.kinds.get(kind, ""))

    def _cases(self, names: list[str]) -> Iterator[Line]:
        p, holding = self.profile, set()
        for row in self._rows(CASES, self.queries.cases(self.page)):
            case, lowest, item = text(row["spsxslbm"]), text(row["gcdm"]), text(row["spsxbm"])
            whose = self.works.of_case(self._spread.get(case) or [lowest], lowest)
            holds = self._holds(CASES, row)
            if holds is False or whose.dead:
                self._dead_cases.add(case)
                continue
            if whose.secret:
                self.secrets.cases.add(case)
            objection = _of(case, whose.objection)
            if holds is None and objection is not SECRET_ROW:
                objection = self._doubt(row)
            holding.add(case)
            stage, days = p.stage_of(item), text(row.get("sxblsx"))
            cells = {
                "case_id": case,
                "project_code": whose.project,
                "works_code": "" if whose.works == whose.project else whose.works,
                "item_code": p.item_of(item),
                "stage": item if stage is None else stage.word,
                "department": text(row["spbmmc"]) or text(row.get("spbmbm")),
                "promised_days": days,
                "promised_unit": p.promised_unit.word if days else "",
            }
            yield Line(CASES, case, [cells[name] for name in names], objection)
        self._dead_cases -= holding

    def _events(self) -> Iterator[Line]:
        procedures: defaultdict[str, list[Foreign]] = defaultdict(list)
        for row in self._rows(PROCEDURES, self.queries.procedures(self.page)):
            procedures[text(row["spsxslbm"])].append(row)
        rows = self._rows(RECORDS, *self.queries.records(self.page))
        for case, same in groupby(rows, key=lambda row: text(row["spsxslbm"])):
            told, dead = list(same), case in self._dead_cases
            records = self._holding_ones(RECORDS, told, "{}", dead)
            started = self._holding_ones(PROCEDURES, procedures.pop(case, []), PROCEDURE_ID, dead)
            whose = self.works.of_case({text(row["gcdm"]) for row in told}, "") if case else None
            if whose and whose.secret:
                self.secrets.cases.add(case)
            objection = _of(case, whose.objection) if whose else None
            yield from self._of_case(case, records, {text(row["lsh"]): row for row in started}, objection)

    def _holding_ones(self, table: str, rows: list[Foreign], event_id: str, dead: bool) -> list[Foreign]:
        """The rows that hold, or do not say so in a word that is known; what the others told before is taken back."""
        holding, gone = [], set()
        for row in rows:
            if self._holds(table, row) is not False and not dead:
                holding.append(row)
            else:
                gone.add(text(row["lsh"]))
        gone -= {text(row["lsh"]) for row in holding}
        self.retracted += [event_id.format(key) for key in sorted(gone) if not self.doubled[table].get(key)]
        return holding

    def _objection(self, table: str, row: Foreign, case: str, of_case: Objection | None) -> Objection | None:
        """Why a record or a procedure is refused as it stands."""
        if of_case is SECRET_ROW or (not case and self.works.is_secret(text(row.get("gcdm")))):
            return SECRET_ROW
        if (told := row.get("sjyxbs")) not in (None, 1) and self.profile.holds(text(told)) is None:
            return self._doubt(row)
        doubled = self.doubled[table]
        if doubled and len(doubled.get(key := text(row["lsh"]), ())) > 1:
            other = {"column": "case_id", "known": _("another case"), "where": table, "told": case}
            return Objection("twice", "event_id", key, other)
        return of_case

    def _of_case(
        self, case: str, records: list[Foreign], procedures: dict[str, Foreign], of_case: Objection | None
    ) -> Iterator[Line]:
        statuses = self.profile.statuses
        steps = [
            Step(text(row["lsh"]), status, self._moment(row["blsj"]))
            for row in records
            if (status := statuses.get(text(row["blzt"]))) in _STEPS and status
        ]
        of, alone = paired(steps, [Procedure(key, self._moment(row["tbcxkssj"])) for key, row in procedures.items()])
        told_by_records: set[str] = set()
        for row in records:
            key, code = text(row["lsh"]), text(row["blzt"])
            status = statuses.get(code)
            step = of.get(key)
            told = procedures[step.key] if step else None
            cells = [key, case, status.word if status else code, self._moment(row["blsj"])]
            cells += [text(row.get(name)) for name in ("blcs", "blr", "blyj")]
            if told and not cells[-1] and status is Status.PROCEDURE_STARTED:
                cells[-1] = text(told.get("tbcxmc"))
            why = self._objection(RECORDS, row, case, of_case)
            if told and not why and not self._objection(PROCEDURES, told, case, of_case):
                told_by_records.add(text(told["lsh"]))
            yield Line(RECORDS, key, [*cells, self._kind(told) if told else ""], why)
        for one in alone:
            row, name = procedures[one.key], text(procedures[one.key].get("tbcxmc"))
            cells = [PROCEDURE_ID.format(one.key), case, Status.PROCEDURE_STARTED.word, one.at]
            why = self._objection(PROCEDURES, row, case, of_case)
            yield Line(PROCEDURES, one.key, [*cells, "", "", name, self._kind(row)], why)
        told_by_records -= {one.key for one in alone}  # a record may end what none starts
        self.retracted += [PROCEDURE_ID.format(key) for key in sorted(told_by_records)]

    def _moment(self, value: Any) -> str:
        return moment(value, self.profile.time_zone)

    def _kind(self, row: Foreign) -> str:
        """A kind that is not known stays as it was told, and is refused."""
        code, name = text(row["tbcx"]), text(row.get("tbcxmc"))
        kind = self.profile.kind_of(code, name)
        return kind.word if kind else name or code


def _of(case: str, objection: Objection | None) -> Objection | None:
    """An objection against a case, where it does not say what of it is wrong."""
    return objection._replace(value=case) if objection and objection.column == "case_id" else objection


PROCEDURE_ID = "tbc:{}"  # the event of a procedure that no record starts
_STEPS = (Status.PROCEDURE_STARTED, Status.PROCEDURE_ENDED)
