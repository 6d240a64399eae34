"""Words that pages and commands share: statuses, pauses, holders, kinds of projects, and those of the packs."""

from __future__ import annotations

from monitor.rights import Right, Role
from monitor.text import N_, _
from rules.vocabulary import CaseState, Pause, Phase, Status

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
    Status.PAPERS_DUE: N_("Papers missing, to follow within days"),
    Status.PAPERS_SUPPLIED: N_("Missing papers supplied"),
    Status.COMMITTED: N_("Decided on the applicant's commitment"),
    Status.CHECKED: N_("Commitment checked"),
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
    "low_risk": N_("Small low-risk project"),
}
SCOPE_WORDS = {
    "project": N_("Whole project"),
    "pre_construction": N_("Before construction"),
    "acceptance": N_("Completion acceptance"),
}
CLOCK_WORDS = {
    "project_total": N_("the project's total"),
    "promised": N_("the promised limit of a case"),
    "statutory": N_("the statutory limit of a case"),
}
SURE_WORDS = {
    "S": N_("sourced"),
    "T": N_("second-hand"),
    "E": N_("a setting, not law"),
}
MARK_WORDS = {
    "area_assessment": N_("Area assessed as a whole"),
    "standard_land": N_("Standard land"),
    "commitment": N_("By commitment"),
}
WHOSE_WORDS = {
    "owner": N_("the owner's time"),
    "procedure": N_("time of the procedure"),
    "agency": N_("the authority's time"),
}
APPLIES_WORDS = {
    "fits": N_("what a project does not tell contradicts nothing"),
    "told": N_("kind and region must be told, or this pack named"),
    "named": N_("only projects that name this pack"),
}
DOOR_WORDS = {
    "cli": N_("command"),
    "web": N_("page"),
    "api": N_("interface"),
    "scheduler": N_("scheduler"),
    "program": N_("program"),
}
ROLE_WORDS = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.LEADER: N_("Leader"),
    Role.DEPARTMENT: N_("Approving department"),
    Role.AGENT: N_("Agent"),
    Role.AUDITOR: N_("Auditor"),
}
RIGHT_WORDS = {
    Right.READ: N_("look at projects, cases and lights"),
    Right.WHATIF: N_("calculate what would be"),
    Right.REPORTS: N_("read and issue reports"),
    Right.EXPORT: N_("take data out"),
    Right.IMPORT: N_("take data in"),
    Right.UNDO: N_("take a batch back"),
    Right.CONFIRM: N_("confirm pauses that were told late"),
    Right.ORDERS: N_("raise and close supervision orders"),
    Right.ANSWER: N_("answer supervision orders"),
    Right.APPEAL: N_("appeal against a light or an order"),
    Right.CORRECTION: N_("ask for data to be corrected"),
    Right.DECIDE: N_("decide on appeals and requests for correction"),
    Right.SLIPS: N_("make the query code of an acceptance slip"),
    Right.DEPARTMENTS: N_("say what names of departments mean"),
    Right.AGREEMENTS: N_("keep the agreements of agents"),
    Right.NOTICES: N_("keep the notices of holidays"),
    Right.PACKS: N_("keep the packs"),
    Right.SWEEP: N_("sweep and rebuild"),
    Right.ACCOUNTS: N_("keep the accounts"),
    Right.TOKENS: N_("keep the tokens"),
    Right.PURGE: N_("purge secret projects, two persons together"),
    Right.BACKUP: N_("back up and restore"),
    Right.TRAIL: N_("read the trail"),
}
# What the public is told of an item; whether it was approved is told to the applicant by the department.
PUBLIC_STATE_WORDS = {
    CaseState.NOT_STARTED: N_("Not applied for yet"),
    CaseState.RECEIVED: N_("Papers received, to be accepted"),
    CaseState.RUNNING: N_("Accepted, in hand"),
    CaseState.CORRECTION: N_("Waits for the applicant to correct the papers"),
    CaseState.PROCEDURE: N_("In a special procedure"),
    CaseState.DECIDED: N_("Completed"),
    CaseState.OUT: N_("Ended without a decision"),
    CaseState.UNJUDGED: N_("Completed"),  # its days alone cannot be judged
}
PUBLIC_PHASE_WORDS = {
    Phase.NOT_STARTED: N_("Nothing accepted yet"),
    Phase.RUNNING: N_("In hand"),
    Phase.STOPPED: N_("Waits for a correction or a special procedure"),
    Phase.WAITING_OWNER: N_("Waits for the next application"),
    Phase.FINISHED: N_("Completed"),
    Phase.DROPPED: N_("Given up"),
}
AGREEMENT_WORDS = {
    "to_sign": N_("to be signed"),
    "signing": N_("being signed"),
    "to_seal": N_("to be sealed"),
    "signed": N_("signed"),
    "terminated": N_("has been terminated"),
}


def in_unit(n: int, unit: str) -> str:
    """A count of days in its unit: 12 working days, 20 natural days."""
    return (_("{n} natural days") if unit == "natural_day" else _("{n} working days")).format(n=n)


NO_PROOF = N_("What is looked up here is no basis for determining the time limit of an administrative licence.")
