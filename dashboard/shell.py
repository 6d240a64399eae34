"""What stands around every page: entries, region, search, day, language, and the strip that says as of when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, dcc, html
from dash.dependencies import ALL

from dashboard import phrases, theme
from dashboard.address import OVERVIEW, PASSWORD, SIGN_OUT, Address, rooted
from dashboard.asked import Pages
from dashboard.callbacks import Today, report
from dashboard.components.choices import choice
from dashboard.preferences import paint
from dashboard.visitor import may, viewer
from dashboard.words import product
from monitor.doors.guard import CSRF_FIELD, who
from monitor.rights import Right
from monitor.text import _, language
from monitor.words import ROLE_WORDS

Entry = tuple[str, str, str]  # name of the page, its path, its title


def _icon(name: str) -> html.Span:
    return html.Span(className=f"icon icon-{name}", **{"aria-hidden": "true"})


def _preference(cookie: str, value: str, face: Any, label: str) -> html.Button:
    """A button that sets a cookie and loads the page again; the address keeps everything else."""
    key = {"type": "preference", "cookie": cookie, "value": value}
    return html.Button(face, id=key, className="tool", title=label, **{"aria-label": label})


def _header(today: dt.date, token: str) -> html.Header:
    colours = paint()
    other = "en" if language() == "zh_CN" else "zh_CN"
    scheme = "light" if colours.scheme == "dark" else "dark"
    return html.Header(
        [
            html.Button(_icon("menu-2"), id="burger", className="tool burger", **{"aria-label": _("Menu")}),
            dcc.Link(product(), href=rooted(OVERVIEW), id="product", className="product"),
            html.Span(id="demo"),
            html.Div(
                [
                    choice("region", [], None, _("All regions"), searchable=True),
                    dmc.TextInput(
                        id="search",
                        placeholder=_("Project code or name"),
                        leftSection=_icon("search"),
                        rightSection=html.Kbd("/"),
                        **{"aria-label": _("Search projects")},
                    ),
                    html.Div(
                        [
                            html.Span(_("History view"), className="history"),
                            dmc.DatePickerInput(
                                id={"type": "choice", "key": "as_of", "default": today.isoformat()},
                                value=today.isoformat(),
                                maxDate=today.isoformat(),
                                valueFormat="YYYY-MM-DD",
                                monthLabelFormat="YYYY年M月" if language() == "zh_CN" else "MMMM YYYY",
                                leftSection=_icon("calendar-event"),
                                **{"aria-label": _("As of")},
                            ),
                        ],
                        className="as-of",
                    ),
                ],
                className="scope" if may(Right.READ) else "scope unknown",
            ),
            html.Div(
                [
                    _preference("language", other, "EN" if other == "en" else "中文", _("Language")),
                    _preference("scheme", scheme, _icon("moon"), _("Dark or light")),
                    _account(token),
                ],
                className="tools",
            ),
        ],
        className="bar",
    )


def _account(token: str) -> html.Details:
    """Who is signed in; works without a callback."""
    known = who()
    ways = [
        html.P([html.Strong(known.display), html.Br(), html.Span(_(ROLE_WORDS[known.role]), className="muted")]),
        html.A(_("Change the password"), href=rooted(PASSWORD)),
        html.Form(
            [
                dcc.Input(type="hidden", name=CSRF_FIELD, value=token),
                html.Button(_("Sign out"), type="submit", className="button"),
            ],
            action=rooted(SIGN_OUT),
            method="POST",
        ),
    ]
    face = html.Summary([_icon("user"), html.Span(known.display)], className="tool", title=_("Account"))
    return html.Details([face, html.Div(ways, className="account-ways")], className="account", id="account")


def _nav(entries: Sequence[Entry]) -> html.Nav:
    palette = "usual" if paint().palette == "safe" else "safe"
    word = _("Usual colours") if palette == "usual" else _("Colours for colour-blind readers")
    return html.Nav(
        [
            *(
                dcc.Link(
                    [_icon(name), html.Span(title)],
                    href=rooted(path),
                    id={"type": "entry", "path": path},
                    className="entry",
                )
                for name, path, title in entries
            ),
            html.Div(_preference("palette", palette, word, word), className="nav-foot"),
        ],
        id="nav",
        className="nav",
        **{"aria-label": _("Pages")},
    )


def layout(entries: Sequence[Entry], today: dt.date, token: str) -> dmc.MantineProvider:
    """The frame; made anew for each visit, in its reader's language. ``token``: against forged requests."""
    tag = "zh-cn" if language() == "zh_CN" else "en"
    return dmc.MantineProvider(
        dmc.DatesProvider(
            html.Div(
                [
                    dcc.Location(id="url", refresh="callback-nav"),
                    dcc.Store(id="shown"),
                    dcc.Store(id="title"),
                    html.A(_("To the content"), href="#page", className="skip"),
                    _header(today, token),
                    _nav(entries),
                    html.Main(
                        [
                            html.Div(
                                id="strip",
                                className="strip",
                                role="status",
                                **{
                                    "data-unanswered": _(
                                        "The server does not answer. What you see is as it was read before."
                                    )
                                },
                            ),
                            html.Div(id="page", className="page"),
                        ]
                    ),
                ],
                className="app",
            ),
            settings={"locale": tag, "firstDayOfWeek": 1},
        ),
        theme=theme.components(),
        forceColorScheme=paint().scheme,
    )


