"""假设推演: the same records counted under an assumption; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, dcc, html, no_update

from dashboard import phrases
from dashboard.address import KNOWN_AT, WHATIF, Address
from dashboard.asked import Pages
from dashboard.callbacks import (
    Places,
    Today,
    as_known,
    department_options,
    fill,
    known_of,
    report,
    tell_known,
    view_of,
    why_unknown,
)
from dashboard.components import asking, changed, imagined, knowing, lights
from dashboard.components.graph import graph
from dashboard.components.states import empty, failed, panel, slot
from dashboard.figures.imagined import before_after, said
from dashboard.preferences import paint
from dashboard.questions import EACH, MOST, Question, law
from dashboard.visitor import viewer
from monitor.rights import Right
from monitor.text import _, language
from monitor.verbs.whatif import what_if, what_if_each
from rules.errors import CalendarError, PackError
from rules.packfile import shipped

PATH, NAME = WHATIF, "whatif"
RIGHT = Right.WHATIF


def title() -> str:
    """The page's name in the list of pages."""
    return _("What if")


def layout(at: Address) -> html.Div:
    """The fields, and a place for the answer; while it is worked out the page says of how many projects."""
    lead = _("The same records, counted under an assumption. Nothing is changed, and no light is turned.")
    bound = _(
        "This page counts up to {most} projects at once, one department at a time up to {fewest}. For more, for "
        "finished ones and for other notices: the command `approval-monitor whatif`."
    ).format(most=f"{max(MOST.values()):,}", fewest=f"{MOST[EACH]:,}")
    working = [html.Div(id="whatif-working"), html.Div(html.I(), className="working-bar")]
    question = [html.Div(id="whatif-form", className="assume-place"), html.P(bound, className="note")]
    answer = [html.Div(working, className="working", role="status"), slot("whatif-result", 320)]
    place, parts = known_of(NAME)
    body = [
        html.P(lead, className="lead"),
        html.Section(question, className="panel no-print", **{"aria-label": _("The question")}),
        html.Div(answer, className="asked"),
    ]
    head = knowing.head(title(), at)
    return html.Div([dcc.Store(id="whatif-made"), head, html.Div(id=place), html.Div(body, id=parts)])


def _nothing_asked() -> html.Div:
    return empty(
        _("The answer will be here: how many lights would change, and those of which projects."),
        _("Choose what is assumed and of which projects, then press “Calculate”. The address then holds the question."),
    )


def _too_many(question: Question, n: int) -> html.Div:
    what = _("{n} are too many for this page, which answers for up to {most} at once.").format(
        n=phrases.projects(n), most=f"{MOST[question.kind]:,}"
    )
    how = _("Choose a region or a department, or ask with the command, which takes all projects, finished ones too:")
    return html.Div([html.P(what), html.P(how, className="muted"), html.Pre(question.command())], className="state")


def _rule(pack: str) -> str:
    return shipped()[pack].name_en if language() == "en" else shipped()[pack].name


def answer(document: Mapping[str, Any], names: Mapping[str, str], scope: str, at: Address) -> html.Div:
    """The whole answer of many projects: what would change, what was assumed of which, and the table behind it."""
    assumed = panel(_("What is assumed"), imagined.assumptions(document, scope))
    if "departments" in document:
        return html.Div([_departments(document, at), assumed, lights.policy_note()])
    frame = imagined.frame(document)
    bars = [lights.key(), graph(before_after(frame, paint()), said(frame))]
    turns = imagined.turns(document) if document["changed"] else html.P(_("No light would change."))
    budgets = [html.H3(_("Projects past a budget")), imagined.over_budget(document)]
    parts = [
        html.P(imagined.sentence(document), className="told"),
        imagined.figures(document),
        lights.policy_note(),
        html.Div(
            [panel(_("Lights before and after"), bars), panel(_("From which light to which"), [turns, *budgets])],
            className="columns wide-left",
        ),
        assumed,
    ]
    if document["changed"]:
        rows = changed.changed_rows(document, names, at)
        table = [changed.export(document), changed.changed_table(rows, document)]
        parts.append(panel(_("Projects whose light would change"), table, note=phrases.projects(len(rows))))
    return html.Div(parts)


