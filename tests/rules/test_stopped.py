"""Time paused by kind, and hand-over gaps, against the same counted day by day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np

from rules.assess import Assessed, assess
from rules.handover import handovers
from rules.log import NO_DAY, EventLog
from rules.pack import RulePack
from rules.pieces import OPEN
from rules.stopped import stopped
from rules.vocabulary import Pause, Status
from rules.workdays import WorkCalendar, day_of
from tests.rules.columns import Log, log_of
from tests.rules.common import CALENDAR, PACK, SEEDS, days_about, each, under
from tests.rules.generate import awkward_log
from tests.rules.oracle import walked
from tests.rules.oracle_case import CLOSED, Case, office_date
from tests.rules.oracle_limits import Frame
from tests.rules.test_promises import in_order


def chunks(log: Log, pack: RulePack, calendar: WorkCalendar, as_of: dt.date) -> Iterator[tuple[EventLog, Assessed]]:
    columns, _ = log_of(*log)
    for chunk in assess(columns, pack, calendar, as_of, detail=False, size=7):
        yield columns, chunk


def names(columns: EventLog, a: Assessed) -> list[str]:
    """The id of each case of a chunk."""
    return [columns.cases.case_id[n] for n in a.scene.chunk.case_rows.tolist()]


def stopped_days(log: Log, pack: RulePack, calendar: WorkCalendar, as_of: dt.date) -> Counter[tuple[str, Pause]]:
    """Working days paused by case and kind."""
    found: Counter[tuple[str, Pause]] = Counter()
    for columns, a in chunks(log, pack, calendar, as_of):
        ids, s = names(columns, a), stopped(a.scene, columns)
        until = np.where(s.until == OPEN, a.scene.as_of, s.until)
        for case, kind, days in zip(
            s.case.tolist(), s.kind.tolist(), a.scene.calendar.count(s.since, until).tolist(), strict=True
        ):
            assert days >= 0
            found[ids[case], Pause(kind)] += days
    return +found


def order(pack: RulePack, kind: Pause) -> tuple[int, int]:
    """Special procedures, then corrections, then the owner's own."""
    if kind is Pause.CORRECTION:
        return 1, 0
    return (2 if pack.pauses[kind].whose == "owner" else 0), int(kind)


@each(SEEDS, part=0.5)
def test_each_stopped_day_goes_to_the_first_of_the_pauses_that_stop_it(seed: int) -> None:
    log, (pack, calendar) = awkward_log(seed, 12, works=seed % 4 != 0), under(seed)
    works_on = cache(calendar.is_working_day)
    for as_of in days_about(log[2], seed):
        wanted: Counter[tuple[str, Pause]] = Counter()
        for own in walked(*log, Frame(pack, works_on, as_of)).values():
            for case in own:
                for day, eve in case.eve.items():
                    if works_on(day) and eve.stopped_by:
                        wanted[case.id, min(eve.stopped_by, key=lambda kind: order(pack, kind))] += 1
        assert stopped_days(log, pack, calendar, as_of) == wanted


@each(SEEDS, part=0.3)
def test_every_pause_has_one_first_piece_and_its_pieces_follow_one_another(seed: int) -> None:
    log, (pack, calendar) = awkward_log(seed, 12), under(seed)
    for as_of in days_about(log[2], seed):
        for columns, a in chunks(log, pack, calendar, as_of):
            s, p = stopped(a.scene, columns), a.scene.paused
            runs = list(zip(s.case.tolist(), s.kind.tolist(), s.opened_on.tolist(), strict=True))
            every = sorted(zip(p.case.tolist(), p.kind.tolist(), p.start.tolist(), strict=True))
            assert sorted(run for run, first in zip(runs, s.first.tolist(), strict=True) if first) == every
            until = np.where(s.until == OPEN, a.scene.as_of, s.until)
            follows = np.flatnonzero(~s.first)
            assert (s.since[follows] >= until[follows - 1]).all()
            assert all(runs[n] == runs[n - 1] for n in follows.tolist())


