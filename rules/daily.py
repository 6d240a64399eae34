"""The ledger written out: what every day of a project's span was, and who held it (逐日计时明细)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from rules.assess import Assessed
from rules.log import NO_DAY
from rules.scene import is_running
from rules.vocabulary import Ledger
from rules.workdays import day_of

REST = "rest"


@dataclass
class Daily:
    """One entry a natural day of the span, in order. ``kind``: a Ledger word, or REST; ``makeup``: a weekend that
    works; ``holders``: departments (indices of the log) that hold the day."""

    day: list[dt.date]
    kind: list[str]
    makeup: list[bool]
    holders: list[list[int]]


def daily(a: Assessed, project: int) -> Daily:
    """The days of one project of a chunk. Their counts by kind are those of its ledger."""
    s = a.scene
    first, last = int(a.facts.first_day[project]), int(a.facts.last_day[project])
    begin = int(s.coded_on[project]) if first == NO_DAY else min(first, int(s.coded_on[project]))
    until = s.as_of if last == NO_DAY else last
    days = np.arange(begin + 1, max(begin, until) + 1, dtype=np.int32)
    index = s.calendar.index(days) if len(days) else days
    before = s.calendar.index(days - 1) if len(days) else days
    works = index > before
    mine = s.project[s.cut.case] == project
    kind = np.where(is_running(s.cut) & ~s.counts[s.cut.case], int(Ledger.UNCOUNTED), s.cut.kind)
    word = np.full(len(days), int(Ledger.NOBODY))
    for start, end, what in zip(s.start[mine], s.end[mine], kind[mine], strict=True):
        inside = (index > start) & (index <= end)
        word[inside] = np.minimum(word[inside], what)
    assert a.holding is not None
    held = s.project[a.holding.case] == project
    spans = list(
        zip(a.holding.start[held], a.holding.end[held], s.department[a.holding.case[held]].tolist(), strict=True)
    )
    holders = [
        sorted({d for start, end, d in spans if start < at <= end}) if counted else []
        for at, counted in zip(index.tolist(), (works & (word == Ledger.COUNTED)).tolist(), strict=True)
    ]
    dates = [day_of(n) for n in days.tolist()]
    names = [Ledger(w).word if on else REST for w, on in zip(word.tolist(), works.tolist(), strict=True)]
    return Daily(dates, names, [bool(w) and d.weekday() >= 5 for w, d in zip(works, dates, strict=True)], holders)
