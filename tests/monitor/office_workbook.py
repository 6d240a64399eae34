"""A workbook as an office would really keep it, made up by hand: a merged title, days written in every way, blank rows
between, totals, departments by their short names, a sheet a year, and a sheet of notes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEADER = (
    *(
        "序号",
        "项目代码",
        "项目名称",
        "建设单位",
        "总投资（万元）",
        "赋码日期",
        "办件编号",
        "审批事项",
        "审批阶段",
        "审批部门",
    ),
    *("受理日期", "补正告知日期", "补正完成时间", "办结日期", "审批结果", "承诺时限", "备注"),
)
P1, P2, P3 = "2403-330106-04-01-123454", "2403-330106-04-01-123455", "2503-330106-04-01-123456"

# (year, rows); None is a blank row. 45356 is 5 March 2024 as a workbook counts, 45737 is 21 March 2025.
YEARS: dict[str, list[tuple[Any, ...] | None]] = {
    "2024年": [
        (
            1,
            P1,
            "堃泰厂房",
            "堃泰公司",
            1200.5,
            "2024年3月4日",
            "B-001",
            "企业投资项目备案",
            "立项用地规划许可",
            "发改",
            45356,
            None,
            None,
            "2024.3.6",
            "准予许可",
            "3个工作日",
            "",
        ),
        (
            2,
            P1,
            "堃泰厂房",
            "堃泰公司",
            1200.5,
            "2024年3月4日",
            "B-002",
            "建设工程规划许可证",
            "工程建设许可",
            "资规",
            dt.datetime(2024, 3, 11),
            "2024/3/13",
            "2024年3月18日",
            "20240329",
            "同意",
            "10",
            "图纸不齐",
        ),
        None,
        (
            3,
            P2,
            "喆远仓库",
            "喆远公司",
            300,
            dt.date(2024, 5, 6),
            "B-003",
            "建筑工程施工许可证核发",
            "施工许可",
            "住建",
            "2024年5月7日上午9:30",
            None,
            None,
            "2024-05-10",
            "不予许可",
            "5工作日",
            "",
        ),
        ("合计", None, None, None, 1500.5, None, None, None, None, None, None, None, None, None, None, None, None),
    ],
    "2025年": [
        (
            1,
            P3,
            "某某道路",
            "交投公司",
            8000,
            "2025-03-19",
            "C-001",
            "政府投资项目建议书审批",
            "立项用地规划许可",
            "发改",
            45737,
            None,
            None,
            "2025年4月1日",
            "已出证",
            "5个工作日",
            "",
        ),
        None,
        (
            2,
            P3,
            "某某道路",
            "交投公司",
            8000,
            "2025-03-19",
            "C-002",
            "竣工联合验收",
            "竣工验收",
            "住建",
            "2025/11/3",
            None,
            None,
            None,
            None,
            "12",
            "在办",
        ),
        ("合计", None, None, None, 8000, None, None, None, None, None, None, None, None, None, None, None, None),
    ],
}


def write(path: Path) -> Path:
    """Writes the workbook."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in YEARS.items():
        sheet = book.create_sheet(name)
        sheet.append([f"某某区{name}投资项目审批台账"])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADER))
        sheet.append([])
        sheet.append(["填表单位：某某区政务服务中心", *[None] * 10, "填表人：（虚构）"])
        sheet.append(HEADER)
        for row in rows:
            sheet.append(row or [])
    book.create_sheet("说明").append(["本表为虚构数据", "仅供测试"])
    book.save(path)
    return path