@each(SEEDS, part=0.3)
def test_a_pause_is_based_where_a_record_of_its_first_day_says_on_what(seed: int) -> None:
    log, (pack, calendar) = awkward_log(seed, 12), under(seed)
    for as_of in days_about(log[2], seed, 1):
        for columns, a in chunks(log, pack, calendar, as_of):
            s, e = stopped(a.scene, columns), columns.events
            starts = {
                (
                    columns.cases.case_id[e.case[n]],
                    Pause.CORRECTION if status == Status.CORRECTION_STARTED else kind,
                    day,
                )
                for n, (status, kind, day) in enumerate(
                    zip(e.status.tolist(), e.procedure.tolist(), e.day.tolist(), strict=True)
                )
                if status in (Status.CORRECTION_STARTED, Status.PROCEDURE_STARTED) and e.basis[n] and stands(columns)[n]
            }
            ids = names(columns, a)
            for case, kind, day, based in zip(
                s.case.tolist(), s.kind.tolist(), s.opened_on.tolist(), s.based.tolist(), strict=True
            ):
                assert based == ((ids[case], kind, day) in starts)


def stands(columns: EventLog) -> np.ndarray:
    """Which events nothing voids."""
    found = columns.happened()
    return np.ones(len(columns.events), np.bool_) if found is None else found


PROJECT = [{"project_code": "P", "coded_on": "2026-03-02"}]
ONE = [{"case_id": "C", "project_code": "P", "item_code": "A01", "stage": "initiation", "department": "发改"}]


def told(*said: tuple[str, str, str]) -> Log:
    """One case with events (day of March 2026, status, procedure)."""
    events = [
        {"event_id": f"E{n}", "case_id": "C", "status": status, "occurred_at": f"2026-03-{day}", "procedure": kind}
        for n, (day, status, kind) in enumerate(said)
    ]
    return PROJECT, ONE, events


def test_a_correction_beside_a_hearing_gets_the_days_that_the_hearing_leaves() -> None:
    """Correction from Monday 9 to Friday 20, hearing from Wednesday 11 to Monday 16: 3 days to the hearing, 6 left."""
    log = told(
        ("02", "accepted", ""), ("09", "correction_started", ""), ("11", "procedure_started", "hearing"),
        ("16", "procedure_ended", "hearing"), ("20", "correction_ended", ""),
    )  # fmt: skip
    days = stopped_days(log, PACK, CALENDAR, dt.date(2026, 3, 31))
    assert days == {("C", Pause.HEARING): 3, ("C", Pause.CORRECTION): 6}
    ((columns, a),) = chunks(log, PACK, CALENDAR, dt.date(2026, 3, 31))
    s = stopped(a.scene, columns)
    assert s.first.tolist() == [True, False, True]  # the correction in two pieces, the hearing in one


def test_a_correction_before_acceptance_is_a_correction_of_no_days() -> None:
    log = told(("02", "received", ""), ("03", "correction_started", ""), ("10", "accepted", ""))
    ((columns, a),) = chunks(log, PACK, CALENDAR, dt.date(2026, 3, 31))
    s = stopped(a.scene, columns)
    assert (s.kind.tolist(), s.first.tolist(), s.since.tolist()) == ([Pause.CORRECTION], [True], s.until.tolist())
    assert day_of(int(s.since[0])) == dt.date(2026, 3, 3)


# ---- hand-over gaps


def ready(case: Case, own: list[Case], pack: RulePack) -> tuple[dt.date, set[str]] | None:
    """The day on which the last of what it wants before it was approved, and what was approved on it; None: there is
    nothing before it, or not all of it was."""
    item = pack.catalogue.items.get(case.item)
    beside = [c for c in own if "" in (c.works, case.works) or c.works == case.works]
    days: list[dt.date | None] = []
    granted: dict[str, dt.date] = {}
    for group in item.prerequisites if item else ():
        those = [c for c in beside if c.item in group and item and c.item not in item.wraps]
        for c in those:
            if approvals := c.days_of(Status.APPROVED, Status.APPROVED_WITH_OMISSION):
                granted[c.id] = approvals[0]
        if those:
            days.append(min((granted[c.id] for c in those if c.id in granted), default=None))
    known = [day for day in days if day]
    if not days or len(known) < len(days):
        return None
    return max(known), {c for c, day in granted.items() if day == max(known)}


