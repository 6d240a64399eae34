"""One case from receipt to decision, in working days.

Convention of the count: accepted on working day a and running for n days, it is decided on a + n plus
whatever the pauses that stop the clock took.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from monitor.simulate.draws import Draws
from monitor.simulate.parameters import Parameters
from monitor.simulate.plan import habit_of
from monitor.simulate.records import PAUSE_ENDS, Case, Event, in_force
from monitor.simulate.worktime import WorkTime
from rules.vocabulary import ARTICLE_45, Holder, Pause, Status, Unit

_BASIS = {
    Pause.HEARING: "《行政许可法》第四十五条（听证）",
    Pause.BIDDING: "《行政许可法》第四十五条（招标）",
    Pause.AUCTION: "《行政许可法》第四十五条（拍卖）",
    Pause.INSPECTION: "《行政许可法》第四十五条（检验）",
    Pause.TESTING: "《行政许可法》第四十五条（检测）",
    Pause.APPRAISAL: "《行政许可法》第四十五条（鉴定）",
    Pause.EXPERT_REVIEW: "《行政许可法》第四十五条（专家评审）",
    Pause.RECTIFICATION: "联合验收整改意见书",
    Pause.OWNER_WORKS: "建设单位自建外线工程",
}
_MISSING = (
    "申请表未加盖公章",
    "总平面图与规划条件不一致",
    "缺少授权委托书",
    "图纸签章不全",
    "测绘成果未提交",
    "用地权属材料不齐",
    "专项说明深度不足",
)
_ENDURING = frozenset({Pause.PUBLIC_NOTICE, Pause.SITE_SURVEY})  # the clock runs on under them


class End(Enum):
    """How an attempt ended: decided for the owner, to be tried again, or never."""

    DONE = 1
    AGAIN = 2
    NEVER = 3


@dataclass(frozen=True)
class Attempt:
    """The end of one attempt at an item and the working day of it."""

    end: End
    at: int


@dataclass(frozen=True)
class _Stop:
    kind: Pause
    offset: int
    length: int
    holder: Holder | None = None
    forever: bool = False


class Desk:
    """Handles cases: the same draws, days and rates for all of them."""

    def __init__(self, true: Parameters, draws: Draws, time: WorkTime, first: int) -> None:
        self.true, self.draws, self.time, self.first = true, draws, time, first

    def handle(self, case: Case, submitted: int, toughness: float, *, last_try: bool) -> Attempt:
        """Fills the events of a case submitted on that working day."""
        item = case.item
        self._add(case, Status.RECEIVED, submitted)
        promised = in_force(item.promised, self.time.day(submitted))
        if promised is not None and promised.days == 0 and item.code == "A01":
            self._add(case, Status.ACCEPTED, submitted)
            self._add(case, Status.APPROVED, submitted)
            return Attempt(End.DONE, submitted)
        turned_away = None if last_try else self._turned_away(case, submitted)
        if turned_away:
            return turned_away
        accepted = self._accept(case, submitted)
        attempt = self._run(case, accepted, toughness, last_try)
        if case.department.reports_handling:
            self._add(case, Status.HANDLING_STARTED, min(attempt.at, accepted + int(self.draws.chance(0.3))))
            case.events.insert(case.events.index(self._accepted(case)) + 1, case.events.pop())
        case.events.sort(key=lambda e: e.day)
        return attempt

    def _accepted(self, case: Case) -> Event:
        return next(e for e in case.events if e.status is Status.ACCEPTED)

    def wrap(self, case: Case, accepted: int, parts_done: int | None, toughness: float) -> Attempt:
        """The umbrella over its parts: accepted with them, decided after the last of them."""
        self._add(case, Status.RECEIVED, accepted)
        self._add(case, Status.ACCEPTED, accepted)
        if parts_done is None:
            return Attempt(End.NEVER, accepted)
        draws, at = self.draws, parts_done
        slow = case.department.pace_on(self.time.day(parts_done))
        for procedure in habit_of(case.item).procedures:
            if draws.chance(procedure.share):
                at += 1
                stop = _Stop(procedure.kind, 0, draws.days(procedure.days, 0.6), procedure.holder)
                self._pause(case, stop, at, at + stop.length)
                at += stop.length
        return self._decide(case, at + max(1, round(draws.around(2.0 * slow * toughness, 0.4))), True)

    def _add(self, case: Case, status: Status, at: int, **more: object) -> Event:
        event = Event(status, self.time.day(at), **more)  # type: ignore[arg-type]
        case.events.append(event)
        return event

    def _turned_away(self, case: Case, submitted: int) -> Attempt | None:
        at, true = self.draws.uniform(), self.true
        for status, share, reason in (
            (Status.NOT_ACCEPTED, true.not_accepted, "申请材料不符合受理条件"),
            (Status.REFUSED, true.refused, "不属于本机关职权范围"),
            (Status.RETRACTED, true.retracted, "申请人自行撤件"),
        ):
            if at < share:
                on = submitted + self.draws.whole(0, 2)
                self._add(case, status, on, reason=reason)
                return Attempt(End.AGAIN, on)
            at -= share
        return None

    def _accept(self, case: Case, submitted: int) -> int:
        draws, true = self.draws, self.true
        accepted = submitted + (0 if draws.chance(0.72) else draws.whole(1, 2))
        share = true.correction * true.correction_before_acceptance
        if draws.chance(share * habit_of(case.item).correction):
            asked = submitted + draws.whole(0, 2)
            accepted = asked + draws.days(true.correction_days)
            self._add(case, Status.CORRECTION_STARTED, asked, reason=draws.pick(_MISSING))
            self._add(case, Status.CORRECTION_ENDED, accepted)
        self._add(case, Status.ACCEPTED, accepted)
        return accepted

    def _running_days(self, case: Case, accepted: int, toughness: float) -> int:
        """Days the case runs without pauses: around its promise, and often exactly on it."""
        draws, true, department = self.draws, self.true, case.department
        day = self.time.day(accepted)
        slow = department.slow_on(day)
        promised = in_force(case.item.promised, day)
        limit = promised.days if promised is not None else 4
        if promised is not None and promised.unit is Unit.NATURAL_DAY:
            limit = limit * 5 // 7
        if limit == 0:
            return 0 if draws.chance(0.35 if slow else 0.9) else draws.whole(1, 4 if slow else 2)
        harder = habit_of(case.item).harder
        drift = 1.0 + true.slower_each_year * (day - self.first) / 365.25
        drawn = limit * true.pace * drift * department.pace_on(day) * toughness * harder
        days = max(1, round(draws.around(drawn, true.spread)))
        if days > limit and not slow and draws.chance(true.keeps_promise):
            days = max(1, limit - int(draws.chance(0.4)))
        if self.time.spans_spring(accepted, accepted + days):
            days += draws.whole(*true.spring_slack)
        if case.department.holder in (Holder.AGENCY, Holder.UTILITY):
            stuck = true.stuck * (true.stuck_where_slow if slow else 1.0)
            if draws.chance(stuck):
                days += draws.days(true.stuck_days, 0.6)
        return days

    def _stops(self, case: Case, days: int) -> list[_Stop]:
        draws, true = self.draws, self.true
        habit = habit_of(case.item)
        stops, taken = [], set()
        for procedure in habit.procedures:
            if procedure.kind not in taken and draws.chance(procedure.share):
                taken.add(procedure.kind)
                length = draws.days(procedure.days, 0.35)
                stops.append(_Stop(procedure.kind, self._early(days), length, procedure.holder))
        if days > 0 and draws.chance(true.correction * (1 - true.correction_before_acceptance) * habit.correction):
            for _ in range(1 + int(draws.chance(true.second_correction))):
                length = draws.days(true.correction_days)
                forever = draws.chance(true.owner_never_returns / true.correction)
                stops.append(_Stop(Pause.CORRECTION, self._early(days), length, None, forever))
        return sorted(stops, key=lambda s: s.offset)

    def _early(self, days: int) -> int:
        """After how many running days a pause begins: mostly soon after acceptance."""
        return int(days * self.draws.uniform() ** 2)

    def _run(self, case: Case, accepted: int, toughness: float, last_try: bool) -> Attempt:
        draws, true = self.draws, self.true
        days = self._running_days(case, accepted, toughness)
        given_up = None if last_try or not draws.chance(true.withdrawn) else max(1, days - 1)
        at, ran = accepted, 0
        for stop in self._stops(case, days):
            if given_up is not None and stop.offset >= given_up:
                break
            # Pauses that touch on one day would run on as one.
            step = max(int(self._resumed(case, at)), stop.offset - ran)
            begins, ran = at + step, ran + step
            if stop.kind in _ENDURING:
                days = max(days, ran + stop.length)  # decided no earlier than the notice is over
                self._pause(case, stop, begins, begins + stop.length)
                at, ran = begins + stop.length, ran + stop.length
                continue
            if stop.forever:
                self._pause(case, stop, begins, None)
                return Attempt(End.NEVER, begins)
            at = begins + stop.length
            self._pause(case, stop, begins, at)
        if given_up is not None:
            on = at + max(0, given_up - ran)
            self._add(case, Status.WITHDRAWN, on, reason="申请人调整方案，撤回申请")
            return Attempt(End.AGAIN, on)
        decided = at + max(0, days - ran)
        self._extend(case, accepted, days, decided)
        return self._decide(case, decided, last_try)

    def _resumed(self, case: Case, at: int) -> bool:
        """Whether a pause ended on that working day."""
        day = self.time.day(at)
        return any(e.day == day and e.status in PAUSE_ENDS for e in case.events)

    def _pause(self, case: Case, stop: _Stop, begins: int, ends: int | None) -> None:
        started, ended = Status.PROCEDURE_STARTED, Status.PROCEDURE_ENDED
        if stop.kind is Pause.CORRECTION:
            self._add(case, Status.CORRECTION_STARTED, begins, reason=self.draws.pick(_MISSING))
            if ends is not None:
                self._add(case, Status.CORRECTION_ENDED, ends)
            return
        basis = _BASIS.get(stop.kind, "")
        if stop.kind in ARTICLE_45 and self.draws.chance(self.true.pause_without_basis):
            basis = ""
        self._add(case, started, begins, procedure=stop.kind, holder=stop.holder, basis=basis)
        if ends is not None:
            self._add(case, ended, ends, procedure=stop.kind)

    def _extend(self, case: Case, accepted: int, days: int, decided: int) -> None:
        """Some of those that will miss the statutory limit ask for more in time (行政许可法 42)."""
        limit = in_force(case.item.statutory, self.time.day(accepted))
        if limit is None or limit.unit is not Unit.WORKING_DAY or limit.days < 15 or days <= limit.days:
            return
        if self.draws.chance(self.true.extended):
            on = self.time.day(min(decided, accepted + limit.days - 1))
            event = Event(Status.EXTENDED, on, reason="情况复杂，需进一步论证", days=10, approver="分管负责人")
            case.events.append(event)

    def _decide(self, case: Case, decided: int, last_try: bool) -> Attempt:
        if not last_try and self.draws.chance(self.true.rejected):
            self._add(case, Status.REJECTED, decided, reason="不符合规划条件")
            return Attempt(End.AGAIN, decided)
        omission = case.item.code != "D11" and self.draws.chance(self.true.omission)
        self._add(case, Status.APPROVED_WITH_OMISSION if omission else Status.APPROVED, decided)
        return Attempt(End.DONE, decided)
