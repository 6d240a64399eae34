"""`import` of 1,000,000 events against a bare bulk insert of the finished rows into the same table.

    python -m tests.benchmarks.import_events [--events N] [--no-postgres] [--json FILE]

The floor is `executemany` (SQLite) or COPY (PostgreSQL) of the rows as they end up in table `event`, in the
order of the file, with all columns, indexes and foreign keys, in one transaction with the same settings.
Each import runs in a process of its own, so that its memory is its own. Goals (docs/benchmarks.md): SQLite
<= 2, PostgreSQL <= 3, 300 MB above the idle process.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, text

from monitor.database import Database, upgrade
from tests.benchmarks.table import Row, report
from tests.monitor.servers import postgres_server

CASES = 10
STAGES = ("initiation", "planning", "construction", "acceptance", "parallel")
CHILD = """
import json, resource, sys, time
from pathlib import Path
from zoneinfo import ZoneInfo
import structlog, logging
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from monitor.database import Database
from monitor.settings import now
from monitor.verbs.import_log import import_log
database = Database(sys.argv[1])
with database.reading() as connection:
    connection.exec_driver_sql("SELECT 1")
idle = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
began = time.perf_counter()
paths = [Path(p) for p in sys.argv[2:]]
done = import_log(database, paths, zone=ZoneInfo("Asia/Shanghai"), clock=now, today=now().date())
seconds = time.perf_counter() - began
# Not ru_maxrss: a child starts with that of the process that made it.
told = Path("/proc/self/status").read_text()
peak = int(told.split("VmHWM:")[1].split()[0]) * 1024
print(json.dumps({"outcome": done.outcome, "seconds": seconds, "above": (peak - idle) / 1e6,
                  "events": vars(done.counts["events"])}))
"""


def write_files(folder: Path, events: int) -> dict[str, Path]:
    """projects.csv, cases.csv, and the events twice: in the order of their cases, and in the order of time."""
    draw = random.Random(1)
    first = dt.date(2023, 1, 2)
    cases: list[tuple[Any, ...]] = []
    rows: list[tuple[str, str, str, str, str]] = []
    project = 0
    while len(rows) < events:
        code = f"2301-330100-04-01-{project:06d}"
        for n in range(CASES):
            case = f"C{project:06d}-{n:02d}"
            cases.append((case, code, f"A{n:02d}", f"item {n}", STAGES[n % 5], f"department {n % 7}"))
            day = first + dt.timedelta(draw.randrange(900))
            told = [("accepted", 0), ("approved", draw.randrange(1, 40))]
            if draw.random() < 0.25:
                told[1:1] = [("correction_started", 0), ("correction_ended", draw.randrange(1, 9))]
            for k, (status, after) in enumerate(told):
                on = (day + dt.timedelta(after)).isoformat()
                rows.append((f"{case}#{k}", case, status, on, "missing papers" if k == 1 else ""))
        project += 1
    del rows[events:]
    header = ("event_id", "case_id", "status", "occurred_at", "reason")
    files = {name: folder / name / "events.csv" for name in ("by case", "by time")}
    for name, listed in (("by case", rows), ("by time", sorted(rows, key=lambda row: row[3]))):
        files[name].parent.mkdir()
        _write(files[name], header, listed)
    codes = dict.fromkeys(case[1] for case in cases)
    files["projects"], files["cases"] = folder / "projects.csv", folder / "cases.csv"
    _write(files["projects"], ("project_code", "region", "coded_on"), [(c, "330100", "2023-01-02") for c in codes])
    _write(files["cases"], ("case_id", "project_code", "item_code", "item_name", "stage", "department"), cases)
    return files


def _write(path: Path, header: tuple[str, ...], rows: list[Any]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def child(url: str, *paths: Path) -> dict[str, Any]:
    """An import in a process of its own."""
    called = subprocess.run([sys.executable, "-c", CHILD, url, *map(str, paths)], check=True, capture_output=True)
    return dict(json.loads(called.stdout))


def floor(database: Database, rows: list[tuple[Any, ...]], names: list[str]) -> float:
    """Seconds of the bare insert; the table is emptied before."""
    with database.writing() as connection:
        connection.execute(text("DELETE FROM event"))
    with database.engine.connect() as warm:
        warm.execute(text("SELECT 1"))
    columns = ", ".join(names)
    if database.dialect == "postgresql":
        lines = ["\t".join("\\N" if v is None else str(v) for v in row) + "\n" for row in rows]
        blocks = ["".join(lines[i : i + 1000]) for i in range(0, len(lines), 1000)]
    began = time.perf_counter()
    with database.writing(bulk=True) as connection:
        cursor = connection.connection.cursor()
        if database.dialect == "postgresql":
            with cursor.copy(f"COPY event ({columns}) FROM STDIN") as copy:
                for block in blocks:
                    copy.write(block)
        else:
            cursor.executemany(f"INSERT INTO event ({columns}) VALUES ({', '.join('?' * len(names))})", rows)
    return time.perf_counter() - began


def measure(url: str, files: dict[str, Path], goal: float) -> list[Row]:
    """One database: both orders, and the same file again."""
    database = Database(url)
    upgrade(database)
    kind = "SQLite" if database.dialect == "sqlite" else "PostgreSQL"
    began = child(url, files["projects"], files["cases"])
    print(f"{kind}: projects and cases {began['seconds']:.1f} s, {began['above']:.0f} MB above idle")
    bare = "executemany" if kind == "SQLite" else "COPY"
    found: list[Row] = []
    for order in ("by case", "by time"):
        with database.writing() as connection:
            connection.execute(text("DELETE FROM event"))
        if kind == "PostgreSQL":
            _vacuum(url)
        done = child(url, files[order])
        with database.reading() as connection:
            result = connection.exec_driver_sql("SELECT * FROM event ORDER BY id")  # the order of the file
            names, rows = list(result.keys()), [tuple(row) for row in result]
        again = child(url, files[order])
        assert again["outcome"] == "nothing", again
        database.close()
        if kind == "PostgreSQL":
            with database.writing() as connection:
                connection.execute(text("DELETE FROM event"))
            _vacuum(url)
        base = floor(database, rows, names)
        against = f"{bare} of the finished rows, {order}"
        found.append(Row(f"{kind}: import, {order}, s", done["seconds"], base, goal, against))
        found.append(Row(f"{kind}: the same file again, s", again["seconds"], base, goal, against))
        found.append(Row(f"{kind}: memory above idle, MB", max(done["above"], again["above"]), 1.0, 300, "1 MB"))
        del rows
    database.close()
    return found


def _vacuum(url: str) -> None:
    with create_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM FULL event"))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        files = write_files(folder, asked.events)
        size = files["by case"].stat().st_size / 1e6
        print(f"{asked.events:,} events, {size:.0f} MB of CSV, zone {ZoneInfo('Asia/Shanghai').key}")
        rows = measure(f"sqlite:///{folder}/monitor.db", files, 2.0)
        if not asked.no_postgres:
            with postgres_server(folder / "pg") as url:
                rows += measure(url, files, 3.0)
    report(rows, asked.json)


if __name__ == "__main__":
    main()