def gaps(
    log: Log, pack: RulePack, calendar: WorkCalendar, as_of: dt.date
) -> Iterator[tuple[str, dt.date, dt.date | None, dt.date | None, set[str]]]:
    """Of each case its gap by definition: since, until, received, and the cases of which it follows one."""
    ends = {row["project_code"]: row.get("ended_on") for row in log[0]}
    for code, own in walked(*log, Frame(pack, cache(calendar.is_working_day), as_of)).items():
        over = office_date(ends[code]) if ends[code] else None
        for case in own:
            found = ready(case, own, pack)
            if found is None or case.unjudged:
                continue
            since, before = found
            closings = case.days_of(*[s for s in Status if s in SHUTTING])
            closed = closings[-1] if case.last.state in CLOSED and closings else None
            end = case.first_acceptance or closed
            if over and over <= as_of and (end is None or end > over):
                end = over
            if end is None or end > since:
                receipt = next(iter(case.days_of(Status.RECEIVED)), None)
                inside = receipt and (end is None or receipt < end)
                yield case.id, since, end, max(receipt, since) if receipt and inside else None, before


SHUTTING = {
    Status.RETRACTED, Status.NOT_ACCEPTED, Status.REFUSED, Status.APPROVED, Status.APPROVED_WITH_OMISSION,
    Status.REJECTED, Status.WITHDRAWN, Status.REVOKED,
}  # fmt: skip


def day(number: int) -> dt.date | None:
    return None if number in (NO_DAY, OPEN) else day_of(number)


@each(SEEDS, part=1)
def test_a_gap_is_from_the_last_approval_before_a_case_to_its_acceptance(seed: int) -> None:
    log = awkward_log(seed, 12, works=seed % 4 != 0)
    log, (pack, calendar) = in_order(log, seed) if seed % 8 else log, under(seed)
    for as_of in days_about(log[2], seed):
        wanted = {case: rest for case, *rest in gaps(log, pack, calendar, as_of)}
        for columns, a in chunks(log, pack, calendar, as_of):
            ids, h = names(columns, a), handovers(a)
            for case, before, since, until, received in zip(
                *(column.tolist() for column in (h.case, h.before, h.since, h.until, h.received)), strict=True
            ):
                begun, ended, came, those = wanted.pop(ids[case])
                assert [day(since), day(until), day(received)] == [begun, ended, came]
                assert ids[before] in those
        assert not wanted


def after(*cases: tuple[str, str, str]) -> Log:
    """Cases (id, item, day of March 2026 of the approval) with C for the item that comes after them, accepted on 20."""
    rows, events = [], []
    for case_id, item, approved in cases:
        rows.append(
            {"case_id": case_id, "project_code": "P", "item_code": item, "stage": "planning", "department": "X"}
        )
        for status, on in (("accepted", "02"), ("approved", approved)):
            on = f"2026-03-{'20' if case_id == 'C' and status == 'accepted' else on}"
            events.append({"event_id": case_id + status, "case_id": case_id, "status": status, "occurred_at": on})
    return PROJECT, rows, events


def before_of(log: Log) -> list[tuple[str, str, int]]:
    """Of each gap the case, that before it, and its working days."""
    ((columns, a),) = chunks(log, PACK, CALENDAR, dt.date(2026, 3, 31))
    ids, h = names(columns, a), handovers(a)
    days = a.scene.calendar.count(h.since, np.where(h.until == OPEN, a.scene.as_of, h.until))
    return [
        (ids[case], ids[b], n) for case, b, n in zip(h.case.tolist(), h.before.tolist(), days.tolist(), strict=True)
    ]


def test_of_two_approved_last_on_one_day_the_first_in_the_log_is_before_it() -> None:
    log = after(("B", "A03", "10"), ("A", "A05", "10"), ("C", "A04", "27"))
    assert before_of(log) == [("C", "B", 8)]
    log = after(("B", "A03", "09"), ("A", "A05", "10"), ("C", "A04", "27"))
    assert before_of(log) == [("C", "A", 8)]


def test_the_joint_acceptance_follows_none_of_its_parts() -> None:
    """D08 wraps D01: it waits for nothing, and no gap is found between the two."""
    log = after(("A", "D01", "10"), ("C", "D08", "27"))
    assert before_of(log) == []
