"""Foreign files through profiles against bare parsing of the same file, and memory above the idle process.

    python -m tests.benchmarks.map_files [--rows N] [--json FILE]

A CSV of 1,000,000 rows (one for each thing that happened) through a profile that maps row by row and through one that
looks at all rows of a project together, and a workbook of a fifth as many rows. The floor is `csv.reader`, or calamine,
over the file. Each runs in a process of its own, so that its memory is its own. What is measured is the mapping and the
checks of the rows, as `profile check` does them; landing them is what `import_events` measures. Data are made up.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.benchmarks.table import Row, report

HEADER = ("项目代码", "项目名称", "赋码日期", "办件编号", "阶段", "审批部门", "记录编号", "办理状态", "办理时间")
STATUSES = ("已接件", "已受理", "补正开始", "补正结束", "办结（通过）")
GATHERING = """id = "gathering"
title = "一个项目的各行一起看（虚构）"
[projects]
project_code = "项目代码"
coded_on = { column = "赋码日期", take = "earliest" }
[cases]
case_id = "办件编号"
stage = { value = "planning" }
department = { column = "审批部门", take = "most" }
[[events]]
name = "began"
once = "case"
status = "accepted"
occurred_at = { column = "办理时间", take = "earliest" }
[[events]]
name = "ended"
once = "case"
status = "approved"
occurred_at = { column = "办理时间", take = "latest" }
"""
CHILD = """
import json, resource, sys, time
from pathlib import Path
from zoneinfo import ZoneInfo
from monitor.doors.cli.profiles import profile_told
from monitor.verbs.profiles import try_profile
profile, path = profile_told(sys.argv[1]), Path(sys.argv[2])
idle = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
began = time.perf_counter()
tried = try_profile(profile, [path], ZoneInfo("Asia/Shanghai"))
seconds = time.perf_counter() - began
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024
assert tried.usable, [str(one) for one in tried.refusals[:3]]
print(json.dumps({"seconds": seconds, "above": (peak - idle) / 1e6, "rows": tried.rows}))
"""
BARE = """
import csv, sys, time
from python_calamine import CalamineWorkbook
began = time.perf_counter()
if sys.argv[1].endswith(".csv"):
    with open(sys.argv[1], encoding="utf-8", newline="") as text:
        sum(1 for _ in csv.reader(text))
else:
    sum(1 for _ in CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).iter_rows())
print(time.perf_counter() - began)
"""


def rows(many: int) -> list[tuple[str, ...]]:
    """So many records, 20 a project, 5 a case; those of some 500 projects mixed, as they are in an order of time."""
    draw = random.Random(1)
    found = []
    for n in range(many):
        project, case = n // 20, n // 5
        day = (
            f"{2023 + draw.randrange(3)}年{draw.randrange(1, 13)}月{draw.randrange(1, 29)}日 {draw.randrange(8, 18)}:30"
        )
        code = f"2301-330100-04-01-{project:06d}"
        known = (code, f"项目{project}", "2023年1月2日", f"C{case:07d}", "施工许可", f"部门{case % 7}")
        found.append((*known, f"R{n:08d}", STATUSES[n % 5], day))
    for at in range(0, many, 10_000):
        some = found[at : at + 10_000]
        draw.shuffle(some)
        found[at : at + 10_000] = some
    return found


def child(program: str, *words: object) -> Any:
    """What a program prints that runs by itself."""
    called = subprocess.run([sys.executable, "-c", program, *map(str, words)], check=True, capture_output=True)
    return json.loads(called.stdout)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json")
    asked = parser.parse_args()
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "gathering.toml").write_text(GATHERING, "utf-8")
        told = rows(asked.rows)
        with (folder / "log.csv").open("w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows([HEADER, *told])
        book = xlsxwriter.Workbook(folder / "log.xlsx", {"constant_memory": True})
        sheet = book.add_worksheet()
        for n, row in enumerate([HEADER, *told[: asked.rows // 5]]):
            sheet.write_row(n, 0, row)
        book.close()
        many = {"log.csv": asked.rows, "log.xlsx": asked.rows // 5}
        del told
        for name, profile in (
            ("log.csv", "wide-log"),
            ("log.csv", folder / "gathering.toml"),
            ("log.xlsx", "wide-log"),
        ):
            floor = child(BARE, folder / name)
            done = child(CHILD, profile, folder / name)
            what = f"{many[name]:,} rows, {name}, {Path(profile).stem}"
            print(f"{what}: {many[name] / done['seconds']:,.0f} rows a second; {done['rows']}")
            reader = "csv.reader" if name.endswith("csv") else "calamine"
            found.append(Row(f"{what}, s", done["seconds"], floor, 40.0 if name.endswith("csv") else 8.0, reader))
            if name.endswith("csv"):
                found.append(Row(f"{what}: MB above idle", done["above"], 1.0, 300, "1 MB"))
            else:
                print(f"{what}: {done['above']:.0f} MB above idle; the reader keeps the whole sheet")
    report(found, asked.json)


if __name__ == "__main__":
    main()
