"""A pack of a commission's own that takes over projects coded before is a cause of corrections, and so is its end."""

from __future__ import annotations

import datetime as dt

from tests.monitor import test_corrections
from tests.monitor.own_packs import enter, take_back
from tests.monitor.sweeping import Office
from tests.monitor.test_corrections import at, changes, corrections
from tests.rules.own_packs import own

here = test_corrections.here


def test_a_pack_entered_for_what_was_coded_before_and_withdrawn_again(here: Office) -> None:
    at(here, "2026-05-11")
    here.tick(dt.date(2026, 5, 11))
    enter(here, own(yellow=20, red=40), today=dt.date(2026, 5, 11), backwards=True)
    [one] = corrections(here)
    # Up to Sunday 10 May 46 days were used either way: the 40th is 28 April, then 29 and 30 April, 6 to 9 May.
    assert changes(one) == {
        ("project", "light"): ("green", "red"),
        ("project", "yellow_on"): ("2026-05-22", "2026-03-31"),  # the 56th and the 21st day
        ("project", "red_on"): ("2026-06-29", "2026-04-29"),  # the 81st and the 41st
    }
    [cause] = one["causes"]
    assert (cause["cause"], cause["document"], cause["file"]) == ("pack", "own-40 1", "own.toml")
    at(here, "2026-05-12")
    take_back(here, "own-40", "1")
    again = next(found for found in corrections(here) if found["causes"][0]["cause"] == "pack_withdrawn")
    assert changes(again)["project", "light"] == ("red", "green")


def test_a_pack_for_what_is_coded_later_corrects_nothing(here: Office) -> None:
    at(here, "2026-05-11")
    here.tick(dt.date(2026, 5, 11))
    enter(here, own(yellow=20, red=40), today=dt.date(2026, 5, 11))
    assert corrections(here) == []
