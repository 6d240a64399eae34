"""项目: how one project stands, whose days they were, and the records behind every figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote

from dash import ClientsideFunction, Input, Output, dcc, html

from dashboard import phrases, sentences, words
from dashboard.address import PROJECT, PROJECTS, SLIP, WHATIF, Address, rooted
from dashboard.asked import Pages
from dashboard.callbacks import Places, Today, fill, part
from dashboard.components import asking, imagined, knowing, lights, records
from dashboard.components import plan as plans
from dashboard.components.composition import composition, key
from dashboard.components.corrections import corrections
from dashboard.components.graph import graph
from dashboard.components.limits import budget, limit_bar
from dashboard.components.standing import changes, holders, works
from dashboard.components.states import empty, panel, slot
from dashboard.components.strip import strip
from dashboard.components.turns import stage
from dashboard.components.waiting import deadlines, late_stops
from dashboard.figures import plan as plan_figure
from dashboard.figures.timeline import timeline
from dashboard.preferences import paint
from dashboard.questions import NUMBERS, PROMISES, THRESHOLDS, law
from dashboard.visitor import may, viewer
from monitor.looks import STAGE_ORDER, phase_word
from monitor.rights import Right
from monitor.text import _, language
from monitor.verbs.whatif import what_if
from rules.pack import RulePack
from rules.vocabulary import Light
from rules.whatif import Scenario

PATH, NAME = PROJECT, "project"
RIGHT = Right.READ
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
            html.Div(
                [
                    _slip(code),
                    html.Button(
                        [html.Span(className="icon icon-printer"), _("Print")], id="project-print", className="button"
                    ),
                ],
                className="project-deeds no-print",
            ),
        ],
        className="project-head",
    )


def _slip(code: str) -> html.A | None:
    if not may(Right.SLIPS):
        return None
    return html.A(_("Acceptance slip"), href=rooted(SLIP + quote(code, safe="")), className="button")


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
        unit = sentences.unit_of(standing)
        side = [budget(name, group, unit) for name, group in standing["groups"].items()]
        bar = [limit_bar(standing["used"], light, *limits, unit)] if any(limits) else []
        parts.append(html.Div([*bar, html.Div(side, className="budgets")], className="standing"))
        if why:
            parts.append(html.P(why, className="why"))
    parts.append(lights.policy_note())
    return html.Section(parts, className=f"panel standing-panel edge-{light.word}")


def plan_panel(document: Any, names: Mapping[str, str], at: Address) -> html.Section:
    """What was planned and what became of it; of each works where there are several. ``names``: items by case."""
    head, note = _("Plan"), _("by the promises; a slip holds the owner's own time too, and blames nobody")
    if (why := plans.nothing_planned(document)) is not None:
        return panel(head, why)
    parts: list[Any] = [html.P(told, className="muted")] if (told := plans.over(document)) else []
    for plan in document["plans"]:
        frame = plans.items_frame(plan)
        if plan["works_code"]:
            parts.append(html.H3(_("Works {code}").format(code=plan["works_code"])))
        if not frame.empty:
            parts += [plans.groups(plan), plans.stages(plan), plans.key(at.as_of, frame)]
            parts += [graph(plan_figure.plan(frame, at.as_of, paint()), plan_figure.said(frame)), plans.items(plan)]
        parts.append(plans.unplanned(plan, names))
    return panel(head, parts, note=note, className="plan")


def imagined_panel(document: Any, numbers: Mapping[str, int | None], at: Address) -> html.Section:
    """What kept promises would change, and the way to other questions about the project."""
    code = code_of(at)
    whole = dcc.Link(_("What is assumed, and more"), href=at.href(WHATIF, ask=PROMISES, project=code))
    fields = asking.numbers(numbers, {}, tuple(THRESHOLDS))
    parts = [
        html.P([html.Strong(_("If every department had kept its promises")), " ", whole], className="one-head"),
        *imagined.one(document),
        html.Div(
            [html.Strong(_("With other thresholds")), *fields, asking.button(NUMBERS)],
            className="assume-fields no-print",
        ),
    ]
    return panel(_("What if"), parts, note=_("a calculation; nothing is changed"))


def body(view: Any, at: Address, regions: Mapping[str, str], ahead: Sequence[Any]) -> html.Div:
    """The whole page of a project from one `ProjectView`; ``ahead``: the panels of its plan and of assumptions."""
    standing = view.standing
    pack: RulePack | None = view.pack
    numbers = law(pack, sentences.date_of(view.facts.get("coded_on")) or at.as_of)
    judged = pack is not None and sentences.light_of(standing) is not Light.NONE
    limits = (numbers["yellow"], numbers["red"]) if judged else None
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
    if "late_stops" in standing:
        note = _("told after the light had turned; approval-monitor confirm")
        parts.append(panel(_("Pauses to be confirmed"), late_stops(standing, items), note=note))
    if (due := deadlines(standing, items)) is not None:
        parts.append(panel(_("Deadlines beside the limits"), due))
    if view.cases.empty:
        parts.append(panel(_("Cases over time"), empty(_("No item was applied for yet."))))
        return html.Div([*parts, *ahead])
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
    parts += ahead
    if spanned:
        parts.append(panel(_("Day by day"), strip(view.days), note=_("one cell a day; point at it for its reason")))
    parts.append(panel(_("Cases and limits"), records.cases(cases, sentences.unit_of(view.standing))))
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


def wire(app: Pages, reader: Any, today: Today) -> None:
    """Each part is read once; the plan, the assumption and the corrections fail by themselves."""
    places = Places(reader)

    def _ahead(view: Any, code: str, at: Address, moment: dt.datetime | None) -> Iterator[Any]:
        names = {str(row["case_id"]): str(row["item_name"]) for row in view.cases.to_dict("records")}

        def planned() -> Any:
            return plan_panel(reader.plan(viewer(reader), code, at.as_of, known_at=moment), names, at)

        yield part("project-plan", planned)
        if may(Right.WHATIF) and view.pack is not None and sentences.light_of(view.standing) is not Light.NONE:
            yield part("project-whatif", lambda: _supposed(view, code, at, moment))

    def _supposed(view: Any, code: str, at: Address, moment: dt.datetime | None) -> Any:
        logs, rules, missing = reader.logs(viewer(reader), [code], known_at=moment)
        if missing:  # taken back since the page began to be read
            return None
        document = what_if(logs, rules, at.as_of, Scenario(promises=True))
        numbers = law(view.pack, sentences.date_of(view.facts.get("coded_on")) or at.as_of)
        return imagined_panel(document, numbers, at)

    @fill(app, NAME, "project-body", today)
    def _body(at: Address) -> Any:
        code = code_of(at)
        try:
            moment = at.known_at(reader.zone)
        except ValueError:
            return knowing.refused(at)
        view = reader.project(viewer(reader), code, at.as_of, known_at=moment) if code else None
        if view is None:
            return [knowing.note(moment, at), _ask(code, at)] if moment else _ask(code, at)
        whole = body(view, at, places.names([view.facts.get("region")]), list(_ahead(view, code, at, moment)))
        return [knowing.note(moment, at), whole] if moment else whole

    @fill(app, NAME, "project-corrections", today)
    def _corrections(at: Address) -> Any:
        code = code_of(at)
        with suppress(ValueError):
            found, missing = reader.corrections(viewer(reader), [code], until=at.known_at(reader.zone))
            if not missing:
                return panel(_("Corrections"), corrections(found, at), note=_("late entries, voids, changes, notices"))
        return None

    app.clientside_callback(
        ClientsideFunction("shell", "print"),
        Output("project-print", "data-printed"),
        Input("project-print", "n_clicks"),
        prevent_initial_call=True,
    )
