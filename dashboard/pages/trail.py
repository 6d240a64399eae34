"""留痕: who did what, the newest first; whether it is as it was written; and the way out of it as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html

from dashboard.address import TRAIL, Address, rooted
from dashboard.asked import Pages
from dashboard.callbacks import Today, fill, report
from dashboard.components.choices import choice
from dashboard.components.states import empty, failed, panel, slot
from dashboard.components.still import Native, still
from dashboard.components.tables import table
from monitor.deed_words import field_word, outcome_word, subject_word, value_word
from monitor.deeds import WORDS, Verb
from monitor.doors.guard import CSRF_FIELD
from monitor.reading.trail import Entry, Wanted
from monitor.reading.verified import Verified, in_words, part_word
from monitor.rights import Right
from monitor.text import _, _n
from monitor.words import DOOR_WORDS, ROLE_WORDS

PATH, NAME = TRAIL, "trail"
RIGHT = Right.TRAIL
ASKED = ("verb", "actor", "since", "until")
AT_ONCE = 100  # entries of a page
NAMES = "names"  # in the address: names of persons are shown
_SHORT = 160  # characters of what was told before or after


def title() -> str:
    """The page's name in the list of pages."""
    return _("Trail")


def layout(at: Address) -> html.Div:
    """The page with its parts still to be filled."""
    verbs = [(verb.value, _(WORDS[verb])) for verb in Verb]
    return html.Div(
        [
            html.H1(title()),
            html.P(
                _(
                    "Every deed leaves an entry that names the hash of the one before. Print the head and keep it "
                    "elsewhere: whoever changes, deletes or cuts off entries later cannot make it fit again."
                ),
                className="lead",
            ),
            slot("trail-head", 120),
            html.Div(
                [
                    choice("verb", verbs, at.get("verb"), _("All deeds"), searchable=True),
                    _field("actor", at, _("Account")),
                    _field("since", at, _("From day, as 2026-05-06")),
                    _field("until", at, _("Up to day")),
                ],
                className="filters",
            ),
            slot("trail-entries", 640),
        ]
    )


def _field(key: str, at: Address, label: str) -> dmc.TextInput:
    """A text that goes into the address when the field is left."""
    return dmc.TextInput(
        id={"type": "choice", "key": key, "default": ""}, value=at.get(key) or "", placeholder=label, debounce=True,
        className="choice", **{"aria-label": label},
    )  # fmt: skip


def wanted(at: Address, zone: dt.tzinfo) -> Wanted:
    """Which entries an address asks for; a day that is none is left out."""

    def midnight(key: str, days: int = 0) -> dt.datetime | None:
        try:
            day = dt.date.fromisoformat(at.get(key) or "") + dt.timedelta(days)
        except (ValueError, OverflowError):
            return None
        return dt.datetime.combine(day, dt.time(), zone)

    verb = at.get("verb")
    return Wanted(verb if verb in list(Verb) else None, at.get("actor"), midnight("since"), midnight("until", 1))


def rows(found: list[Entry], zone: dt.tzinfo, *, names: bool) -> list[list[Any]]:
    """The rows of the table."""
    return [
        [
            f"{entry.seq:,}",
            _moment(entry.at, zone),
            [html.Strong(entry.actor or "–"), html.Br(), html.Small(_by(entry))],
            [_does(entry), html.Br(), html.Small(_of(entry))] if _of(entry) else _does(entry),
            _told(entry, names=names),
        ]
        for entry in found
    ]


def _moment(told: str, zone: dt.tzinfo) -> str:
    try:
        return f"{dt.datetime.fromisoformat(told).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    except ValueError:  # somebody changed it; the check above says so
        return told


def _by(entry: Entry) -> str:
    role = next((_(word) for role, word in ROLE_WORDS.items() if role.value == entry.role), entry.role)
    door = _(DOOR_WORDS[entry.door]) if entry.door in DOOR_WORDS else entry.door
    return " · ".join(filter(None, (role, door, entry.address)))


def _does(entry: Entry) -> str:
    word = next((_(WORDS[verb]) for verb in Verb if verb.value == entry.verb), entry.verb)
    return word if entry.outcome == "done" else f"{word} ({outcome_word(entry.outcome)})"


def _of(entry: Entry) -> str:
    return f"{subject_word(entry.subject_kind)} {entry.subject}".strip()


def _told(entry: Entry, *, names: bool) -> list[Any]:
    personal = entry.personal if names else dict.fromkeys(entry.personal, "●●●")
    lines = [
        (word, kept)
        for word, told in ((_("before"), entry.before), (_("after"), entry.after), (_("by whom"), personal))
        if (kept := _plain(told))
    ]
    parts = [x for word, kept in lines for x in (html.Small([word, " "]), kept, html.Br())]
    if entry.erased:
        erased = ", ".join(map(part_word, entry.erased))
        parts.append(html.Small(_("erased: {parts}").format(parts=erased)))
    return parts


