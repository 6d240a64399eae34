"""What waits on a project: late stops for a supervisor, papers that are to follow, commitments to be checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import html

from dashboard import phrases, sentences
from dashboard.components import lights
from dashboard.components.still import Still
from dashboard.components.tables import table
from monitor.differences import at_stake, figure, value
from monitor.text import N_, _

DEADLINES = {"papers": N_("Missing papers to follow"), "check": N_("Commitment to be checked")}


def late_stops(standing: Mapping[str, Any], items: Mapping[str, str]) -> list[Any]:
    """Both figures of a project with pauses learned of late, these pauses, and what a confirmation changes."""
    then = standing["if_confirmed"]
    both = html.Dl(
        [
            html.Div([html.Dt(word), html.Dd([lights.light(lights.of(light)), " ", phrases.working_days(used)])])
            for word, light, used in (
                (_("As counted: these pauses stop no clock"), standing["light"], standing["used"]),
                (_("If a supervisor confirms them"), then["light"], then["used"]),
            )
        ],
        className="facts",
    )
    changed = [
        (
            " · ".join(figure(one["where"], items.get(one["case_id"]) or one["case_id"], one["what"])),
            *(_value(one["what"], one[side]) for side in ("before", "after")),
        )
        for one in at_stake(standing)
    ]
    stakes = (
        [table((_("Figure"), _("As counted"), _("If confirmed")), changed, label=_("What a confirmation changes"))]
        if changed
        else []
    )
    rows = [
        (items.get(stop["case_id"]) or stop["case_id"], stop["event_id"], stop["on"], stop["learned_on"])
        for stop in standing["late_stops"]
    ]
    heads = (_("Item"), _("Record"), _("Paused on"), _("Learned on"))
    return [both, table(heads, rows, label=_("Pauses to be confirmed")), *stakes]


def _value(what: str, told: str | None) -> Any:
    return lights.light(lights.of(told)) if what == "light" and told is not None else value(what, told)


def _deadline(due: Mapping[str, Any]) -> str:
    word = DEADLINES[due["kind"]]
    return _(word)


def deadlines(standing: Mapping[str, Any], items: Mapping[str, str]) -> Still | None:
    """The deadlines of the cases beside their limits; None where there are none."""
    rows = [
        (
            items.get(case["case_id"]) or case["case_id"],
            _deadline(due),
            due["since"],
            phrases.working_days(due["days"]),
            due["due_on"],
            sentences.date_of(due["met_on"]) or phrases.NOTHING,
            lights.light(lights.of(due["light"])),
        )
        for case in standing["cases"]
        for due in case.get("deadlines", ())
    ]
    if not rows:
        return None
    heads = (_("Item"), _("What is due"), _("From"), _("Within"), _("Due on"), _("Done on"), _("Light"))
    return table(heads, rows, numbers=(3,), label=_("Deadlines beside the limits"))
