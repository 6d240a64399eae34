"""Nobody is told what is not theirs: every question of the Reader, asked by each role over a made-up province in which
everything looks alike, as of now, of a past day, and as known before it changed. On both databases.

What belongs to hidden projects and cases bears texts that stand nowhere else; none of them may be in an answer.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from monitor.database import Database
from monitor.reading import rewinding
from monitor.reading.crosswalk import known_now
from monitor.reading.export import Wanted
from monitor.reading.projects import ProjectQuery
from monitor.reading.reader import Reader
from monitor.reading.turns import Seen
from monitor.reading.viewer import EVERYONE, Viewer, seen_by
from monitor.verbs.export import NothingChosen, export
from monitor.verbs.undo import undo
from rules.portfolio import Rules
from tests.monitor.canonical_files import ZONE, write
from tests.monitor.canonical_files import take as take_files
from tests.monitor.conftest import fresh
from tests.monitor.lookalikes import (
    CASES,
    DAY,
    EAST,
    PROJECTS,
    WAITING,
    WEST,
    A,
    F,
    N,
    Person,
    Province,
    U,
    made,
    marks,
    name_marks,
)
from tests.monitor.sweeping import office

CODES = [code for code, _region, _agent in PROJECTS]
EVENTS = [f"{marks(row[0])['event_id']}a" for row in CASES]
REGION = {code: region for code, region, _agent in PROJECTS}
LONG_AGO, SPRING = dt.date(2026, 1, 1), dt.date(2026, 5, 20)


@dataclasses.dataclass
class Asking:
    """Who asks which reader, as of which day, as known when; ``offices``: keys of all departments."""

    reader: Reader
    viewer: Viewer
    day: dt.date
    known: dict[str, Any]
    offices: list[int]

    def lists(self) -> Iterator[Any]:
        """The list in orders and by filters of what may be hidden."""
        queries = [ProjectQuery(phase="", sort=sort) for sort in ("held_by", "next_change", "used")]
        queries += [ProjectQuery(department_id=key) for key in self.offices[::5]]
        queries += [ProjectQuery(phase="", text=text) for text in ("厂房",)]
        for query in queries:
            found = self.reader.projects(self.viewer, self.day, query)
            assert found.total == len(found.rows)
            yield found


QUESTIONS: dict[str, Callable[[Asking], Any]] = {
    "batches": lambda a: a.reader.batches(a.viewer, may_import=False),
    "can_rewind": lambda a: a.reader.can_rewind(a.viewer, None),
    "corrections": lambda a: a.reader.corrections(a.viewer, None)[0],
    "department_names": lambda a: a.reader.department_names(a.viewer),
    "departments": lambda a: [a.reader.departments(a.viewer, a.day, since=since) for since in (None, LONG_AGO)],
    "first_known": lambda a: a.reader.first_known(a.viewer),
    "flagged": lambda a: [a.reader.flagged(a.viewer, codes, a.day, **a.known)[0] for codes in (None, CODES)],
    "horizon": lambda a: a.reader.horizon(a.viewer, **a.known),
    "lights": lambda a: a.reader.lights(a.viewer, a.day),
    "lights_by_stage": lambda a: a.reader.lights_by_stage(a.viewer, a.day),
    "lights_by_week": lambda a: a.reader.lights_by_week(a.viewer, a.day),
    "logs": lambda a: [a.reader.logs(a.viewer, codes, **a.known)[0] for codes in (None, CODES)],
    "odd_codes": lambda a: [a.reader.odd_codes(a.viewer, codes)[0] for codes in (None, CODES)],
    "plan": lambda a: [a.reader.plan(a.viewer, code, a.day, **a.known) for code in CODES],
    "project": lambda a: [a.reader.project(a.viewer, code, a.day, **a.known) for code in CODES],
    "project_names": lambda a: a.reader.project_names(a.viewer, CODES),
    "projects": lambda a: list(a.lists()),
    "records": lambda a: [a.reader.records(a.viewer, event) for event in EVENTS],
    "regions": lambda a: a.reader.regions(a.viewer),
    "register": lambda a: [a.reader.register(a.viewer, past=past) for past in (False, True)],
    "sources": lambda a: a.reader.sources(a.viewer, a.day),
    "status": lambda a: [a.reader.status(a.viewer, codes, a.day, **a.known)[0] for codes in (None, CODES)],
    "turned": lambda a: a.reader.turned(a.viewer, LONG_AGO, a.day, limit=500),
    "turns": lambda a: a.reader.turns(a.viewer, Seen(), 500),
    "turning_next": lambda a: a.reader.turning_next(a.viewer, a.day, limit=500),
    "unconfirmed": lambda a: a.reader.unconfirmed(a.viewer, a.day),
    "unfinished": lambda a: [
        a.reader.unfinished(a.viewer, a.day, department_id=key) for key in (None, *a.offices)
    ],
    "unfinished_logs": lambda a: a.reader.unfinished_logs(a.viewer, a.day),
    "waiting": lambda a: a.reader.waiting(a.viewer),
    "waiting_rows": lambda a: a.reader.waiting_rows(a.viewer),
}  # fmt: skip
TIMES = {"now": "", "a past day": "as_of", "known then": "known_at", "known before the change": ""}
CASES_OF_QUESTIONS = [
    (question, time)
    for question in QUESTIONS
    for time, needs in TIMES.items()
    if needs in ("", *inspect.signature(getattr(Reader, question)).parameters)
]
# One of each kind; the others differ from these in what they see alone (`test_each_sees_theirs_and_no_more`).
EACH_KIND = ("东区监管", "东区住建", "东区规划", "代办王某", "代办规划", "审计")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def province(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """The province, which the tests only read."""
    folder = tmp_path_factory.mktemp("province")
    with fresh(request, request.param, folder) as url:
        database = Database(url)
        yield made(database, folder)
        database.close()


def asked(province: Province, person: Person, time: str) -> Asking:
    """Somebody asks at one of TIMES."""
    reader = province.reader
    viewer, offices = reader.viewer(person.who, DAY), province.offices
    if time == "a past day":
        return Asking(reader, viewer, dt.date(2026, 10, 15), {}, offices)
    if time == "known then":
        return Asking(reader, viewer, DAY, {"known_at": province.then}, offices)
    if time == "known before the change":
        return Asking(province.reader_then, viewer, DAY, {}, offices)
    return Asking(reader, viewer, DAY, {}, offices)


def said(value: Any) -> str:
    """All that an answer says, as one text."""
    if isinstance(value, Rules):
        return ""  # the law, which is everybody's
    if isinstance(value, pd.DataFrame):
        return str(value.to_dict("records"))
    if isinstance(value, np.ndarray):
        return str(value.tolist())
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{said(one)}" for key, one in value.items()) + "}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return said({one.name: getattr(value, one.name) for one in dataclasses.fields(value) if one.name != "pack"})
    if not isinstance(value, str) and hasattr(value, "__iter__"):
        return "[" + ",".join(map(said, value)) + "]"
    return str(value)


def hidden(person: Person) -> set[str]:
    """The texts that belong to nothing that a person may see."""
    every = {row[0] for row in CASES}
    out = {text for n in every - person.cases for text in marks(n).values()}
    out |= {text for code in CODES if code not in person.projects for text in name_marks(code).values()}
    if not person.whole:
        seen = [row for row in CASES if row[0] in person.cases]
        out |= {row[3] for row in CASES} - {row[3] for row in seen}
        out |= {row[5] for row in CASES} - {row[5] for row in seen} - {""}
    return out


def cases_of(person: Person) -> set[str]:
    """The ids of the cases that are a person's."""
    return {marks(n)["case_id"] for n in person.cases}


