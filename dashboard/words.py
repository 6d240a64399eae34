"""Words for what records say: statuses, pauses, kinds of projects, units."""

from __future__ import annotations

from monitor.text import N_, _
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
PAUSE_WORDS = {
    Pause.CORRECTION: N_("correction"),
    Pause.HEARING: N_("hearing"),
    Pause.BIDDING: N_("bidding"),
    Pause.AUCTION: N_("auction"),
    Pause.INSPECTION: N_("inspection"),
    Pause.TESTING: N_("testing"),
    Pause.QUARANTINE: N_("quarantine"),
    Pause.APPRAISAL: N_("appraisal"),
    Pause.EXPERT_REVIEW: N_("expert review"),
    Pause.PUBLIC_NOTICE: N_("public notice"),
    Pause.SITE_SURVEY: N_("site survey"),
    Pause.RECTIFICATION: N_("rectification"),
    Pause.OWNER_WORKS: N_("owner's works"),
    Pause.OTHER: N_("other procedure"),
}
HOLDER_WORDS = {
    "agency": N_("Authority"),
    "entrusted_intermediary": N_("Intermediary commissioned by government"),
    "utility": N_("Utility"),
    "owner": N_("Owner"),
    "owner_intermediary": N_("Intermediary commissioned by the owner"),
}
KIND_WORDS = {
    "filing": N_("Filing"),
    "verification": N_("Enterprise approval"),
    "approval": N_("Government project approval"),
}
SCOPE_WORDS = {
    "project": N_("Whole project"),
    "pre_construction": N_("Before construction"),
    "acceptance": N_("Completion acceptance"),
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


def group(word: object) -> str:
    """A group of stages, or the project as a whole."""
    return _said(SCOPE_WORDS, word)


def limit(days: int | float, unit: str) -> str:
    """12 个工作日, 20 个自然日."""
    if unit == "natural_day":
        return _("{n} natural days").format(n=f"{days:g}")
    return _("{n} working days").format(n=f"{days:g}")
