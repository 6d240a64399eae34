"""Stories: a log and what to expect on which day, written so that an officer who knows the article can read them.

A story is a TOML file:

* ``title``, ``article``; ``fields``: what of the rules it rests on: without them it comes out otherwise;
* ``[[project]]``: columns of the canonical file; ``code`` (default P) is the project code;
* ``[[case]]``: ``id``, ``log`` and columns; ``project`` (default the first), ``item`` (its letter tells the stage),
  ``holder`` in Chinese, ``department`` (default 审批局);
* a line of ``log``: the day or moment, what happened in Chinese, and what more there is to say as 名=值;
  ``作废=2`` names the second line of the same case;
* ``[[expect]]``: ``on``, ``why`` (how it was counted by hand), ``project``, and parts of the project's object as in
  docs/json.md; ``cases`` and ``works`` are told by their id, ``turns`` as "day light", ``flags`` as "flag case" (all).

`read` gives canonical rows, so that one story can be told to the rules, through files and tables, and on a page.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = dict[str, str]
Json = Mapping[str, Any]
FOLDER = Path(__file__).parent

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
class Expectation:
    """What a project looks like at the end of a day, in part, and how that was counted."""

    on: dt.date
    project: str
    why: str
    told: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """A story with its log as rows of the three canonical files."""

    name: str
    title: str
    article: str
    fields: tuple[str, ...]
    projects: list[Row]
    cases: list[Row]
    events: list[Row]
    expects: list[Expectation]

    @property
    def pack(self) -> str:
        """The pack by which it is judged: the one that its first project names, else that of Zhejiang."""
        return self.projects[0].get("pack", "zhejiang-80")


def stories(folder: Path = FOLDER) -> list[Story]:
    """All stories, by name of their file."""
    return [read(path) for path in sorted(folder.glob("*.toml"))]


def read(path: Path) -> Story:
    """A story from its file; a key that nobody knows is an error, so that a slip of the pen expects nothing."""
    raw = tomllib.loads(path.read_text("utf-8"))
    unknown = raw.keys() - {"title", "article", "fields", "project", "case", "expect"}
    if unknown:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")
    projects = [_row({"project_code": p.get("code", "P"), **p}, "code") for p in raw["project"]]
    first = projects[0]["project_code"]
    cases = [_case(case, first) for case in raw["case"]]
    events = [event for case in raw["case"] for event in _events(case["id"], case["log"])]
    expects = []
    for told in raw["expect"]:
        rest = {key: _plain(value) for key, value in told.items() if key not in ("on", "project", "why")}
        expects.append(Expectation(told["on"], told.get("project", first), told["why"], rest))
    return Story(path.stem, raw["title"], raw["article"], tuple(raw["fields"]), projects, cases, events, expects)


def _row(told: Mapping[str, Any], *dropped: str) -> Row:
    return {column: str(_plain(value)) for column, value in told.items() if column not in dropped}


def _case(told: Mapping[str, Any], project: str) -> Row:
    item = told.get("item", "")
    row = {"case_id": told["id"], "project_code": told.get("project", project), "item_code": item}
    row["stage"] = STAGES.get(item[:1], "planning")
    row["department"] = "审批局"
    row |= _row(told, "id", "project", "item", "log")
    return row | ({"holder": HOLDERS[told["holder"]]} if "holder" in told else {})


def _events(case: str, log: list[str]) -> Iterator[Row]:
    for n, line in enumerate(log, 1):
        when, what, *more = line.split()
        row = {"event_id": f"{case}#{n}", "case_id": case, "occurred_at": when, "status": HAPPENED.get(what, "")}
        if not row["status"]:
            kind, sign = what[:-2], {"开始": "started", "结束": "ended"}[what[-2:]]
            row |= {"status": f"procedure_{sign}", "procedure": PROCEDURES[kind]}
        for name, value in (part.split("=", 1) for part in more):
            if name in ("作废", "核定"):
                row[{"作废": "voids", "核定": "confirms"}[name]] = f"{case}#{value}"
            else:
                row[COLUMNS[name]] = HOLDERS[value] if name == "主体" else value
        yield row


def _plain(value: Any) -> Any:
    """Dates as a document writes them."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


# ---- told and found


def differences(expected: Expectation, document: Json) -> list[str]:
    """Where a project's object is not as expected; keys that were not told do not matter."""
    return list(_differ(expected.told, by_id(document), ""))


def by_id(document: Json) -> dict[str, Any]:
    """A project's object with its lists in the form in which stories tell them."""
    return {
        **document,
        "cases": {case["case_id"]: case for case in document["cases"]},
        "works": {works["works_code"]: works for works in document.get("works", [])},
        "turns": [f"{turn['on']} {turn['light']}" for turn in document["turns"]],
        "flags": sorted({f"{flag['flag']} {flag['case_id']}" for flag in document["flags"]}),
        "held_by": [f"{held['department']} {held['case_id']} {held['since']}" for held in document["held_by"]],
    }


def _differ(told: Any, found: Any, path: str) -> Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            here = f"{path}.{key}" if path else key
            if not isinstance(found, Mapping) or key not in found:
                yield f"{here}: expected {value!r}, but there is none"
            else:
                yield from _differ(value, found[key], here)
    elif isinstance(told, float):
        if abs(told - found) > 1e-5:
            yield f"{path}: expected {told!r}, found {found!r}"
    elif isinstance(told, list):
        if sorted(told) != sorted(found):
            yield f"{path}: expected {told!r}, found {found!r}"
    elif told == "null":
        if found is not None:
            yield f"{path}: expected nothing, found {found!r}"
    elif told != found:
        yield f"{path}: expected {told!r}, found {found!r}"
