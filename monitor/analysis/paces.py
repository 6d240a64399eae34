"""How fast departments decided in one period against their own pace in another and their peers' in the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.analysis.atrisk import AtRisk
from monitor.analysis.funnel import between
from monitor.analysis.sums import F64

# Decisions of an item before, of the department itself, and of others now: below it their pace is anybody's guess.
PAST = 20
PEERS = 10
# So many case-days of the item's common chance are added to the department's own at each age.
LEAN = 10.0


@dataclass(frozen=True)
class Paces:
    """[departments]; observed and expected are decisions on comparable items, weighed by what each item can tell.

    All are sums over items, so the paces of different items add up.
    """

    observed: F64
    expected: F64  # at its own pace before, times the pace of its peers now
    by_chance: F64  # variance of observed, were the chances known
    by_yardstick: F64  # variance of observed - expected that comes from the past and from the peers
    own: F64  # expected at its own pace before alone, not weighed
    comparable: np.ndarray  # [departments, items]

    def judged(self, minimum: float) -> np.ndarray:
        """The departments of which so many decisions were expected."""
        return (self.own >= minimum) & (self.by_chance > 0) & (self.expected > 0)

    def variation(self, minimum: float) -> float:
        """Variance of the departments' paces beyond chance, seen from those that are judged."""
        judged = self.judged(minimum)
        due = self.expected[judged]
        variance = (self.by_chance + self.by_yardstick)[judged]
        return between((self.observed[judged] - due) / np.sqrt(variance), variance / due**2)


def compared(now: AtRisk, past: Sequence[AtRisk]) -> list[Paces]:
    """The paces of now against all of the past and, if there are several, of each stretch of it against the others."""
    whole = AtRisk(*(np.sum([getattr(one, name) for one in past], axis=0) for name in ("at_risk", "decided")))
    found = [paces(now, whole)]
    if len(past) > 1:
        rests = (AtRisk(whole.at_risk - one.at_risk, whole.decided - one.decided) for one in past)
        found += [paces(one, rest) for one, rest in zip(past, rests)]
    return found


def paces(now: AtRisk, past: AtRisk) -> Paces:
    """Compares two periods of one shape."""
    chance, lean = _chance(past)
    observed = np.where(np.isnan(chance), 0, now.decided).sum(axis=2)
    chance = np.nan_to_num(chance)
    expected = (now.at_risk * chance).sum(axis=2)
    by_chance = (now.at_risk * chance * (1 - chance)).sum(axis=2)
    by_past = (now.at_risk**2 * chance * (1 - chance) / lean).sum(axis=2)
    seen = past.decided.sum(axis=2) >= PAST
    o, e, v, u = (np.where(seen, part, 0) for part in (observed, expected, by_chance, by_past))
    o_, e_, v_, u_ = (part.sum(axis=0) - part for part in (o, e, v, u))
    comparable = seen & (e > 0) & (e_ >= PEERS)
    both = np.where(comparable, e + e_, 1)
    common = (o + o_) / both

    def total(part: F64) -> F64:
        return np.where(comparable, part, 0).sum(axis=1)

    mine, due = total(o * e_ / both), total(o_ * e / both)
    alone = total(e_**2 * common * v / both**2)
    rest = total((e_**2 * common**2 * u + e**2 * (common * v_ + common**2 * u_)) / both**2)
    return Paces(mine, due, alone, rest, total(e), comparable)


def _chance(past: AtRisk) -> tuple[F64, F64]:
    """Chance to be decided on a day, by department, item and age, and the case-days that it rests on. NaN at ages that
    nobody's case of the item reached before: what is usual there is not known."""
    risk, decided = past.at_risk.sum(axis=0), past.decided.sum(axis=0)
    common = np.divide(decided, risk, out=np.full_like(risk, np.nan), where=risk > 0)
    lean = past.at_risk + LEAN
    return (past.decided + LEAN * common) / lean, lean
