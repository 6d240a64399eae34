"""Lists of codes as they stood at a time: areas (GB/T 2260) and industries (GB/T 4754).

A file of `data` begins with its list, its state and its source. A code that was given out later, or taken back before,
is not in it: that it is unknown proves nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class CodeList:
    """One list: which standard, the year whose state it is, where it was taken from, and names by code."""

    standard: str
    state: str
    source: str
    names: Mapping[str, str]

    @property
    def title(self) -> str:
        """GB/T 2260 (2023)."""
        return f"{self.standard} ({self.state})"


@cache
def regions() -> CodeList:
    """Areas of six digits: provinces, cities, counties."""
    return _read("regions.csv")


@cache
def industries() -> CodeList:
    """Industries of one letter to four digits."""
    return _read("industries.csv")


def _read(file: str) -> CodeList:
    lines = files("monitor.codes").joinpath("data", file).read_text("utf-8").splitlines()
    about = dict(line[2:].split(": ", 1) for line in lines if line.startswith("# "))
    rows = csv.DictReader(line for line in lines if not line.startswith("# "))
    return CodeList(about["list"], about["state"], about["source"], {row["code"]: row["name"] for row in rows})
