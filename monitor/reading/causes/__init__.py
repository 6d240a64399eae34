"""Everything that may unmake what we had said of a day; a further kind of cause is one entry of `FINDERS`."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from itertools import chain

from monitor.reading.causes.arrangements import NOTICES
from monitor.reading.causes.cause import Asked, Found
from monitor.reading.causes.entered_packs import PACKS
from monitor.reading.causes.entries import ENTRIES
from monitor.reading.causes.facts import FACTS
from monitor.reading.causes.names import NAMES
from monitor.reading.causes.undone import UNDONE

FINDERS = (ENTRIES, FACTS, NAMES, UNDONE, NOTICES, PACKS)


def moments(asked: Asked, ids: Sequence[int]) -> list[tuple[dt.datetime, list[Found]]]:
    """Everything that became known of these projects and may not merely continue, by moment, ascending."""
    by_moment: defaultdict[dt.datetime, list[Found]] = defaultdict(list)
    for one in chain.from_iterable(finder.found(asked, ids) for finder in FINDERS):
        by_moment[one.at].append(one)
    return sorted(by_moment.items())


def concerned(asked: Asked) -> list[int]:
    """The keys of all projects of which something became known that may not merely continue, ascending."""
    return sorted(set().union(*(finder.projects(asked) for finder in FINDERS)))
