"""What is odd about the codes of a project; nothing here refuses anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import cache

from stdnum.cn import uscc

from monitor.codes import project
from monitor.codes.lists import industries, regions

CHECKED = ("project_code", "credit_code", "region", "industry")
REMEMBERED = 50_000  # distinct values a checker keeps: memory stays flat on any file

_CREDIT = re.compile("[0-9A-HJ-NPQRTUWXY]{18}")  # GB 32100 leaves out I, O, S, V and Z
_AREA = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}")
_INDUSTRY = re.compile(r"([A-T]?)([0-9]{2,4})|[A-T]")


def odd_credit_code(code: str) -> str | None:
    """``credit_code_form`` or ``credit_code_check``. By GB 32100 any place may be a letter; `stdnum` wants digits in
    the first eight, so its check alone is used."""
    if not _CREDIT.fullmatch(code):
        return "credit_code_form"
    return None if uscc.calc_check_digit(code[:17]) == code[17] else "credit_code_check"


def odd_region(code: str, known: Collection[str] = ()) -> str | None:
    """``region_unknown``: not in the list, nor among those that the office names itself (``known``). A code of a
    province or a city may be short, one of a town or a village is judged by the county it begins with."""
    if code in known or (_AREA.fullmatch(code) and code[:6].ljust(6, "0") in regions().names):
        return None
    return "region_unknown"


def odd_industry(code: str) -> str | None:
    """``industry_unknown``: not in the list; the letter of its own section may stand before the digits."""
    found = _INDUSTRY.fullmatch(code)
    if not found or (found[2] or code) not in industries().names:
        return "industry_unknown"
    return "industry_unknown" if found[1] and found[1] != _sections()[found[2]] else None


@cache
def _sections() -> dict[str, str]:
    """The letter of the section of each code: the list has them in order, a section before what is in it."""
    found, letter = dict[str, str](), ""
    for code in industries().names:
        letter = code if code.isalpha() else letter
        found[code] = letter
    return found


class Checker:
    """Looks at the codes of projects, each distinct value once. ``known``: areas that the office names itself."""

    def __init__(self, known: Collection[str] = ()) -> None:
        places = frozenset(known)
        self._ways: Mapping[str, Callable[[str], str | None]] = {
            "project_code": project.odd,
            "credit_code": odd_credit_code,
            "region": lambda code: odd_region(code, places),
            "industry": odd_industry,
        }
        self._found: dict[tuple[str, str], str | None] = {}

    def odd(self, column: str, value: str) -> str | None:
        """What is odd about a value of one of CHECKED; None: nothing, or it is blank."""
        if not value:
            return None
        if column == "project_code":  # nearly all distinct: nothing to remember
            return self._ways[column](value)
        key = column, value
        if key not in self._found:
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[key] = self._ways[column](value)
        return self._found[key]
