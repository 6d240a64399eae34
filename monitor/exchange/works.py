"""Whose the works are that a portion speaks of, and so whose its cases: which project, several, a secret one, or none
any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from monitor.exchange.lines import SECRET_ROW, WORKS, Objection
from monitor.intake import Secrets


@dataclass(frozen=True)
class Whose:
    """Of what a case is. ``dead``: of works of which no row holds any more. ``secret``: of works of secret projects
    alone; where only some are, it is refused as what it may tell, and not remembered."""

    works: str
    project: str
    dead: bool = False
    secret: bool = False
    objection: Objection | None = None


class Works:
    """What the rows of projects say of their works. Every row is told first, then it is settled which are secret."""

    def __init__(self, secrets: Secrets) -> None:
        self.secrets = secrets
        self._told: defaultdict[str, set[str]] = defaultdict(set)  # projects by works, whether the row holds or not
        self._holding: defaultdict[str, set[str]] = defaultdict(set)  # as far as it holds
        self._ended: set[str] = set()
        self._doubtful: set[str] = set()
        self._secret_codes: set[str] = set()
        self._secret: dict[str, bool] = {}
        self._cases: dict[tuple[frozenset[str], str], Whose] = {}  # most works have several

    def tell(self, code: str, works: str, *, holds: bool | None) -> None:
        """A row of a project; ``code`` blank: it does not say of which; ``holds`` None: nor whether it does."""
        codes = {code} if code else set()
        self._told[works] |= codes
        if holds:
            self._holding[works] |= codes
        else:
            (self._doubtful if holds is None else self._ended).add(works)

    def settle(self) -> None:
        """After the last row that says its project: notes which works are secret."""
        self._secret_codes = self.secrets.among(set().union(*self._told.values()))
        remembered = self.secrets.among({*self._told, *map(_noted, self._told)})
        for works, codes in self._told.items():
            mine = {works, _noted(works)}
            self._secret[works] = not (mine.isdisjoint(remembered) and codes.isdisjoint(self._secret_codes))
            if self._secret[works]:
                self._note(works)

    def mark(self, works: str) -> None:
        """A row says that its project is secret, and not which one it is: its works are."""
        self._secret[works] = True
        self._note(works)

    def _note(self, works: str) -> None:
        """Of a works that another project claims as well nothing is remembered: one of them is wrong."""
        if works and self._told[works] <= self._secret_codes:
            self.secrets.note([_noted(works)])

    def is_secret(self, works: str) -> bool:
        """Whether a works is one of a secret project."""
        if works and works not in self._secret:
            self._secret[works] = bool(self.secrets.among([works, _noted(works)]))
        return bool(works) and self._secret[works]

    def of_case(self, named: Collection[str], lowest: str) -> Whose:
        """Of what a case is whose records name these works."""
        key = frozenset(works for works in named if works), lowest
        if (found := self._cases.get(key)) is None:
            found = self._cases[key] = self._of_case(*key)
        return found

    def _of_case(self, named: frozenset[str], lowest: str) -> Whose:
        if not named:
            return Whose("", "")
        secret = {works for works in named if self.is_secret(works)}
        ended = self._ended - self._doubtful
        alive = {works for works in named if works not in ended or works in self._holding}
        works = lowest if lowest in (alive or named) else min(alive or named)
        if secret == named:
            return Whose(works, works, dead=not alive, secret=True, objection=SECRET_ROW)
        projects = set[str]().union(*(self._holding.get(one) or {one} for one in alive))
        known = ", ".join(sorted(projects))
        objection = SECRET_ROW if secret else None
        if objection is None and len(projects) > 1:
            objection = Objection("several_projects", "case_id", "", {"known": known})
            if len(alive) == 1:
                objection = Objection("shared_works", WORKS, works, {"known": known})
        return Whose(works, known, dead=not alive, objection=objection)


def _noted(works: str) -> str:
    """As what a works is remembered: its code may be that of a project, which is another thing."""
    return f"gcdm:{works}"
