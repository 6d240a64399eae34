"""Scenarios: other numbers, another pack, more notices, and what each department's promises would save."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rules.errors import CalendarError, PackError
from rules.notice import Notice
from rules.packfile import shipped
from rules.portfolio import Rules
from rules.vocabulary import Group, Light
from rules.whatif import Saving, Scenario, Seen, altered_rules, each_department, imagine
from tests.rules.columns import Log, log_of, under
from tests.rules.common import SEEDS, days_about, each
from tests.rules.common import under as law
from tests.rules.generate import awkward_log
from tests.rules.test_by_hand import case
from tests.rules.test_promises import in_order

FILE = Path("notice.toml")

AS_OF = dt.date(2026, 5, 21)
# Accepted on 2 March: 55 working days on 21 May 2026 (counted in test_by_hand), so the last day of green.
LONG: Log = (
    [{"project_code": "P", "coded_on": "2026-03-02"}],
    [case(1, ("accepted", "2026-03-02"))[0]],
    case(1, ("accepted", "2026-03-02"))[1],
)


def seen(scenario: Scenario, log: Log = LONG, as_of: dt.date = AS_OF) -> Seen:
    """How the projects of a log stand in a scenario under the shipped rules."""
    rules = Rules.shipped()
    return imagine(*log_of(*log), altered_rules(rules, scenario), as_of, scenario).seen


def light(scenario: Scenario) -> Light:
    """The light of the long project."""
    return Light(seen(scenario).light[0])


def test_a_threshold_is_passed_by_the_day_after_it() -> None:
    assert light(Scenario()) is Light.GREEN
    assert light(Scenario(yellow=55)) is Light.GREEN
    assert light(Scenario(yellow=54)) is Light.YELLOW
    assert light(Scenario(yellow=10, red=55)) is Light.YELLOW
    assert light(Scenario(yellow=10, red=54)) is Light.RED


def test_a_budget_is_passed_by_the_day_after_it() -> None:
    for days, over in ((55, False), (54, True)):
        found = seen(Scenario(budgets={Group.PRE_CONSTRUCTION: days}))
        assert found.over[0].tolist() == [over, False]
    assert seen(Scenario()).over[0].tolist() == [True, False]  # 55 days where 50 are allowed


def test_single_days_of_rest_and_of_work() -> None:
    """55 working days on 21 May. The 10th of March rests: one fewer; work on Saturday the 14th: one more."""
    rest, work = frozenset({dt.date(2026, 3, 10)}), frozenset({dt.date(2026, 3, 14)})
    assert seen(Scenario(rest=rest)).used.tolist() == [54]
    assert seen(Scenario(work=work)).used.tolist() == [56]
    assert seen(Scenario(rest=rest, work=work)).used.tolist() == [55]
    assert seen(Scenario(rest=work)).used.tolist() == [55]  # it rests anyway
    # Late December is arranged by the next year's notice.
    assert seen(Scenario(rest=frozenset({dt.date(2025, 12, 25)}))).used.tolist() == [55]
    for off, on, day in (
        (rest, rest, "2026-03-10"),
        (rest, frozenset({dt.date(2026, 3, 11)}), "2026-03-11"),
        (frozenset({dt.date(2031, 3, 10)}), work, "2031-03-10"),
    ):
        with pytest.raises(CalendarError) as refused:
            altered_rules(Rules.shipped(), Scenario(rest=off, work=on))
        assert refused.value.value == day


def test_a_notice_takes_days_out() -> None:
    closed = frozenset({dt.date(2026, 3, 10), dt.date(2026, 3, 11), dt.date(2026, 3, 14)})  # the 14th rests anyway
    notice = Notice("", 2026, "made up", "made up", dt.date(2026, 3, 1), closed, frozenset(), dt.date(2026, 3, 1), True)
    assert seen(Scenario(notices={FILE: notice})).used.tolist() == [53]
    elsewhere = replace(notice, region="44", amends=False)
    assert seen(Scenario(notices={FILE: elsewhere})).used.tolist() == [55]
    with pytest.raises(CalendarError, match="amends"):  # else it would take the place of the whole year
        seen(Scenario(notices={FILE: replace(notice, amends=False)}))


def test_a_pack_judges_every_project_in_its_scope_or_not() -> None:
    outside: Log = ([{**LONG[0][0], "region": "44", "kind": "approval"}], LONG[1], LONG[2])
    assert seen(Scenario(), outside).light.tolist() == [Light.NONE]
    assert seen(Scenario(pack=shipped()["zhejiang-80"]), outside).light.tolist() == [Light.GREEN]


@pytest.mark.parametrize(
    ("scenario", "named"),
    [
        (Scenario(yellow=80), "yellow below red"),
        (Scenario(red=55), "yellow below red"),
        (Scenario(yellow=0), "from 1 on"),
        (Scenario(budgets={Group.ACCEPTANCE: 0}), "from 1 on"),
    ],
)
def test_numbers_that_cannot_be_are_refused(scenario: Scenario, named: str) -> None:
    with pytest.raises(PackError, match=named):
        seen(scenario)


def test_the_budget_of_a_group_that_no_pack_has_is_refused() -> None:
    pack = shipped()["zhejiang-80"]
    rules = under(replace(pack, groups=pack.groups[:1]), law(1)[1])
    with pytest.raises(PackError, match=r"acceptance.*one of: pre_construction"):
        altered_rules(rules, Scenario(budgets={Group.ACCEPTANCE: 20}))


def test_lights_are_counted_by_from_and_to() -> None:
    kinds = [Light.NONE, Light.GREY, Light.GREEN, Light.YELLOW, Light.RED]
    pairs = [(was, now) for was in kinds for now in kinds]
    there = np.ones(len(pairs), np.bool_)
    natural = np.arange(len(pairs)) < 5  # five projects of a rule in natural days, a day fewer each as all of them
    before, after = (
        Seen(there, lights, there.astype(np.int8), np.full(len(pairs), 9 - n, np.int32), natural, there[:, None])
        for n, lights in enumerate(np.array(pairs, np.int8).T)
    )
    saving = Saving()
    saving.add(before, after)
    # Worse: yellow from none, grey, green; red from these and from yellow.
    assert saving == Saving(0, red_to_yellow=1, red_to_green=1, yellow_to_green=1, worse=7, days=25, natural_days=5)
    assert saving.lights == 3


@each(SEEDS, part=0.2)
def test_each_department_alone_saves_what_a_scenario_of_it_alone_saves(seed: int) -> None:
    log = in_order(awkward_log(seed, 8, works=seed % 4 != 0), seed)
    pack, calendar = law(seed)
    rules = under(pack, calendar)
    [as_of] = days_about(log[2], seed, 1)
    before = imagine(*log_of(*log), rules, as_of, Scenario()).seen
    found = each_department(*log_of(*log), rules, as_of, Scenario())
    for name in {row["department"] for row in log[1]}:
        alone = imagine(*log_of(*log), rules, as_of, Scenario(promises=True, department=name))
        saving = Saving(cases=alone.decided)
        saving.add(before, alone.seen)
        assert found.get(name, Saving()) == saving


def test_a_department_is_credited_with_the_light_it_would_save() -> None:
    # 56 days (the day after the 55 above), 6 of them past the promise of 50: 局1 saves the yellow; 局2 is never late.
    first = case(1, ("accepted", "2026-03-02"), ("approved", "2026-05-22"), promised_days="50")
    second = case(2, ("accepted", "2026-03-02"), ("approved", "2026-03-04"), promised_days="50")
    log: Log = (LONG[0], [first[0], second[0]], [*first[1], *second[1]])
    found = each_department(*log_of(*log), Rules.shipped(), dt.date(2026, 6, 1), Scenario())
    assert found == {"局1": Saving(cases=1, yellow_to_green=1, days=6)}
    assert not each_department(*log_of(*log), Rules.shipped(), dt.date(2026, 6, 1), Scenario(yellow=70))["局1"].lights
