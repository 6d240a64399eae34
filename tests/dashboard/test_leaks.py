"""Nobody sees on any page, nor is told by any operation, what is not theirs: the whole application over a made-up
province in which everything looks alike, for each person in it.

What belongs to hidden projects and cases bears texts that stand nowhere else (tests/monitor/lookalikes); none of them
may be in an answer, and what is theirs has to be.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from dashboard.app import create_app
from monitor.database import Database, upgrade
from monitor.doors.guard import Guard
from monitor.reading import people
from monitor.reading.behind import FIGURES
from monitor.rights import FOR_TOKENS, RIGHTS, Right, Role
from monitor.settings import now
from monitor.verbs.accounts import reset_password
from monitor.verbs.measuring import What
from monitor.verbs.signing_in import change_password
from monitor.verbs.tokens import add_token
from monitor.wiring import monitor
from tests.dashboard.office import HERE, PASSWORD, Office, enter, settings_of
from tests.dashboard.test_doors import body_of
from tests.monitor.lookalikes import CASES, DAY, PROJECTS, Person, Province, made, marks, name_marks
from tests.monitor.peopling import CHEAP, LIMITS

CODES = [code for code, _region, _agent in PROJECTS]
PAST = "2026-11-12"
# Of each kind one or two; the exact sets of all of them: tests/monitor/test_reading_masks.
PEOPLE = ["东区监管", "省内监管", "东区住建", "代办王", "代办规划", "代办过期", "审计"]


@dataclass
class Web:
    """The application, and the province that it shows."""

    office: Office
    province: Province
    then: dt.datetime


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("leaks")
    url = f"sqlite:///{folder}/monitor.db"
    database = Database(url)
    upgrade(database)
    province = made(database, folder)
    known = replace(monitor(settings_of(url)), passwords=CHEAP, limits=LIMITS)
    guard = Guard(known, known.settings.key())
    office = Office(known, create_app(known, today=lambda: DAY, guard=guard), guard)
    for word in PEOPLE:
        office.sessions[word] = _enter(office, province.people[word])
    yield Web(office, province, province.then)
    known.database.close()
    database.close()


def _enter(office: Office, person: Person) -> str:
    """The session of a person; agents have their accounts already."""
    who = person.who
    if who.role is Role.AGENT:
        initial = reset_password(office.database, CHEAP, who.name, now=now())
        told: dict[str, Any] = {"address": HERE, "limits": LIMITS, "now": now()}
        return change_password(office.database, CHEAP, who.name, initial, PASSWORD, **told).token
    scope = {name: list(getattr(who.scope, name)) for name in ("regions", "departments") if getattr(who.scope, name)}
    return enter(office.monitor, who.name, who.role.value, scope)


def hidden(person: Person) -> dict[str, str]:
    """Texts that this person may not read, by what they belong to."""
    out = {}
    for code in CODES:
        if code not in person.projects:
            out |= dict.fromkeys(name_marks(code).values(), code)
    for row in CASES:
        if row[0] not in person.cases:
            out |= dict.fromkeys(marks(row[0]).values(), f"case {row[0]}")
    return out


def addresses(web: Web) -> Iterator[tuple[str, str, str]]:
    """Paths and queries of pages, with the code that the address itself says."""
    times = ({}, {"as_of": PAST}, {"known_at": web.then.isoformat()})
    for more in times:
        for path in ("/", "/projects", "/departments"):
            yield path, urlencode(more), ""
        yield "/whatif", urlencode({"ask": "promises"} | more), ""
        for code in CODES if not more else CODES[:3]:
            yield f"/project/{code}", urlencode(more), code
            yield "/whatif", urlencode({"ask": "promises", "project": code} | more), code
    yield "/whatif", urlencode({"ask": "each"}), ""
    for key in web.province.offices[::3]:
        yield "/projects", urlencode({"department": key}), ""
        yield "/whatif", urlencode({"ask": "promises", "department": key}), ""
    for text in ("厂房", "业主", CODES[2]):
        yield "/projects", urlencode({"text": text}), text


def callbacks(web: Web, path: str) -> Iterator[str]:
    """The callbacks that a page of a path asks; with the first page those of every page."""
    name = {"/": "overview", "/projects": "projects", "/departments": "departments", "/whatif": "whatif"}
    page = f"{name.get(path, 'project')}-"
    for output in web.office.app.asks:
        first = output.strip(".")
        every = not first.startswith(("projects-", "project-", "departments-", "whatif-", "import-", "trail-"))
        if first.startswith(page) or (path == "/" and every) or ("department" in first and path == "/projects"):
            yield output


def asked(web: Web, client: FlaskClient, output: str, path: str, search: str) -> str:
    body = body_of(web.office, output)
    rows = {"startRow": 0, "endRow": 100, "sortModel": [], "filterModel": {}}
    values = {"url.pathname": path, "url.search": f"?{search}", "projects-grid.getRowsRequest": rows}
    for one in body["inputs"] + body["state"]:
        told = {"path": path, "search": f"?{search}"} if "-view" in str(one["id"]) else None
        one["value"] = values.get(f"{one['id']}.{one['property']}", told)
    answer = web.office.post(client, "/_dash-update-component", json=body)
    assert answer.status_code in (200, 204, 403), (output, path, search, answer.status_code)
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("word", PEOPLE)
def test_no_page_tells_anybody_what_is_not_theirs(web: Web, word: str) -> None:
    person = web.province.people[word]
    client, secret, told = web.office.browser(word), hidden(person), ""
    for path, search, said in addresses(web):
        for output in callbacks(web, path):
            text = asked(web, client, output, path, search)
            leaks = {one: of for one, of in secret.items() if one in text and not (said and one in said)}
            assert not leaks, (output, path, search, leaks)
            told += text
    if Right.READ in RIGHTS[person.who.role]:
        assert all(code in told for code in person.projects)


# Of measures: cut by all that there is, of past days, by week, and the cases behind each figure.
EVERY_CUT = "by=department,item,stage,region,kind"
MEASURED: tuple[str, ...] = (
    *("", EVERY_CUT, f"{EVERY_CUT}&until={PAST}", f"since={PAST}&by=department,week", "by=region,kind", "region=33"),
)
BEHIND = tuple(f"figure={figure}" for figure in FIGURES)


@pytest.mark.parametrize("word", [word for word in PEOPLE if word != "审计"])
def test_no_operation_tells_anybody_what_is_not_theirs(web: Web, word: str) -> None:
    person = web.province.people[word]
    with web.office.database.reading() as connection:
        (account,) = people.accounts(connection, person.who.name)
    rights = sorted((FOR_TOKENS & RIGHTS[person.who.role]) - {Right.IMPORT})
    _token, bearer = add_token(web.office.database, f"of {word}", account=account.name, rights=rights, now=now())
    client, secret, told = web.office.browser(), hidden(person), ""
    routes = [rule for rule in web.office.app.server.url_map.iter_rules() if rule.rule.startswith("/api/v1")]
    reads = [rule for rule in routes if "GET" in (rule.methods or ())]
    assert len(reads) >= 5
    for rule in reads:
        codes = list(What) if "what" in rule.arguments else CODES if rule.arguments else [""]
        for code in codes:
            path = rule.rule
            for _argument in rule.arguments:
                start = path.index("<")
                path = path[:start] + code + path[path.index(">", start) + 1 :]
            asked = ("", f"as_of={PAST}", urlencode({"known_at": web.then.isoformat()}), "limit=500")
            if "what" in rule.arguments:
                asked = BEHIND if code == What.CASES else MEASURED
            for query in asked:
                answer = client.get(f"{path}?{query}", headers={"Authorization": f"Bearer {bearer}"})
                assert answer.status_code < 500, (path, query)
                text = answer.get_data(as_text=True)
                leaks = {one: of for one, of in secret.items() if one in text and not (code and one in code)}
                assert not leaks, (path, query, leaks)
                told += text
    assert all(code in told for code in person.projects)
