"""The plan of a project as a plain object: that of `plan --json` (docs/json.md)."""

from __future__ import annotations

from typing import Any

from rules.assess import Assessed
from rules.log import NO_DAY, NONE, EventLog
from rules.plan.forward import Node, Plan, Stretch, plans
from rules.vocabulary import Group, Phase, Stage
from rules.workdays import day_number, day_of

Json = dict[str, Any]


def document(a: Assessed, log: EventLog, project: int = 0, *, kind: str = "") -> Json | None:
    """The object of one project of a chunk, which is of a ``kind``; None where it is not there as of that day."""
    if not a.facts.present[project]:
        return None
    calendar = a.scene.calendar
    return {
        "project_code": log.projects.code[a.scene.chunk.first + project],
        "pack": a.scene.pack.id if a.scene.in_scope[project] else None,
        "calendar": {
            "region": calendar.name,
            "version": calendar.version,
            "known_until": calendar.known_until.isoformat(),
        },
        "phase": Phase(a.facts.phase[project]).word,
        "plans": [_Writer(a, log, plan).plan() for plan in plans(a, project, kind)],
    }


def _iso(day: int) -> str | None:
    return None if day == NO_DAY else day_of(day).isoformat()


class _Writer:
    def __init__(self, a: Assessed, log: EventLog, plan: Plan) -> None:
        self.a, self.s, self.log, self.the_plan = a, a.scene, log, plan
        self.known = day_number(self.s.calendar.known_until)
        self.chains = {group: plan.chain(group) for group in Group}

    def plan(self) -> Json:
        found = self.the_plan
        stages = {stage: found.stage(stage) for stage in Stage}
        return {
            "works_code": None if found.works == NONE else self.log.works[found.works],
            "groups": {group.word: self.group(group) for group in Group},
            "stages": {stage.word: self.stage(stage, of) for stage, of in stages.items() if of.nodes},
            "items": [self.node(node) for node in found.nodes.values()],
            "unplanned": [self.case_id(case) for case in found.unplanned],
        }

    def dates(self, of: Stretch, **more: int) -> Json:
        """The ends of a stretch of nodes; ``more``: other dates that are marked where they are provisional."""
        return {
            "planned_finish": _iso(of.planned_finish),
            "finish": _iso(of.finish),
            "forecast_finish": _iso(of.ends) if of.finish == NO_DAY else None,
            "slip": self.the_plan.slip(of.planned_finish, of.ends),
            "provisional": self.provisional(planned_finish=of.planned_finish, forecast_finish=of.ends, **more),
        }

    def whole(self, of: Stretch) -> Json:
        """The starts and ends of a stretch, as far as a stage and one node have them in common."""
        begun = {"planned_start": _iso(of.planned_start), "start": _iso(of.start)}
        return begun | self.dates(of, planned_start=of.planned_start)

    def group(self, group: Group) -> Json:
        begins, of = self.the_plan.begins[group], self.the_plan.group(group)
        days = self.the_plan.slip(begins, of.planned_finish)
        return {"begins_on": _iso(begins), "planned_days": days, **self.dates(of), "chain": self.chains[group]}

    def stage(self, stage: Stage, of: Stretch) -> Json:
        done = sum(node.finish != NO_DAY for node in of.nodes)
        return {"lead": self.s.pack.leads[stage] or None, "items": len(of.nodes), "done": done, **self.whole(of)}

    def node(self, node: Node) -> Json:
        limit = max(node.limits, default=None)
        return {
            "item_code": node.item.code,
            "item_name": node.item.name,
            "stage": node.item.stage.word,
            "departments": self.departments(node),
            "cases": [self.case_id(case) for case in node.cases],
            "waits_for": list(node.waits),
            "limit": limit[0] if limit else None,
            "unit": limit[1].word if limit else None,
            **self.whole(Stretch([node])),
            "start_slip": self.the_plan.slip(node.planned_start, node.start),
            "critical": node.item.code in self.chains[node.group],
        }

    def departments(self, node: Node) -> list[str]:
        """Those that handle its cases; of what is still to come the function that the catalogue names."""
        names = {self.log.departments[int(self.s.department[case])] for case in node.cases}
        return sorted(names) or [node.item.lead]

    def case_id(self, case: int) -> str:
        return self.log.cases.case_id[int(self.s.chunk.case_rows[case])]

    def provisional(self, **days: int) -> list[str]:
        """The names of the dates that rest on days without a published notice."""
        return sorted(name for name, day in days.items() if day > self.known)
