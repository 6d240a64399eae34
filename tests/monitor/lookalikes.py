"""A made-up province of three regions, in which projects, offices and agents look alike, and what each person may see.

Every project, case and event bears texts that stand nowhere else, so that a text in an answer tells of what it speaks.
What is known changes once: a project moves to another region by the word of another source, a case turns out to be
another department's, records come in late.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from monitor.actor import Actor, acting
from monitor.database import Database
from monitor.reading import people
from monitor.reading.reader import Reader
from monitor.reading.register import keys_of
from monitor.reading.viewer import EVERYONE
from monitor.rights import Role, Scope, Who
from monitor.verbs.agreements import add_agreement
from tests.monitor.canonical_files import take as take_files
from tests.monitor.canonical_files import write
from tests.monitor.peopling import add
from tests.monitor.sweeping import Office, office

DAY = dt.date(2026, 11, 20)
EAST, WEST, SOUTH = "330106", "330381", "320100"
A, B, C = "2603-330106-04-01-100010", "2603-330106-04-01-100011", "2603-320100-04-01-100010"
D, F, G, N = (f"2603-330106-04-01-10001{n}" for n in (2, 3, 4, 5))
# Code, region, agent. B and G lie elsewhere than their codes say; D is in the west by the word of a second source.
PROJECTS = (
    (A, EAST, "王"),
    (B, WEST, "王某"),
    (C, SOUTH, "王"),
    (D, WEST, ""),
    (F, EAST, ""),
    (G, WEST, "李"),
    (N, EAST, ""),
)
BEFORE = {D: EAST}  # regions as they were told at first

# Number, project, stage, department, item, works, accepted, closed.
CASES = (
    (1, A, "initiation", "发展改革局", "A01", "", "2026-03-02", "2026-03-20"),
    (2, A, "planning", "住房建设局", "B02", "", "2026-04-01", None),
    (3, A, "construction", "住房建设局", "C01", "", "2026-07-01", "2026-08-20"),
    (4, A, "planning", "规划局", "B01", "", "2026-05-06", None),
    (5, B, "planning", "住房建设局", "B02", "", "2026-08-03", None),
    (6, B, "initiation", "发展改革局", "A01", "", "2026-06-01", "2026-06-12"),
    (7, C, "planning", "住房建设局", "B02", "", "2026-09-01", None),
    (8, C, "acceptance", "档案局", "D01", "", "2026-10-09", None),
    (9, D, "planning", "规划局", "B01", "", "2026-06-01", None),
    (10, D, "construction", "住房建设局", "C01", "", "2026-09-01", None),
    (11, F, "planning", "住房建设局", "B02", "甲楼", "2026-08-03", None),
    (12, F, "planning", "规划局", "B02", "乙楼", "2026-08-10", None),
    (13, F, "initiation", "发展改革局", "A01", "丙楼", "2026-05-06", "2026-05-29"),
    (14, G, "planning", "交通局", "B02", "", "2026-10-09", None),
    (15, A, "parallel", "园林局", "X99", "", "2026-11-02", None),
)
U = "2603-330106-04-01-100019"
WAITING = {91: A, 92: B, 93: U, 94: ""}
OTHERWISE = {4: "住房建设局"}  # the department of a case as it was told at first
# Told late, each in time to unmake what had been said: of cases 2 and 4 pauses, of 3 and 12 earlier ends.
LATE = (
    (2, "correction_started", "2026-06-01"),
    (4, "correction_started", "2026-06-15"),
    (12, "approved", "2026-10-12"),
)


def marks(case: int) -> dict[str, str]:
    """The texts that a case and its events bear."""
    words = {"case_id": "C", "item_name": "事项", "event_id": "E", "office": "窗口"}
    words |= {"handler": "经办", "reason": "事由", "basis": "依据"}
    return {name: f"{word}{case:03d}号" for name, word in words.items()}


def name_marks(code: str) -> dict[str, str]:
    """The texts that a project bears; they are all called the same."""
    return {"applicant": f"业主{code[-9:]}{code[5:11]}公司", "code": code}


def _project(code: str, region: str, agent: str) -> dict[str, str]:
    told = {"project_code": code, "name": "厂房", "region": region, "kind": "filing", "coded_on": "2026-03-02"}
    return told | {"agent": agent, "applicant": name_marks(code)["applicant"]}


def _case(row: tuple[Any, ...], department: str) -> dict[str, str]:
    n, project, stage, _department, item, works, _accepted, _closed = row
    told = {"case_id": marks(n)["case_id"], "project_code": project, "stage": stage, "department": department}
    return told | {"item_code": item, "item_name": marks(n)["item_name"], "works_code": works, "promised_days": "15"}


def _event(case: int, letter: str, status: str, day: str) -> dict[str, str]:
    own = marks(case)
    told = {name: own[name] for name in ("office", "handler", "reason", "basis", "case_id")}
    return told | {"event_id": f"{own['event_id']}{letter}", "status": status, "occurred_at": day}


def _events(row: tuple[Any, ...]) -> Iterator[dict[str, str]]:
    yield _event(row[0], "a", "accepted", row[6])
    if row[7]:
        yield _event(row[0], "z", "approved", row[7])


@dataclass
class Person:
    """Somebody who looks: of which projects, and which numbers of their cases."""

    who: Who
    projects: frozenset[str]
    cases: frozenset[int]

    @property
    def whole(self) -> bool:
        """Whether of a project all is seen."""
        return self.who.role not in (Role.DEPARTMENT, Role.AGENT)


@dataclass
class Province:
    """The office, the moment before what is known changed, and its people by a word for each."""

    here: Office
    then: dt.datetime
    people: dict[str, Person] = field(default_factory=dict)

    @cached_property
    def reader(self) -> Reader:
        """The reading rooms, of what is known now."""
        return self.here.reader()

    @cached_property
    def offices(self) -> list[int]:
        """The keys of all departments."""
        return [int(key) for key in self.reader.department_names(EVERYONE)["department_id"]]

    @cached_property
    def reader_then(self) -> Reader:
        """The same of what was known before it changed."""
        return self.reader.as_known_at(self.then, DAY)


def made(database: Database, folder: Path) -> Province:
    """The province in a migrated, empty database."""
    here = office(database, folder)
    projects = [_project(code, BEFORE.get(code, region), agent) for code, region, agent in PROJECTS]
    cases = [_case(row, OTHERWISE.get(row[0], row[3])) for row in CASES]
    events = [one for row in CASES for one in _events(row)]
    here.clock.moment = dt.datetime(2026, 11, 10, 4, tzinfo=dt.UTC)
    here.take(projects, cases, events, source="平台", reported_until=dt.date(2026, 11, 9))
    here.tick(dt.date(2026, 11, 12))
    then = here.clock()
    here.clock.moment = dt.datetime(2026, 11, 18, 4, tzinfo=dt.UTC)
    here.take([_project(D, WEST, "")], [], [], source="省平台")
    late = [_event(case, "l", status, day) for case, status, day in LATE]
    here.take([], [_case(row, row[3]) for row in CASES if row[0] in OTHERWISE], late, source="平台")
    _wait(here)
    here.tick(DAY)
    province = Province(here, then)
    province.people = dict(_people(here))
    return province


def _wait(here: Office) -> None:
    """Rows that wait: cases of A and B that cannot be read, all that is told of U, which does not come in and lies in
    the west, and an event of nothing that is known. `WAITING` numbers them."""
    rows = {n: (n, code, "planning", "", "B02", "", "2026-11-02", None) for n, code in WAITING.items() if code}
    cases = [_case(row, "住房建设局") | ({} if row[1] == U else {"stage": "?"}) for row in rows.values()]
    events = [_event(n, "a", "accepted", "2026-11-02") for n in WAITING if n not in (91, 92)]
    files = write(here.folder / "waiting", [_project(U, WEST, "") | {"coded_on": "?"}], cases, events)
    take_files(here.database, files, clock=here.clock, source="平台", partial=True)


def _people(here: Office) -> Iterator[tuple[str, Person]]:
    with here.database.reading() as connection:
        keys = keys_of(connection, [(region, row[3]) for region in (EAST, WEST, SOUTH) for row in CASES])
    add(here.database, "根", "administrator")
    every = frozenset(code for code, _region, _agent in PROJECTS)
    region = {code: region for code, region, _agent in PROJECTS}

    def of(
        word: str, role: Role, projects: frozenset[str], cases: frozenset[int] | None, scope: Scope, **more: Any
    ) -> Any:
        account = more.pop("account", 1)
        whole = frozenset(row[0] for row in CASES if row[1] in projects)
        who = Who(account, word, word, role, scope, **more)
        return word, Person(who, projects, whole if cases is None else cases)

    def regions(*told: str) -> frozenset[str]:
        return frozenset(code for code in every if region[code].startswith(told))

    def cases(*told: tuple[str, str]) -> frozenset[int]:
        return frozenset(row[0] for row in CASES if (region[row[1]], row[3]) in told)

    def holding(numbers: frozenset[int]) -> frozenset[str]:
        return frozenset(row[1] for row in CASES if row[0] in numbers)

    yield of("管理员", Role.ADMINISTRATOR, every, None, Scope())
    yield of("东区监管", Role.SUPERVISOR, regions(EAST), None, Scope(regions=(EAST,)))
    yield of("西市领导", Role.LEADER, regions(WEST), None, Scope(regions=(WEST,)))
    yield of("省内监管", Role.SUPERVISOR, regions("33"), None, Scope(regions=("33",)))
    yield of("令牌", Role.SUPERVISOR, regions(SOUTH), None, Scope(regions=(SOUTH,)), token="上报", source="平台")
    for word, *held in (
        ("东区住建", (EAST, "住房建设局")),
        ("西市住建", (WEST, "住房建设局")),
        ("东区规划", (EAST, "规划局")),
        ("两个部门", (EAST, "发展改革局"), (SOUTH, "档案局")),
    ):
        own = cases(*held)
        yield of(word, Role.DEPARTMENT, holding(own), own, Scope(departments=tuple(keys[one] for one in held)))
    for word, names, agreed in (
        ("代办王", ("王",), {}),
        ("代办王某", ("王某",), {G: ()}),
        ("代办规划", (), {A: ("planning",), F: ("initiation", "acceptance")}),
        ("代办过期", (), {}),
    ):
        key = _agent(here, word, names, agreed)
        named = frozenset(code for code, _region, agent in PROJECTS if agent in names)
        projects = named | agreed.keys()
        own = frozenset(
            row[0]
            for row in CASES
            if row[1] in projects and (row[1] in named or not agreed[row[1]] or row[2] in agreed[row[1]])
        )
        yield of(word, Role.AGENT, projects, own, Scope(agents=names), account=key)
    yield of("审计", Role.AUDITOR, frozenset(), frozenset(), Scope())
    yield of("未改密码", Role.SUPERVISOR, frozenset(), frozenset(), Scope(regions=("33",)), must_change=True)


def _agent(here: Office, word: str, names: tuple[str, ...], agreed: dict[str, tuple[str, ...]]) -> int:
    add(here.database, word, "agent", scope={"agents": list(names)} if names else {})
    told: dict[str, Any] = {"now": here.clock()}
    since = dt.date(2026, 1, 5)
    with acting(Actor("root")):
        for code, stages in agreed.items():
            add_agreement(here.database, word, code, stages=stages, state="signed", since=since, **told)
        # None of these holds on the day: it is over, it is to come, it is not signed.
        if word == "代办过期":
            add_agreement(here.database, word, A, state="signed", since=since, until=DAY - dt.timedelta(1), **told)
            add_agreement(here.database, word, F, state="signed", since=DAY + dt.timedelta(1), **told)
            add_agreement(here.database, word, C, **told)
    with here.database.reading() as connection:
        (account,) = people.accounts(connection, word)
    return account.id
