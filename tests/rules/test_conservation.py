"""Conservation: every day is one thing, every held day is shared out to the last unit, no part exceeds the whole."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from rules.assess import Assessed, assess
from rules.daily import REST, daily
from rules.log import NO_DAY, EventLog
from rules.pack import RulePack
from rules.pieces import OPEN, pieces
from rules.shares import WHOLE_DAY
from rules.vocabulary import Ledger
from rules.workdays import WorkCalendar
from tests.rules.columns import log_of
from tests.rules.common import CALENDAR, PACK, SEEDS, days_about, each
from tests.rules.generate import awkward_log
from tests.rules.variants import awkward_calendar, awkward_pack


def chunks(seed: int) -> Iterator[tuple[EventLog, Assessed]]:
    """A made-up log assessed on some days, under the shipped pack and calendar or others, in chunks."""
    log = awkward_log(seed, 12, works=seed % 4 != 0)
    pack: RulePack = awkward_pack(seed, PACK) if seed % 3 == 0 else PACK
    calendar: WorkCalendar = awkward_calendar(seed) if seed % 3 == 0 else CALENDAR
    columns, _ = log_of(*log)
    for as_of in days_about(log[2], seed):
        for chunk in assess(columns, pack, calendar, as_of, size=7):
            yield columns, chunk


@each(SEEDS, part=0.3)
def test_the_ledger_sums_to_the_span_and_its_counted_days_are_those_held(seed: int) -> None:
    for _, a in chunks(seed):
        assert a.ledger
        assert (a.ledger.days >= 0).all()
        assert (a.ledger.days.sum(axis=1) == a.ledger.span).all()
        assert (a.ledger.days[:, Ledger.COUNTED] == a.held_days).all()


@each(SEEDS, part=0.3)
def test_shares_sum_to_the_held_days_exactly(seed: int) -> None:
    for _, a in chunks(seed):
        assert a.shares
        total = np.zeros(a.scene.projects, np.int64)
        np.add.at(total, a.shares.project, a.shares.share)
        assert (total == a.held_days.astype(np.int64) * WHOLE_DAY).all()
        assert (a.shares.share >= a.shares.sole.astype(np.int64) * WHOLE_DAY).all()


@each(SEEDS, part=0.3)
def test_pieces_integrate_to_shares(seed: int) -> None:
    for _, a in chunks(seed):
        assert a.shares
        share: Counter[tuple[int, int]] = Counter()
        sole: Counter[tuple[int, int]] = Counter()
        found = pieces(a.scene, a.counted)
        until = np.where(found.until == OPEN, a.scene.as_of, found.until)
        days = a.scene.calendar.count(found.since, until)
        assert (found.rate > 0).all()
        assert (days >= 0).all()
        for row, n in enumerate(days.tolist()):
            key = int(found.project[row]), int(found.department[row])
            share[key] += n * int(found.rate[row])
            sole[key] += n * int(found.sole[row])
        rows = zip(a.shares.project.tolist(), a.shares.department.tolist(), strict=True)
        told = {key: (int(a.shares.share[n]), int(a.shares.sole[n]) * WHOLE_DAY) for n, key in enumerate(rows)}
        got = {key: (share[key], sole[key]) for key in share}
        assert {key: value for key, value in got.items() if any(value)} == {k: v for k, v in told.items() if any(v)}


@each(SEEDS, part=0.3)
def test_open_pieces_hold_the_next_working_day_whole(seed: int) -> None:
    for _, a in chunks(seed):
        found = pieces(a.scene, a.counted)
        ahead = np.zeros(a.scene.projects, np.int64)
        np.add.at(ahead, found.project[found.until == OPEN], found.rate[found.until == OPEN])
        assert (ahead == np.where(a.facts.running, WHOLE_DAY, 0)).all()


@each(SEEDS, part=0.3)
def test_the_days_one_by_one_are_those_of_the_ledger_and_of_the_shares(seed: int) -> None:
    for log, a in chunks(seed):
        assert a.ledger
        assert a.shares
        share: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
        for n in range(a.scene.projects):
            days = daily(a, n)
            kinds = Counter(kind for kind in days.kind if kind != REST)
            assert [kinds[word.word] for word in Ledger] == a.ledger.days[n].tolist()
            works = [kind != REST for kind in days.kind]
            assert works == [a.scene.calendar.is_working_day(day) for day in days.day]
            assert days.makeup == [on and day.weekday() in (5, 6) for on, day in zip(works, days.day, strict=True)]
            assert days.day == [days.day[0] + dt.timedelta(k) for k in range(len(days.day))]
            for kind, holders in zip(days.kind, days.holders, strict=True):
                assert bool(holders) == (kind == Ledger.COUNTED.word)
                for department in holders:
                    share[n, department] += Fraction(1, len(holders))
        for n in range(len(a.shares.share)):
            key = int(a.shares.project[n]), int(a.shares.department[n])
            assert float(share.pop(key, Fraction(0))) == pytest.approx(int(a.shares.share[n]) / WHOLE_DAY, abs=1e-6)
        assert not share, log.departments


@each(SEEDS, part=0.3)
def test_a_count_is_its_base_and_the_days_since(seed: int) -> None:
    """What a standing stores to know a count on any day: used = base + count(since, as_of)."""
    for _, a in chunks(seed):
        as_of = np.int32(a.scene.as_of)
        for measure in (a.total, *a.groups):
            going = measure.since != NO_DAY
            ahead = a.scene.calendar.count(np.where(going, measure.since, as_of), np.full(len(going), as_of))
            assert (measure.used == measure.base + ahead).all()
            assert (going == measure.running).all()


@each(SEEDS, part=0.3)
def test_parts_are_never_more_than_the_whole(seed: int) -> None:
    for _, a in chunks(seed):
        assert (a.stage_days <= a.total.used[:, None]).all()
        assert (a.stage_days.sum(axis=1) >= a.total.used).all()
        for rule, group in zip(a.scene.pack.groups, a.groups, strict=True):
            assert (group.used <= a.stage_days[:, sorted(rule.stages)].sum(axis=1)).all()
            assert (group.used <= a.total.used).all()
        case_days = np.bincount(
            a.scene.project, weights=np.where(a.scene.counts, a.cases.used, 0), minlength=a.scene.projects
        )
        assert (a.held_days <= case_days).all()
        assert (a.total.used <= a.held_days[a.units.project]).all()
