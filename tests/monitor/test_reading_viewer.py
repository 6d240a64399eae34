"""Nobody sees what is not theirs: each question, asked by somebody with a scope, is answered as in an office that knows
only the projects of that scope. On both databases; every question of the Reader must be in the table."""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import pandas as pd
import pytest

from monitor.reading.projects import ProjectQuery
from monitor.reading.reader import Reader
from monitor.reading.turns import Seen
from monitor.reading.viewer import EVERYONE, Viewer
from rules.log import EventLog
from tests.monitor.looking import DAY, World, made_of, plain_log

SINCE = dt.date(2026, 9, 30)
SCOPES: dict[str, Viewer] = {
    "a region": Viewer("甲", regions=("330106",)),
    "two regions": Viewer("乙", regions=("330381", "32")),
    "nothing": Viewer("丙", regions=()),
    "projects": Viewer("丁", projects=("Q00", "Q07", "Q31")),
}
Asked = Callable[[Reader, Viewer, list[str]], Any]  # the codes are all there are, of whatever scope

QUESTIONS: dict[str, Asked] = {
    "horizon": lambda reader, viewer, codes: reader.horizon(viewer).pending,
    "unconfirmed": lambda reader, viewer, codes: reader.unconfirmed(viewer, DAY),
    "regions": lambda reader, viewer, codes: reader.regions(viewer),
    "register": lambda reader, viewer, codes: [
        one for one in map(str, map(dataclasses.astuple, reader.register(viewer)[0])) if one
    ],
    "lights": lambda reader, viewer, codes: [reader.lights(viewer, day) for day in (DAY, SINCE)],
    "lights_by_stage": lambda reader, viewer, codes: reader.lights_by_stage(viewer, DAY),
    "lights_by_week": lambda reader, viewer, codes: reader.lights_by_week(viewer, DAY),
    "turning_next": lambda reader, viewer, codes: reader.turning_next(viewer, DAY, limit=500),
    "turned": lambda reader, viewer, codes: reader.turned(viewer, SINCE, DAY, limit=500),
    "turns": lambda reader, viewer, codes: sorted(
        (one.project_code, one.scope, one.on, one.from_light, one.to_light)
        for one in reader.turns(viewer, Seen(), 5000)[0]
    ),
    "projects": lambda reader, viewer, codes: [
        reader.projects(viewer, DAY, ProjectQuery(phase="", limit=500, sort="project_code")),
        reader.projects(viewer, DAY, ProjectQuery(light="red", limit=2)).total,
        reader.projects(viewer, DAY, ProjectQuery(text="Q0", limit=500)),
    ],
    "project": lambda reader, viewer, codes: [reader.project(viewer, code, DAY) for code in codes],
    "status": lambda reader, viewer, codes: [reader.status(viewer, None, DAY), reader.status(viewer, codes, SINCE)],
    "odd_codes": lambda reader, viewer, codes: [reader.odd_codes(viewer, None), reader.odd_codes(viewer, codes)],
    "waiting": lambda reader, viewer, codes: reader.waiting(viewer),
    "logs": lambda reader, viewer, codes: [_codes(reader.logs(viewer, some)) for some in (None, codes)],
    "flagged": lambda reader, viewer, codes: [reader.flagged(viewer, None, DAY), reader.flagged(viewer, codes, DAY)],
    "unfinished": lambda reader, viewer, codes: reader.unfinished(viewer, DAY),
    "unfinished_logs": lambda reader, viewer, codes: _codes(reader.unfinished_logs(viewer, DAY)),
    "project_names": lambda reader, viewer, codes: reader.project_names(viewer, codes),
    "plan": lambda reader, viewer, codes: [reader.plan(viewer, code, DAY) for code in codes],
    "corrections": lambda reader, viewer, codes: [reader.corrections(viewer, None), reader.corrections(viewer, codes)],
    "departments": lambda reader, viewer, codes: reader.departments(viewer, DAY),
    "records": lambda reader, viewer, codes: [reader.records(viewer, code) for code in codes],
}
# What says nothing of any project: when a source sends, how departments are called, what a rewinding would cost; and
# what came in, of which `test_reading_masks` asks.
OF_NO_PROJECT = {"sources", "department_names", "can_rewind", "first_known", "batches", "waiting_rows"}


def _codes(found: tuple[Any, ...]) -> list[Any]:
    """Codes of the projects of logs, and the rest of the answer that is no rules."""
    logs = sorted(code for log, _traits in found[0] for code in log.projects.code)
    return [logs, *found[2:]]


def plain(value: Any) -> Any:
    """An answer without the keys by which a database knows its rows: those of two offices differ."""
    if isinstance(value, pd.DataFrame):
        kept = [name for name in value.columns if name not in ("department_id", "project_id", "id")]
        rows = value[kept].astype(object).where(value[kept].notna(), None).values.tolist()
        return [kept, sorted(rows, key=repr)]
    if isinstance(value, EventLog):
        return sorted(value.projects.code)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value) if one.name != "pack"}
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items() if key not in ("department_id", "project_id", "id")}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def seen(viewer: Viewer) -> set[str]:
    """Codes of the projects in a scope, from the rows of the files."""
    of = {row["project_code"]: row.get("region") or "" for row in plain_log()[0]}
    return {
        code
        for code, region in of.items()
        if (viewer.regions is None or region.startswith(viewer.regions))
        and (viewer.projects is None or code in viewer.projects)
    }


@pytest.fixture(scope="module")
def alone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], World]]:
    """Gives an office that knows only the projects of a scope."""
    known: list[World] = []

    @cache
    def made(name: str) -> World:
        folder = tmp_path_factory.mktemp("alone")
        shutil.copy(request.getfixturevalue("sqlite_file"), folder / "monitor.db")
        codes = seen(SCOPES[name])
        projects, cases, events = plain_log()
        own = {row["case_id"] for row in cases if row["project_code"] in codes}
        log = (
            [row for row in projects if row["project_code"] in codes],
            [row for row in cases if row["case_id"] in own],
            [row for row in events if row["case_id"] in own],
        )
        known.append(made_of(log, f"sqlite:///{folder}/monitor.db", folder))
        return known[-1]

    yield made
    for one in known:
        one.here.database.close()


def test_every_question_is_asked() -> None:
    rooms = inspect.getmembers(Reader, inspect.isfunction)
    asked = {name for name, told in rooms if "viewer" in inspect.signature(told).parameters}
    assert asked - {"_seen_by"} == QUESTIONS.keys() | OF_NO_PROJECT


@pytest.mark.parametrize("scope", list(SCOPES))
@pytest.mark.parametrize("question", list(QUESTIONS))
def test_a_scope_is_an_office_of_its_own(
    world: World, alone: Callable[[str], World], question: str, scope: str
) -> None:
    codes = sorted(world.projects)
    own = QUESTIONS[question](alone(scope).reader, EVERYONE, codes)
    if question == "departments" and SCOPES[scope].projects is not None:
        own = own[:0]  # sums over projects are of no single ones
    found = QUESTIONS[question](world.reader, SCOPES[scope], codes)
    assert plain(found) == plain(own)


def test_the_scopes_differ(world: World) -> None:
    """Else the tests above would say nothing."""
    sizes = {name: len(seen(viewer)) for name, viewer in SCOPES.items()}
    assert sizes["nothing"] == 0
    assert 0 < sizes["a region"] < len(world.projects)
    assert 0 < sizes["two regions"] < len(world.projects)
    assert sizes["projects"] == 3
