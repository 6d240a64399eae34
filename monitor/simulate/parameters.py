"""What is true of the made-up province: the rates and speeds that its files are drawn from.

They are written to truth.json, which nothing in the product reads, so that what a page or an analysis
finds (who is slow, how many records are dirty) can be held against what was put in.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SlowDepartment:
    """A department that takes ``factor`` times as long; from ``since_days`` before the end on, or always."""

    region: str
    body: str
    factor: float
    since_days: int | None = None


@dataclass(frozen=True)
class Parameters:
    """Rates are shares of projects, cases or events, as the comment of their block says."""

    # projects
    years: float = 2.0
    filing: float = 0.94
    verification: float = 0.04
    terminated: float = 0.03
    several_works: float = 0.015
    early_successor: float = 0.008
    coded_late: float = 0.006
    unjudged: float = 0.0095
    owner_study: float = 0.2
    toughness_spread: float = 0.38
    owner_spread: float = 0.35
    construction_days: tuple[int, int, int] = (120, 230, 425)
    area_assessment: float = 0.3
    standard_land: float = 0.06
    commitment: float = 0.04

    # cases: the running days of a case are its promised days times pace, spread, department and toughness
    pace: float = 0.84
    slower_each_year: float = 0.16
    spread: float = 0.42
    keeps_promise: float = 0.84
    department_spread: float = 0.12
    spring_slack: tuple[int, int] = (1, 4)
    correction: float = 0.11
    correction_days: float = 6.0
    correction_before_acceptance: float = 0.3
    second_correction: float = 0.08
    stuck: float = 0.009
    stuck_where_slow: float = 3.0
    stuck_days: float = 110.0
    owner_never_returns: float = 0.0015
    owner_gives_up: float = 0.003
    not_accepted: float = 0.005
    refused: float = 0.001
    withdrawn: float = 0.012
    rejected: float = 0.005
    retracted: float = 0.002
    omission: float = 0.04
    extended: float = 0.12
    papers_later: float = 0.01
    papers_never: float = 0.12
    decided_on_word: float = 0.008
    word_never_checked: float = 0.1

    # dirty records: shares of cases, except where the name says events or pauses
    duplicate_start: float = 0.004
    end_without_start: float = 0.002
    pause_never_closed: float = 0.03
    pause_without_basis: float = 0.04
    supposed_acceptance: float = 0.004
    reopened: float = 0.0015
    voided: float = 0.003
    revoked: float = 0.0004
    late_entry_events: float = 0.006
    late_entry_events_where_habit: float = 0.2
    typed_in_afterwards: float = 0.08
    entered_next_day_events: float = 0.06
    entered_unknown_events: float = 0.04
    future_dated: int = 2
    rest_day_batches: int = 2
    rest_day_projects: int = 8

    slow: tuple[SlowDepartment, ...] = (
        SlowDepartment("339905", "自然资源和规划局", 2.8, 210),
        SlowDepartment("339902", "住房和城乡建设局", 2.0),
        SlowDepartment("339908", "生态环境局", 2.6),
    )
    late_habit: tuple[tuple[str, str], ...] = (("339904", "水利局"), ("339907", "综合行政执法局"))


TRUE = Parameters()
