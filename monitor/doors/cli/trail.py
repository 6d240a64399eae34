"""trail: who did what, whether it is as it was written, and taking it out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from monitor.deed_words import field_word, outcome_word, subject_word, value_word
from monitor.deeds import WORDS, Verb
from monitor.doors.cli import common, erasing
from monitor.doors.cli.common import Refused, emit, leave, office_moment, say
from monitor.reading.trail import Entry, Wanted, entries
from monitor.reading.trail import head as read_head
from monitor.reading.verified import Verified, in_words, part_word
from monitor.settings import now
from monitor.text import N_, _, _n

Json = Annotated[bool, typer.Option("--json", help=N_("One JSON document on stdout."))]
OfVerb = Annotated[str | None, typer.Option("--verb", metavar="VERB", help=N_("Only these deeds, such as import."))]
OfActor = Annotated[str | None, typer.Option("--actor", metavar="NAME", help=N_("Only what this account did."))]
_DAYS = ["%Y-%m-%d"]
Since = Annotated[dt.datetime | None, typer.Option(formats=_DAYS, help=N_("From this day on."))]
Until = Annotated[dt.datetime | None, typer.Option(formats=_DAYS, help=N_("Up to this day, all of it."))]

trail_app = typer.Typer(help=N_("Who did what and when, chained so that no entry can be changed or lost unseen."))


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    trail_app.command("erase", help=erasing.HELP)(erasing.erase)
    app.add_typer(trail_app, name="trail")


def _wanted(verb: str | None, actor: str | None, since: dt.datetime | None, until: dt.datetime | None) -> Wanted:
    if verb is not None and verb not in list(Verb):
        raise typer.BadParameter(_("one of {names}").format(names=", ".join(Verb)), param_hint="--verb")
    zone = common.settings().zone
    begin = since.replace(tzinfo=zone) if since else None
    end = (until + dt.timedelta(1)).replace(tzinfo=zone) if until else None
    return Wanted(verb, actor, begin, end)


@trail_app.command("show", help=N_("The entries, in their order: all of them, or those that are asked for."))
def show(
    verb: OfVerb = None, actor: OfActor = None, since: Since = None, until: Until = None, json: Json = False
) -> None:
    wanted = _wanted(verb, actor, since, until)
    with common.ready_database().reading() as connection:
        found = entries(connection, wanted)
        if json:
            emit({"entries": [entry.document() for entry in found]})
            return
        many = 0
        for entry in found:
            print("\n".join(_lines(entry)))
            many += 1
    say(_n("{n} entry.", "{n} entries.", many).format(n=many))


def _lines(entry: Entry) -> list[str]:
    who = entry.actor or _("nobody named")
    by = " ".join(part for part in (entry.role, entry.door, entry.address) if part)
    does = _(WORDS[Verb(entry.verb)]) if entry.verb in list(Verb) else entry.verb
    of = f"{subject_word(entry.subject_kind)} {entry.subject}".strip()
    first = f"{entry.seq:>6}  {_at(entry.at)}  {who} ({by})  {does}" + (f"  {of}" if of else "")
    lines = [first + (f"  {outcome_word(entry.outcome)}" if entry.outcome != "done" else "")]
    for title, told in ((_("before"), entry.before), (_("after"), entry.after), (_("by whom"), entry.personal)):
        if kept := {key: value for key, value in told.items() if value not in (None, "", [], 0, False)}:
            lines.append(
                f"        {title}: "
                + ", ".join(f"{field_word(key)} {value_word(key, value)}" for key, value in kept.items())
            )
    if entry.erased:
        lines.append("        " + _("erased: {parts}").format(parts=", ".join(map(part_word, entry.erased))))
    return lines


def _at(told: str) -> str | None:
    try:
        return office_moment(dt.datetime.fromisoformat(told))
    except ValueError:  # somebody changed it; `verify` says so
        return told


@trail_app.command("head", help=N_("Number and hash of the last entry: print it, and keep it elsewhere."))
def head(json: Json = False) -> None:
    with common.ready_database().reading() as connection:
        found = read_head(connection)
    if found is None:
        raise Refused(_("The head of the trail is missing; `approval-monitor trail verify` says more."))
    if json:
        emit({"seq": found[0], "hash": found[1]})
        return
    print(found[0], found[1])


@trail_app.command("verify", help=N_("Whether the trail is as it was written: the first broken link, a cut-off end."))
def verify(
    hash_: Annotated[
        str | None, typer.Option("--head", metavar="HASH", help=N_("The hash of a head that was printed once."))
    ] = None,
    json: Json = False,
) -> None:
    from monitor.reading.verified import verify as look

    with common.ready_database().reading() as connection:
        done = look(connection, hash_.strip().lower() if hash_ else None)
    if json:
        emit(done.document())
    else:
        _tell(done)
    leave(common.DONE if done.sound else common.REFUSED)


def _tell(done: Verified) -> None:
    for one in done.broken:
        say(_("Broken: {what}").format(what=in_words(one)))
    if done.asked and done.asked_at is not None:
        say(_("The head that was asked for is that of entry {seq}.").format(seq=done.asked_at))
    elif done.asked and not done.broken:
        say(_("No entry has the hash {hash}: the trail is another one, or was cut off.").format(hash=done.asked))
    if done.sound:
        text = _n(
            "{n} entry, as it was written. Head: {seq} {hash}",
            "{n} entries, as they were written. Head: {seq} {hash}",
            done.entries,
        )
        say(text.format(n=done.entries, seq=done.seq, hash=done.hash))


@trail_app.command("export", help=N_("Write the entries into a file: .csv, or .jsonl with a JSON document a line."))
def export(
    file: Path, verb: OfVerb = None, actor: OfActor = None, since: Since = None, until: Until = None, json: Json = False
) -> None:
    from monitor.verbs.trail import ENDINGS, ThereAlready, export_trail

    if file.suffix.lower() not in ENDINGS:
        raise typer.BadParameter(
            _("a file name that ends with {names}").format(names=", ".join(ENDINGS)), param_hint="FILE"
        )
    wanted = _wanted(verb, actor, since, until)
    with common.progress(_("Exporting")) as advance:
        try:
            done = export_trail(common.ready_database(), file, wanted, now, advance)
        except ThereAlready:
            raise Refused(_("{file} is there already; nothing was written.").format(file=file)) from None
        except OSError as error:
            raise Refused(_("{file} cannot be written: {why}").format(file=file, why=error.strerror)) from error
    if json:
        emit({"out": str(done.out), "entries": done.entries, "seq": done.seq, "hash": done.hash})
        return
    text = _n("Wrote {n} entry to {file}. Head: {seq} {hash}", "Wrote {n} entries to {file}. Head: {seq} {hash}",
              done.entries)  # fmt: skip
    say(text.format(n=done.entries, file=done.out, seq=done.seq, hash=done.hash))
