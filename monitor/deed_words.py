"""What an entry of the trail tells, in words: its fields, what it is of, how it ended, and what its values mean."""

from __future__ import annotations

from typing import Any

from monitor.looks import stage_word
from monitor.rights import Right, Role
from monitor.text import N_, _
from monitor.words import AGREEMENT_WORDS, RIGHT_WORDS, ROLE_WORDS
from rules.vocabulary import Stage

FIELD_WORDS = {
    "account": N_("account"),
    "actor": N_("actor"),
    "address": N_("address"),
    "agents": N_("agents"),
    "agents_after": N_("agents after"),
    "agents_before": N_("agents before"),
    "amends": N_("amends"),
    "as_of": N_("as of"),
    "asked_by": N_("asked by"),
    "batch": N_("batch"),
    "by": N_("by"),
    "case_id": N_("case id"),
    "cases": N_("cases"),
    "cases_changed": N_("cases changed"),
    "cases_gone": N_("cases gone"),
    "cases_waiting": N_("cases waiting"),
    "changed": N_("changed"),
    "code": N_("code"),
    "department": N_("department"),
    "departments": N_("departments"),
    "detail": N_("detail"),
    "digest": N_("digest"),
    "disabled_at": N_("disabled at"),
    "display": N_("display"),
    "display_after": N_("display after"),
    "display_before": N_("display before"),
    "entries": N_("entries"),
    "event": N_("event"),
    "event_id": N_("event id"),
    "events": N_("events"),
    "events_changed": N_("events changed"),
    "events_gone": N_("events gone"),
    "events_waiting": N_("events waiting"),
    "evidence": N_("evidence"),
    "expires": N_("expires"),
    "failed": N_("failed"),
    "failures": N_("failures"),
    "failures_before": N_("failures before"),
    "fed": N_("fed"),
    "file": N_("file"),
    "files": N_("files"),
    "handed_to": N_("handed to"),
    "initial": N_("initial"),
    "judges_from": N_("judges from"),
    "known": N_("known"),
    "known_at": N_("known at"),
    "level": N_("level"),
    "light": N_("light"),
    "made_at": N_("made at"),
    "name": N_("name"),
    "number": N_("number"),
    "of_address": N_("of address"),
    "office": N_("office"),
    "out": N_("out"),
    "personal": N_("personal"),
    "phase": N_("phase"),
    "prefix": N_("prefix"),
    "profile": N_("profile"),
    "project": N_("project"),
    "project_code": N_("project code"),
    "project_codes": N_("project codes"),
    "projects": N_("projects"),
    "projects_changed": N_("projects changed"),
    "projects_gone": N_("projects gone"),
    "projects_waiting": N_("projects waiting"),
    "provider": N_("provider"),
    "published": N_("published"),
    "refused": N_("refused"),
    "refused_rows": N_("refused rows"),
    "region": N_("region"),
    "regions": N_("regions"),
    "replaced": N_("replaced"),
    "reported_until": N_("reported until"),
    "rest": N_("rest"),
    "rights": N_("rights"),
    "role": N_("role"),
    "said": N_("said"),
    "said_by": N_("said by"),
    "secret": N_("secret"),
    "seq": N_("seq"),
    "sessions_ended": N_("sessions ended"),
    "sha256": N_("sha256"),
    "short": N_("short"),
    "since": N_("since"),
    "source": N_("source"),
    "sources": N_("sources"),
    "stages": N_("stages"),
    "state": N_("state"),
    "to": N_("to"),
    "told": N_("told"),
    "touched": N_("touched"),
    "turns": N_("turns"),
    "undo": N_("undo"),
    "until": N_("until"),
    "verb": N_("verb"),
    "version": N_("version"),
    "voided": N_("voided"),
    "whole": N_("whole"),
    "work": N_("work"),
    "year": N_("year"),
}
SUBJECT_WORDS = {
    "account": N_("account"),
    "agreement": N_("agreement"),
    "batch": N_("batch"),
    "day": N_("day"),
    "detail": N_("detail"),
    "entry": N_("entry"),
    "notice": N_("notice"),
    "pack": N_("pack"),
    "personal": N_("personal"),
    "request": N_("request"),
    "schema": N_("schema"),
    "token": N_("token"),
}
OUTCOME_WORDS = {
    "landed": N_("landed"),
    "partial": N_("landed in part"),
    "refused": N_("was refused"),
}


def field_word(key: str) -> str:
    """A field's name; what is not known here, such as a table of the exchange standard, as it is."""
    return _(FIELD_WORDS.get(key, key))


def subject_word(kind: str) -> str:
    """What an entry is of."""
    return _(SUBJECT_WORDS.get(kind, kind))


def outcome_word(outcome: str) -> str:
    """How a deed ended, where it was not simply done."""
    return _(OUTCOME_WORDS.get(outcome, outcome))


def value_word(key: str, value: Any) -> str:
    """A value of a field: stages, roles, rights and states by their names."""
    if isinstance(value, list):
        return ", ".join(value_word(key, one) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = str(value)
    if key == "stages" and text.upper() in Stage.__members__:
        return stage_word(Stage[text.upper()])
    if key == "role" and text in set(Role):
        return _(ROLE_WORDS[Role(text)])
    if key == "rights" and text in set(Right):
        return _(RIGHT_WORDS[Right(text)])
    return _(AGREEMENT_WORDS[text]) if key == "state" and text in AGREEMENT_WORDS else text
