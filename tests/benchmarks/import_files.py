"""Files in and out: a CSV of 1,000,000 events and a workbook of 200,000, against bare parsing of the same file.

    python -m tests.benchmarks.import_files [--events N] [--rows N] [--projects N] [--no-postgres] [--json FILE]

Bare parsing is the csv module over the file (every row a list), or python-calamine over the sheet. On PostgreSQL the
CSV also stands against COPY of the finished rows. Beside them: a dry run of --projects new projects with the lights
it foresees, against the import of the same files, and the export of everything, against its import. Each runs in a
process of its own, so that its memory is its own. Goals (docs/benchmarks.md): 300 MB above the idle process for CSV,
PostgreSQL <= 3 times COPY; the others have none.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from monitor.database import Database, upgrade
from tests.benchmarks import import_events, made_up_files
from tests.benchmarks.stored import DAY
from tests.benchmarks.table import Row, report
from tests.monitor.servers import postgres_server

TABLES = ("projects", "cases", "events")
CHILD = """
import json, resource, sys, time
from pathlib import Path
from zoneinfo import ZoneInfo
import structlog, logging
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
from monitor.database import Database
from monitor.reading.export import Wanted
from monitor.settings import now
from monitor.reading.viewer import EVERYONE
from monitor.verbs.export import export
from monitor.verbs.import_log import import_log
from rules.portfolio import Rules
asked = json.loads(sys.argv[1])
database, rules = Database(asked["url"]), Rules.shipped()
with database.reading() as connection:
    connection.exec_driver_sql("SELECT 1")
idle = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
began = time.perf_counter()
told = {}
if "out" in asked:
    wanted = Wanted(source=asked["source"])
    done = export(database, rules, Path(asked["out"]), wanted, now().date(), now, viewer=EVERYONE)
    told["rows"] = sum(of.projects + of.cases + of.events for of in done.sources)
else:
    dry = asked.get("dry", False)
    when = {"zone": ZoneInfo("Asia/Shanghai"), "clock": now, "today": now().date()}
    given = {"source": asked["source"], "dry_run": dry, "foresee": rules if dry else None}
    done = import_log(database, map(Path, asked["paths"]), **when, **given)
    assert done.outcome == "landed", done.refusals[:1]
    told["rows"] = sum(count.read for count in done.counts.values())
    if dry:
        told["new"] = dict(done.effect.new)
seconds = time.perf_counter() - began
# Not ru_maxrss: a child starts with that of the process that made it.
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024
print(json.dumps(told | {"seconds": seconds, "above": (peak - idle) / 1e6}))
"""


def child(url: str, *paths: Path, source: str, **more: Any) -> dict[str, Any]:
    """An import (or, with ``out``, an export) in a process of its own."""
    asked = {"url": url, "source": source, "paths": [str(path) for path in paths]} | more
    called = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps(asked)], check=True, capture_output=True, text=True
    )
    return dict(json.loads(called.stdout))


def workbook(folder: Path, path: Path, rows: int) -> None:
    """The first ``rows`` events of the files of a folder, and all projects and cases, as a workbook of texts."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    for table in TABLES:
        sheet = book.add_worksheet(table)
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for n, row in enumerate(islice(csv.reader(file), rows + 1 if table == "events" else None)):
                sheet.write_row(n, 0, row)
    book.close()


def parse_csv(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _row in csv.reader(file))


def parse_workbook(path: Path) -> int:
    book = CalamineWorkbook.from_path(str(path))
    return sum(1 for table in TABLES for _row in book.get_sheet_by_name(table).iter_rows())


def timed(parse: Callable[[Path], int], path: Path) -> float:
    """Seconds of the better of two runs."""
    took = []
    for _ in range(2):
        began = time.perf_counter()
        parse(path)
        took.append(time.perf_counter() - began)
    return min(took)


def measure(url: str, files: dict[str, Path], book: Path, new: Path, place: Path) -> list[Row]:
    """One database: CSV, workbook, dry run, export; on PostgreSQL COPY at the end, which empties the table."""
    database = Database(url)
    upgrade(database)
    kind = "SQLite" if database.dialect == "sqlite" else "PostgreSQL"
    found: list[Row] = []

    def add(what: str, done: dict[str, Any], floor: float, against: str, most: float | None = None) -> None:
        print(f"{kind}: {what}: {done['rows'] / done['seconds']:,.0f} rows a second", flush=True)
        found.append(Row(f"{kind}: {what}, s", done["seconds"], floor, None, against))
        found.append(Row(f"{kind}: {what}, memory above idle, MB", done["above"], 1.0, most, "1 MB"))

    child(url, files["projects"], files["cases"], source="csv")
    csv_done = child(url, files["by case"], source="csv")
    add("CSV of events", csv_done, timed(parse_csv, files["by case"]), "csv module, the same file", 300)
    add("workbook", child(url, book, source="book"), timed(parse_workbook, book), "python-calamine, the same file")
    dry = child(url, new, source="new", dry=True)
    landed = child(url, new, source="new")
    print(f"{kind}: foreseen of new projects: {dry['new']}")
    add("dry run with lights", dry, landed["seconds"], "import of the same files")
    print(f"{kind}: their import: {landed['above']:.0f} MB above idle")
    out = place / f"out-{kind}"
    given = child(url, source="csv", out=str(out))
    add("export to CSV", given, csv_done["seconds"], "import of the events among it")
    shutil.rmtree(out)
    if kind == "PostgreSQL":
        with database.reading() as connection:
            result = connection.execute(
                text("SELECT * FROM event WHERE source_id = (SELECT id FROM source WHERE name = 'csv') ORDER BY id")
            )
            names, rows = list(result.keys()), [tuple(row) for row in result]
        copied = import_events.floor(database, rows, names)
        found.append(Row(f"{kind}: CSV of events, s", csv_done["seconds"], copied, 3.0, "COPY of the finished rows"))
    database.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--projects", type=int, default=100_000)
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        files = import_events.write_files(place, asked.events)
        few = place / "few"
        few.mkdir()
        shutil.copy(import_events.write_files(few, asked.rows)["by case"], few / "events.csv")
        book, new = place / "book.xlsx", place / "new"
        workbook(few, book, asked.rows)
        made_up_files.write_files(new, asked.projects, DAY)
        sizes = ", ".join(f"{p.stat().st_size / 1e6:.0f} MB" for p in (files["by case"], book))
        print(
            f"{asked.events:,} events of CSV and {asked.rows:,} in a workbook: {sizes}; {asked.projects:,} new projects"
        )
        rows = measure(f"sqlite:///{place}/monitor.db", files, book, new, place)
        if not asked.no_postgres:
            with postgres_server(place / "pg") as url:
                rows += measure(url, files, book, new, place)
    report(rows, asked.json)


if __name__ == "__main__":
    main()
