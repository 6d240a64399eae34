"""导入: a file on its way in, from what it is to what came of it; everything is a job, and the address says which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import Input, Output, dcc, html

from dashboard.address import IMPORT, Address, rooted
from dashboard.asked import Pages
from dashboard.callbacks import Today, report, view_of
from dashboard.components import taking
from dashboard.components.states import empty, failed, panel, slot
from dashboard.components.still import Native, still
from dashboard.visitor import may
from monitor.doors.guard import CSRF_FIELD, who
from monitor.jobs import CANONICAL, OWN, REFUSED_ROWS, Errands, Verb, titles
from monitor.progress import State
from monitor.reading.jobs import Job
from monitor.rights import Right
from monitor.text import N_, _, language
from monitor.wrongs import REQUIRED, allowed_in_words

PATH, NAME = IMPORT, "import"
RIGHT = Right.IMPORT
PULSE = 1_000  # milliseconds between two looks at a job that is not over
PATIENCE = 10  # seconds that a job may wait before it is said what it waits for
_VERBS = {
    Verb.LOOK: N_("looked at"), Verb.TRY: N_("tried"), Verb.IMPORT: N_("taken in"),
    Verb.TRY_UNDO: N_("tried: taking back"), Verb.UNDO: N_("taken back"),
}  # fmt: skip
_STATES = {
    State.WAITING: N_("waits"), State.RUNNING: N_("at work"), State.DONE: N_("done"), State.REFUSED: N_("refused"),
    State.FAILED: N_("failed"),
}  # fmt: skip
_PROBLEMS = {
    "forbidden": N_("Your account may not do this any more."),
    "gone": N_("The file is not there any more: it was taken in, thrown away, or is over a day old. Hand it in again."),
    "failed": N_("Something went wrong on our side; nothing was changed. It is in the log."),
    "given_up": N_("It was given up before it began."),
    "undo_unknown": N_("There is no such batch."),
    "undo_undone": N_("This batch was taken back already."),
    "undo_not_yours": N_("This batch came in for others as well, or for other regions; it is not yours to take back."),
    "undo_an_undo": N_("This batch is itself a taking back; take the file in again instead."),
}


def title() -> str:
    """The page's name in the list of pages."""
    return _("Import")


def layout(at: Address) -> html.Div:
    """The page with its part still to be filled."""
    return html.Div(
        [
            html.H1(title()),
            slot("import-body", 480),
            dcc.Interval(id="import-pulse", interval=PULSE, disabled=True),
        ]
    )


