"""Profiles that cannot be used, each refused by the key that is wrong; and those that come with the product."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.intake import ProfileError
from monitor.intake.profiles import problems, read, shipped
from tests.monitor.test_profiles import OWN

WRONG = [
    ("own", "bad id!", "id"),
    ('title = "虚构"', 'title = "虚构"\nmove_days = "x"', "move_days"),
    ('title = "虚构"', 'title = "虚构"\ntime_zone = "Mars/Base"', "time_zone"),
    ('title = "虚构"', 'title = "虚构"\ndates = "ydm"', "dates"),
    ('title = "虚构"', 'title = "虚构"\ncolour = "red"', "colour"),
    ('title = "虚构"', 'title = "虚构"\nform = "pdf"', "form"),
    ('title = "虚构"', 'title = "虚构"\n[file]\nencoding = "klingon"', "file.encoding"),
    ('title = "虚构"', 'title = "虚构"\n[file]\nheader_row = 0', "file.header_row"),
    ('title = "虚构"', 'title = "虚构"\n[file]\nheader_rows = [2, 4]', "file.header_rows"),
    ('title = "虚构"', 'title = "虚构"\n[file]\nheader_row = 2\nheader_rows = [1, 2]', "file.header_rows"),
    ('title = "虚构"', 'title = "虚构"\nday_zone = "Mars/Base"', "day_zone"),
    ('title = "虚构"', 'title = "虚构"\n[file]\nseparator = "dot"', "file.separator"),
    ('coded_on = "coded"\n', "", "projects.coded_on"),
    ('coded_on = "coded"', 'coded_on = "coded"\nsize = "x"', "projects.size"),
    ('coded_on = "coded"', "coded_on = 7", "projects.coded_on"),
    ('coded_on = "coded"', 'coded_on = { column = "coded", value = "x" }', "projects.coded_on.column"),
    ('coded_on = "coded"', 'coded_on = { column = "coded", shape = "x" }', "projects.coded_on.shape"),
    ('project_code = "code"', 'project_code = { column = "code", take = "first" }', "projects.project_code"),
    ("[projects]\n", '[projects]\ndiffering = "both"\n', "projects.differing"),
    ('value = "planning"', 'value = "somewhere"', "cases.stage.value"),
    ('"yes" = "approved"', '"yes" = "agreed"', "events[1].status.words.yes"),
    ('department = "who"', "department = { column = \"who\", pattern = '(' }", "cases.department.pattern"),
    ('department = "who"', "department = { column = \"who\", pattern = 'x' }", "cases.department.pattern"),
    ('department = "who"', 'department = { column = "who", unfit = "refuse" }', "cases.department.unfit"),
    ('department = "who"', 'department = { column = "who", take = "latest" }', "cases.department.take"),
    ('name = "out"', 'name = "in"', "events[1].name"),
    ('name = "out"', 'name = "out"\nonce = "day"', "events[1].once"),
    ('name = "out"', 'name = "out"\nuntil = { column = "x", status = "over" }', "events[1].until.status"),
    ("[projects]", "[projects", "file"),
]


@pytest.mark.parametrize(("old", "new", "key"), WRONG)
def test_a_profile_that_cannot_be_used_says_which_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    from monitor.wrongs import allowed_in_words

    assert old in OWN
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace(old, new), "utf-8")
    with pytest.raises(ProfileError) as caught:
        read(path)
    assert (caught.value.where, caught.value.key) == ("own.toml", key)
    assert problems(path)[0].key == key
    if caught.value.allowed != "required":
        assert allowed_in_words(caught.value.allowed), caught.value.allowed


def test_every_problem_of_a_profile_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace('coded_on = "coded"\n', "").replace('"approved"', '"agreed"') + "size = 1\n", "utf-8")
    assert [error.key for error in problems(path)] == [
        *("projects.coded_on", "events[1].size", "events[1].status.words.yes")
    ]


def test_what_comes_with_the_product_can_be_used() -> None:
    assert {"case-list", "wide-log", "xes"} <= set(shipped())
    assert all(one.id == name and one.title and one.title_en for name, one in shipped().items())
