"""Easier ways of the law in the made-up province: papers that come later, decisions on a word, marks of a project."""

from __future__ import annotations

from monitor.simulate.draws import Draws
from monitor.simulate.parameters import Parameters
from monitor.simulate.records import Case, Event, Project
from rules.vocabulary import APPROVALS, Mark, Status
from rules.workdays import WorkCalendar, day_of

_ASSESSED_BY_AREA = {"P03", "P05", "P08"}
_CHECK_DAYS = 60


class Commitments:
    """Adds 容缺受理, 告知承诺 and marks to projects; ``planted`` lists what came too late or not at all."""

    def __init__(
        self, true: Parameters, draws: Draws, last: int, planted: dict[str, list[str]], calendar: WorkCalendar
    ) -> None:
        self.true, self.draws, self.last, self.planted, self.calendar = true, draws, last, planted, calendar

    def project(self, project: Project) -> None:
        """Marks a project, and adds what its departments wrote of papers and checks."""
        assessed = not _ASSESSED_BY_AREA & {case.item.code for case in project.cases}
        for mark, share in (
            (Mark.AREA_ASSESSMENT, self.true.area_assessment if assessed else 0.0),
            (Mark.STANDARD_LAND, self.true.standard_land),
            (Mark.COMMITMENT, self.true.commitment),
        ):
            if self.draws.chance(share):
                project.marks += (mark,)
        for case in project.cases:
            if case.item.code in ("", "A01"):
                continue
            if self.draws.chance(self.true.papers_later):
                self._papers(case)
            elif self.draws.chance(self.true.decided_on_word):
                self._word(case)

    def _papers(self, case: Case) -> None:
        accepted, draws = case.day_of(Status.ACCEPTED), self.draws
        if accepted is None:
            return
        days = draws.whole(3, 10)
        self._add(case, Event(Status.PAPERS_DUE, accepted, reason="容缺受理", days=days))
        if not draws.chance(self.true.papers_never):
            self._add(case, Event(Status.PAPERS_SUPPLIED, accepted + draws.whole(1, days + 1), reason="材料补齐"))
        else:
            self.planted["papers_never"].append(case.id)

    def _word(self, case: Case) -> None:
        decided, draws = case.day_of(*APPROVALS), self.draws
        if decided is None:
            return
        self._add(case, Event(Status.COMMITTED, decided, reason="告知承诺", days=_CHECK_DAYS))
        if not draws.chance(self.true.word_never_checked):
            self._add(case, Event(Status.CHECKED, decided + draws.whole(10, 70), reason="承诺核查通过"))
        else:
            self.planted["word_never_checked"].append(case.id)

    def _add(self, case: Case, event: Event) -> None:
        while not self.calendar.is_working_day(day_of(event.day)):
            event.day += 1
        if event.day <= self.last:
            case.events.append(event)
            case.events.sort(key=lambda e: e.day)
