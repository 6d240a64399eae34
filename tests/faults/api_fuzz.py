"""The HTTP API against what its own description makes up: `python -m tests.faults.api_fuzz --examples 500`.

For every operation requests that fit the document, and requests that do not, are made up by schemathesis and asked
within the process. None may end in a fault of ours or an answer that the document does not know; what does not fit is
refused; and every refusal of a field says which, what was sent, and why.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import schemathesis
import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import booleans, just
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi

from monitor.database import Database, upgrade
from tests.monitor.api import Platform, platform

LINES = "application/x-ndjson"
FIELDS = (400, 409, 413, 415, 422)  # statuses of refusals that name fields
CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
]


@schemathesis.serializer(LINES)
def _lines(_context: Any, value: Any) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


def named(response: Any) -> None:
    """Raises AssertionError unless a refusal names field, value and reason, and tells nothing of our inside."""
    assert "Traceback" not in response.text
    if response.status_code < 400:
        return
    told = response.json()
    assert told["status"] == response.status_code and told["title"]
    if response.status_code in FIELDS:
        assert told["errors"], told
        for one in told["errors"]:
            assert isinstance(one["field"], str) and one["reason"] and "value" in one, one
            assert len(one["value"] or "") <= 201, one


def at_home(told: Any, path: str) -> None:
    """Makes rows that fit the document fit the office as well: of its region and its project, on a day that can be."""
    if not isinstance(told, dict):
        return
    rows = {name: told.get(name) or [] for name in ("projects", "cases", "events")}
    if "{" in path:
        rows["projects" if "projects" in path else "cases"] = [told]
    for row in rows["projects"]:
        row |= {"region": "330100", "coded_on": "2026-03-02", "pack": None, "ended_on": "2026-03-02", "kind": "filing"}
    for row in rows["cases"]:
        row["project_code"] = "P1"
    for row in rows["events"]:
        row |= {"case_id": "C1", "occurred_at": "2026-03-02", "entered_at": None, "voids": None, "confirms": None}
    if "batches" in path:
        told.pop("reported_until", None)


def run(folder: Path, *, examples: int, first: int = 1) -> Counter[str]:
    """Gives how often each operation answered with each status, such as "GET /api/v1/projects 200". Raises what
    schemathesis found. ``first``: seed."""
    upgrade(database := Database(f"sqlite:///{folder}/monitor.db"))
    there = platform(database)
    there.landed()
    there.tick()
    found = tried(there, examples, first)
    database.close()
    return found


def tried(there: Platform, examples: int, first: int) -> Counter[str]:
    """Asks every operation, in both ways."""
    headers = {"Authorization": f"Bearer {there.token}", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", there.server, headers=headers)
    schema.config.generation.with_security_parameters = False  # tests/monitor/test_api_access.py tries the tokens
    found: Counter[str] = Counter()
    how = settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip

    def ask(case: Any, fitted: bool) -> None:
        if fitted:
            at_home(case.body, case.path)
            if case.method.upper() == "GET" and "code" in (case.path_parameters or {}):
                case.path_parameters["code"] = "P1"
        response = case.call(headers=headers)
        found[f"{case.method.upper()} {case.path} {response.status_code}"] += 1
        named(response)
        # A name without a value is not sent, so what was to be refused for it is as it should be.
        sent = parse_qs(urlsplit(response.request.url or "").query, keep_blank_values=True)
        whole = not case.query or case.query.keys() <= sent.keys()
        checks = CHECKS if whole else [one for one in CHECKS if one is not openapi.negative_data_rejection]
        case.validate_response(response, checks=checks, headers=headers)

    for result in schema.get_all_operations():
        operation = result.ok()
        takes = bool(operation.body) or any(operation.iter_parameters())  # else there is nothing that could not fit
        for mode in GenerationMode if takes else (GenerationMode.POSITIVE,):
            home = booleans() if mode is GenerationMode.POSITIVE else just(False)
            how(seed(first)(given(operation.as_strategy(generation_mode=mode), home)(ask)))()
    return found


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--examples", type=int, default=500, help="of every operation, in each of two ways")
    told.add_argument("--seed", type=int, default=1)
    asked = told.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        for name, times in sorted(run(Path(folder), examples=asked.examples, first=asked.seed).items()):
            print(f"{times:6}  {name}")


if __name__ == "__main__":
    sys.exit(main())
