"""The made-up province as canonical files; columns as the intake wants them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from monitor.simulate.draws import Draws
from monitor.simulate.places import PROVINCE, Region
from monitor.simulate.records import NOT_TOLD, Case, Event, Project, in_force
from rules.pack import Limit
from rules.vocabulary import NATIONAL_CODES, ClockStart, Holder, Status
from rules.workdays import day_of

PROJECTS = [
    "project_code",
    "name",
    "region",
    "kind",
    "industry",
    "applicant",
    "credit_code",
    "agent",
    "coded_on",
    "investment",
    "pack",
    "ended_on",
    "end_reason",
    "marks",
]
CASES = [
    "case_id",
    "project_code",
    "works_code",
    "item_code",
    "item_name",
    "stage",
    "department",
    "holder",
    "statutory_days",
    "statutory_unit",
    "promised_days",
    "promised_unit",
    "clock_start",
]
EVENTS = [
    "event_id",
    "case_id",
    "status",
    "occurred_at",
    "entered_at",
    "office",
    "handler",
    "procedure",
    "holder",
    "reason",
    "basis",
    "days",
    "approver",
    "voids",
    "confirms",
]

README = f"""演示数据 — Demonstration data

本文件夹中的省份（{PROVINCE}）、县市区、部门、企业、人员、项目和办件均为虚构，由程序按随机种子生成，
与任何真实地区、单位和个人无关；区划代码 3399xx 未在 GB/T 2260 中使用。

Everything here is invented: province, departments, firms, people, projects and cases.

projects.csv, cases.csv, events.csv   标准文件，可用 approval-monitor import 导入
regions.json                          区划代码与名称
truth.json                            生成时使用的真实参数和有意放入的问题记录；系统不读取
"""

_OFFICE = {Holder.AGENCY: "行政审批科", Holder.UTILITY: "业务受理窗口"}
_HOUR = 3600
_OPENING, _NOON, _AFTERNOON, _CLOSING = 9 * _HOUR, 12 * _HOUR, 13 * _HOUR + 1800, 17 * _HOUR + 1800


class Stamps:
    """Moments as a region's system writes them, within office hours and in order within a day."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._dates: dict[int, str] = {}

    def date(self, day: int) -> str:
        """ISO date of a day number."""
        if day not in self._dates:
            self._dates[day] = day_of(day).isoformat()
        return self._dates[day]

    def second(self, after: int | None) -> int:
        """A second of the day within office hours; not before another one of the same day."""
        if after is None:
            at = self._draws.whole(0, _NOON - _OPENING + 3 * _HOUR)
            return _OPENING + at if at < _NOON - _OPENING else _AFTERNOON + at - (_NOON - _OPENING)
        later = after + self._draws.whole(120, 2400)
        if _NOON <= later < _AFTERNOON:
            later += _AFTERNOON - _NOON
        return later if later < _CLOSING else (after + _CLOSING) // 2

    def text(self, day: int, second: int, moments: str) -> str:
        """The moment as written."""
        if moments == "date":
            return self.date(day)
        offset = "+08:00" if moments == "offset" else ""
        return f"{self.date(day)}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}{offset}"


def write_table(path: Path, header: list[str], rows: Iterable[Iterable[object]]) -> int:
    """One CSV file in UTF-8; returns the number of rows."""
    n = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            n += 1
    return n


def write_json(path: Path, document: Any) -> None:
    """A JSON document a person can read."""
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")


def project_rows(projects: list[Project], stamps: Stamps) -> Iterator[tuple[object, ...]]:
    """Rows of projects.csv."""
    for p in projects:
        ended = stamps.date(p.ended_on) if p.ended_on is not None else ""
        reason = p.end_reason.word if p.end_reason is not None else ""
        coded = stamps.date(p.coded_on)
        yield (
            p.code, p.name, p.region.code, p.kind, p.industry, p.applicant, p.credit_code, p.agent,
            coded, p.investment, "", ended, reason, "; ".join(mark.word for mark in p.marks),
        )  # fmt: skip


def case_rows(projects: list[Project]) -> Iterator[tuple[object, ...]]:
    """Rows of cases.csv."""
    for project in projects:
        for case in project.cases:
            item, holder = case.item, case.department.holder
            named = project.region.names_holder or holder is not Holder.AGENCY
            start = item.statutory.start if item.statutory else ClockStart.ACCEPTED
            taken_on = case.day_of(Status.ACCEPTED, Status.RECEIVED)
            on = project.coded_on if taken_on is None else taken_on
            limits = (*_limit(in_force(item.statutory, on)), *_limit(in_force(item.promised, on)))
            yield (
                case.id, project.code, case.works, item.code, case.name, item.stage.word, case.department.name,
                holder.word if named else "", *limits, start.word,
            )  # fmt: skip


def _limit(limit: Limit | None) -> tuple[object, str]:
    return (limit.days, limit.unit.word) if limit is not None else ("", "")


def event_rows(projects: list[Project], stamps: Stamps, draws: Draws) -> Iterator[tuple[object, ...]]:
    """Rows of events.csv; an event's number is its place in its case."""
    for project in projects:
        for case in project.cases:
            yield from _case_events(case, project.region, stamps, draws)


def _case_events(case: Case, region: Region, stamps: Stamps, draws: Draws) -> Iterator[tuple[object, ...]]:
    names: dict[int, str] = {id(e): f"{case.id}#{n}" for n, e in enumerate(case.events, start=1)}
    office = _OFFICE.get(case.department.holder, "业务部")
    handler = draws.pick(case.department.handlers)
    before: Event | None = None
    second, typed_at = 0, stamps.second(None)
    for event in case.events:
        second = stamps.second(second if before is not None and before.day == event.day else None)
        before = event
        if event.typed == NOT_TOLD:
            entered = ""
        elif event.typed is None or event.typed == event.day:
            entered = stamps.text(event.day, second + draws.whole(20, 1800), region.moments)
        else:
            entered = stamps.text(event.typed, typed_at, region.moments)
        code = region.national_codes and event.status in NATIONAL_CODES
        at_window = event.status in (Status.RECEIVED, Status.ACCEPTED)
        yield (
            names[id(event)],
            case.id,
            int(event.status) if code else event.status.word,
            stamps.text(event.day, second, region.moments),
            entered,
            "综合受理窗口" if at_window else office,
            handler,
            event.procedure.word if event.procedure is not None else "",
            event.holder.word if event.holder is not None else "",
            event.reason,
            event.basis,
            event.days if event.days is not None else "",
            event.approver,
            names[id(event.voids)] if event.voids is not None else "",
            names[id(event.confirms)] if event.confirms is not None else "",
        )
