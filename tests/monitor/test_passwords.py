"""What can be a password, and how it is hashed."""

from __future__ import annotations

import pytest
from argon2.profiles import CHEAPEST

from monitor import passwords
from monitor.passwords import PARAMETERS, Passwords, check, made
from monitor.people import PeopleRefused
from monitor.text import use_language


@pytest.mark.parametrize(
    ("password", "name", "problem"),
    [
        ("elf Zeichen", "zhang", "short"),
        ("", "zhang", "short"),
        ("x" * 257, "zhang", "long"),
        ("\ufdfa" * 20, "zhang", "long"),  # each is 18 characters as it is compared
        ("zhangsanlisi", "zhangsanlisi", "own_name"),
        ("Zhang-San 2026", "zhangsan", "own_name"),
        ("ｚｈａｎｇｓａｎ１２３４", "zhangsan", "own_name"),
        ("202400000001", "202400000001", "own_name"),
        ("Password1234", "zhang", "common"),
        ("ｐａｓｓｗｏｒｄ１２３４", "zhang", "common"),
        ("啊啊啊啊啊啊啊啊啊啊啊啊", "zhang", "common"),
    ],
)
def test_what_cannot_be_a_password(password: str, name: str, problem: str) -> None:
    with pytest.raises(PeopleRefused) as refused:
        check(password, name)
    assert refused.value.problem == problem
    for language in ("en", "zh_CN"):
        with use_language(language):
            assert not password or password not in str(refused.value)


def test_nothing_is_asked_of_its_composition() -> None:
    for password in ("zwölf kleine", "四个没有关系的词语连在一起用", "839201847263", "x y" * 85, "zhangsan geht"):
        check(password, "202400000001")


def test_the_commonest_are_long_enough_to_be_tried() -> None:
    assert all(len(password) >= passwords.SHORTEST and password == password.lower() for password in passwords._COMMON)


def test_a_hash_fits_its_password_alone() -> None:
    some = Passwords(CHEAPEST)
    hashed = some.hashed("vier Worte ohne Sinn")
    assert hashed.startswith("$argon2id$v=19$") and "vier" not in hashed
    assert hashed != some.hashed("vier Worte ohne Sinn")
    assert some.fits(hashed, "vier Worte ohne Sinn")
    assert some.fits(hashed, "ｖｉｅｒ Worte ohne Sinn")
    assert not some.fits(hashed, "vier Worte ohne Sinn ")
    assert not some.fits(None, "vier Worte ohne Sinn")
    assert not some.outdated(hashed)


def test_the_parameters_are_those_of_the_standard() -> None:
    """RFC 9106, section 4, second recommended option."""
    told = PARAMETERS.type.name, PARAMETERS.time_cost, PARAMETERS.memory_cost, PARAMETERS.parallelism
    assert told == ("ID", 3, 64 * 1024, 4)
    assert (PARAMETERS.salt_len, PARAMETERS.hash_len) == (16, 32)
    assert Passwords().outdated(Passwords(CHEAPEST).hashed("vier Worte ohne Sinn"))


def test_initial_passwords_can_be_passwords_and_are_never_the_same() -> None:
    found = {made() for _ in range(200)}
    assert len(found) == 200
    for password in found:
        check(password, "zhang")
        assert len(password) == 19 and not set(password) & set("0o1il")
