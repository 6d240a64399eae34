"""Made-up applicants, projects and their codes; codes carry the right check digits of the standards."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import accumulate

from stdnum.cn import uscc

from monitor.codes import check_digit
from monitor.simulate.draws import Draws

_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# fmt: off
_BRANDS = (
    "凌云", "启明", "恒远", "博川", "瑞泽", "盛和", "云图", "星澜", "海岳", "金穗",
    "拓新", "华彩", "锦程", "天衡", "青峰", "晨曦", "联创", "万邦", "致远", "嘉禾",
    "鼎力", "卓越", "宏图", "久安", "德信", "智汇", "元亨", "永泰", "森源", "浩瀚",
    "安盛", "新禾", "中启", "百川", "远航", "融创达", "利群达", "三江源", "四海通",
)
# fmt: on


@dataclass(frozen=True)
class Sort:
    """A sort of project: industry (GB/T 4754), what it makes, what it is; tags decide on its items."""

    industry: str
    trade: str
    product: str
    unit: str
    weight: float
    tags: frozenset[str] = frozenset()


def _sort(industry: str, trade: str, product: str, unit: str, weight: float, *tags: str) -> Sort:
    return Sort(industry, trade, product, unit, weight, frozenset(tags))


SORTS = (
    _sort("3451", "精密机械", "精密轴承", "万套", 6),
    _sort("3482", "紧固件", "高强度紧固件", "万吨", 4),
    _sort("3484", "机械", "机械零部件", "万件", 7),
    _sort("3525", "模具", "精密模具", "万套", 4),
    _sort("3562", "半导体设备", "半导体专用设备", "台", 3, "fire"),
    _sort("3581", "医疗器械", "医学影像设备", "台", 3),
    _sort("3670", "汽车零部件", "新能源汽车零部件", "万套", 8),
    _sort("3812", "电机", "永磁伺服电机", "万台", 4),
    _sort("3821", "电气", "节能变压器", "万台", 4),
    _sort("3825", "新能源", "高效光伏组件", "万千瓦", 4, "energy"),
    _sort("3831", "电缆", "特种电缆", "万千米", 3),
    _sort("3841", "储能科技", "锂电池电芯", "万千瓦时", 3, "energy", "fire"),
    _sort("3872", "照明", "智能照明灯具", "万套", 3),
    _sort("3921", "通信", "光通信模块", "万只", 3),
    _sort("3989", "电子", "片式电子元件", "亿只", 5),
    _sort("2614", "化工新材料", "电子级有机溶剂", "万吨", 2, "chemical", "energy", "fire"),
    _sort("2651", "高分子材料", "改性工程塑料", "万吨", 3, "chemical", "energy", "fire"),
    _sort("2761", "生物医药", "重组蛋白制剂", "万支", 2, "fire"),
    _sort("2929", "塑料制品", "食品级塑料包装", "万吨", 4),
    _sort("1495", "食品科技", "天然食品配料", "万吨", 3),
    _sort("1751", "纺织", "功能性面料", "万米", 4, "energy"),
    _sort("1830", "服饰", "针织服饰配件", "万件", 3),
    _sort("2110", "家居", "全屋定制家具", "万套", 3, "fire"),
    _sort("2221", "纸业", "特种包装纸", "万吨", 2, "energy", "water"),
    _sort("3021", "建筑科技", "装配式混凝土构件", "万立方米", 2, "water"),
    _sort("3360", "表面处理", "金属表面处理", "万件", 2, "energy", "water"),
    _sort("4416", "新能源", "", "", 3, "solar"),
    _sort("5990", "物流", "", "", 5, "warehouse"),
    _sort("6450", "云计算", "", "", 1, "data", "energy"),
    _sort("7010", "置业", "", "", 5, "civil", "fire"),
    _sort("7320", "科技", "", "", 5, "laboratory", "civil"),
)
SORT_WEIGHTS = list(accumulate(s.weight for s in SORTS))


def _organisation_check(code: str) -> str:
    total = sum(_ORGANISATION.index(c) * w for c, w in zip(code, _ORGANISATION_WEIGHTS, strict=True))
    return "X" if total % 11 == 1 else str(-total % 11)


class Names:
    """Gives names and codes, each code once."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._codes: set[str] = set()
        self._applicants: dict[str, str] = {}

    def project_code(self, coded_on: dt.date, region: str, guidance: str, kind: str) -> str:
        """YYMM-RRRRRR-DD-TT-NNNNNC."""
        head = f"{coded_on:%y%m}-{region}-{guidance}-{kind}-"
        while (stem := f"{head}{self._draws.whole(0, 99_999):05d}") in self._codes:
            pass
        self._codes.add(stem)
        return f"{stem}{check_digit(stem.replace('-', ''))}"

    def applicant(self, sort: Sort, region_code: str, region: str) -> tuple[str, str, str]:
        """Short name, full name and credit code; the same name always has the same code."""
        brand = self._draws.pick(_BRANDS)
        name = f"{region[:-1]}{brand}{sort.trade}有限公司（演示）"
        if name not in self._applicants:
            stem = f"{self._draws.whole(0, 99_999_999):08d}"
            code = f"91{region_code}{stem}{_organisation_check(stem)}"
            self._applicants[name] = code + str(uscc.calc_check_digit(code))
        return brand + sort.trade, name, self._applicants[name]

    def project(self, short: str, sort: Sort, renewal: bool) -> str:
        """A name as an officer would know the project by."""
        draws = self._draws
        if "solar" in sort.tags:
            return f"{short}{draws.whole(2, 40) * 5}兆瓦屋顶分布式光伏发电项目"
        if "warehouse" in sort.tags:
            return f"{short}{draws.pick(('智能仓储物流中心', '冷链物流园', '供应链仓储基地'))}建设项目"
        if "data" in sort.tags:
            return f"{short}{draws.pick(('云计算数据中心', '算力中心'))}项目"
        if "laboratory" in sort.tags:
            return f"{short}{draws.pick(('研发中心', '工程实验室', '总部研发大楼'))}建设项目"
        if "civil" in sort.tags:
            return f"{short}{draws.pick(('商务综合体', '人才公寓', '专业市场', '酒店'))}项目"
        amount = draws.pick((1, 2, 3, 5, 6, 8, 10, 12, 15, 20, 30, 50, 60, 80, 100, 120, 200, 300, 500))
        made = f"年产{amount}{sort.unit}{sort.product}"
        if renewal:
            return f"{short}{made}生产线{draws.pick(('技术改造', '智能化改造', '数字化车间改造'))}项目"
        works = (f"{made}项目", f"{made}项目", f"{made}生产线建设项目", "新建厂房项目", "新建厂房及配套设施项目")
        return short + draws.pick(works)
