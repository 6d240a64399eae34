"""Every route and every callback of the running application, against every role and against nobody.

The lists are the application's own: what is new fails here until somebody has said whom it is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.exceptions import Forbidden

from monitor.doors.guard import CSRF_HEADER, SESSION, By
from monitor.rights import RIGHTS, Right, Role
from tests.dashboard.office import Office, office

ROLES = [role.value for role in Role]
EVERYBODY = frozenset(ROLES)
READERS = EVERYBODY - {"auditor"}
TAKERS = frozenset({"supervisor"})

# By endpoint: None, whoever comes; else the roles that are let in, once they are signed in. No session opens the API:
# tests/monitor/test_api_access.py tries it with the tokens of each role.
ROUTES: dict[str, frozenset[str] | None] = {
    "/": EVERYBODY,
    "/<path:path>": EVERYBODY,
    "/_dash-layout": EVERYBODY,
    "/_dash-dependencies": EVERYBODY,
    "/_dash-update-component": EVERYBODY,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": None,
    "/_favicon.ico": None,
    "_dash_assets.static": None,
    "_tokens": None,
    "_mark": None,
    "plain.static": None,
    "plain.speak": None,
    "people.enter": None,
    "people.leave": None,
    "people.password": EVERYBODY,
    "look_up.status": None,
    "look_up.slip": frozenset({"supervisor", "department", "agent"}),
    **dict.fromkeys(
        [f"taking.{name}" for name in ("hand_in", "look", "attempt", "take", "drop", "returned", "template")], TAKERS
    ),
    "taking.attempt_undo": TAKERS,
    "taking.undo": TAKERS,
    "trail.export": frozenset({"auditor"}),
    **dict.fromkeys(("api.push_batch", "api.put_project", "api.put_case", "api.list_projects"), frozenset()),
    **dict.fromkeys(("api.get_project", "api.list_departments", "api.follow_turns", "api.list_sources"), frozenset()),
    "api.get_measure": frozenset(),
    **dict.fromkeys(("api_docs.document", "api_docs.page", "api_docs.part", "api_docs.static"), EVERYBODY),
    "api_docs.nowhere": EVERYBODY,
}
NOBODYS = {"/_reload-hash"}  # a tool of developers: no rule, so no one
# By the first output of a callback. Each asks for its right by itself, whatever the guard says of their one route.
CALLBACKS: dict[str, frozenset[str]] = {
    "page.children": EVERYBODY,  # which page may be seen, the page says
    "strip.children": EVERYBODY,  # of the horizon of what may be seen
    '{"default":"","key":"region","type":"choice"}.data': EVERYBODY,
    "overview-known.children": READERS,
    "overview-sources.children": READERS,
    "overview-lights.children": READERS,
    "overview-coming.children": READERS,
    "overview-turned.children": READERS,
    "overview-stages.children": READERS,
    "overview-weeks.children": READERS,
    "projects-known.children": READERS,
    "projects-grid.getRowsResponse": READERS,
    '{"default":"","key":"department","type":"choice"}.data': READERS,
    "project-body.children": READERS,
    "project-corrections.children": READERS,
    "departments-known.children": READERS,
    "departments-body.children": READERS,
    "whatif-known.children": frozenset({"administrator", "supervisor", "leader"}),
    "whatif-working.children": frozenset({"administrator", "supervisor", "leader"}),
    "whatif-result.children": frozenset({"administrator", "supervisor", "leader"}),
    "whatif-form.children": frozenset({"administrator", "supervisor", "leader"}),
    "import-body.children": TAKERS,
    "trail-head.children": frozenset({"auditor"}),
    "trail-verified.children": frozenset({"auditor"}),
    "trail-entries.children": frozenset({"auditor"}),
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("office")) as made:
        yield made


VALUES = {"word": "zh_CN", "number": "1", "batch": "1"}  # of the arguments of routes


def first_output(output: str) -> str:
    """Of the outputs of a callback as Dash names them."""
    return output.strip(".").split("...")[0]


def body_of(here: Office, output: str) -> dict[str, Any]:
    """What a browser asks of a callback, without a value in it."""
    told = here.app.callback_map[output]
    outputs = told["output"] if isinstance(told["output"], list) else [told["output"]]
    named = [{"id": one.component_id, "property": one.component_property} for one in outputs]
    values = {one["id"]: {"path": "/", "search": ""} for one in told["inputs"] + told["state"] if "-view" in one["id"]}
    parts = {key: [one | {"value": values.get(one["id"])} for one in told[key]] for key in ("inputs", "state")}
    return {"output": output, "outputs": named if output.startswith("..") else named[0], "changedPropIds": []} | parts


def test_every_route_is_in_the_table(here: Office) -> None:
    routes = {rule.endpoint for rule in here.app.server.url_map.iter_rules()}
    assert routes == ROUTES.keys() | NOBODYS
    assert here.guard.rules.keys() == ROUTES.keys()


def test_every_callback_is_in_the_table(here: Office) -> None:
    served = {output for output, told in here.app.callback_map.items() if told.get("callback")}
    assert served == here.app.asks.keys()
    assert {first_output(output) for output in served} == CALLBACKS.keys()


def asked(here: Office, client: FlaskClient, endpoint: str, method: str) -> int:
    """The status with which a route answers; a wrong body is a wrong body only for whoever may send one."""
    rule = next(one for one in here.app.server.url_map.iter_rules() if one.endpoint == endpoint)
    path = rule.rule
    for argument in rule.arguments:
        start = path.index("<")
        end = path.index(">", start)
        path = path[:start] + VALUES.get(argument, "nothing") + path[end + 1 :]
    told = {CSRF_HEADER: here.token_of(client)} if client.get_cookie(SESSION) else {}
    return client.open(path, method=method, headers=told).status_code


REFUSED = {401, 403}


@pytest.mark.parametrize("endpoint", [*ROUTES, *NOBODYS])
def test_a_route_lets_in_whom_the_table_names_and_nobody_else(here: Office, endpoint: str) -> None:
    rule = next(one for one in here.app.server.url_map.iter_rules() if one.endpoint == endpoint)
    for method in sorted(rule.methods or ()):
        allowed = ROUTES.get(endpoint, frozenset())
        nobody = asked(here, here.browser(), endpoint, method)
        if allowed is None and method in ("GET", "HEAD", "OPTIONS"):
            assert nobody not in REFUSED, method
        elif allowed is None:
            assert nobody == 400, method  # a form of a visitor without the token of a page
        else:
            assert nobody in REFUSED, method
        for role in ROLES:
            if endpoint in ("people.leave", "people.enter") and method == "POST":
                continue  # would end the session that others use; takes a password, which is not in this test
            status = asked(here, here.browser(role), endpoint, method)
            assert (status not in REFUSED) == (allowed is None or role in allowed), (role, method, status)


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_callback_answers_whom_the_table_names_and_nobody_else(here: Office, name: str) -> None:
    (output,) = [one for one in here.app.asks if first_output(one) == name]
    body = body_of(here, output)
    assert here.browser().post("/_dash-update-component", json=body).status_code == 401
    for role in ROLES:
        client = here.browser(role)
        status = here.post(client, "/_dash-update-component", json=body).status_code
        assert (status == 403) == (role not in CALLBACKS[name]), (role, status)
        assert status in (200, 204, 403), (role, status)


def test_a_callback_asks_for_its_right_itself(here: Office) -> None:
    """The guard looks into the body; a callback that were reached in another way asks all the same."""
    output = next(one for one in here.app.asks if first_output(one) == "overview-lights.children")
    with here.app.server.test_request_context("/", headers={"Cookie": f"{SESSION}={here.sessions['auditor']}"}):
        here.guard.ask()
        with pytest.raises(Forbidden):
            here.app.callback_map[output]["callback"].__wrapped__({})


def test_the_table_of_rights_is_the_one_that_the_tests_expect() -> None:
    assert {role.value for role in Role if Right.READ in RIGHTS[role]} == READERS
    assert {role.value for role in Role if Right.WHATIF in RIGHTS[role]} == CALLBACKS["whatif-form.children"]


def test_a_new_route_without_a_rule_is_refused_to_all(tmp_path: Any) -> None:
    with office(tmp_path) as fresh:
        fresh.app.server._got_first_request = False
        fresh.app.server.add_url_rule("/new", "new", lambda: "new")
        assert all(fresh.browser(role).get("/new").status_code == 403 for role in (None, *ROLES))


def test_no_route_takes_both_a_cookie_and_a_token(here: Office) -> None:
    for endpoint, rule in here.guard.rules.items():
        assert (rule.by is By.BEARER) == endpoint.startswith("api."), endpoint
