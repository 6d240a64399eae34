"""The projects whose light an assumption would change, and the departments by what they would save: tables and files.

``document`` is that of `whatif --json` or `whatif --each-department --json` (docs/json.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from dashboard.address import Address
from dashboard.components import lights
from dashboard.components.grid import DEFAULTS, column, grid_options
from dashboard.components.tables import table
from dashboard.components.turns import stage
from monitor.looks import light_word, symbol
from monitor.text import _
from rules.vocabulary import Light, Unit

Document = Mapping[str, Any]
Rows = list[dict[str, Any]]
GRID = "whatif-grid"
SHORT = 20  # rows that are shown without a scroll bar of their own
PRINTED = 100  # rows on paper
_SIGNED = {"function": "params.value ? d3.format('+,')(params.value) : '0'"}


def changed_rows(document: Document, names: Mapping[str, str], at: Address) -> Rows:
    """Rows of the table of projects whose light changes; figures stay numbers so that they sort."""
    rows = []
    for one in document["changed"]:
        before, after = lights.of(one["before"]), lights.of(one["after"])
        rows.append(
            {
                "project_code": one["project_code"],
                "name": names.get(one["project_code"]) or one["project_code"],
                "href": at.project(one["project_code"]),
                "stage": stage(one["stage"]),
                "before": before.word,
                "before_shape": symbol(before),
                "before_word": light_word(before),
                "after": after.word,
                "after_shape": symbol(after),
                "after_word": light_word(after),
                "turn": int(before) * 10 + int(after),
                "used_before": one["used_before"],
                "used_after": one["used_after"],
                "change": one["used_after"] - one["used_before"],
            }
        )
    return rows


def _units(document: Document, *sides: str) -> set[str]:
    """The units in which the projects of these sides count their days."""
    return {unit for side in sides for unit in document[side]["days_by_unit"]}


def _used(units: set[str]) -> str:
    return _in(units, _("Working days used"), _("Natural days used"), _("Days used, each by its rule"))


def _in(units: set[str], working: str, natural: str, either: str) -> str:
    return either if len(units) > 1 else natural if units == {Unit.NATURAL_DAY.word} else working


def changed_columns(document: Document) -> list[dict[str, Any]]:
    """Columns of that table; a difference between days of two units is none."""
    units = _units(document, "before", "after")
    columns = [
        column("name", _("Project"), 220, flex=4, minWidth=128, cellRenderer="ProjectLink", tooltipField="name"),
        column("stage", _("Stage"), 156, spare=True),
        column("turn", _("Turn"), 136, flex=1, minWidth=112, maxWidth=190, cellRenderer="Turn"),
        column("used_after", _used(units), 94, type="numericColumn", cellRenderer="Days"),
        column("change", _("Difference"), 100, spare=True, type="numericColumn", valueFormatter=_SIGNED),
    ]
    return columns if len(units) < 2 else columns[:-1]


def department_rows(document: Document, at: Address, path: str) -> Rows:
    """Rows of the table of departments; each leads to what its promises alone would change."""
    scope = {key: at.get(key) for key in ("department", "project")}
    return [
        dict(one) | {"department_href": at.href(path, ask="promises", keeper=one["department"], **scope)}
        for one in document["departments"]
    ]


def department_columns(rows: Rows, document: Document) -> list[dict[str, Any]]:
    """Columns of that table."""
    most = float(max((row["lights"] for row in rows), default=0) or 1)
    number: dict[str, Any] = {"type": "numericColumn", "valueFormatter": {"function": "d3.format(',')(params.value)"}}
    return [
        column("department", _("Department"), 220, flex=1, minWidth=128, cellRenderer="Linked"),
        column("lights", _("Lights saved"), 116, cellRenderer="Bar", cellRendererParams={"most": most}, **number),
        *(column(key, word, 104, spare=True, **number) for key, word in _saved()),
        *(column(key, word, 104, spare=True, **number) for key, word in _rest(document)),
    ]


def _saved() -> list[tuple[str, str]]:
    def turn(before: Light, after: Light) -> str:
        return _("{before} to {after}").format(before=light_word(before), after=light_word(after))

    return [
        ("red_to_yellow", turn(Light.RED, Light.YELLOW)),
        ("red_to_green", turn(Light.RED, Light.GREEN)),
        ("yellow_to_green", turn(Light.YELLOW, Light.GREEN)),
        ("worse", _("Worse")),
    ]


def _rest(document: Document) -> list[tuple[str, str]]:
    saved = _("Working days saved"), _("Natural days saved"), _("Days saved, each by its rule")
    return [("days", _in(_units(document, "before"), *saved)), ("cases", _("Late cases"))]


def _sides(document: Document) -> tuple[str, str]:
    before = _("Working days before"), _("Natural days before"), _("Days before, each by its rule")
    after = _("Working days after"), _("Natural days after"), _("Days after, each by its rule")
    return _in(_units(document, "before"), *before), _in(_units(document, "after"), *after)


def changed_table(rows: Rows, document: Document) -> html.Div:
    """The projects whose light changes."""
    heads = (_("Project"), _("Stage"), _("Turn"), *_sides(document))
    paper = [
        (
            html.Div([row["name"], html.Small(row["project_code"])], className="two-lines"),
            row["stage"],
            lights.turn(lights.of(row["before"]), lights.of(row["after"])),
            f"{row['used_before']:,}",
            f"{row['used_after']:,}",
        )
        for row in rows[:PRINTED]
    ]
    return html.Div([_grid(changed_columns(document), rows), _paper(heads, paper, (3, 4), len(rows))])


def department_table(rows: Rows, document: Document) -> html.Div:
    """The departments by the lights they would save."""
    keys, heads = zip(("department", _("Department")), ("lights", _("Lights saved")), *_saved(), *_rest(document))
    paper = [
        tuple(f"{row[key]:,}" if isinstance(row[key], int) else row[key] for key in keys) for row in rows[:PRINTED]
    ]
    return html.Div(
        [_grid(department_columns(rows, document), rows), _paper(heads, paper, range(1, len(keys)), len(rows))]
    )


def _paper(heads: Sequence[str], rows: Sequence[Sequence[Any]], numbers: Iterable[int], n: int) -> html.Div:
    """A grid draws only the rows that are on the screen: on paper the first ones stand in a plain table."""
    parts: list[Any] = [table(heads, rows, numbers=numbers, label=_("For paper"))]
    if n > len(rows):
        parts.append(html.P(_("The first {shown} of {n}; the CSV file has all.").format(shown=len(rows), n=f"{n:,}")))
    return html.Div(parts, className="on-paper")


def _grid(columns: list[dict[str, Any]], rows: Rows) -> dag.AgGrid:
    short = len(rows) <= SHORT
    return dag.AgGrid(
        id=GRID,
        columnDefs=columns,
        rowData=rows,
        defaultColDef=DEFAULTS,
        dashGridOptions=grid_options(domLayout="autoHeight" if short else "normal"),
        className="grid" if short else "grid tall",
        style={"height": None},
    )


CHANGED_FILE = ("project_code", "name", "stage", "before_word", "after_word", "used_before", "used_after")
DEPARTMENTS_FILE = (
    "department", "lights", "red_to_yellow", "red_to_green", "yellow_to_green", "worse", "days", "cases",
)  # fmt: skip


def export(document: Document) -> html.Div:
    """The button that saves the whole table as a CSV file, and what it needs for that."""
    if "changed" in document:
        light, used = (_("Light before"), _("Light after")), _sides(document)
        heads = zip(CHANGED_FILE, (_("Project code"), _("Project"), _("Stage"), *light, *used))
    else:
        words = (word for _key, word in (*_saved(), *_rest(document)))
        heads = zip(DEPARTMENTS_FILE, (_("Department"), _("Lights saved"), *words))
    name = _("what-if-{day}.csv").format(day=document["as_of"])
    columns = [list(pair) for pair in heads]
    face = [html.Span(className="icon icon-download", **{"aria-hidden": "true"}), _("Save as CSV")]
    return html.Div(
        [
            dcc.Store(id="whatif-file", data={"name": name, "columns": columns}),
            html.Button(face, id="whatif-save", className="button"),
        ],
        className="export no-print",
    )
