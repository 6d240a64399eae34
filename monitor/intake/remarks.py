"""What is odd about a row that is taken all the same: its codes, and a day that is still to come."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.codes import CHECKED, Checker, industries, regions
from monitor.intake.refusals import Refusal
from monitor.intake.taking import Taken

LISTED = 1_000  # remarks that a result lists; more are only counted, so that memory stays flat


Remark = Refusal  # one thing that is odd about one row, told like a refusal; nothing is refused for it


def remarks(taken: Taken, checker: Checker, today: int) -> Iterator[Remark]:
    """What is odd about the codes of the projects of a chunk and about the days of its events, row by row; ``today`` as
    a day number."""
    if taken.sheet.table == "events" and max(taken.rows.day, default=today) > today:
        for i, day in enumerate(taken.rows.day):
            if day > today:
                yield taken.refuse(taken.rows.row[i], "to_come", "occurred_at", taken.rows.occurred_at[i])
    if taken.sheet.table != "projects":
        return
    told = [(column, getattr(taken.rows, column)) for column in CHECKED if column in taken.present]
    for i, row in enumerate(taken.rows.row):
        for column, values in told:
            if code := checker.odd(column, values[i]):
                yield taken.refuse(row, code, column, values[i], **params_of(code))


def params_of(code: str) -> dict[str, str]:
    """What the text of a remark names besides the value: the list in which it is not."""
    lists = {"region_unknown": regions, "industry_unknown": industries}
    return {"list": lists[code]().title} if code in lists else {}