def test_every_question_is_asked() -> None:
    rooms = inspect.getmembers(Reader, inspect.isfunction)
    known = {name for name, told in rooms if "viewer" in inspect.signature(told).parameters}
    assert known - {"_seen_by"} == QUESTIONS.keys()


@pytest.mark.parametrize(("question", "time"), CASES_OF_QUESTIONS)
def test_what_is_hidden_is_nowhere_told(province: Province, question: str, time: str) -> None:
    for word in EACH_KIND:
        person = province.people[word]
        told = said(QUESTIONS[question](asked(province, person, time)))
        assert not [text for text in hidden(person) if text in told], word


def test_each_sees_theirs_and_no_more(province: Province) -> None:
    for word, person in province.people.items():
        asking = asked(province, person, "now")
        objects, _missing = asking.reader.status(asking.viewer, None, DAY)
        listed = asking.reader.projects(asking.viewer, DAY, ProjectQuery(phase=""))
        assert {one["project_code"] for one in objects} == person.projects, word
        assert {case["case_id"] for one in objects for case in one["cases"]} == cases_of(person), word
        assert (set(listed.rows["project_code"]), listed.total) == (person.projects, len(person.projects)), word
        assert asking.reader.lights(asking.viewer, DAY)["n"].sum() == len(person.projects), word
        assert set(asking.reader.waiting(asking.viewer)) == ({A} if person.cases & {2, 4} else set()), word


@pytest.mark.parametrize("word", ["东区监管", "东区住建", "代办王某", "代办规划"])
def test_what_is_theirs_is_told(province: Province, word: str) -> None:
    person = province.people[word]
    told = said(QUESTIONS["project"](asked(province, person, "now")))
    assert not [text for n in person.cases for text in marks(n).values() if text not in told]
    assert not [text for code in person.projects for text in name_marks(code).values() if text not in told]


