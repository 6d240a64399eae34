"""The one table of roles and rights."""

from __future__ import annotations

import pytest

from monitor.people import AgreementState
from monitor.rights import FOR_TOKENS, MAY_HAVE, NEEDS, RIGHTS, Forbidden, Part, Right, Role, Scope, Who
from monitor.text import use_language
from monitor.words import AGREEMENT_WORDS, RIGHT_WORDS, ROLE_WORDS, _


def test_each_role_and_each_right_is_in_the_table() -> None:
    assert set(RIGHTS) == set(NEEDS) == set(MAY_HAVE) == set(ROLE_WORDS) == set(Role)
    assert {right for rights in RIGHTS.values() for right in rights} == set(RIGHT_WORDS) == set(Right)
    assert {state.word for state in AgreementState} == set(AGREEMENT_WORDS)
    assert {part for parts in MAY_HAVE.values() for part in parts} == set(Part) == set(Scope.__dataclass_fields__)


def test_what_the_office_was_promised() -> None:
    """Read off the brief of the roles, not off the table."""

    def who_may(right: Right) -> set[str]:
        return {role.value for role in Role if right in RIGHTS[role]}

    everybody = {role.value for role in Role}
    assert who_may(Right.READ) == everybody - {"auditor"}
    assert who_may(Right.TRAIL) == {"auditor"}
    for right in (Right.ACCOUNTS, Right.TOKENS, Right.PACKS, Right.NOTICES):
        assert who_may(right) == {"administrator"}, right
    for right in (Right.IMPORT, Right.ORDERS, Right.CONFIRM):
        assert who_may(right) == {"supervisor"}, right
    for right in (Right.ANSWER, Right.APPEAL, Right.CORRECTION):
        assert who_may(right) == {"department"}, right
    assert who_may(Right.REPORTS) == {"supervisor", "leader"}
    assert len(who_may(Right.PURGE)) == 2, "two persons"
    assert not FOR_TOKENS & {Right.ACCOUNTS, Right.TOKENS, Right.PURGE, Right.TRAIL, Right.PACKS}


def test_the_words_of_the_roles() -> None:
    with use_language("zh_CN"):
        told = [_(ROLE_WORDS[role]) for role in Role]
    assert told == ["管理员", "监管人员", "领导", "审批部门", "代办员", "审计人员"]


def test_who_may_what() -> None:
    person = Who(1, "zhang", "张", Role.SUPERVISOR, Scope(("33",)))
    assert person.may(Right.IMPORT) and not person.may(Right.ACCOUNTS)
    person.require(Right.IMPORT)
    with pytest.raises(Forbidden, match="accounts"):
        person.require(Right.ACCOUNTS)
    new = Who(1, "zhang", "张", Role.SUPERVISOR, must_change=True)
    assert not any(new.may(right) for right in Right)
    machine = Who(1, "zhang", "张", Role.LEADER, token="t", granted=frozenset({Right.READ, Right.IMPORT}))
    assert machine.rights == {Right.READ}  # what the role has lost the token has lost too
