"""Taking in a file, step by step: what it is, what would come of it, what came of it. Forms, and results in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dash import html

from dashboard.address import IMPORT, rooted
from dashboard.components.lights import light, of
from dashboard.components.states import panel
from dashboard.components.still import Native, Still, still
from dashboard.components.tables import table
from monitor.text import N_, _, _n
from rules.vocabulary import Light

TABLES = {"projects": N_("Investment projects"), "cases": N_("Cases"), "events": N_("Records of handling")}
SHOWN, ODD_SHOWN = 50, 10  # refusals and projects; warnings
_OUTCOMES = {
    "landed": N_("Taken in whole."),
    "partial": N_("Taken in but for the refused rows, which wait to be mended."),
    "nothing": N_("Everything was known already; nothing changed."),
    "refused": N_("Refused: some rows cannot be taken in. Nothing changed."),
}
_TRIED = {
    "landed": N_("All of it can be taken in. Nothing is changed yet."),
    "partial": N_("It can be taken in but for the refused rows. Nothing is changed yet."),
    "nothing": N_("Everything is known already: taking it in would change nothing."),
    "refused": N_("Some rows cannot be taken in. Nothing is changed."),
}


def form(path: str, seal: Native, *parts: Any, **more: Any) -> html.Form:
    """A form of ours; ``seal``: the field that proves that it is."""
    return html.Form([seal, *parts], action=rooted(path), method="POST", **more)


def press(word: str, *, strong: bool = False, name: str = "", value: str = "") -> Native:
    """The button that sends a form."""
    told = {"name": name, "value": value} if name else {}
    return Native("Button", word, type="submit", className="button strong" if strong else "button", **told)


def hand_in(seal: Native, most: str) -> Still:
    """Where a file is dropped or chosen."""
    field = Native("Input", type="file", name="file", required=True, className="drop", **{"aria-label": _("File")})
    how = _(
        "Drop a file here or choose one: the template, a folder as .zip, an export of another system as .csv or "
        ".xlsx; {most} at most. Never a secret project: such rows are refused and not kept."
    ).format(most=most)
    template = html.A(_("The template to fill in"), href=rooted(f"{IMPORT}/template.xlsx"), className="plain")
    parts = (
        html.Div([field, html.P(how, className="muted")], className="drop-place"),
        press(_("Look at it"), strong=True),
    )
    whole = form(f"{IMPORT}/file", seal, *parts, encType="multipart/form-data", className="hand-in")
    return still(html.Div([whole, html.P(template)]))


def layouts(
    number: int, seal: Native, told: Mapping[str, Any], titles: Mapping[str, str], asked: Mapping[str, Any], today: str
) -> html.Div:
    """How the file is read, to be corrected; from where it comes; and the button that tries it."""
    chosen = told["layout"]
    options = ["canonical", *told["fits"], "own"] if told["text"] else ["canonical", *told["fits"]]
    choices = [
        html.Label(
            [
                Native("Input", type="radio", name="layout", value=one, defaultChecked=one == chosen, required=True),
                html.Span(titles[one]),
            ],
            className="option",
        )
        for one in options
    ]
    text = Native(
        "Textarea", name="text", defaultValue=told["text"], rows=16, spellCheck="false", className="toml",
        **{"aria-label": _("How the file is read")},
    )  # fmt: skip
    doubts = html.Ul([html.Li([html.Code(key), " ", doubt]) for key, doubt in told["doubts"]], className="doubts")
    n = len(told["doubts"])
    own = html.Details(
        [
            html.Summary(_n("{n} thing to look at", "{n} things to look at", n).format(n=n)),
            doubts,
            text,
        ],
        open=chosen == "own",
    )
    source = Native(
        "Input", name="source", defaultValue=asked.get("source", ""), maxLength=100, placeholder=asked["usual"]
    )
    until = Native(
        "Input", type="date", name="reported_until", max=today, defaultValue=asked.get("reported_until") or ""
    )
    partial = Native("Input", type="checkbox", name="partial", value="1", defaultChecked=bool(asked.get("partial")))
    keep = _("take in the good rows and keep the refused ones to be mended")
    fields = html.Div(
        [
            html.Label([html.Span(_("Source: who reports")), source]),
            html.Label([html.Span(_("Reported until; blank: the latest day in it")), until]),
            html.Label([partial, html.Span(keep)], className="option"),
        ],
        className="take-fields",
    )
    again = Native(
        "Button", _("See what becomes of it"), type="submit", className="button",
        formAction=rooted(f"{IMPORT}/{number}/look"),
    )  # fmt: skip
    parts = (html.Div(choices, className="options"), *([own] if told["text"] else []), fields)
    buttons = html.Div([press(_("Try it"), strong=True), again], className="buttons")
    return html.Div(
        [
            still(form(f"{IMPORT}/{number}/try", seal, *parts, buttons, className="layouts")),
            still(form(f"{IMPORT}/{number}/drop", seal, press(_("Throw the file away")))),
        ]
    )


def mapped(document: Mapping[str, Any]) -> list[Any]:
    """The first rows that a profile makes of a file, and what it cannot."""
    parts: list[Any] = []
    for name, word in TABLES.items():
        one = document[name]
        if first := one["first"]:
            heads = [key for key in first[0] if any(row.get(key) for row in first)]
            rows = [[row.get(key, "") for key in heads] for row in first[:5]]
            counted = _("{n} rows, {refused} refused").format(n=f"{one['rows']:,}", refused=f"{one['refused']:,}")
            parts.append(panel(_(word), table(heads, rows, label=_(word)), note=counted))
    return [*parts, *refusals(document["refusals"], None)]


def refusals(listed: Sequence[Mapping[str, Any]], workbook: str | None, total: int | None = None) -> list[Any]:
    """Refused rows with the reason of each; ``workbook``: where all of them are fetched."""
    if not listed:
        return []
    rows = [
        [
            _place(one),
            [html.Code(one["column"]), " ", one["value"]] if one["column"] else "",
            [one["reason"], html.Br(), html.Small(one["allowed"])] if one["allowed"] else one["reason"],
        ]
        for one in listed[:SHOWN]
    ]
    body: list[Any] = [table((_("Row"), _("Value"), _("Why it was refused")), rows, label=_("Refused rows"))]
    if workbook:
        body.append(
            html.A(_("All refused rows as a workbook, with the reason beside each"), href=workbook, className="button")
        )
    n = total if total is not None else len(listed)
    return [panel(_("Refused rows"), body, note=_n("{n} row", "{n} rows", n).format(n=f"{n:,}"))]


def outcome(document: Mapping[str, Any], *, tried: bool) -> html.P:
    """What came of it in a sentence."""
    words = (_TRIED if tried else _OUTCOMES)[document["outcome"]]
    return html.P(_(words), className="told")


def counts(document: Mapping[str, Any]) -> Still:
    """How many rows were new, changed, known, refused."""
    heads = (_("Table"), _("read"), _("new"), _("changed"), _("known already"), _("refused"))
    rows = [
        [_(word), *(f"{document[name][key]:,}" for key in ("read", "added", "changed", "known", "refused"))]
        for name, word in TABLES.items()
    ]
    return table(heads, rows, numbers=range(1, 6), label=_("Rows"))


def effect(told: Mapping[str, Any] | None) -> list[Any]:
    """What would become of the light and the days of each project."""
    if told is None:
        return []
    new, parts = told["new"], []
    if new["projects"]:
        lights = [[light(one), " ", f"{new[one.word]:,}"] for one in Light if new.get(one.word)]
        many = _n("{n} new project", "{n} new projects", new["projects"]).format(n=f"{new['projects']:,}")
        parts.append(html.P([many, *(x for one in lights for x in (" · ", *one))]))
    if told["gone"]:
        gone = _n("{n} project is known no more", "{n} projects are known no more", told["gone"])
        parts.append(html.P(gone.format(n=f"{told['gone']:,}")))
    rows: dict[str, dict[str, Any]] = {}
    for one in told["changes"]:
        if one["where"] == "project" and one["what"] in ("used", "light"):
            rows.setdefault(one["project_code"], {})[one["what"]] = (one["before"], one["after"])
    if rows:
        heads = (_("Project"), _("Light now"), _("then"), _("Days now"), _("then"))
        shown = [
            [code, *map(_light, row.get("light", ("", ""))), *map(_days, row.get("used", ("", "")))]
            for code, row in list(rows.items())[:SHOWN]
        ]
        parts.append(table(heads, shown, numbers=(3, 4), label=_("Changes")))
    if len(rows) > SHOWN or told["more_changes"]:
        parts.append(html.P(_("The command with --dry-run --json lists all changes."), className="muted"))
    if not parts:
        parts = [html.P(_("No light and no day would change."))]
    return [panel(_("Lights and days that would change"), parts)]


def _light(word: Any) -> Any:
    return light(of(word)) if word else "–"


def _days(days: Any) -> str:
    return "–" if days in (None, "") else str(days)


def warnings(document: Mapping[str, Any]) -> list[Any]:
    """What is odd about rows that are taken all the same."""
    if not document["warnings"]:
        return []
    rows = [
        [
            _place(one),
            [html.Code(one["column"]), " ", one["value"]],
            one["reason"],
        ]
        for one in document["warnings"][:ODD_SHOWN]
    ]
    note = _n("{n} value", "{n} values", document["warned"]).format(n=f"{document['warned']:,}")
    return [
        panel(
            _("Odd, and taken all the same"),
            table((_("Row"), _("Value"), _("What is odd")), rows, label=_("Odd")),
            note=note,
        )
    ]


def _place(one: Mapping[str, Any]) -> str:
    return f"{one['file']} {one['key'] or one['row'] or ''}"


def working(done: int, total: int, waits: bool) -> html.Div:
    """How far it is."""
    if waits:
        words = _(
            "Waiting for its turn. If this lasts, the scheduler process is not running: approval-monitor schedule"
        )
    elif total:
        words = _("{part} % done").format(part=min(100 * done // total, 100))
    else:
        words = _("At work …")
    part = f"{min(100 * done / total, 100):.1f}%" if total else "4%"
    bar = html.Div(html.Div(style={"width": part}), className="take-bar")
    return html.Div([html.P(words), bar], className="take-working", role="status", **{"aria-live": "polite"})


def listed(heads: Sequence[str], rows: Iterable[Sequence[Any]], label: str) -> Still:
    """The imports before."""
    return table(heads, rows, label=label)
