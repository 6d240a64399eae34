"""Which items a project needs, in what order, with what procedures and how long the owner prepares.

Prerequisites, alternatives and wraps are the catalogue's; what is here is only how often each thing
happens in the made-up province.
"""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import TopologicalSorter

from monitor.simulate.draws import Draws
from rules.pack import Catalogue, Item
from rules.plan.graph import waits
from rules.vocabulary import Holder, Pause, Stage


@dataclass(frozen=True)
class Procedure:
    """A special procedure an item may have: share of cases, median length in working days."""

    kind: Pause
    share: float
    days: float
    holder: Holder | None = None


@dataclass(frozen=True)
class Habit:
    """How an item goes here. ``share``: of the projects that need it, by tag ("" for the others)."""

    gap: float = 5.0
    share: tuple[tuple[str, float], ...] = ()
    procedures: tuple[Procedure, ...] = ()
    correction: float = 1.0
    harder: float = 1.0


def _needed(plain: float, **tags: float) -> tuple[tuple[str, float], ...]:
    return (*tags.items(), ("", plain))


_EXPERTS = Pause.EXPERT_REVIEW
_NOTICE = Pause.PUBLIC_NOTICE
_SURVEY = Pause.SITE_SURVEY
_PAID = Holder.ENTRUSTED_INTERMEDIARY

PERMIT = "C09"  # construction begins with it

HABITS: dict[str, Habit] = {
    "A05": Habit(5, _needed(0.3, civil=0.4), (Procedure(_EXPERTS, 0.3, 7), Procedure(_NOTICE, 0.2, 4))),
    "A06": Habit(4, _needed(0.8)),
    "A07": Habit(5, _needed(0.5), (Procedure(Pause.AUCTION, 0.85, 22),)),
    "A08": Habit(4),
    "A09": Habit(9, _needed(0.05), (Procedure(_SURVEY, 0.7, 2), Procedure(_NOTICE, 0.5, 4))),
    "P01": Habit(
        45,
        _needed(0.04, chemical=0.9, water=0.4, solar=0),
        (Procedure(_EXPERTS, 0.55, 12), Procedure(_NOTICE, 1.0, 5), Procedure(Pause.HEARING, 0.04, 10)),
    ),
    "P02": Habit(22, _needed(0.62, civil=0.2, solar=0.4), (Procedure(_EXPERTS, 0.2, 8), Procedure(_NOTICE, 0.4, 3))),
    "P03": Habit(20, _needed(0.22, energy=0.9), (Procedure(_EXPERTS, 0.35, 8), Procedure(_EXPERTS, 0.2, 8, _PAID))),
    "P04": Habit(22, _needed(0.08, solar=0.02), (Procedure(_EXPERTS, 0.7, 10),)),
    "P05": Habit(15, _needed(0.55, solar=0.1)),
    "P06": Habit(20, _needed(0.05), (Procedure(_EXPERTS, 0.7, 9),)),
    "P07": Habit(28, _needed(0.03, water=0.5), (Procedure(_EXPERTS, 0.5, 9), Procedure(Pause.HEARING, 0.06, 9))),
    "P08": Habit(18, _needed(0.015, data=0.5), (Procedure(_EXPERTS, 0.8, 8),)),
    "P09": Habit(15, _needed(0.03), (Procedure(Pause.APPRAISAL, 0.6, 18),)),
    "P10": Habit(20, _needed(0.02), (Procedure(_EXPERTS, 0.7, 9),)),
    "P11": Habit(12, _needed(0.08), (Procedure(_EXPERTS, 0.3, 6),)),
    "P12": Habit(25, _needed(0.0, chemical=0.9), (Procedure(_EXPERTS, 0.8, 9),)),
    "B01": Habit(16, (), (Procedure(_EXPERTS, 0.22, 7), Procedure(_NOTICE, 0.55, 4)), 1.5),
    "B02": Habit(6, _needed(0.05, civil=1.0), (Procedure(_EXPERTS, 0.2, 5),)),
    "B03": Habit(6, _needed(0.1, civil=0.9)),
    "B04": Habit(4, (), (Procedure(_NOTICE, 0.4, 4),)),
    "B05": Habit(8, _needed(0.06), (Procedure(_EXPERTS, 0.6, 6),)),
    "C01": Habit(12, (), (), 3.0),
    "C02": Habit(3, _needed(0.15, fire=0.8), (Procedure(_EXPERTS, 0.2, 9),), 1.5),
    "C03": Habit(3),
    "C04": Habit(5, _needed(0.08, chemical=0.95, energy=0.25), (Procedure(Pause.APPRAISAL, 0.3, 5, _PAID),)),
    "C05": Habit(10, _needed(0.14)),
    "C06": Habit(8, _needed(0.1)),
    "C07": Habit(8),
    "C08": Habit(8, _needed(0.25), (Procedure(Pause.TESTING, 0.3, 4),)),
    "C09": Habit(5),
    "D01": Habit(6, (), (Procedure(_SURVEY, 0.6, 2),), 1.4),
    "D02": Habit(6, _needed(1.0), (Procedure(Pause.INSPECTION, 0.4, 4),), 1.4),
    "D03": Habit(6, _needed(1.0), (Procedure(_SURVEY, 0.3, 2),)),
    "D04": Habit(6, _needed(1.0)),
    "D05": Habit(6, _needed(1.0), (Procedure(Pause.TESTING, 0.3, 3),)),
    "D06": Habit(6, (), (), 1.5),
    "D07": Habit(8, _needed(0.8)),
    "D08": Habit(6, (), (Procedure(Pause.RECTIFICATION, 0.22, 9),), 0.3),
    "D09": Habit(2),
    "D10": Habit(2, (), (Procedure(Pause.OWNER_WORKS, 0.3, 10),)),
    "D11": Habit(3, (), (Procedure(_NOTICE, 0.1, 3), Procedure(_SURVEY, 0.15, 1))),
}
_PLAIN = Habit(share=_needed(0.05))
# What an acceptance item looks back to: it is needed where this one was.
_FOLLOWS = {"D02": ("C02",), "D04": ("B03",), "D05": ("C04",), "D07": ("P04", "P05"), "A06": ("A07",)}


