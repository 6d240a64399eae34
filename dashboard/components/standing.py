"""Who holds a project now, how its light turned and will turn, and its works where there are several."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dash import html

from dashboard import phrases, sentences
from dashboard.components import lights
from dashboard.components.records import there
from dashboard.components.states import empty
from dashboard.components.still import Still
from dashboard.components.tables import table
from dashboard.sentences import Cases, Standing
from monitor.text import _


def holders(standing: Standing, cases: Cases, as_of: dt.date) -> Any:
    """Who has the open cases, since when, and until when it was promised."""
    held = standing["held_by"]
    if not held:
        return empty(sentences.who(standing, cases, as_of))
    items = []
    for one in held:
        case = cases.get(str(one["case_id"]), {})
        since = sentences.date_of(one.get("since"))
        items.append(
            html.Li(
                [
                    html.Strong(one["department"]),
                    html.Div(case.get("item_name") or one["case_id"]),
                    html.Small(
                        [
                            _("since {day}").format(day=since.isoformat()) if since else "",
                            " · " + _("promised until {day}").format(day=case["promised_due_on"].isoformat())
                            if there(case.get("promised_due_on"))
                            else "",
                        ],
                        className="muted",
                    ),
                ]
            )
        )
    return html.Ul(items, className="holders")


def changes(standing: Standing, as_of: dt.date) -> Any:
    """Lights that turned, the next day on which anything changes, and the light that comes if nothing happens."""
    items = []
    for turn in standing["turns"]:
        day = sentences.date_of(turn["on"])
        became = sentences.date_of(turn.get("became_on"))
        since = html.Small(_("so since {day}").format(day=became.isoformat())) if became else None
        open_ = html.Small(_("unconfirmed"), className="mark") if turn.get("confirmed") is False else None
        light = lights.light(lights.of(turn["light"]))
        items.append(html.Li([html.Span(phrases.day_long(day), className="day"), light, since, open_]))
    change = sentences.date_of(standing.get("next_change"))
    if change and change > as_of:
        when = phrases.marked(phrases.day_long(change), "next_change" in standing.get("provisional", ()))
        word = html.Small(_("next day on which any limit of the project changes"))
        items.append(html.Li([html.Span(when, className="day muted"), word]))
    coming = sentences.next_turn(standing, as_of)
    if coming:
        light, day, provisional = coming
        if change == day:
            items.pop()
        when = phrases.marked(phrases.day_long(day), provisional)
        items.append(
            html.Li([html.Span(when, className="day muted"), lights.light(light), html.Small(_("if nothing happens"))])
        )
    if not items:
        return empty(_("No light has turned, and none will if nothing happens."))
    return html.Ul(items, className="changes")


def works(standing: Standing) -> Still:
    """The works of a project that has several; it shows the worst of them."""
    rows = []
    for one in standing["works"]:
        code = one["works_code"] or _("without a works code")
        shown = html.Small(_("shown for the project"), className="mark")
        rows.append(
            (
                html.Span([code, shown if one["works_code"] == standing.get("shown_works") else None]),
                lights.light(lights.of(one["light"])),
                phrases.working_days(one["used"]),
            )
        )
    return table((_("Part"), _("Light"), _("Working days used")), rows, numbers=(2,), label=_("Parts of the project"))
