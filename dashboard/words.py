"""Words for what records say: statuses, pauses, kinds of projects, units, flags."""

from __future__ import annotations

from monitor.text import N_, _
from monitor.words import HOLDER_WORDS, KIND_WORDS, PAUSE_WORDS, SCOPE_WORDS
from rules.vocabulary import Pause, Status

STATUS_WORDS = {
    Status.RECEIVED: N_("Received (record)"),
    Status.RETRACTED: N_("Retracted"),
    Status.ACCEPTED: N_("Accepted"),
    Status.NOT_ACCEPTED: N_("Not accepted"),
    Status.REFUSED: N_("Acceptance refused"),
    Status.CORRECTION_STARTED: N_("Correction started"),
    Status.CORRECTION_ENDED: N_("Correction ended"),
    Status.HANDLING_STARTED: N_("Handling started"),
    Status.PROCEDURE_STARTED: N_("Special procedure started"),
    Status.PROCEDURE_ENDED: N_("Special procedure ended"),
    Status.APPROVED: N_("Approved"),
    Status.APPROVED_WITH_OMISSION: N_("Approved with papers to follow"),
    Status.REJECTED: N_("Rejected"),
    Status.WITHDRAWN: N_("Withdrawn by the applicant"),
    Status.REVOKED: N_("Licence revoked"),
    Status.EXTENDED: N_("Limit prolonged"),
    Status.CONFIRMED: N_("Late pause confirmed"),
    Status.VOIDED: N_("Voided"),
}
FLAG_WORDS = {
    "cannot_be_judged": N_("Decided with neither acceptance nor receipt: cannot be judged"),
    "supposed_acceptance": N_("Decided without acceptance: accepted, the law supposes, on the day of receipt"),
    "deemed_acceptance": N_("No word within the limit: deemed accepted"),
    "reopened": N_("Accepted again after it was closed"),
    "resubmitted": N_("Withdrawn and submitted again"),
    "accepted_before_coding": N_("Accepted before the project was coded"),
    "accepted_before_predecessor": N_("Accepted before its predecessor was decided"),
    "pause_end_without_start": N_("A pause ends that never started"),
    "pause_opened_late": N_("Pause opened in the last days of a limit"),
    "pause_never_closed": N_("Pause ended only when its case was closed"),
    "pause_without_basis": N_("Pause without a legal basis"),
    "correction_stops": N_("A correction stopped the clock, which article 45 does not name"),
    "repeated_correction": N_("Papers asked for more than once"),
    "late_entry": N_("Entered long after it happened"),
    "bulk_on_rest_day": N_("Many records on one day of rest"),
    "late_stop": N_("Pause learned of late: to be confirmed"),
}


def _said(words: dict[str, str], word: object) -> str:
    """The word in the reader's language; one that is not known here stands as it came."""
    return _(words[str(word)]) if str(word) in words else str(word or "")


def status(word: str) -> str:
    """What an event says happened."""
    return _(STATUS_WORDS[Status[word.upper()]])


def pause(word: str) -> str:
    """A kind of pause."""
    return _(PAUSE_WORDS[Pause[word.upper()]])


def holder(word: object) -> str:
    """Whose time a case's days are."""
    return _said(HOLDER_WORDS, word)


def kind(word: object) -> str:
    """A kind of project."""
    return _said(KIND_WORDS, word)


def flag(word: object) -> str:
    """What is odd about a record."""
    return _said(FLAG_WORDS, word)


def group(word: object) -> str:
    """A group of stages, or the project as a whole."""
    return _said(SCOPE_WORDS, word)


def limit(days: int | float, unit: str) -> str:
    """12 个工作日, 20 个自然日."""
    if unit == "natural_day":
        return _("{n} natural days").format(n=f"{days:g}")
    return _("{n} working days").format(n=f"{days:g}")
