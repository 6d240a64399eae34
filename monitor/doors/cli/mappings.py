"""A profile as lines for a person: what becomes of which column."""

from __future__ import annotations

from collections.abc import Iterator

from monitor.exchange import ExchangeProfile
from monitor.intake import ORDER, Profile
from monitor.intake.profiles.definition import Condition, Expression
from monitor.text import _

_PAD = "  "


def lines(profile: Profile) -> Iterator[str]:
    """The whole profile, table by table."""
    if profile.note:
        yield profile.note.strip()
    yield _("Form: {form}; dates: {dates}; time zone: {zone}; moved by {days} days").format(
        form=profile.form, dates=profile.dates, zone=profile.time_zone or _("the office's"), days=profile.move_days
    )
    if profile.day_zone:
        yield _("Days are those of the zone {zone}").format(zone=profile.day_zone)
    for table, columns in zip(ORDER, (profile.projects, profile.cases), strict=False):
        if columns:
            yield from ("", table)
            yield from (f"{_PAD}{name} ← {_said(told)}" for name, told in columns.items())
    for rule in profile.events:
        yield from ("", (f"events: {rule.name}{_PAD}" + (_("of each case once") if rule.once else "")).rstrip())
        if rule.when:
            yield _PAD + _("where {condition}").format(condition=_condition(rule.when))
        if rule.until:
            yield _PAD + _("on every open case, until {condition}: {status}").format(
                condition=_condition(rule.until), status=rule.until_status
            )
        yield from (f"{_PAD}{name} ← {_said(told)}" for name, told in rule.columns.items())


def exchange_lines(profile: ExchangeProfile) -> Iterator[str]:
    """The whole profile of exchange tables: which code means what."""
    yield _("Form: the four exchange tables of a database; schema: {schema}").format(
        schema=profile.schema or _("the default one")
    )
    yield _("Read again: {days} days before the end of the last pull; everything every {whole} days").format(
        days=profile.overlap_days, whole=profile.whole_every_days
    )
    invalid = [word for word, holds in profile.validity.items() if not holds]
    yield _PAD + _("not valid where sjyxbs = {codes}").format(codes=" / ".join(invalid) or "-")
    for title, words in (
        ("blzt", {code: status.word for code, status in profile.statuses.items()}),
        ("tbcxmc", {name: kind.word for name, kind in profile.procedure_names.items()}),
        ("tbcx", {code: kind.word for code, kind in profile.procedure_codes.items()}),
        ("spsxbm", dict(profile.items) | {code: stage.name.lower() for code, stage in profile.stages.items()}),
        ("lxlx", dict(profile.kinds)),
    ):
        yield from ("", title)
        yield from (f"{_PAD}{told} → {word}" for told, word in words.items())
        if not words:
            yield f"{_PAD}-"


def _condition(told: Condition) -> str:
    return (
        f"{told.column} = {' / '.join(told.among)}"
        if told.among
        else _("{column} is filled").format(column=told.column)
    )


def _said(told: Expression) -> str:
    if not told.columns:
        return f'"{told.value}"'
    text = (f" + {told.between!r} + " if told.joined else " / ").join(told.columns)
    if told.pattern:
        text += f" ~ {told.pattern.pattern}"
    if told.previous:
        text = _("{column} of the project's row before (first: {first})").format(column=text, first=told.first or "-")
    if told.take:
        text += f" ({told.take}, {told.of})"
    if told.words:
        text += ": " + ", ".join(f"{text} → {word or '-'}" for text, word in told.words)
    if told.otherwise is not None:
        text += _("; otherwise {word}").format(word=told.otherwise or "-")
    return text
