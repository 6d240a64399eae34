"""No flag without a record that shows it."""

from __future__ import annotations

from rules.flags import NAMES
from tests.rules import test_bylaw, test_deadlines, test_late_stops
from tests.rules.test_flags import SHOWN

# Flags of what only some packs ask for, or only the store knows.
ELSEWHERE = {
    "deemed_acceptance": test_bylaw.test_no_word_within_the_days_of_the_pack_is_acceptance_on_receipt,
    "papers_overdue": test_deadlines.test_papers_that_do_not_come,
    "check_overdue": test_deadlines.test_a_commitment_is_to_be_checked_within_sixty_working_days_of_the_decision,
    "waived_item": test_deadlines.test_an_area_that_was_assessed_shortens_promises_and_waives_items,
    "pause_past_ceiling": test_bylaw.test_past_its_ceiling_a_pause_stops_no_clock,
    "late_stop": test_late_stops.test_a_pause_told_after_the_light_turned_waits_for_a_confirmation,
}


def test_every_flag_is_shown() -> None:
    assert {flag for flag, *_ in SHOWN} | set(ELSEWHERE) == set(NAMES)