class _Page:
    """What is shown of the jobs of whoever looks. ``token``: gives the field of a form against forgery."""

    def __init__(self, errands: Errands, token: Callable[[], Native]) -> None:
        self.errands, self.token = errands, token

    def body(self, at: Address) -> tuple[Any, bool]:
        """The page of an address, and whether it is to be looked at again soon."""
        number = at.number("job")
        if number is None:
            return self.start(at), False
        job = self.errands.job(who(), number)
        if job is None:
            return [empty(_("There is no such import."), _("Begin with a file.")), self.start(at)], False
        steps = [self.head(job, at)]
        if not job.state.over:
            waits = job.state is State.WAITING
            late = (self.errands.office.now() - job.asked_at).total_seconds() > PATIENCE
            return [*steps, taking.working(*self.errands.heard(job.id), waits and late)], True
        result = job.result or {}
        if job.state is State.FAILED or ("problem" in result and result["problem"] not in ("rows", "profile")):
            return [*steps, self.problem(result), self.begin(at)], False
        return [*steps, *self._OF[Verb(job.verb)](self, job, result, at)], False

    def start(self, at: Address) -> html.Div:
        """The way in, and the imports before."""
        most = f"{self.errands.office.uploads.most >> 20} MiB"
        zone = self.errands.office.zone
        rows = [
            [
                f"{job.asked_at.astimezone(zone):%Y-%m-%d %H:%M}",
                dcc.Link(self.named(job), href=at.href(IMPORT, job=job.id), className="plain"),
                _(_VERBS[Verb(job.verb)]),
                _(_STATES[job.state]),
            ]
            for job in self.errands.jobs(who())
        ]
        parts = [panel(_("Take in a file"), taking.hand_in(self.token(), most))]
        if rows:
            heads = (_("Asked"), _("File"), _("What"), _("State"))
            parts.append(
                panel(_("My imports"), taking.listed(heads, rows, _("My imports")), note=_("of the last 30 days"))
            )
        return html.Div(parts)

    def named(self, job: Job) -> str:
        """The file of a job, or the batch."""
        return job.arguments.get("name") or _("Batch {n}").format(n=job.arguments.get("batch", ""))

    def head(self, job: Job, at: Address) -> html.P:
        """Which file it is about, and the way back."""
        back = dcc.Link(_("All imports"), href=at.href(IMPORT))
        return html.P([html.Strong(self.named(job)), " · ", _(_VERBS[Verb(job.verb)]), " · ", back], className="lead")

    def begin(self, at: Address) -> html.P:
        """The way to another file."""
        return html.P(dcc.Link(_("Take in another file"), href=at.href(IMPORT), className="button"))

    def problem(self, result: Mapping[str, Any]) -> Any:
        """Why nothing came of it."""
        kind = result["problem"]
        if kind == "file":
            return empty(_("This file cannot be taken in."), result["reason"])
        return empty(_(_PROBLEMS[kind]))

    def wrong_profile(self, result: Mapping[str, Any]) -> list[Any]:
        """What is wrong with how a file is read."""
        if result.get("problem") != "profile":
            return []
        key, value, allowed = (result[name] for name in ("key", "value", "allowed"))
        told = _("{key}: {value} cannot be; allowed: {allowed}").format(
            key=key, value=value, allowed=allowed_in_words(allowed) or allowed
        )
        if allowed == REQUIRED:
            told = _("{key} is missing: name the column that has it").format(key=key)
        return [html.P(told, className="told alarm", role="alert")]

    def looked(self, job: Job, result: Mapping[str, Any], at: Address) -> list[Any]:
        """What a file is, and the form by which it is tried."""
        named = titles(language())
        named |= {CANONICAL: _("the template, or files of the same columns"), OWN: _("as proposed from its headers")}
        lead = {
            CANONICAL: _("It is laid out as the template is."),
            OWN: _(
                "It is laid out as no known system lays it out. This is how it would be read; look at what is not sure."
            ),
        }.get(result["layout"], _("It is laid out as a system that is known."))
        today = self.errands.office.today().isoformat()
        ways = taking.layouts(job.id, self.token(), result, named, job.arguments | {"usual": job.asked_by}, today)
        mapped = taking.mapped(result["mapped"]) if result.get("mapped") else []
        return [html.P(lead, className="told"), *self.wrong_profile(result), panel(_("How it is read"), ways), *mapped]

    def tried(self, job: Job, result: Mapping[str, Any], at: Address) -> list[Any]:
        """What would come of it, and the button that takes it in."""
        back = dcc.Link(
            _("Change how it is read"), href=at.href(IMPORT, job=job.arguments.get("back")), className="button"
        )
        if result.get("problem") == "profile":
            return [*self.wrong_profile(result), html.P(back)]
        document, token = result["document"], self.token()
        buttons = []
        if document["outcome"] in ("landed", "partial"):
            buttons = [taking.press(_("Take it in"), strong=True)]
        elif document["outcome"] == "refused" and any(document[name]["read"] for name in taking.TABLES):
            word = _("Take in the good rows, keep the others to be mended")
            buttons = [taking.press(word, name="partial", value="1")]
        take = taking.form(f"{IMPORT}/{job.id}/take", token, *buttons)
        return [
            taking.outcome(document, tried=True),
            panel(_("Rows"), taking.counts(document)),
            html.Div([still(take), back] if buttons else back, className="buttons"),
            *self.rows(job, document),
            *taking.effect(document["effect"]),
            *taking.warnings(document),
        ]

    def taken(self, job: Job, result: Mapping[str, Any], at: Address) -> list[Any]:
        """What came of it, and the button that looks what taking it back would do."""
        if result.get("problem") == "profile":
            return self.wrong_profile(result)
        document = result["document"]
        parts: list[Any] = [taking.outcome(document, tried=False), panel(_("Rows"), taking.counts(document))]
        if (batch := document["batch"]) is not None:
            told = _("It is batch {n}. Lights follow within a minute.").format(n=batch)
            parts.append(html.P(told))
            if may(Right.UNDO):
                undo = taking.form(f"{IMPORT}/undo/{batch}/try", self.token(), taking.press(_("Take it back …")))
                parts.append(html.Div(still(undo), className="buttons"))
        return [*parts, *self.rows(job, document), *taking.warnings(document), self.begin(at)]

    def rows(self, job: Job, document: Mapping[str, Any]) -> list[Any]:
        """The rows that were refused."""
        workbook = rooted(f"{IMPORT}/{job.id}/{REFUSED_ROWS}") if document["returned"] else None
        return taking.refusals(document["refusals"], workbook, document["refused"])

    def tried_undo(self, job: Job, result: Mapping[str, Any], at: Address) -> list[Any]:
        """What taking a batch back would do, and the button that does it."""
        number = job.arguments["batch"]
        press = taking.press(_("Take batch {n} back").format(n=number), strong=True)
        undo = taking.form(f"{IMPORT}/undo/{number}", self.token(), press)
        return [
            html.P(_("Taking it back would change the following. Nothing is changed yet."), className="told"),
            *taking.effect(result["document"]["effect"]),
            html.Div([still(undo), self.begin(at)], className="buttons"),
        ]

    def undone(self, job: Job, result: Mapping[str, Any], at: Address) -> list[Any]:
        """A batch was taken back."""
        touched = result["document"]["touched"]
        told = _("Batch {n} was taken back; {projects} projects are assessed again. The same file can come in again.")
        words = told.format(n=job.arguments["batch"], projects=f"{touched:,}")
        return [html.P(words, className="told"), self.begin(at)]

    _OF: Mapping[Verb, Callable[[_Page, Job, Mapping[str, Any], Address], list[Any]]] = {
        Verb.LOOK: looked, Verb.TRY: tried, Verb.IMPORT: taken, Verb.TRY_UNDO: tried_undo, Verb.UNDO: undone,
    }  # fmt: skip


def wire(app: Pages, errands: Errands, today: Today, token: Callable[[], str]) -> None:
    """One part; it is filled again while a job is at work."""
    shown = _Page(errands, lambda: Native("Input", type="hidden", name=CSRF_FIELD, value=token()))

    @app.callback(
        Output("import-body", "children"),
        Output("import-pulse", "disabled"),
        Input(view_of(NAME), "data"),
        Input("import-pulse", "n_intervals"),
        right=RIGHT,
    )
    def _body(view: dict[str, str], _pulses: int | None) -> tuple[Any, bool]:
        try:
            body, soon = shown.body(Address.read(view["path"], view["search"], today()))
            return body, not soon
        except Exception as error:
            return failed(report(error, "import-body")), True
