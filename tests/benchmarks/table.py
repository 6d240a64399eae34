"""One way to print benchmark results: ratios against a floor measured in the same run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass
class Row:
    """A figure, its floor (same unit, same run) and the goal for their ratio; None: it has no goal."""

    what: str
    figure: float
    floor: float
    goal: float | None
    against: str

    @property
    def ratio(self) -> float:
        return self.figure / self.floor


def report(rows: list[Row], file: str | None = None) -> None:
    """Prints the table; with ``file`` also writes it as JSON. Says, and never hides, a goal that was missed."""
    print(f"{'what':52} {'figure':>10} {'floor':>10} {'ratio':>7} {'goal':>6}")
    for row in rows:
        verdict = "" if row.goal is None else "reached" if row.ratio <= row.goal else "MISSED"
        goal = "–" if row.goal is None else f"{row.goal:.2f}"
        figures = f"{row.figure:10.4f} {row.floor:10.4f} {row.ratio:7.2f} {goal:>6}"
        print(f"{row.what:52} {figures} {verdict}  (floor: {row.against})")
    if file:
        Path(file).write_text(json.dumps([asdict(r) | {"ratio": r.ratio} for r in rows], indent=1), "utf-8")
