"""The life of one project: its items in the catalogue's order, each after what it waits for."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.simulate.draws import Draws
from monitor.simulate.handling import Desk, End
from monitor.simulate.names import SORT_WEIGHTS, SORTS, Names
from monitor.simulate.parameters import Parameters
from monitor.simulate.places import INTERMEDIARY, UTILITIES, Region
from monitor.simulate.plan import PERMIT, habit_of, items_of, order
from monitor.simulate.records import Case, Event, Project
from monitor.simulate.worktime import WorkTime
from rules.pack import Catalogue, Item
from rules.plan.graph import waits
from rules.vocabulary import EndReason, Stage, Status
from rules.workdays import day_of

_ATTEMPTS = 3
LAST_ITEM = "D11"  # the title deed: a project is over with it
_BUILT_BY_ITSELF = frozenset({"C01", "C02", PERMIT})  # with several works each asks for these alone
_GUIDANCE = (("04", "01"), ("04", "01"), ("04", "01"), ("07", "01"), ("89", "01"))
_RENEWAL = (("07", "02"), ("07", "02"), ("89", "05"))
_STUDY = Item("", "环境影响评价文件编制（业主委托中介）", Stage.PARALLEL, INTERMEDIARY, "中介服务")


@dataclass(eq=False)
class Life:
    """One project on its way: what it needs, how hard it is, how its owner goes about it, what is done."""

    project: Project
    stem: str
    coded: int
    wanted: set[str]
    toughness: float
    owner: float
    early_successor: bool
    done: dict[tuple[str, str], int | None] = field(default_factory=dict)  # item and works -> working day; None: never
    asked: int | None = None  # the working day of the joint application for acceptance


class Lives:
    """Makes projects; keeps what they have in common."""

    def __init__(
        self,
        true: Parameters,
        draws: Draws,
        time: WorkTime,
        catalogue: Catalogue,
        last: int,
        planted: dict[str, list[str]],
    ) -> None:
        self.true, self.draws, self.time, self.last = true, draws, time, last
        self.catalogue = catalogue
        self.desk = Desk(true, draws, time, last - round(365.25 * true.years))
        self.names = Names(draws)
        self.order = order(catalogue)
        self.waits = {item.code: waits(catalogue, item) for item in self.order}
        self.planted = planted
        self.horizon = time.at(last)

    def project(self, serial: int, coded: int, region: Region) -> Project:
        """One project coded on that working day, with everything that happened to it up to the last day."""
        draws, true = self.draws, self.true
        sort = draws.weighted(SORTS, SORT_WEIGHTS)
        at = draws.uniform()
        kind = "filing" if at < true.filing else "verification" if at < true.filing + true.verification else "approval"
        renewal = bool(sort.product) and kind == "filing" and draws.chance(0.3)
        guidance = draws.pick(_RENEWAL if renewal else _GUIDANCE)
        late = draws.chance(true.coded_late) and coded + 20 < self.horizon
        day = self.time.day(coded + draws.whole(4, 20) if late else coded)  # approved first, given its code later
        short, applicant, credit = self.names.applicant(sort, region.code, region.name)
        code = self.names.project_code(day_of(day), region.code, *guidance)
        works = tuple(f"{code}-{n:03d}" for n in (1, 2)) if draws.chance(true.several_works) else ("",)
        project = Project(
            code=code,
            name=self.names.project(short, sort, renewal),
            region=region,
            kind=kind,
            industry=sort.industry,
            applicant=applicant,
            credit_code=credit,
            agent=draws.pick(region.agents) if draws.chance(0.93) else "",
            coded_on=day,
            investment=max(300, 10 * round(draws.around(400 if renewal else 950, 1.05))),
            works=works,
        )
        life = Life(
            project,
            f"YS{serial:05d}",
            coded,
            items_of(self.catalogue, kind, sort.tags, renewal, draws),
            toughness=draws.around(1.0, true.toughness_spread),
            owner=draws.around(0.8 if renewal else 1.0, true.owner_spread),
            early_successor=draws.chance(true.early_successor),
        )
        if late:
            self.planted["accepted_before_coding"].append(code)
        self._live(life)
        self._end(project)
        return project

    def _live(self, life: Life) -> None:
        works = life.project.works
        for item in self.order:
            if item.code not in life.wanted:
                continue
            alone = item.code in _BUILT_BY_ITSELF or (item.stage is Stage.ACCEPTANCE and item.code != "D10")
            for one in works if alone else ("",):
                life.done[(item.code, one)] = self._item(life, item, one)
            if item.code == PERMIT:
                self._build(life, [life.done[(item.code, one)] for one in works])
        if self.draws.chance(self.true.owner_study):
            self._study(life)

    def _build(self, life: Life, permitted: list[int | None]) -> None:
        known = [at for at in permitted if at is not None]
        if len(known) == len(permitted):
            low, mode, high = self.true.construction_days
            length = round(float(self.draws.rng.triangular(low, mode, high)) * min(1.4, life.owner))
            built = self.time.after(self.time.day(max(known)) + length)
            life.asked = built + self.draws.days(8 * life.owner, 0.5)

    def _item(self, life: Life, item: Item, works: str) -> int | None:
        """The working day on which the item was done for the owner, or None if that never came."""
        ready = self._ready(life, item, works)
        if ready is None or ready > self.horizon:
            return None
        case_id = f"{life.stem}-{item.code}{works[-4:]}"
        if item.wraps:
            return self._wrapper(life, case_id, item, works)
        submitted = ready if item.code == "A01" else ready + self._gap(life, item)
        if item.code == PERMIT and life.early_successor and ready - life.coded > 12:
            submitted = ready - self.draws.whole(2, 6)
            self.planted["successor_before_predecessor"].append(case_id)
        if item.lead != "公用企业":
            return self._attempts(life, case_id, item, works, submitted)
        utilities = (UTILITIES[0], *(u for u in UTILITIES[1:] if self.draws.chance(0.4)))
        ends = [
            self._attempts(life, case_id + "ewg"[UTILITIES.index(utility)], item, works, submitted, utility)
            for utility in utilities
        ]
        return _latest(ends)

    def _ready(self, life: Life, item: Item, works: str) -> int | None:
        """The working day from which the owner may prepare the application; None: never."""
        needed = [life.asked if item.stage is Stage.ACCEPTANCE else life.coded]
        for group in self.waits[item.code]:
            for code in group:
                if code in life.wanted and code not in item.wraps:
                    own = [at for (done, one), at in life.done.items() if done == code and works in ("", one)]
                    needed += own or [life.done.get((code, ""))]
        return _latest(needed)

    def _gap(self, life: Life, item: Item) -> int:
        """Working days in which the owner prepares the application."""
        draws = self.draws
        if draws.chance(self.true.owner_gives_up):
            return 400
        if item.stage is Stage.ACCEPTANCE and not item.prerequisites:
            return 0 if draws.chance(0.7) else draws.whole(1, 3)  # one application for all parts
        return round(draws.around(habit_of(item).gap * life.owner, 0.55))

    def _attempts(
        self, life: Life, case_id: str, item: Item, works: str, submitted: int, utility: str = ""
    ) -> int | None:
        project, lead = life.project, utility or item.lead
        if item.lead == "发展改革/经信" and "-07-" in project.code:
            lead = "经信"
        department = project.region.department(lead)
        name = f"{item.name}（{utility}）" if utility else item.name
        for attempt in range(1, _ATTEMPTS + 1):
            if submitted > self.horizon:
                break
            case = Case(case_id if attempt == 1 else f"{case_id}-{attempt}", item, name, department, works)
            project.cases.append(case)
            end = self.desk.handle(case, submitted, life.toughness, last_try=attempt == _ATTEMPTS)
            if end.end is not End.AGAIN:
                return end.at if end.end is End.DONE else None
            submitted = end.at + self.draws.days(7)
        return None

    def _wrapper(self, life: Life, case_id: str, item: Item, works: str) -> int | None:
        """An item that wraps others begins with the first of them and ends after the last."""
        parts = [code for code in item.wraps if code in life.wanted]
        begun = [c.day_of(Status.ACCEPTED) for c in life.project.cases if c.item.code in parts and c.works == works]
        accepted = [day for day in begun if day is not None]
        if not accepted:
            return None
        case = Case(case_id, item, item.name, life.project.region.department(item.lead), works)
        life.project.cases.append(case)
        last = _latest([life.done.get((code, works)) for code in parts])
        end = self.desk.wrap(case, self.time.at(min(accepted)), last, life.toughness)
        return end.at if end.end is End.DONE else None

    def _study(self, life: Life) -> None:
        """The owner's own intermediary writes the environmental study: nobody's approval time."""
        first = next((c for c in life.project.cases if c.item.code in ("P01", "P02")), None)
        if first is None:
            return
        begins = life.coded + self.draws.whole(1, 5)
        ends = max(begins + 1, self.time.at(first.events[0].day) - self.draws.whole(1, 4))
        case = Case(f"{life.stem}-ZJ", _STUDY, _STUDY.name, life.project.region.department(INTERMEDIARY), "")
        for status, at in ((Status.RECEIVED, begins), (Status.ACCEPTED, begins), (Status.APPROVED, ends)):
            case.events.append(Event(status, self.time.day(at)))
        life.project.cases.append(case)

    def _end(self, project: Project) -> None:
        """Cuts off what lies after the last day; some projects are terminated, some said to be completed."""
        last = self.last
        if self.draws.chance(self.true.terminated):
            last = self.time.day(self.time.at(project.coded_on) + self.draws.whole(15, 260))
        terminated = last < self.last
        for case in project.cases:
            case.events = [e for e in case.events if e.day <= min(last, self.last)]
        project.cases = [c for c in project.cases if c.events]
        registered = [c for c in project.cases if c.item.code == LAST_ITEM and c.approved]
        if terminated and not registered:
            self._terminate(project, last)
            return
        registered_all = len(registered) == len(project.works) and all(c.closed for c in project.cases)
        if project.region.says_ended and registered_all:
            project.ended_on = max(e.day for c in project.cases for e in c.events)
            project.end_reason = EndReason.COMPLETED

    def _terminate(self, project: Project, ended: int) -> None:
        for case in project.cases:
            if not case.closed:
                case.events.append(Event(Status.WITHDRAWN, ended, reason="项目终止"))
        project.ended_on, project.end_reason = ended, EndReason.TERMINATED


def _latest(days: list[int | None]) -> int | None:
    """The last of them; None where one never comes."""
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None
