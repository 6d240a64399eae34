"""A profile as lines for a person: what becomes of which column."""

from __future__ import annotations

from collections.abc import Iterator

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
        text += ": " + ", ".join(f"{text} → {word}" for text, word in told.words)
    if told.otherwise is not None:
        text += _("; otherwise {word}").format(word=told.otherwise or "-")
    return text
