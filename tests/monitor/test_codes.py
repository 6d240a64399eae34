"""Codes that others give out: what is odd about them is said, and nothing is refused for it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.codes import Checker, Form, check_digit, form_of, industries, odd_project_code, regions
from monitor.database import Database
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, TODAY, ZONE, take, write
from tests.monitor.commands import Run, refused

# Seen in the real world, with the month, area and check digit that their portals gave them.
REAL = """2603-141124-89-05-346948 2411-130202-89-01-637015 2211-441900-04-02-310151 2512-420984-04-01-395957
2509-320193-89-01-544060 2502-140109-89-01-287745 2509-140602-89-05-864976 2304-441900-04-01-135254
2304-441900-04-01-254812""".split()
LEGACY = ["2020-330327-48-01-167360", "2020-451421-88-03-016343"]
GOOD = PROJECT | {"project_code": REAL[0], "region": "330106", "industry": "C2614", "credit_code": "91350100M000100Y43"}


def digit_by_the_formula(digits: str) -> int:
    """ISO 7064 MOD 11,10 as the standard writes it."""
    p = 10
    for digit in digits:
        p = 2 * ((p + int(digit)) % 10 or 10) % 11
    return (11 - p) % 10


@pytest.mark.parametrize("code", REAL)
def test_real_codes_are_of_the_new_form_and_check(code: str) -> None:
    assert (form_of(code), odd_project_code(code)) == (Form.NEW, None)


@pytest.mark.parametrize("code", [*LEGACY, "2015-330106-48-01-000001-000"])
def test_legacy_codes_have_no_check_digit(code: str) -> None:
    assert (form_of(code), odd_project_code(code)) == (Form.LEGACY, None)
    digits = code.replace("-", "")[:20]
    assert digit_by_the_formula(digits[:-1]) != int(digits[-1])  # else this test would say nothing


@pytest.mark.parametrize(
    ("begins", "form"),
    [
        ("2010", Form.NEW),  # October 2020: no code of that month is of the legacy form
        ("2011", Form.NEW),  # November 2020, not the year 2011
        ("2012", Form.NEW),
        ("2013", Form.LEGACY),  # there is no month 13
        ("2020", Form.LEGACY),
        ("2021", None),  # neither a month nor a year of the legacy form
        ("2113", None),
        ("2600", None),
    ],
)
def test_the_first_four_digits_tell_the_forms_apart(begins: str, form: Form | None) -> None:
    assert form_of(f"{begins}-330106-04-01-000000") is form


@pytest.mark.parametrize(
    "code",
    ["P1", "", "2603-141124-89-05-34694", "2603141124890534694 8", "2603-141124-89-05-346948-001", "２603-141124"],
)
def test_what_is_of_neither_form(code: str) -> None:
    assert form_of(code) is None
    assert odd_project_code(code) == "project_code_form"


@given(st.text("0123456789", min_size=19, max_size=19), st.integers(0, 18), st.integers(1, 9))
def test_the_check_digit_is_that_of_the_formula_and_finds_any_wrong_digit(digits: str, at: int, by: int) -> None:
    assert int(check_digit(digits)) == digit_by_the_formula(digits)
    wrong = digits[:at] + str((int(digits[at]) + by) % 10) + digits[at + 1 :]
    assert check_digit(wrong) != check_digit(digits)


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("credit_code", "91350100M000100Y43", None),
        ("credit_code", "91350100M000100Y34", "credit_code_check"),  # two characters changed places
        ("credit_code", "91350100M000100I43", "credit_code_form"),  # there is no letter I
        ("credit_code", "735010010", "credit_code_form"),  # an organisation code of before 2015
        ("region", "330106", None),
        ("region", "33", None),
        ("region", "3301", None),
        ("region", "330106001", None),  # a town of a county that is known
        ("region", "320193", "region_unknown"),  # a development zone: of real codes, but in no list
        ("region", "330", "region_unknown"),
        ("region", "999999", "region_unknown"),
        ("industry", "26", None),
        ("industry", "C2614", None),
        ("industry", "C", None),
        ("industry", "D2614", "industry_unknown"),  # 26 is of section C
        ("industry", "2699", "industry_unknown"),
        ("industry", "化工", "industry_unknown"),
        ("industry", "", None),
    ],
)
def test_codes_of_who_invests_of_places_and_of_industries(column: str, value: str, word: str | None) -> None:
    assert Checker().odd(column, value) == word


def test_an_area_that_the_office_names_is_none_to_wonder_at() -> None:
    assert Checker({"320193": "江北新区"}).odd("region", "320193") is None


def test_the_lists_say_whose_state_they_are() -> None:
    assert (regions().title, industries().title) == ("GB/T 2260 (2023)", "GB/T 4754 (2017)")
    assert regions().source
    assert regions().names["330106"] == "西湖区"
    # 20 sections, 97 divisions, 473 groups and 1,381 classes stand in the table of the standard
    assert [sum(len(c) == n and c.isdigit() for c in industries().names) for n in (2, 3, 4)] == [97, 473, 1381]


def test_import_says_what_is_odd_and_takes_it(database: Database, tmp_path: Path) -> None:
    bad = GOOD | {"project_code": "2603-141124-89-05-346947", "region": "999999", "name": "厂房二"}
    result = take(database, write(tmp_path, [GOOD, bad]))
    assert (result.outcome, result.counts["projects"].added, result.warned) == ("landed", 2, 2)
    told = [(w.row, w.column, w.value, w.code) for w in result.warnings]
    assert told == [
        (3, "project_code", "2603-141124-89-05-346947", "project_code_check"),
        (3, "region", "999999", "region_unknown"),
    ]
    assert "GB/T 2260 (2023)" in str(result.warnings[1])
    again = take(database, tmp_path, places={"999999": "开发区"})
    assert (again.outcome, [w.code for w in again.warnings]) == ("nothing", ["project_code_check"])


def test_of_many_the_first_are_listed_and_all_are_counted(database: Database, tmp_path: Path) -> None:
    result = take(database, write(tmp_path, [GOOD | {"project_code": f"P{n}"} for n in range(1_200)]))
    assert (result.warned, len(result.warnings)) == (1_200, 1_000)
    assert (result.warnings[0].row, result.warnings[-1].row) == (2, 1_001)


def test_nothing_is_said_of_the_codes_of_a_secret_project(database: Database, tmp_path: Path) -> None:
    result = take(database, write(tmp_path, [GOOD, GOOD | {"project_code": "S1", "kind": "涉密"}]), partial=True)
    assert (result.outcome, result.refused, result.warned) == ("partial", 1, 0)


def test_codes_lists_what_lies_in_the_store(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "log", [GOOD, GOOD | {"project_code": REAL[1], "credit_code": "91350100M000100Y44"}])
    assert "credit_code '91350100M000100Y44'" in run("import", "log").err
    found = run("codes", "--json").document["codes"]
    assert [(one["project_code"], one["column"], one["code"]) for one in found] == [
        (REAL[1], "credit_code", "credit_code_check")
    ]
    assert "1 code is odd." in run("codes").err
    assert run("codes", REAL[0], "--json").document == {"codes": []}
    refused(run("codes", "P9"), "P9")


def test_a_day_that_is_still_to_come_is_warned_of(database: Database, tmp_path: Path) -> None:
    """A decision of 2062, most likely of 2026: the day on which it is told is no day to come."""
    events = [
        EVENTS[0],
        EVENTS[0] | {"event_id": "E7", "status": "handling_started", "occurred_at": TODAY.isoformat()},
        EVENTS[0] | {"event_id": "E8", "status": "approved", "occurred_at": "2062-07-10T09:00:00"},
    ]
    moment = dt.datetime.combine(TODAY, dt.time(10), ZONE)
    result = take(database, write(tmp_path, [PROJECT], [CASE], events), clock=lambda: moment)
    told = [(w.row, w.column, w.value, w.code) for w in result.warnings if w.file.endswith("events.csv")]
    assert told == [(4, "occurred_at", "2062-07-10T09:00:00", "to_come")]
    assert (result.outcome, result.counts["events"].added) == ("landed", 3)
