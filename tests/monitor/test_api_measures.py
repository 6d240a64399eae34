"""Measures by the API: the documents of the command, of what the token may see; what is not understood is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.database import Database
from monitor.reading.measures import Wanted
from monitor.reading.viewer import EVERYONE
from monitor.verbs.measuring import What, measure
from tests.house.test_json_documents import documented, undocumented
from tests.monitor.api import TODAY, Platform, errors, platform, token
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT
from tests.monitor.peopling import add

REGIONS = ("330100", "330200")
# Of these the log has something.
THERE = (What.ATTRIBUTION, What.INDICATORS, What.DURATIONS, What.QUEUES, What.CASES)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory, sqlite_file: Path) -> Iterator[Platform]:
    path = tmp_path_factory.mktemp("api") / "monitor.db"
    path.write_bytes(sqlite_file.read_bytes())
    made = platform(Database(f"sqlite:///{path}"))
    codes = [(f"{region}-{n}", region) for region in REGIONS for n in range(4)]
    made.landed(
        "first",
        projects=[PROJECT | {"project_code": code, "region": region} for code, region in codes],
        cases=[CASE | {"case_id": f"C{code}", "project_code": code} for code, _region in codes],
        events=[
            one | {"event_id": f"{one['event_id']}{code}", "case_id": f"C{code}"}
            for n, (code, _region) in enumerate(codes)
            for one in EVENTS[: 2 if n % 2 else 1]
        ],
    )
    made.tick()
    yield made
    made.database.close()


@pytest.mark.parametrize("what", What)
def test_each_is_the_document_of_the_verb(there: Platform, what: What) -> None:
    figure = "open" if what is What.CASES else ""
    told = there.get(f"/measures/{what}" + (f"?figure={figure}" if figure else ""))
    assert not undocumented(told, documented(f"measures {what}"))
    known = measure(there.monitor.reader.measures, EVERYONE, what, Wanted(None, TODAY), figure=figure)
    for row in told["rows"] + known["rows"]:
        for text in ("formula", "source"):  # in the language of whoever asks
            row.pop(text, None)
    assert told == known
    assert bool(told["rows"]) == (what in THERE)


def test_what_is_asked_narrows_it(there: Platform) -> None:
    whole = there.get("/measures/attribution?by=region")["rows"]
    assert [row["region"] for row in whole] == list(REGIONS)
    assert there.get("/measures/attribution?by=region&region=3302")["rows"] == whole[1:]
    assert there.get("/measures/attribution?by=region&kind=none")["rows"] == []
    assert there.get("/measures/attribution?by=region&stage=planning")["rows"] == []
    (one, other) = there.get("/measures/attribution")["rows"]
    assert there.get(f"/measures/attribution?department_id={one['department_id']}")["rows"] == [one]
    assert other["department_id"] != one["department_id"]
    weeks = there.get("/measures/attribution?by=week&since=2026-03-01&until=2026-03-15")["rows"]
    assert [row["week"] for row in weeks] == ["2026-03-02", "2026-03-09"]


def test_it_is_of_what_the_token_may_see(there: Platform) -> None:
    add(there.database, "ningbo", scope={"regions": ["3302"]})
    theirs = token(there.database, "ningbo", ["read"])
    assert [row["region"] for row in there.get("/measures/attribution?by=region", token=theirs)["rows"]] == ["330200"]
    cases = there.get("/measures/cases?figure=decided", token=theirs)["rows"]
    assert {row["project_code"][:6] for row in cases} == {"330200"}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("none?by=item", "what"),
        ("attribution?by=office", "by"),
        ("attribution?by=week", "by"),
        ("indicators?since=2026-11-20&until=2026-11-20", "since"),
        ("attribution?figure=open", "figure"),
        ("cases", "figure"),
        ("cases?figure=handler", "figure"),
        ("durations?until=2026-11-19", "until"),
        ("durations?by=week&since=2026-11-01", "by"),
        ("paths?item=A01", "by"),
        ("attribution?department_id=x", "department_id"),
        ("attribution?stage=x", "stage"),
        ("attribution?until=x", "until"),
        ("attribution?item=%00", "item"),
        ("attribution?more=1", "more"),
    ],
)
def test_what_is_not_understood_is_named(there: Platform, query: str, name: str) -> None:
    answer = there.ask("GET", f"/measures/{query}")
    assert answer.status_code == 422, answer.text
    assert [one[2] for one in errors(answer)] == [name]
