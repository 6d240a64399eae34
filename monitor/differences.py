"""A figure that differs, and why, in words: what the preview of a notice and the list of corrections share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitor.looks import light_word, stage_word
from monitor.text import N_, _
from monitor.words import HOLDER_WORDS, KIND_WORDS, PAUSE_WORDS, STATUS_WORDS
from rules.vocabulary import Light, Stage, Status

NOTHING = "–"
Cause = Mapping[str, Any]  # as docs/json.md tells it

WHAT = {
    "used": N_("days used"),
    "stage_days": N_("days of the stage"),
    "share": N_("days shared out to it"),
    "light": N_("light"),
    "yellow_on": N_("turns yellow on"),
    "red_on": N_("turns red on"),
    "due_on": N_("due on"),
}
PLACES = {
    "project": N_("the project"),
    "pre_construction": N_("before construction"),
    "acceptance": N_("acceptance"),
    "promised": N_("promised limit"),
    "statutory": N_("statutory limit"),
}
CAUSES = {
    "late_entry": N_("Entered late"),
    "voided": N_("Voided"),
    "confirmed": N_("Late pause confirmed"),
    "edited": N_("Edited by its source"),
    "taken_back": N_("Taken back by its source"),
    "changed_fact": N_("Data changed"),
    "batch_undone": N_("Batch taken back"),
    "department_named": N_("Department identified"),
    "notice": N_("Notice of holidays"),
    "notice_revised": N_("Notice of holidays revised"),
    "notice_withdrawn": N_("Notice of holidays taken back"),
    "pack": N_("Rule entered"),
    "pack_withdrawn": N_("Rule withdrawn"),
    "elsewhere": N_("Other departments or stages"),
}
FACTS = {
    "coded_on": N_("day of coding"),
    "ended_on": N_("day of its end"),
    "end_reason": N_("reason of its end"),
    "kind": N_("kind of project"),
    "region": N_("region"),
    "pack": N_("rule"),
    "stage": N_("stage"),
    "department": N_("department"),
    "holder": N_("whose time it is"),
    "item_code": N_("item"),
    "works_code": N_("works"),
    "statutory_days": N_("statutory days"),
    "statutory_unit": N_("unit of the statutory limit"),
    "promised_days": N_("promised days"),
    "promised_unit": N_("unit of the promised limit"),
    "clock_start": N_("start of the clock"),
    "marks": N_("marks"),
    "status": N_("what happened"),
    "day": N_("day"),
    "procedure": N_("procedure"),
    "case_id": N_("case"),
}
_UNITS = {"working_day": N_("working day"), "natural_day": N_("natural day")}
_VALUES: dict[str, Mapping[str, str]] = {
    "kind": KIND_WORDS,
    "holder": HOLDER_WORDS,
    "end_reason": {"completed": N_("completed"), "terminated": N_("terminated")},
    "clock_start": {
        "accepted": N_("from acceptance"),
        "received": N_("from receipt"),
        "predecessor": N_("from the predecessor"),
        "unified": N_("with its stage"),
    },
    "statutory_unit": _UNITS,
    "promised_unit": _UNITS,
    "status": {word.word: text for word, text in STATUS_WORDS.items()},
    "procedure": {kind.word: text for kind, text in PAUSE_WORDS.items()},
}


def place(where: str, what: str) -> str:
    """Of what a figure is: the project, a group, a stage, a department, the clock of a case."""
    if what == "stage_days":
        return stage_word(Stage[where.upper()])
    return where if what == "share" else _(PLACES[where])


def value(what: str, told: float | str | None) -> str:
    """A figure as text: a light by its word, days and dates as they are."""
    if told is None:
        return NOTHING
    if what == "light":
        return light_word(Light[str(told).upper()])
    return f"{told:.1f}".removesuffix(".0") if isinstance(told, float) else str(told)


def figure(where: str, case_id: str | None, what: str) -> tuple[str, str]:
    """Which figure it is: of what, and its name."""
    of, name = place(where, what), WHAT[what]
    return (f"{case_id} {of}" if case_id else of), _(name)


def why(cause: Cause) -> str:
    """What became known: 补录：受理，2026-03-02（E1）."""
    word, told = CAUSES[cause["cause"]], _subject(cause)
    return _("{cause}: {what}").format(cause=_(word), what=told) if told else _(word)


def _subject(cause: Cause) -> str:
    if column := cause["column"]:
        name, was, now = FACTS[column], *(_fact_value(column, cause[key]) for key in ("before", "after"))
        told = _("{name} {before} → {after}").format(name=_(name), before=was, after=now)
        return _("{told} ({id})").format(told=told, id=cause["event_id"]) if cause["event_id"] else told
    if cause["names"]:
        return _("record {id}").format(id=cause["names"])
    if cause["status"]:
        status = STATUS_WORDS[Status[cause["status"].upper()]]
        return _("{status}, {day} ({id})").format(status=_(status), day=cause["day"], id=cause["event_id"])
    if cause["cause"] == "batch_undone":
        return _("batch {number}").format(number=cause["document"])
    return str(cause["document"] or "")


def _fact_value(column: str, told: str | None) -> str:
    if told is None:
        return NOTHING
    if column == "stage":
        return stage_word(Stage[told.upper()])
    return _(_VALUES.get(column, {}).get(told, "")) or told


def by_whom(cause: Cause) -> str:
    """From where it came, and who recorded it, as far as that is known; of a file its own name."""
    file = str(cause["file"] or "").replace("\\", "/").rpartition("/")[2]
    parts = [
        _("source {name}").format(name=cause["source"]) if cause["source"] else "",
        _("file {name}").format(name=file) if file else "",
        _("recorded by {name}").format(name=cause["recorded_by"]) if cause["recorded_by"] else "",
    ]
    return _(", ").join(part for part in parts if part)


def at_stake(standing: Mapping[str, Any], case_id: str | None = None) -> list[dict[str, Any]]:
    """The lights and days of a project (object of docs/json.md with late stops) that would be others if these were
    confirmed, each as a correction tells it: where, case_id, what, before, after. Of its cases only ``case_id``, if
    one is named."""
    then = standing["if_confirmed"]
    pairs: list[tuple[str, str | None, Mapping[str, Any], Mapping[str, Any]]] = [("project", None, standing, then)]
    pairs += [(name, None, standing["groups"][name], group) for name, group in then["groups"].items()]
    now = {case["case_id"]: case for case in standing["cases"]}
    for case in then["cases"]:
        if case_id in (None, case["case_id"]):
            mine = case["case_id"]
            pairs += [(clock, mine, now[mine][clock], case[clock]) for clock in ("promised", "statutory")]
    return [
        {"where": where, "case_id": case, "what": what, "before": was[what], "after": is_[what]}
        for where, case, was, is_ in pairs
        for what in ("light", "yellow_on", "red_on", "due_on")
        if what in was and was[what] != is_[what]
    ]
