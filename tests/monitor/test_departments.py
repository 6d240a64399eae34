"""The register of departments: what a name means, before and after somebody says so, and as known at every moment."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from monitor.codes.departments import Entry, Name, Register, Said, above, likeness, nearest
from monitor.database import Database, downgrade, upgrade
from monitor.reading.register import keys_of
from monitor.reading.viewer import EVERYONE
from monitor.rights import Role, Scope, Who
from monitor.verbs import departments as verbs
from monitor.verbs.departments import DepartmentRefused
from tests.monitor.canonical_files import CASE, EVENTS, PROJECT, ZONE, rows, write
from tests.monitor.commands import Run, refused
from tests.monitor.sweeping import Office, office

DAY = dt.date(2026, 3, 31)
COUNTY, CITY = "330381", "330300"
SHORT, FULL = (COUNTY, "发改局"), (COUNTY, "发展和改革局")


def registered(name: Name, **more: Any) -> Entry:
    return Entry(0, Said.REGISTERED, name, by="张三", **more)


def same(told: Name, meant: Name, **more: Any) -> Entry:
    return Entry(0, Said.SAME, meant, told, by="张三", **more)


def test_regions_above_the_nearest_first() -> None:
    assert list(above("330381")) == ["330381", "3303", "33", ""]
    assert list(above("330300")) == ["3303", "33", ""]
    assert list(above("330381001000")) == ["330381001", "330381", "3303", "33", ""]
    assert list(above("")) == [""]


def test_a_name_is_looked_for_in_its_region_and_then_above_it() -> None:
    known = Register(
        [
            registered((CITY, "温州市生态环境局"), short=("市生态环境局",), code="1133"),
            registered((COUNTY, "瑞安市生态环境局"), short=("生态环境局",)),
        ]
    )
    day = dt.date(2026, 1, 1)
    assert known.meant((COUNTY, "市生态环境局"), day) == (CITY, "温州市生态环境局")
    assert known.meant((COUNTY, "1133"), day) == (CITY, "温州市生态环境局")
    assert known.meant((COUNTY, "生态环境局"), day) == (COUNTY, "瑞安市生态环境局")
    assert known.meant(("330382", "生态环境局"), day) == ("330382", "生态环境局")  # the short name of another county
    assert known.meant(("330000", "市生态环境局"), day) == (
        "330000",
        "市生态环境局",
    )  # a city is not above its province


def test_a_successor_takes_over_from_a_day_of_coding_on() -> None:
    planning, resources = (COUNTY, "规划局"), (COUNTY, "自然资源和规划局")
    known = Register([registered(planning), registered(resources, predecessor=planning, since=dt.date(2019, 3, 1))])
    assert known.meant(planning, dt.date(2019, 2, 28)) == planning
    assert known.meant(planning, dt.date(2019, 3, 1)) == resources


def test_names_of_one_city_find_their_departments(shared_data: Path) -> None:
    """Against the list of a city, which names full and short ones: the short ones are looked for among the full."""
    with (shared_data / "codes" / "departments_ruian.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = list(csv.DictReader(file))
    known = [(COUNTY, row["full_name"]) for row in listed]
    pairs = [(short, row["full_name"]) for row in listed for short in row["aliases"].split(";") if short]
    found = [nearest((COUNTY, short), known, Register([]))[:1] for short, _ in pairs]
    missed = [pair for pair, one in zip(pairs, found, strict=True) if one != [(COUNTY, pair[1])]]
    assert missed == [("市电力局", "市供电局")]  # no character of its own in common
    assert len(pairs) == 15


def test_other_departments_are_not_like_it() -> None:
    for one, other in (("水利局", "财政局"), ("教育局", "体育局"), ("税务局", "商务局"), ("公安局", "气象局")):
        assert likeness(one, other) < 0.6, (one, other)


def log(department: str, *, code: str = "P1", coded_on: str = "2026-03-02") -> tuple[Any, Any, Any]:
    """A project with a case that ran from 3 to 9 March 2026: 4 working days."""
    project = PROJECT | {"project_code": code, "region": COUNTY, "coded_on": coded_on}
    case = CASE | {"case_id": f"{code}-C", "project_code": code, "department": department}
    events = [one | {"event_id": f"{code}-{one['event_id']}", "case_id": f"{code}-C"} for one in EVENTS]
    return [project], [case], events


def shares(here: Office) -> list[tuple[str, float, float]]:
    """Department, days and days alone, as the page of departments reads them from the standings."""
    frame = here.reader().departments(EVERYONE, DAY)
    return sorted(zip(frame["department"], frame["share"], frame["sole"], strict=True))


def status(here: Office, code: str, at: dt.datetime | None = None) -> dict[str, Any]:
    objects, _missing = here.reader().status(EVERYONE, [code], DAY, known_at=at)
    return objects[0]


def test_a_confirmation_speaks_of_what_came_before_and_of_what_comes_after(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.take(*log("发改局"))
    here.take(*log("发展和改革局", code="P2"))
    here.tick(DAY)
    before = here.clock.moment.astimezone(ZONE)
    done = verbs.say(database, [same(SHORT, FULL)], here.clock)
    assert (done.numbers, done.known, done.touched) == ((1,), 0, 1)
    assert here.tick(DAY).projects == 1  # the other project is not looked at
    assert status(here, "P1")["shares"] == {"发展和改革局": {"share": 4.0, "sole": 4}}
    assert status(here, "P1", before)["shares"] == {"发改局": {"share": 4.0, "sole": 4}}
    here.take(*log("发改局", code="P3"))
    here.tick(DAY)
    assert status(here, "P3")["shares"] == {"发展和改革局": {"share": 4.0, "sole": 4}}
    assert list(here.reader().department_names(EVERYONE)["name"]) == ["发展和改革局"]
    assert shares(here) == [("发展和改革局", 12, 12)]
    # What the source said stays.
    assert rows(database, "SELECT COUNT(*) FROM case_fact") == [(3,)]
    kept = everything_standing(here)
    here.rebuild(DAY)
    assert everything_standing(here) == kept
    assert verbs.say(database, [same(SHORT, FULL)], here.clock).known == 1


def test_an_account_sees_the_department_that_its_name_means(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    for n, name in enumerate(("发改局", "发展和改革局", "住建局")):
        here.take(*log(name, code=f"P{n}"))
    here.tick(DAY)

    def seen(name: Name) -> list[tuple[str, int]]:
        with database.reading() as connection:
            (key,) = keys_of(connection, [name]).values()
        who = Who(1, "某人", "某人", Role.DEPARTMENT, Scope(departments=(key,)))
        objects, _missing = here.reader().status(here.reader().viewer(who, DAY), None, DAY)
        return [(one["project_code"], len(one["cases"])) for one in objects]

    assert [seen(name) for name in (SHORT, FULL)] == [[("P0", 1)], [("P1", 1)]]
    verbs.say(database, [same(SHORT, FULL)], here.clock)
    here.tick(DAY)
    assert [seen(name) for name in (SHORT, FULL)] == [[("P0", 1), ("P1", 1)]] * 2
    assert seen((COUNTY, "住建局")) == [("P2", 1)]


def everything_standing(here: Office) -> list[Any]:
    return [shares(here), rows(here.database, "SELECT project_id, held_by, base, red_on FROM standing ORDER BY 1")]


def test_what_was_said_is_taken_back(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.take(*log("发改局"))
    here.take(*log("发展和改革局", code="P2"))
    verbs.say(database, [same(SHORT, FULL)], here.clock)
    here.tick(DAY)
    between = here.clock.moment.astimezone(ZONE)
    assert verbs.take_back(database, 1, "李四", here.clock).touched == 1
    here.tick(DAY)
    assert status(here, "P1")["shares"] == {"发改局": {"share": 4.0, "sole": 4}}
    assert status(here, "P1", between)["shares"] == {"发展和改革局": {"share": 4.0, "sole": 4}}
    assert rows(database, "SELECT said_by, ended_by FROM department_entry") == [("张三", "李四")]
    with pytest.raises(DepartmentRefused, match="no_entry"):
        verbs.take_back(database, 1, "李四", here.clock)
    assert verbs.say(database, [same(SHORT, FULL)], here.clock).numbers == (2,)


def test_a_reading_as_known_at_a_moment_knows_the_register_of_then(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.take(*log("发改局"))
    here.take(*log("发展和改革局", code="P2"))
    moments = [here.clock.moment.astimezone(ZONE)]
    for step in (
        lambda: verbs.say(database, [same(SHORT, FULL)], here.clock),
        lambda: verbs.take_back(database, 1, "李四", here.clock),
    ):
        step()
        moments.append(here.clock.moment.astimezone(ZONE))
    here.tick(DAY)
    names = [
        sorted(here.reader().as_known_at(at, DAY).departments(EVERYONE, DAY)["department"]) for at in (*moments, None)
    ]
    assert names == [
        ["发展和改革局", "发改局"],
        ["发展和改革局"],
        ["发展和改革局", "发改局"],
        ["发展和改革局", "发改局"],
    ]


def test_corrections_say_why_days_are_anothers(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.take(*log("发改局"))
    here.take(*log("发展和改革局", code="P2"))
    here.clock.moment += dt.timedelta(days=1)
    verbs.say(database, [same(SHORT, FULL)], here.clock)
    for codes in (["P1"], None):
        (one,), _missing = here.reader().corrections(EVERYONE, codes)
        assert one["project_code"] == "P1"
        (cause,) = one["causes"]
        assert [cause[key] for key in ("cause", "column", "before", "after", "recorded_by")] == [
            *("department_named", "department", "发改局", "发展和改革局", "张三")
        ]
        told = {(c["where"], c["what"], c["before"], c["after"]) for c in one["changes"]}
        assert told == {("发改局", "share", 4.0, 0.0), ("发展和改革局", "share", 0.0, 4.0)}


def test_two_names_of_one_department_in_one_project_are_one(database: Database, tmp_path: Path) -> None:
    """Two cases on the same four days: a day that two departments held is half of each; of one it is its own."""
    here = office(database, tmp_path)
    projects, cases, events = log("发改局")
    cases += [cases[0] | {"case_id": "D", "department": "发展和改革局"}]
    events += [one | {"event_id": f"D{one['event_id']}", "case_id": "D"} for one in events]
    here.take(projects, cases, events)
    here.tick(DAY)
    halves = {"share": 2.0, "sole": 0}
    assert status(here, "P1")["shares"] == {"发改局": halves, "发展和改革局": halves}
    verbs.say(database, [same(SHORT, FULL)], here.clock)
    here.tick(DAY)
    assert status(here, "P1")["shares"] == {"发展和改革局": {"share": 4.0, "sole": 4}}
    assert shares(here) == [("发展和改革局", 4, 4)]


def test_what_cannot_stand_beside_what_is_known(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.take(*log("发改局"))
    here.take(*log("发展和改革局", code="P2"))
    here.take(*log("经信局", code="P3"))
    verbs.say(database, [registered(FULL, short=("发改委",)), same(SHORT, FULL)], here.clock)
    other = (COUNTY, "经信局")
    for problem, entry in (
        ("taken", same(SHORT, other)),
        ("taken", registered(other, short=("发改委",))),
        ("registered", registered(FULL, short=("另名",))),
        ("itself", same(FULL, FULL)),
        ("unknown", same((COUNTY, "无此局"), FULL)),
        ("unknown", registered((COUNTY, "新局"), predecessor=(COUNTY, "旧局"))),
        ("circle", same(FULL, SHORT)),
    ):
        with pytest.raises(DepartmentRefused, match=problem):
            verbs.say(database, [registered((COUNTY, "好局")), entry], here.clock)
    assert rows(database, "SELECT COUNT(*) FROM department_entry") == [(2,)]  # the good one beside each is not there


def test_import_names_new_departments_with_the_nearest_known(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    assert here.take(*log("发展和改革局")).departments == [(FULL, [])]
    assert here.take(*log("发改局", code="P2")).departments == [(SHORT, [FULL])]
    assert here.take(*log("发改局", code="P3")).departments == []
    verbs.say(database, [registered((COUNTY, "住房和城乡建设局"), short=("住建局",))], here.clock)
    assert here.take(*log("住建局", code="P4")).departments == []  # the register knows it
    assert here.take(*log("建设局", code="P5")).departments == [((COUNTY, "建设局"), [(COUNTY, "住房和城乡建设局")])]


def test_projects_of_a_department_above_their_region_are_found(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.take(*log("市生态环境局"))
    verbs.say(database, [registered((CITY, "温州市生态环境局"), short=("市生态环境局",))], here.clock)
    here.tick(DAY)
    frame = here.reader().department_names(EVERYONE)
    assert list(zip(frame["region"], frame["name"], strict=True)) == [(CITY, "温州市生态环境局")]
    key = int(frame["department_id"][0])
    assert here.reader().unfinished(EVERYONE, DAY, department_id=key) == 1


def test_the_migration_goes_down_and_up_with_entries(database: Database, tmp_path: Path) -> None:
    here = office(database, tmp_path)
    here.take(*log("发改局"))
    here.take(*log("发展和改革局", code="P2"))
    verbs.say(database, [same(SHORT, FULL)], here.clock)
    here.tick(DAY)
    downgrade(database, "0008")
    assert rows(database, "SELECT COUNT(*) FROM standing WHERE next_change = 0") == [(2,)]
    upgrade(database)
    here.tick(DAY)
    assert status(here, "P1")["shares"] == {"发改局": {"share": 4.0, "sole": 4}}


def test_the_commands(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "one", *log("发展和改革局"))
    write(tmp_path / "two", *log("发改局", code="P2"))
    run("import", "one")
    assert "发改局, like 发展和改革局" in run("import", "two").err
    first, second = run("departments", "--json").document["departments"]
    assert (first["name"], first["known"], first["like"]) == ("发改局", False, [{"region": COUNTY, "name": FULL[1]}])
    assert (second["name"], second["cases"]) == (FULL[1], 1)
    refused(run("departments", "not", "发改局", "as", "无此局", "--by", "张三"), "无此局", "Nothing changed")
    refused(run("departments", "same", "发改局", "as", FULL[1], "--by", " "), "blank")
    assert run("departments", "same", "发改局", "like", FULL[1], "--by", "张三").code == 2
    assert run("departments", "not", "发改局", "as", FULL[1], "--by", "张三", "--json").document == {
        "numbers": [1], "known": 0, "touched": 0,
    }  # fmt: skip
    assert run("departments", "--json").document["departments"][0]["like"] == []
    run("departments", "undo", 1, "--by", "李四")
    assert run("departments", "same", "发改局", "AS", FULL[1], "--by", "张三", "--json").document["touched"] == 1
    (one,) = run("departments", "--json").document["departments"]
    assert (one["name"], one["cases"], [told["name"] for told in one["told"]]) == (
        FULL[1],
        2,
        ["发展和改革局", "发改局"],
    )
    assert "entry 2" in run("departments").out
    assert "entry 1" in run("departments", "--past").out
    refused(run("departments", "undo", 7, "--by", "李四"), "7")


def test_a_register_comes_in_as_a_file(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "log", *log("市资规局"))
    run("import", "log")
    file = tmp_path / "register.csv"
    file.write_text(
        "name,region,level,short\n市自然资源和规划局,330381,县,市资规局;资规局\n市发改局,330381,county,\n", "utf-8"
    )
    assert run("departments", "import", file, "--by", "张三", "--json").document == {
        "numbers": [1, 2], "known": 0, "touched": 1,
    }  # fmt: skip
    assert run("departments", "import", file, "--by", "张三", "--json").document["known"] == 2
    for text, words in (
        ("name,region,level\n水利局,330381,镇\n", ("row 2", "level", "镇", "county")),
        ("name,region,since\n水利局,330381,2019\n", ("row 2", "since", "2019")),
        ("name,region\n,330381\n", ("row 2", "name")),
        ("name,area\n水利局,330381\n", ("area", "region")),
        ("name,region\n水利局,杭州\n", ("row 2", "region", "杭州")),
    ):
        file.write_text(text, "utf-8")
        refused(run("departments", "import", file, "--by", "张三"), *words, "Nothing changed")
