"""项目: how one project stands, whose days they were, and the records behind every figure."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote

from dash import ClientsideFunction, Dash, Input, Output, dcc, html

from dashboard import phrases, sentences, words
from dashboard.address import PROJECT, PROJECTS, Address
from dashboard.callbacks import Places, Today, fill
from dashboard.components import knowing, lights, records
from dashboard.components.composition import composition, key
from dashboard.components.corrections import corrections
from dashboard.components.graph import graph
from dashboard.components.limits import budget, limit_bar
from dashboard.components.standing import changes, holders, works
from dashboard.components.states import empty, panel, slot
from dashboard.components.strip import strip
from dashboard.components.turns import stage
from dashboard.figures.timeline import timeline
from dashboard.preferences import paint
from monitor.looks import STAGE_ORDER, phase_word
from monitor.reading.viewer import EVERYONE
from monitor.text import _, language
from rules.pack import RulePack
from rules.vocabulary import Light

PATH, NAME = PROJECT, "project"
Limits = tuple[int | None, int | None]  # days of yellow and of red


def title() -> str:
    """The page's name in the list of pages."""
    return _("Project")


def code_of(at: Address) -> str:
    """The project code in the address."""
    return unquote(at.path[len(PROJECT) :]).strip("/")


def layout(at: Address) -> html.Div:
    """Everything on the page comes from one call of the reader, but the corrections, which take their time."""
    return html.Div([knowing.field(at), slot("project-body", 720), slot("project-corrections", 120)])


def thresholds(pack: RulePack, view: Any, at: Address) -> Limits:
    """Yellow and red of the project: the numbers in force on its day of coding; None where the rule has none."""
    day = sentences.date_of(view.facts.get("coded_on")) or at.as_of
    yellow, red = (number.on(day).days if number else None for number in (pack.yellow, pack.red))
    return yellow, red


def _facts(view: Any, pack: RulePack | None, regions: Mapping[str, str]) -> html.Dl:
    facts = view.facts
    coded = sentences.date_of(facts.get("coded_on"))
    pairs = [
        (_("Region"), regions.get(str(facts.get("region")), facts.get("region"))),
        (_("Kind"), words.kind(facts.get("kind"))),
        (_("Applicant"), facts.get("applicant")),
        (_("Agent"), facts.get("agent")),
        (_("Investment"), phrases.money(facts.get("investment"))),
        (_("Coded on"), coded.isoformat() if coded else None),
        (_("Phase"), phase_word(sentences.phase_of(view.standing))),
        (_("Stage"), stage(view.standing["stage"])),
        (_("Rule"), pack_name(pack)),
    ]
    shown = [(word, value) for word, value in pairs if value not in (None, "", phrases.NOTHING)]
    return html.Dl([html.Div([html.Dt(word), html.Dd(str(value))]) for word, value in shown], className="facts")


def pack_name(pack: RulePack | None) -> str:
    """The name of the rule a project is counted by, in the reader's language."""
    if pack is None:
        return ""
    return pack.name_en if language() == "en" else pack.name


def _head(view: Any, at: Address) -> html.Div:
    code = view.standing["project_code"]
    return html.Div(
        [
            html.Div(
                [html.H1(view.facts.get("name") or code), html.Div(code, className="code")], className="project-name"
            ),
            html.Button(
                [html.Span(className="icon icon-printer"), _("Print")], id="project-print", className="button no-print"
            ),
        ],
        className="project-head",
    )


def _standing(view: Any, at: Address, limits: Limits | None, by_case: dict[str, Any]) -> html.Section:
    standing = view.standing
    light = sentences.light_of(standing)
    red = limits[1] if limits else None
    told = html.P(
        [lights.shape(light), " ", sentences.told(standing, by_case, at.as_of, red)],
        className="told",
    )
    parts: list[Any] = [told]
    if limits:
        why = sentences.budgets(standing, *limits)
        side = [budget(name, group) for name, group in standing["groups"].items()]
        bar = [limit_bar(standing["used"], light, *limits)] if any(limits) else []
        parts.append(html.Div([*bar, html.Div(side, className="budgets")], className="standing"))
        if why:
            parts.append(html.P(why, className="why"))
    parts.append(lights.policy_note())
    return html.Section(parts, className=f"panel standing-panel edge-{light.word}")