def test_the_province_has_something_to_hide(province: Province) -> None:
    """Else the tests above would say nothing: of what each question tells of cases, all is told to who sees all."""
    asking = asked(province, province.people["管理员"], "now")
    for question, numbers in {
        "corrections": {2, 4, 12},
        "flagged": {2, 4},
        "logs": {row[0] for row in CASES},
        "plan": {row[0] for row in CASES if row[1] in (A, F)},
        "records": {row[0] for row in CASES},
    }.items():
        told = said(QUESTIONS[question](asking))
        assert not [n for n in numbers if marks(n)["case_id"] not in told], question
    assert asking.reader.waiting(EVERYONE) == [A]
    roles = {person.who.role for person in province.people.values()}
    assert len(roles) == 6


def test_a_mask_takes_nothing_from_the_project_itself(province: Province) -> None:
    reader = province.reader
    whole = {one["project_code"]: one for one in reader.status(EVERYONE, None, DAY)[0]}
    stay = "light judged used held_days running stage stages groups ledger turns yellow_on red_on phase pack".split()
    parted = 0
    for person in province.people.values():
        for one in reader.status(reader.viewer(person.who, DAY), None, DAY)[0]:
            full = whole[one["project_code"]]
            assert {name: one[name] for name in stay} == {name: full[name] for name in stay}
            for held in ("share", "sole"):
                sums = [sum(share[held] for share in of["shares"].values()) for of in (one, full)]
                assert sums[0] == pytest.approx(sums[1], abs=1e-5)
            assert [case for case in full["cases"] if case in one["cases"]] == one["cases"]
            if not person.whole:
                assert one["next_change"] in (None, one["yellow_on"], one["red_on"])
                parted += one != full
    assert parted > 5


@pytest.mark.parametrize("word", ["东区住建", "代办规划"])
def test_no_order_and_no_filter_tells_what_is_hidden(province: Province, word: str) -> None:
    person = province.people[word]
    asking = asked(province, person, "now")
    told = asking.reader.projects(asking.viewer, DAY, ProjectQuery(phase="", sort="held_by")).rows
    assert list(told["project_code"]) == sorted(person.projects, reverse=True)
    for key in asking.offices:
        found = asking.reader.projects(asking.viewer, DAY, ProjectQuery(phase="", department_id=key))
        names = asking.reader.department_names(EVERYONE).set_index("department_id")
        office = names.loc[key, "name"], names.loc[key, "region"]
        theirs = {
            row[1] for row in CASES if row[0] in person.cases and not row[7] and office == (row[3], REGION[row[1]])
        }
        assert set(found.rows["project_code"]) == theirs
        assert found.total == len(theirs)


def test_not_theirs_and_not_there_are_the_same(province: Province) -> None:
    def asks(person: Person, code: str, event: str) -> list[Any]:
        a = asked(province, person, "now")
        answers = [a.reader.project(a.viewer, code, DAY), a.reader.plan(a.viewer, code, DAY)]
        answers += [a.reader.records(a.viewer, event), a.reader.project_names(a.viewer, [code])]
        for ask in (a.reader.status, a.reader.flagged):
            answers.append([said(part) for part in ask(a.viewer, [code], DAY)])
        for ask in (a.reader.corrections, a.reader.odd_codes):
            answers.append([said(part) for part in ask(a.viewer, [code])])
        logs, _rules, missing = a.reader.logs(a.viewer, [code])
        return [*answers, said(logs), missing]

    for word in EACH_KIND:
        person = province.people[word]
        code = min(set(CODES) - person.projects - {N})
        event = next(f"{marks(row[0])['event_id']}a" for row in CASES if row[1] == code)
        nobody = asks(person, "2603-330106-04-01-999999", "nobody")
        assert str(asks(person, code, event)).replace(code, "2603-330106-04-01-999999") == str(nobody), word


def test_sums_of_departments_are_their_own(province: Province) -> None:
    every = asked(province, province.people["管理员"], "now").reader.departments(EVERYONE, DAY)
    for word, person in province.people.items():
        asking = asked(province, person, "now")
        own = asking.reader.departments(asking.viewer, DAY)
        if not person.whole:
            keys = list(asking.viewer.departments or ())
            expected = every[every["department_id"].isin(keys)]
            assert said(own) == said(expected), word
            assert len(own) == len(keys), word


