"""节点管控: what was planned for each stage and item by the promises, and how far it has slipped.

``document`` is that of `plan --json` (docs/json.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from dash import html

from dashboard import phrases, sentences, words
from dashboard.components.states import empty
from dashboard.components.still import Still
from dashboard.components.tables import table
from dashboard.components.turns import stage
from monitor.looks import STAGE_ORDER
from monitor.text import _
from rules.vocabulary import Phase, Stage

Document = Mapping[str, Any]
_DAYS = ("planned_start", "planned_finish", "start", "finish", "forecast_finish")


def items_frame(plan: Document) -> pd.DataFrame:
    """The items of a plan in the order of stages, days as dates: what `figures.plan` draws."""
    order = [one.word for one in STAGE_ORDER]
    rows = [
        dict(item) | {name: sentences.date_of(item[name]) for name in _DAYS}
        for item in sorted(plan["items"], key=lambda item: order.index(item["stage"]))
    ]
    return pd.DataFrame(rows).astype(dict.fromkeys(_DAYS, object)) if rows else pd.DataFrame(rows)


def nothing_planned(document: Document | None) -> html.Div | None:
    """Why there is no plan to show; None where there is one."""
    if document is None or document["pack"] is None:
        return empty(_("The project is outside the scope of every rule: no plan is made for it."))
    if not any(plan["items"] for plan in document["plans"]):
        return empty(
            _("None of its cases is of an item of the catalogue, and none is still to come: there is nothing to plan."),
            _("The catalogue of items belongs to the rule; the codes of items come with the cases."),
        )
    return None


def over(document: Document) -> str:
    """That nothing is forecast any more; empty while the project goes on."""
    phase = Phase[str(document["phase"]).upper()]
    if phase is Phase.FINISHED:
        return _("The project is finished: what happened, held against its plan.")
    return _("The project was dropped: nothing is forecast.") if phase is Phase.DROPPED else ""


def key(as_of: dt.date, frame: pd.DataFrame) -> html.Ul:
    """What the bars and marks of the figure mean; only what is drawn."""
    drawn = [html.Li([html.I(className="swatch plan-planned"), _("Planned")])]
    if frame["critical"].any():
        drawn.append(html.Li([html.I(className="swatch plan-critical"), _("Planned, critical")]))
    if frame["start"].notna().any():
        drawn.append(html.Li([html.I(className="swatch day-counted"), _("Actual")]))
    if frame["forecast_finish"].notna().any():
        drawn.append(
            html.Li([html.I(className="swatch plan-forecast"), _("Forecast, if promises are kept from now on")])
        )
    here = html.Li([html.I(className="due due-here"), _("as of {day}").format(day=as_of.isoformat())])
    return html.Ul([*drawn, here], className="key")


def groups(plan: Document) -> html.Ul:
    """The two parts of a plan, a sentence each."""
    names = {item["item_code"]: item["item_name"] for item in plan["items"]}
    return html.Ul([html.Li(_group(group, of, names)) for group, of in plan["groups"].items()], className="plan-groups")


def _group(group: str, of: Document, names: Mapping[str, str]) -> list[Any]:
    head = html.Strong(words.group(group))
    if not of["begins_on"]:
        return [head, " ", html.Span(_("planned when its first case is accepted"), className="muted")]
    if not of["planned_finish"]:
        return [head, " ", html.Span(_("no items"), className="muted")]
    planned = _("planned {days}, {begins} – {end}").format(
        days=phrases.working_days(of["planned_days"]), begins=of["begins_on"], end=_day(of, "planned_finish")
    )
    ended = ""
    if of["finish"]:
        ended = _("ended {day}").format(day=of["finish"])
    elif of["forecast_finish"]:
        ended = _("forecast {day}").format(day=_day(of, "forecast_finish"))
    told = phrases.listing([planned, ended, phrases.slip(of["slip"])])
    chain = " → ".join(names.get(code, code) for code in of["chain"])
    below = html.Small(_("critical chain {chain}").format(chain=chain)) if chain else None
    return [head, " ", told, below]


def _day(of: Document, name: str) -> str:
    """A day with its mark; a dash where there is none."""
    return phrases.marked(of[name], name in of["provisional"]) if of[name] else phrases.NOTHING


def _from_to(of: Document, start: str, end: str, open_: str = phrases.NOTHING) -> Any:
    if not of[start] and not of[end]:
        return html.Span(phrases.NOTHING, className="muted")
    last = _day(of, end) if of[end] else open_
    days = [html.Span(_day(of, start), className="nowrap"), " – ", html.Span(last, className="nowrap")]
    return html.Span(days, className="from-to")


def _ends(of: Document) -> tuple[Any, ...]:
    """Planned, happened, forecast, slip."""
    undone = _("open") if of["forecast_finish"] else _("not decided")
    return (
        _from_to(of, "planned_start", "planned_finish"),
        _from_to(of, "start", "finish", undone),
        html.Span(_day(of, "forecast_finish"), className="nowrap"),
        html.Span(phrases.slip(of["slip"]) or phrases.NOTHING, className="nowrap"),
    )


def _heads() -> tuple[str, ...]:
    return _("Planned"), _("Actual"), _("Forecast"), _("Against the plan")


def stages(plan: Document) -> Still:
    """Each stage with its lead department and how many of its items are done."""
    shown = [(one, plan["stages"][one.word]) for one in STAGE_ORDER if one.word in plan["stages"]]
    rows = [
        (
            html.Strong(stage(one.word)),
            of["lead"] or (_("by item") if one is Stage.PARALLEL else phrases.NOTHING),
            f"{of['done']} / {of['items']}",
            *_ends(of),
        )
        for one, of in shown
    ]
    return table((_("Stage"), _("Lead department"), _("Done"), *_heads()), rows, label=_("The plan by stage"))


def items(plan: Document) -> Still:
    """Each item with who handles it and what was promised."""
    order = [one.word for one in STAGE_ORDER]
    rows = [
        (
            html.Div(
                [
                    html.Span(
                        [
                            html.Strong(item["item_name"]),
                            html.Small(_("critical"), className="mark") if item["critical"] else None,
                        ]
                    ),
                    html.Small(item["item_code"], className="code"),
                ],
                className="two-lines",
            ),
            "、".join(item["departments"]),
            html.Span(
                words.limit(item["limit"], item["unit"]) if item["limit"] is not None else _("none set"),
                className="nowrap",
            ),
            *_ends(item),
        )
        for item in sorted(plan["items"], key=lambda item: order.index(item["stage"]))
    ]
    return table((_("Item"), _("Department"), _("Promised"), *_heads()), rows, label=_("The plan by item"))


def unplanned(plan: Document, names: Mapping[str, str]) -> html.P | None:
    """Cases that no plan knows, by the name of their item."""
    if not plan["unplanned"]:
        return None
    named: Iterable[str] = sorted({names.get(case, case) for case in plan["unplanned"]})
    text = _("Of no item of the catalogue, and in no plan: {cases}").format(cases=phrases.listing(named))
    return html.P(text, className="muted")
