"""What the words of canonical files mean, for people who fill in the template: told beside the word, never typed."""

from __future__ import annotations

from enum import IntEnum

from monitor.looks import STAGE_WORDS
from monitor.text import N_, _
from rules.vocabulary import NATIONAL_CODES, Holder, Pause, Stage, Status

_HINTS: dict[type[IntEnum], dict[IntEnum, str]] = {
    Status: {
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
    },
    Pause: {
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
    },
    Holder: {
        Holder.AGENCY: N_("Authority"),
        Holder.ENTRUSTED_INTERMEDIARY: N_("Intermediary commissioned by government"),
        Holder.UTILITY: N_("Utility"),
        Holder.OWNER: N_("Owner"),
        Holder.OWNER_INTERMEDIARY: N_("Intermediary commissioned by the owner"),
    },
}


def hint(word: IntEnum) -> str:
    """One word with its meaning, a line: ``accepted (3): …``."""
    name = word.name.lower()
    if isinstance(word, Status) and word in NATIONAL_CODES:
        name = f"{name} ({int(word)})"
    meaning = STAGE_WORDS[word] if isinstance(word, Stage) else _HINTS.get(type(word), {}).get(word, "")
    return _("{word}: {meaning}").format(word=name, meaning=_(meaning)) if meaning else name
