"""Random numbers one at a time, from blocks: plain loops want scalars, at which a Generator is slow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")
_BLOCK = 16_384


class Draws:
    """A reproducible stream of scalars from one numpy Generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self._uniform: list[float] = []
        self._normal: list[float] = []

    def uniform(self) -> float:
        """In [0, 1)."""
        if not self._uniform:
            self._uniform = self.rng.random(_BLOCK).tolist()
        return self._uniform.pop()

    def normal(self) -> float:
        """Mean 0, deviation 1."""
        if not self._normal:
            self._normal = self.rng.standard_normal(_BLOCK).tolist()
        return self._normal.pop()

    def chance(self, share: float) -> bool:
        """True in that share of calls."""
        return self.uniform() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def around(self, median: float, spread: float) -> float:
        """Lognormal with this median; ``spread`` is the deviation of its logarithm."""
        return median * math.exp(spread * self.normal())

    def days(self, median: float, spread: float = 0.5) -> int:
        """Whole days around a median, at least 1."""
        return max(1, round(self.around(median, spread)))

    def pick(self, choices: Sequence[T]) -> T:
        """One of them, each as likely."""
        return choices[int(self.uniform() * len(choices))]

    def weighted(self, choices: Sequence[T], cumulated: Sequence[float]) -> T:
        """One of them by running sums of their weights."""
        at = self.uniform() * cumulated[-1]
        for choice, edge in zip(choices, cumulated, strict=True):
            if at < edge:
                return choice
        return choices[-1]
