"""`pull` of 100,000 records from exchange tables against a bare reading of the same rows; memory, and the same again.

    python -m tests.benchmarks.pull_tables [--records N] [--postgres] [--json FILE]

The tables lie in SQLite or PostgreSQL, and so does the log; ten records a project, all of them made up. Each pull runs
in a process of its own, so that its memory is its own. A quarter of the records is pulled for comparison: four times
as much may not take much more than four times as long.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert, make_url, select, text

from monitor.database import Database, upgrade
from monitor.exchange.tables import CASES, METADATA, PROJECTS, RECORDS, TABLES
from tests.benchmarks.table import Row, report
from tests.monitor.servers import postgres_server

OF_PROJECT = 10
ITEMS = ("A01", "A05", "B01", "B04", "C09")
CHILD = """
import json, logging, resource, sys, time, structlog
from pathlib import Path
from zoneinfo import ZoneInfo
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from monitor.database import Database
from monitor.exchange import Exchange, exchange_profile
from monitor.settings import now
from monitor.verbs.pull import pull
exchange, profile, database = Exchange(sys.argv[2]), exchange_profile("spgl"), Database(sys.argv[1])
with database.reading(), exchange.reading():
    pass
idle = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
began = time.perf_counter()
done = pull(database, exchange, profile, source="spgl", zone=ZoneInfo("Asia/Shanghai"), clock=now, whole=True)
seconds = time.perf_counter() - began
# Not ru_maxrss: a child starts with that of the process that made it.
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024
print(json.dumps({"outcome": done.outcome, "added": done.counts["events"].added, "seconds": seconds,
                  "above": (peak - idle) / 1e6}))
"""


def fill(url: str, records: int) -> None:
    """The tables with so many records."""
    engine = create_engine(url)
    METADATA.create_all(engine)
    first = dt.datetime(2025, 1, 6, 9)
    with engine.begin() as connection:
        for at in range(0, records // OF_PROJECT, 1_000):
            codes = [f"2501-330100-04-01-{n:06d}" for n in range(at, min(at + 1_000, records // OF_PROJECT))]
            own = {"xzqhdm": "330100", "xmmc": "虚构项目", "sbsj": first, "sjyxbs": 1}
            add(connection, PROJECTS, [own | {"lsh": c, "xmdm": c, "gcdm": c} for c in codes])
            cases = [(c, k, f"{c}/{k}") for c in codes for k in range(len(ITEMS))]
            told = {"spbmmc": "虚构局", "sxblsx": 7, "sjyxbs": 1}
            add(connection, CASES, [told | {"spsxslbm": case, "spsxbm": ITEMS[k]} for _, k, case in cases])
            rows = [
                {
                    "lsh": f"{case}#{n}",
                    "gcdm": c,
                    "spsxslbm": case,
                    "blzt": code,
                    "blsj": first + dt.timedelta(n + 9 * k),
                }
                for c, k, case in cases
                for n, code in ((1, 3), (7, 11))
            ]
            add(connection, RECORDS, [row | {"blcs": "窗口", "blr": "某人", "sjyxbs": 1} for row in rows])
    engine.dispose()


def add(connection: Any, table: str, rows: list[dict[str, Any]]) -> None:
    connection.execute(insert(TABLES[table]), rows)


def bare(url: str) -> float:
    """Seconds of reading the same rows and doing nothing with them."""
    engine = create_engine(url)
    began = time.perf_counter()
    with engine.connect() as connection:
        for name in (PROJECTS, CASES, RECORDS):
            for _row in connection.execution_options(yield_per=2_000).execute(select(TABLES[name])):
                pass
    engine.dispose()
    return time.perf_counter() - began


def child(url: str, front: str) -> dict[str, Any]:
    """A pull in a process of its own."""
    called = subprocess.run([sys.executable, "-c", CHILD, url, front], check=True, capture_output=True)
    return dict(json.loads(called.stdout))


def measure(kind: str, places: dict[str, str], records: int) -> list[Row]:
    """``places``: addresses of two logs and two fronts, the smaller of each first."""
    for at, n in (("front_some", records // 4), ("front", records)):
        fill(places[at], n)
    found = []
    for log, front in (("log_some", "front_some"), ("log", "front")):
        database = Database(places[log])
        upgrade(database)
        database.close()
        found.append(child(places[log], places[front]))
    some, whole = found
    assert (some["added"], whole["added"]) == (records // 4, records), found
    again = child(places["log"], places["front"])
    assert again["outcome"] == "nothing", again
    base = bare(places["front"])
    against = "bare reading of the same rows"
    return [
        Row(f"{kind}: pull, s", whole["seconds"], base, 30, against),
        Row(
            f"{kind}: pull against a quarter of it, s",
            whole["seconds"],
            some["seconds"],
            5,
            "pull of a quarter of them",
        ),
        Row(f"{kind}: the same again, s", again["seconds"], base, 30, against),
        Row(f"{kind}: memory above idle, MB", max(whole["above"], again["above"]), 1.0, 300, "1 MB"),
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--json")
    asked = parser.parse_args()
    names = ("log_some", "log", "front_some", "front")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if asked.postgres:
            with postgres_server(folder / "pg") as main_url:
                engine = create_engine(main_url, isolation_level="AUTOCOMMIT")
                with engine.connect() as connection:
                    for name in names:
                        connection.execute(text(f"CREATE DATABASE {name}"))
                engine.dispose()
                urls = {n: make_url(main_url).set(database=n).render_as_string(hide_password=False) for n in names}
                rows = measure("PostgreSQL", urls, asked.records)
        else:
            rows = measure("SQLite", {name: f"sqlite:///{folder}/{name}.db" for name in names}, asked.records)
    report(rows, asked.json)


if __name__ == "__main__":
    main()