def test_sums_as_known_before_the_change_are_of_projects_that_are_theirs_now(province: Province) -> None:
    """D lay in the east then, by the tally too; it is nobody's there by now."""
    reader = province.reader_then
    for day, since in ((DAY, None), (DAY, SPRING), (SPRING, LONG_AGO)):  # summed anew, they are those of the tally
        anew = reader.departments(Viewer(regions=("32", "33")), day, since=since)
        assert said(anew) == said(reader.departments(EVERYONE, day, since=since))
    for word, person in province.people.items():
        if not person.whole:
            continue
        asking, shares, cases = asked(province, person, "known before the change"), Counter[str](), 0
        for one in reader.status(asking.viewer, None, DAY)[0]:
            shares.update({name: held["share"] for name, held in one["shares"].items()})
            cases += sum(case["state"] in ("running", "correction") for case in one["cases"])
        found = reader.departments(asking.viewer, DAY)
        own = found.groupby("department")["share"].sum().to_dict()
        assert own == pytest.approx({name: share for name, share in shares.items() if share}, abs=0.01), word
        assert found["open_cases"].sum() == cases, word


def test_batches_and_rows_that_wait(province: Province) -> None:
    reader = province.reader
    rows: dict[str, set[int]] = {}
    for word, person in province.people.items():
        viewer = reader.viewer(person.who, DAY)
        told = said(reader.waiting_rows(viewer))
        rows[word] = {n for n in WAITING if marks(n)["case_id"] in told}
        assert (U in told) == (93 in rows[word])
        came = reader.batches(viewer, may_import=False)
        assert {(one.name, one.sha256) for one in came} <= {("", "")}
        assert len(came) == (len(reader.batches(EVERYONE, may_import=True)) if rows[word] else 0)
    assert any(one.name for one in reader.batches(EVERYONE, may_import=True))
    assert {word: found for word, found in rows.items() if found} == {
        "管理员": {91, 92, 93, 94},
        "东区监管": {91, 94},
        "西市领导": {92, 93, 94},
        "省内监管": {91, 92, 93, 94},
        "令牌": {94},
    }


def test_rows_of_a_project_that_is_of_no_region_or_was_of_another_one_wait_for_nobody_else(
    database: Database, tmp_path: Path
) -> None:
    """Known without an area code it is in no region; taken back it is not known, but was known to lie elsewhere."""
    here = office(database, tmp_path)
    told = {"name": "厂房", "coded_on": "2026-03-02", "kind": "filing"}
    here.take([told | {"project_code": "P0"}, told | {"project_code": "P1", "region": WEST}], [], [], source="西市")
    case = {"stage": "planning", "department": "规划局"}
    cases = [case | {"case_id": f"C{n}", "project_code": f"P{n}"} for n in (0, 1, 2)]
    files = write(tmp_path / "waiting", [], [one | {"stage": "?"} for one in cases])
    take_files(database, files, source="平台", partial=True)
    reader = here.reader()

    def waits(region: str) -> set[str]:
        rows = reader.waiting_rows(Viewer(regions=(region,)))
        return {one.content["case_id"] for one in rows if one.content}

    assert (waits(EAST), waits(WEST)) == ({"C2"}, {"C1", "C2"})
    undo(database, 1, zone=ZONE, clock=here.clock)
    assert (waits(EAST), waits(WEST)) == ({"C2"}, {"C1", "C2"})


@pytest.mark.parametrize("known", [False, True])
def test_an_export_holds_what_is_theirs_alone(province: Province, tmp_path: Path, known: bool) -> None:
    here, reader = province.here, province.reader
    at = province.then if known else None
    for n, (word, person) in enumerate(province.people.items()):
        viewer, out = reader.viewer(person.who, DAY), tmp_path / str(n)
        whole = {code for code in person.projects if all(row[0] in person.cases for row in CASES if row[1] == code)}
        try:
            done = export(here.database, here.rules, out, Wanted(), DAY, here.clock, viewer=viewer, known_at=at)
        except NothingChosen:
            assert not whole or known, word
            continue
        told = "".join(file.read_text("utf-8-sig") for file in out.rglob("*.csv"))
        assert not [text for text in hidden(person) if text in told], word
        assert known or {code for code in CODES if code in told} == whole, word
        assert set(done.waiting) <= whole


def test_an_export_to_exchange_tables_holds_what_is_theirs_alone(province: Province) -> None:
    for word, person in province.people.items():
        viewer = province.reader.viewer(person.who, DAY)
        with province.here.database.reading() as connection:
            told = str([vars(one) for one in known_now(seen_by(connection, viewer))])
        assert not [text for text in hidden(person) if text in told], word


def test_how_many_there_are_is_not_told_by_a_refusal(province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewinding, "MOST", 3)
    reader, person = province.reader, province.people["代办规划"]
    for viewer, told in ((EVERYONE, len(CODES)), (reader.viewer(person.who, DAY), 4)):
        with pytest.raises(rewinding.TooMany) as refused:
            reader.can_rewind(viewer, None)
        assert refused.value.projects == told
