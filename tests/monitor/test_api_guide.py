"""docs/api.md: its examples, in their order, are answered as it says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from monitor.database import Database
from monitor.doors.api.batch import MOST_ROWS
from monitor.doors.api.batches import RULES
from monitor.doors.api.office import MOST_LISTED
from monitor.doors.api.refused import MOST
from monitor.doors.guard import MEBIBYTE
from tests.monitor.api import Platform, platform

VOLATILE = ("known_from",)


def test_the_guide_says_the_limits(top: Path) -> None:
    page = guide(top)
    (largest,) = {rule.limit for rule in RULES.values()} - {MEBIBYTE}
    assert f"up to {MOST_ROWS:,} rows in {largest // MEBIBYTE} MiB" in page
    assert f"more than {MOST_ROWS:,} rows or {largest // MEBIBYTE} MiB" in page
    assert f"the first {MOST:,} under `errors`" in page and f"limit={MOST_LISTED}" in page


def guide(top: Path) -> str:
    return (top / "docs" / "api.md").read_text("utf-8")


def calls(page: str) -> list[list[str]]:
    """The words of every `curl` of the page."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page, flags=re.M | re.S)
    words = [word for block in blocks for word in [*shlex.split(block.replace("\\\n", " ")), ""]]
    found: list[list[str]] = []
    for word in words:
        if word == "curl":
            found.append([])
        elif found and word:
            found[-1].append(word)
    return found


def asked(there: Platform, words: list[str]) -> TestResponse:
    """What a call of `curl` is answered."""
    method, headers, body, query, rest = "GET", {}, None, [], list(words)
    address = ""
    while rest:
        word = rest.pop(0)
        if word == "-H":
            name, _colon, value = rest.pop(0).replace("$AUTH", f"Authorization: Bearer {there.token}").partition(": ")
            headers[name] = value
        elif word == "-X":
            method = rest.pop(0)
        elif word in ("--json", "--data-binary"):
            body, method = rest.pop(0), "POST" if method == "GET" else method
            if word == "--json":
                headers["Content-Type"] = "application/json"
        elif word == "--data-urlencode":
            query.append(tuple(rest.pop(0).split("=", 1)))
        elif word != "-G":
            assert not address, words
            address = word
    path = address.replace("$API", "/api/v1") + ("?" + urlencode(query) if query else "")
    return there.client.open(path, method=method, headers=headers, data=body and body.encode())


@pytest.fixture
def there(tmp_path: Path, sqlite_file: Path) -> Any:
    path = tmp_path / "monitor.db"
    path.write_bytes(sqlite_file.read_bytes())
    yield platform(database := Database(f"sqlite:///{path}"))
    database.close()


def test_the_examples_of_the_guide_are_answered_as_it_says(there: Platform, top: Path) -> None:
    page = guide(top)
    listed = calls(page)
    assert len(listed) == 11
    answers = [asked(there, words) for words in listed[:4]]
    there.tick()
    for words in listed[4:]:
        words[:] = [word.replace("known_at=2026", "known_at=2000") for word in words]
        answers.append(asked(there, words))
    wrong = {n: answer.text for n, answer in enumerate(answers) if answer.status_code != 200}
    assert wrong.keys() == {6} and answers[6].status_code == 404  # nothing was known of it then
    landed, refused = (json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", page, flags=re.M | re.S))
    told = answers[0].get_json()
    assert {k: v for k, v in told.items() if k not in VOLATILE} == {
        k: v for k, v in landed.items() if k not in VOLATILE
    }
    assert [one["result"] for answer in answers[1:4] for one in answer.get_json()["results"]] == [
        "added", "added", "changed", "changed",
    ]  # fmt: skip
    again = asked(there, listed[0])
    assert again.data == answers[0].data and again.headers["Idempotent-Replay"] == "true"
    changed = {"event_id": "S-1#1", "case_id": "S-1", "status": "accepted", "occurred_at": "2026-09-03"}
    assert there.push("other", events=[changed]).get_json() == refused
