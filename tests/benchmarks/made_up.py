"""Made-up logs as columns, for timing only: projects of ten cases, shuffled events, seeded."""

from __future__ import annotations

import datetime as dt

import numpy as np

from rules.log import Cases, EventLog, Events, Projects
from rules.pack import RulePack
from rules.vocabulary import Pause, Status
from rules.workdays import day_number

CASES = 10


def made_up_log(projects: int, pack: RulePack, until: dt.date, seed: int = 1) -> EventLog:
    """About 2.5 events a case: accepted and decided, some received, corrected, sent to experts, still open."""
    draw = np.random.default_rng(seed)
    n = projects * CASES
    project = np.repeat(np.arange(projects, dtype=np.int32), CASES)
    codes = sorted(pack.catalogue.items)
    item = draw.integers(0, len(codes), n).astype(np.int32)
    stages = np.array([pack.catalogue.items[c].stage for c in codes], np.int8)
    leads = sorted({i.lead for i in pack.catalogue.items.values()})
    lead = np.array([leads.index(pack.catalogue.items[c].lead) for c in codes], np.int32)
    last = day_number(until)
    coded = (last - draw.integers(20, 730, projects)).astype(np.int32)
    accepted = np.minimum(coded[project] + draw.gamma(2.0, 60, n).astype(np.int32), last)
    decided = accepted + 1 + draw.lognormal(2.2, 0.7, n).astype(np.int32)
    holder = draw.choice(np.array([0, 1, 2, 3], np.int8), n, p=[0.9, 0.04, 0.03, 0.03])
    pauses = draw.random(n) < 0.12
    kind = draw.choice(np.array([Pause.CORRECTION, Pause.EXPERT_REVIEW, Pause.PUBLIC_NOTICE], np.int8), n)
    open_on = accepted + draw.integers(0, 5, n)
    close_on = open_on + draw.integers(1, 20, n)
    starts = np.where(kind == Pause.CORRECTION, Status.CORRECTION_STARTED, Status.PROCEDURE_STARTED)
    ends = np.where(kind == Pause.CORRECTION, Status.CORRECTION_ENDED, Status.PROCEDURE_ENDED)
    parts = [
        (np.flatnonzero(draw.random(n) < 0.4), accepted - 1, np.full(n, Status.RECEIVED)),
        (np.arange(n), accepted, np.full(n, Status.ACCEPTED)),
        (np.flatnonzero(decided <= last), decided, np.full(n, Status.APPROVED)),
        (np.flatnonzero(pauses), open_on, starts),
        (np.flatnonzero(pauses & (close_on <= last)), close_on, ends),
    ]
    case = np.concatenate([rows for rows, _, _ in parts]).astype(np.int32)
    day = np.concatenate([on[rows] for rows, on, _ in parts]).astype(np.int32)
    status = np.concatenate([what[rows] for rows, _, what in parts]).astype(np.int8)
    shuffled = draw.permutation(len(case))
    case, day, status = case[shuffled], day[shuffled], status[shuffled]
    events = Events.plain(range(len(case)), case, status, day)  # type: ignore[arg-type]
    events.procedure = np.where(kind[case] == Pause.CORRECTION, np.int8(Pause.OTHER), kind[case])
    log_cases = Cases.plain(range(n), project, stages[item], lead[item], holder, item)  # type: ignore[arg-type]
    return EventLog(Projects(range(projects), coded), log_cases, events, leads, codes)  # type: ignore[arg-type]
