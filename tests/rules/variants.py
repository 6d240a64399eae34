"""Packs and calendars other than the shipped ones, the same for the same seed: the law's numbers are data."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random

from rules.pack import CLOCKS, Dated, ExtensionRule, Limit, Limits, MarkRule, Number, RulePack
from rules.vocabulary import Applies, ClockStart, Group, Holder, Mark, Pause, Stage, Unit
from rules.workdays import WorkCalendar
from tests.rules.generate import FIRST

SINCE = dt.date(2019, 1, 1)


def scoped_otherwise(pack: RulePack, part: str) -> RulePack:
    """``pack`` without one part of its scope, so that it holds for more projects; a wide one has to be told instead."""
    others = {
        "kinds": frozenset[str](),
        "regions": (),
        "coded_from": dt.date(2015, 4, 15),
        "applies": Applies.TOLD if pack.scope.applies is Applies.FITS else Applies.FITS,
    }
    return replace(pack, scope=replace(pack.scope, **{part: others[part]}))  # type: ignore[arg-type]


def awkward_pack(seed: int, base: RulePack) -> RulePack:
    """``base`` with other thresholds, in several versions, other holders, pauses, groups, milestones and limits."""
    rng = Random(seed)

    def dated(low: int, high: int, more: int = 0) -> Dated:
        since = [
            dt.date(2019, 1, 1),
            *sorted(FIRST + dt.timedelta(n) for n in rng.sample(range(1500), rng.randint(0, 2))),
        ]
        return Dated(tuple(Number(rng.randint(low, high) + more, day, "E", "made up") for day in since))

    def holders() -> frozenset[Holder]:
        return frozenset(h for h in Holder if rng.random() < 0.7)

    def limits(most: list[int], start: ClockStart = ClockStart.ACCEPTED) -> Limits:
        """A limit, as often as not with versions that begin among the days of the logs, the first now and then too."""
        later = rng.random() < 0.2
        since = sorted(FIRST + dt.timedelta(n) for n in rng.sample(range(1500), rng.choice([0, 0, 1, 2]) + later))
        return Limits(
            tuple(
                Limit(rng.choice(most), day, "E", "made up", rng.choice(list(Unit)), start)
                for day in (since if later else [SINCE, *since])
            ),
            later,
        )

    def ceiling() -> Limits | None:
        return None if not seed % 3 or rng.random() < 0.5 else limits([1, 2, 5, 12])

    pauses = {}
    for kind, rule in base.pauses.items():
        stops = frozenset(clock for clock in CLOCKS if rng.random() < 0.6)
        runs_on = rng.choice([None, (rng.choice(CLOCKS), Holder.ENTRUSTED_INTERMEDIARY)])
        pauses[kind] = replace(
            rule, stops=stops, whose=rng.choice(["owner", "procedure"]), runs_on=runs_on,
            needs_basis=rng.random() < 0.3, ceiling=ceiling(),
        )  # fmt: skip
    pauses[Pause.CORRECTION] = replace(pauses[Pause.CORRECTION], whose="owner", runs_on=None)

    items = {}
    for code, item in base.catalogue.items.items():
        both = [
            limits([0, 1, 3, 5, 20, 45], start) if rng.random() < 0.8 else None
            for start in (rng.choice(list(ClockStart)), ClockStart.ACCEPTED)
        ]
        wraps = tuple(rng.sample(sorted(base.catalogue.items), 3)) if rng.random() < 0.1 else ()
        wraps = tuple(c for c in wraps if c > code)  # two items that wrap each other would leave a day to nobody
        items[code] = replace(item, statutory=both[0], promised=both[1], wraps=wraps)

    stages, cut = list(Stage), rng.randint(1, 4)
    rng.shuffle(stages)
    groups = tuple(
        replace(
            base.groups[n],
            group=Group(n),
            stages=frozenset(chosen),
            budget=dated(0, 40),
            milestone=rng.choice(["", *sorted(items)]),
        )
        for n, chosen in enumerate((stages[:cut], stages[cut:]))
    )
    clocks = {name: replace(clock, counts=holders()) for name, clock in base.clocks.items()}
    clocks[CLOCKS[0]] = replace(clocks[CLOCKS[0]], start=rng.choice([ClockStart.ACCEPTED, ClockStart.RECEIVED]))
    red_by = rng.choice([None, None, None, "statutory", *(rule.group.word for rule in groups)])
    if red_by in (None, "statutory") and rng.random() < 0.3:
        groups = groups[: rng.randint(0, 1)]
    return replace(
        base,
        comparison=rng.choice(["over", "at"]),
        scope=replace(base.scope, kinds=frozenset(rng.sample(["filing", "approval"], k=rng.randint(0, 2)))),
        yellow=dated(1, 30) if rng.random() < 0.8 else None,
        red=None if red_by else dated(1, 30, more=30) if rng.random() < 0.8 else None,
        red_by=red_by,
        warning_days=dated(0, 12),
        oddities={
            "late_entry_days": dated(0, 8),
            "bulk_events": dated(1, 6),
            **{name: number for n, (name, number) in enumerate(base.oddities.items()) if n > 1 and seed >> n & 1},
        },
        clocks=clocks,
        pauses=pauses,
        commitment_check=dated(1, 20) if rng.random() < 0.6 else None,
        marks={
            mark: MarkRule(
                mark,
                frozenset(rng.sample(sorted(items), 3)),
                {c: limits([0, 1, 2, 3, 4]) for c in rng.sample(sorted(items), 20)},
                "E",
                "made up",
            )
            for mark in Mark
        },
        deemed_acceptance=dated(1, 6) if seed % 2 else None,
        extension=ExtensionRule(promised=rng.random() < 0.5),
        groups=groups,
        catalogue=replace(base.catalogue, items=items),
    )


def awkward_calendar(seed: int) -> WorkCalendar:
    """A week of its own, with days of rest and of work strewn over the years of the made-up logs."""
    rng = Random(seed)
    week = rng.choice(["1111100", "1111110", "1111111", "1110101", "0000100", "1111001"])
    days = [FIRST + dt.timedelta(n) for n in range(-500, 2500)]
    odd = rng.sample(days, k=rng.choice([0, 40, 800]))
    half = len(odd) // 2
    return WorkCalendar.of(week, odd[:half], odd[half:], FIRST + dt.timedelta(rng.randrange(2000)), name="made up")