def _strip(horizon: Any, at: Address, moment: dt.datetime | None) -> tuple[list[Any], str]:
    swept = horizon.swept_as_of
    behind = (at.today - swept).days if swept else None
    parts = [
        (_("Records until"), phrases.day_long(horizon.data_until)),
        (_("Last assessed"), phrases.day_long(swept)),
        (_("Calendar published until"), phrases.day_long(horizon.known_until)),
    ]
    warning = None
    if moment:  # worked out for the question, whatever was assessed
        del parts[1]
    elif behind is None:
        warning = _("Never assessed: lights are not shown yet. Start the scheduler, or run a tick.")
    elif behind > 0:
        warning = _("Assessment is {n} days behind: turns of lights since then are not yet recorded.").format(n=behind)
    elif horizon.pending:
        warning = _("{n} projects have new records and wait to be assessed.").format(n=f"{horizon.pending:,}")
    facts = [html.Span([html.Span(word, className="muted"), " ", value]) for word, value in parts]
    if moment:
        told = f"{phrases.day_long(moment.date())} {moment:%H:%M}"
        facts.insert(0, html.Strong(_("As known on {moment}").format(moment=told)))
    if at.past:
        facts.insert(0, html.Strong(_("History view: as of {day}").format(day=phrases.day_long(at.as_of))))
    if warning:
        facts.append(html.Span([_icon("alert-triangle"), warning], className="warning"))
    return facts, "strip stale" if warning else "strip"


def wire(app: Pages, reader: Any, today: Today) -> None:
    """The strip and the regions from the reader; all else happens in the browser (assets/shell.js)."""
    _in_the_browser(app)

    @app.callback(
        Output("strip", "children"),
        Output("strip", "className"),
        Output("demo", "children"),
        Input("url", "pathname"),
        Input("url", "search"),
        right=None,
    )
    def _about(path: str | None, search: str | None) -> tuple[Any, str, Any]:
        try:
            at, moment = Address.read(path, search, today()), None
            with suppress(ValueError):  # the page says that there is no such moment
                moment = at.known_at(reader.zone)
            horizon = reader.horizon(viewer(reader), known_at=moment)
            facts, name = _strip(horizon, at, moment)
            label = html.Span(_("Demonstration data"), className="demo") if horizon.demo else None
            return facts, name, label
        except Exception as error:
            number = report(error, "strip")
            return (
                [html.Span(_("The state of the data could not be read (error {n}).").format(n=number))],
                "strip stale",
                None,
            )

    @app.callback(
        Output({"type": "choice", "key": "region", "default": ""}, "data"),
        Input({"type": "choice", "key": "region", "default": ""}, "id"),
        right=None,
    )
    def _regions(_field: Any) -> Any:
        frame = reader.regions(viewer(reader))
        return [{"value": str(region), "label": str(name)} for region, name in zip(frame["region"], frame["name"])]


def _in_the_browser(app: Pages) -> None:
    ui = "shell"
    app.clientside_callback(
        ClientsideFunction(ui, "follow"),
        Output("nav", "data-shown"),
        Input("url", "pathname"),
        Input("url", "search"),
        State({"type": "entry", "path": ALL}, "id"),
        State({"type": "choice", "key": ALL, "default": ALL}, "id"),
    )
    app.clientside_callback(
        ClientsideFunction(ui, "choose"),
        Output("url", "search"),
        Input({"type": "choice", "key": ALL, "default": ALL}, "value"),
        State({"type": "choice", "key": ALL, "default": ALL}, "id"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(ui, "find"),
        Output("url", "href"),
        Input("search", "n_submit"),
        prevent_initial_call=True,
    )
    field = {"type": "assume", "key": ALL, "of": ALL, "usual": ALL}
    app.clientside_callback(
        ClientsideFunction(ui, "ask"),
        Output("url", "href", allow_duplicate=True),
        Input({"type": "ask", "kind": ALL}, "n_clicks"),
        Input(field, "n_submit"),
        State(field, "value"),
        State(field, "id"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(ui, "prefer"),
        Output("nav", "data-preferred"),
        Input({"type": "preference", "cookie": ALL, "value": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(ui, "fold"),
        Output("nav", "data-folded"),
        Input("burger", "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(ui, "name"), Output("nav", "data-title"), Input("title", "data"), prevent_initial_call=True
    )
