"""What a chunk means as plain objects: those of `assess --json` and `status --json` (docs/json.md)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.assess import Assessed, LateStops, group_light, unit_lights
from rules.cases import OwnClock
from rules.counted import earliest_of
from rules.flags import NAMES, unit_of
from rules.log import I32, NO_DAY, EventLog
from rules.measure import GroupMeasure
from rules.shares import WHOLE_DAY, holding_now
from rules.vocabulary import CaseState, Deadline, Ledger, Light, Pause, Phase, Stage
from rules.workdays import WorkCalendar, day_number, day_of

Json = dict[str, Any]


def iso(day: int) -> str | None:
    """A day number as an ISO date; None for NO_DAY."""
    return None if day == NO_DAY else day_of(day).isoformat()


def of_calendar(calendar: WorkCalendar) -> Json:
    """The calendar that a standing was counted on."""
    return {"region": calendar.name, "version": calendar.version, "known_until": calendar.known_until.isoformat()}


def earliest(assessed: Assessed, day: I32) -> I32:
    """Of each project, the earliest known day of its units."""
    return earliest_of(assessed.units, day)


def group_lights(assessed: Assessed, group: GroupMeasure) -> npt.NDArray[np.int8]:
    """The light of a group of each unit."""
    scene, project = assessed.scene, assessed.units.project
    finished = np.isin(assessed.facts.phase, (Phase.FINISHED, Phase.DROPPED))
    light = group_light(group, ~finished[project], scene.as_of)
    light[~scene.in_scope[project]] = Light.NONE
    return light


def documents(assessed: Assessed, log: EventLog) -> Iterator[Json]:
    """One object a project that is there as of now, in the order of the log. Needs `detail`."""
    return _Writer(assessed, log).all()


class _Writer:
    def __init__(self, assessed: Assessed, log: EventLog) -> None:
        self.a, self.log, self.s = assessed, log, assessed.scene
        scene = self.s
        every = np.arange(scene.projects + 1)
        self.case_at = np.searchsorted(scene.project, every).tolist()
        assert assessed.shares and assessed.ledger and assessed.flags
        self.share_at = np.searchsorted(assessed.shares.project, every).tolist()
        of = scene.project[assessed.flags.case]
        self.flag_order = np.argsort(of, kind="stable")
        self.flag_at = np.searchsorted(of[self.flag_order], every).tolist()
        self.known = day_number(scene.calendar.known_until)
        self.yellow, self.red = earliest(assessed, assessed.total.yellow_on), earliest(assessed, assessed.total.red_on)
        self.group_lights = [group_lights(assessed, g) for g in assessed.groups]
        self.unit_lights = unit_lights(assessed.total, assessed.units, scene)
        self.holding = self._holding()

    def all(self) -> Iterator[Json]:
        for n in np.flatnonzero(self.a.facts.present).tolist():
            yield self.project(n)

    def project(self, n: int) -> Json:
        a, s = self.a, self.s
        unit = int(a.worst[n])
        scoped = bool(s.in_scope[n])
        yellow, red = (int(self.yellow[n]), int(self.red[n])) if scoped else (NO_DAY, NO_DAY)
        dates = {"yellow_on": yellow, "red_on": red, "next_change": int(a.next_change[n])}
        cases = sorted((self.case(c) for c in range(self.case_at[n], self.case_at[n + 1])), key=lambda c: c["case_id"])
        groups = {}
        for rule, group, light in zip(s.pack.groups, a.groups, self.group_lights, strict=True):
            groups[rule.group.word] = self.group(group, light, unit, scoped)
            for which in ("yellow_on", "red_on"):
                dates[f"groups.{rule.group.word}.{which}"] = int(getattr(group, which)[unit]) if scoped else NO_DAY
        for c in range(self.case_at[n], self.case_at[n + 1]):
            for which in ("promised", "statutory"):
                own: OwnClock = getattr(a.clocks, which)
                dates[f"cases.{self.log.cases.case_id[s.chunk.case_rows[c]]}.{which}.due_on"] = int(own.due_on[c])
        due = a.deadlines
        for k in np.flatnonzero(s.project[due.case] == n) if len(due.case) else ():
            case_id = self.log.cases.case_id[s.chunk.case_rows[due.case[k]]]
            dates[f"cases.{case_id}.{Deadline(due.kind[k]).word}.due_on"] = int(due.due_on[k])
        stage = int(a.facts.stage[n])
        out: Json = {
            "project_code": self.log.projects.code[s.chunk.first + n],
            "pack": s.pack.id if scoped else None,
            "calendar": of_calendar(s.calendar),
            "phase": Phase(a.facts.phase[n]).word,
            "stage": Stage(stage).word if stage else None,
            "light": Light(a.light[n]).word,
            "judged": not bool(a.grey[n]),
            "used": int(a.total.used[unit]),
            "held_days": int(a.held_days[n]),
            "running": bool(a.facts.running[n]),
            "stages": {st.word: int(a.stage_days[unit, st]) for st in Stage},
            "groups": groups,
            "held_by": sorted(self.holding.get(n, []), key=lambda h: h["case_id"]),
            "yellow_on": iso(yellow),
            "red_on": iso(red),
            "next_change": iso(int(a.next_change[n])),
            "provisional": sorted(name for name, day in dates.items() if day > self.known),
            "turns": [
                self.turn(n, on, which, light)
                for on, which, light in ((yellow, 0, Light.YELLOW), (red, 1, Light.RED))
                if NO_DAY < on <= s.as_of
            ],
            "shares": self.shares(n),
            "ledger": self.ledger(n),
            "flags": self.flags(n),
        }
        if a.units.first[n + 1] - a.units.first[n] > 1:
            units = range(int(a.units.first[n]), int(a.units.first[n + 1]))
            out["shown_works"] = self.works_code(unit)
            out["works"] = [self.works(u, scoped) for u in units]
        if a.late and n in a.late.project:
            out["late_stops"] = self.late_stops(a.late, n)
            out["if_confirmed"] = self.if_confirmed(a.late, n)
        out["cases"] = cases
        return out

    def turn(self, n: int, on: int, which: int, light: Light) -> Json:
        became = int(self.a.became_on[which][n]) if self.a.became_on else NO_DAY
        told = {"on": iso(on), "light": light.word}
        return told if became == NO_DAY else told | {"became_on": iso(became)}

    def late_stops(self, late: LateStops, n: int) -> list[Json]:
        events = self.log.events
        rows = np.flatnonzero(self.s.project[late.case] == n)
        found = [
            {
                "case_id": self.log.cases.case_id[int(self.s.chunk.case_rows[late.case[k]])],
                "event_id": events.event_id[int(late.event[k])],
                "on": iso(int(events.day[late.event[k]])),
                "learned_on": iso(int(events.learned[late.event[k]])),
            }
            for k in rows.tolist()
        ]
        return sorted(found, key=lambda stop: (stop["on"] or "", stop["event_id"]))

    @cached_property
    def confirmed(self) -> _Writer:
        """The writer of the projects with late stops as they would stand if these were confirmed."""
        assert self.a.late
        return _Writer(self.a.late.confirmed, self.log)

    def if_confirmed(self, late: LateStops, n: int) -> Json:
        whole = self.confirmed.project(int(np.searchsorted(late.project, n)))
        figures = {name: whole[name] for name in ("used", "light", "yellow_on", "red_on", "groups")}
        before = {case: self.case(c) for case, c in self.case_numbers(n).items()}
        changed = [case for case in whole["cases"] if case != before[case["case_id"]]]
        return figures | {"cases": changed}

    def case_numbers(self, n: int) -> dict[str, int]:
        """The number of each case of a project in the chunk, by id."""
        rows, ids = self.s.chunk.case_rows, self.log.cases.case_id
        return {ids[int(rows[c])]: c for c in range(self.case_at[n], self.case_at[n + 1])}

    def group(self, group: GroupMeasure, light: npt.NDArray[np.int8], unit: int, scoped: bool) -> Json:
        return {
            "used": int(group.used[unit]),
            "budget": int(group.budget[unit]),
            "light": Light(light[unit]).word,
            "yellow_on": iso(int(group.yellow_on[unit])) if scoped else None,
            "red_on": iso(int(group.red_on[unit])) if scoped else None,
        }

    def works_code(self, unit: int) -> str | None:
        code = int(self.a.units.works[unit])
        return self.log.works[code] if code >= 0 else None

    def works(self, unit: int, scoped: bool) -> Json:
        a = self.a
        return {
            "works_code": self.works_code(unit),
            "used": int(a.total.used[unit]),
            "light": Light(self.unit_lights[unit]).word,
            "yellow_on": iso(int(a.total.yellow_on[unit])) if scoped else None,
            "red_on": iso(int(a.total.red_on[unit])) if scoped else None,
            "stages": {st.word: int(a.stage_days[unit, st]) for st in Stage},
            "groups": {
                rule.group.word: self.group(g, light, unit, scoped)
                for rule, g, light in zip(self.s.pack.groups, a.groups, self.group_lights, strict=True)
            },
        }

    def _holding(self) -> dict[int, list[Json]]:
        """Who holds each running project now, from when its case is accepted."""
        a, s = self.a, self.s
        out: dict[int, list[Json]] = {}
        for case in holding_now(s, a.counted).tolist():
            entry = {
                "department": self.log.departments[int(s.department[case])],
                "case_id": self.log.cases.case_id[int(s.chunk.case_rows[case])],
                "since": iso(int(a.cases.since[case])),
            }
            out.setdefault(int(s.project[case]), []).append(entry)
        return out

    def shares(self, n: int) -> Json:
        found = self.a.shares
        assert found
        rows = range(self.share_at[n], self.share_at[n + 1])

        def name(k: int) -> str:
            return self.log.departments[int(found.department[k])]

        return {
            name(k): {
                "share": round(int(found.share[k]) / WHOLE_DAY, 6),
                "sole": int(found.sole[k]),
            }
            for k in sorted(rows, key=name)
        }

    def ledger(self, n: int) -> Json:
        found = self.a.ledger
        assert found
        return {"span": int(found.span[n])} | {word.word: int(found.days[n, word]) for word in Ledger}

    def flags(self, n: int) -> list[Json]:
        found, s = self.a.flags, self.s
        assert found
        out = []
        for k in self.flag_order[self.flag_at[n] : self.flag_at[n + 1]].tolist():
            event = int(found.event[k])
            out.append(
                {
                    "flag": NAMES[found.flag[k]],
                    "case_id": self.log.cases.case_id[s.chunk.case_rows[found.case[k]]],
                    "event_id": self.log.events.event_id[event] if event >= 0 else None,
                    "seen": self.seen(k),
                }
            )
        return sorted(out, key=lambda f: (NAMES.index(f["flag"]), f["case_id"], f["event_id"] or ""))

    def seen(self, k: int) -> Json:
        """What was seen of a flagged record; what there is not is left out."""
        found, out = self.a.flags, Json()
        assert found
        if found.on[k] != NO_DAY:
            out["on"] = iso(int(found.on[k]))
        if found.until[k] != NO_DAY:
            out["until"] = iso(int(found.until[k]))
        if found.number[k] >= 0:
            out["number"], out["unit"] = int(found.number[k]), unit_of(NAMES[found.flag[k]], self.s.pack)
        if found.kind[k] >= 0:
            out["kind"] = Pause(found.kind[k]).word
        return out

    def case(self, c: int) -> Json:
        a, s = self.a, self.s

        def own(clock: OwnClock) -> Json:
            limit = int(clock.limit[c])
            return {
                "used": int(clock.used[c]),
                "limit": limit if limit >= 0 else None,
                "due_on": iso(int(clock.due_on[c])),
                "light": Light(clock.light[c]).word,
            }

        out: Json = {
            "case_id": self.log.cases.case_id[s.chunk.case_rows[c]],
            "state": CaseState(a.cases.state[c]).word,
            "used": int(a.cases.used[c]),
            "promised": own(a.clocks.promised),
            "statutory": own(a.clocks.statutory),
        }
        due = a.deadlines
        rows = np.flatnonzero(due.case == c) if len(due.case) else ()
        if len(rows):
            out["deadlines"] = [
                {
                    "kind": Deadline(due.kind[k]).word,
                    "since": iso(int(due.since[k])),
                    "days": int(due.days[k]),
                    "due_on": iso(int(due.due_on[k])),
                    "met_on": iso(int(due.met_on[k])),
                    "light": Light(due.light[k]).word,
                }
                for k in rows
            ]
        return out
