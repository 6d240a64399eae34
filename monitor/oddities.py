"""What each flag on a record says and why it matters, in both languages: the one address of these texts.

What a flag looks for stands in rules/flags, its threshold in the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from monitor.text import N_, _, _n
from monitor.words import PAUSE_WORDS
from rules.vocabulary import Pause


@dataclass(frozen=True)
class Meaning:
    """``saw``: what is odd about the record; ``why``: why that matters; ``facts``: what was seen of this one record
    (its days, count and kind of pause), and ``open`` the same of a pause that has not ended."""

    saw: str
    why: str
    facts: str = ""
    open: str = ""


MEANINGS = {
    "cannot_be_judged": Meaning(
        N_("Decided with neither acceptance nor receipt: cannot be judged"),
        N_("Nobody knows how long it took. Its days are missing from the project, which may look greener than it is."),
    ),
    "supposed_acceptance": Meaning(
        N_("Decided without acceptance: accepted, the law supposes, on the day of receipt"),
        N_("Days count from receipt. Without a record of acceptance the applicant cannot prove when time began."),
        N_("received {on}"),
    ),
    "deemed_acceptance": Meaning(
        N_("No word within the limit: deemed accepted"),
        N_("Silence after receipt is acceptance (Licensing Law 32): the clock has run though nobody started it."),
        N_("received {on}, deemed so from {until}"),
    ),
    "reopened": Meaning(
        N_("Accepted again after it was closed"),
        N_("A case closed early to stop its clock and taken up again would look quick. The same clock goes on."),
        N_("on {on}"),
    ),
    "resubmitted": Meaning(
        N_("Withdrawn and submitted again"),
        N_("A fresh case starts a fresh limit, though the project's clock goes on; did the applicant wish it?"),
        N_("withdrawn {on}, accepted again {until}"),
    ),
    "accepted_before_coding": Meaning(
        N_("Accepted before the project was coded"),
        N_("Approval began outside of the platform, or a day is wrong; the count from coding misses what came before."),
        N_("accepted {on}, coded {until}"),
    ),
    "decided_before_acceptance": Meaning(
        N_("Decided on a day before it was accepted"),
        N_("One of the two days is wrong, or it was decided on paper first and taken into the system afterwards."),
        N_("decided {on}, accepted {until}"),
    ),
    "withdrawn_before_limit": Meaning(
        N_("Withdrawn or sent back in the last days of a limit, or after it, and submitted again"),
        N_("It sets the limit back to the start just before it runs out: the classic way of never being late."),
        N_("withdrawn {on}, accepted again {until}"),
    ),
    "accepted_before_predecessor": Meaning(
        N_("Accepted before its predecessor was decided"),
        N_("The order of approvals was not kept, or the predecessor's decision was recorded late."),
        N_("accepted {on}"),
    ),
    "pause_end_without_start": Meaning(
        N_("A pause ends that never started"),
        N_("A record is missing: days that should not count may have been counted."),
        N_("{kind}, end of {on}"),
    ),
    "pause_opened_late": Meaning(
        N_("Pause opened in the last days of a limit"),
        N_("A pause opened only when time runs out may serve to stop the clock, and not the case."),
        N_("{kind}, {on} to {until}"),
        N_("{kind}, open since {on}"),
    ),
    "pause_never_closed": Meaning(
        N_("Pause ended only when its case was closed"),
        N_("Nobody knows when work went on; days of handling may have passed for days of pause."),
        N_("{kind}, {on} to {until}"),
    ),
    "pause_without_basis": Meaning(
        N_("Pause without a legal basis"),
        N_("Only what the law names stops a clock, and the applicant is told in writing (Licensing Law 45)."),
        N_("{kind}, {on}"),
    ),
    "correction_stops": Meaning(
        N_("A correction stopped the clock, which article 45 does not name"),
        N_("Papers are to be asked for before acceptance. Systems stop the clock all the same, not the law."),
    ),
    "repeated_correction": Meaning(
        N_("Papers asked for more than once"),
        N_("The applicant is to be told once and of everything (Licensing Law 32)."),
        N_("on {on}, time no. {count}"),
    ),
    "long_pause": Meaning(
        N_("Pause longer than is usual"),
        N_("A clock that stands for weeks hides how long the applicant really waits."),
        N_("{kind}, {on} to {until}, {count}"),
        N_("{kind}, still open since {on}, more than {count}"),
    ),
    "pause_past_ceiling": Meaning(
        N_("A pause lasted longer than the rules allow: from then on the clock ran again"),
        N_("Whoever opened it let its term pass; the days after it are counted and held by the department."),
        N_("{kind}, {on} to {until}"),
        N_("{kind}, open since {on}"),
    ),
    "overlapping_pauses": Meaning(
        N_("Two pauses at the same time"),
        N_("They are counted as one. A system that takes each off would show too few days."),
        N_("{kind}, {on} to {until}"),
        N_("{kind}, open since {on}"),
    ),
    "extended_after_limit": Meaning(
        N_("Limit prolonged after it had passed"),
        N_("Approval to prolong is to be had before the limit passes; afterwards it heals nothing."),
        N_("on {on}"),
    ),
    "papers_overdue": Meaning(
        N_("Taken on with papers missing, which did not come in time"),
        N_("The acceptance is to be revoked (Zhejiang rules 11); the clock runs on until the department does."),
        N_("accepted {on}, due {until}"),
    ),
    "check_overdue": Meaning(
        N_("Decided on the applicant's commitment and not checked in time"),
        N_("Nobody has looked whether what was promised is so (Zhejiang rules 14: within 60 working days)."),
        N_("decided {on}, due {until}"),
    ),
    "waived_item": Meaning(
        N_("An item that a mark of the project waives was applied for all the same"),
        N_("The owner was sent round for something that an assessment of the whole area has settled."),
        N_("accepted {on}"),
    ),
    "late_entry": Meaning(
        N_("Entered long after it happened"),
        N_("Handled outside of the system and entered afterwards: nobody could see or warn while time ran."),
        N_("of {on}, entered {until}, {count} later"),
    ),
    "entered_ahead": Meaning(
        N_("Entered before it happened"),
        N_("What is recorded before its day is a guess or a wrong day, not a record."),
        N_("of {on}, entered {until}"),
    ),
    "entered_together": Meaning(
        N_("Receipt or acceptance and decision entered on one day, though they lie apart"),
        N_("The whole case was entered when it was over: its days are as somebody remembered or wished them."),
        N_("begun {on}, entered {until}, {count} apart"),
    ),
    "bulk_on_rest_day": Meaning(
        N_("Many records on one day of rest"),
        N_("Records made in bulk when offices are closed are seldom what happened that day."),
        N_("{on}, {count}"),
    ),
    "late_stop": Meaning(
        N_("Pause learned of late: to be confirmed"),
        N_("It would put out a light already lit; until a supervisor confirms it with evidence it stops no clock."),
        N_("{kind}, started {on}, learned of {until}"),
    ),
    "pause_lengthened_late": Meaning(
        N_("End of a pause voided long afterwards: the pause is longer than was said at the time"),
        N_("Days already counted come to be days of pause, and a light already shown may go out, without a new pause."),
        N_("{kind}, had ended {on}, voided {until}, {count} later"),
    ),
    "unknown_office": Meaning(
        N_("No office is named"),
        N_("Nobody can be asked, ranked or reminded: its days are held by no department that there is."),
    ),
}


def saw(flag: object) -> str:
    """What is odd about a record, in the reader's language; a flag that is not known here stands as it came."""
    return _(MEANINGS[str(flag)].saw) if str(flag) in MEANINGS else str(flag or "")


