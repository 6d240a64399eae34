"""The way back: what is known now as rows of the four exchange tables; what those cannot say is listed.

A pull from them, by the same profile, gives the same standings wherever nothing is listed that the law reads.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from monitor.database import Database
from monitor.deeds import Deed, Told, Verb
from monitor.exchange import ExchangeProfile
from monitor.exchange.procedures import Procedure, Step, paired
from monitor.exchange.tables import CASES, NAMES, PROCEDURES, PROJECTS, RECORDS
from monitor.exchange.writing import Sink
from monitor.progress import Advance, unheard
from monitor.reading.crosswalk import Known, known_now, several_sources, shared_works
from monitor.reading.viewer import Viewer, seen_by
from monitor.store.trail import record
from monitor.verbs.landing import LISTED
from rules.vocabulary import NATIONAL_CODES, NO_HOLDER, ClockStart, EndReason, Holder, Mark, Pause, Stage, Status, Unit

Row = dict[str, Any]
NO_RECORD = "record"  # in place of a column: a case without any record


@dataclass(frozen=True)
class Unsaid:
    """Something that the exchange tables have no room for: of a project, of its case, of an event of that."""

    project_code: str
    case_id: str | None
    event_id: str | None
    column: str
    value: str


@dataclass
class Crossed:
    """What was written: rows by table; voided events are left out with their voids. ``unsaid`` lists LISTED at most,
    ``unsaid_of`` counts all by column."""

    rows: Counter[str] = field(default_factory=Counter)
    voided: int = 0
    unsaid: list[Unsaid] = field(default_factory=list)
    unsaid_of: Counter[str] = field(default_factory=Counter)

    def document(self) -> dict[str, Any]:
        """The result as `export-spgl --json` prints it."""
        return {
            "tables": [{"table": name, "rows": self.rows[name]} for name in NAMES],
            "voided": self.voided,
            "unsaid_of": dict(sorted(self.unsaid_of.items())),
            "unsaid": [vars(one) for one in self.unsaid],
        }


def crosswalk(
    database: Database,
    profile: ExchangeProfile,
    sink: Sink,
    zone: ZoneInfo,
    *,
    viewer: Viewer,
    to: str,
    clock: Callable[[], dt.datetime],
    advance: Advance = unheard,
) -> Crossed:
    """Writes everything that is known now and that the viewer may see whole. ``to``: where ``sink`` leads, for the
    trail, which is told of it before the sink is closed and lets anybody see the rows."""
    done = Crossed()
    with database.reading() as connection:
        seen_by(connection, viewer)
        crossing = _Crossing(profile, zone, done, several_sources(connection), shared_works(connection))
        projects = 0
        for some in known_now(connection):
            for table, rows in crossing.rows(some).items():
                sink.add(table, rows)
                done.rows[table] += len(rows)
            done.voided += some.voided
            projects += len(some.projects)
            advance(projects, 0)
    after: Told = {
        "to": to,
        "profile": profile.id,
        **{table: done.rows[table] for table in NAMES},
        "voided": done.voided,
    }
    with database.writing() as connection:
        record(connection, clock(), Deed(Verb.EXPORT_SPGL, after=after))
    return done


class _Crossing:
    def __init__(
        self, profile: ExchangeProfile, zone: ZoneInfo, done: Crossed, several: bool, shared: set[str]
    ) -> None:
        self.profile, self.zone, self.done, self.several, self.shared = profile, zone, done, several, shared
        self.kinds = _back(profile.kinds)
        self.items = _back(profile.items)
        # The tables that are made here have whole numbers for codes.
        self.statuses = {status: code for status, code in _back(profile.statuses).items() if code.isdigit()}
        self.codes = {kind: code for kind, code in _back(profile.procedure_codes).items() if code.isdigit()}
        self.names = _back(profile.procedure_names)

    def rows(self, some: Known) -> dict[str, list[Row]]:
        """The rows of some projects, by table."""
        out: dict[str, list[Row]] = {name: [] for name in NAMES}
        cases, events = defaultdict(list), defaultdict(list)
        for case in some.cases:
            cases[case.project_id].append(case)
        for event in some.events:
            events[event.case_id].append(event)
        for project in some.projects:
            works = {case.works_code for case in cases[project.project_id]} or {""}
            out[PROJECTS] += [self._project(project, code) for code in sorted(works)]
            self._unsaid_of_project(project)
            for case in cases[project.project_id]:
                out[CASES].append(self._case(project.code, case, bool(events[case.key])))
                self._records(project.code, case, events[case.key], out)
        return out

    def _say(self, project: str, case: str | None, event: str | None, told: Mapping[str, Any]) -> None:
        """Notes what is not blank among things that cannot be said."""
        for column, value in told.items():
            if value not in (None, ""):
                self.done.unsaid_of[column] += 1
                if len(self.done.unsaid) < LISTED:
                    self.done.unsaid.append(Unsaid(project, case, event, column, str(value)))

    def _id(self, source: str, own: str) -> str:
        return f"{source}:{own}" if self.several else own

    def _project(self, project: Any, works: str) -> Row:
        return {
            "lsh": f"{project.code}|{works}" if works else project.code,
            "xzqhdm": project.region,
            "xmdm": project.code,
            "xmmc": project.name,
            "gcdm": works or project.code,
            "lxlx": self.kinds.get(project.kind),
            "gbhy": project.industry,
            "ztze": project.investment,
            "sbsj": self._moment(project.coded_on.isoformat()),
            "jsdw": project.applicant,
            "jsdwdm": project.credit_code,
            "sjyxbs": 1,
        }

    def _unsaid_of_project(self, project: Any) -> None:
        told = {
            "kind": "" if project.kind in self.kinds else project.kind,
            "agent": project.agent,
            "pack": project.pack,
            "ended_on": project.ended_on,
            "end_reason": _word(EndReason, project.end_reason),
            "marks": "; ".join(mark.word for mark in Mark if mark & project.marks),
        }
        self._say(project.code, None, None, told)

    def _case(self, project: str, case: Any, recorded: bool) -> Row:
        item = self.items.get(case.item_code, case.item_code)
        p, stage = self.profile, Stage(case.stage)
        days, unit = case.promised_days, Unit(case.promised_unit or Unit.WORKING_DAY)
        told = {
            NO_RECORD: "" if recorded else "none",
            "stage": "" if p.stage_of(item) is stage else stage.word,
            "item_code": "" if p.item_of(item) == case.item_code else case.item_code,
            "item_name": case.item_name,
            "works_code": case.works_code if case.works_code in self.shared else "",
            "holder": "" if case.holder == Holder.AGENCY else Holder(case.holder).word,
            "statutory_days": case.statutory_days,
            "promised_unit": unit.word if days is not None and unit is not p.promised_unit else "",
            "clock_start": _word(ClockStart, case.clock_start),
        }
        self._say(project, case.case_id, None, told)
        return {
            "spsxslbm": self._id(case.source, case.case_id),
            "spsxbm": item,
            "spbmbm": None,
            "spbmmc": case.department,
            "sxblsx": days,
            "sjyxbs": 1,
        }

    def _records(self, project: str, case: Any, events: Iterable[Any], out: dict[str, list[Row]]) -> None:
        steps, procedures, kinds = [], [], {}
        for event in events:
            status = Status(event.status)
            told = {name: getattr(event, name) for name in ("entered_at", "basis", "days", "approver")}
            told["holder"] = _word(Holder, event.holder) if event.holder != NO_HOLDER else ""
            told["status"] = "" if status in NATIONAL_CODES and status in self.statuses else status.word
            self._say(project, case.case_id, event.event_id, told)
            if told["status"]:
                continue
            key, at = self._id(event.source, event.event_id), self._moment(event.occurred_at)
            own = {"lsh": key, "spsxslbm": self._id(case.source, case.case_id)}
            handled = {"blcs": event.office, "blr": event.handler, "blyj": event.reason}
            code = int(self.statuses[status])
            record = {"gcdm": case.works_code or project, "blzt": code, "blsj": at, "sjyxbs": 1}
            out[RECORDS].append(own | record | handled)
            if status in (Status.PROCEDURE_STARTED, Status.PROCEDURE_ENDED):
                kind = kinds[key] = Pause(event.procedure if event.procedure is not None else Pause.OTHER)
                steps.append(Step(key, status, at.isoformat()))
                if status is Status.PROCEDURE_STARTED:
                    procedures.append(Procedure(key, at.isoformat()))
                    limit = {"tbcxsxlx": None, "tbcxsx": None, "sjyxbs": 1}
                    named = {"tbcx": _whole(self.codes.get(kind)), "tbcxmc": self.names.get(kind), "tbcxkssj": at}
                    out[PROCEDURES].append(own | named | limit)
        of, _alone = paired(steps, procedures)
        for key, kind in kinds.items():
            said = of[key]
            if self._kind(kinds[said.key] if said else Pause.OTHER) is not kind:
                self._say(project, case.case_id, key, {"procedure": kind.word})

    def _kind(self, kind: Pause) -> Pause | None:
        """What a kind is read as again."""
        return self.profile.kind_of(str(self.codes.get(kind, "")), self.names.get(kind, ""))

    def _moment(self, told: str) -> dt.datetime:
        """A moment of the office, or with an offset, as the tables have it: without one, in their zone."""
        at = dt.datetime.fromisoformat(told.strip())
        at = at if at.tzinfo else at.replace(tzinfo=self.zone)
        return at.astimezone(self.profile.time_zone or self.zone).replace(tzinfo=None)


def _back(told: Mapping[str, Any]) -> dict[Any, str]:
    """The first text that says each thing."""
    out: dict[Any, str] = {}
    for text, meant in told.items():
        out.setdefault(meant, text)
    return out


def _whole(code: str | None) -> int | None:
    return int(code) if code else None


def _word(words: Any, value: int | None) -> str:
    return "" if value is None else words(value).word
