"""部门: where counted days lie, and where promises were passed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import ClientsideFunction, Input, Output, State, html

from dashboard import phrases
from dashboard.address import DEPARTMENTS, PROJECTS, Address
from dashboard.asked import Pages
from dashboard.callbacks import Places, Today, fill_as_known, known_of, tell_known
from dashboard.components import knowing
from dashboard.components.choices import choice
from dashboard.components.graph import graph
from dashboard.components.grid import DEFAULTS, column, grid_options
from dashboard.components.states import empty, panel, slot
from dashboard.figures.departments import beyond_promise, workload
from dashboard.preferences import paint
from dashboard.visitor import viewer
from monitor.looks import STAGE_ORDER, stage_word
from monitor.rights import Right
from monitor.text import _

PATH, NAME = DEPARTMENTS, "departments"
RIGHT = Right.READ
GRID = "departments-grid"
PERIODS = {"90": 90, "365": 365, "all": None}


def title() -> str:
    """The page's name in the list of pages."""
    return _("Departments")


def layout(at: Address) -> html.Div:
    """The page with its parts still to be filled."""
    periods = [("90", _("Last 90 days")), ("365", _("Last 365 days")), ("all", _("All days"))]
    place, parts = known_of(NAME)
    lead = _(
        "Handling time is workload, not blame: a day on which several departments work is shared between "
        "them, and rankings use the days beyond a promise."
    )
    body = [
        html.Div(
            [
                choice("stage", [(s.word, stage_word(s)) for s in STAGE_ORDER], at.get("stage"), _("All stages")),
                choice("period", periods, at.get("period"), _("Period"), default="365"),
            ],
            className="filters",
        ),
        html.P(lead, className="lead"),
        slot("departments-body", 640),
    ]
    return html.Div([knowing.head(title(), at), html.Div(id=place), html.Div(body, id=parts)])


def since(at: Address) -> dt.date | None:
    """The day after which days are counted; None for all."""
    length = PERIODS.get(at.get("period") or "365", 365)
    return at.as_of - dt.timedelta(length) if length else None


def rows(frame: pd.DataFrame, at: Address, regions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of the grid; figures stay numbers so that they sort."""
    found = []
    for row in frame.to_dict("records"):
        found.append(
            {
                "department": row["department"],
                "department_href": at.href(PROJECTS, department=row["department_id"], stage=at.get("stage")),
                "region": regions.get(str(row["region"]), row["region"]),
                "beyond": round(float(row["beyond"]), 1),
                "decided": int(row["decided"]),
                "share": round(float(row["share"]), 1),
                "sole": round(float(row["sole"]), 1),
                "open_cases": int(row["open_cases"]),
                "longest_open": None if row["longest_open"] != row["longest_open"] else row["longest_open"],
            }
        )
    return found


def _columns(frame: pd.DataFrame) -> list[dict[str, Any]]:
    number: dict[str, Any] = {"type": "numericColumn", "valueFormatter": {"function": "d3.format(',~r')(params.value)"}}

    def most(name: str) -> dict[str, float]:
        return {"most": float(frame[name].max() or 1)}

    return [
        column("department", _("Department"), 220, flex=1, minWidth=130, cellRenderer="Linked"),
        column("region", _("Region"), 96, spare=True),
        column(
            "beyond",
            _("Beyond promise (working days)"),
            124,
            cellRenderer="Bar",
            cellRendererParams=most("beyond"),
            sort="desc",
            **number,
        ),
        column("decided", _("Decided (cases)"), 96, spare=True, **number),
        column(
            "share",
            _("Share of days (working days)"),
            160,
            spare=True,
            cellRenderer="Bar",
            cellRendererParams=most("share"),
            **number,
        ),
        column("sole", _("Sole days (working days)"), 128, spare=True, **number),
        column("open_cases", _("Open (cases)"), 92, spare=True, **number),
        column("longest_open", _("Longest open (working days)"), 128, spare=True, **number),
    ]


def sentence(frame: pd.DataFrame, at: Address) -> str:
    """What the table says, in one sentence."""
    decided, beyond = int(frame["decided"].sum()), float(frame["beyond"].sum())
    return _("{n} departments, {decided} cases decided, {beyond} beyond promises; {open} cases are open.").format(
        n=len(frame),
        decided=f"{decided:,}",
        beyond=phrases.working_days(beyond),
        open=f"{int(frame['open_cases'].sum()):,}",
    )


def body(frame: pd.DataFrame, at: Address, regions: Mapping[str, str]) -> html.Div:
    """Figure and table from one frame."""
    late = frame[frame["beyond"] > 0]
    figure = (
        graph(beyond_promise(frame, paint()), _("Days beyond promise by department"))
        if not late.empty
        else empty(_("No promise was passed in this period."))
    )
    table = dag.AgGrid(
        id=GRID,
        columnDefs=_columns(frame),
        rowData=rows(frame, at, regions),
        defaultColDef=DEFAULTS,
        dashGridOptions=grid_options(domLayout="autoHeight" if len(frame) <= 20 else "normal"),
        className="grid" if len(frame) <= 20 else "grid tall",
        style={"height": None},
    )
    return html.Div(
        [
            html.P(sentence(frame, at), className="muted"),
            html.Div(
                [
                    panel(_("Most days beyond promise"), figure, note=_("n: cases decided in the period")),
                    panel(
                        _("Most days of handling"),
                        [
                            html.Ul(
                                [
                                    html.Li([html.I(className="swatch day-counted"), _("Sole days")]),
                                    html.Li([html.I(className="swatch shared"), _("Part of days shared with others")]),
                                ],
                                className="key",
                            ),
                            graph(workload(frame, paint()), _("Days of handling by department")),
                        ],
                        note=_("workload, not blame"),
                    ),
                ],
                className="columns",
            ),
            panel(_("All departments"), table, note=_("departments lead to their projects")),
        ]
    )


def wire(app: Pages, reader: Any, today: Today) -> None:
    """One call of the reader fills the page."""
    places = Places(reader)
    tell_known(app, NAME, today, reader)

    @fill_as_known(app, NAME, "departments-body", today, reader)
    def _body(at: Address, known: Any) -> Any:
        frame = known.departments(viewer(reader), at.as_of, region=at.region, stage=at.get("stage"), since=since(at))
        if frame.empty:
            return empty(
                _("No department has handled a case in this period."), _("Choose a longer period, or all regions.")
            )
        return body(frame, at, places.names(frame["region"]))

    app.clientside_callback(
        ClientsideFunction("grid", "fit"),
        Output("departments-body", "data-fitted"),
        Input(GRID, "rowData"),
        State(GRID, "id"),
    )
