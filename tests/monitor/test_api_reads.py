"""Reading: the same objects as the command line, page by page, and turns of which a follower misses none."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest

from monitor.database import Database
from monitor.reading.viewer import EVERYONE
from monitor.settings import now
from monitor.verbs.tick import rebuild
from tests.monitor.api import SOURCE, TODAY, Platform, errors, platform, token
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT
from tests.monitor.peopling import add

# Made up: projects accepted on the same day in three regions; by TODAY all of them are red.
CODES = [f"2603-3301{n:02}-04-01-1000{n:02}" for n in range(12)]


def log(codes: list[str], region: str = "330100", accepted: str = "2026-03-03") -> dict[str, Any]:
    return {
        "projects": [PROJECT | {"project_code": code, "region": region} for code in codes],
        "cases": [CASE | {"case_id": f"C{code}", "project_code": code} for code in codes],
        "events": [
            EVENTS[0] | {"event_id": f"E{code}", "case_id": f"C{code}", "occurred_at": accepted} for code in codes
        ],
    }


@pytest.fixture
def there(database: Database) -> Platform:
    made = platform(database)
    made.landed("first", **log(CODES))
    made.tick()
    return made


def test_pages_pass_over_nothing_and_tell_nothing_twice_while_projects_come_in(there: Platform) -> None:
    first = there.get("/projects?limit=5")
    assert [one["project_code"] for one in first["projects"]] == CODES[:5]
    before, after = "0000-before", f"{CODES[7]}-between"
    there.landed("more", **log([before, after]))
    there.tick()
    seen, page = list(first["projects"]), first
    while page["next"]:
        page = there.get(f"/projects?limit=5&cursor={page['next']}")
        seen += page["projects"]
    assert [one["project_code"] for one in seen] == sorted([*CODES, after])
    assert before in [one["project_code"] for one in there.get("/projects")["projects"]]


def test_a_cursor_belongs_to_its_list(there: Platform) -> None:
    cursor = there.get("/projects?limit=5&light=red")["next"]
    assert len(there.get(f"/projects?light=red&cursor={cursor}")["projects"]) == 7
    decoded = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    forged = [
        base64.urlsafe_b64encode(json.dumps(decoded | change).encode()).decode()
        for change in ({"after": "\x00"}, {"after": 1}, {"as_of": "x"}, {"filters": ""}, {"of": "turns"}, {"more": 1})
    ]
    for wrong in (cursor[:-3], "x", "", "é", cursor + "!", there.get("/turns")["next"], *forged):
        answer = there.ask("GET", "/projects", query_string={"light": "red", "cursor": wrong})
        assert (answer.status_code, errors(answer)[0][2]) == (422, "cursor"), wrong
    for query in (f"light=yellow&cursor={cursor}", f"light=red&as_of=2026-11-19&cursor={cursor}"):
        assert errors(there.ask("GET", f"/projects?{query}"))[0][2] == "cursor"


def test_filters_are_those_of_the_list(there: Platform) -> None:
    there.landed("more", **log(["0001"], region="330200", accepted="2026-11-18"))
    there.tick()

    def listed(query: str) -> list[str]:
        return [one["project_code"] for one in there.get(f"/projects?{query}")["projects"]]

    assert listed("light=green") == listed("region=3302") == listed("text=0001") == ["0001"]
    assert listed("light=red") == listed("region=3301") == CODES
    assert listed("phase=finished") == listed("stage=planning") == []
    assert len(listed("phase=all")) == len(listed("stage=initiation")) == 13
    (there_is,) = {one["department_id"] for one in there.get("/departments?region=3302")["departments"]}
    assert listed(f"department_id={there_is}") == ["0001"]
    past = there.ask("GET", "/projects?as_of=2026-05-01&stage=planning&phase=running&department_id=1")
    assert [one[2] for one in errors(past)] == ["stage", "phase", "department_id"]
    shown = there.get("/projects?as_of=2026-05-01&limit=1")
    assert (shown["as_of"], shown["projects"][0]["light"]) == ("2026-05-01", "green")
    assert there.get("/projects?as_of=2026-05-01&limit=1&cursor=" + shown["next"])["as_of"] == "2026-05-01"


def test_one_project_is_the_object_of_status(there: Platform) -> None:
    told = there.get(f"/projects/{CODES[0]}")
    (known,), _missing = there.monitor.reader.status(EVERYONE, [CODES[0]], TODAY)
    assert told == {"as_of": "2026-11-20", "known_at": None, "project": known} and known["light"] == "red"
    then = dt.datetime(2026, 11, 20, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))  # before anything was known
    gone = there.ask("GET", f"/projects/{CODES[0]}", query_string={"known_at": then.isoformat()})
    assert gone.status_code == 404
    since = now().isoformat()
    moment = there.ask("GET", f"/projects/{CODES[0]}", query_string={"known_at": since, "as_of": "2026-05-01"})
    assert moment.get_json()["project"]["light"] == "green"
    assert moment.get_json()["known_at"].endswith("+08:00")
    for wrong in ("2126-01-01T00:00:00Z", "2026-11-20T09:00:00", "2026-11-20", "now", since.replace("+", " ")):
        answer = there.ask("GET", f"/projects/{CODES[0]}", query_string={"known_at": wrong})
        assert (answer.status_code, errors(answer)[0][2]) == (422, "known_at"), wrong


def test_what_is_elsewhere_is_not_there(there: Platform) -> None:
    there.landed("more", **log(["0001"], region="330200"))
    there.tick()
    add(there.database, "ningbo", scope={"regions": ["3302"]})
    theirs = token(there.database, "ningbo", ["read"])
    missing = there.ask("GET", "/projects/none-such", theirs)
    held_back = there.ask("GET", f"/projects/{CODES[0]}", theirs)
    assert missing.status_code == held_back.status_code == 404
    assert missing.text.replace("none-such", "") == held_back.text.replace(CODES[0], "")
    assert [one["project_code"] for one in there.get("/projects", token=theirs)["projects"]] == ["0001"]
    assert {one["project_code"] for one in there.get("/turns", token=theirs)["turns"]} == {"0001"}
    assert {one["region"] for one in there.get("/departments", token=theirs)["departments"]} == {"330200"}


def test_a_follower_of_turns_misses_none(there: Platform) -> None:
    def all_since(cursor: str | None, limit: int = 7) -> tuple[list[Any], str]:
        seen: list[Any] = []
        while True:
            page = there.get(f"/turns?limit={limit}" + (f"&since={cursor}" if cursor else ""))
            assert len(page["turns"]) <= limit
            seen, cursor = seen + page["turns"], page["next"]
            if not page["more"]:
                return seen, cursor

    turns, cursor = all_since(None)
    scopes = ("project", "pre_construction")
    assert {(one["project_code"], one["scope"], one["to_light"]) for one in turns} == {
        (code, scope, light) for code in CODES for scope in scopes for light in ("yellow", "red")
    }
    assert len(turns) == 48 and all(one["known_to"] is None and one["confirmed"] is False for one in turns)
    assert all_since(cursor) == ([], cursor)
    # The approval of one comes late: its turns hold no more, but for those of the day on which it was still open.
    approved = EVENTS[1] | {"event_id": "late", "case_id": f"C{CODES[3]}", "occurred_at": "2026-05-22"}
    there.landed("late", events=[approved], reported_until="2026-11-20")
    there.landed("more", **log(["0001"]))
    there.tick()
    came, later = all_since(cursor, 3)
    ended = [one for one in came if one["known_to"]]
    assert {one["project_code"] for one in ended} == {CODES[3]}
    assert {one["id"] for one in ended} == {
        one["id"] for one in turns if one["project_code"] == CODES[3] and one["on"] > "2026-05-22"
    }
    assert {one["project_code"] for one in came if not one["known_to"]} == {"0001"}
    assert all(one["confirmed"] for one in came)
    rebuild(there.database, there.monitor.rules, TODAY, now, lambda _done, _all: None)
    assert all_since(later) == ([], later)
    everything = {one["id"]: one for one in all_since(None)[0]}
    followed = {one["id"]: one for one in [*turns, *came]}
    same = ("project_code", "scope", "on", "to_light", "known_from", "known_to")
    assert {key: [one[n] for n in same] for key, one in followed.items()} == {
        key: [one[n] for n in same] for key, one in everything.items()
    }


def test_departments_and_sources(there: Platform) -> None:
    (one,) = there.get("/departments")["departments"]
    assert (one["department"], one["region"], one["open_cases"], one["decided"]) == ("发改", "330100", 12, 0)
    assert one["share"] == one["sole"] == 12 * one["longest_open"]
    assert there.get("/departments?since=2026-11-19")["departments"][0]["share"] == 12.0
    assert there.get("/sources") == {
        "as_of": "2026-11-20",
        "sources": there.get("/sources")["sources"],
    } and [(s["source"], s["reported_until"]) for s in there.get("/sources")["sources"]] in (
        [],
        [(SOURCE, "2026-03-03")],
    )


@pytest.mark.parametrize(
    "query",
    [
        *(f"/projects?limit={n}" for n in ("0", "501", "-1", "x", "1e1", "", "１", "9999999999")),
        *(f"/projects?{name}=x" for name in ("light", "stage", "phase", "region", "department_id", "as_of", "sort")),
        *(
            "/projects?light=red&light=red",
            "/projects?text=%00",
            "/projects?text=%EF%B7%90",
            "/projects?as_of=2026-02-30",
        ),
        *("/projects?as_of=1800-01-01", "/projects?as_of=9999-12-31", "/projects?text=" + "x" * 201),
        *(
            "/sources?x=1",
            "/turns?since=x",
            "/turns?limit=501",
            "/departments?since=x",
            "/projects/%00",
            "/projects/P?as_of=",
        ),
    ],
)
def test_a_query_that_is_not_understood_is_refused_by_name(sqlite: Platform, query: str) -> None:
    answer = sqlite.ask("GET", query)
    assert answer.status_code == 422, answer.text
    assert errors(answer)


@pytest.fixture(scope="module")
def sqlite(tmp_path_factory: pytest.TempPathFactory, sqlite_file: Any) -> Any:
    path = tmp_path_factory.mktemp("api") / "monitor.db"
    path.write_bytes(sqlite_file.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield platform(database)
    database.close()
