"""监测总览: how many lights, where, since when, and which turn next."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from dash import ClientsideFunction, Input, Output, html

from dashboard import phrases
from dashboard.address import OVERVIEW, PROJECTS, Address
from dashboard.asked import Pages
from dashboard.callbacks import Today, fill_as_known, known_of, tell_known
from dashboard.components import freshness, knowing, lights, turns
from dashboard.components.graph import graph
from dashboard.components.states import empty, panel, slot
from dashboard.figures import lights as figures
from dashboard.preferences import paint
from dashboard.visitor import viewer
from monitor.looks import LIGHT_ORDER
from monitor.rights import Right
from monitor.text import _
from rules.vocabulary import Light, Stage

PATH, NAME = OVERVIEW, "overview"
RIGHT = Right.READ
WEEK = dt.timedelta(7)
LATELY = dt.timedelta(14)


def title() -> str:
    """The page's name in the list of pages."""
    return _("Overview")


def layout(at: Address) -> html.Div:
    """The page with its parts still to be filled."""
    place, parts = known_of(NAME)
    bars = _("Unfinished projects by stage and light")
    body = [
        html.Div(id="overview-sources"),
        slot("overview-lights", 168),
        html.Div(
            [
                panel(_("Will turn next"), slot("overview-coming", 320), note=_("if nothing happens")),
                panel(_("Turned lately"), slot("overview-turned", 320), note=_("last 14 days")),
            ],
            className="columns wide-left",
        ),
        html.Div(
            [
                panel(bars, slot("overview-stages", 296), note=_("press a part of a bar for its list")),
                panel(_("Red and yellow lights, last 26 weeks"), slot("overview-weeks", 296)),
            ],
            className="columns",
        ),
    ]
    return html.Div([knowing.head(title(), at), html.Div(id=place), html.Div(body, id=parts)])


def counts(frame: pd.DataFrame) -> dict[Light, int]:
    """Projects by light, zero where a light is not shown by any."""
    found = {lights.of(word): int(n) for word, n in zip(frame["light"], frame["n"])}
    return {light: found.get(light, 0) for light in LIGHT_ORDER}


def sentence(at: Address, now: dict[Light, int]) -> str:
    """What the five figures say."""
    whole = sum(now.values())
    if not whole:
        return _("No unfinished projects as of {day}.").format(day=phrases.day_long(at.as_of))
    judged = whole - now[Light.NONE] - now[Light.GREY]
    share = f"{100 * now[Light.RED] / judged:.1f}" if judged else "0"
    return _("As of {day}: {n} unfinished projects; of those that can be judged {share}% are red.").format(
        day=phrases.day_long(at.as_of), n=f"{whole:,}", share=share
    )


def _figures(at: Address, now: dict[Light, int], before: dict[Light, int]) -> html.Div:
    cells = [
        lights.figure(
            light,
            n,
            phrases.change(n - before[light]) if light in (Light.RED, Light.YELLOW, Light.GREEN) else None,
            at.href(PROJECTS, light=light.word),
        )
        for light, n in now.items()
    ]
    return html.Div(
        [
            html.P(sentence(at, now), className="lead"),
            html.Section(cells, className="panel figures", **{"aria-label": _("Unfinished projects by light")}),
            lights.policy_note(),
        ]
    )


def wire(app: Pages, reader: Any, today: Today) -> None:
    """Each part of the page asks the reader once, and fails by itself."""
    tell_known(app, NAME, today, reader)

    @fill_as_known(app, NAME, "overview-sources", today, reader)
    def _sources(at: Address, known: Any) -> Any:
        moment = at.known_at(reader.zone)
        found = known.sources(viewer(reader), moment.date() if moment else at.today)
        silent = [one for one in found if one.silent_for_long and (one.reported_until or dt.date.min) < at.as_of]
        return freshness.silent(silent, known.unconfirmed(viewer(reader), at.as_of, region=at.region))

    @fill_as_known(app, NAME, "overview-lights", today, reader)
    def _lights(at: Address, known: Any) -> Any:
        now = counts(known.lights(viewer(reader), at.as_of, region=at.region))
        before = counts(known.lights(viewer(reader), at.as_of - WEEK, region=at.region))
        if not sum(now.values()) and not sum(before.values()):
            return html.Div(
                [
                    empty(
                        _("There is no unfinished project yet."),
                        _("Import records with `approval-monitor import`; lights appear when they have been assessed."),
                    ),
                    lights.policy_note(),
                ]
            )
        return _figures(at, now, before)

    @fill_as_known(app, NAME, "overview-coming", today, reader)
    def _coming(at: Address, known: Any) -> Any:
        frame = known.turning_next(viewer(reader), at.as_of, limit=8, region=at.region)
        if frame.empty:
            return empty(_("No light will turn if nothing happens."))
        return turns.coming(frame, at)

    @fill_as_known(app, NAME, "overview-turned", today, reader)
    def _turned(at: Address, known: Any) -> Any:
        frame = known.turned(viewer(reader), at.as_of - LATELY, at.as_of, limit=8, region=at.region)
        if frame.empty:
            return empty(_("No light has turned in the last 14 days."))
        return turns.past(frame, at)

    @fill_as_known(app, NAME, "overview-stages", today, reader)
    def _stages(at: Address, known: Any) -> Any:
        frame = known.lights_by_stage(viewer(reader), at.as_of, region=at.region)
        if frame.empty:
            return empty(_("No unfinished projects."))

        def link(stage: Stage, light: Light) -> str:
            return at.href(PROJECTS, stage=stage.word, light=light.word)

        bars = graph(figures.by_stage(frame, paint(), link), figures.said_by_stage(frame), name="overview-bars")
        return [lights.key(), bars]

    @fill_as_known(app, NAME, "overview-weeks", today, reader)
    def _weeks(at: Address, known: Any) -> Any:
        frame = known.lights_by_week(viewer(reader), at.as_of, weeks=26, region=at.region)
        if not frame["n"].any():
            return empty(_("No red or yellow light in the last 26 weeks."))
        return graph(figures.by_week(frame, paint()), figures.said_by_week(frame))

    app.clientside_callback(
        ClientsideFunction("shell", "open"),
        Output("url", "href", allow_duplicate=True),
        Input("overview-bars", "clickData"),
        prevent_initial_call=True,
    )