def _plain(told: Mapping[str, Any]) -> str:
    kept = (
        f"{field_word(key)} {value_word(key, value)}"
        for key, value in told.items()
        if value not in (None, "", [], 0, False)
    )
    text = ", ".join(kept)
    return text if len(text) <= _SHORT else text[:_SHORT] + "…"


def verified(done: Verified) -> html.Div:
    """What reading the whole trail told, in sentences."""
    lines: list[Any] = [
        html.P(_("Broken: {what}").format(what=in_words(one)), className="alarm") for one in done.broken
    ]
    if done.asked and done.asked_at is not None:
        lines.append(html.P(_("The head that was asked for is that of entry {seq}.").format(seq=done.asked_at)))
    elif done.asked and not done.broken:
        none = _("No entry has the hash {hash}: the trail is another one, or was cut off.").format(hash=done.asked)
        lines.append(html.P(none, className="alarm"))
    if done.sound:
        text = _n("{n} entry, as it was written.", "{n} entries, as they were written.", done.entries)
        lines.append(html.P(text.format(n=f"{done.entries:,}")))
    return html.Div(lines, className="trail-verified", role="status", **{"aria-live": "polite"})


def wire(app: Pages, reader: Any, today: Today, token: Any) -> None:
    """The head, the check, the entries."""

    @fill(app, NAME, "trail-head", today, RIGHT)
    def _head(at: Address) -> Any:
        found = reader.trail_head()
        if found is None:
            return panel(_("Head"), html.P(_("The head of the trail is missing; check the trail."), className="alarm"))
        seq, last = found
        seal = Native("Input", type="hidden", name=CSRF_FIELD, value=token())
        keep = [
            Native("Button", word, type="submit", className="button", name="kind", value=kind)
            for kind, word in (("csv", _("Export as CSV")), ("jsonl", _("Export as JSON lines")))
        ]
        asked = [Native("Input", type="hidden", name=key, value=at.get(key) or "") for key in ASKED]
        export = html.Form([seal, *asked, *keep], action=rooted(f"{TRAIL}/export"), method="POST", className="buttons")
        body = [
            html.P([_("Entry {seq}").format(seq=f"{seq:,}"), " ", html.Code(last, className="hash")]),
            html.Div(
                [
                    dmc.TextInput(
                        id="trail-asked", placeholder=_("A hash that was printed once"), className="hash-field",
                        **{"aria-label": _("A hash that was printed once")},
                    ),
                    html.Button(_("Check the whole trail"), id="trail-verify", className="button strong"),
                ],
                className="buttons no-print",
            ),
            dcc.Loading(html.Div(id="trail-verified")),
            still(export),
        ]  # fmt: skip
        return panel(_("Head"), body, note=_("the hash of the last entry"))

    @app.callback(
        Output("trail-verified", "children"),
        Input("trail-verify", "n_clicks"),
        State("trail-asked", "value"),
        prevent_initial_call=True,
        right=RIGHT,
    )
    def _verify(clicks: int | None, asked: str | None) -> Any:
        if not clicks:
            return None
        try:
            return verified(reader.trail_verified((asked or "").strip().lower() or None))
        except Exception as error:
            return failed(report(error, "trail-verified"))

    @fill(app, NAME, "trail-entries", today, RIGHT)
    def _entries(at: Address) -> Any:
        found = reader.trail(wanted(at, reader.zone), before=at.number("before"), limit=AT_ONCE)
        if not found:
            return empty(_("No entry fits these choices."), _("Take back a filter."))
        names = at.get(NAMES) == "1"
        heads = (_("No."), _("When"), _("Who"), _("Deed"), _("Told"))
        kept = dict(at.choices) | {"before": None}
        mask = dcc.Link(
            _("Hide names of persons") if names else _("Show names of persons"),
            href=at.href(TRAIL, **kept | {NAMES: None if names else "1"}),
        )
        older = dcc.Link(
            _("Older entries"), href=at.href(TRAIL, **kept | {"before": found[-1].seq}), className="button"
        )
        newest = dcc.Link(_("To the newest"), href=at.href(TRAIL, **kept), className="button")
        ways = [*([newest] if at.number("before") else []), *([older] if len(found) == AT_ONCE else [])]
        listed = table(heads, rows(found, reader.zone, names=names), numbers=(0,), label=_("Entries"))
        return panel(_("Entries"), [listed, html.Div(ways, className="buttons no-print")], note=mask)
