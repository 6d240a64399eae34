"""What the figures of a project mean, in sentences; pure functions of its standing and its cases.

`standing` is a project of `assess --json` (docs/json.md), `cases` the rows of its cases by case id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dashboard import phrases, words
from monitor.looks import light_word, state_word
from monitor.text import _
from rules.pack import NATURAL
from rules.vocabulary import CaseState, Light, Phase, Unit

Standing = Mapping[str, Any]
Cases = Mapping[str, Mapping[str, Any]]

MOST_NAMED = 3  # holders named in the sentence; the list beside it has them all


def date_of(value: Any) -> dt.date | None:
    """A date of a standing, which writes it as ISO text."""
    return dt.date.fromisoformat(value) if isinstance(value, str) else value or None


def light_of(standing: Standing) -> Light:
    """The light of a standing."""
    return Light[str(standing["light"]).upper()]


def phase_of(standing: Standing) -> Phase:
    """The phase of a standing."""
    return Phase[str(standing["phase"]).upper()]


def unit_of(standing: Standing) -> str:
    """The unit in which the project's rule counts."""
    natural = standing.get("calendar", {}).get("region") == NATURAL
    return (Unit.NATURAL_DAY if natural else Unit.WORKING_DAY).word


def counted(standing: Standing, days: int) -> str:
    """Days in that unit."""
    return phrases.in_unit(days, unit_of(standing))


def headline(standing: Standing, red: int | None) -> str:
    """黄灯：总用时 57 个工作日. ``red``: the threshold of red, None where the rule has none."""
    light, used = light_of(standing), counted(standing, standing["used"])
    word = light_word(light)
    if light is Light.GREY:
        return _("{light}: {used} counted, but a decided case has neither acceptance nor receipt.").format(
            light=word, used=used
        )
    if light is Light.NONE and standing.get("pack"):
        return _("{light}: the rule has no limit for the project as a whole; {used} counted.").format(
            light=word, used=used
        )
    if light is Light.NONE:
        return _("{light}: the project is outside the scope of the rule; {used} counted.").format(light=word, used=used)
    if phase_of(standing) is Phase.FINISHED:
        verdict = _("beyond the limit") if light is Light.RED else _("within the limit")
        if red is None:
            return _("{light}: {used} in all, {verdict}.").format(light=word, used=used, verdict=verdict)
        return _("{light}: {used} in all, {verdict} of {red}.").format(
            light=word, used=used, verdict=verdict, red=counted(standing, red)
        )
    return _("{light}: {used} in all.").format(light=word, used=used)


def _promise(standing: Standing, case: Mapping[str, Any]) -> tuple[str, str]:
    """How long a case was handled, and what was promised, in the unit of the promise."""
    number = case.get("promised_limit")
    if number is None or number != number:
        return counted(standing, case.get("used") or 0), ""
    unit = str(case.get("promised_unit") or "working_day")
    used = case.get("promised_used")
    used = 0 if used is None or used != used else int(used)
    return words.limit(used, unit), _(" (promised: {n})").format(n=f"{number:g}")


def _holding(standing: Standing, held: Mapping[str, Any], cases: Cases) -> str:
    case = cases.get(str(held["case_id"]), {})
    used, promise = _promise(standing, case)
    return _("{department} is handling “{item}”, for {used} so far{promise}").format(
        department=held["department"], item=case.get("item_name") or held["case_id"], used=used, promise=promise
    )


def who(standing: Standing, cases: Cases, as_of: dt.date) -> str:
    """现由…办理“…”，已办理 6 个工作日（承诺 12 个）."""
    phase = phase_of(standing)
    if phase is Phase.RUNNING:
        held = list(standing["held_by"])
        named = [_holding(standing, one, cases) for one in held[:MOST_NAMED]]
        if len(held) > MOST_NAMED:
            named.append(_("{n} more cases are in hand").format(n=len(held) - MOST_NAMED))
        return _("Now {list}.").format(list=phrases.listing(named)) if named else ""
    if phase is Phase.STOPPED:
        paused = [
            _("{department}'s “{item}”: {state}").format(
                department=case["department"],
                item=case["item_name"],
                state=state_word(CaseState[str(case["state"]).upper()]),
            )
            for case in cases.values()
            if case["state"] in ("correction", "procedure")
        ]
        return _("The clock stands still: {list}.").format(list=phrases.listing(paused[:MOST_NAMED]))
    if phase is Phase.WAITING_OWNER:
        return _("Nothing is in hand; the owner is preparing the next application, which is not counted.")
    if phase is Phase.FINISHED:
        closed = [day for case in cases.values() if (day := date_of(case.get("closed_on")))]
        if not closed:
            return _("The project is finished.")
        return _("Finished on {day}.").format(day=phrases.day_in_text(max(closed), as_of))
    if phase is Phase.DROPPED:
        return _("The project was given up; its clock has ended.")
    return _("No item was accepted yet.")


def next_turn(standing: Standing, as_of: dt.date) -> tuple[Light, dt.date, bool] | None:
    """The next light of the project, its day, and whether that day is provisional; None if none is to come."""
    for name, light in (("yellow_on", Light.YELLOW), ("red_on", Light.RED)):
        day = date_of(standing.get(name))
        if day is not None and day > as_of:
            return light, day, name in standing.get("provisional", ())
    return None


def ahead(standing: Standing, as_of: dt.date) -> str:
    """若无进展，12月24日亮红灯."""
    turn = next_turn(standing, as_of)
    if turn is None:
        return ""
    light, day, provisional = turn
    when = phrases.marked(phrases.day_in_text(day, as_of), provisional)
    return _("If nothing happens: {light} on {day}.").format(light=light_word(light).lower(), day=when)


def budgets(standing: Standing, yellow: int | None, red: int | None) -> str:
    """Why a project that keeps both budgets can still be yellow or red; empty where there is nothing to explain."""
    light, groups = light_of(standing), list(standing["groups"].values())
    if light not in (Light.YELLOW, Light.RED):
        return ""
    over = [name for name, group in standing["groups"].items() if group["used"] > group["budget"]]
    limit = red if light is Light.RED else yellow
    if over:
        return _("Over its budget: {groups}.").format(groups=phrases.listing(words.group(name) for name in over))
    if not groups or limit is None:
        return ""
    passed = phrases.working_days(limit)
    return _("Each part is inside its own budget; it is the sum that has passed {days}.").format(days=passed)


def unconfirmed(standing: Standing) -> str:
    """该灯变化在数据来源报送截止日之后，待确认。"""
    turns = standing.get("turns")
    if not turns or turns[-1].get("confirmed") is not False:
        return ""
    return _("The light turned after the day until which its sources have reported: it is unconfirmed.")


def told(standing: Standing, cases: Cases, as_of: dt.date, red: int | None) -> str:
    """The whole sentence under a project's name."""
    parts = (headline(standing, red), unconfirmed(standing), who(standing, cases, as_of), ahead(standing, as_of))
    return phrases.joined(parts)
