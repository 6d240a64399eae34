"""The answer of the public look-up in words: what the page shows, line by line, in the reader's language."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dashboard import phrases, sentences, words
from monitor.looks import STAGE_ORDER, light_word, stage_word, symbol
from monitor.reading.look_up import Detail, Item, Limit, Reason, Told
from monitor.text import _
from monitor.words import PUBLIC_PHASE_WORDS, PUBLIC_STATE_WORDS
from rules.vocabulary import CaseState, Phase, Stage, Status


def answer(told: Told) -> dict[str, Any]:
    """What the template lays out: the project, its stages, the items by stage, and what the query code opened."""
    stages = [stage for stage in STAGE_ORDER if stage is not Stage.PARALLEL]
    by_stage = [(stage, [one for one in told.items if one.stage == stage.word]) for stage in STAGE_ORDER]
    return {
        "code": told.project_code,
        "phase": _(PUBLIC_PHASE_WORDS[Phase[told.phase.upper()]]),
        "stages": [(stage_word(stage), stage.word == told.stage) for stage in stages],
        "groups": [(stage_word(stage), [_item(one, told.as_of) for one in some]) for stage, some in by_stage if some],
        "as_of": _as_of(told),
        "detail": _detail(told.detail, told.as_of) if told.detail else None,
    }


def _as_of(told: Told) -> list[str]:
    lines = [_("As of {day}.").format(day=phrases.day_long(told.as_of))]
    if told.swept_as_of is not None:
        lines.append(_("Last assessed as of {day}.").format(day=phrases.day_long(told.swept_as_of)))
    if told.reported_until is None:
        lines.append(_("Until when the departments have reported is not known: what is shown is to be confirmed."))
    elif told.reported_until < told.as_of:
        text = _("The departments have reported up to {day}; what happened since is to be confirmed.")
        lines.append(text.format(day=phrases.day_long(told.reported_until)))
    return lines


def _item(one: Item, as_of: dt.date) -> dict[str, Any]:
    closed = one.closed_on is not None
    state = _(PUBLIC_STATE_WORDS[CaseState[one.state.upper()]])
    if one.closed_on:
        when = _("on {day}").format(day=phrases.day_in_text(one.closed_on, as_of))
    elif one.accepted_on:
        when = _("accepted on {day}").format(day=phrases.day_in_text(one.accepted_on, as_of))
    else:
        when = ""
    return {
        "name": one.name,
        "department": one.department,
        "state": state,
        "word": one.state,
        "when": when,
        "statutory": _limit(one.statutory, closed, as_of),
        "promised": _limit(one.promised, closed, as_of),
        "past": phrases.joined(_past(one, as_of)) if one.past else "",
    }


def _limit(limit: Limit | None, closed: bool, as_of: dt.date) -> str:
    if limit is None:
        return _("none is told")
    told = words.limit(limit.days, limit.unit)
    if limit.due_on is None or closed:
        return told
    due = phrases.marked(phrases.day_in_text(limit.due_on, as_of), limit.provisional)
    return _("{limit}, until {day}").format(limit=told, day=due)


def _past(one: Item, as_of: dt.date) -> list[str]:
    """That an item is past a limit, why as far as the records tell, and who can tell more."""
    both = [one.statutory is not None and one.statutory.past, one.promised is not None and one.promised.past]
    kinds = {
        (True, True): _("the statutory and the promised limit"),
        (True, False): _("the statutory limit"),
        (False, True): _("the promised limit"),
    }
    which = kinds[both[0], both[1]]
    text = _("It was completed past {limit}.") if one.closed_on else _("It has run past {limit}.")
    lines = [text.format(limit=which)]
    if one.unconfirmed:
        lines.append(_("To be confirmed: the departments have not reported that far yet."))
    told = phrases.listing(_reason(reason, as_of) for reason in one.reasons)
    if told:
        lines.append(_("What the records tell: {list}.").format(list=told))
        lines.append(_("{department} can tell more.").format(department=one.department))
    else:
        text = _("No reason has been told here; {department} can tell it.")
        lines.append(text.format(department=one.department))
    return lines


def _reason(reason: Reason, as_of: dt.date) -> str:
    day = phrases.day_in_text(reason.on, as_of)
    if reason.status == Status.EXTENDED.word:
        return _("the limit was prolonged on {day}").format(day=day)
    if reason.status == Status.CORRECTION_STARTED.word:
        return _("the applicant was asked on {day} to correct the papers").format(day=day)
    return _("{procedure} since {day}").format(procedure=words.pause(reason.procedure or "other"), day=day)


def _detail(detail: Detail, as_of: dt.date) -> dict[str, Any]:
    light = sentences.light_of(detail.lit)
    return {
        "name": detail.name,
        "light": light_word(light),
        "symbol": symbol(light),
        "word": light.word,
        "used": sentences.counted(detail.lit, detail.lit["used"]),
        "more": phrases.joined([sentences.unconfirmed(detail.lit), sentences.ahead(detail.lit, as_of)]),
        "policy": _(phrases.POLICY),
        "days": [
            (name, phrases.days(share), phrases.days(alone))
            for name, (share, alone) in sorted(detail.days.items(), key=lambda one: (-one[1][0], one[0]))
        ],
    }
