"""Stories: a log and what to expect on which day, written so that an officer who knows the article can read them.

A story is a TOML file:

* ``title``, ``article``; ``fields``: what of the rules it rests on: without them it comes out otherwise;
* ``[[project]]``: columns of the canonical file; ``code`` (default P) is the project code;
* ``[[case]]``: ``id``, ``log`` and columns; ``project`` (default the first), ``item`` (its letter tells the stage),
  ``holder`` in Chinese, ``department`` (default 审批局);
* a line of ``log``: the day or moment, what happened in Chinese, and what more there is to say as 名=值;
  ``作废=2`` names the second line of the same case;
* ``[[expect]]``: ``on``, ``why`` (how it was counted by hand), ``project``, and parts of the project's object as in
  docs/json.md; ``cases`` and ``works`` are told by their id, ``turns`` as "day light" (and the day on which it
  became so, where that is another), ``flags`` as "flag case" (all), ``deadlines`` of a case as "kind due light";
* ``group``, where there is one: which of the `GROUPS` of complaints it belongs to;
* ``[pack]``, where no shipped pack says it: ``base``, the pack that judges it, and what of that is otherwise (`own`).

What was known when: ``得知=`` in a line of a log is the day on which we learned of it (without it, the day on which it
happened); ``[[notice]]`` is a notice as in rules/notices, which we learn of on its ``known_from``; ``known`` in an
``[[expect]]`` asks what was known at the end of that day (without it, all).

A dispute (disputes/*.toml) is a story with a ``chapter``, a ``claim`` (what somebody's lawyer says), an ``answer`` and
its ``ground``, and ``[claimed]``: ``on``, ``project`` and the figure of the claim, told as an ``[[expect]]`` is.
The expectation of that day and project answers it.

`read` gives canonical rows, so that one story can be told to the rules, through files and tables, and on a page.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rules.notice import Notice
from rules.pack import RulePack
from tests.rules.oracle_case import office_date
from tests.stories.expectation import Expectation, leaves
from tests.stories.own import own_pack

Row = dict[str, str]
FOLDER = Path(__file__).parent
DISPUTES = FOLDER / "disputes"

GROUPS = ("放假或规则变了", "暂停与恢复", "暂停跨休息日", "自然日与工作日", "事后补录")
CHAPTERS = ("起算与办结", "数日子", "暂停", "算谁的时间", "几件合在一起", "亮灯与时限", "记录不全")

HAPPENED = {
    "接件": "received",
    "撤件": "retracted",
    "受理": "accepted",
    "不受理": "not_accepted",
    "不予受理": "refused",
    "补正": "correction_started",
    "补正结束": "correction_ended",
    "部门开始办理": "handling_started",
    "通过": "approved",
    "容缺通过": "approved_with_omission",
    "不予许可": "rejected",
    "撤回": "withdrawn",
    "撤销": "revoked",
    "容缺受理": "papers_due",
    "容缺补齐": "papers_supplied",
    "告知承诺": "committed",
    "承诺核查": "checked",
    "延长": "extended",
    "核定": "confirmed",
    "作废": "voided",
}
PROCEDURES = {
    "听证": "hearing",
    "招标": "bidding",
    "拍卖": "auction",
    "检验": "inspection",
    "检测": "testing",
    "检疫": "quarantine",
    "鉴定": "appraisal",
    "专家评审": "expert_review",
    "公示": "public_notice",
    "现场勘验": "site_survey",
    "整改": "rectification",
    "业主自建": "owner_works",
    "征求意见": "other",
}
HOLDERS = {
    "审批部门": "agency",
    "政府委托中介": "entrusted_intermediary",
    "公用事业": "utility",
    "业主": "owner",
    "业主委托中介": "owner_intermediary",
}
COLUMNS = {
    "录入": "entered_at",
    "依据": "basis",
    "天数": "days",
    "批准人": "approver",
    "主体": "holder",
    "原因": "reason",
}
STAGES = {"A": "initiation", "B": "planning", "C": "construction", "D": "acceptance", "P": "parallel"}


@dataclass(frozen=True)
class Story:
    """A story with its log as rows of the three canonical files; ``learned``: the day we learned of an event, by id."""

    name: str
    title: str
    article: str
    group: str
    fields: tuple[str, ...]
    projects: list[Row]
    cases: list[Row]
    events: list[Row]
    expects: list[Expectation]
    own: RulePack | None = None
    notices: tuple[Notice, ...] = ()
    learned: Mapping[str, dt.date] = field(default_factory=dict)

    @property
    def pack(self) -> str:
        """The pack by which it is judged: the one that its first project names, else that of Zhejiang."""
        return self.projects[0].get("pack", "zhejiang-80")

    @property
    def dated(self) -> bool:
        """Whether it matters when something was known."""
        return bool(self.learned or self.notices or any(expected.known for expected in self.expects))

    def learned_on(self, event: Row) -> dt.date:
        """The day on which we learned of an event."""
        return self.learned.get(event["event_id"], office_date(event["occurred_at"]))

    def log(self, known: dt.date | None = None) -> tuple[list[Row], list[Row], list[Row]]:
        """Its rows; with ``known`` only the events that we had learned of by the end of that day."""
        events = [e for e in self.events if known is None or self.learned_on(e) <= known]
        return self.projects, self.cases, events


@dataclass(frozen=True, kw_only=True)
class Dispute(Story):
    """A story over which somebody would go to law; ``claimed``: the figure of the claim, as an expectation."""

    chapter: str
    claim: str
    answer: str
    ground: str
    claimed: Expectation

    @property
    def answered(self) -> Expectation:
        """The expectation that answers the claim; raises ValueError where there is none."""
        asked = self.claimed
        for one in self.expects:
            if (one.on, one.project, one.known) == (asked.on, asked.project, asked.known):
                return one
        raise ValueError(f"{self.name}: nothing is expected of the day of the claim")


def stories(folder: Path = FOLDER) -> list[Story]:
    """All stories, by name of their file."""
    return [read(path) for path in sorted(folder.glob("*.toml"))]


def disputes(folder: Path = DISPUTES) -> list[Dispute]:
    """The book of counterexamples, by chapter and name of their file."""
    found = [read_dispute(path) for path in sorted(folder.glob("*.toml"))]
    return sorted(found, key=lambda one: CHAPTERS.index(one.chapter))


def read(path: Path) -> Story:
    """A story from its file; a key that nobody knows is an error, so that a slip of the pen expects nothing."""
    return Story(**_parts(path, tomllib.loads(path.read_text("utf-8"))))


def read_dispute(path: Path) -> Dispute:
    """A dispute from its file, whose answer must speak of what is claimed, and say otherwise."""
    raw = tomllib.loads(path.read_text("utf-8"))
    own = {key: raw.pop(key) for key in ("chapter", "claim", "answer", "ground", "claimed")}
    parts = _parts(path, raw)
    if own["chapter"] not in CHAPTERS:
        raise ValueError(f"{path.name}: chapter {own['chapter']!r}, not one of {CHAPTERS}")
    own["claimed"] = _expectation(own["claimed"] | {"why": own["claim"]}, parts["projects"][0]["project_code"])
    dispute = Dispute(**parts, **own)
    answered = dict(leaves(dispute.answered.told))
    for where, figure in leaves(dispute.claimed.told):
        if answered.get(where, figure) == figure:
            raise ValueError(f"{path.name}: the answer has no other figure for {where}")
    return dispute


def _parts(path: Path, raw: dict[str, Any]) -> dict[str, Any]:
    unknown = raw.keys() - {"title", "article", "group", "fields", "project", "case", "pack", "notice", "expect"}
    if unknown:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")
    if raw.get("group", GROUPS[0]) not in GROUPS:
        raise ValueError(f"{path.name}: group {raw['group']!r}, not one of {GROUPS}")
    projects = [_row({"project_code": p.get("code", "P"), **p}, "code") for p in raw["project"]]
    first = projects[0]["project_code"]
    told = [event for case in raw["case"] for event in _events(case["id"], case["log"])]
    return {
        "name": path.stem,
        "title": raw["title"],
        "article": raw["article"],
        "group": raw.get("group", ""),
        "fields": tuple(raw["fields"]),
        "projects": projects,
        "cases": [_case(case, first) for case in raw["case"]],
        "events": [event for event, _ in told],
        "expects": [_expectation(one, first) for one in raw["expect"]],
        "own": own_pack(path.name, raw["pack"]) if "pack" in raw else None,
        "notices": tuple(Notice.of(path.name, one) for one in raw.get("notice", [])),
        "learned": {event["event_id"]: day for event, day in told if day},
    }


def _expectation(told: Mapping[str, Any], first: str) -> Expectation:
    rest = {key: _plain(value) for key, value in told.items() if key not in ("on", "known", "project", "why")}
    return Expectation(told["on"], told.get("project", first), told["why"], rest, told.get("known"))


def _row(told: Mapping[str, Any], *dropped: str) -> Row:
    return {column: str(_plain(value)) for column, value in told.items() if column not in dropped}


def _case(told: Mapping[str, Any], project: str) -> Row:
    item = told.get("item", "")
    row = {"case_id": told["id"], "project_code": told.get("project", project), "item_code": item}
    row["stage"] = STAGES.get(item[:1], "planning")
    row["department"] = "审批局"
    row |= _row(told, "id", "project", "item", "log")
    return row | ({"holder": HOLDERS[told["holder"]]} if "holder" in told else {})


def _events(case: str, log: list[str]) -> Iterator[tuple[Row, dt.date | None]]:
    """The events of a case, each with the day on which we learned of it, where that is told."""
    for n, line in enumerate(log, 1):
        when, what, *more = line.split()
        row = {"event_id": f"{case}#{n}", "case_id": case, "occurred_at": when, "status": HAPPENED.get(what, "")}
        if not row["status"]:
            kind, sign = what[:-2], {"开始": "started", "结束": "ended"}[what[-2:]]
            row |= {"status": f"procedure_{sign}", "procedure": PROCEDURES[kind]}
        learned = None
        for name, value in (part.split("=", 1) for part in more):
            if name == "得知":
                learned = dt.date.fromisoformat(value)
            elif name in ("作废", "核定"):
                row[{"作废": "voids", "核定": "confirms"}[name]] = f"{case}#{value}"
            else:
                row[COLUMNS[name]] = HOLDERS[value] if name == "主体" else value
        yield row, learned


def _plain(value: Any) -> Any:
    """Dates as a document writes them."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
