"""项目台账: all projects, paged, sorted and filtered by the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_ag_grid as dag
import pandas as pd
from dash import ClientsideFunction, Input, Output, State, dcc, html, no_update

from dashboard import phrases
from dashboard.address import PROJECTS, Address
from dashboard.asked import Pages
from dashboard.callbacks import (
    Places,
    Today,
    as_known,
    department_options,
    known_of,
    report,
    tell_known,
    view_of,
)
from dashboard.components import knowing
from dashboard.components.choices import choice
from dashboard.components.grid import DEFAULTS, column, grid_options
from dashboard.components.lights import of, policy_note
from dashboard.components.states import empty, failed
from dashboard.components.turns import stage as stage_text
from dashboard.visitor import viewer
from monitor.looks import LIGHT_ORDER, STAGE_ORDER, light_word, phase_word, stage_word, symbol
from monitor.reading.projects import ProjectQuery
from monitor.rights import Right
from monitor.text import _
from rules.vocabulary import Phase

PATH, NAME = PROJECTS, "projects"
RIGHT = Right.READ
GRID = "projects-grid"
BLOCK = 100
UNFINISHED, ALL = "unfinished", "all"


def title() -> str:
    """The page's name in the list of pages."""
    return _("Projects")


def _columns() -> list[dict[str, Any]]:
    return [
        column("light", _("Light"), 88, cellRenderer="Light"),
        column("name", _("Project"), 220, flex=1, minWidth=150, cellRenderer="ProjectLink", tooltipField="name"),
        column("used", _("Working days used"), 92, type="numericColumn"),
        column("stage", _("Stage"), 100, spare=True),
        column("held_by", _("In hand at"), 160, spare=True, sortable=False, tooltipField="held_by"),
        column("next_light", _("Next light"), 156, spare=True, sortable=False),
        column("phase", _("Phase"), 108, spare=True),
        column("region", _("Region"), 88, spare=True),
        column("investment", _("Investment"), 104, spare=True, type="numericColumn"),
    ]


def _filters(at: Address) -> html.Div:
    phases = [(UNFINISHED, _("Unfinished")), *((p.word, phase_word(p)) for p in Phase), (ALL, _("All phases"))]
    return html.Div(
        [
            choice("light", [(x.word, phrases.light(x)) for x in LIGHT_ORDER], at.get("light"), _("All lights")),
            choice("stage", [(s.word, stage_word(s)) for s in STAGE_ORDER], at.get("stage"), _("All stages")),
            choice("department", [], at.get("department"), _("All departments"), searchable=True),
            choice("phase", phases, at.get("phase"), _("Phase"), default=UNFINISHED),
            html.Div(id="projects-total", className="total", role="status"),
        ],
        className="filters",
    )


def layout(at: Address) -> html.Div:
    """The page with its grid still empty; the browser asks for rows block by block."""
    place, parts = known_of(NAME)
    grid = dag.AgGrid(
        id=GRID,
        rowModelType="infinite",
        columnDefs=_columns(),
        defaultColDef=DEFAULTS,
        dashGridOptions=grid_options(cacheBlockSize=BLOCK, maxBlocksInCache=20, infiniteInitialRowCount=20),
        className="grid tall",
        style={"height": None},
    )
    body = [
        _filters(at),
        html.Div(id="projects-said"),
        dcc.Store(id="projects-counted"),
        html.Div(grid, id="projects-rows"),
        policy_note(),
    ]
    return html.Div([knowing.head(title(), at), html.Div(id=place), html.Div(body, id=parts)])


def query(at: Address, request: dict[str, Any], *, counted: bool = True) -> ProjectQuery:
    """What the address and the grid ask for together; ``counted``: also how many there are in all."""
    start, end = int(request["startRow"]), int(request["endRow"])
    sort = (request.get("sortModel") or [{"colId": "used", "sort": "desc"}])[0]
    phase = at.get("phase") or UNFINISHED
    return ProjectQuery(
        light=at.get("light"),
        stage=at.get("stage"),
        department_id=at.number("department"),
        region=at.region,
        phase="" if phase == ALL else phase,
        text=at.get("text") or "",
        sort=sort["colId"],
        descending=sort["sort"] == "desc",
        offset=start,
        limit=end - start,
        counted=counted,
    )