def habit_of(item: Item) -> Habit:
    """How an item goes here; one that the table does not name goes as most do."""
    return HABITS.get(item.code, _PLAIN)


def order(catalogue: Catalogue) -> list[Item]:
    """The items, each after what it waits for: prerequisites, the alternatives of these, construction."""
    graph: TopologicalSorter[str] = TopologicalSorter()
    for item in catalogue.items.values():
        graph.add(item.code, *(code for group in waits(catalogue, item) for code in group))
        if item.stage is Stage.ACCEPTANCE:
            graph.add(item.code, PERMIT)
    return [catalogue.items[code] for code in graph.static_order()]


def items_of(catalogue: Catalogue, kind: str, tags: frozenset[str], renewal: bool, draws: Draws) -> set[str]:
    """Codes of the items that a project of this kind and with these tags needs."""
    entrances = {code for code, item in catalogue.items.items() if item.project_kinds}
    wanted = {code for code in entrances if kind in catalogue.items[code].project_kinds}
    if kind != "filing":
        wanted.add("A05")
    for item in sorted(catalogue.items.values(), key=lambda i: i.code in _FOLLOWS and i.code != "A06"):
        code = item.code
        if code in entrances or (code == "A07" and renewal):
            continue
        if not item.conditional or _chosen(code, tags, wanted, draws):
            wanted.add(code)
    if "A07" in wanted and draws.chance(0.8):
        wanted.add("A06")
    return wanted


def _chosen(code: str, tags: frozenset[str], wanted: set[str], draws: Draws) -> bool:
    if code == "A06":
        return False
    if code in _FOLLOWS and not wanted.intersection(_FOLLOWS[code]):
        return False
    if code == "D03":
        return "D02" not in wanted and "C02" not in wanted
    if (code == "P02" and "P01" in wanted) or (code == "P05" and "P04" in wanted):
        return False
    share = next((share for tag, share in HABITS.get(code, _PLAIN).share if not tag or tag in tags), 1.0)
    return draws.chance(share)
