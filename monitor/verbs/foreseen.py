"""What a writing to the log would change, found before it is committed: lights, days used, due days, flags.

The log is read twice within the transaction, as known just before the moment of the writing and as known now, and both
are assessed as of one day. Whoever only wanted to look raises `Undo` afterwards.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from monitor.progress import Advance, unheard
from monitor.reading.lawbook import known_rules
from monitor.reading.log import load
from monitor.reading.pairs import INSTANT, Pair
from monitor.verbs.effect import CHUNK, Effect
from rules.compare import BLANK, Figures, changes, differing, in_order
from rules.flags import NAMES
from rules.portfolio import Rules
from rules.vocabulary import Light

LISTED = 10_000  # changes, and flags, that are listed; more are only counted, so that memory stays flat
COUNTS = ("looked_at", "projects", "used", "lights", "turn_days", "cases_due", "case_lights")
_OF_NEW = ("light", "used", "yellow_on", "red_on")  # what is listed of a project that was not known


@dataclass(frozen=True)
class NewFlag:
    """A flag that was not there before; ``event_id`` None: it is of the whole case."""

    project_code: str
    flag: str
    case_id: str
    event_id: str | None


@dataclass
class Foreseen(Effect):
    """What a writing would change. The counts of `Effect` and the first LISTED changes are of projects that were known
    before; after them come those of new ones. ``new``: how many of these have which light, by its word, and "" for
    those that are not there yet on the day; ``gone``: projects that are known no more; ``more_changes``,
    ``more_flagged``: how many are not listed."""

    new: Counter[str] = field(default_factory=Counter)
    gone: int = 0
    more_changes: int = 0
    flags: Counter[str] = field(default_factory=Counter)
    flagged: list[NewFlag] = field(default_factory=list)
    more_flagged: int = 0

    def document(self) -> dict[str, Any]:
        """The effect as `--json` prints it."""
        lights = {light.word: self.new[light.word] for light in Light}
        return {
            "as_of": self.as_of.isoformat(),
            "counts": {name: getattr(self, name) for name in COUNTS},
            "new": {"projects": self.new.total()} | lights,
            "gone": self.gone,
            "changes": [asdict(change) for change in self.changes],
            "more_changes": self.more_changes,
            "flags": dict(sorted(self.flags.items())),
            "flagged": [asdict(flag) for flag in self.flagged],
            "more_flagged": self.more_flagged,
        }


def foreseen(
    connection: Any,
    ids: Sequence[int],
    moment: dt.datetime,
    rules: Rules,
    as_of: dt.date,
    advance: Advance = unheard,
) -> Foreseen:
    """What became known, or ceased to be, at ``moment`` among the projects with these keys, as the end of ``as_of``
    shows it. ``rules``: what ships; what was entered is laid over it."""
    laid = known_rules(connection, rules)
    out = Foreseen(as_of)
    for at in range(0, len(ids), CHUNK):
        some = ids[at : at + CHUNK]
        logs = tuple(load(connection, some, then, minutes=True) for then in (moment - INSTANT, None))
        pair = Pair.of((logs[0], logs[1]), (laid, laid))
        _add(out, pair, pair.was(as_of, flags=True), pair.now(as_of, flags=True))
        advance(min(at + CHUNK, len(ids)), len(ids))
    out.changes.sort(key=in_order)
    return out


def _add(out: Foreseen, pair: Pair, was: Figures, now: Figures) -> None:
    known, still = pair.known(0), pair.known(1)
    new = ~known
    names = pair.codes, pair.case_ids, pair.case_project
    out.more_changes += out.add(was, now.without(new, new[pair.case_project]), *names, most=LISTED)
    out.looked_at -= int(new.sum())
    out.gone += int((~still).sum())
    if new.any():
        _add_new(out, pair, now, new)
    had = set(was.flags)
    for case, flag, event in (one for one in now.flags if one not in had):
        out.flags[NAMES[flag]] += 1
        if len(out.flagged) < LISTED:
            code = pair.codes[pair.case_project[case]]
            out.flagged.append(NewFlag(code, NAMES[flag], pair.case_ids[case], event))
        else:
            out.more_flagged += 1


def _add_new(out: Foreseen, pair: Pair, now: Figures, new: npt.NDArray[np.bool_]) -> None:
    """Of projects that were not known their light, days and turns alone: all else would be told of each."""
    lights = now.of_project["project", "light"][new].tolist()
    out.new.update("" if light == BLANK else Light(light).word for light in lights)
    own = {("project", what): now.of_project["project", what] for what in _OF_NEW}
    fresh = Figures(own).without(~new, new[:0])
    blank = Figures({key: np.full_like(column, BLANK) for key, column in own.items()})
    found = sum(len(rows) for _key, _of_case, rows in differing(blank, fresh))
    room = min(max(LISTED - len(out.changes), 0), found)
    out.changes += islice(changes(blank, fresh, pair.codes, pair.case_ids, pair.case_project), room)
    out.more_changes += found - room
