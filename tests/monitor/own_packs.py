"""An office that enters packs of its own, and projects that name none; all made up."""

from __future__ import annotations

import datetime as dt

from monitor.verbs import entering as verb
from monitor.verbs.entering import Landed
from monitor.verbs.own_pack import Own
from rules.almanac import calendar
from tests.monitor.closures import DAY, accepted, case
from tests.monitor.sweeping import Office
from tests.rules.own_packs import read

TOMORROW = DAY + dt.timedelta(1)


def given(text: str, file: str = "own.toml") -> Own:
    return Own(read(text, file), text, file)


def enter(here: Office, text: str, *, today: dt.date = DAY, backwards: bool = False) -> Landed:
    return verb.land(here.database, here.rules, given(text), today, here.clock, from_coding_day=backwards)


def take_back(here: Office, pack: str, name: str) -> Landed:
    return verb.take_back(here.database, here.rules, pack, name, here.clock)


def running(here: Office, *codes: str, since: str, coded_on: str = "", pack: str = "", region: str = "330106") -> None:
    """Takes in projects that have been running from one acceptance on; they name no pack unless one is given."""
    projects = [
        {"project_code": code, "coded_on": coded_on or since, "kind": "filing", "region": region, "pack": pack}
        for code in codes
    ]
    here.take(projects, [case(code) for code in codes], [accepted(code, since) for code in codes])


def nth(since: dt.date, n: int) -> str:
    """The n-th working day after a day."""
    return calendar().add(since, n).isoformat()


def swept(done: Landed) -> tuple[int, int, int]:
    """Projects touched, assessed, and set aside."""
    assert done.swept is not None
    return done.touched, done.swept.projects, done.swept.failed
