"""What waits for what: the prerequisites of the catalogue as they stand among the items of one project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

from rules.pack import Catalogue, Item
from rules.vocabulary import Stage


def waits(catalogue: Catalogue, item: Item) -> list[tuple[str, ...]]:
    """Prerequisites of an item, each with the alternatives that may stand for it (核准 for 备案)."""
    found = []
    for group in item.prerequisites:
        others = tuple(i.code for i in catalogue.items.values() if i.alternative_to in group and i.code != item.code)
        found.append(tuple(dict.fromkeys((*group, *others))))
    return found


def present_waits(catalogue: Catalogue, codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What each of the project's items waits for, by code, in an order in which it stands after all of that.

    A prerequisite that the project does not have was waived; of alternatives those that it uses, and all of them where
    it uses several (a proposal and a feasibility study, two works).
    """
    left = [code for code in catalogue.items if code in set(codes)]
    wanted = {
        code: tuple(dict.fromkeys(c for g in waits(catalogue, catalogue.items[code]) for c in g if c in left))
        for code in left
    }
    placed: dict[str, tuple[str, ...]] = {}
    while left:
        # Alternatives can lead in a circle that the prerequisites alone do not: there the catalogue's order decides.
        code = next((c for c in left if all(w in placed for w in wanted[c])), left[0])
        placed[code] = tuple(w for w in wanted[code] if w in placed)
        left.remove(code)
    return placed


def to_come(catalogue: Catalogue, there: Set[str], begun: Mapping[str, bool], kind: str = "") -> list[str]:
    """Unconditional items without a case that are still to come, given the items there are and whether each has begun.

    Which item a project begins with goes by its kind (`Item.project_kinds`); where a case of such an item is there, by
    that, whatever kind was told. A kind that no item names is as good as none: the unconditional one comes.
    Not those for which an alternative stands, nor those that something which has begun waits for (waived, or recorded
    elsewhere; an item that wraps others begins beside them), nor, once acceptance has begun, those of earlier stages.
    """
    started = {code for code in there if begun[code]}
    accepting = any(catalogue.items[code].stage is Stage.ACCEPTANCE for code in started)
    replaced = {catalogue.items[code].alternative_to for code in there}
    over: set[str] = set()
    behind = list(started)
    while behind:
        item = catalogue.items[behind.pop()]
        before = {c for group in waits(catalogue, item) for c in group} - set(item.wraps) - over
        over |= before
        behind += before
    by_kind = {k for item in catalogue.items.values() for k in item.project_kinds}
    kinds = {k for code in there for k in catalogue.items[code].project_kinds} or by_kind & {kind}
    return [
        code
        for code, item in catalogue.items.items()
        if _comes(item, kinds)
        and not (code in there or code in replaced or code in over)
        and item.alternative_to not in there
        and not (accepting and item.stage is not Stage.ACCEPTANCE)
    ]


def _comes(item: Item, kinds: Set[str]) -> bool:
    """Whether a project of these kinds (none: not known) comes to an item, unless something stands in its place."""
    if item.project_kinds and kinds:
        return bool(item.project_kinds & kinds)
    return not item.conditional