def body(view: Any, at: Address, regions: Mapping[str, str]) -> html.Div:
    """The whole page of a project from one `ProjectView`."""
    standing = view.standing
    pack: RulePack | None = view.pack
    judged = pack is not None and sentences.light_of(standing) is not Light.NONE
    limits = thresholds(pack, view, at) if pack is not None and judged else None
    by_case = {str(row["case_id"]): row for row in view.cases.to_dict("records")}
    items = {case: str(row["item_name"]) for case, row in by_case.items()}
    parts: list[Any] = [_head(view, at), _facts(view, pack, regions), _standing(view, at, limits, by_case)]
    parts.append(
        html.Div(
            [
                panel(_("In hand now"), holders(standing, by_case, at.as_of)),
                panel(_("Turns of the light"), changes(standing, at.as_of)),
            ],
            className="columns",
        )
    )
    if len(standing.get("works") or ()) > 1:
        parts.append(panel(_("Parts of the project"), works(standing), note=_("each is counted by itself")))
    if view.cases.empty:
        parts.append(panel(_("Cases over time"), empty(_("No item was applied for yet."))))
        return html.Div(parts)
    order = [word.word for word in STAGE_ORDER]
    cases = view.cases.sort_values("stage", key=lambda words: words.map(order.index), kind="stable")
    spanned = bool(standing["ledger"].get("span"))
    if spanned:
        parts.append(panel(_("What the days were"), composition(standing["shares"], standing["ledger"])))
    parts.append(
        panel(
            _("Cases over time"),
            [
                key(view.stretches, at.as_of),
                graph(timeline(cases, view.stretches, at.as_of, paint()), _("Cases over time")),
            ],
            note=_("hatched: the clock stands still"),
        )
    )
    if spanned:
        parts.append(panel(_("Day by day"), strip(view.days), note=_("one cell a day; point at it for its reason")))
    parts.append(panel(_("Cases and limits"), records.cases(cases)))
    if not view.flags.empty:
        parts.append(
            panel(
                _("Odd records"),
                records.flags(view.flags, items, records.recorders(view.cases, view.events)),
                note=_("kept and counted as they are; to be checked"),
            )
        )
    parts.append(panel(_("Records of handling"), records.events(view.events, items), note=str(len(view.events))))
    return html.Div(parts)


def _ask(code: str, at: Address) -> html.Div:
    what = _("There is no project {code} as of this day.").format(code=code) if code else _("Which project?")
    how = _("Search by code or name at the top of the page, or choose one from the list of projects.")
    return html.Div(
        [
            html.H1(title()),
            empty(what, how),
            dcc.Link(_("To the list of projects"), href=at.href(PROJECTS), className="button"),
        ]
    )


def wire(app: Dash, reader: Any, today: Today) -> None:
    """One call of the reader fills the page, another one its corrections."""
    places = Places(reader)

    @fill(app, NAME, "project-body", today)
    def _body(at: Address) -> Any:
        code = code_of(at)
        try:
            moment = at.known_at(reader.zone)
        except ValueError:
            return knowing.refused(at)
        view = reader.project(EVERYONE, code, at.as_of, known_at=moment) if code else None
        whole = body(view, at, places.names([view.facts.get("region")])) if view is not None else _ask(code, at)
        return [knowing.note(moment, at), whole] if moment else whole

    @fill(app, NAME, "project-corrections", today)
    def _corrections(at: Address) -> Any:
        code = code_of(at)
        with suppress(ValueError):
            found, missing = reader.corrections(EVERYONE, [code], until=at.known_at(reader.zone))
            if not missing:
                return panel(_("Corrections"), corrections(found, at), note=_("late entries, voids, changes, notices"))
        return None

    app.clientside_callback(
        ClientsideFunction("shell", "print"),
        Output("project-print", "data-printed"),
        Input("project-print", "n_clicks"),
        prevent_initial_call=True,
    )
