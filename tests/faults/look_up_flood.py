"""A flood of look-ups with guessed codes: `python -m tests.faults.look_up_flood [--times 10000]`.

Half of them comes from one address, the other half from as many as there are guesses; some guess query codes, and some
come while others are under way. Meanwhile an honest visitor looks up a project now and then, from an address of their
own, and another one with the right query code, from the address of the guesser. Then it measures how long refusals take
that must not be told apart.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import shutil
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import text

from dashboard.app import create_app
from monitor.database import Database, upgrade
from monitor.settings import Settings
from monitor.verbs.attempts import FREE_OF_ADDRESS
from monitor.wiring import monitor
from tests.monitor.looked_up import (
    AWAY,
    DAY,
    HOME,
    LATER,
    LISTED,
    MARKED,
    MET,
    OPEN,
    PURGED,
    UNKNOWN,
    province,
    slip_of,
)
from tests.monitor.peopling import CHEAP

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
AT_ONCE = 8


@dataclass
class Flood:
    """What came of it. ``guessed``: how often which status was answered; ``honest``: seconds of each honest look-up,
    all of them answered; ``locked``: seconds of a refusal that had to wait."""

    guessed: Counter[int] = field(default_factory=Counter)
    honest: list[float] = field(default_factory=list)
    locked: list[float] = field(default_factory=list)
    places: int = 0


class Site:
    """The server over the made-up province on SQLite, without a network between."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder}/monitor.db"
        database = Database(url)
        upgrade(database)
        listed = province(database, folder)
        key = SecretStr("made up, for tests alone " * 2)
        settings = Settings(database_url=url, secret_key=key, secret_projects_file=listed, _env_file=None)  # type: ignore[call-arg]
        self.monitor = replace(monitor(settings), passwords=CHEAP)
        self.database = database
        self.server = create_app(self.monitor, today=lambda: DAY).server

    def visitor(self, address: str) -> FlaskClient:
        client = self.server.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        return client

    def close(self) -> None:
        self.database.close()
        self.monitor.database.close()


def get(client: FlaskClient, code: str) -> tuple[int, float]:
    """Status, and seconds."""
    began = time.perf_counter()
    status = client.get("/status", query_string={"code": code}).status_code
    return status, time.perf_counter() - began


def send(client: FlaskClient, token: str, code: str, query_code: str) -> tuple[int, float]:
    """The same by the form."""
    began = time.perf_counter()
    sent = client.post("/status", data={"csrf_token": token, "code": code, "query_code": query_code})
    return sent.status_code, time.perf_counter() - began


def token_of(client: FlaskClient) -> str:
    """The token of the form."""
    found = TOKEN.search(client.get("/status").text)
    assert found
    return found[1]


def flood(folder: Path, times: int) -> Flood:
    """So many guesses. Raises AssertionError where one was answered, or somebody honest was not."""
    site, out = Site(folder), Flood()
    wrong, right = slip_of(site.database), slip_of(site.database)
    numbers, draw = count(), Random(7)
    codes = [f"2603-3301{draw.randrange(100):02d}-04-01-{draw.randrange(10**6):06d}" for _ in range(times)]

    def guess(code: str) -> None:
        n = next(numbers)
        client = site.visitor(AWAY if n % 2 else f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")
        if n % 10 == 9:
            status, seconds = send(client, token_of(client), OPEN, wrong)
        else:
            status, seconds = get(client, code)
        assert status in (404, 429), status
        out.guessed[status] += 1
        if status == 429 and n % 10 != 9:
            out.locked.append(seconds)

    def honest(stopped: Any) -> None:
        mine, shared = site.visitor(HOME), site.visitor(AWAY)
        token = token_of(shared)
        while not stopped():
            for status, seconds in (get(mine, OPEN), send(shared, token, OPEN, right)):
                assert status == 200, status
                out.honest.append(seconds)
            time.sleep(0.05)

    done = False
    with ThreadPoolExecutor(1) as other, ThreadPoolExecutor(AT_ONCE) as pool:
        watching = other.submit(honest, lambda: done)
        try:
            list(pool.map(guess, codes))
        finally:
            done = True
        watching.result()
    with site.database.reading() as connection:
        out.places = int(connection.execute(text("SELECT COUNT(*) FROM look_up_miss")).scalar() or 0)
    site.close()
    return out


def timings(folder: Path, samples: int) -> dict[str, float]:
    """Median milliseconds of each kind of refusal, in an order that chance gives."""
    site = Site(folder)
    wrong = slip_of(site.database)
    slip_of(site.database)
    kinds = {
        "unknown, query code": UNKNOWN,
        "wrong query code": OPEN,
        "unknown": UNKNOWN,
        "listed": LISTED,
        "marked": MARKED,
        "marked, here": MET,
        "purged": PURGED,
        "not yet": LATER,
        "no code": "x",
    }
    taken: dict[str, list[float]] = {kind: [] for kind in kinds}
    draw = Random(11)
    for n in range(samples):
        for k, (kind, code) in draw.sample(list(enumerate(kinds.items())), len(kinds)):
            client = site.visitor(f"10.{k}.{n >> 8}.{n & 255}")
            if "query code" in kind:
                status, seconds = send(client, token_of(client), code, wrong)
            else:
                status, seconds = get(client, code)
            assert status == 404, (kind, status)
            taken[kind].append(1000 * seconds)
    site.close()
    return {kind: median(some) for kind, some in taken.items()}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--times", type=int, default=10_000)
    asked.add_argument("--samples", type=int, default=300)
    told = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="look-up-flood-"))
    try:
        for name in ("flood", "timings"):
            (folder / name).mkdir()
        began = time.perf_counter()
        found = flood(folder / "flood", told.times)
        seconds = time.perf_counter() - began
        print(f"{told.times} guesses in {dt.timedelta(seconds=round(seconds))}: {dict(found.guessed)}; ", end="")
        print(f"{found.places} places kept; a locked one took {1000 * median(found.locked):.1f} ms; ", end="")
        print(f"{len(found.honest)} honest look-ups, median {1000 * median(found.honest):.0f} ms, ", end="")
        print(f"longest {1000 * max(found.honest):.0f} ms; free guesses of one address: {FREE_OF_ADDRESS}")
        for kind, milliseconds in timings(folder / "timings", told.samples).items():
            print(f"{kind:<24}{milliseconds:8.2f} ms")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