def next_light(row: Mapping[Any, Any], at: Address) -> str:
    """12-24 ▲ 红灯: the light that comes next if nothing happens."""
    for key, light in (("yellow_on", "yellow"), ("red_on", "red")):
        day = row[key]
        if day is not None and day == day and day > at.as_of:
            when = phrases.marked(phrases.day_short(day, at.as_of), bool(row["provisional"]))
            return f"{when} {phrases.light(of(light))}"
    return phrases.NOTHING


def rows(frame: pd.DataFrame, at: Address, regions: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of the grid, in the reader's words."""
    found = []
    for row in frame.to_dict("records"):
        light, held = of(row["light"]), row["held_by"]
        found.append(
            {
                "light": light.word,
                "light_shape": symbol(light),
                "light_word": light_word(light),
                "mark": _("unconfirmed") if row["unconfirmed"] else "",
                "name": row["name"],
                "project_code": row["project_code"],
                "href": at.project(str(row["project_code"])),
                "used": None if row["used"] is None or row["used"] != row["used"] else int(row["used"]),
                "stage": stage_text(row["stage"]),
                "held_by": held if isinstance(held, str) and held else phrases.NOTHING,
                "next_light": next_light(row, at),
                "phase": phase_word(Phase[str(row["phase"]).upper()]),
                "region": regions.get(str(row["region"]), row["region"]),
                "investment": phrases.money(row["investment"]),
            }
        )
    return found


def wire(app: Pages, reader: Any, today: Today) -> None:
    """Rows and their total from one call of the reader; filters live in the address."""
    places = Places(reader)
    tell_known(app, NAME, today, reader)

    @app.callback(
        Output(GRID, "getRowsResponse"),
        Output("projects-total", "children"),
        Output("projects-said", "children"),
        Output("projects-counted", "data"),
        Input(GRID, "getRowsRequest"),
        State(view_of(NAME), "data"),
        State("projects-counted", "data"),
        prevent_initial_call=True,
        right=RIGHT,
    )
    def _rows(request: dict[str, Any] | None, view: dict[str, str], counted: dict[str, Any] | None) -> Any:
        if request is None:
            return no_update, no_update, no_update, no_update
        at = Address.read(view["path"], view["search"], today())
        known = counted["total"] if counted and counted["view"] == view and int(request["startRow"]) else None
        try:
            asked = as_known(reader, at)
            if asked is None:  # the page says why
                return {"rowData": [], "rowCount": 0}, "", None, no_update
            page = asked.projects(viewer(reader), at.as_of, query(at, request, counted=known is None))
            found = rows(page.rows, at, places.names(page.rows["region"]))
        except Exception as error:
            return {"rowData": [], "rowCount": 0}, "", failed(report(error, GRID)), no_update
        if known is not None:  # a further block of a list that was counted with its first
            return {"rowData": found, "rowCount": known}, no_update, no_update, no_update
        total = page.total
        words = _("{n} in all").format(n=phrases.projects(total))
        nothing = empty(
            _("No project fits these choices."), _("Take back a filter, or search by another name or code.")
        )
        said = _searched(at) if total else [_searched(at), nothing]
        return {"rowData": found, "rowCount": total}, words, said, {"view": view, "total": total}

    @app.callback(
        Output({"type": "choice", "key": "department", "default": ""}, "data"),
        Input(view_of(NAME), "data"),
        right=RIGHT,
    )
    def _departments(view: dict[str, str]) -> Any:
        at = Address.read(view["path"], view["search"], today())
        options = department_options(reader, places, at.region)
        return [{"value": key, "label": word} for key, word in options]

    app.clientside_callback(
        ClientsideFunction("grid", "renew"),
        Output("projects-rows", "data-view"),
        Input(view_of(NAME), "data"),
        State(GRID, "id"),
    )


def _nothing() -> Any:
    return empty(_("No project fits these choices."), _("Take back a filter, or search by another name or code."))


def _searched(at: Address) -> Any:
    """What is searched for, and the way back to all."""
    text = at.get("text")
    if not text:
        return None
    kept = {key: at.get(key) for key in ("light", "stage", "department", "phase")}
    back = dcc.Link(_("Show all"), href=at.href(PROJECTS, **kept))
    return html.P([_("Found by “{text}”.").format(text=text), " ", back], className="searched")
