"""Dirty records: what real logs are full of, planted at known rates and written down in truth.json."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from monitor.simulate.draws import Draws
from monitor.simulate.parameters import Parameters
from monitor.simulate.records import NOT_TOLD, PAUSE_ENDS, PAUSE_STARTS, Case, Event, Project
from rules.vocabulary import APPROVALS, CLOSINGS, DECISIONS, Pause, Status
from rules.workdays import WorkCalendar, day_number, day_of

_BULK = 8  # records of one project on one day


class Dirt:
    """Spoils the records of projects after they happened; ``planted`` lists what was done to which."""

    def __init__(self, true: Parameters, draws: Draws, last: int, planted: dict[str, list[str]]) -> None:
        self.true, self.draws, self.last, self.planted = true, draws, last, planted
        self._spoilt: set[str] = set()

    def project(self, project: Project) -> None:
        """Spoils one project here and there."""
        for case in project.cases:
            if case.item.code not in ("", "A01"):
                self._case(case)
            self._typing(case)
        if self.draws.chance(self.true.unjudged):
            self._unjudged(project)

    def _case(self, case: Case) -> None:
        at, true = self.draws.uniform(), self.true
        for share, spoil in (
            (true.duplicate_start, self._duplicate_start),
            (true.end_without_start, self._end_without_start),
            (true.supposed_acceptance, self._supposed_acceptance),
            (true.reopened, self._reopened),
            (true.voided, self._voided),
            (true.revoked, self._revoked),
        ):
            if at < share:
                if spoil(case):
                    case.events.sort(key=lambda e: e.day)
                    self.planted[spoil.__name__.lstrip("_")].append(case.id)
                    self._spoilt.add(case.id)
                return
            at -= share
        if any(e.status in PAUSE_ENDS for e in case.events) and self.draws.chance(true.pause_never_closed):
            self._never_closed(case)

    def _decision(self, case: Case) -> Event | None:
        return next((e for e in case.events if e.status in DECISIONS), None)

    def _acceptance(self, case: Case) -> Event | None:
        return next((e for e in case.events if e.status is Status.ACCEPTED), None)

    def _duplicate_start(self, case: Case) -> bool:
        accepted = self._acceptance(case)
        if accepted is None:
            return False
        closed = case.day_of(*CLOSINGS) or self.last
        # A second acceptance on the day of the close would keep the case open.
        on = accepted.day if closed - accepted.day < 2 else accepted.day + 1
        if on >= closed:
            return False
        case.events.append(Event(Status.ACCEPTED, on))
        return True

    def _end_without_start(self, case: Case) -> bool:
        accepted, decided = self._acceptance(case), self._decision(case)
        if accepted is None or any(e.status in PAUSE_STARTS for e in case.events):
            return False
        on = (accepted.day + (decided.day if decided else self.last)) // 2
        if self.draws.chance(0.5):
            case.events.append(Event(Status.CORRECTION_ENDED, on))
        else:
            case.events.append(Event(Status.PROCEDURE_ENDED, on, procedure=Pause.EXPERT_REVIEW))
        return True

    def _supposed_acceptance(self, case: Case) -> bool:
        accepted, decided = self._acceptance(case), self._decision(case)
        if accepted is None or decided is None:
            return False
        case.events.remove(accepted)
        return True

    def _reopened(self, case: Case) -> bool:
        decided = self._decision(case)
        if decided is None or decided.day + 20 > self.last:
            return False
        again = decided.day + self.draws.whole(2, 9)
        case.events.append(Event(Status.ACCEPTED, again, reason="发现证照信息错误，重新办理"))
        case.events.append(Event(Status.APPROVED, again + self.draws.whole(1, 6)))
        return True

    def _voided(self, case: Case) -> bool:
        accepted, decided = self._acceptance(case), self._decision(case)
        if accepted is None or decided is None or decided.day - accepted.day < 3:
            return False
        wrong = Event(decided.status, decided.day - self.draws.whole(1, 2))
        wrong.typed = decided.day
        case.events += [wrong, Event(Status.VOIDED, decided.day, reason="办结时间录入错误", voids=wrong)]
        return True

    def _revoked(self, case: Case) -> bool:
        decided = self._decision(case)
        on = decided.day + self.draws.whole(10, 60) if decided else self.last + 1
        if on > self.last:
            return False
        case.events.append(Event(Status.REVOKED, on, reason="申请材料不实，撤销决定"))
        return True

    def _never_closed(self, case: Case) -> None:
        ended = next(e for e in case.events if e.status in PAUSE_ENDS)
        accepted = self._acceptance(case)
        if self._decision(case) is not None and accepted is not None and ended.day > accepted.day:
            case.events.remove(ended)
            self.planted["pause_never_closed"].append(case.id)

    def _unjudged(self, project: Project) -> None:
        """Only the decision reached us: neither receipt nor acceptance (无法判定)."""
        never = {"", "A01", "D08"}
        fit = [c for c in project.cases if c.item.code not in never and c.id not in self._spoilt]
        fit = [c for c in fit if len(c.events) <= 4 and self._decision(c)]
        if fit:
            case = self.draws.pick(fit)
            case.events = [e for e in case.events if e.status in CLOSINGS]
            self.planted["unjudged"].append(case.id)

    def _typing(self, case: Case) -> None:
        """When each record was typed in: mostly the same day, sometimes long after (补录)."""
        draws, true = self.draws, self.true
        habit = case.department.types_in_late
        closed = case.day_of(*CLOSINGS)
        if closed is not None and draws.chance(true.typed_in_afterwards if habit else true.typed_in_afterwards / 40):
            on = min(self.last, closed + draws.whole(0, 3))
            for event in case.events:
                event.typed = max(on, event.day)
            self.planted["typed_in_afterwards"].append(case.id)
            return
        late = true.late_entry_events_where_habit if habit else true.late_entry_events
        confirmations = []
        for event in case.events:
            if event.typed is not None:
                continue
            at = draws.uniform()
            if at < late:
                event.typed = min(self.last, event.day + draws.days(9, 0.7))
                if event.typed - event.day > 5:
                    self.planted["late_entry"].append(case.id)
                if event.status in PAUSE_STARTS and event.typed + 3 <= self.last and draws.chance(0.3):
                    confirmed = Event(Status.CONFIRMED, event.typed + 2, reason="已核对纸质通知书", approver="监管专员")
                    confirmed.confirms = event
                    confirmations.append(confirmed)
            elif at < late + true.entered_next_day_events:
                event.typed = min(self.last, event.day + draws.whole(1, 3))
            elif at > 1 - true.entered_unknown_events:
                event.typed = NOT_TOLD
        if confirmations:
            case.events = sorted(case.events + confirmations, key=lambda e: e.day)
            self.planted["confirmed"].append(case.id)

    def rest_day_batches(self, projects: list[Project], calendar: WorkCalendar) -> None:
        """A department enters a week's decisions on one day of rest."""
        by_department: dict[str, list[Case]] = defaultdict(list)
        for project in projects:
            for case in project.cases:
                if not case.item.wraps and not any(e.status is Status.VOIDED for e in case.events):
                    by_department[case.department.name].append(case)
        for _ in range(self.true.rest_day_batches):
            day = self.last - self.draws.whole(20, 170)
            while calendar.is_working_day(day_of(day)):
                day -= 1
            moved = max((self._decided_after(cases, day) for cases in by_department.values()), key=len, default=[])
            if len(moved) < 5:
                continue
            for event in moved:
                event.day = day
            self.planted["rest_day_batch"].append(day_of(day).isoformat())

    def rest_day_projects(self, projects: list[Project], calendar: WorkCalendar) -> None:
        """All that happened to a project within a week is recorded on the day of rest before it."""
        wanted = min(self.true.rest_day_projects, len(projects) // 100)
        for _ in range(200 * wanted):
            if len(self.planted["rest_day_project"]) == wanted:
                return
            project = self.draws.pick(projects)
            events = [e for c in project.cases for e in c.events]
            if not events or project.ended_on is not None:
                continue
            day = self.draws.pick(events).day
            while calendar.is_working_day(day_of(day)):
                day -= 1
            moved = [e for e in events if day < e.day <= day + 7]
            if project.coded_on <= day and len(moved) >= _BULK:
                for event in moved:
                    event.day = day
                self.planted["rest_day_project"].append(project.code)

    def _decided_after(self, cases: list[Case], day: int) -> list[Event]:
        found = []
        for case in cases:
            *before, closing = case.events
            due = closing.status in APPROVALS and day < closing.day <= day + 7
            if due and before and before[0].status is Status.RECEIVED and before[-1].day <= day:
                found.append(closing)
        return found

    def future_dated(self, projects: list[Project]) -> None:
        """The year typed wrong, in a case on which nothing of its project rests yet."""
        fit = []
        for project in projects:
            newest = max((e.day for c in project.cases for e in c.events), default=0)
            if project.ended_on is not None or newest < self.last - 30:
                continue
            lately = ((case, case.events[-1]) for case in project.cases)
            fit += [(case, event) for case, event in lately if event.status in APPROVALS and event.day == newest]
        for _ in range(min(self.true.future_dated, len(fit))):
            case, event = fit.pop(self.draws.whole(0, len(fit) - 1))
            event.typed = event.day
            day = day_of(event.day)
            event.day = day_number(dt.date(day.year + 1, day.month, min(day.day, 28)))
            self.planted["future_dated"].append(case.id)
