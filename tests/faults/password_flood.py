"""A flood of wrong passwords: `python -m tests.faults.password_flood [--times 1000]`.

A real server of two processes; one account is tried from as many addresses as there are attempts, another one from one
address. Meanwhile a person who is signed in works on, and the owner of the account that is tried signs in again and
again, from the office where they always do. Nobody may get in by guessing, the server stays alive, and the honest are
served.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from monitor.database import Database, upgrade
from monitor.doors.guard import CSRF_FIELD, SESSION
from monitor.passwords import Passwords
from monitor.settings import now
from monitor.verbs.accounts import add_account
from monitor.verbs.signing_in import change_password
from tests.monitor.peopling import LIMITS

COMMAND = "from monitor.doors.cli.main import main; main()"
PASSWORD, AT_ONCE = "vier Worte ohne Sinn", 16
OFFICE, GUESSER = "10.0.0.7", "203.0.113.9"
TOKEN = re.compile(rf'name="{CSRF_FIELD}" value="([0-9a-f]+)"')


@dataclass
class Flood:
    """``guessed``: how often which status was answered to a wrong password; ``slowest``: seconds of the slowest such
    answer; ``worked``, ``entered``: seconds of each request of the honest."""

    guessed: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    worked: list[float] = field(default_factory=list)
    entered: list[float] = field(default_factory=list)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Database]]:
    """A server behind one proxy, as it takes the requests of this program to be."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"sqlite:///{folder}/monitor.db"
    database = Database(url)
    upgrade(database)
    told = {
        "MONITOR_DATABASE_URL": url, "MONITOR_SECRET_KEY": "made up, for tests alone " * 2, "MONITOR_PROXIES": "1",
        "MONITOR_PORT": str(port), "XDG_DATA_HOME": str(folder),
    }  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    with (folder / "said.txt").open("w") as said:
        process = subprocess.Popen([sys.executable, "-c", COMMAND, "serve"], env=kept | told, stdout=said, stderr=said)
    base = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                requests.get(f"{base}/sign-in", timeout=2)
                break
            except requests.RequestException:
                time.sleep(0.2)
        yield base, database
        assert process.poll() is None, (folder / "said.txt").read_text()
    finally:
        process.terminate()
        process.wait(30)
        database.close()


def visitor(base: str) -> tuple[dict[str, str], str]:
    """The cookies of a browser that opened the page to sign in, and the token of its form."""
    answer = requests.get(f"{base}/sign-in", headers={"Accept": "text/html"}, timeout=60)
    found = TOKEN.search(answer.text)
    assert found is not None
    return answer.cookies.get_dict(), found[1]


def attempt(base: str, seen: tuple[dict[str, str], str], name: str, password: str, address: str) -> requests.Response:
    cookies, token = seen
    form = {"name": name, "password": password, CSRF_FIELD: token}
    told = {"X-Forwarded-For": address, "Accept": "text/html"}
    return requests.post(
        f"{base}/sign-in", data=form, cookies=cookies, headers=told, allow_redirects=False, timeout=120
    )


def flood(folder: Path, times: int) -> Flood:
    """Runs it; raises AssertionError where somebody got in who should not, or did not who should."""
    done, over = Flood(), threading.Event()
    with serving(folder) as (base, database):
        for name in ("zhang", "li"):
            made = {"role": "leader", "scope": {"regions": ["33"]}, "now": now()}
            _account, initial = add_account(database, Passwords(), name, **made)
            home = {"address": OFFICE, "limits": LIMITS, "now": now()}
            token = change_password(database, Passwords(), name, initial, PASSWORD, **home).token
        seen = visitor(base)

        def honest() -> None:
            while not over.is_set():
                begun = time.monotonic()
                answer = requests.get(f"{base}/_dash-layout", cookies={SESSION: token}, timeout=120)
                assert answer.status_code == 200, answer.status_code
                done.worked.append(time.monotonic() - begun)
                begun = time.monotonic()
                answer = attempt(base, visitor(base), "zhang", PASSWORD, OFFICE)
                assert answer.status_code == 303, answer.text
                done.entered.append(time.monotonic() - begun)
                over.wait(0.5)

        def guess(n: int) -> None:
            name, address = ("zhang", f"198.51.{n // 250}.{n % 250}") if n % 2 else ("li", GUESSER)
            begun = time.monotonic()
            answer = attempt(base, seen, name, f"wrong password {n}", address)
            done.guessed[answer.status_code] += 1
            done.slowest = max(done.slowest, time.monotonic() - begun)
            assert SESSION not in answer.cookies

        with ThreadPoolExecutor(AT_ONCE + 1) as pool:
            person = pool.submit(honest)
            for one in [pool.submit(guess, n) for n in range(times)]:
                one.result()
            over.set()
            person.result()
    assert set(done.guessed) <= {401, 429}, done.guessed
    assert done.guessed[401] <= 4 * 6 + AT_ONCE, "guesses were hardly slowed"
    assert done.entered
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1_000)
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        done = flood(Path(folder), times)
    took = time.monotonic() - begun
    print(f"{times} wrong passwords in {took:.0f} s: {dict(done.guessed)}, slowest {done.slowest:.2f} s")
    for what, seconds in (("signed in and worked", done.worked), ("signed in anew", done.entered)):
        print(f"{what}: {len(seconds)} times, slowest {max(seconds):.2f} s")


if __name__ == "__main__":
    main()
