"""The sentence of a project says what its figures mean."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dashboard import sentences
from monitor.text import use_language
from rules.vocabulary import Light

AS_OF = dt.date(2026, 11, 21)
JOINT = {"case_id": "D06", "item_name": "联合验收意见", "department": "市住建局", "state": "running", "used": 6,
         "promised_limit": 12, "promised_unit": "working_day", "promised_used": 6, "closed_on": None}  # fmt: skip
HELD = {"department": "市住建局", "case_id": "D06", "since": "2026-11-12"}


def standing(**more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "light": "yellow", "phase": "running", "used": 57, "held_by": [HELD], "yellow_on": "2026-11-18",
        "red_on": "2026-12-24", "provisional": [],
        "groups": {"pre_construction": {"used": 46, "budget": 50}, "acceptance": {"used": 11, "budget": 30}},
    }  # fmt: skip
    return usual | more


def told(cases: dict[str, dict[str, Any]] | None = None, **more: Any) -> str:
    return sentences.told(standing(**more), {"D06": JOINT} if cases is None else cases, AS_OF, 80)


def test_a_yellow_project_in_hand() -> None:
    assert told() == (
        "黄灯：总用时 57 个工作日。现由市住建局办理“联合验收意见”，已办理 6 个工作日（承诺 12 个）。"
        "若无进展，12月24日亮红灯。"
    )


def test_a_day_beyond_the_calendar_is_marked_provisional() -> None:
    assert told(red_on="2027-01-04", provisional=["red_on"]).endswith("若无进展，2027年1月4日（暂定）亮红灯。")


def test_natural_days_are_called_so() -> None:
    case = JOINT | {"promised_unit": "natural_day", "promised_used": 9, "promised_limit": 20.0}
    assert "已办理 9 个自然日（承诺 20 个）" in told({"D06": case})


def test_without_a_promise_the_counted_days_are_said() -> None:
    assert "已办理 6 个工作日。" in told({"D06": JOINT | {"promised_limit": float("nan")}})


def test_several_holders_are_named_up_to_three() -> None:
    held = [HELD | {"department": f"部门{n}", "case_id": f"X{n}"} for n in range(5)]
    text = told({f"X{n}": JOINT for n in range(5)}, held_by=held)
    assert "由部门0办理" in text
    assert "由部门2办理" in text
    assert "部门3" not in text
    assert "另有 2 件在办" in text


def test_a_paused_project_says_why() -> None:
    text = told({"D06": JOINT | {"state": "correction"}}, phase="stopped", held_by=[], red_on=None)
    assert text == "黄灯：总用时 57 个工作日。现暂停计时：市住建局“联合验收意见”补正中。"


def test_waiting_for_the_owner_is_nobodys_delay() -> None:
    text = told({}, phase="waiting_owner", held_by=[], red_on=None)
    assert "待业主申报下一事项，期间不计时" in text
    assert "亮" not in text


def test_a_finished_project_met_the_limit_or_not() -> None:
    closed = {"D06": JOINT | {"closed_on": dt.date(2026, 10, 9)}}
    done = {"phase": "finished", "held_by": [], "red_on": None}
    assert told(closed, **done) == "黄灯：总用时 57 个工作日，达标（上限 80 个工作日）。10月9日办结。"
    assert "超时" in told(closed, **done | {"light": "red", "used": 81})


def test_what_cannot_be_judged_or_is_out_of_scope_says_so() -> None:
    assert "不足以判定" in told(light="grey", red_on=None)
    assert "不在计时规则适用范围内" in told(light="none", red_on=None)


def test_the_next_light_is_the_next_one() -> None:
    green = standing(light="green", yellow_on="2026-11-30", red_on="2027-01-08")
    assert sentences.next_turn(green, AS_OF) == (Light.YELLOW, dt.date(2026, 11, 30), False)
    assert sentences.next_turn(standing(), AS_OF) == (Light.RED, dt.date(2026, 12, 24), False)
    assert sentences.next_turn(standing(red_on="2026-11-21"), AS_OF) is None


def test_inside_both_budgets_and_yellow_all_the_same() -> None:
    assert sentences.budgets(standing(), 55, 80) == "两段均在各自时限内，是总用时已过 55 个工作日。"
    over = {"pre_construction": {"used": 51, "budget": 50}, "acceptance": {"used": 6, "budget": 30}}
    assert sentences.budgets(standing(groups=over), 55, 80) == "已超出时限：开工前。"
    assert sentences.budgets(standing(light="green"), 55, 80) == ""


def test_english() -> None:
    with use_language("en"):
        assert told() == (
            "Yellow: 57 working days in all. Now 市住建局 is handling “联合验收意见”, for 6 working days so far "
            "(promised: 12). If nothing happens: red on 24 Dec."
        )
