"""The oracle's late stops: which pauses wait for a confirmation, from what was known before each day.

Rows of events bear ``learned``, the day on which we learned of them; blank: on their own day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from rules.pack import RulePack
from rules.vocabulary import Pause, Status
from rules.workdays import WorkCalendar
from tests.rules.oracle import judge
from tests.rules.oracle_case import Row, office_date, read_status, without_voided

Log = tuple[Sequence[Row], Sequence[Row], Sequence[Row]]


def without_late_stops(log: Log, pack: RulePack, calendar: WorkCalendar) -> Log:
    """The log without the late stops that wait for a confirmation."""
    projects, cases, events = log
    waiting: set[str] = set()
    for project in projects:
        own = [case for case in cases if case["project_code"] == project["project_code"]]
        ids = {case["case_id"] for case in own}
        told = [event for event in events if event["case_id"] in ids]
        waiting |= _waiting(project, own, told, pack, calendar)
    return projects, cases, [event for event in events if event["event_id"] not in waiting]


def known_on(event: Row) -> dt.date:
    """The day on which we learned of an event."""
    return office_date(event.get("learned") or event["occurred_at"])


def _waiting(
    project: Row, cases: Sequence[Row], events: Sequence[Row], pack: RulePack, calendar: WorkCalendar
) -> set[str]:
    confirmed = {e.get("confirms") for e in without_voided(events) if read_status(e["status"]) is Status.CONFIRMED}
    happened = [e for e in events if read_status(e["status"]) <= Status.EXTENDED]

    def known(day: dt.date) -> list[Row]:
        """What had happened as known on a day: of what we had learned by then, without what was void by then."""
        told = without_voided([e for e in events if known_on(e) <= day])
        return [e for e in told if read_status(e["status"]) <= Status.EXTENDED and e["event_id"] not in waiting]

    most = pack.late_stop_days.on(dt.date.fromisoformat(project["coded_on"])).days
    late = [
        e
        for e in happened
        if e.get("learned")
        and stops(e, pack)
        and e["event_id"] not in confirmed
        and calendar.count(office_date(e["occurred_at"]), known_on(e)) > most
    ]
    counting = {case["case_id"] for case in cases if counts(case, pack)}
    waiting: set[str] = set()
    for day in sorted({known_on(e) for e in late}):
        here = [e for e in late if known_on(e) == day]

        def turned(rows: Sequence[Row], day: dt.date = day) -> dict[Any, str]:
            found = judge([project], cases, rows, pack, calendar, day).get(project["project_code"])
            return dict(lights(found)) if found else {}

        before, then = turned(known(day - dt.timedelta(1))), known(day)
        bare, with_them = turned([e for e in then if e not in here]), turned(then)
        lost = {key for key in before.keys() & bare.keys() if with_them.get(key, "9") > bare[key]}
        for event in here:
            case = event["case_id"]
            if (None in {key[0] for key in lost} and case in counting) or case in {key[0] for key in lost}:
                waiting.add(event["event_id"])
    return waiting


def stops(event: Row, pack: RulePack) -> bool:
    """Whether an event is the start of a pause that stops any clock."""
    status = read_status(event["status"])
    if status is Status.CORRECTION_STARTED:
        return bool(pack.pauses[Pause.CORRECTION].stops)
    kind = Pause[(event.get("procedure") or "other").upper()]
    return status is Status.PROCEDURE_STARTED and bool(pack.pauses[kind].stops)


def counts(case: Row, pack: RulePack) -> bool:
    """Whether the days of a case count in its project."""
    return (case.get("holder") or "agency") in {h.word for h in pack.clocks["project_total"].counts}


def lights(found: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    """Each light that has turned, with its day: of the project and its groups (case None), and of limits by case."""
    for n, works in enumerate(found["works"] or [found]):
        for turn in ("yellow_on", "red_on"):
            if works[turn]:
                yield (None, n, turn), works[turn]
            for name, group in works["groups"].items():
                if group[turn]:
                    yield (None, n, name, turn), group[turn]
    for limit, day in found["passed"].items():
        if day:
            yield limit, day.isoformat()
