"""The fields of a question of the page of assumptions; assets/shell.js puts them into the address when it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard.components.choices import Option
from dashboard.questions import ARRANGED, DAYS, EACH, KINDS, NUMBERS, PACK, PROMISES, Question, number_keys, number_word
from monitor.text import _

SCOPE = ""  # fields that go with every question


def button(kind: str = "") -> html.Button:
    """Asks; the question of ``kind``, or the one that is chosen."""
    return html.Button(_("Calculate"), id={"type": "ask", "kind": kind}, className="button strong")


def numbers(law: Mapping[str, int | None], asked: Mapping[str, int], keys: Sequence[str] = ()) -> list[Any]:
    """Fields of thresholds and budgets, filled with ``law``; only what differs from it is assumed."""
    return [
        dmc.NumberInput(
            id=_id(key, NUMBERS, law[key]),
            value=asked.get(key, law[key]),
            label=number_word(key),
            min=1,
            max=999,
            allowDecimal=False,
            allowNegative=False,
            clampBehavior="strict",
            placeholder="—",
            className="assume-number",
        )
        for key in keys or number_keys()
    ]


def form(
    question: Question | None,
    law: Mapping[str, int | None],
    packs: Iterable[Option],
    keepers: Iterable[Option],
    scope: Sequence[Any],
) -> html.Div:
    """All questions with their fields, and of which projects they are asked."""
    asked = question or Question(PROMISES)
    all_ = _("All departments")
    fields = {
        PROMISES: [_select("keeper", PROMISES, keepers, asked.keeper, all_)],
        EACH: [],
        NUMBERS: numbers(law, asked.numbers),
        PACK: [_select("pack", PACK, packs, asked.pack, _("Rule"))],
        DAYS: [_days(key, word, asked.days.get(key)) for key, word in ARRANGED.items()],
    }
    notes = {
        NUMBERS: _("in the days that the rule counts; what is not changed stays as it is"),
        DAYS: _("as 2026-05-06, or 2026-05-06..2026-05-08; for all of China"),
    }
    rows = [
        html.Div(
            [
                dmc.Radio(value=kind, label=_(word), description=notes.get(kind)),
                html.Div(fields[kind], className="assume-fields"),
            ],
            className="assume-row",
        )
        for kind, word in KINDS.items()
    ]
    chosen = dmc.RadioGroup(
        html.Div(rows, className="assume-rows"),
        id=_id("ask", SCOPE, PROMISES),
        value=asked.kind,
        **{"aria-label": _("What is assumed")},
    )
    foot = html.Div([html.Div(scope, className="assume-scope"), button()], className="assume-foot")
    return html.Div([chosen, foot], className="assume")


def department_scope(options: Iterable[Option], region: str, department: str | None) -> list[Any]:
    """Unfinished projects, of the region that is chosen above the page and of a department."""
    return [
        html.Span(_("Unfinished projects"), className="assume-word"),
        html.Span(region, className="assume-region", title=_("Chosen at the top of the page")),
        _select("department", SCOPE, options, department, _("Of all departments")),
    ]


def project_scope(name: str, code: str, project_href: str, all_href: str) -> list[Any]:
    """One project alone, and the way back to all."""
    return [
        html.Span(_("This project alone"), className="assume-word"),
        html.Span(
            [dcc.Link(name or code, href=project_href), html.Small(code, className="code")], className="two-lines"
        ),
        dcc.Link(_("Ask of all unfinished projects"), href=all_href),
    ]


def _id(key: str, of: str, usual: object) -> dict[str, str]:
    """``usual``: what the field holds while nothing is assumed."""
    return {"type": "assume", "key": key, "of": of, "usual": "" if usual is None else str(usual)}


def _days(key: str, word: str, told: str | None) -> dmc.TextInput:
    return dmc.TextInput(
        id=_id(key, DAYS, None),
        value=told or "",
        label=_(word),
        inputProps={"maxLength": 400},
        className="assume-number assume-days",
    )


def _select(key: str, of: str, options: Iterable[Option], value: str | None, label: str) -> dmc.Select:
    return dmc.Select(
        id=_id(key, of, None),
        data=[{"value": option, "label": word} for option, word in options],
        value=value,
        placeholder=label,
        clearable=True,
        searchable=True,
        checkIconPosition="right",
        className=f"assume-select assume-{key}",
        **{"aria-label": label},
    )
