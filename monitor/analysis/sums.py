"""Sums by department and item as dense arrays, and which frames are refused: no person is ever compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PLACES = frozenset({"department", "item", "region", "kind", "stage"})
PERSONS = frozenset({"handler", "agent", "approver", "officer", "person", "user", "applicant", "office"})


def checked(frame: pd.DataFrame, keys: Iterable[str], numbers: Sequence[str], others: Iterable[str] = ()) -> None:
    """Raises ValueError for a column of persons, one that is unknown or missing, an empty key, and a number that is
    not whole or below zero. An office is refused with the persons: many have one officer."""
    named = sorted(str(column) for column in frame.columns if str(column).lower() in PERSONS)
    if named:
        raise ValueError(f"{', '.join(named)}: departments are compared, never persons; leave the column out")
    keys = list(keys)
    missing = sorted({*keys, *numbers} - set(frame.columns))
    if missing:
        raise ValueError(f"{', '.join(missing)}: column missing; wanted are {', '.join([*keys, *numbers])}")
    unknown = sorted(map(str, set(frame.columns) - PLACES - {*keys, *numbers, *others}))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: unknown column; leave it out")
    for key in keys:
        if frame[key].isna().any():
            raise ValueError(f"{key}: empty in some row; give every row one")
    for number in numbers:
        found = frame[number].to_numpy(np.float64, na_value=np.nan)
        if not (np.isfinite(found).all() and (found >= 0).all() and (found == np.floor(found)).all()):
            raise ValueError(f"{number}: whole numbers from 0 on")


def numbered(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> tuple[list[npt.NDArray[np.int64]], list[Any]]:
    """Number of each row's key, a list for each frame, and the keys in order of their numbers (tuples if several
    columns): one numbering for all frames."""
    import pandas as pd

    rows = pd.concat([frame[list(columns)] for frame in frames], ignore_index=True)
    grouped = rows.groupby(list(columns), sort=True, observed=True)
    number = grouped.ngroup().to_numpy(np.int64)
    keys = grouped.size().index.tolist()
    ends = np.cumsum([len(frame) for frame in frames])[:-1]
    return np.split(number, ends), keys


def summed(values: npt.ArrayLike, at: Sequence[npt.NDArray[np.int64]], shape: Sequence[int]) -> F64:
    """Values added up at their places in an array of this shape; whole numbers stay exact up to 2^53."""
    flat = np.ravel_multi_index(tuple(at), tuple(shape))
    added = np.bincount(flat, np.asarray(values, np.float64), int(np.prod(shape)))
    return added.astype(np.float64).reshape(shape)
