"""Regions, departments and agents of the made-up province; area codes 3399xx are not in use (GB/T 2260)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from itertools import accumulate

from monitor.simulate.draws import Draws
from monitor.simulate.parameters import Parameters
from rules.vocabulary import Holder
from rules.workdays import day_number

PROVINCE = "演示省"

# name, weight (share of projects), pace against the others
_REGIONS = (
    ("望潮区", 14, 0.94),
    ("星浦区", 13, 0.97),
    ("清渚区", 9, 0.90),
    ("白鹭县", 8, 1.00),
    ("安澜市", 15, 0.98),
    ("青禾县", 8, 1.05),
    ("云岭县", 6, 1.08),
    ("南屏县", 9, 0.96),
    ("鹿鸣县", 5, 1.10),
    ("稻香县", 7, 1.02),
    ("东篱县", 6, 1.00),
)

# The functions of the catalogue (`lead`) and who has them here.
_BODIES = {
    "发展改革/经信": "发展和改革局",
    "发展改革": "发展和改革局",
    "发展改革/住建": "发展和改革局",
    "经信": "经济和信息化局",
    "自然资源": "自然资源和规划局",
    "林业": "林业局",
    "生态环境": "生态环境局",
    "水利": "水利局",
    "地震/应急": "应急管理局",
    "应急管理": "应急管理局",
    "文物": "文化和广电旅游体育局",
    "交通": "交通运输局",
    "住建": "住房和城乡建设局",
    "住建/水务": "住房和城乡建设局",
    "住建(审图机构)": "施工图联合审查中心",
    "人防（国动办）": "国防动员办公室",
    "人防": "国防动员办公室",
    "气象": "气象局",
    "城管/住建": "综合行政执法局",
    "园林/城管": "综合行政执法局",
    "城管": "综合行政执法局",
    "城建档案/住建": "城建档案馆",
    "不动产登记": "不动产登记服务中心",
    "电力": "供电公司",
    "供水排水": "水务集团有限公司",
    "燃气": "燃气有限公司",
    "中介": "绿源环境技术服务有限公司（演示）",
}
_HOLDERS = {
    "施工图联合审查中心": Holder.ENTRUSTED_INTERMEDIARY,
    "供电公司": Holder.UTILITY,
    "水务集团有限公司": Holder.UTILITY,
    "燃气有限公司": Holder.UTILITY,
    "绿源环境技术服务有限公司（演示）": Holder.OWNER_INTERMEDIARY,
}
UTILITIES = ("电力", "供水排水", "燃气")
INTERMEDIARY = "中介"

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN = ["晓舟", "云帆", "一鸣", "若溪", "子衿", "知行", "思远", "清和", "嘉木", "望舒", "朝阳", "念之", "景行"]


@dataclass(eq=False)
class Department:
    """Who handles cases: how fast, since when slow, how it keeps its records."""

    region: str
    name: str
    body: str
    holder: Holder
    speed: float
    slow_factor: float = 1.0
    slow_since: int = 0
    reports_handling: bool = True
    types_in_late: bool = False
    handlers: tuple[str, ...] = ()

    def slow_on(self, day: int) -> bool:
        """Whether it is one of the slow ones on that day."""
        return self.slow_factor > 1.0 and day >= self.slow_since

    def pace_on(self, day: int) -> float:
        """How long it takes on that day against an ordinary department."""
        return self.speed * (self.slow_factor if self.slow_on(day) else 1.0)


@dataclass(eq=False)
class Region:
    """A county or district, with the habits of its system: how moments look, whether it names holders."""

    code: str
    name: str
    weight: float
    pace: float
    moments: str  # "offset", "local" or "date"
    names_holder: bool
    national_codes: bool
    says_ended: bool
    agents: tuple[str, ...]
    departments: dict[str, Department] = field(default_factory=dict)

    def department(self, lead: str) -> Department:
        """The department that has a function of the catalogue here."""
        return self.departments[_BODIES[lead]]


def _person(draws: Draws) -> str:
    return draws.pick(_SURNAMES) + draws.pick(_GIVEN)


def regions(true: Parameters, draws: Draws, until: dt.date) -> list[Region]:
    """The regions with their departments and agents."""
    slow = {(s.region, s.body): s for s in true.slow}
    found = []
    for n, (name, weight, pace) in enumerate(_REGIONS, start=1):
        region = Region(
            code=f"3399{n:02d}",
            name=name,
            weight=weight,
            pace=pace,
            moments="date" if n == 10 else "local" if n % 3 == 0 else "offset",
            names_holder=n % 4 != 0,
            national_codes=n == 6,
            says_ended=n % 2 == 0,
            agents=tuple(sorted({_person(draws) for _ in range(2 + weight // 4)})),
        )
        for body in dict.fromkeys(_BODIES.values()):
            department = Department(
                region=region.code,
                name=body if "（演示）" in body else name + body,
                body=body,
                holder=_HOLDERS.get(body, Holder.AGENCY),
                speed=pace * draws.around(1.0, true.department_spread),
                reports_handling=draws.chance(0.6),
                types_in_late=(region.code, body) in true.late_habit,
                handlers=tuple(f"{draws.pick(_SURNAMES)}某" for _ in range(3)),
            )
            if (region.code, body) in slow:
                given = slow[(region.code, body)]
                department.slow_factor = given.factor
                department.slow_since = day_number(until) - given.since_days if given.since_days else 0
                department.speed = pace
            region.departments[body] = department
        found.append(region)
    return found


def by_weight(found: list[Region]) -> list[float]:
    """Running sums of the regions' weights."""
    return list(accumulate(r.weight for r in found))
