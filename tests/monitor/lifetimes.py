"""Durations for the tests of measures: the textbook's two samples, made-up ones, and those of a real log."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from scipy.stats import CensoredData

# Freireich et al. (1963), remission of leukaemia in weeks, as every textbook has it: (week, ended).
DRUG = [(day, True) for day in (6, 6, 6, 7, 10, 13, 16, 22, 23)] + [
    (day, False) for day in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
]
PLACEBO = [(day, True) for day in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]

# Few different days, so that most are ties; one far away, so that a table of all days would stand empty.
a_day = st.one_of(st.integers(0, 8), st.integers(0, 60), st.just(900_000))
a_case = st.tuples(a_day, st.booleans())
samples = st.one_of(
    st.lists(a_case, min_size=1, max_size=40),
    st.lists(st.tuples(a_day, st.just(True)), min_size=1, max_size=15),
    st.lists(st.tuples(a_day, st.just(False)), min_size=1, max_size=15),
)


def split(cases: list[tuple[int, bool]]) -> tuple[list[int], list[bool]]:
    """Days and whether decided, as two columns."""
    return [day for day, _ in cases], [hit for _, hit in cases]


def censored(cases: list[tuple[int, bool]]) -> CensoredData:
    """The same for scipy."""
    return CensoredData([day for day, hit in cases if hit], right=[day for day, hit in cases if not hit])


def exact(cases: list[tuple[int, bool]]) -> list[tuple[int, Fraction]]:
    """The definition in fractions: the share not decided after each day on which a case ended."""
    left, points = Fraction(1), []
    for day in sorted({day for day, _ in cases}):
        risk = sum(other >= day for other, _ in cases)
        left *= 1 - Fraction(sum(other == day and hit for other, hit in cases), risk)
        points.append((day, left))
    return points


def real_cases(folder: Path, until: str = "2026-01-31") -> pd.DataFrame:
    """item, department, project, kind, days, decided of each case as of a day, Monday to Friday, pauses not taken off:
    what is tested are the measures, not the law."""
    events = pd.read_csv(folder / "events.csv", dtype=str)
    first = {
        name: pd.to_datetime(events[events.status == name].groupby("case_id").occurred_at.min())
        for name in ("accepted", "approved")
    }
    cases = pd.read_csv(folder / "cases.csv", dtype=str).set_index("case_id").assign(**first).reset_index()
    kinds = pd.read_csv(folder / "projects.csv", dtype=str).set_index("project_code").name
    end = pd.Timestamp(until)
    cases = cases[cases.accepted.notna() & (cases.accepted <= end)]
    decided = (cases.approved <= end).to_numpy()
    last = cases.approved.where(decided, end).to_numpy("datetime64[D]")
    # After the first day, up to and with the last.
    days = np.busday_count(cases.accepted.to_numpy("datetime64[D]") + 1, last + 1)
    return pd.DataFrame(
        {
            "item": cases.item_code.to_numpy(),
            "department": cases.department.to_numpy(),
            "kind": cases.project_code.map(kinds).str.split(",").str[0].to_numpy(),
            "days": np.maximum(days, 0),
            "decided": decided,
        }
    )