def alone(document: Mapping[str, Any], scope: str) -> html.Div:
    """The answer of one project."""
    one = html.Section(imagined.one(document), className="panel")
    assumed = panel(_("What is assumed"), imagined.assumptions(document, scope))
    return html.Div([one, assumed, lights.policy_note()])


def _departments(document: Mapping[str, Any], at: Address) -> html.Section:
    rows = changed.department_rows(document, at, PATH)
    head = _("Lights that each department would save by its promises alone")
    if not rows:
        return panel(head, empty(_("No department has a case past its promise among these projects.")))
    table = [changed.export(document), changed.department_table(rows, document)]
    return panel(head, table, note=_("a department leads to its projects"))


class _Asked:
    """The fields and the answers; one question at a time."""

    def __init__(self, reader: Any) -> None:
        self.reader, self.places, self.alone = reader, Places(reader), Lock()

    def fields(self, at: Address) -> html.Div | None:
        """The form: the numbers of the law in its fields, a project or all unfinished ones as its scope."""
        if self.unknown(at):
            return None
        code, view = at.get("project"), self.project(at)
        if view is not None:
            facts = view.facts
            numbers = law(shipped().get(str(view.standing.get("pack"))), facts.get("coded_on") or at.as_of)
            scope = asking.project_scope(str(facts.get("name")), str(code), at.project(str(code)), at.href(PATH))
        else:
            numbers = law(None, at.as_of)
            region = self.places.names([at.region])[at.region] if at.region else _("All regions")
            options = department_options(self.reader, self.places, at.region)
            scope = asking.department_scope(options, region, at.get("department"))
        packs = [(pack, _rule(pack)) for pack in shipped()]
        keepers = [(name, name) for name in sorted(self.departments(at.region))]
        return asking.form(Question.read(at), numbers, packs, keepers, scope)

    def unknown(self, at: Address) -> bool:
        """Whether nothing can be said as known at the moment in the address; above the page it says why."""
        return why_unknown(self.reader, at, alone=bool(at.get("project"))) is not None

    def project(self, at: Address) -> Any:
        """The one project of which it is asked; None: it is asked of all, or there is none."""
        code = at.get("project")
        known = {"known_at": at.known_at(self.reader.zone)} if code else {}
        return self.reader.project(viewer(self.reader), code, at.as_of, **known) if code else None

    def departments(self, region: str | None) -> set[str]:
        """The names of the departments of a region."""
        frame = self.reader.department_names(viewer(self.reader))
        inside = frame["region"].astype(str).str.startswith(region or "")
        return {str(name) for name in frame.loc[inside, "name"]}

    def projects(self, at: Address) -> int:
        """Of how many projects it is asked."""
        if at.get("project"):
            return 1
        known = as_known(self.reader, at)
        department = at.number("department")
        return int(known.unfinished(viewer(self.reader), at.as_of, region=at.region, department_id=department))

    def working(self, at: Address) -> str:
        """What is being counted, and for about how long."""
        question = Question.read(at)
        if question is None or question.wrong or self.unknown(at):
            return ""
        n = self.projects(at)
        text = _("Counting {n}, about {seconds} s …")
        return text.format(n=phrases.projects(n), seconds=question.seconds(n))

    def result(self, at: Address) -> html.Div | None:
        """The answer, or why there is none."""
        question = Question.read(at)
        if self.unknown(at):
            return None
        if question is None:
            return _nothing_asked()
        if question.wrong:
            return empty(question.wrong)
        if question.keeper and question.keeper not in self.departments(None):
            return empty(_("There is no department {name}.").format(name=question.keeper))
        n, code = self.projects(at), at.get("project")
        if n > MOST[question.kind]:
            return _too_many(question, n)
        if not n:
            return empty(_("There is no unfinished project here."), _("Choose another region or department."))
        view = self.project(at)
        if code and view is None:
            return empty(_("There is no project {code} as of this day.").format(code=code))
        if code:
            logs, rules, _missing = self.reader.logs(
                viewer(self.reader), [code], known_at=at.known_at(self.reader.zone)
            )
        else:
            scope = {"region": at.region, "department_id": at.number("department")}
            logs, rules = as_known(self.reader, at).unfinished_logs(viewer(self.reader), at.as_of, **scope)
        verb = what_if_each if question.kind == EACH else what_if
        try:
            with self.alone:  # several at once would be no faster, and hold all their logs in memory
                document = verb(logs, rules, at.as_of, question.scenario())
        except CalendarError as refused:
            return empty(
                _("{day} cannot be assumed.").format(day=refused.value),
                _("The days must lie in years that a notice has arranged; only a day of rest can become one of work."),
            )
        except PackError as refused:
            what = _("Under the rule “{rule}” yellow would not come before red.").format(rule=_rule(refused.key))
            return empty(what, _("The threshold of yellow has to be below that of red."))
        if view and "changed" in document:
            return alone(document, self.scope(at, n))
        codes = [one["project_code"] for one in document.get("changed", ())]
        return answer(document, self.reader.project_names(viewer(self.reader), codes), self.scope(at, n), at)

    def scope(self, at: Address, n: int) -> str:
        """Of which projects it is asked, in words."""
        if code := at.get("project"):
            return _("Of the project {code} alone.").format(code=code)
        region = self.places.names([at.region])[at.region] if at.region else _("All regions")
        options = dict(department_options(self.reader, self.places, at.region)) if at.get("department") else {}
        where = phrases.listing((region, options.get(str(at.get("department")), "")))
        return _("Of {n} unfinished projects: {where}.").format(n=f"{n:,}", where=where)


