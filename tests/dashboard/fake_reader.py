"""A reader that knows a made-up province by heart: for tests of the pages, which must not wait for a database.

`FakeReader` answers as `monitor.reading` does (same frames, same words). One project (`RICH`) is worked out in full,
its days, shares and ledger from one list of stretches, so that the sums on its page can be held against each other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from random import Random
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from monitor.reading.rewinding import MOST, TooMany
from monitor.reading.viewer import EVERYONE
from rules.almanac import calendar
from tests.dashboard import fake_log
from tests.dashboard.fake_corrections import CORRECTIONS
from tests.dashboard.fake_project import RICH, standing_of, view_of

TODAY = dt.date(2026, 11, 21)
FIRST = dt.datetime(2026, 3, 2, 1, 30, tzinfo=dt.UTC)  # the first records came in
REGIONS = {"330106": "西湖区", "330110": "余杭区", "330212": "鄞州区", "330381": "瑞安市", "330782": "义乌市"}
OFFICES = ("发展改革局", "自然资源和规划局", "住房和城乡建设局", "生态环境局", "水利局", "人防办", "供电公司")
STAGES = ("initiation", "planning", "construction", "acceptance", "parallel")
LIGHTS = ("red", "yellow", "green", "grey", "none")
THINGS = (
    "新材料年产10万吨项目",
    "智能装备生产基地",
    "物流仓储中心",
    "生物医药产业园",
    "精密零部件技改项目",
    "冷链加工厂",
)


@dataclass
class FakeReader:
    """The reader of the made-up province; ``horizon`` fields may be set by a test."""

    n: int = 640
    known: dict[str, Any] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()  # names of methods that fail
    bare: bool = False  # nothing was imported yet
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    many: int | None = None  # how many unfinished projects there are said to be
    crowd: int = 0  # how many projects are said to have been known at any moment
    silent: tuple[Any, ...] = ()  # sources, as `monitor.reading.sources` tells them
    unconfirmed_lights: int = 0
    plans: dict[str, Any] = field(default_factory=dict)  # documents in place of those of the records

    def _asked(self, name: str) -> None:
        if name in self.broken:
            raise RuntimeError(f"{name} is broken on purpose")

    def as_known_at(self, at: dt.datetime | None, as_of: dt.date, *, region: str | None = None) -> FakeReader:
        """At any moment half of the projects were known."""
        self._asked("as_known_at")
        self.can_rewind(None, at, region=region)
        self.known["then"] = (at, as_of, region)
        return replace(self, n=self.n // 2)

    def first_known(self, viewer: object) -> dt.datetime | None:
        self._asked("first_known")
        return None if self.bare else FIRST

    def can_rewind(self, viewer: object, at: dt.datetime | None, *, region: str | None = None) -> None:
        if self.crowd > MOST and not region:
            raise TooMany(self.crowd)

    def horizon(self, viewer: object, *, known_at: dt.datetime | None = None) -> SimpleNamespace:
        self._asked("horizon")
        self.known["asked"] = known_at
        usual = {
            "data_until": dt.date(2026, 11, 20),
            "swept_at": dt.datetime(2026, 11, 20, 16, 5, tzinfo=dt.UTC),
            "swept_as_of": TODAY,
            "known_until": dt.date(2026, 12, 24),
            "pending": 0,
            "demo": True,
            "office": "演示省发展和改革委员会",
        }
        return SimpleNamespace(**usual | self.known)

    place_names = REGIONS

    def viewer(self, who: object, day: object) -> object:
        return EVERYONE

    def regions(self, viewer: object) -> pd.DataFrame:
        self._asked("regions")
        return pd.DataFrame({"region": list(REGIONS), "name": list(REGIONS.values())})

    def department_names(self, viewer: object) -> pd.DataFrame:
        self._asked("department_names")
        rows = [
            (region, REGIONS[region][:-1] + REGIONS[region][-1] + office) for region in REGIONS for office in OFFICES
        ]
        rows += [("330106", fake_log.LAND), ("330106", fake_log.HOUSING)]
        return pd.DataFrame(
            {"department_id": range(1, len(rows) + 1), "region": [r for r, _ in rows], "name": [n for _, n in rows]}
        )

    def sources(self, viewer: object, today: dt.date) -> list[Any]:
        self._asked("sources")
        return list(self.silent)

    def unconfirmed(self, viewer: object, as_of: dt.date, *, region: str | None = None) -> int:
        return self.unconfirmed_lights

    def lights(self, viewer: object, as_of: dt.date, *, region: str | None = None) -> pd.DataFrame:
        self._asked("lights")
        frame = self._rows(as_of, region)
        return frame.groupby("light", as_index=False).size().rename(columns={"size": "n"})

    def lights_by_stage(self, viewer: object, as_of: dt.date, *, region: str | None = None) -> pd.DataFrame:
        self._asked("lights_by_stage")
        frame = self._rows(as_of, region)
        return frame.groupby(["stage", "light"], as_index=False).size().rename(columns={"size": "n"})

    def lights_by_week(
        self, viewer: object, as_of: dt.date, *, weeks: int = 26, region: str | None = None
    ) -> pd.DataFrame:
        self._asked("lights_by_week")
        draw, rows = Random(7), []
        for i in range(0 if self.bare else weeks):
            end = as_of - dt.timedelta(7 * (weeks - 1 - i))
            rows += [(end, "red", 40 + i + draw.randint(-3, 3)), (end, "yellow", 110 - 2 * i + draw.randint(-8, 8))]
        return pd.DataFrame(rows, columns=["week_end", "light", "n"])

    def turning_next(
        self, viewer: object, as_of: dt.date, *, limit: int = 12, region: str | None = None
    ) -> pd.DataFrame:
        self._asked("turning_next")
        frame = self._rows(as_of, region)
        frame = frame[frame["next_change"].notna()].sort_values(["next_change", "project_code"]).head(limit)
        to = ["red" if red == change else "yellow" for red, change in zip(frame["red_on"], frame["next_change"])]
        kept = frame[["project_code", "name", "region", "stage", "held_by", "used", "provisional"]].copy()
        kept.insert(0, "to", to)
        kept.insert(0, "on", frame["next_change"])
        return kept

    def turned(
        self,
        viewer: object,
        since: dt.date,
        until: dt.date,
        *,
        limit: int = 50,
        region: str | None = None,
    ) -> pd.DataFrame:
        self._asked("turned")
        frame = self._rows(until, region)
        lit = frame[frame["light"].isin(["red", "yellow"])].head(limit)
        return pd.DataFrame(
            {
                "on": [until - dt.timedelta(i) for i in range(len(lit))],
                "from": ["yellow" if light == "red" else "green" for light in lit["light"]],
                "to": list(lit["light"]),
                "project_code": list(lit["project_code"]),
                "name": list(lit["name"]),
                "region": list(lit["region"]),
                "stage": list(lit["stage"]),
                "unconfirmed": [i == 0 for i in range(len(lit))],
            }
        )

    def projects(self, viewer: object, as_of: dt.date, query: Any) -> SimpleNamespace:
        self._asked("projects")
        frame = self._rows(as_of, query.region)
        for key in ("light", "stage"):
            if getattr(query, key):
                frame = frame[frame[key] == getattr(query, key)]
        if query.department_id:
            frame = frame[frame.index % 7 == query.department_id % 7]
        if query.phase not in (None, "unfinished", "all"):
            frame = frame[frame["phase"] == query.phase]
        if query.text:
            hit = frame["name"].str.contains(query.text, regex=False) | frame["project_code"].str.startswith(query.text)
            frame = frame[hit]
        frame = frame.sort_values([query.sort, "project_code"], ascending=[not query.descending, True])
        total = len(frame) if query.counted else None
        return SimpleNamespace(rows=frame.iloc[query.offset : query.offset + query.limit], total=total)

    def project(self, viewer: object, code: str, as_of: dt.date, *, known_at: object = None) -> Any:
        self._asked("project")
        self.known["asked"] = known_at
        if code == RICH:
            return view_of(as_of, calendar("CN"))
        if code in fake_log.NAMES:
            row = dict.fromkeys(("yellow_on", "red_on"), None) | {"project_code": code, "light": "green", "used": 4}
            return standing_of(row | {"name": fake_log.NAMES[code], "region": code[5:11]}, as_of)
        frame = self._rows(as_of, None)
        row = frame[frame["project_code"] == code]
        return None if row.empty else standing_of(row.iloc[0].to_dict(), as_of)

    def corrections(
        self, viewer: object, codes: list[str], *, since: object = None, until: dt.datetime | None = None
    ) -> tuple[list[dict[str, Any]], list[str]]:
        self._asked("corrections")
        told = [one for one in CORRECTIONS if until is None or dt.datetime.fromisoformat(one["known_from"]) <= until]
        return (told if codes == [RICH] else []), [code for code in codes if code in ("", "NOPE")]

    def plan(self, viewer: object, code: str, as_of: dt.date, *, known_at: object = None) -> Any:
        self._asked("plan")
        return self.plans.get(code, fake_log.plan_of(code, as_of))

    def logs(self, viewer: object, codes: Any, *, known_at: object = None) -> Any:
        self._asked("logs")
        return [fake_log.some(codes)], fake_log.RULES, [code for code in codes if code not in fake_log.NAMES]

    def unfinished(
        self, viewer: object, as_of: dt.date, *, region: str | None = None, department_id: int | None = None
    ) -> int:
        self._asked("unfinished")
        return self.many if self.many is not None else len(self._inside(region, department_id))

    def unfinished_logs(
        self, viewer: object, as_of: dt.date, *, region: str | None = None, department_id: int | None = None
    ) -> Any:
        self._asked("unfinished_logs")
        return [fake_log.some(self._inside(region, department_id))], fake_log.RULES

    def _inside(self, region: str | None, department_id: int | None) -> list[str]:
        """The records are of two regions; of a department those of its region."""
        if department_id is not None:
            names = self.department_names(None)
            region = str(names.loc[names["department_id"] == department_id, "region"].iloc[0])
        return [code for code in fake_log.NAMES if code[5:].startswith(region or "")]

    def project_names(self, viewer: object, codes: Any) -> dict[str, str]:
        self._asked("project_names")
        return {code: fake_log.NAMES[code] for code in codes}

    def departments(
        self,
        viewer: object,
        as_of: dt.date,
        *,
        region: str | None = None,
        stage: str | None = None,
        since: dt.date | None = None,
    ) -> pd.DataFrame:
        self._asked("departments")
        names = self.department_names(viewer)
        if self.bare:
            names = names.head(0)
        if region:
            names = names[names["region"] == region]
        draw = Random(11)
        n = len(names)
        shares = [round(draw.uniform(40, 900), 1) for _ in range(n)]
        return pd.DataFrame(
            {
                "department_id": list(names["department_id"]),
                "department": list(names["name"]),
                "region": list(names["region"]),
                "share": shares,
                "sole": [round(s * draw.uniform(0.2, 0.8)) for s in shares],
                "decided": [draw.randint(5, 160) for _ in range(n)],
                "beyond": [draw.choice([0, 0, draw.randint(1, 210)]) for _ in range(n)],
                "open_cases": [draw.randint(0, 45) for _ in range(n)],
                "longest_open": [draw.randint(1, 60) for _ in range(n)],
            }
        )

    def _rows(self, as_of: dt.date, region: str | None) -> pd.DataFrame:
        """The list of unfinished projects; earlier days have fewer of them."""
        draw, rows = Random(3), []
        codes = list(REGIONS)
        for i in range(0 if self.bare else self.n):
            where = codes[i % len(codes)]
            light = draw.choices(LIGHTS, (4, 12, 70, 2, 3))[0]
            used = {"red": draw.randint(81, 140), "yellow": draw.randint(56, 80)}.get(light, draw.randint(0, 55))
            office = f"{REGIONS[where]}{draw.choice(OFFICES)}"
            ahead = as_of + dt.timedelta(draw.randint(1, 60))
            turning = light in ("green", "yellow") and draw.random() < 0.5
            rows.append(
                {
                    "project_code": RICH if i == 0 else f"2503-{where}-04-01-{100000 + i * 7}",
                    "name": f"{draw.choice(('瓯海', '临江', '城东', '滨海'))}{draw.choice(THINGS)}",
                    "region": where,
                    "kind": "filing",
                    "agent": draw.choice(("张敏", "李强", "")),
                    "investment": round(draw.uniform(800, 90000), 1),
                    "coded_on": dt.date(2025, 1, 6) + dt.timedelta(i),
                    "phase": draw.choice(("running", "running", "running", "stopped", "waiting_owner")),
                    "stage": draw.choices(STAGES, (3, 4, 6, 5, 0))[0],
                    "light": "yellow" if i == 0 else light,
                    "used": 57 if i == 0 else used,
                    "yellow_on": ahead if turning and light == "green" else None,
                    "red_on": ahead + dt.timedelta(0 if light == "yellow" else 35) if turning else None,
                    "next_change": ahead if turning else None,
                    "held_by": office if draw.random() < 0.8 else "",
                    "provisional": ahead > dt.date(2026, 12, 24),
                    "unconfirmed": i == 0,
                }
            )
        frame = (
            pd.DataFrame(rows)
            if rows
            else pd.DataFrame(
                columns=[
                    "light",
                    "stage",
                    "region",
                    "next_change",
                    "red_on",
                    "project_code",
                    "name",
                    "held_by",
                    "used",
                    "provisional",
                    "unconfirmed",
                    "phase",
                ]
            )
        )
        for column in ("yellow_on", "red_on", "next_change"):
            frame[column] = frame.get(column, pd.Series(dtype=object)).astype(object)
        if not frame.empty:
            frame = frame[frame["coded_on"] <= as_of - dt.timedelta(60)]
        return frame[frame["region"] == region] if region else frame
