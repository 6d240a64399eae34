"""Cases as columns of numbers: read once from a frame, for analyses that look at a million of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rules.log import I32, NO_DAY, NONE
from rules.vocabulary import CaseState, Light, Stage

if TYPE_CHECKING:
    import pandas as pd

I64 = npt.NDArray[np.int64]

COLUMNS = ("project", "item_code", "stage", "department", "received_on", "accepted_on", "light")
OPTIONAL = ("works", "decided_on", "closed_on", "state", "used")


@dataclass(frozen=True)
class Cases:
    """One entry a case. Days are day numbers since 1970 (NO_DAY where there is none), `_at` working-day indices.

    ``project``, ``works``, ``item`` and ``department`` number the names in the tuples beside them, which are sorted;
    a case without a works code has works NONE. ``used``: working days, NaN where not told.
    """

    project: I32
    projects: tuple[str, ...]
    works: I32
    item: I32
    items: tuple[str, ...]
    stage: npt.NDArray[np.int8]
    department: I32
    departments: tuple[str, ...]
    received: I32
    accepted: I32
    decided: I32
    accepted_at: I64
    decided_at: I64
    used: npt.NDArray[np.float64]
    light: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.project)

    def codes(self, rows: Any) -> list[str]:
        """The codes of the projects to which these cases belong, sorted, each once."""
        return [self.projects[n] for n in np.unique(self.project[rows])]


def cases(frame: pd.DataFrame, accepted_at: Any, decided_at: Any, as_of: dt.date) -> Cases:
    """The columns of ``frame`` (COLUMNS, and those of OPTIONAL that it has), as things stood at the end of ``as_of``.

    ``accepted_at``, ``decided_at``: the working-day indices of each row's days of acceptance and decision, looked up
    by the caller; what stands where a row has no such day is not read. Days after ``as_of`` have not happened yet.
    ``decided_on``: the day of the decision that lets the next item begin; without that column it is ``closed_on`` of
    cases in state `decided`, whatever was decided. ``works`` blank: a case of every works of its project. Stages,
    lights and states are words; days are dates, or None. A ValueError says what is wrong.
    """
    missing = [name for name in COLUMNS if name not in frame]
    if "decided_on" not in frame:
        missing += [name for name in ("closed_on", "state") if name not in frame]
    if missing:
        raise ValueError(f"columns missing: {', '.join(missing)}")
    starts, ends = np.asarray(accepted_at, np.int64), np.asarray(decided_at, np.int64)
    if starts.shape != (len(frame),) or ends.shape != (len(frame),):
        raise ValueError(f"working-day indices: one for each of the {len(frame)} cases")
    project, projects = _numbered(frame["project"])
    works = _numbered(frame["works"])[0] if "works" in frame else np.full(len(frame), NONE, np.int32)
    item, items = _numbered(frame["item_code"])
    department, departments = _numbered(frame["department"])
    if (project == NONE).any() or (item == NONE).any():
        raise ValueError("a case without a project or an item")
    if "decided_on" in frame:
        decided = _days(frame["decided_on"])
    else:
        state = _words(frame["state"], CaseState)
        decided = np.where(state == CaseState.DECIDED, _days(frame["closed_on"]), NO_DAY).astype(np.int32)
    today = (as_of - dt.date(1970, 1, 1)).days
    return Cases(
        project=project,
        projects=projects,
        works=works,
        item=item,
        items=items,
        stage=_words(frame["stage"], Stage),
        department=department,
        departments=departments,
        received=_until(today, _days(frame["received_on"])),
        accepted=_until(today, _days(frame["accepted_on"])),
        decided=_until(today, decided),
        accepted_at=starts,
        decided_at=ends,
        used=frame["used"].to_numpy(np.float64) if "used" in frame else np.full(len(frame), np.nan),
        light=_words(frame["light"], Light),
    )


def _until(today: int, days: I32) -> I32:
    return np.where(days <= today, days, NO_DAY).astype(np.int32)


def _numbered(column: pd.Series[Any]) -> tuple[I32, tuple[str, ...]]:
    """The place of each name among the sorted names; NONE where it is blank."""
    import pandas as pd

    number, names = pd.factorize(column)
    words = np.array([str(name) for name in names], object)
    order = np.argsort(words, kind="stable")
    named = [n for n in order if words[n]]
    place = np.full(len(words) + 1, NONE, np.int32)  # the last one is for what has no name: factorize says -1
    place[named] = np.arange(len(named))
    return place[number], tuple(words[named])


def _words(column: pd.Series[Any], kind: Any) -> npt.NDArray[np.int8]:
    """Words of an enum as its numbers; a KeyError would not say which column, so a ValueError does."""
    number, names = _numbered(column)
    known = {word.word: int(word) for word in kind}
    unknown = sorted(set(names) - set(known))
    if unknown or (number == NONE).any():
        raise ValueError(f"{column.name}: {', '.join(unknown) or 'blank'}; one of {', '.join(known)}")
    return np.array([known[name] for name in names], np.int8)[number] if names else number.astype(np.int8)


def _days(column: pd.Series[Any]) -> I32:
    """Dates as day numbers; NO_DAY where there is none."""
    import pandas as pd

    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        day = np.array(column.where(column.notna(), None), "datetime64[D]")
    else:
        day = column.to_numpy("datetime64[s]").astype("datetime64[D]")
    return np.where(np.isnat(day), NO_DAY, day.astype(np.int64)).astype(np.int32)


@dataclass(frozen=True)
class Ways:
    """The cases of each works of a project, and of each project that has none: what is one way through the catalogue.

    One entry a case and way: a case without a works code belongs to every works of its project. ``own``: of each case
    the way of its works; of one without a code its whole project, which is no way where there are works. ``project``:
    of each way its project.
    """

    way: I64
    row: I64
    own: I64
    project: I64


def ways(log: Cases) -> Ways:
    """Ways are numbered: first the projects, whether or not they have works, then the works by project."""
    coded = np.flatnonzero(log.works != NONE)
    if not len(coded):
        own = log.project.astype(np.int64)
        return Ways(own, np.arange(len(log)), own, np.arange(len(log.projects)))
    key = (log.project[coded].astype(np.int64) << 32) | log.works[coded]
    units, at = np.unique(key, return_inverse=True)
    of = units >> 32
    own = log.project.astype(np.int64)
    own[coded] = len(log.projects) + at
    many = np.bincount(of, minlength=len(log.projects))
    first = np.cumsum(many) - many
    blank = np.flatnonzero(log.works == NONE)
    plain = blank[many[log.project[blank]] == 0]
    shared = blank[many[log.project[blank]] > 0]
    times = many[log.project[shared]]
    row = np.repeat(shared, times)
    way = len(log.projects) + np.repeat(first[log.project[shared]], times) + within(times)
    return Ways(
        np.concatenate([own[plain], own[coded], way]),
        np.concatenate([plain, coded, row]),
        own,
        np.concatenate([np.arange(len(log.projects)), of]),
    )


def within(sizes: Any) -> I64:
    """0, 1, … within each of runs of these sizes, one after the other: [2, 3] gives 0 1 0 1 2."""
    sizes = np.asarray(sizes, np.int64)
    return np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def once(key: I64) -> I64:
    """The numbers that are there, ascending (a sort: for a million of them a third of the time of np.unique)."""
    ordered = np.sort(key)
    kept = np.ones(len(ordered), bool)
    kept[1:] = ordered[1:] != ordered[:-1]
    return ordered[kept]


def grouped(key: I64, size: int) -> tuple[I64, I64]:
    """The numbers that are there, ascending, and the place of each entry among them; all are less than ``size``."""
    if size > 4 * len(key) + 65_536:
        kinds, group = np.unique(key, return_inverse=True)
        return kinds, group
    there = np.bincount(key, minlength=size) > 0
    return np.flatnonzero(there), (np.cumsum(there) - 1)[key]


def ordered(*columns: Any) -> I64:
    """The rows in the order of columns of numbers, the first column first; equal ones as they were."""
    key, room = np.zeros(len(columns[0]), np.int64), 1
    for column in columns if len(key) else ():
        low, span = int(column.min()), int(column.max()) - int(column.min()) + 1
        room *= span
        if room >= 2**63:
            return np.lexsort(columns[::-1])
        key = key * span + (column - low)
    return np.argsort(key, kind="stable")


def quantile(group: I64, groups: int, value: Any, part: float | None = None) -> npt.NDArray[np.float64]:
    """Of each group the median of its values (of two in the middle their mean), or the least that reaches ``part``.

    The latter is the inverse of the empirical distribution (Hyndman and Fan 1996, definition 1), a number of days that
    happened. NaN for a group of none.
    """
    value = np.asarray(value, np.int64)
    n = np.bincount(group, minlength=groups)
    out = np.full(groups, np.nan)
    if not len(value):
        return out
    low = value.min()
    span = int(value.max() - low) + 1
    ordered = np.sort(group * span + (value - low))
    start, full = (np.cumsum(n) - n)[n > 0], n[n > 0]
    if part is None:
        one, other = ordered[start + (full - 1) // 2], ordered[start + full // 2]
        out[n > 0] = (one % span + other % span) / 2 + low
    else:
        # Rounded, for 0.9 * 10 is a little more than 9 in some floating point and would ask for the tenth.
        nth = np.maximum(np.ceil(np.round(part * full, 9)).astype(np.int64), 1)
        out[n > 0] = ordered[start + nth - 1] % span + low
    return out


def lights(log: Cases, group: I64, groups: int, rows: Any) -> dict[str, npt.NDArray[np.int64]]:
    """Of each group of cases the number of its projects, and of those red and yellow."""
    size = max(len(log.projects), 1)
    pairs = once(group * size + log.project[rows])
    light = np.zeros(size, np.int8)
    light[log.project] = log.light
    at, of = pairs // size, light[pairs % size]
    chosen: Iterable[tuple[str, Any]] = (
        ("projects", slice(None)), ("red", of == Light.RED), ("yellow", of == Light.YELLOW),
    )  # fmt: skip
    return {name: np.bincount(at[which], minlength=groups) for name, which in chosen}