def wire(app: Pages, reader: Any, today: Today) -> None:
    """The fields from the reader; the answer from the law; the rest in the browser."""
    asked = _Asked(reader)
    tell_known(app, NAME, today, reader, lambda at: bool(at.get("project")), right=RIGHT)
    fill(app, NAME, "whatif-working", today, RIGHT)(asked.working)
    fill(app, NAME, "whatif-result", today, RIGHT)(asked.result)

    @app.callback(
        Output("whatif-form", "children"),
        Output("whatif-made", "data"),
        Input(view_of(NAME), "data"),
        State("whatif-made", "data"),
        right=RIGHT,
    )
    def _form(view: dict[str, str], made: list[str] | None) -> tuple[Any, Any]:
        at = Address.read(view["path"], view["search"], today())
        # Fields that are there already keep their focus: the browser puts the address into them.
        scope = [at.region or "", at.get("project") or "", at.as_of.isoformat(), at.get(KNOWN_AT) or ""]
        if scope == made:
            return no_update, no_update
        try:
            return asked.fields(at), scope
        except Exception as error:
            return failed(report(error, "whatif-form")), None

    field = {"type": "assume", "key": ALL, "of": ALL, "usual": ALL}
    app.clientside_callback(
        ClientsideFunction("shell", "assumed"), Output(field, "value"), Input(view_of(NAME), "data"), State(field, "id")
    )
    app.clientside_callback(
        ClientsideFunction("grid", "fit"),
        Output("whatif-result", "data-fitted"),
        Input(changed.GRID, "rowData"),
        State(changed.GRID, "id"),
    )
    app.clientside_callback(
        ClientsideFunction("grid", "save"),
        Output("whatif-save", "data-saved"),
        Input("whatif-save", "n_clicks"),
        State(changed.GRID, "rowData"),
        State("whatif-file", "data"),
        prevent_initial_call=True,
    )