def told(flag: object, seen: Mapping[str, Any]) -> str:
    """The same of one record, with what was seen of it (`facts`)."""
    found = facts(flag, seen)
    return _("{saw} ({facts})").format(saw=saw(flag), facts=found) if found else saw(flag)


def facts(flag: object, seen: Mapping[str, Any]) -> str:
    """Days, count and kind of pause of a flagged record (``seen``, see docs/json.md) in words; nothing where they are
    not all told."""
    meaning = MEANINGS.get(str(flag))
    if meaning is None:
        return ""
    text = meaning.open if meaning.open and "until" not in seen else meaning.facts
    words = {key: str(value) for key, value in seen.items()}
    if "kind" in seen:
        kind = Pause[words["kind"].upper()]
        words["kind"] = _(PAUSE_WORDS[kind])
    if "number" in seen:
        words["count"] = counted(int(seen["number"]), str(seen["unit"]))
    wanted = {name for _literal, name, *_rest in Formatter().parse(text) if name}
    return _(text).format(**words) if text and wanted <= set(words) else ""


def counted(number: int, unit: str) -> str:
    """A number with what it counts."""
    if unit == "record":
        return _n("{n} record", "{n} records", number).format(n=number)
    if unit == "time":
        return str(number)
    if unit == "natural_day":
        return _n("{n} natural day", "{n} natural days", number).format(n=number)
    return _n("{n} working day", "{n} working days", number).format(n=number)


def why(flag: object) -> str:
    """Why that matters; nothing for a flag that is not known here."""
    return _(MEANINGS[str(flag)].why) if str(flag) in MEANINGS else ""
